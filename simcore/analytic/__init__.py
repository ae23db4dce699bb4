"""Without simulation: expected values in closed form, waiting times, and the cost of a run."""
