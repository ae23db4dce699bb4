"""Lists of items of a row of teams: their words and lags, in plain Python.

`Listing`, `Waiting`, `Needing`, `Selling`, `Pulling`, `Booking`, `Arriving` and `Funnel` are one class in eight
modules, each on those before.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from simcore.kernels.caps import is_capped
from simcore.kernels.reacting import items
from simcore.kernels.reacting.breaches import MAX_OPEN
from simcore.kernels.reacting.state import (
    C0,
    C1,
    KEPT_FLOATS,
    KEPT_HOURS,
    KEPT_WORDS,
    STEP_2,
    WHO,
    Memory,
    bucket_hours,
    by_hours,
)
from simcore.kernels.rows import knowledge
from simcore.kernels.rows.deals import FAR
from simcore.kernels.rows.row import Row
from simcore.kernels.rows.waits import wait_for_closing
from simcore.kernels.rows.words import draw_items
from simcore.program.layout import FIXED, GAMMA, LOGNORMAL, Lags
from simcore.program.tally import DISCOUNT
from simcore.random.addresses import CLOSING, CLOSING_LATE, ITEM, LAG_LATE, MAX_WEEKS
from simcore.random.addresses import LAG as LAG_PURPOSE
from simcore.scenario.channels import LAG as LAG_CHANNEL

LATE_STEP = 4
"""Steps after it have words of their own purposes."""


def fill_lags(lags: Lags, step: int, n: int, own: np.ndarray | None, lag: np.ndarray) -> None:
    """Fill n lags of a step in hours, by their words; a fixed one has none."""
    kind, scale = lags.kind[step], float(lags.scale[step])
    if own is None:
        items.lag_fixed(n, scale, lag)
    elif kind == LOGNORMAL:
        items.lag_lognormal(n, scale, float(lags.sigma[step]), own, lag)
    elif kind == GAMMA:
        items.lag_gamma(n, scale, lags.gamma_tables[lags.table[step]], own, lag)
    else:
        at = lags.table[step]
        items.lag_listed(n, lags.thresholds[at:], lags.hours[at:], own, lag)


class Listing:
    """The items of a row of teams that are worked on."""

    def __init__(self, row: Row, memory: Memory, breach: Callable[[int, int, int, float], None]) -> None:
        self._row, self._memory, self._program, self._breach = row, memory, row.program, breach
        self._clock, self._calendar, self._items = row.program.clock, memory.calendar, memory.items
        self._lanes, self._bits = memory.lanes, memory.rows.bits
        self._mask, self._span = (1 << memory.rows.bits) - 1, bucket_hours(row.program)
        self._last = MAX_WEEKS * self._clock.hours_per_week - 1
        self._first_hour = self._clock.warmup_weeks * self._clock.hours_per_week
        self._running, self._now, self._until, self._base = True, 0, 0, 0
        self._capped = is_capped(row.program)
        self._pulls = len(row.program.reaction.pull_drive) > 0
        # A view of a row takes as long to make as a small kernel to call.
        self._known, self._response = list(memory.lanes.known), list(memory.lanes.response)
        self._rates, self._habits = list(memory.lanes.rate), list(memory.lanes.habit)
        self._stage_rows = [[*of_stages] for of_stages in memory.rows.counters.stages[:, :, row.first_group :]]
        self._discounts = memory.rows.counters.conduct[DISCOUNT, row.first_group :]
        self._known_quantiles: dict[int, np.ndarray] = {}
        self._known_longest: dict[int, float] = {}
        self._by_hours = by_hours(row.program)
        self._parted = (row.program.lags.lagged[: self._clock.steps + 1] & (row.program.lags.lost >= 0)).tolist()
        self._early = [self._is_early(step) for step in range(self._clock.steps + 1)]
        self._hours, self._whole = memory.rows.waits, self._in_whole_hours()
        self._worded = [self._has_words(step) for step in range(self._clock.steps + 2)]

    def _in_whole_hours(self) -> list[bool]:
        """Return whether lags may be rounded when they are drawn, by entry of `Lags`: nobody stretches or cuts them."""
        lags, stretch = self._program.lags, self._clock.steps + LAG_CHANNEL
        whole = [stretch not in self._program.reaction.change_channel] * len(lags.kind)
        step = self._program.needs.step
        if step:
            whole[step] = whole[int(lags.lost[step])] = False
        return whole

    def _is_early(self, step: int) -> bool:
        """Return whether a step can be decided before the wait for it, and what is lost forgotten then.

        Nothing that comes later changes its rate, or it is decided at entry; and how long what is lost waits is nothing
        to anybody.
        """
        program = self._program
        known = step <= LATE_STEP and not program.rates.varies[step] and not program.source.tilted
        return bool(
            step > 1
            and program.lags.lagged[step]
            and (known or self._parted[step])
            and step != program.needs.step
            and program.closing.threshold[step] == 0
            and not program.coaching.active
            and not (self._pulls and step == self._clock.steps)
            and len(self._memory.capped[step - 1].open) == 0
        )

    def _has_words(self, step: int) -> bool:
        """Return whether waits for a step are drawn; that of S + 1 is a referral's."""
        lags = self._program.lags
        laws = [step, int(lags.lost[step])] if step <= self._clock.steps and self._parted[step] else [step]
        return any(lags.lagged[law] and lags.kind[law] != FIXED for law in laws)

    def _find(self, n: int) -> None:
        """Fill the replications of the n listed items."""
        items.find_replications(n, self._mask, self._items.lane, self._items.who)

    def _draw(self, purpose: int, n: int) -> np.ndarray:
        """Draw the blocks of the n listed items, whose replications are known, for a purpose: uint32[4, n or more]."""
        words, drawn = self._items.words, self._items.drawn
        draw_items(n, purpose, words[C0], words[C1], words[WHO], *self._row.luck, *drawn)
        return drawn

    def _draw_steps(self, n: int) -> None:
        """Draw the words of the steps 2 to 4 of n new items."""
        self._items.words[STEP_2 : STEP_2 + 3, :n] = self._draw(ITEM, n)[1:, :n]

    def _fill_lags(self, step: int, n: int) -> None:
        """Fill the lags of a step of the n listed items, in hours; S + 1 is that of a referral, in place of step 1."""
        own, listed = self._lag_words(step, n), self._items
        self._fill_law(step, n, own, listed.lag)
        if step <= self._clock.steps and self._parted[step]:
            other = np.empty(n)
            self._fill_law(int(self._program.lags.lost[step]), n, own, other)
            items.lag_as_lost(n, listed.response, other, listed.lag)

    def _wait_on(self, step: int, n: int, age: np.ndarray) -> None:
        """Set the lags of those of the n listed items that have waited before the run, int64[n] hours, to the rest."""
        at, listed = np.flatnonzero(age), self._items
        if len(at) == 0:
            return
        own = self._lag_words(step, n)
        words = np.zeros(len(at), np.uint32) if own is None else own[at]
        lost = np.signbit(listed.response[at]).astype(np.int32)
        listed.lag[at] = self._memory.rows.ages.rest(step, age[at], words, lost)

    def _fill_law(
        self, law: int, n: int, own: np.ndarray | None, lag: np.ndarray, lane: np.ndarray | None = None
    ) -> None:
        """Fill n lags by an entry of `Lags`, in hours, which are whole where nothing can tell.

        ``lane``: of the items, by default those listed.
        """
        lags = self._program.lags
        own = None if lags.kind[law] == FIXED else own
        if lags.is_drawn(law):
            mine = self._items.lane if lane is None else lane
            knowledge.fill_drawn(lags, law, self._row.rows, self._mask, n, mine, own, lag)
            return
        table = self._hours.table(law, n) if own is not None and self._whole[law] else None
        if own is None or table is None:
            fill_lags(lags, law, n, own, lag)
            return
        at = self._hours.others(items.lag_tabulated(n, table, own, lag, self._hours.room))
        rest = np.empty(len(at))
        fill_lags(lags, law, len(at), own[at], rest)
        lag[at] = rest

    def _lag_words(self, step: int, n: int) -> np.ndarray | None:
        """Draw the words of the lags of a step of the n listed items; none for a fixed one."""
        if not self._worded[step]:
            return None
        self._find(n)
        drawn = step if step <= self._clock.steps else 1
        return self._draw(LAG_PURPOSE if drawn <= LATE_STEP else LAG_LATE, n)[(drawn - 1) % LATE_STEP]

    def _stretch(self, n: int) -> None:
        """Multiply the lags of the n listed items by the responses of their lanes."""
        if self._running:
            stretch = self._response[self._clock.steps + LAG_CHANNEL]
            items.stretch_lags(n, self._items.lane, stretch, self._items.lag)

    def _await_closing(self, step: int, n: int) -> None:
        """Let those of the n listed items whose word says so wait for the closing day of a step, after their lags."""
        closing, listed = self._program.closing, self._items
        if closing.threshold[step] == 0:
            return
        self._find(n)
        own = self._draw(CLOSING if step <= LATE_STEP else CLOSING_LATE, n)[(step - 1) % LATE_STEP]
        begun = listed.hour[:n].astype(np.int64)
        due = begun + np.floor(np.minimum(listed.lag[:n], FAR) + 0.5).astype(np.int64)
        wait_for_closing(closing, step, self._clock.hours_per_day, own[:n], due)
        listed.lag[:n] = due - begun

    def _keep(self, m: int) -> int:
        """Move the m listed items to the front; return how many they are."""
        listed = self._items
        keep = listed.keep
        items.keep_words(m, keep, KEPT_WORDS, listed.words)
        items.keep_floats(m, keep, KEPT_FLOATS if self._pulls else 1, listed.floats)
        items.keep_hours(m, keep, KEPT_HOURS, listed.hours)
        return m

    def _too_many(self, what: int, column: int, hour: int) -> None:
        numbers = self._known[column].reshape(self._program.team.reps, -1)[:, : self._row.size]
        r = int((numbers > MAX_OPEN).any(axis=0).argmax())
        rep = int((numbers[:, r] > MAX_OPEN).argmax())
        self._breach(what, (rep << self._bits) + r, hour, float(MAX_OPEN))
