"""Tallies: what the kernels count, as integers that merge with ``+``.

All sums are exact integers, so that nothing depends on threads, blocks or order. They are kept by *group* of
replications (replication mod 256), from which every standard error follows by the jackknife, and the
distributions of revenue by *section* (replication mod 32), from which those of quantiles follow.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numba import uint64
from numpy.typing import NDArray

from simcore.jit import inlined

GROUPS = 256
SECTIONS = 32
CLOSE, ORIGIN = 0, 1
"""The two accounts of revenue."""
ACCOUNTS = 2
N_HORIZONS = 7

EXACT_BITS = 10
"""Below 2**10 units every value has a bin of its own."""
OCTAVE_BITS = 9
"""Above, every octave has 2**9 bins."""
VALUE_BITS = 47
"""Revenue of a window stays below 2**47 units (checked before a run)."""
BINS = (1 << EXACT_BITS) + ((VALUE_BITS - EXACT_BITS) << OCTAVE_BITS)
QUANTILE_ERROR = 2.0 ** -(OCTAVE_BITS + 1)
"""Largest relative error of a quantile read from the bins: half a bin."""

_MANTISSA_SHIFT = 52 - OCTAVE_BITS
_BIN_OFFSET = ((1023 + EXACT_BITS) << OCTAVE_BITS) - (1 << EXACT_BITS)


class TallyArrays(NamedTuple):
    """The counters of a run (int64 unless said); ``G`` groups, ``S + 1`` stages, 2 accounts, 7 horizons."""

    replications: NDArray[np.int64]
    """[G]"""
    entered: NDArray[np.int64]
    """[G, S + 1]: entries into each stage in counted weeks; entry 0 counts the calls."""
    first_sum: NDArray[np.int64]
    """[G, 7]: successes of step 1, summed over windows."""
    first_square: NDArray[np.int64]
    """[G, 7]: their squares."""
    revenue_sum: NDArray[np.int64]
    """[G, 2, 7]: revenue in units, summed over windows."""
    square_low: NDArray[np.uint64]
    """[G, 2, 7]: squares of revenue, low 64 bits (uint64)."""
    square_high: NDArray[np.uint64]
    """[G, 2, 7]: high 64 bits (uint64)."""
    nonzero: NDArray[np.int64]
    """[G, 2, 7]: windows with a deal."""
    quota_hits: NDArray[np.int64]
    """[G, 2]: quota periods in which a rep, and in which the team, reached quota."""
    open_at_end: NDArray[np.int64]
    """[G, S + 1]: by stage; entry 0 counts bookings that are still to be held."""
    turned_away: NDArray[np.int64]
    """[G, S + 1]: by a cap, in counted weeks."""
    clipped: NDArray[np.int64]
    """[S + 3]: decisions at a rate cut at 1, by step; then lags; then values."""
    bins: NDArray[np.int64]
    """[sections, 2, 7, bins]: windows by revenue (those with none are not stored)."""


def new_arrays(steps: int) -> TallyArrays:
    """Return empty counters for a funnel of ``steps`` steps."""
    windows = (GROUPS, ACCOUNTS, N_HORIZONS)
    stages = (GROUPS, steps + 1)
    return TallyArrays(
        replications=np.zeros(GROUPS, np.int64),
        entered=np.zeros(stages, np.int64),
        first_sum=np.zeros((GROUPS, N_HORIZONS), np.int64),
        first_square=np.zeros((GROUPS, N_HORIZONS), np.int64),
        revenue_sum=np.zeros(windows, np.int64),
        square_low=np.zeros(windows, np.uint64),
        square_high=np.zeros(windows, np.uint64),
        nonzero=np.zeros(windows, np.int64),
        quota_hits=np.zeros((GROUPS, 2), np.int64),
        open_at_end=np.zeros(stages, np.int64),
        turned_away=np.zeros(stages, np.int64),
        clipped=np.zeros(steps + 3, np.int64),
        bins=np.zeros((SECTIONS, ACCOUNTS, N_HORIZONS, BINS), np.int64),
    )


@inlined
def bin_of(units: int) -> int:
    """Return the bin of a revenue of 1 .. 2**47 - 1 units: exact below 1,024, then 512 bins an octave."""
    if units < (1 << EXACT_BITS):
        return units
    return (np.float64(units).view(np.int64) >> _MANTISSA_SHIFT) - _BIN_OFFSET


def bin_values() -> NDArray[np.float64]:
    """Return the revenue in units that stands for each bin: the value itself, or the middle of the bin.

    Examples
    --------
    >>> values = bin_values()
    >>> float(values[7]), float(values[1024])
    (7.0, 1024.5)
    """
    exact = np.arange(1 << EXACT_BITS, dtype=np.float64)
    number = np.arange(BINS - (1 << EXACT_BITS))
    width = 2.0 ** (1 + (number >> OCTAVE_BITS))
    low = ((1 << OCTAVE_BITS) + (number & ((1 << OCTAVE_BITS) - 1))) * width
    return np.concatenate([exact, low + (width - 1.0) / 2.0])


@inlined
def record(arrays: TallyArrays, group: int, account: int, horizon: int, units: int) -> None:
    """Add one window with a revenue of ``units`` > 0."""
    arrays.revenue_sum[group, account, horizon] += units
    arrays.nonzero[group, account, horizon] += 1
    arrays.bins[group & (SECTIONS - 1), account, horizon, bin_of(units)] += 1
    value = uint64(units)
    square = value * value
    low = arrays.square_low[group, account, horizon] + square
    arrays.square_low[group, account, horizon] = low
    high = uint64(low < square)
    if units >= (1 << 32):
        # The square does not fit in 64 bits: add its high half, from the 32-bit halves of the value.
        upper, lower = value >> uint64(32), value & uint64(0xFFFFFFFF)
        cross = upper * lower
        carry = (lower * lower >> uint64(32)) + ((cross << uint64(1)) & uint64(0xFFFFFFFF))
        high += upper * upper + (cross >> uint64(31)) + (carry >> uint64(32))
    arrays.square_high[group, account, horizon] += high


@dataclass(frozen=True, slots=True)
class Tally:
    """The counters of a set of replications; ``a + b`` is the tally of both.

    Merging requires that both come from the same program and seed and from disjoint sets of replications;
    it is exact, associative and commutative.
    """

    arrays: TallyArrays

    def __add__(self, other: Tally) -> Tally:
        """Return the tally of the replications of both."""
        merged = [mine + theirs for mine, theirs in zip(self.arrays, other.arrays, strict=True)]
        place = self.arrays._fields.index
        carry = merged[place("square_low")] < other.arrays.square_low
        merged[place("square_high")] += carry
        return Tally(TallyArrays(*merged))

    @property
    def replications(self) -> int:
        """The number of replications in the tally."""
        return int(self.arrays.replications.sum())

    def same_as(self, other: Tally) -> bool:
        """Return whether every counter is equal."""
        return all(np.array_equal(a, b) for a, b in zip(self.arrays, other.arrays, strict=True))
