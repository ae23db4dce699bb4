"""What averages out, and over how long."""
