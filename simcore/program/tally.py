"""Tallies: what the kernels count, as integers that merge with ``+``.

All sums are exact integers, so that nothing depends on threads, blocks or order. They are kept by *group* of
replications (replication mod 256), from which every standard error follows by the jackknife, and the
distributions of revenue by *section* (replication mod 32), from which those of quantiles follow.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import frexp
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from simcore.base.periods import WEEKS_PER_QUARTER
from simcore.compiled.jit import inlined, int64, uint64

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
"""Bins end at 2**47 units; `simcore.engine.playable.check_ranges` refuses runs that come near that."""
BINS = (1 << EXACT_BITS) + ((VALUE_BITS - EXACT_BITS) << OCTAVE_BITS)
QUANTILE_ERROR = 2.0 ** -(OCTAVE_BITS + 1)
"""Largest relative error of a quantile read from the bins: half a bin."""

_MANTISSA_SHIFT = 52 - OCTAVE_BITS
_BIN_OFFSET = ((1023 + EXACT_BITS) << OCTAVE_BITS) - (1 << EXACT_BITS)


ENTERED, OPEN_AT_END, TURNED_AWAY = range(3)
"""Rows of `TallyArrays.stages`."""
SUM, SQUARE = 0, 1
"""Rows of `TallyArrays.first`."""
TOTAL, WITH_DEAL, SQUARE_LOW, SQUARE_HIGH = range(4)
"""Columns of `TallyArrays.moments`."""


ABOVE_PLAN, DISCOUNT, LONGEST_DRY = range(3)
"""Columns of `TallyArrays.conduct`."""

SURPRISED, DISQUALIFIED, LOST_UNMET, WON_UNMET, LOST_MET, WON_MET, CHECK_CALLS = NEED_COUNTS = range(7)
"""Columns of `TallyArrays.needs`."""


UNITS, HITS = OF_SEAT = range(2)
"""Columns of `TallyArrays.seats`."""


class TallyArrays(NamedTuple):
    """The counters of a run, all int64; G groups, S + 1 stages, 2 accounts, 7 horizons."""

    replications: NDArray[np.int64]
    """[G]"""
    stages: NDArray[np.int64]
    """[G, 3, S + 1]: entries into each stage in counted weeks (calls, for stage 0); items open at the end (for
    stage 0, bookings that are still to be held); items turned away by a cap in counted weeks."""
    first: NDArray[np.int64]
    """[G, 2, 7]: successes of step 1 summed over windows, and their squares."""
    moments: NDArray[np.int64]
    """[G, 2, 7, 4]: revenue in units summed over windows, windows with a deal, and the sum of squares of revenue as
    128 bits: the low and the high 64."""
    quota_hits: NDArray[np.int64]
    """[G, 2]: quota periods in which a rep, and in which the team, reached quota."""
    clipped: NDArray[np.int64]
    """[S + 3]: decisions at a rate cut at 1, by step; then lags; then values."""
    bins: NDArray[np.int64]
    """[sections, 2, 7, bins]: windows by revenue; not those without any; the last bin holds all larger ones."""
    conduct: NDArray[np.int64]
    """[G, 3]: calls made in excess of the plan; discount given, in cents; the longest run of weeks without a deal,
    summed over seats. In counted weeks, deals by close."""
    weeks_of_quarter: NDArray[np.int64]
    """[G, 13]: revenue by close in units, by the week of the quarter."""
    needs: NDArray[np.int64]
    """[G, 7]: in counted weeks, of the step whose deals have needs: deals lost before the decision by surprise, and
    disqualified; lost and won at the decision with a need unmet, and with all met; and calls that checks cost."""
    seats: NDArray[np.int64]
    """[G, seats told one by one, 2]: revenue by close in units in counted weeks, and quota periods reached."""


def new_arrays(steps: int, bins: int = BINS, told: int = 0) -> TallyArrays:
    """Return zeroed counters for a funnel of ``steps`` steps, ``bins`` bins of revenue, ``told`` seats one by one."""
    return TallyArrays(
        replications=np.zeros(GROUPS, np.int64),
        stages=np.zeros((GROUPS, 3, steps + 1), np.int64),
        first=np.zeros((GROUPS, 2, N_HORIZONS), np.int64),
        moments=np.zeros((GROUPS, ACCOUNTS, N_HORIZONS, 4), np.int64),
        quota_hits=np.zeros((GROUPS, 2), np.int64),
        clipped=np.zeros(steps + 3, np.int64),
        bins=np.zeros((SECTIONS, ACCOUNTS, N_HORIZONS, bins), np.int64),
        conduct=np.zeros((GROUPS, 3), np.int64),
        weeks_of_quarter=np.zeros((GROUPS, WEEKS_PER_QUARTER), np.int64),
        needs=np.zeros((GROUPS, len(NEED_COUNTS)), np.int64),
        seats=np.zeros((GROUPS, told, len(OF_SEAT)), np.int64),
    )


@inlined
def bin_of(units: int) -> int:
    """Return the bin of a revenue: exact below 1,024 units, then 512 bins per octave."""
    if units < (1 << EXACT_BITS):
        return units
    return int64(np.float64(units).view(np.int64) >> _MANTISSA_SHIFT) - _BIN_OFFSET


def bins_of(units: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return `bin_of` for each of ``units``, int64 of the same shape.

    Examples
    --------
    >>> bins_of(np.array([7, 1024, 1025, 1026])).tolist()
    [7, 1024, 1024, 1025]
    """
    beyond: NDArray[np.int64] = (units.astype(np.float64).view(np.int64) >> _MANTISSA_SHIFT) - _BIN_OFFSET
    return np.where(units < (1 << EXACT_BITS), units, beyond)


def bins_up_to(units: float) -> int:
    """Return a number of bins, at most `BINS`, sufficient for revenues up to ``units``.

    Examples
    --------
    >>> bins_up_to(1000), bins_up_to(2.0**11)
    (1024, 2048)
    """
    octaves = max(0, frexp(units)[1] - EXACT_BITS)
    return min(BINS, (1 << EXACT_BITS) + (octaves << OCTAVE_BITS))


def bin_values() -> NDArray[np.float64]:
    """Return the revenue in units that represents each bin: the exact value, or the bin's midpoint.

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
def high_half_of_square(value: np.uint64) -> np.uint64:
    """Return the high 64 bits of the square of a 64-bit integer, from its 32-bit halves."""
    upper, lower = value >> uint64(32), value & uint64(0xFFFFFFFF)
    cross = upper * lower
    carry = (lower * lower >> uint64(32)) + ((cross << uint64(1)) & uint64(0xFFFFFFFF))
    return upper * upper + (cross >> uint64(31)) + (carry >> uint64(32))


@inlined
def record(
    moments: NDArray[np.int64], bins: NDArray[np.int64], group: int, account: int, horizon: int, units: int
) -> None:
    """Add one window with a revenue of ``units`` > 0 to `TallyArrays.moments` and `TallyArrays.bins`."""
    moments[group, account, horizon, TOTAL] += units
    moments[group, account, horizon, WITH_DEAL] += 1
    bins[group & (SECTIONS - 1), account, horizon, min(bin_of(units), bins.shape[3] - 1)] += 1
    square = uint64(units) * uint64(units)
    low = uint64(moments[group, account, horizon, SQUARE_LOW]) + square
    moments[group, account, horizon, SQUARE_LOW] = int64(low)
    carry = int64(low < square)
    if units >= (1 << 32):
        carry += int64(high_half_of_square(uint64(units)))
    moments[group, account, horizon, SQUARE_HIGH] += carry


@dataclass(frozen=True, slots=True)
class Tally:
    """The counters of a set of replications; ``a + b`` is the tally of both.

    Merging requires that both come from the same program and seed and from disjoint sets of replications;
    it is exact, associative and commutative.
    """

    arrays: TallyArrays

    def __add__(self, other: Tally) -> Tally:
        """Return the tally of the replications of both."""
        merged = TallyArrays(*(mine + theirs for mine, theirs in zip(self.arrays, other.arrays, strict=True)))
        low = merged.moments[..., SQUARE_LOW].view(np.uint64)
        merged.moments[..., SQUARE_HIGH] += low < other.arrays.moments[..., SQUARE_LOW].view(np.uint64)
        return Tally(merged)

    def with_both_accounts(self) -> Tally:
        """Return the tally with revenue by close copied to that by origin, for a run that counted only by close."""
        moments, bins = self.arrays.moments, self.arrays.bins
        return Tally(
            self.arrays._replace(
                moments=np.broadcast_to(moments[:, CLOSE : CLOSE + 1], moments.shape),
                bins=np.broadcast_to(bins[:, CLOSE : CLOSE + 1], bins.shape),
            )
        )

    def squares(self, account: int, horizon: int) -> NDArray[np.float64]:
        """Return the sums of squared revenue of windows by group, float64[G], in units squared."""
        cells = self.arrays.moments[:, account, horizon]
        high = cells[:, SQUARE_HIGH].astype(np.float64)
        return high * 2.0**64 + cells[:, SQUARE_LOW].view(np.uint64).astype(np.float64)

    @property
    def replications(self) -> int:
        """The number of replications in the tally."""
        return int(self.arrays.replications.sum())

    def same_as(self, other: Tally) -> bool:
        """Return whether all counters are equal."""
        return all(np.array_equal(a, b) for a, b in zip(self.arrays, other.arrays, strict=True))
