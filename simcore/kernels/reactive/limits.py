"""How far a level and what comes of it may go; beyond that a run is stopped, and reported."""

from __future__ import annotations

MAX_LEVEL = 1e9
MAX_ACTIVITY = 15.0
"""Calls above plan have 15 sheets, and a ramp may need one of them for calls of the plan."""
MAX_RESPONSE = 32768.0
"""Of step 1: the last band reaches so far."""
MAX_REFERRALS = 100.0
