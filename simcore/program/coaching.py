"""The part of a program that is about bad habits, and the manager who coaches."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

NOBODY, RANDOM, RESULT, PROCESS, ORACLE = range(5)
"""Whom a manager coaches, in the order of `simcore.scenario.habits.RULES`."""


class Coaching(NamedTuple):
    """Bad habits, and the manager who coaches. Arrays over steps; thresholds are of 32-bit words."""

    active: bool
    """Whether there are habits or sessions: weeks must then be started in order."""
    prone: NDArray[np.bool_]
    """bool[S + 1]: whether a step can have a habit."""
    factor: NDArray[np.float64]
    """float64[S + 1]: factor by which a habit multiplies the rate; 1 where there is none."""
    begins: NDArray[np.int64]
    """int64[S + 1]: threshold; below it, a new person starts with the habit."""
    onset: NDArray[np.int64]
    """int64[S + 1]: threshold; below it, a person without the habit acquires it in a week."""
    fade: NDArray[np.int64]
    """int64[S + 1]: threshold; at or above it, a person with the habit loses it in a week."""
    rule: int
    slots: int
    """Sessions per week."""
    first_week: int
    """The simulated week of the first session, at least 1."""
    window: int
    """Weeks that the manager looks back."""
    repair: int
    """Threshold; below it, a session ends a habit at its step."""
    pressure: float
    """What a session on the result adds to `COACH`."""
