"""Counter-based random numbers: generator, addresses, streams, draws."""
