"""Deals of a row: what they are worth, and the hours in which they are booked."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from simcore.compiled.jit import int64, kernel, uint32, uint64
from simcore.kernels.rows.words import Words
from simcore.numerics.elementary import exp
from simcore.numerics.quantile_table import gamma_quantile
from simcore.program.layout import FIXED, GAMMA, LOGNORMAL, Deals
from simcore.random.draws import normal, pick

Floats = NDArray[np.float64]
Integers = NDArray[np.int32]
Longs = NDArray[np.int64]

MAX_CENTS = 1 << 40
"""A deal is cut here, and counted."""
FAR = 1e15
"""Hours or cents beyond all that counts, which an integer still holds."""


@kernel
def price_fixed(n: int, value: int, cents: Longs) -> None:
    """Fill the values of n deals with one value."""
    for i in range(n):
        cents[i] = value


@kernel
def price_lognormal(n: int, mean: float, sigma: float, words: Words, cents: Longs) -> None:
    """Fill the values of n deals from a log-normal distribution; at least 1, not yet cut at the top."""
    for i in range(n):
        value = mean * exp(sigma * normal(words[i]) - sigma * sigma * 0.5)
        cents[i] = max(1, int64(np.floor(min(value, FAR) + 0.5)))


@kernel
def price_gamma(n: int, mean: float, table: Floats, words: Words, cents: Longs) -> None:
    """Fill the values of n deals from a gamma distribution; at least 1, not yet cut at the top."""
    for i in range(n):
        value = mean * gamma_quantile(table, normal(words[i]))
        cents[i] = max(1, int64(np.floor(min(value, FAR) + 0.5)))


@kernel
def price_listed(n: int, thresholds: Longs, values: Longs, words: Words, cents: Longs) -> None:
    """Fill the values of n deals from a list."""
    for i in range(n):
        cents[i] = values[pick(words[i], thresholds)]


def price(law: Deals, n: int, draw: Callable[[], Words], cents: Longs) -> None:
    """Fill the values of n deals by their law, in plain Python; `draw` draws their words where it needs some."""
    if law.kind == FIXED:
        price_fixed(n, int(law.scale), cents)
    elif law.kind == LOGNORMAL:
        price_lognormal(n, float(law.scale), float(law.sigma), draw(), cents)
    elif law.kind == GAMMA:
        price_gamma(n, float(law.scale), law.gamma_table, draw(), cents)
    else:
        price_listed(n, law.thresholds, law.values, draw(), cents)


@kernel
def price_given(n: int, first: int, given: Longs, c0: Words, began: Integers, cents: Longs) -> None:
    """Set the values of items that were open at the start where they are given; see `OpenItems`."""
    for i in range(n):
        if began[i] > 0:
            value = given[first + int64(c0[i] & uint32(0xFFFF))]
            if value >= 0:
                cents[i] = value


@kernel
def count_units(n: int, unit: int, cents: Longs, units: Longs) -> int:
    """Cut values at the top, and fill them in units, rounded down; return how many were cut."""
    cut = 0
    for i in range(n):
        cut += cents[i] > MAX_CENTS
        cents[i] = min(cents[i], MAX_CENTS)
        # Exact below 2**41, as a quotient's fraction is never rounded away; integers take ten times as long to divide.
        units[i] = int64(float(cents[i]) / float(unit))
    return cut


@kernel
def detail_deals(
    n: int, account: int, rep: int, first_hour: int, end_hour: int, hours_per_week: int, who: Words, hours: Integers,
    cents: Longs, kept: Longs,
) -> None:  # fmt: skip
    """Add deals by week: int64[size, accounts, reps, counted weeks], in cents."""
    for i in range(n):
        if first_hour <= hours[i] < end_hour:
            kept[uint64(who[i]), account, rep, (int64(hours[i]) - first_hour) // hours_per_week] += cents[i]
