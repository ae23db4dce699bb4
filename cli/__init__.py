"""Command line: one thin module per command; rendering is separate from logic."""
