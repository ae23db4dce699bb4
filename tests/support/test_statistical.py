"""Tests of the statistical helper: its two errors are as stated."""

from __future__ import annotations

from collections.abc import Callable
from math import sqrt

import numpy as np
import pytest
from scipy import stats

from tests.support.statistical import (
    FAMILY,
    MAX_CHECKS,
    SUITE,
    Budget,
    DeviationError,
    Outcome,
    SampleTooSmallError,
    check_correlation,
    check_estimate,
    check_fit,
    check_mean,
    check_quantile,
    check_share,
    check_share_at_least,
    check_variance,
    check_variance_of_normal,
)

TRIES = 400
Generator = np.random.Generator
Check = Callable[[Generator, float, Budget], Outcome]
"""A check on fresh data that deviate by a shift (0: none)."""


def loose() -> Budget:
    """Return a budget of 1 % per check, so that false alarms can be counted."""
    return Budget(2.0 * 0.01 * TRIES, TRIES)


def by_sd(rng: Generator, shift: float, budget: Budget) -> Outcome:
    return check_mean("mean", rng.normal(3 + shift, 2.0, 400), 3.0, sd=2.0, detect=0.5, budget=budget)


def by_t(rng: Generator, shift: float, budget: Budget) -> Outcome:
    return check_mean("mean", rng.normal(3 + shift, 2.0, 400), 3.0, detect=0.7, budget=budget)


def by_skewed(rng: Generator, shift: float, budget: Budget) -> Outcome:
    return check_mean("mean", rng.exponential(1.0, 2000) + shift, 1.0, detect=0.13, budget=budget)


def by_error(rng: Generator, shift: float, budget: Budget) -> Outcome:
    x = rng.normal(7 + shift, 1.0, 64)
    pair = float(x.mean()), float(x.std(ddof=1)) / 8
    return check_estimate("estimate", pair, 7.0, degrees=63, detect=0.95, budget=budget)


def by_variance(rng: Generator, shift: float, budget: Budget) -> Outcome:
    return check_variance("variance", rng.uniform(0, 1, 2000) * sqrt(1 + shift), 1 / 12, detect=0.011, budget=budget)


def by_chi_square(rng: Generator, shift: float, budget: Budget) -> Outcome:
    x = rng.normal(0.0, sqrt(1 + shift), 300)
    return check_variance_of_normal("variance", float(x.var(ddof=1)), 1.0, degrees=299, detect=0.6, budget=budget)


def by_share(rng: Generator, shift: float, budget: Budget) -> Outcome:
    return check_share("share", int(rng.binomial(1000, 0.3 + shift)), 1000, 0.3, detect=0.09, budget=budget)


def by_floor(rng: Generator, shift: float, budget: Budget) -> Outcome:
    hits = int(rng.binomial(1000, 0.9 - shift))
    return check_share_at_least("floor", hits, 1000, 0.9, detect=0.06, budget=budget)


def by_correlation(rng: Generator, shift: float, budget: Budget) -> Outcome:
    x, y = rng.normal(size=(2, 2000))
    r = 0.4 + shift
    return check_correlation("r", x, r * x + sqrt(1 - r * r) * y, 0.4, detect=0.13, budget=budget)


def by_fit(rng: Generator, shift: float, budget: Budget) -> Outcome:
    law = np.array([0.1, 0.2, 0.3, 0.4])
    wrong = law + shift * np.array([1, -1, 0, 0])
    return check_fit("fit", rng.multinomial(2000, wrong), law, detect=0.15, budget=budget)


def by_quantile(rng: Generator, shift: float, budget: Budget) -> Outcome:
    x = np.sort(rng.uniform(size=1000) ** (1 + shift))[199]
    return check_quantile("20 %", 0.2, 1000, (float(x), float(x)), detect=0.08, budget=budget)


CHECKS: list[tuple[Check, float]] = [
    (by_sd, 0.5),
    (by_t, 0.6),
    (by_skewed, 0.13),
    (by_error, 0.8),
    (by_variance, 0.14),
    (by_chi_square, 0.6),
    (by_share, 0.09),
    (by_floor, 0.06),
    (by_correlation, 0.13),
    (by_fit, 0.055),
    (by_quantile, 0.4),
]
"""Each kind of check, and a shift at least as large as it claims to detect."""


def failures(check: Check, shift: float, seed: int) -> int:
    rng, budget, failed = np.random.default_rng(seed), loose(), 0
    for _ in range(TRIES):
        try:
            check(rng, shift, budget)
        except DeviationError:
            failed += 1
    return failed


@pytest.mark.parametrize(("check", "shift"), CHECKS)
def test_false_alarms_are_as_rare_as_stated(check: Check, shift: float) -> None:
    del shift
    assert failures(check, 0.0, 1) <= stats.binom.isf(SUITE.spend(), TRIES, 0.01)


@pytest.mark.parametrize(("check", "shift"), CHECKS)
def test_the_stated_deviation_is_found_with_the_stated_power(check: Check, shift: float) -> None:
    assert failures(check, shift, 2) >= stats.binom.ppf(SUITE.spend(), TRIES, 0.99)


@pytest.mark.parametrize("check", [check for check, _ in CHECKS])
def test_at_the_rate_of_the_suite_these_samples_are_refused_as_too_small(check: Check) -> None:
    with pytest.raises(SampleTooSmallError):
        check(np.random.default_rng(3), 0.0, Budget(FAMILY, MAX_CHECKS))


def test_the_budget_is_counted_and_ends() -> None:
    budget = Budget(0.02, 2)
    for _ in range(2):
        check_share("share", 500, 1000, 0.5, detect=0.2, budget=budget)
    with pytest.raises(AssertionError, match="budget of 2 statistical checks is spent"):
        check_share("share", 500, 1000, 0.5, detect=0.2, budget=budget)


def test_the_suite_has_a_family_rate_of_one_in_a_million() -> None:
    assert SUITE.checks * SUITE.rate == pytest.approx(FAMILY / 2)
    assert pytest.approx(1e-6) == FAMILY


def test_the_budget_of_the_suite_is_what_its_checks_spend() -> None:
    before = SUITE.spent
    check_share("coin", 50_000, 100_000, 0.5, detect=0.02)
    assert SUITE.spent == before + 1


def test_exact_limits_of_a_share() -> None:
    budget = Budget(2e-3, 1)
    low, high = (int(stats.binom.ppf(p, 200, 0.1)) for p in (5e-4, 1 - 5e-4))
    assert stats.binom.cdf(low - 1, 200, 0.1) < 5e-4 <= stats.binom.cdf(low, 200, 0.1)
    for hits in (low, high):
        check_share("inside", hits, 200, 0.1, detect=0.5, budget=Budget(2e-3, 1))
    with pytest.raises(DeviationError, match=r"expected 0\.1"):
        check_share("outside", high + 1, 200, 0.1, detect=0.5, budget=budget)


@pytest.mark.parametrize("pair", [(None, None), (1.0, None), (float("nan"), 0.1)])
def test_a_figure_that_is_missing_or_not_a_number_fails(pair: tuple[float | None, float | None]) -> None:
    with pytest.raises(DeviationError):
        check_estimate("gone", pair, 1.0, degrees=9, detect=10.0, budget=loose())


def test_a_constant_sample_tells_nothing() -> None:
    with pytest.raises(SampleTooSmallError, match="standard deviation of 0"):
        check_mean("constant", np.ones(1000), 1.0, detect=1.0)


def test_a_copy_is_not_an_unrelated_sample() -> None:
    x = np.random.default_rng(8).normal(size=5000)
    for y in (x, 3.0 - 2.0 * x):
        with pytest.raises(DeviationError, match="copy"):
            check_correlation("copy", x, y, 0.0, detect=0.2)


def test_a_skewed_sample_is_refused_at_a_rate_that_its_size_cannot_bear() -> None:
    x = np.random.default_rng(4).lognormal(0.0, 1.5, 300)
    with pytest.raises(SampleTooSmallError, match="too skewed"):
        check_mean("skewed", x, float(np.exp(1.125)), detect=100.0)


def test_skewness_widens_the_limit() -> None:
    rng = np.random.default_rng(5)
    skewed, even = rng.exponential(1.0, 20_000), rng.normal(1.0, 1.0, 20_000)
    wide, narrow = (check_mean("mean", x, 1.0, sd=1.0, detect=1.0).limit for x in (skewed, even))
    assert 1.005 * narrow < wide < 1.3 * narrow


def test_classes_with_few_expected_are_joined_and_one_alone_is_no_check() -> None:
    law = stats.binom.pmf(np.arange(11), 10, 0.1)
    counts = np.random.default_rng(6).multinomial(1000, law)
    check_fit("joined", counts, law, detect=2.0)
    with pytest.raises(SampleTooSmallError, match="fewer than two classes"):
        check_fit("alone", [40, 40], [0.5, 0.5], detect=2.0)


def test_probabilities_that_do_not_sum_to_one_are_a_mistake_of_the_test() -> None:
    with pytest.raises(ValueError, match=r"sum to 0\.9"):
        check_fit("short", [500, 500], [0.5, 0.4], detect=1.0)
