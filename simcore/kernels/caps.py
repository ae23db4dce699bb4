"""Caps: how many items may enter a stage in a week, and how many may be open in it at once; their heap and sort."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simcore.compiled.jit import kernel
from simcore.program.layout import Program


def is_capped(program: Program) -> bool:
    """Return whether any stage has a cap."""
    return bool((program.caps.per_week >= 0).any() or (program.caps.open >= 0).any())


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
