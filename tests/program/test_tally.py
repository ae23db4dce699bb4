"""Counters: 128-bit squares, bins with their error bound, and exact merging."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from simcore.program.tally import (
    BINS,
    CLOSE,
    EXACT_BITS,
    GROUPS,
    QUANTILE_ERROR,
    SECTIONS,
    SQUARE_HIGH,
    SQUARE_LOW,
    TOTAL,
    VALUE_BITS,
    WITH_DEAL,
    Tally,
    TallyArrays,
    bin_of,
    bin_values,
    bins_up_to,
    high_half_of_square,
    new_arrays,
    record,
)

QUICK = settings(derandomize=True, deadline=None)
"""The first call of a kernel compiles it, so no example has a deadline."""
UNITS = st.integers(1, 2**VALUE_BITS - 1) | st.integers(1, 5000) | st.integers(0, 46).map(lambda bit: 1 << bit)
VALUES = bin_values()


def cells(group: int = 0) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return empty moments of some groups, and empty bins of one account and horizon."""
    return np.zeros((group + 1, 1, 1, 4), np.int64), np.zeros((SECTIONS, 1, 1, BINS), np.int64)


def square_of(moments: NDArray[np.int64]) -> int:
    """Return the 128-bit sum of squares of one cell."""
    return (int(moments[SQUARE_HIGH]) << 64) + int(moments[SQUARE_LOW : SQUARE_LOW + 1].view(np.uint64)[0])


@QUICK
@given(st.integers(0, 2**63 - 1) | st.integers(0, 62).map(lambda bit: (1 << bit) - 1))
def test_the_high_half_of_a_square(value: int) -> None:
    assert int(high_half_of_square(np.uint64(value))) == value * value >> 64


@QUICK
@given(st.lists(st.integers(1, 2**55) | UNITS, max_size=40), st.integers(0, GROUPS - 1))
def test_windows_are_recorded_exactly(windows: list[int], group: int) -> None:
    moments, bins = cells(group)
    for units in windows:
        record(moments, bins, group, 0, 0, units)
    cell = moments[group, 0, 0]
    assert cell[TOTAL] == sum(windows)
    assert cell[WITH_DEAL] == len(windows) == bins[group % SECTIONS].sum()
    assert square_of(cell) == sum(units * units for units in windows)
    assert np.count_nonzero(moments) <= 4


# Bins


@QUICK
@given(UNITS)
def test_a_bin_stands_for_its_values_to_the_stated_error(units: int) -> None:
    value = VALUES[bin_of(units)]
    assert abs(value - units) <= QUANTILE_ERROR * units
    if units < 2**EXACT_BITS:
        assert value == units


@QUICK
@given(UNITS, UNITS)
def test_bins_keep_the_order(a: int, b: int) -> None:
    low, high = sorted((a, b))
    assert 0 <= bin_of(low) <= bin_of(high) < BINS


def test_bins_begin_and_end_where_they_should() -> None:
    assert (np.diff(VALUES) > 0).all()
    assert len(VALUES) == BINS
    edges = {0: 0, 1023: 1023, 1024: 1024, 1025: 1024, 1026: 1025, 2047: 1535, 2048: 1536, 2**47 - 1: BINS - 1}
    assert {units: int(bin_of(units)) for units in edges} == edges


@pytest.mark.parametrize(("bins", "units"), [(1024, 1024), (1024, 2**60), (BINS, 2**47), (BINS, 2**62)])
def test_what_is_beyond_the_bins_is_in_the_last(bins: int, units: int) -> None:
    arrays = new_arrays(2, bins)
    record(arrays.moments, arrays.bins, 3, CLOSE, 4, units)
    assert np.flatnonzero(arrays.bins[3, CLOSE, 4]).tolist() == [bins - 1]


@given(UNITS)
def test_so_many_bins_hold_so_much(units: int) -> None:
    assert int(bin_of(units)) < bins_up_to(units) <= BINS
    assert bins_up_to(units) <= 1024 + 512 * max(0, units.bit_length() - 10)


@pytest.mark.parametrize("octave", [10, 11, 30, 46])
def test_the_bins_of_an_octave_are_equally_wide(octave: int) -> None:
    width = 2 ** (octave - 9)
    starts = [2**octave + number * width for number in range(512)]
    numbers = [int(bin_of(start)) for start in starts]
    assert numbers == list(range(numbers[0], numbers[0] + 512))
    assert [int(bin_of(start + width - 1)) for start in starts] == numbers


# Merging


def random_tally(seed: int) -> Tally:
    """Return a tally with all counters filled, and sums of squares near the carry."""
    rng = np.random.default_rng(seed)
    arrays = new_arrays(2, told=1)._replace(bins=np.zeros((SECTIONS, 2, 7, 3), np.int64))
    for counters in arrays:
        counters[...] = rng.integers(0, 2**40, counters.shape)
    arrays.moments[..., SQUARE_LOW] = rng.integers(-(2**63), 2**63 - 1, arrays.moments.shape[:-1])
    return Tally(arrays)


def squares_of(arrays: TallyArrays) -> list[int]:
    return [square_of(cell) for cell in arrays.moments.reshape(-1, 4)]


@settings(QUICK, max_examples=20)
@given(st.integers(0, 2**32))
def test_merging_is_exact_in_any_order(seed: int) -> None:
    a, b, c = (random_tally(seed + number) for number in range(3))
    assert ((a + b) + c).same_as(a + (b + c))
    assert (a + b).same_as(b + a)
    assert squares_of((a + b).arrays) == [
        x + y for x, y in zip(squares_of(a.arrays), squares_of(b.arrays), strict=True)
    ]
    merged = (a + b).arrays
    for name in TallyArrays._fields:
        if name != "moments":
            assert np.array_equal(getattr(merged, name), getattr(a.arrays, name) + getattr(b.arrays, name))
    assert np.array_equal(merged.moments[..., :SQUARE_LOW], (a.arrays.moments + b.arrays.moments)[..., :SQUARE_LOW])


def test_merging_changes_neither_part() -> None:
    a, b = random_tally(1), random_tally(2)
    before = [counters.copy() for counters in a.arrays]
    assert (a + b).replications == a.replications + b.replications
    assert all(np.array_equal(x, y) for x, y in zip(before, a.arrays, strict=True))


def test_a_tally_is_the_same_only_if_every_counter_is() -> None:
    for name in TallyArrays._fields:
        a, b = random_tally(3), random_tally(3)
        assert a.same_as(b)
        getattr(b.arrays, name)[-1] += 1
        assert not a.same_as(b)


def test_squares_as_floats() -> None:
    tally = random_tally(4)
    exact = np.array(squares_of(tally.arrays), dtype=object).reshape(GROUPS, 2, 7)
    found = tally.squares(1, 3)
    assert found == pytest.approx([float(value) for value in exact[:, 1, 3]], rel=1e-15)
