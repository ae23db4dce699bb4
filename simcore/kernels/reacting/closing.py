"""Deals of all lanes: what they bring, who hears of it, and the referrals that come of them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simcore.compiled.jit import inlined, int64, kernel, uint32, uint64
from simcore.kernels.reacting.items import FAR, allocate, release
from simcore.kernels.reacting.state import (
    GIVEN,
    ITEM_C0,
    ITEM_C1,
    ITEM_LANE,
    ORIGIN,
    PRICE,
    RESPONSE,
    STAGE,
    WIN_FACTOR,
)
from simcore.kernels.rows.deals import MAX_CENTS
from simcore.numerics.elementary import exp
from simcore.random.addresses import ITEM, REFERRED
from simcore.random.draws import uniform32

Floats = NDArray[np.float64]
Integers = NDArray[np.int32]
Longs = NDArray[np.int64]
Words = NDArray[np.uint32]

MAX_REFERRALS_OF_A_WIN = 255


@kernel
def list_given(n: int, ids: Integers, numbers: Integers, given: Longs, cents: Longs) -> None:
    """Set the values of items that were open at the start where they are given; see `OpenItems`."""
    for i in range(n):
        number = int64(numbers[uint64(ids[i]), GIVEN])
        if number >= 0 and given[number] >= 0:
            cents[i] = given[number]


@kernel
def price_deals(
    n: int, unit: int, ids: Integers, lane: Words, factors: Floats, numbers: Integers, response: Floats, listed: Longs,
    cents: Longs, units: Longs, origin: Integers,
) -> int:  # fmt: skip
    """Fill what n deals bring after discounts, in cents and units, and the hours of their calls; return how many are cut.

    ``response``: of the deal value, by lane; ``listed``: values before discounts.
    """
    cut = 0
    for i in range(n):
        item = uint64(ids[i])
        price = response[uint64(lane[i])] * factors[item, PRICE]
        value = max(1, int64(np.floor(min(float(listed[i]) * price, FAR) + 0.5)))
        cut += value > MAX_CENTS
        cents[i] = min(value, MAX_CENTS)
        # Exact below 2**41: the quotient's fraction is never rounded away.
        units[i] = int64(float(cents[i]) / float(unit))
        origin[i] = numbers[item, ORIGIN]
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
def give_back(n: int, ids: Integers, lane: Words, size: Longs, free: Integers, open_items: Longs) -> None:
    """Give the entries of n items back that have come to their end."""
    for i in range(n):
        open_items[uint64(lane[i])] -= 1
        release(size, free, int64(ids[i]))


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
    n: int, count: Integers, hours: Integers, origin: Integers, lane: Words, x1: Words, x2: Words, size: Longs,
    free: Integers, words: Words, numbers: Integers, factors: Floats, open_items: Longs, referred: Longs,
    ids: Integers, begins: Integers,
) -> int:  # fmt: skip
    """Put the referrals of n deals into the pool; return how many.

    ``x1``, ``x2``: the words that give them addresses; ``ids``, ``begins``: the new items, and the hours of the deals.
    """
    m = 0
    for i in range(n):
        s = uint64(lane[i])
        for j in range(count[i]):
            item = uint64(allocate(size, free))
            words[item, ITEM_LANE] = lane[i]
            words[item, ITEM_C0] = uint32(((ITEM + REFERRED) << 24) | (int64(x2[i]) & 0xFFFFFF))
            words[item, ITEM_C1] = uint32(int64(x1[i]) + j)
            numbers[item, ORIGIN], numbers[item, GIVEN], numbers[item, STAGE] = origin[i], -1, 0
            factors[item, RESPONSE], factors[item, WIN_FACTOR], factors[item, PRICE] = 1.0, 1.0, 1.0
            open_items[s] += 1
            referred[s] += 1
            ids[m], begins[m] = int64(item), hours[i]
            m += 1
    return m
