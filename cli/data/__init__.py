"""What was read of exports, in the terminal."""
