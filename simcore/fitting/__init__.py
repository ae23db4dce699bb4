"""From an export to a scenario: every figure with what the data say of it."""
