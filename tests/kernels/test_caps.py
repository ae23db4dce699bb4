"""The heap, the sort and the bookkeeping behind caps, against the standard library."""

from __future__ import annotations

import heapq

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from simcore.kernels.caps import drop_refused, pop, push, sort_stable
from simcore.kernels.workspace import NOW, Items, Room

QUICK = settings(derandomize=True, deadline=None)


@QUICK
@given(st.lists(st.none() | st.integers(0, 9) | st.integers(0, 2**40), max_size=80))
def test_a_heap_gives_the_least_first(steps: list[int | None]) -> None:
    """A number is pushed, ``None`` takes the least."""
    heap, size = np.zeros(len(steps), np.int64), 0
    twin: list[int] = []
    for value in steps:
        if value is not None:
            push(heap, size, value)
            size += 1
            heapq.heappush(twin, value)
        elif twin:
            pop(heap, size)
            size -= 1
            heapq.heappop(twin)
        assert sorted(heap[:size].tolist()) == sorted(twin)
        assert not twin or heap[0] == twin[0]


@QUICK
@given(st.lists(st.integers(0, 5) | st.integers(0, 2**40), max_size=70), st.integers(0, 5))
def test_equal_items_stay_in_their_order(keys: list[int], beyond: int) -> None:
    n = len(keys)
    order = np.arange(n + beyond, dtype=np.int32)
    order[:n] = order[:n][::-1]
    expected = sorted(order[:n].tolist(), key=lambda entry: keys[entry])
    sort_stable(order, np.array(keys, np.int64), np.zeros(n, np.int32), n)
    assert order[:n].tolist() == expected
    assert order[n:].tolist() == list(range(n, n + beyond))


def test_refused_items_are_removed_and_weeks_emptied() -> None:
    alive = np.array([0, 2, 3, 4, 9], np.int32)
    items = Items(np.zeros((6, 5), np.uint32), np.zeros((3, 5), np.int64), alive, np.zeros((6, 5), np.uint32))
    items.hours[NOW] = [0, 99, 39, 40, 95]
    room = Room(
        refused=np.array([False, True, True, False, False]),
        entries=np.array([3, 1, 2], np.int64),
        dues=np.zeros(0, np.int64),
        arrivals=np.zeros((2, 0), np.int32),
    )
    assert drop_refused(items, room, 40, 4) == 3
    assert items.alive[:3].tolist() == [0, 3, 4]
    assert room.entries.tolist() == [0, 0, 0]
