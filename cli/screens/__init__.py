"""One module per answer on the screen."""
