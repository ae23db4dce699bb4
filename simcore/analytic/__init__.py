"""What follows without simulation: expected values in closed form, waiting times, and what a run will cost."""
