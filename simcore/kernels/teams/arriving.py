"""Items of a row of teams that come without a call: they enter their stage in their hour; plain Python."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from simcore.kernels.inflow import Arrivals, arrivals
from simcore.kernels.reacting.breaches import MAX_OPEN, TOO_MANY_OPEN
from simcore.kernels.reacting.state import C0, C1, GIVEN, HOUR, LANE, OPEN, ORIGIN, STEP_2, Memory
from simcore.kernels.rows.row import Row
from simcore.kernels.rows.words import draw_items
from simcore.kernels.teams.booking import Booking
from simcore.random.addresses import ITEM


class Arriving(Booking):
    """Lets in what comes without a call."""

    def __init__(self, row: Row, memory: Memory, breach: Callable[[int, int, int, float], None]) -> None:
        super().__init__(row, memory, breach)
        self._flows: list[Arrivals] = []
        """By stage, in the order of hours; no stages without inflow."""
        self._coming: list[tuple[int, int]] = []
        """By stage, the first of those that come in the interval, and the one after the last; no stages if none do."""
        if self._program.inflow.total > 0.0:
            found = arrivals(self._program, row.size, row.luck, row.noise, row.rows)
            found = found.taken(np.argsort(found.hour, kind="stable"))
            stages = range(self._clock.steps)
            self._flows = [found.taken(np.flatnonzero(found.stage == stage)) for stage in stages]

    def _await(self, hour: int, until: int) -> bool:
        """Find out what comes in some hours; return whether anything does."""
        bounds = [np.searchsorted(flow.hour, (hour, until)).tolist() for flow in self._flows]
        self._coming = [(first, last) for first, last in bounds] if any(last > first for first, last in bounds) else []
        return bool(self._coming)

    def _let_in(self, stage: int, n: int) -> int:
        """Add what comes into a stage to the n listed items that enter it; return how many there are."""
        first, last = self._coming[stage] if stage < len(self._coming) else (0, 0)
        if first == last:
            return n
        listed, end = self._items, n + last - first
        coming = self._flows[stage].taken(slice(first, last))
        listed.make_room(end, n)
        words, hours = listed.words, listed.hours
        lane = (coming.seat.astype(np.uint32) << np.uint32(self._bits)) + coming.who
        words[LANE, n:end], words[C0, n:end], words[C1, n:end] = lane, coming.c0, coming.c1
        hours[HOUR, n:end], hours[ORIGIN, n:end], hours[GIVEN, n:end] = coming.hour, -1, -1
        listed.response[n:end] = 1.0
        drawn = np.empty((4, end - n), np.uint32)
        draw_items(end - n, ITEM, coming.c0, coming.c1, coming.who, *self._row.luck, *drawn)
        words[STEP_2 : STEP_2 + 3, n:end] = drawn[1:]
        np.add.at(self._known[OPEN], lane, 1)
        if self._known[OPEN].max() > MAX_OPEN:
            self._too_many(TOO_MANY_OPEN, OPEN, int(coming.hour.max()))
        return end
