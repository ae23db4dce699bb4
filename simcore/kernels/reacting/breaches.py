"""How far a strategy may go: beyond these limits a run is stopped, and the first breach reported."""

from __future__ import annotations

MAX_LEVEL = 1e9
MAX_ACTIVITY = 15.0
"""Calls above plan have 15 sheets, and a ramp may need one of them for calls of the plan."""
MAX_RESPONSE = 32768.0
"""Of step 1: the last band reaches so far."""
MAX_REFERRALS = 100.0
"""Of a win, on average."""
MAX_OPEN = 1 << 20
"""Most items of a seat that are open at once, and most that are referred to it."""

NO_BREACH, LEVEL, TOO_ACTIVE, TOO_RESPONSIVE, TOO_MANY_REFERRALS, TOO_MANY_OPEN, TOO_MANY_SUCCESSES = range(7)
"""What is exceeded."""


class BreachError(Exception):
    """A seat exceeds a limit: what, the replication, the seat, the hour, a drive, its level, and the figure."""

    def __init__(
        self, what: int, replication: int, rep: int, hour: int, drive: int, level: float, figure: float
    ) -> None:
        super().__init__(what, replication, rep, hour, drive, level, figure)
        self.what, self.replication, self.rep, self.hour = what, replication, rep, hour
        self.drive, self.level, self.figure = drive, level, figure

    def counted_from(self, first: int) -> BreachError:
        """Return the same breach with its replication counted from ``first`` replications before."""
        return BreachError(
            self.what, first + self.replication, self.rep, self.hour, self.drive, self.level, self.figure
        )
