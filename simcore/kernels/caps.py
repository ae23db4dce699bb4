"""Caps: how many items may enter a stage in a week, and how many may be open in it at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simcore.compiled.jit import inlined, kernel
from simcore.kernels.workspace import DUE, NOW, Items, Room, SeatIndex, Stride
from simcore.program.layout import Program


@kernel
def push(heap: NDArray[np.int64], size: int, value: int) -> None:
    """Add a value to a binary min-heap of ``size`` entries."""
    at = size
    while at > 0 and heap[(at - 1) >> 1] > value:
        heap[at] = heap[(at - 1) >> 1]
        at = (at - 1) >> 1
    heap[at] = value


@kernel
def pop(heap: NDArray[np.int64], size: int) -> None:
    """Remove the least of the ``size`` entries of a binary min-heap."""
    value = heap[size - 1]
    at = 0
    while 2 * at + 1 < size - 1:
        child = 2 * at + 1
        if child + 1 < size - 1 and heap[child + 1] < heap[child]:
            child += 1
        if heap[child] >= value:
            break
        heap[at] = heap[child]
        at = child
    heap[at] = value


@kernel
def sort_stable(order: NDArray[np.int32], keys: NDArray[np.int64], spare: NDArray[np.int32], n: int) -> None:
    """Sort the first n entries of ``order`` by ``keys[entry]``, equal ones in the order that they have (merge sort)."""
    width = 1
    while width < n:
        for low in range(0, n, 2 * width):
            middle, high = min(low + width, n), min(low + 2 * width, n)
            left, right = low, middle
            for at in range(low, high):
                if left < middle and (right >= high or keys[order[left]] <= keys[order[right]]):
                    spare[at] = order[left]
                    left += 1
                else:
                    spare[at] = order[right]
                    right += 1
        for at in range(n):
            order[at] = spare[at]
        width *= 2


@inlined
def drop_refused(items: Items, room: Room, hours_per_week: int, n: int) -> int:
    """Remove the refused items from ``items.alive``, and empty the weekly counts; return how many are left."""
    kept = 0
    for i in range(n):
        item = items.alive[i]
        room.entries[items.hours[NOW, item] // hours_per_week] = 0
        items.alive[kept] = item
        kept += not room.refused[item]
    return kept


@kernel
def apply_caps(
    program: Program,
    index: SeatIndex,
    stride: Stride,
    stage: int,
    items: Items,
    room: Room,
    turned_away: NDArray[np.int64],
    n: int,
) -> int:
    """Turn away the items that a stage has no room for, in the order of arrival; return how many are left.

    The items' due hours at the next step are known. Those turned away in counted weeks are added to ``turned_away``
    (int64[S + 1]).
    """
    clock, start, now = program.clock, program.start, items.hours[NOW]
    most_week, most_open = program.caps.per_week[stage], program.caps.open[stage]
    order, open_now = room.arrivals[0], 0
    for i in range(n):
        order[i] = items.alive[i]
    sort_stable(order, now, room.arrivals[1], n)
    for i in range(n):
        item = order[i]
        room.refused[item] = False
        began = start.stage[start.first[index.rep] + item] if item < stride.starters else 0
        if began > stage:
            continue
        hour, week = now[item], now[item] // clock.hours_per_week
        while open_now > 0 and room.dues[0] <= hour:
            pop(room.dues, open_now)
            open_now -= 1
        if began != stage:
            full = most_week >= 0 and room.entries[week] >= most_week
            if full or (most_open >= 0 and open_now >= most_open):
                room.refused[item] = True
                turned_away[stage] += clock.warmup_weeks <= week < clock.simulated_weeks
                continue
            room.entries[week] += 1
        if items.hours[DUE, item] > hour:
            push(room.dues, open_now, items.hours[DUE, item])
            open_now += 1
    return drop_refused(items, room, clock.hours_per_week, n)
