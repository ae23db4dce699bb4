"""Which strategy is ahead, by how much and why: strategies with common random numbers."""
