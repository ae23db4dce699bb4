"""The glossary in the terminal."""
