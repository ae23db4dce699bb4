"""Caps and pulls of all lanes: how many items may enter a stage, and which are closed before they are due."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simcore.compiled.jit import int64, kernel, uint64
from simcore.kernels.caps import sort_stable
from simcore.kernels.reacting.state import DEAD, ENTRY_DUE, ENTRY_LANE
from simcore.program.layout import CURVE, DISCOUNT, LEAST, MOST, SLOPE, WIN_RATE
from simcore.random.draws import threshold

Floats = NDArray[np.float64]
Integers = NDArray[np.int32]
Longs = NDArray[np.int64]
Words = NDArray[np.uint32]


@kernel
def leave_stage(n: int, lane: Words, open_now: Longs) -> None:
    """Let n items leave a capped stage: int64[lanes], those that are open in it."""
    for i in range(n):
        open_now[uint64(lane[i])] -= 1


@kernel
def admit(
    n: int, week: int, longest: int, most_week: int, most_open: int, keys: Longs, order: Integers, spare: Integers,
    lane: Words, lag: Floats, open_now: Longs, last_week: Longs, entries: Longs, admitted: Integers,
) -> None:  # fmt: skip
    """Decide which of n items, which arrive in one hour, have a place in a capped stage, in the order of their keys.

    Parameters
    ----------
    longest
        Hours that are left on the clock: no item waits longer.
    lag
        float64, by item, hours: those that wait are open in the stage from now on.
    open_now, last_week, entries
        int64[lanes]: items open in the stage, and entries in the last week in which there was one.
    """
    for i in range(n):
        order[i] = i
    sort_stable(order, keys, spare, n)
    for j in range(n):
        i = uint64(order[j])
        s = uint64(lane[i])
        if last_week[s] != week:
            last_week[s], entries[s] = week, 0
        full = (most_week >= 0 and entries[s] >= most_week) or (most_open >= 0 and open_now[s] >= most_open)
        admitted[i] = not full
        entries[s] += not full
        waits = longest > 0 and lag[i] >= 0.5
        open_now[s] += waits and not full


@kernel
def fill_shares(
    n: int, active: bool, drive: int, pull: Floats, number: int, person: Integers, level: Floats, limit: Longs
) -> bool:
    """Fill the thresholds of the shares that a drive pulls forward, by lane; return whether any has risen."""
    risen = False
    for s in range(n):
        x = level[drive, s]
        wanted = pull[number, SLOPE] * x + pull[number, CURVE] * (x * x)
        share = min(max(wanted, pull[number, LEAST]), pull[number, MOST]) if active and person[s] >= 0 else 0.0
        now = threshold(share)
        risen = risen or now > limit[s]
        limit[s] = now
    return risen


@kernel
def pull_items(
    first: int, number: int, until: int, end_hour: int, mask: int, limit: Longs, listed: Integers, own: Words,
    entries: Words, open_at_end: Longs, pulled: Integers, by: Integers,
) -> int:  # fmt: skip
    """Pull the entries of the calendar whose words lie below the threshold of their lane; return how many are left.

    Parameters
    ----------
    first
        The first place in ``listed`` that is looked at, from 0; those that are left close up.
    until
        Items due before this hour are pulled.
    listed, own
        int32, how many, and the entries; uint32[4, places], the words of each drive that pulls.
    pulled, by
        int32, how many, and the entries that were pulled in this hour; and the drive that did.
    """
    kept, n = first, int64(listed[0])
    for i in range(first, n):
        entry = uint64(listed[i + 1])
        lane, due = entries[entry, ENTRY_LANE], int64(entries[entry, ENTRY_DUE])
        if due < until and int64(own[number, i]) < limit[uint64(lane)]:
            open_at_end[int64(lane) & mask] -= due >= end_hour
            pulled[0] += 1
            pulled[pulled[0]], by[pulled[0]] = int64(entry), number
        else:
            listed[kept + 1] = int64(entry)
            for p in range(own.shape[0]):
                own[p, kept] = own[p, i]
            kept += 1
    listed[0] = kept
    return kept


@kernel
def finish_pulls(
    n: int, hour: int, pulled: Integers, by: Integers, pull: Floats, hours: Integers, win_factor: Floats, price: Floats,
    entries: Words,
) -> None:  # fmt: skip
    """Give the n items pulled in an hour what their drives make of them, and take them out of the calendar.

    ``pulled``, ``by``: the entries and the drives; ``hours``, ``win_factor``, ``price``: by item.
    """
    for i in range(n):
        entries[uint64(pulled[i]), ENTRY_LANE] = DEAD
        hours[i] = hour
        price[i], win_factor[i] = 1.0 - pull[by[i], DISCOUNT], pull[by[i], WIN_RATE]
