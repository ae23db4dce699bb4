"""Calls of a row of teams that succeed: they become items, and wait for stage 1; plain Python."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from simcore.kernels.reacting import booking, items
from simcore.kernels.reacting.breaches import MAX_OPEN, TOO_MANY_OPEN
from simcore.kernels.reacting.state import OPEN, Memory
from simcore.kernels.rows.row import Row
from simcore.kernels.teams.pulling import Pulling
from simcore.program.layout import Program
from simcore.program.response_bounds import largest_response
from simcore.program.tally import ENTERED
from simcore.random.addresses import LAG
from simcore.scenario.channels import LAG as LAG_CHANNEL

TWO_32 = 4294967296.0


class Booking(Pulling):
    """Books the successes of calls.

    Most of them never pass step 2, and of most of these that is known when they are booked: their word of step 2 is too
    large for the highest rate that can come. They count as entries into stage 1, and do not wait for it, unless it
    matters when they wait: near the beginning and the end of what is counted.
    """

    def __init__(self, row: Row, memory: Memory, breach: Callable[[int, int, int, float], None]) -> None:
        super().__init__(row, memory, breach)
        program = self._program
        self._hope: np.ndarray | None = None
        """int64[lanes]: a word of step 2 from here on cannot pass; None if all successes are to be followed."""
        self._tells = bool(
            program.clock.steps > 1
            and program.closing.threshold[2] == 0
            and not program.coaching.active
            and not program.source.tilted
            and not (self._pulls and program.clock.steps == 2)
            and len(memory.capped[1].open) == 0
            and row.detail.entered.shape[0] == 0
        )

    def _find_hope(self) -> None:
        """Find out what has no hope, at the rates of this row."""
        self._hope = None
        if not self._tells or self._program.needs.step == 2:
            return
        steps, reaction = self._clock.steps, self._program.reaction
        response, stretch = largest_response(reaction, 2), largest_response(reaction, steps + LAG_CHANNEL)
        weeks = slice(None) if self._program.rates.varies[2] else slice(1)
        rate = self._memory.rates[:, 2, weeks].max(axis=1).ravel()
        if not np.isfinite(stretch) or float(rate.min()) * response >= 1.0:
            return
        self._hope = (np.minimum(rate * response, 1.0) * TWO_32 + 0.5).astype(np.int64)
        # Half an hour by rounding, and half by a law whose last bits do not ascend.
        self._longest = np.stack([self._longest_waits(step) for step in (1, 2)]) * stretch + 1.0

    def _longest_waits(self, step: int) -> np.ndarray:
        law = int(self._program.lags.lost[step]) if self._parted[step] else step
        if not self._program.lags.lagged[law]:
            return np.zeros(257)
        return np.append(self._quantiles(law), self._longest_lag(law))

    def _book(self, n: int, week: int) -> int:
        """Turn n candidates into items; return how many enter stage 1 at once."""
        listed, candidates = self._items, self._memory.candidates
        first_hour = week * self._clock.hours_per_week
        if self._hope is not None:
            n = self._leave_hopeless(n, week, self._hope)
        most = items.book_calls(
            n, week, first_hour, self._bits, listed.keep, candidates.cards, listed.words, listed.hours, listed.response,
            self._known[OPEN],
        )  # fmt: skip
        if most > MAX_OPEN:
            self._too_many(TOO_MANY_OPEN, OPEN, first_hour)
        if not self._program.lags.lagged[1]:
            return n
        self._find(n)
        self._fill_lags(1, n)
        self._stretch(n)
        self._fill_dues(0, n, 0)
        self._put_away(0, n, np.arange(n, dtype=np.int32))
        return 0

    def _leave_hopeless(self, n: int, week: int, hope: np.ndarray) -> int:
        """Count those of n candidates that have no hope, unless their waits matter; return how many are left."""
        listed, candidates, clock = self._items, self._memory.candidates, self._clock
        here, hopeless, cards = listed.keep, listed.passed, candidates.cards
        m = booking.tell_hopeless(n, cards, hope, here, hopeless)
        entered = self._stage_rows[ENTERED][1]
        entry, done = self._longest[0, -1], self._longest[:, -1].sum()
        if self._until + done < clock.end_hour and self._now >= self._first_hour:
            booking.count_hopeless(n - m, self._mask, hopeless, cards, entered)
            return m
        if self._until + entry < self._first_hour:
            return m
        booking.address(n - m, week, self._bits, hopeless, cards, listed.words)
        self._find(n - m)
        return booking.count_past_stage(
            n - m, m, self._mask, week * clock.hours_per_week, self._first_hour, clock.end_hour, hopeless, cards,
            self._draw(LAG, n - m), self._longest, here, entered,
        )  # fmt: skip


def count_parts(program: Program, memory: Memory, week: int) -> None:
    """Count the bookings of the parts of a counted week, where months cut weeks."""
    hours, days = program.clock.hours_per_day, program.clock.hours_per_week // program.clock.hours_per_day
    of_day = program.calendar.part_of_day[week * days : (week + 1) * days]
    for part in np.unique(of_day).tolist():
        first, last = (int(np.searchsorted(of_day, part, side)) * hours for side in ("left", "right"))
        booked = memory.lanes.per_hour[first:last].sum(axis=0)[: memory.called[:, part].size]
        memory.called[:, part] = booked.reshape(len(memory.called), -1)
