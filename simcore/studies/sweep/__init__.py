"""Grids of values, and break-even points."""
