"""Standard errors: the jackknife and sectioning against textbook formulas, and at their edges."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from simcore.numerics.quantiles import t_quantile
from simcore.program.tally import (
    BINS,
    GROUPS,
    ORIGIN,
    QUANTILE_ERROR,
    SQUARE_HIGH,
    SQUARE_LOW,
    Tally,
    bin_of,
    bin_values,
    high_half_of_square,
    new_arrays,
    record,
)
from simcore.statistics.estimate import Estimate
from simcore.statistics.intervals import scaled
from simcore.statistics.jackknife import jackknife
from simcore.statistics.moments_and_quantiles import (
    coefficient_of_variation,
    proportion_of,
    quantile_of_counts,
    ratio,
    sectioned_quantile,
    spread_of,
    standard_deviation,
)

Floats = NDArray[np.float64]


def ones(n: int) -> NDArray[np.int64]:
    return np.ones(n, np.int64)


def sample(n: int, seed: int = 1) -> Floats:
    return np.random.default_rng(seed).gamma(4.0, 2.0, n)


# The jackknife.


def test_the_jackknife_of_a_mean_is_the_textbook_error() -> None:
    x = sample(50)
    figure = jackknife(ratio, ones(50), x, ones(50))
    assert figure.estimate == pytest.approx(x.mean(), rel=1e-14)
    assert figure.se == pytest.approx(x.std(ddof=1) / sqrt(50), rel=1e-12)


def test_the_jackknife_of_a_share_is_the_textbook_error() -> None:
    hits = np.repeat([1, 0], [30, 70])
    misses = ones(100) - hits
    figures = ((jackknife(ratio, ones(100), hits, ones(100)), 0.3), (proportion_of(ones(100), misses, ones(100)), 0.7))
    for figure, expected in figures:
        assert figure.estimate == pytest.approx(expected)
        assert figure.se == pytest.approx(sqrt(0.21 / 99), rel=1e-12)


def test_the_jackknife_of_a_ratio_is_the_delta_method() -> None:
    rng = np.random.default_rng(2)
    calls = rng.integers(400, 600, 20_000)
    revenue = calls * rng.gamma(3.0, 7.0, 20_000)
    figure = jackknife(ratio, ones(20_000), revenue, calls)
    r = revenue.sum() / calls.sum()
    assert figure.estimate == pytest.approx(r)
    assert figure.se == pytest.approx((revenue - r * calls).std(ddof=1) / calls.mean() / sqrt(20_000), rel=1e-3)


def test_the_jackknife_of_sd_and_cv_is_the_delta_method() -> None:
    n = 20_000
    x = sample(n)
    centred, mean, sd = x - x.mean(), x.mean(), x.std()
    of_sd = (centred**2 - sd**2) / (2 * sd)
    of_cv = (of_sd - sd / mean * centred) / mean
    for statistic, value, influence in ((standard_deviation, sd, of_sd), (coefficient_of_variation, sd / mean, of_cv)):
        figure = jackknife(statistic, ones(n), x, x * x, ones(n))
        assert figure.estimate == pytest.approx(value, rel=1e-10)
        assert figure.se == pytest.approx(influence.std() / sqrt(n), rel=2e-3)


def test_the_error_of_a_normal_sd_is_sd_over_root_two_n() -> None:
    n = 50_000
    x = np.random.default_rng(3).normal(100.0, 5.0, n)
    figure = jackknife(standard_deviation, ones(n), x, x * x, ones(n))
    assert figure.se == pytest.approx(5.0 / sqrt(2 * n), rel=0.03)


def test_groups_of_unequal_size_weigh_as_their_replications() -> None:
    """Ten replications in groups of 1, 2, 3 and 4: the delete-a-group formula by hand (Kott 2001)."""
    x = sample(10)
    cuts = np.split(x, [1, 3, 6])
    size = np.array([len(cut) for cut in cuts])
    figure = jackknife(ratio, size, np.array([cut.sum() for cut in cuts]), size)
    without = [(x.sum() - cut.sum()) / (10 - len(cut)) for cut in cuts]
    variance = sum((10 - n) / 10 * (value - x.mean()) ** 2 for n, value in zip(size, without, strict=True))
    assert figure.estimate == pytest.approx(x.mean())
    assert figure.se == pytest.approx(sqrt(variance))


def test_groups_without_replications_do_not_count() -> None:
    x = np.concatenate([sample(8), np.zeros(4)])
    size = np.repeat([1, 0], [8, 4])
    assert jackknife(ratio, size, x, size) == jackknife(ratio, ones(8), x[:8], ones(8))


def test_one_group_has_no_error() -> None:
    assert jackknife(ratio, np.array([1, 0]), np.array([7, 0]), np.array([2, 0])) == Estimate(estimate=3.5, se=None)


def test_what_is_not_defined_is_none() -> None:
    zero = np.zeros(4, np.int64)
    assert jackknife(coefficient_of_variation, ones(4), zero, zero, ones(4)) == Estimate(estimate=None, se=None)
    assert jackknife(ratio, ones(4), ones(4), zero) == Estimate(estimate=None, se=None)
    assert jackknife(ratio, zero, zero, zero) == Estimate(estimate=None, se=None)


def test_a_figure_that_vanishes_without_one_group_has_no_error() -> None:
    lone = np.array([5, 0, 0, 0])
    figure = jackknife(coefficient_of_variation, ones(4), lone, lone * lone, ones(4))
    assert figure.estimate == pytest.approx(sqrt(3))
    assert figure.se is None


def test_constant_values_have_no_spread_and_no_error() -> None:
    x = np.full(6, 3)
    assert jackknife(standard_deviation, ones(6), x, x * x, ones(6)) == Estimate(estimate=0.0, se=None)
    assert spread_of(ones(6), x, x * x, ones(6)) == Estimate(estimate=0.0, se=None, low=0.0)
    assert spread_of(ones(6), x, x * x, ones(6), certain=True) == Estimate(estimate=0.0, se=0.0, low=0.0, high=0.0)


def test_scaling_scales_both_and_keeps_none() -> None:
    assert scaled(Estimate(estimate=2.0, se=0.5), -3.0) == Estimate(estimate=-6.0, se=1.5)
    assert scaled(Estimate(estimate=None, se=None), 2.0) == Estimate(estimate=None, se=None)


# Quantiles.


@given(st.lists(st.integers(0, 9), min_size=1, max_size=60), st.integers(1, 99))
def test_a_quantile_is_the_least_value_with_the_share_at_or_below(values: list[int], percent: int) -> None:
    found = quantile_of_counts(np.bincount(values, minlength=10), percent / 100)
    at_or_below, below = sum(v <= found for v in values), sum(v < found for v in values)
    assert 100 * below < percent * len(values) <= 100 * at_or_below


def test_the_quantile_is_numpys_inverted_cdf() -> None:
    values = np.random.default_rng(4).poisson(30.0, 997)
    for p in (0.05, 0.5, 0.95):
        assert quantile_of_counts(np.bincount(values), p) == np.quantile(values, p, method="inverted_cdf")


def sections_of(values: NDArray[np.int64], bins: int, sections: int = 32) -> NDArray[np.int64]:
    """Return histograms of integers, every 32nd in one section."""
    return np.array([np.bincount(values[i::sections], minlength=bins) for i in range(sections)])


def test_the_error_of_a_median_is_the_textbooks() -> None:
    """The sd of the median of n uniforms is 1 / (2 sqrt(n)); the interval is long by the t of 31 degrees, 1.04."""
    x = np.random.default_rng(9).integers(0, 10_000, 64_000)
    figure = sectioned_quantile(sections_of(x, 10_000), np.arange(10_000.0), 0.5)
    assert figure.estimate == np.quantile(x, 0.5, method="inverted_cdf")
    assert figure.se == pytest.approx(1.04 * 10_000 / (2 * sqrt(64_000)), rel=0.35)


def test_a_quantile_between_two_values_is_not_called_certain() -> None:
    """Half of the windows are 0 and half 1: any section may say either, and so may another run."""
    x = np.random.default_rng(10).integers(0, 2, 3200)
    figure = sectioned_quantile(sections_of(x, 2), np.arange(2.0), 0.5)
    assert figure.se == pytest.approx(1 / 1.96, rel=1e-3)
    assert (figure.low, figure.high) == (0.0, 1.0)


def test_a_quantile_in_the_middle_of_one_value_is_certain() -> None:
    x = np.repeat([0, 1, 2], [800, 1600, 800])[np.random.default_rng(11).permutation(3200)]
    assert sectioned_quantile(sections_of(x, 3), np.arange(3.0), 0.5) == Estimate(
        estimate=1.0, se=0.0, low=1.0, high=1.0
    )


@pytest.mark.parametrize(("degrees", "point"), [(1, 12.7062), (2, 4.3027), (3, 3.1824), (7, 2.3646), (31, 2.0395)])
def test_the_t_point_is_that_of_the_tables(degrees: int, point: float) -> None:
    """Fisher's expansion, which stood here before, gives 8.4 in place of 12.7 (Student's table of 1908 in print)."""
    assert t_quantile(0.975, degrees) == pytest.approx(point, abs=1e-4)


def test_quantiles_of_no_section_and_of_one() -> None:
    nothing = np.zeros((3, 4), np.int64)
    assert sectioned_quantile(nothing, np.arange(4.0), 0.5) == Estimate(estimate=None, se=None)
    nothing[1] = [0, 2, 0, 1]
    assert sectioned_quantile(nothing, np.arange(4.0), 0.5) == Estimate(estimate=1.0, se=None)


# The sums behind them.


SIZES = [1, 7, 2**31, 2**32 - 1, 2**32, 2**32 + 1, 3 * 10**12, 2**46 + 12345, 2**47 - 1]


@pytest.mark.parametrize("units", [*SIZES, 2**53 + 1, 2**63 - 1])
def test_the_high_half_of_a_square(units: int) -> None:
    assert int(high_half_of_square(np.uint64(units))) == units * units >> 64


def exact_square(tally: Tally, group: int) -> int:
    cells = tally.arrays.moments[group, ORIGIN, 3]
    return (int(cells[SQUARE_HIGH]) << 64) + (int(cells[SQUARE_LOW]) & (2**64 - 1))


def filled(windows: list[int]) -> Tally:
    arrays = new_arrays(3)
    for units in windows:
        record(arrays.moments, arrays.bins, 9, ORIGIN, 3, units)
    return Tally(arrays)


def test_sums_of_squares_are_exact_in_128_bits_and_through_merging() -> None:
    many = [2**46 + 3] * 50
    a, b = filled(SIZES), filled(many)
    total = sum(units * units for units in [*SIZES, *many])
    assert exact_square(a, 9) == sum(units * units for units in SIZES)
    assert exact_square(a + b, 9) == total
    assert (a + b).squares(ORIGIN, 3)[9] == pytest.approx(float(total), rel=1e-15)
    assert (a + b).squares(ORIGIN, 3).sum() == (a + b).squares(ORIGIN, 3)[9]


@given(st.integers(1, 2**47 - 1))
def test_the_value_of_a_bin_is_within_the_stated_error(units: int) -> None:
    value = float(bin_values()[bin_of(units)])
    assert abs(value - units) <= QUANTILE_ERROR * units
    assert value == units or units >= 1024


def test_bins_increase_and_end_where_they_should() -> None:
    assert (np.diff(bin_values()) > 0).all()
    assert bin_of(2**47 - 1) == BINS - 1
    assert len(bin_values()) == BINS
    assert GROUPS == 256


@pytest.mark.parametrize("hit", [0, 1])
def test_a_share_of_none_or_all_is_not_certain(hit: int) -> None:
    figure = proportion_of(ones(50), hit * ones(50), ones(50))
    assert figure.estimate == hit
    assert figure.se is None
    bound = 1.0 - 0.05 ** (1 / 50)
    assert (figure.low, figure.high) == pytest.approx((0.0, bound) if hit == 0 else (1.0 - bound, 1.0))
