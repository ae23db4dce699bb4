"""The sampler of counts from the total down: quantiles against SciPy, and the law of what it makes."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from simcore.variance_reduction.stratified_counts import binomial_at, in_seats, in_weeks, spans, split_at
from tests.support.statistical import check_correlation, check_mean, check_variance


@pytest.mark.parametrize(("calls", "rate"), [(1, 0.5), (500, 0.02), (26_000, 0.004), (60, 0.97)])
def test_binomial_quantiles_are_scipys(calls: int, rate: float) -> None:
    u = np.random.default_rng(1).random(500)
    assert np.array_equal(binomial_at(u, calls, rate), stats.binom.ppf(u, calls, rate).astype(np.int64))


@pytest.mark.parametrize(("left", "right"), [(500, 500), (3, 997), (997, 3), (10, 10)])
def test_splits_are_hypergeometric_quantiles(left: int, right: int) -> None:
    random = np.random.default_rng(2)
    u, total = random.random(300), random.integers(0, min(20, left + right) + 1, 300)
    expected = stats.hypergeom.ppf(u, left + right, total, left)
    assert np.array_equal(split_at(u, total, left, right), expected.astype(np.int64))


@pytest.mark.parametrize("weeks", [1, 6, 13, 14, 27, 52, 104])
def test_spans_halve_until_a_quarter(weeks: int) -> None:
    splits = list(spans(weeks))
    assert all(first < middle < last for first, middle, last in splits)
    assert all(last - first > 13 for first, _, last in splits)
    widths = [last - first for first, _, last in splits]
    assert widths == sorted(widths, reverse=True)


def test_weeks_are_binomial_and_independent_and_add_up() -> None:
    random = np.random.default_rng(3)
    calls = np.array([500] * 20 + [0, 100] + [500] * 8)
    n, rate = 20_000, 0.02
    totals = binomial_at(random.random(n), int(calls.sum()), rate)
    weeks = in_weeks(random.random((n, 2)), totals, calls, random)
    assert np.array_equal(weeks.sum(axis=1), totals)
    assert not weeks[:, 20].any()
    check_mean("successes of a full week", weeks[:, 3], 10.0, detect=0.3)
    check_variance("variance of a full week", weeks[:, 3], 9.8, detect=1.0)
    check_mean("successes of a short week", weeks[:, 21], 2.0, detect=0.15)
    check_correlation("two weeks of a half", weeks[:, 3], weeks[:, 4], 0.0, detect=0.07)
    check_correlation("weeks of two halves", weeks[:, 3], weeks[:, 25], 0.0, detect=0.07)


def test_seats_are_binomial_and_independent_and_add_up() -> None:
    random = np.random.default_rng(4)
    total = binomial_at(random.random(20_000), 2000, 0.02)
    seats = in_seats(total, 4, 500, random)
    assert np.array_equal(seats.sum(axis=1), total)
    check_mean("successes of the last seat", seats[:, 3], 10.0, detect=0.3)
    check_variance("variance of a seat", seats[:, 0], 9.8, detect=1.0)
    check_correlation("two seats", seats[:, 0], seats[:, 3], 0.0, detect=0.07)
