"""Figures of runs in the same worlds, and their paired differences."""

from __future__ import annotations

from collections.abc import Callable
from math import sqrt

import numpy as np
import pytest

from simcore.statistics.estimate import Estimate
from simcore.statistics.intervals import Z975, significant_sign
from simcore.statistics.jackknife import Floats
from simcore.statistics.moments_and_quantiles import coefficient_of_variation, standard_deviation
from simcore.statistics.paired_difference import GroupedSums, difference_of, figure_of
from tests.support.statistical import DeviationError, check_share

ONE = np.ones(200, np.int64)
RNG = np.random.default_rng(1)
SHARED, OWN = RNG.normal(size=(2, 200))


def test_a_paired_difference_has_the_error_of_the_pairs() -> None:
    mine, other = 100.0 + SHARED + 0.1 * OWN, 99.0 + SHARED
    found = difference_of(GroupedSums(ONE, mine, ONE), GroupedSums(ONE, other, ONE))
    assert found.estimate == pytest.approx(float(np.mean(mine - other)))
    assert found.se == pytest.approx(float(np.std(mine - other, ddof=1)) / sqrt(200))
    assert found.se is not None
    alone = figure_of(GroupedSums(ONE, mine, ONE)).se
    assert alone is not None
    assert found.se < 0.2 * alone


def test_runs_that_are_equal_differ_by_exactly_nothing() -> None:
    sums = GroupedSums(3 * ONE, SHARED, 7.5 * ONE, worth=10.0)
    assert difference_of(sums, sums, alike=True) == Estimate(estimate=0.0, se=0.0, low=0.0, high=0.0)


def test_a_difference_that_was_never_seen_has_a_bound_to_both_sides() -> None:
    """600 worlds, 1500 windows: at most 0.498 % of the worlds differ (rule of three), by 10 each if it is one event."""
    sums = GroupedSums(3 * ONE, SHARED, 7.5 * ONE, worth=10.0)
    found = difference_of(sums, sums)
    bound = (1.0 - 0.05 ** (1 / 600)) * 10.0 * 600 / 1500
    assert (found.estimate, found.se) == (0.0, None)
    assert (found.low, found.high) == pytest.approx((-bound, bound))
    for hit in (0, 1):
        shares = GroupedSums(ONE, hit * ONE, ONE, share=True)
        found = difference_of(shares, shares)
        assert (found.low, found.high) == pytest.approx((-(1.0 - 0.05 ** (1 / 200)), 1.0 - 0.05 ** (1 / 200)))
        assert found.se is None


def test_windows_may_differ() -> None:
    found = difference_of(GroupedSums(ONE, SHARED + 10, 2 * ONE), GroupedSums(ONE, SHARED + 10, ONE))
    assert found.estimate == pytest.approx(-float(np.mean(SHARED + 10)) / 2)


def test_one_replication_has_no_error() -> None:
    sums = GroupedSums(ONE[:1], SHARED[:1], ONE[:1])
    assert difference_of(sums, sums) == Estimate(estimate=0.0, se=None)


def test_only_equal_worlds_make_pairs() -> None:
    with pytest.raises(ValueError, match="different replications"):
        difference_of(GroupedSums(ONE, SHARED, ONE), GroupedSums(2 * ONE, SHARED, ONE))


@pytest.mark.parametrize(
    ("low", "high", "sign"),
    [(0.01, 2.0, 1), (-2.0, -0.01, -1), (0.0, 2.0, 0), (-1.0, 1.0, 0), (None, None, 0), (0.1, None, 1), (None, 0.1, 0)],
)
def test_ahead_is_where_the_interval_leaves_out_zero(low: float | None, high: float | None, sign: int) -> None:
    assert significant_sign(Estimate(estimate=1.0, se=1.0, low=low, high=high)) == sign


Statistic = Callable[..., Floats]
WORLDS, WINDOWS, RUNS = 100, 8, 1500


def hits(metric: str, baseline: Statistic | None = None) -> int:
    """Return how many of the 95 % intervals of a paired difference of spreads hold the true one.

    A window's revenue is 10 and noise of its world and its own; the second strategy shares them and adds its own.
    """
    rng = np.random.default_rng(7)
    one, each = np.ones(WORLDS, np.int64), np.full(WORLDS, WINDOWS)
    statistic = coefficient_of_variation if metric == "cv" else standard_deviation
    sd = np.sqrt([1.25, 1.25 + 0.09])
    truth = float(sd[1] - sd[0]) / (10.0 if metric == "cv" else 1.0)
    found = 0
    for _ in range(RUNS):
        shared = 10.0 + 0.5 * rng.normal(size=(WORLDS, 1)) + rng.normal(size=(WORLDS, WINDOWS))
        mine = shared + 0.3 * rng.normal(size=shared.shape)
        sums = [
            GroupedSums(one, x.sum(axis=1), each, (x**2).sum(axis=1), how)
            for x, how in ((mine, statistic), (shared, baseline or statistic))
        ]
        d = difference_of(*sums)
        assert d.estimate is not None
        assert d.se is not None
        found += abs(d.estimate - truth) <= Z975 * d.se
    return found


@pytest.mark.parametrize("metric", ["sd", "cv"])
def test_paired_intervals_of_spreads_cover(metric: str) -> None:
    check_share(f"coverage of {metric}", hits(metric), RUNS, 0.945, detect=0.06)


def test_a_spread_about_zero_and_not_about_the_mean_is_caught() -> None:
    def wrong(total: Floats, squares: Floats, count: Floats) -> Floats:
        return standard_deviation(0.0 * total, squares, count)

    with pytest.raises(DeviationError):
        check_share("coverage", hits("sd", wrong), RUNS, 0.945, detect=0.06)
