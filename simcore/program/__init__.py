"""A scenario compiled to flat arrays, and the counters that kernels fill."""
