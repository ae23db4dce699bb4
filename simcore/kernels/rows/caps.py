"""Caps of a row: how many items may enter a stage in a week, and how many may be open in it at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from simcore.compiled.jit import int64, kernel, uint64
from simcore.kernels.caps import pop, push, sort_stable
from simcore.kernels.rows.memory import BEGAN, C0, C1, NOW, ORIGIN, STEP_4
from simcore.kernels.rows.words import Words
from simcore.random.addresses import FLOWN_IN, ITEM

Integers = NDArray[np.int32]
Longs = NDArray[np.int64]


@kernel
def order_by_seat(n: int, size: int, who: Words, ends: Longs, order: Integers) -> None:
    """List n items replication by replication, each in the order that they have; ``ends``: where each one ends."""
    for r in range(size + 1):
        ends[r] = 0
    for i in range(n):
        ends[uint64(who[i]) + uint64(1)] += 1
    for r in range(size):
        ends[r + 1] += ends[r]
    for i in range(n):
        r = uint64(who[i])
        order[ends[r]] = i
        ends[r] += 1


@kernel
def apply_caps(
    stage: int, size: int, most_week: int, most_open: int, hours_per_week: int, ends: Longs, order: Integers,
    spare: Integers, began: Integers, now: Longs, until: Integers, entries: Longs, dues: Longs, refused: Integers,
) -> None:  # fmt: skip
    """Turn away the items that a stage has no room for, in the order of arrival.

    Parameters
    ----------
    most_week, most_open
        See `simcore.program.layout.Caps`.
    ends, order, spare
        See `order_by_seat`; int32, room to sort them.
    began, now, until
        By item: the stage it began in, the hours in which it enters the stage and in which it leaves.
    entries, dues
        int64[weeks of the clock], zero before and after; and room for a heap.
    refused
        int32, by item: filled with 1 where it is turned away, else with 0.
    """
    begin = 0
    for r in range(size):
        end = ends[r]
        n, mine, open_now = end - begin, order[begin:end], 0
        sort_stable(mine, now, spare, n)
        for i in range(n):
            item = mine[i]
            refused[item] = 0
            if began[item] > stage:
                continue
            hour, week = now[item], now[item] // hours_per_week
            while open_now > 0 and dues[0] <= hour:
                pop(dues, open_now)
                open_now -= 1
            if began[item] != stage:
                full = most_week >= 0 and entries[week] >= most_week
                if full or (most_open >= 0 and open_now >= most_open):
                    refused[item] = 1
                    continue
                entries[week] += 1
            if until[item] > hour:
                push(dues, open_now, int64(until[item]))
                open_now += 1
        for i in range(n):
            entries[now[mine[i]] // hours_per_week] = 0
        begin = end


@kernel
def count_turned_away(
    n: int, first_hour: int, end_hour: int, who: Words, now: Integers, refused: Integers, turned_away: Longs
) -> None:
    """Count the items that were turned away in counted weeks: int64[size or more]."""
    for i in range(n):
        if refused[i] > 0 and first_hour <= now[i] < end_hour:
            turned_away[uint64(who[i])] += 1


def sort_flows(words: Sequence[Words], hours: Sequence[Integers], n: int) -> None:
    """Put those of n items that came without a call, the last ones, in the order in which a full stage asks."""
    first = int(np.argmax(words[C0][:n] >> np.uint32(24) == ITEM + FLOWN_IN))
    order = first + np.lexsort((words[C0][first:n] & np.uint32(0xFFFFFF), words[C1][first:n] & np.uint32(0xFFFF)))
    for row in (*range(C0, STEP_4 + 1),):
        words[row][first:n] = words[row][order]
    for row in (ORIGIN, NOW, BEGAN):
        hours[row][first:n] = hours[row][order]
