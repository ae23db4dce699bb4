"""Scenario files: reading and writing YAML, overrides, and the values of a sweep."""
