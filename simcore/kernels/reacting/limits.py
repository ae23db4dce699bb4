"""Caps and pulls of all lanes: how many items may enter a stage, and which are closed before they are due."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simcore.compiled.jit import int64, kernel, uint64
from simcore.kernels.caps import sort_stable
from simcore.kernels.reacting.items import bucket_of, take_out
from simcore.kernels.reacting.state import AFTER, DUE, ITEM_LANE, PRICE, STAGE, WIN_FACTOR
from simcore.program.layout import CURVE, LEAST, MOST, SLOPE
from simcore.random.draws import threshold

Floats = NDArray[np.float64]
Integers = NDArray[np.int32]
Longs = NDArray[np.int64]
Words = NDArray[np.uint32]


@kernel
def leave_stage(n: int, ids: Integers, words: Words, open_now: Longs) -> None:
    """Let n items leave a capped stage: int64[lanes], those that are open in it."""
    for i in range(n):
        open_now[uint64(words[uint64(ids[i]), ITEM_LANE])] -= 1


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
def list_pullable(begin: int, end: int, stage: int, head: Integers, numbers: Integers, listed: Integers) -> int:
    """List the items of a stage that are due in the hours ``begin .. end - 1``; return how many there are.

    ``listed``: int32, how many, and the items, as far as there is room; a bucket is an hour.
    """
    n = 0
    for due in range(begin, end):
        item = int64(head[due, stage])
        while item >= 0:
            n += 1
            if n < listed.shape[0]:
                listed[n] = item
            item = int64(numbers[uint64(item), AFTER])
    listed[0] = min(n, listed.shape[0] - 1)
    return n


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
    first: int, number: int, hour: int, until: int, end_hour: int, mask: int, discount: float, win_rate: float,
    limit: Longs, listed: Integers, own: Words, words: Words, numbers: Integers, factors: Floats, head: Integers,
    open_at_end: Longs, pulled: Integers,
) -> int:  # fmt: skip
    """Pull items into an hour whose words lie below the threshold of their lane; return how many.

    Parameters
    ----------
    first
        The first place in ``listed`` that is looked at, from 0; those that are left close up.
    until
        Items due before this hour are pulled.
    listed, own
        int32, how many, and the items; uint32[4, places], the words of each drive that pulls.
    pulled
        int32: how many, and the items that were pulled in this hour.
    """
    kept, n = first, int64(listed[0])
    for i in range(first, n):
        item = int64(listed[i + 1])
        lane, due, stage = uint64(words[item, ITEM_LANE]), int64(numbers[item, DUE]), int64(numbers[item, STAGE])
        if due < until and int64(own[number, i]) < limit[lane]:
            take_out(head, bucket_of(due, 1, head.shape[0]), stage, item, numbers)
            open_at_end[int64(lane) & mask] -= due >= end_hour
            numbers[item, DUE] = hour
            factors[item, PRICE], factors[item, WIN_FACTOR] = 1.0 - discount, win_rate
            pulled[0] += 1
            pulled[pulled[0]] = item
        else:
            listed[kept + 1] = item
            for p in range(own.shape[0]):
                own[p, kept] = own[p, i]
            kept += 1
    listed[0] = kept
    return kept
