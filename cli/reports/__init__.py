"""One module per report on the screen."""
