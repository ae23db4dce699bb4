"""The part of a program that is about people by name."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

_NOTHING = np.zeros(0, np.int64)


class People(NamedTuple):
    """What people have of their own, by seat: it goes with the first person in the seat. Weeks are simulated ones."""

    active: bool
    """Whether anybody has anything; else the arrays are empty."""
    starts: NDArray[np.int64]
    """int64[reps]: the week in which the person is new; below 0: before the run."""
    leaves: NDArray[np.int64]
    """int64[reps]: the week before which the person leaves."""
    refilled: NDArray[np.bool_]
    """bool[reps]: whether somebody follows who leaves so."""
    leave_threshold: NDArray[np.int64]
    """int64[reps]: in place of `Team.leave_threshold`."""
    rate: NDArray[np.float64]
    """float64[reps, S + 1]: own rates; below 0: drawn."""
    table: NDArray[np.int64]
    """int64[reps, S + 1]: index into ``tables`` of the own spread of a rate, by what was counted; or -1."""
    tables: NDArray[np.float64]
    """float64[tables, rows, columns]"""
    come_and_go: bool
    """Whether anybody comes, leaves or has a ramp."""
    told: int
    """Seats whose results are told one by one: all of a team by name, unless it is large."""

    def owns(self, step: int) -> bool:
        """Return whether anybody has a rate of a step of their own."""
        return self.active and bool((self.rate[:, step] >= 0.0).any() or (self.table[:, step] >= 0).any())


NO_PEOPLE = People(
    active=False,
    starts=_NOTHING,
    leaves=_NOTHING,
    refilled=np.zeros(0, np.bool_),
    leave_threshold=_NOTHING,
    rate=np.zeros((0, 0)),
    table=np.zeros((0, 0), np.int64),
    tables=np.zeros((0, 0, 0)),
    come_and_go=False,
    told=0,
)
