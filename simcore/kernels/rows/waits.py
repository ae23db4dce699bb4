"""Waits of items: a lag drawn by each item's own word, the longest there is, and what is left of one that has begun."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simcore.kernels.rows import items, knowledge
from simcore.kernels.rows.deals import FAR
from simcore.kernels.rows.items import Floats, Integers, Longs
from simcore.kernels.rows.words import Words
from simcore.program.layout import FIXED, GAMMA, LOGNORMAL, TABLE, Closing, Lags

CELL_BITS = int(items.CELL_SHIFT)
CELLS = 1 << (32 - CELL_BITS)
"""Cells of words of a table of hours."""
BESIDE = 1 << 12
"""Words beside a cell whose wait must be as long, too: a law's last bits do not ascend."""
WORTH = 1 << 16
"""Waits of a law that are worth a table."""

WORDS = 1 << 32


def wait(lags: Lags, law: int, n: int, own: Words, now: Integers, due: Longs) -> None:
    """Fill the due hours of n items after the lag of an entry of `Lags`, each by its own word."""
    kind, scale = lags.kind[law], float(lags.scale[law])
    if not lags.lagged[law] or kind == FIXED:
        items.wait_fixed(n, int(min(scale, FAR)), now, due)
    elif kind == LOGNORMAL:
        items.wait_lognormal(n, scale, float(lags.sigma[law]), own, now, due)
    elif kind == GAMMA:
        items.wait_gamma(n, scale, lags.gamma_tables[lags.table[law]], own, now, due)
    else:
        at = lags.table[law]
        items.wait_listed(n, lags.thresholds[at:], lags.hours[at:], own, now, due)


class HourTables:
    """Waits of laws in whole hours, by the first bits of their words: where a cell of words has one wait, or another.

    The others, one in thirty or so, are worked out. A table is made once a law has been asked for often.
    """

    def __init__(self, lags: Lags) -> None:
        self._lags, self._asked = lags, [0] * len(lags.kind)
        self._tables: dict[int, NDArray[np.int16]] = {}
        self.room = np.empty(0, np.int32)
        """int32: where the places are listed of the waits that a table does not have."""

    def wait(self, law: int, n: int, own: Words, now: Integers, due: Longs) -> None:
        """Do what `wait` does."""
        table = self.table(law, n)
        if table is None:
            wait(self._lags, law, n, own, now, due)
            return
        at = self.others(items.wait_tabulated(n, table, own, now, due, self.room))
        rest = np.empty(len(at), np.int64)
        wait(self._lags, law, len(at), own[at], now[at], rest)
        due[at] = rest

    def wait_in_row(self, law: int, n: int, rows: Longs, who: Words, own: Words, now: Integers, due: Longs) -> None:
        """Do the same where every replication, ``who``, may have a lag of its own, by its row of the draws."""
        if not self._lags.is_drawn(law):
            self.wait(law, n, own, now, due)
            return
        lag = np.empty(n)
        knowledge.fill_drawn(self._lags, law, rows, -1, n, who, own, lag)
        knowledge.wait_after(n, lag, now, due)

    def table(self, law: int, n: int) -> NDArray[np.int16] | None:
        """Return the table of a law that n waits are asked of, if it is worth one; and make room for as many others."""
        if self._lags.kind[law] not in {LOGNORMAL, GAMMA} or not self._lags.lagged[law] or self._lags.is_drawn(law):
            return None
        if law not in self._tables:
            self._asked[law] += n
            if self._asked[law] < WORTH:
                return None
            self._tables[law] = hour_table(self._lags, law)
        if n >= len(self.room):
            self.room = np.empty(2 * n + 1, np.int32)
        return self._tables[law]

    def others(self, m: int) -> Integers:
        """Return the places of the m waits that the table did not have."""
        return self.room[:m]


def hour_table(lags: Lags, law: int) -> NDArray[np.int16]:
    """Return the waits of a law in hours by the first bits of their words; -1 where they are not all the same."""
    first = np.arange(CELLS, dtype=np.int64) << CELL_BITS
    least, most = ((words % WORDS).astype(np.uint32) for words in (first - BESIDE, first + (1 << CELL_BITS) + BESIDE))
    low, high = waits_of(lags, law, least), waits_of(lags, law, most)
    same = (low == high) & (low <= np.iinfo(np.int16).max)
    same[[0, -1]] = False
    return np.where(same, low, -1).astype(np.int16)


def waits_of(lags: Lags, law: int, own: Words) -> Longs:
    """Return the waits of an entry of `Lags` at some words, in whole hours."""
    found = np.empty(len(own), np.int64)
    wait(lags, law, len(own), own, np.zeros(len(own), np.int32), found)
    return found


def longest_lag(lags: Lags, law: int) -> int:
    """Return the longest lag of an entry of `Lags` in hours: that of the largest word, of any row of draws."""
    if lags.is_drawn(law):
        return int(knowledge.longest_drawn(lags, law) + 1.0)
    if lags.kind[law] == TABLE:
        return int(lags.hours[lags.table[law] :].max())
    return int(waits_of(lags, law, np.array([0xFFFFFFFF], np.uint32))[0])


def wait_for_closing(closing: Closing, step: int, hours_per_day: int, own: Words, due: Longs) -> None:
    """Let those of some items whose word says so wait for the closing day of a step, from their due hours on."""
    at = np.flatnonzero(own < closing.threshold[step])
    day, hour = np.divmod(due[at], hours_per_day)
    following = closing.following[closing.table[step]]
    # What is due beyond the clock is cut there.
    known = day < len(following)
    due[at[known]] = following[day[known]].astype(np.int64) * hours_per_day + hour[known]


class Ages:
    """Waits that had begun before the run: of the words of a lag, those whose wait is at least an age.

    There are M of them; in ascending order, an item with the word w has the one at place ``w M >> 32``.
    """

    def __init__(self, lags: Lags, ages: Longs) -> None:
        """Take the lags of a program, and the ages of the items that are open at its start, in hours; 0 is none."""
        self._lags, self.ages = lags, np.unique(ages[ages > 0])
        self._first: dict[int, Longs] = {}

    def chances(self, step: int, age: Longs, rate: Floats) -> Floats:
        """Return the rates of items at a step that is decided at entry, given that they still wait at their ages."""
        p = np.minimum(rate, 1.0)
        many, others = self._many(step, age), self._many(int(self._lags.lost[step]), age)
        won, lost = p * many, (1.0 - p) * others
        # If none of one kind waits so long, it is of the other, however likely that was at entry.
        given = np.divide(won, won + lost, out=np.zeros(len(p)), where=won > 0.0)
        given[(others == 0) & (many > 0)] = 1.0
        # A rate above 1 is counted as cut, whatever the age.
        return np.where((rate > 1.0) & (many > 0), rate, given)

    def cut_and_lost(self, step: int, age: Longs, rate: Floats) -> int:
        """Return how many rates above 1 are of items that none of those that pass is as old as: `chances` is then 0."""
        return int(((rate > 1.0) & (self._many(step, age) == 0)).sum())

    def rest(self, step: int, age: Longs, own: Words, lost: Integers) -> Longs:
        """Return what is left of the waits of items for a step, in hours, by their words and what becomes of them."""
        left = self._left(step, age, own)
        other = int(self._lags.lost[step])
        return left if other < 0 else np.where(lost != 0, self._left(other, age, own), left)

    def _left(self, law: int, age: Longs, own: Words) -> Longs:
        return np.maximum(waits_of(self._lags, law, self._moved(law, age, own)) - age, 0)

    def _many(self, law: int, age: Longs) -> Longs:
        """Return how many words of a lag wait at least so long."""
        if self._lags.kind[law] == TABLE:
            ages, where = np.unique(age, return_inverse=True)
            return np.array([self._cells(law, int(each))[-1] for each in ages], np.int64)[where]
        return WORDS - self._first_words(law)[np.searchsorted(self.ages, age)]

    def _moved(self, law: int, age: Longs, own: Words) -> Words:
        """Return the words of a lag that take the place of items' own."""
        many = self._many(law, age).astype(np.uint64)
        place = ((own.astype(np.uint64) * many) >> np.uint64(32)).astype(np.int64)
        if self._lags.kind[law] != TABLE:
            return (WORDS - many.astype(np.int64) + place).clip(0, WORDS - 1).astype(np.uint32)
        moved = np.zeros(len(own), np.uint32)
        thresholds = self._lags.thresholds[self._lags.table[law] :]
        for each in np.unique(age):
            mine, cells = age == each, self._cells(law, int(each))
            entry = np.searchsorted(cells, place[mine], side="right").clip(max=len(cells) - 1)
            into = place[mine] - np.concatenate([[0], cells])[entry]
            moved[mine] = np.concatenate([[0], thresholds])[entry] + into
        return moved

    def _cells(self, law: int, age: int) -> Longs:
        """Return how many words of the entries of a table up to each wait at least so long."""
        at = self._lags.table[law]
        thresholds = self._lags.thresholds[at:]
        last = int(np.argmax(thresholds >= WORDS)) + 1
        mass = np.diff(thresholds[:last], prepend=0)
        found: Longs = np.cumsum(np.where(self._lags.hours[at : at + last] >= age, mass, 0))
        return found

    def _first_words(self, law: int) -> Longs:
        """Return the least word of a lag that waits as long as each of the ages, by bisection; 2**32: none does."""
        if law not in self._first:
            low, high = np.zeros(len(self.ages), np.int64), np.full(len(self.ages), WORDS, np.int64)
            while (low < high).any():
                middle = (low + high) >> 1
                words = np.minimum(middle, WORDS - 1).astype(np.uint32)
                reaches = waits_of(self._lags, law, words) >= self.ages
                high = np.where((low < high) & reaches, middle, high)
                low = np.where((low < high) & ~reaches, middle + 1, low)
            self._first[law] = high
        return self._first[law]
