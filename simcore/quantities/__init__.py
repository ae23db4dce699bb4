"""What the keys of a scenario hold: numbers with ranges and units, durations, dates, and laws of waits and values."""
