"""The command line: one thin module a command, rendering apart from logic."""
