"""Runs programs: blocks, threads, progress, stop; one scenario, or many with common random numbers."""
