"""From the bytes of a file to cells, and from cells to numbers and times."""
