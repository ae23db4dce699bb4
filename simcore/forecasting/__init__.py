"""Forecasts from a history of deals, and how good such forecasts would have been."""
