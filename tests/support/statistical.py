"""The one place where a test compares random results with a theory.

Two errors, both stated:

* **Failing a right engine.** All checks of the suite together do so with a probability of at most 1e-6 (over the
  choice of seeds; with the fixed seeds an outcome never changes). The budget is shared by at most 1,000 checks, which
  are counted: check number 1,001 fails. Half of it is reserved for errors of approximation, so a check runs at 5e-10.
  For a skewed sample the limit is widened as large-deviation theory requires, or the sample is refused.
* **Passing a wrong engine.** Each check is given the deviation that it must detect (``detect``), and computes the
  smallest that it detects with a power of 0.99. If that is larger, the sample is too small, and the check fails
  whatever was observed.

The idea of one assertion with both errors stated is from vivarium's ``FuzzyChecker``.
"""

from __future__ import annotations

from collections.abc import Callable
from math import isfinite, sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special, stats

FAMILY = 1e-6
MAX_CHECKS = 1000
POWER = 0.99
LEAST_EXPECTED = 50.0
"""Least expected count of a class in a goodness-of-fit check; smaller classes are merged."""
MOST_WIDENING = 1.3
"""Largest widening of the limit for skewness; a sample that needs more is refused."""


class DeviationError(AssertionError):
    """The observed value differs from the theory."""


class SampleTooSmallError(AssertionError):
    """The check could not detect the required deviation, or its approximation does not hold."""


class Budget:
    """A total false-alarm rate, shared by a number of checks."""

    def __init__(self, family: float, checks: int) -> None:
        self.rate = family / (2 * checks)
        """Nominal false-alarm rate of a check; the real one is at most twice as large."""
        self.checks = checks
        self.spent = 0

    def spend(self) -> float:
        """Count a check and return its rate."""
        self.spent += 1
        if self.spent > self.checks:
            message = f"the budget of {self.checks} statistical checks is spent"
            raise AssertionError(message)
        return self.rate


SUITE = Budget(FAMILY, MAX_CHECKS)


class Outcome(NamedTuple):
    """A check that passed."""

    deviation: float
    limit: float
    """Larger deviations fail."""
    smallest: float
    """The smallest true deviation that fails with a power of 0.99."""


def check_mean(
    what: str, sample: ArrayLike, expected: float, *, detect: float, sd: float | None = None, budget: Budget = SUITE
) -> Outcome:
    """Check the mean of independent values, with their known standard deviation or (t) with the sample's.

    ``expected`` and ``detect`` are in the unit of the sample.
    """
    x = np.asarray(sample, np.float64)
    rate = budget.spend()
    widening = _widening(what, x, rate, self_normalised=sd is None)
    se = float(x.std(ddof=1) if sd is None else sd) / sqrt(len(x))
    degrees = np.inf if sd is not None else len(x) - 1
    return _by_t(what, (float(x.mean()), expected), se, degrees, rate, detect, widening)


def check_estimate(
    what: str,
    estimate: tuple[float | None, float | None],
    expected: float,
    *,
    degrees: float,
    detect: float,
    budget: Budget = SUITE,
) -> Outcome:
    """Check a figure with its standard error of ``degrees`` degrees of freedom (groups of replications less one)."""
    rate = budget.spend()
    seen, se = estimate
    if seen is None or se is None:
        message = f"{what}: no figure, or none with an error"
        raise DeviationError(message)
    return _by_t(what, (seen, expected), se, degrees, rate, detect)


def check_variance(what: str, sample: ArrayLike, expected: float, *, detect: float, budget: Budget = SUITE) -> Outcome:
    """Check the variance of independent values of any distribution, by their fourth moment."""
    x = np.asarray(sample, np.float64)
    squares = (x - x.mean()) ** 2 * (len(x) / (len(x) - 1))
    return check_mean(what, squares, expected, detect=detect, budget=budget)


def check_variance_of_normal(
    what: str, variance: float, expected: float, *, degrees: float, detect: float, budget: Budget = SUITE
) -> Outcome:
    """Check a sample variance of normal values by chi-square; also the square of a standard error."""
    rate = budget.spend()
    law = stats.chi2(degrees)
    low, high = law.ppf(rate / 2) / degrees, law.isf(rate / 2) / degrees
    smallest = max(high * degrees / law.ppf(1 - POWER) - 1, 1 - low * degrees / law.isf(1 - POWER)) * expected
    limit = ((high if variance > expected else 2 - low) - 1) * expected
    return _judge(what, (variance, expected), float(limit), float(smallest), detect)


def check_correlation(
    what: str, x: ArrayLike, y: ArrayLike, expected: float, *, detect: float, budget: Budget = SUITE
) -> Outcome:
    """Check the correlation of independent pairs of any distribution, by its influence values."""
    a, b = (_standardised(np.asarray(column, np.float64)) for column in (x, y))
    seen = float((a * b).mean())
    if abs(seen) > 1.0 - 1e-9 and abs(seen - expected) > detect:
        budget.spend()
        message = f"{what}: one is a copy of the other, expected {expected:.6g}"
        raise DeviationError(message)
    influence = a * b - seen / 2 * (a * a + b * b)
    return check_mean(what, seen + influence, expected, detect=detect, budget=budget)


def check_share(
    what: str, hits: int, trials: int, expected: float, *, detect: float, budget: Budget = SUITE
) -> Outcome:
    """Check a share of independent trials by the exact binomial law."""
    rate = budget.spend()
    low, high = stats.binom.ppf(rate / 2, trials, expected), stats.binom.isf(rate / 2, trials, expected)

    def power(p: float) -> float:
        return _at_most(low - 1, trials, p) + 1.0 - _at_most(high, trials, p)

    sides = []
    if expected + detect <= 1:
        sides.append(_smallest(lambda d: power(expected + d), 1 - expected))
    if expected - detect >= 0:
        sides.append(_smallest(lambda d: power(expected - d), expected))
    smallest = max(sides, default=np.inf)
    side = high if hits > trials * expected else low
    limit = abs(side / trials - expected)
    return _judge(what, (hits / trials, expected), limit, smallest, detect)


def check_share_at_least(
    what: str, hits: int, trials: int, floor: float, *, detect: float, budget: Budget = SUITE
) -> Outcome:
    """Check that a share of independent trials is not below a floor; a shortfall of ``detect`` must be detected."""
    rate = budget.spend()
    low = stats.binom.ppf(rate, trials, floor)
    smallest = _smallest(lambda d: _at_most(low - 1, trials, floor - d), floor)
    seen = min(hits / trials, floor)
    return _judge(what, (seen, floor), floor - low / trials, smallest, detect)


def check_quantile(
    what: str,
    share: float,
    trials: int,
    cdf: tuple[float, float],
    *,
    detect: float,
    budget: Budget = SUITE,
) -> Outcome:
    """Check a sample quantile by the exact binomial law of the counts below it.

    ``cdf`` holds the true probabilities of a value below the sample quantile, and of one not above it. ``detect`` is a
    shift of the distribution function.
    """
    rate = budget.spend()
    below, not_above = cdf
    needed = np.ceil(share * trials * (1.0 - 1e-12))
    # The sample has fewer than `needed` values below its quantile, and at least `needed` not above it.
    least = stats.binom.cdf(needed - 1, trials, below)
    most = stats.binom.sf(needed - 1, trials, not_above)
    z = stats.norm.isf(rate / 2)
    limit = z * sqrt(share * (1 - share) / trials)
    smallest = limit + stats.norm.isf(1 - POWER) * sqrt(share * (1 - share) / trials)
    deviation = max(below - share, share - not_above, 0.0)
    _refuse_small(what, float(smallest), detect)
    if not min(least, most) >= rate / 2:
        message = f"{what}: the {share:.0%} point of the sample is the {below:.6g} to {not_above:.6g} point of the law"
        raise DeviationError(message)
    return Outcome(deviation, float(limit), float(smallest))


def check_fit(what: str, observed: ArrayLike, expected: ArrayLike, *, detect: float, budget: Budget = SUITE) -> Outcome:
    """Check counts against the probabilities of their classes by chi-square.

    ``detect`` is Cohen's w, the root of the sum of (difference of probabilities)^2 / probability.
    """
    rate = budget.spend()
    counts, shares = np.asarray(observed, np.float64), np.asarray(expected, np.float64)
    if not np.isclose(shares.sum(), 1.0, rtol=0.0, atol=1e-9):
        message = f"{what}: the probabilities sum to {shares.sum()}"
        raise ValueError(message)
    seen, theory = _joined(counts, shares * counts.sum())
    if len(theory) < 2:
        message = f"{what}: fewer than two classes with {LEAST_EXPECTED:g} expected"
        raise SampleTooSmallError(message)
    degrees = len(theory) - 1
    limit = float(stats.chi2.isf(rate, degrees))
    statistic = float(((seen - theory) ** 2 / theory).sum())
    size = counts.sum()
    smallest = _smallest(lambda w: 1.0 - float(special.chndtr(limit, degrees, size * w * w)), 10.0)
    return _judge(what, (sqrt(statistic / size), 0.0), sqrt(limit / size), smallest, detect)


def _by_t(
    what: str,
    pair: tuple[float, float],
    se: float,
    degrees: float,
    rate: float,
    detect: float,
    widening: float = 1.0,
) -> Outcome:
    """Judge a figure with a standard error by the t law (the normal one for infinite degrees of freedom)."""
    limit = float(stats.t.isf(rate / 2, degrees)) * se * widening
    return _judge(what, pair, limit, limit + float(stats.t.isf(1 - POWER, degrees)) * se, detect)


def _judge(what: str, pair: tuple[float, float], limit: float, smallest: float, detect: float) -> Outcome:
    seen, expected = pair
    _refuse_small(what, smallest, detect)
    deviation = seen - expected
    if not abs(deviation) <= limit * (1 + 1e-12):
        message = f"{what}: {seen:.8g}, expected {expected:.8g}; off by {deviation:.3g}, more than {limit:.3g}"
        raise DeviationError(message)
    return Outcome(deviation, limit, smallest)


def _refuse_small(what: str, smallest: float, detect: float) -> None:
    if not (isfinite(smallest) and smallest <= detect):
        message = f"{what}: finds {smallest:.3g} with a power of {POWER}, not {detect:.3g}: take a larger sample"
        raise SampleTooSmallError(message)


def _widening(what: str, x: NDArray[np.float64], rate: float, *, self_normalised: bool) -> float:
    """Return the factor by which to widen the limit of a mean so that skewness does not raise the false-alarm rate.

    Cramér's large deviations: the tail at z of the mean of n values with skewness g grows by exp(g z^3 / (6 sqrt(n))),
    that of a t statistic by exp(g z^3 / (3 sqrt(n))); the next term has the kurtosis and z^4 / n. Both are counted as
    growth, on both sides, whatever their signs.
    """
    n, spread = len(x), float(x.std())
    if n < 3 or not isfinite(spread) or spread == 0.0:
        message = f"{what}: {n} values with a standard deviation of {spread}"
        raise SampleTooSmallError(message)
    score = (x - x.mean()) / spread
    skewness, kurtosis = abs(float((score**3).mean())), abs(float((score**4).mean()) - 3.0)
    factor = 3.0 if self_normalised else 6.0
    target, z = float(stats.norm.logsf(stats.norm.isf(rate / 2))), float(stats.norm.isf(rate / 2))
    for percent in range(round(100 * (MOST_WIDENING - 1.0)) + 1):
        wide = z * (1.0 + percent / 100.0)
        growth = skewness * wide**3 / (factor * sqrt(n)) + kurtosis * wide**4 / (4.0 * factor * n)
        if float(stats.norm.logsf(wide)) + growth <= target + 1e-9:
            return wide / z
    message = f"{what}: too skewed for its size (skewness {skewness:.3g}, n {n}): take a larger sample"
    raise SampleTooSmallError(message)


def _standardised(x: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray((x - x.mean()) / x.std())


def _at_most(k: float, trials: int, p: float) -> float:
    """Return P(Binomial(trials, p) <= k)."""
    return float(special.bdtr(k, trials, p)) if k >= 0 else 0.0


def _smallest(power: Callable[[float], float], most: float) -> float:
    """Return the smallest deviation in (0, most] that is detected with enough power, by bisection."""
    low, high = 0.0, most
    if power(most) < POWER:
        return np.inf
    for _ in range(25):
        middle = (low + high) / 2
        low, high = (low, middle) if power(middle) >= POWER else (middle, high)
    return high


def _joined(
    counts: NDArray[np.float64], theory: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Merge neighbouring classes until each has a sufficient expected count."""
    seen, expected = [0.0], [0.0]
    for count, share in zip(counts, theory, strict=True):
        if expected[-1] >= LEAST_EXPECTED:
            seen.append(0.0)
            expected.append(0.0)
        seen[-1] += count
        expected[-1] += share
    if expected[-1] < LEAST_EXPECTED and len(expected) > 1:
        seen[-2:] = [sum(seen[-2:])]
        expected[-2:] = [sum(expected[-2:])]
    return np.array(seen), np.array(expected)
