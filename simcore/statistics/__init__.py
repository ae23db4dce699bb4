"""Estimates and standard errors: jackknife, intervals, paired differences, sequential stopping."""
