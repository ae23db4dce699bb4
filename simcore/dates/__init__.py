"""Dates: days as people write them, public holidays, and which week of a run a day falls in."""
