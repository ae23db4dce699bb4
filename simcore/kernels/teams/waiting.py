"""Items of a row of teams that wait: put away until they are due, taken out then; plain Python."""

from __future__ import annotations

import numpy as np

from simcore.kernels.reacting import calendar, items
from simcore.kernels.reacting.state import (
    COUNT,
    HOUR,
    LANE,
)
from simcore.kernels.rows.knowledge import longest_drawn
from simcore.kernels.teams.listing import Listing, fill_lags
from simcore.program.layout import FIXED, TABLE, Lags
from simcore.program.tally import OPEN_AT_END
from simcore.scenario.channels import LAG as LAG_CHANNEL

QUANTILES, QUANTILE_SHIFT = 256, 24
"""Lags of a step that are known beforehand, and the words between two of them as a power of two."""
TINY = 1e-300
DUE = COUNT
"""Row of `Items.hours`: the hours in which items are due."""


def lag_quantiles(lags: Lags, step: int) -> np.ndarray:
    """Return the lags of a step at 256 words, evenly spaced from the lowest on, in hours: float64[256]."""
    if lags.is_drawn(step):
        # No row is above this, and no word needs to be told from another.
        return np.full(QUANTILES, longest_lag(lags, step), np.float64)
    if lags.kind[step] == TABLE:
        # Entries of a table need not ascend.
        return np.full(QUANTILES, longest_lag(lags, step), np.float64)
    return _lags_at(lags, step, np.arange(QUANTILES, dtype=np.uint32) << np.uint32(QUANTILE_SHIFT))


def longest_lag(lags: Lags, step: int) -> float:
    """Return the longest lag of a step, in hours: that of the largest word, of any row of draws."""
    if lags.is_drawn(step):
        return longest_drawn(lags, step) + 1.0
    if lags.kind[step] == TABLE:
        return float(lags.hours[lags.table[step] :].max())
    return float(_lags_at(lags, step, np.array([0xFFFFFFFF], np.uint32))[0])


def _lags_at(lags: Lags, step: int, own: np.ndarray) -> np.ndarray:
    lag = np.empty(len(own))
    fill_lags(lags, step, len(own), None if lags.kind[step] == FIXED else own, lag)
    return lag


class Waiting(Listing):
    """Puts items away, and takes them out when they are due."""

    def _fill_dues(self, stage: int, n: int, least: int) -> None:
        """Fill the hours in which the n listed items of a stage are due."""
        listed = self._items
        self._row.clipped[self._clock.steps + 1] += items.fill_dues(
            n, least, self._last, self._clock.end_hour, self._mask, listed.hour, listed.lane,
            listed.lag, listed.count, self._stage_rows[OPEN_AT_END][stage],
        )  # fmt: skip

    def _put_away(self, stage: int, n: int, places: np.ndarray) -> None:
        """Put n of the listed items of a stage away until they are due."""
        if n == 0:
            return
        kept, listed, pulls = self._calendar, self._items, self._memory.pulls
        kept.make_room(n)
        entries = np.empty(n, np.int32)
        calendar.put_away(
            n, stage, self._span, self._base, places, listed.count, listed.words, listed.hours,
            listed.response, kept.size, kept.free, kept.next, kept.chunks, kept.count, kept.entries, entries,
        )  # fmt: skip
        if pulls.end > 0 and stage == self._clock.steps - 1:
            late = entries[listed.hours[DUE, places[:n]] >= pulls.end]
            m = int(pulls.listed[0])
            pulls.make_room(m + len(late))
            pulls.listed[m + 1 : m + 1 + len(late)] = late
            pulls.listed[0] = m + len(late)

    def _take_due(self, first: int, last: int, stage: int, n: int) -> int:
        """Add what is due in some buckets at a stage to the n listed items; return how many there are."""
        kept, listed = self._calendar, self._items
        more = int(kept.count[first:last, stage].sum())
        if more == 0:
            return n
        listed.make_room(n + more, n)
        for bucket in range(first, last):
            if kept.count[bucket, stage] > 0:
                n = calendar.take_due(
                    n, bucket, stage, listed.words, listed.hours, listed.response, kept.size, kept.free, kept.next,
                    kept.chunks, kept.count, kept.entries,
                )  # fmt: skip
        return n

    def _take_entries(self, m: int, entries: np.ndarray) -> None:
        """Copy m entries of the calendar to the front of the list."""
        kept, into = self._calendar, self._items
        calendar.read_entries(m, 0, entries, kept.entries, into.words, into.hours, into.response)

    def _next_far(self) -> int:
        kept = self._calendar
        return int(calendar.next_due(kept.far, kept.next, kept.chunks, kept.count, kept.entries))

    def _begin_buckets(self, hour: int) -> None:
        """Let the buckets, which are empty, begin with an hour after the run, and fill them from what is far away."""
        kept, listed = self._calendar, self._items
        self._base = hour
        for stage in range(self._clock.steps):
            n = self._take_due(kept.far, kept.far + 1, stage, 0)
            listed.hours[DUE, :n] = listed.hours[HOUR, :n]
            self._put_away(stage, n, np.arange(n, dtype=np.int32))

    def _count_lost(self, stage: int, n: int) -> None:
        """Count the lost of the n listed items that are open at the end, and their lags that are cut."""
        listed, end, step = self._items, self._clock.end_hour, stage + 1
        law = int(self._program.lags.lost[step]) if self._parted[step] else step
        stretch = self._response[self._clock.steps + LAG_CHANNEL]
        latest, until = self._until, end
        if not self._running:
            latest, until = int(listed.hour[:n].max()), self._last
        # Hours that the last wait to begin must have, and the least word that can bring so many.
        needed = (until - latest - 1) / max(float(stretch.max()), TINY)
        if self._longest_lag(law) < needed:
            return
        number = int(np.searchsorted(self._quantiles(law), needed))
        own = self._lag_words(step, n)
        least = 0 if own is None else max(0, number - 1) << QUANTILE_SHIFT
        m = items.list_lost(n, least, listed.passed, listed.own if own is None else own, listed.count)
        if m == 0:
            return
        lost = listed.count[:m]
        lag, hours, lane = np.empty(m), listed.hours[HOUR, lost], listed.words[LANE, lost]
        self._fill_law(law, m, None if own is None else own[lost], lag, lane)
        due = hours + np.floor(lag * stretch[lane] + 0.5)
        self._row.clipped[self._clock.steps + 1] += int((due > self._last).sum())
        stays = (hours < end) & (np.minimum(due, self._last) >= end)
        np.add.at(self._stage_rows[OPEN_AT_END][stage], lane[stays] & np.uint32(self._mask), 1)

    def _quantiles(self, step: int) -> np.ndarray:
        """Return `lag_quantiles` of an entry of `Lags`, worked out once."""
        if step not in self._known_quantiles:
            self._known_quantiles[step] = lag_quantiles(self._program.lags, step)
        return self._known_quantiles[step]

    def _longest_lag(self, step: int) -> float:
        """Return `longest_lag` of an entry of `Lags`, worked out once."""
        if step not in self._known_longest:
            self._known_longest[step] = longest_lag(self._program.lags, step)
        return self._known_longest[step]
