"""Caps: how many items may enter a stage in a week, and how many may be open in it at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simcore.addresses import Stream
from simcore.jit import inlined, kernel
from simcore.kernels.funnel import due_hour
from simcore.kernels.scratch import Run, Stride


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


@inlined
def arrival_order(run: Run, alive: int) -> NDArray[np.int64]:
    """Return the places in ``items.alive`` in the order of (hour, origin week, item number)."""
    items = run.scratch.items
    hours = np.empty(alive, np.int64)
    for i in range(alive):
        hours[i] = items.hour[items.alive[i]]
    # Stable: items of the same hour stay in the order of their origin.
    return np.argsort(hours, kind="mergesort")


@inlined
def drop_refused(run: Run, alive: int) -> int:
    """Remove the refused items from ``items.alive``, and empty the weekly counts; return how many are left."""
    items, week_length = run.scratch.items, run.program.clock.hours_per_week
    kept = 0
    for i in range(alive):
        item = items.alive[i]
        run.scratch.cap_week[items.hour[item] // week_length] = 0
        items.alive[kept] = item
        kept += not items.refused[item]
    return kept


@inlined
def apply_caps(
    run: Run, stream: Stream, rep: int, group: int, stride: Stride, stage: int, alive: int
) -> int:
    """Turn away the items that a stage has no room for, in the order of arrival; return how many are left."""
    program, scratch, clock = run.program, run.scratch, run.program.clock
    items, heap = scratch.items, scratch.heap
    most_week, most_open = program.steps.cap_week[stage], program.steps.cap_open[stage]
    open_now = 0
    for i in arrival_order(run, alive):
        item = items.alive[i]
        items.refused[item] = False
        began = program.start.stage[program.start.first[rep] + item] if item < stride.starters else 0
        if began > stage:
            continue
        hour = items.hour[item]
        while open_now > 0 and heap[0] <= hour:
            pop(heap, open_now)
            open_now -= 1
        if began != stage:
            week = hour // clock.hours_per_week
            full = most_week >= 0 and scratch.cap_week[week] >= most_week
            if full or (most_open >= 0 and open_now >= most_open):
                items.refused[item] = True
                if clock.warmup_weeks <= week < clock.simulated_weeks:
                    run.tally.turned_away[group, stage] += 1
                continue
            scratch.cap_week[week] += 1
        due = due_hour(run, stream, rep, stride, item, stage + 1)
        if due > hour:
            push(heap, open_now, due)
            open_now += 1
    return drop_refused(run, alive)
