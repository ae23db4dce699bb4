"""Calls that succeed and come to nothing all the same: they are told apart when they are booked."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simcore.compiled.jit import int64, kernel, uint32, uint64
from simcore.kernels.reacting.state import C0, C1, CARD_C0, CARD_HOUR, CARD_LANE, CARD_STEP_2, LANE

Floats = NDArray[np.float64]
Integers = NDArray[np.int32]
Longs = NDArray[np.int64]
Words = NDArray[np.uint32]


@kernel
def tell_hopeless(n: int, cards: Words, hope: Longs, here: Integers, hopeless: Integers) -> int:
    """Keep those of n candidates whose word of step 2 lies below ``hope``, int64[lanes]; return how many.

    ``here``: int32, the numbers of the candidates, then of those that stay; ``hopeless``: int32, of the others.
    """
    m, k = 0, 0
    for i in range(n):
        at = here[i]
        word, lane = cards[uint64(at), CARD_STEP_2], uint64(cards[uint64(at), CARD_LANE])
        here[uint64(m)], hopeless[uint64(k)] = at, at
        lost = int64(word) >= hope[lane]
        m += not lost
        k += lost
    return m


@kernel
def count_hopeless(n: int, mask: int, hopeless: Integers, cards: Words, entered: Longs) -> None:
    """Count the entries of n candidates into stage 1, by replication of the row."""
    for i in range(n):
        entered[int64(cards[uint64(hopeless[i]), CARD_LANE]) & mask] += 1


@kernel
def address(n: int, week: int, bits: int, hopeless: Integers, cards: Words, words: Words) -> None:
    """Fill the lanes and addresses of n candidates: the first rows of uint32[8, n or more]."""
    for i in range(n):
        at = uint64(hopeless[i])
        words[LANE, i], words[C0, i] = cards[at, CARD_LANE], cards[at, CARD_C0]
        words[C1, i] = uint32(((int64(cards[at, CARD_LANE]) >> bits) << 16) | week)


@kernel
def count_past_stage(
    n: int, m: int, mask: int, first_hour: int, counted: int, end_hour: int, hopeless: Integers, cards: Words,
    words: Words, longest: Floats, here: Integers, entered: Longs,
) -> int:  # fmt: skip
    """Count the entries of those of n candidates that are past stage 1 before the run ends, by their lags.

    The others join the m candidates of ``here``, to be played as all are; returns how many these are then.

    Parameters
    ----------
    first_hour
        Of the week.
    counted, end_hour
        The first counted hour, and that after the last.
    words
        uint32[4, n or more]: of the lags of steps 1 and 2.
    longest
        float64[2, 257]: hours that the waits of steps 1 and 2 are shorter than, by the first eight bits of their words,
        from the second place on.
    """
    for i in range(n):
        at = uint64(hopeless[i])
        hour = float(first_hour + int64(cards[at, CARD_HOUR]))
        entry = hour + longest[0, uint64(words[0, i] >> uint32(24)) + uint64(1)]
        done = entry + longest[1, uint64(words[1, i] >> uint32(24)) + uint64(1)]
        inside = done < end_hour and (hour >= counted or entry < counted)
        if inside and hour >= counted:
            entered[int64(cards[at, CARD_LANE]) & mask] += 1
        here[uint64(m)] = hopeless[i]
        m += not inside
    return m
