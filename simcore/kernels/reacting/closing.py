"""Deals of all lanes: what they bring, who hears of it, and the referrals that come of them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simcore.compiled.jit import inlined, int64, kernel, uint32, uint64
from simcore.kernels.reacting.state import C0, C1, GIVEN, HOUR, LANE, ORIGIN
from simcore.kernels.rows.deals import FAR, MAX_CENTS
from simcore.numerics.elementary import exp
from simcore.random.addresses import ITEM, REFERRED
from simcore.random.draws import uniform32

Floats = NDArray[np.float64]
Integers = NDArray[np.int32]
Longs = NDArray[np.int64]
Words = NDArray[np.uint32]

MAX_REFERRALS_OF_A_WIN = 255


@kernel
def list_given(n: int, number: Integers, given: Longs, cents: Longs) -> None:
    """Set the values of items that were open at the start where they are given; see `OpenItems`."""
    for i in range(n):
        if number[i] >= 0 and given[uint64(number[i])] >= 0:
            cents[i] = given[uint64(number[i])]


@kernel
def price_deals(
    n: int, unit: int, lane: Words, response: Floats, price: Floats, listed: Longs, cents: Longs, units: Longs
) -> int:
    """Fill what n deals bring after discounts, in cents and units; return how many are cut.

    ``response``: of the deal value, by lane; ``price``: what pulls leave of it; ``listed``: values before discounts.
    """
    cut = 0
    for i in range(n):
        value = max(1, int64(np.floor(min(float(listed[i]) * (response[uint64(lane[i])] * price[i]), FAR) + 0.5)))
        cut += value > MAX_CENTS
        cents[i] = min(value, MAX_CENTS)
        # Exact below 2**41: the quotient's fraction is never rounded away.
        units[i] = int64(float(cents[i]) / float(unit))
    return cut


@kernel
def hear_of_deals(
    n: int, end_hour: int, hours: Integers, lane: Words, cents: Longs, booked: Longs, result: Longs, mark: Longs
) -> None:
    """Let the lanes know of n deals that close before the end of the run."""
    for i in range(n):
        if hours[i] < end_hour:
            s = uint64(lane[i])
            booked[s] += cents[i]
            result[s] += cents[i]
            mark[s] = max(mark[s], int64(hours[i]) + 1)


@kernel
def add_discounts(
    n: int, mask: int, first_hour: int, end_hour: int, hours: Integers, lane: Words, listed: Longs, cents: Longs,
    discount: Longs,
) -> None:  # fmt: skip
    """Add the discounts of n deals that close in counted hours: int64[replications of the row], in cents."""
    for i in range(n):
        if first_hour <= hours[i] < end_hour:
            discount[int64(lane[i]) & mask] += max(0, min(listed[i], MAX_CENTS) - cents[i])


@kernel
def add_revenue(
    n: int, end_hour: int, hours_per_week: int, hours: Integers, lane: Words, cents: Longs, revenue: Longs
) -> None:
    """Add n deals to what a manager sees: int64[simulated weeks, lanes]."""
    for i in range(n):
        if hours[i] < end_hour:
            revenue[int64(hours[i]) // hours_per_week, uint64(lane[i])] += cents[i]


@kernel
def detail_deals(
    n: int, account: int, bits: int, first_hour: int, end_hour: int, hours_per_week: int, hours: Integers, lane: Words,
    cents: Longs, kept: Longs,
) -> None:  # fmt: skip
    """Add deals by rep and week: int64[size, accounts, reps, counted weeks], in cents."""
    for i in range(n):
        if first_hour <= hours[i] < end_hour:
            r, rep = int64(lane[i]) & ((1 << bits) - 1), int64(lane[i]) >> bits
            kept[r, account, rep, (int64(hours[i]) - first_hour) // hours_per_week] += cents[i]


@kernel
def forget(n: int, lane: Words, open_items: Longs) -> None:
    """Let the seats forget n items that have come to their end."""
    for i in range(n):
        open_items[uint64(lane[i])] -= 1


@inlined
def referrals_of(mean: float, word: np.uint32) -> int:
    """Return the Poisson count at a word, by inversion."""
    u = uniform32(word)
    f = exp(-mean)
    total = f
    k = 0
    while u >= total and k < MAX_REFERRALS_OF_A_WIN:
        k += 1
        f = f * mean / float(k)
        total = total + f
    return k


@kernel
def count_referrals(n: int, per_win: float, lane: Words, response: Floats, word: Words, count: Integers) -> int:
    """Fill how many referrals n deals bring; return how many in all."""
    total = 0
    for i in range(n):
        count[i] = referrals_of(per_win * response[uint64(lane[i])], word[i])
        total += count[i]
    return total


@kernel
def add_referrals(
    n: int, count: Integers, hours: Integers, origin: Integers, lane: Words, x1: Words, x2: Words, words: Words,
    new_hours: Integers, response: Floats, open_items: Longs, referred: Longs,
) -> int:  # fmt: skip
    """List the referrals of n deals; return how many.

    ``x1``, ``x2``: the words of the deals that give them addresses; ``words``, ``new_hours``, ``response``: the list.
    """
    m = 0
    for i in range(n):
        s = uint64(lane[i])
        for j in range(count[i]):
            at = uint64(m)
            words[LANE, at] = lane[i]
            words[C0, at] = uint32(((ITEM + REFERRED) << 24) | (int64(x2[i]) & 0xFFFFFF))
            words[C1, at] = uint32(int64(x1[i]) + j)
            new_hours[HOUR, at], new_hours[ORIGIN, at], new_hours[GIVEN, at] = hours[i], origin[i], -1
            response[at] = 1.0
            open_items[s] += 1
            referred[s] += 1
            m += 1
    return m
