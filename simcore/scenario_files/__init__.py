"""Scenario files: YAML in and out, overrides, and the values of a sweep."""
