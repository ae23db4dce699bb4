"""Crews: seats side by side with the same planned calls in all weeks; a team of alike reps is one."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import inf

import numpy as np
from numpy.typing import NDArray

from simcore.kernels.reacting.state import ACTIVE, CARRY, LAST_BOOKING, UNANSWERED, Memory
from simcore.kernels.rows.memory import Integers, Longs
from simcore.program.layout import Plan, Program
from simcore.program.response_bounds import largest_response
from simcore.scenario.channels import ACTIVITY

ALL = 1 << 40
"""More calls than an hour has."""


class Crew:
    """Seats ``first .. last - 1``, and their plan of the week that is played."""

    def __init__(self, program: Program, memory: Memory, first: int, last: int) -> None:
        lanes, bits, known = memory.lanes, memory.rows.bits, memory.lanes.known
        self._plan: Plan = program.plan
        self._wins_per_call = program.reaction.wins_per_call
        self._activity = largest_response(program.reaction, ACTIVITY)
        self._rows = program.plan.rows(first)
        self.lanes = slice(first << bits, last << bits)
        """Those of its seats."""
        self.first, self.last = first << bits, last << bits
        self.n = self.last - self.first
        self.ramped = 0
        """Lanes under a ramp in the week that is played."""
        self.row = 0
        """Of the plan, in the week that is played."""
        self.before: Longs = program.plan.before[0]
        mine = self.lanes
        # A view of a row takes as long to make as a small kernel to call.
        self.week = (
            lanes.person[mine], lanes.ramp[mine], lanes.starts[mine], lanes.calls[mine], lanes.before[mine],
            lanes.base_carry[mine],
        )  # fmt: skip
        """What `simcore.kernels.reacting.calling.begin_week` fills."""
        self.calls = (
            lanes.ramp[mine], lanes.before[mine], lanes.rate[1, mine], lanes.habit[1, mine], lanes.response[1, mine],
            known[ACTIVE, mine], known[LAST_BOOKING, mine], known[UNANSWERED, mine], known[CARRY, mine],
            lanes.counts[0, mine], lanes.counts[1, mine],
        )  # fmt: skip
        """What `simcore.kernels.reacting.calling.end_calls` works on."""

    def begin_week(self, week: int) -> None:
        """Take the plan of a week."""
        self.row = int(self._rows[week])
        self.before = self._plan.before[self.row]

    def most_made(self, sheet: int) -> Longs:
        """Return how many calls of a sheet can be made in each hour of the week at most, whatever anybody does.

        Calls made up to an hour are rounded down, so that an hour may have one more than its share.
        """
        per_hour = self.per_hour
        if sheet == 0 or self.ramped > 0 or not np.isfinite(self._activity):
            return np.full(len(per_hour), ALL)
        return np.ceil(per_hour * self._activity).astype(np.int64) + 1 - sheet * per_hour

    @property
    def of_week(self) -> int:
        """Planned calls of a seat in the week that is played."""
        return int(self._plan.calls[self.row])

    @property
    def per_hour(self) -> Longs:
        """The same by hour of the week."""
        return self._plan.per_hour[self.row]

    @property
    def slot_hour(self) -> Integers:
        """The hour of the week of each call."""
        return self._plan.slot_hour[self.row]

    def planned(self, first: int, last: int) -> int:
        """Return the planned calls of hours of the week."""
        return int(self.before[last] - self.before[first])

    def planned_before(self, hour: int, week: int, hours_per_week: int, interval: int) -> int:
        """Return the planned calls of the interval before a decision in an hour of the run."""
        of_week = hour - week * hours_per_week
        before = self._plan.before[self._rows[week if of_week > 0 else week - 1]]
        until = of_week if of_week > 0 else hours_per_week
        return int(before[until] - before[until - interval])

    def between(self, of_team: float) -> float:
        """Return the mean hours between two wins under its plan; ``of_team``: under the team's."""
        if len(self._plan.of_seat) == 0:
            return of_team
        full = float(self._plan.full[self.row])
        return len(self.per_hour) / (full * self._wins_per_call) if full > 0.0 else inf

    def part_of(self, mine: NDArray[np.int32]) -> NDArray[np.int32]:
        """Return those of some lanes in ascending order that are of the crew."""
        if len(self._plan.of_seat) == 0:
            return mine
        begin, end = np.searchsorted(mine, (self.first, self.last))
        return mine[begin:end]


Crews = Sequence[Crew]


def crews_of(program: Program, memory: Memory) -> list[Crew]:
    """Return the crews of a team, in the order of the seats."""
    reps = program.team.reps
    rows = program.plan.of_seat[:reps]
    if len(rows) == 0:
        return [Crew(program, memory, 0, reps)]
    begins = [0, *(np.flatnonzero((rows[1:] != rows[:-1]).any(axis=1)) + 1).tolist(), reps]
    return [Crew(program, memory, first, last) for first, last in pairwise(begins)]


def own_quotas(program: Program, bits: int) -> NDArray[np.float64]:
    """Return the quota of each lane in each quota period in cents, float64[periods, lanes]; of none where alike."""
    own = program.quota.own[: program.team.reps].T.astype(np.float64)
    return np.ascontiguousarray(np.repeat(own, 1 << bits, axis=1)) if len(own) else np.empty((0, 0))
