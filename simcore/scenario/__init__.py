"""The scenario: validated, frozen input, and its identity."""
