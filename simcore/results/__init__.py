"""What one run came to: summary, averaging pyramid, tables, sentences."""
