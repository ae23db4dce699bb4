"""The heap and the sort behind caps, against the standard library."""

from __future__ import annotations

import heapq

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from simcore.kernels.caps import pop, push, sort_stable

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
