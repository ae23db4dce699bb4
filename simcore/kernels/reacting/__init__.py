"""Kernels of teams that react: all seats of several replications side by side, interval by interval."""
