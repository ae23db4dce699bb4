"""Benchmarks of simcore and the programs that it is compared with."""
