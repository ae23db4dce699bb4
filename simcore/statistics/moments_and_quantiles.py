"""Means, probabilities, standard deviations and quantiles, with their Monte Carlo errors and 95 % intervals.

* Smooth functions of sums (means, shares, sd, cv) have the error of `simcore.statistics.jackknife`.
* Quantiles, for which the jackknife fails: the error of the distribution function at the quantile, by the jackknife
  over up to 32 sections of replications, is turned into values by the distribution itself (Woodruff 1952).

Intervals, and the bounds of what was never seen, are those of `simcore.statistics.intervals`.
"""

from __future__ import annotations

from collections.abc import Callable
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from simcore.statistics.estimate import Estimate
from simcore.statistics.intervals import (
    LEAST_REPLICATIONS,
    MISS,
    UNKNOWN,
    Z975,
    always_seen,
    bound_of,
    by_count,
    critical_value,
    fixed,
    most_events,
    never_differed,
    never_seen,
    without_error,
)
from simcore.statistics.jackknife import EQUAL_GROUPS, Floats, jackknife, jackknife_of_sums, replicates


def mean_of(
    size: NDArray[np.int64],
    total: NDArray[np.generic],
    count: NDArray[np.generic],
    *,
    worth: float | None = None,
    certain: bool = False,
) -> Estimate:
    """Estimate a mean, or another ratio of two totals.

    Parameters
    ----------
    size, total, count
        [G] each: replications, and what is summed over them.
    worth
        What one event adds to the total: the unit of the bound of what was never seen, or never differed.
    certain
        Whether the scenario fixes the figure; ignored where groups differ.

    Examples
    --------
    >>> once = np.ones(100, np.int64)
    >>> round(mean_of(once, 0 * once, 52 * once, worth=1000.0).high, 4)
    0.5761
    """
    figure = replicates(ratio, size, total, count)
    if not np.isfinite(figure.value):
        return UNKNOWN
    if certain and not figure.varies:
        return fixed(figure.value)
    replications = float(size.sum())
    each = None if worth is None else worth * replications / float(count.sum())
    if not total.any():
        bounded = never_seen(replications, each)
        return bounded if each is not None else Estimate(estimate=0.0, se=None)
    least = 0.0 if (total.astype(np.float64) >= 0.0).all() else -np.inf
    if figure.error == 0.0 and each is not None:
        found = never_differed(figure.value, replications, each)
        return found.model_copy(update={"low": max(least, found.low)}) if found.low is not None else found
    return jackknife(ratio, size, total, count, least=least)


def proportion_of(
    size: NDArray[np.int64], hits: NDArray[np.int64], windows: NDArray[np.int64], *, certain: bool = False
) -> Estimate:
    """Estimate a probability: the share of windows that were hit.

    Where none or all of them were, the spread between groups is zero, but the error is not: there is then a bound, by
    the rule of three over replications, for any dependence within one.

    Examples
    --------
    >>> once = np.ones(98, np.int64)
    >>> figure = proportion_of(once, 0 * once, once)
    >>> figure.estimate, figure.se, round(figure.high, 4)
    (0.0, None, 0.0301)
    """
    replications, trials, hit = float(size.sum()), float(windows.sum()), float(hits.sum())
    if trials <= 0.0:
        return UNKNOWN
    found = replicates(ratio, size, hits, windows)
    if certain and not found.varies:
        return fixed(hit / trials)
    if hit in (0.0, trials):
        return never_seen(replications) if hit == 0.0 else always_seen(replications)
    if found.error == 0.0:
        return never_differed(found.value, replications, 1.0 - found.value, found.value)
    return by_count(found.value, found.error, trials, found.degrees, groups=found.groups)


def proportion_of_sums(hits: Floats, trials: Floats, replications: int) -> Estimate:
    """Estimate a probability from sums over groups of one size.

    Parameters
    ----------
    hits, trials
        float64[EQUAL_GROUPS]: see `simcore.statistics.jackknife.sums_by_group`.
    replications
        Independent replications behind them: where none or all of the trials were hit, the bound is over these.

    Examples
    --------
    >>> round(proportion_of_sums(np.zeros(32), np.full(32, 10.0), 98).high, 4)
    0.0301
    """
    if trials.sum() <= 0.0:
        return UNKNOWN
    share = float(hits.sum() / trials.sum())
    if share in (0.0, 1.0):
        return never_seen(replications) if share == 0.0 else always_seen(replications)
    (found,) = jackknife_of_sums(np.stack([hits, trials], axis=1), lambda s: s[:1] / s[1:])
    return found if found.se is None else by_count(share, found.se, float(trials.sum()), EQUAL_GROUPS - 1.0)


def spread_of(
    size: NDArray[np.int64],
    total: NDArray[np.generic],
    squares: NDArray[np.generic],
    count: NDArray[np.generic],
    *,
    relative: bool = False,
    worth: float | None = None,
    certain: bool = False,
    miss: float = MISS,
) -> Estimate:
    """Estimate the standard deviation of windows, or (``relative``) their coefficient of variation.

    It is that of the windows at hand: squares are divided by their number, not by one less. The interval allows for
    that, and is that of the logarithm, which is less lopsided; its error is at least that of so many independent normal
    windows, since few of them seldom show their rare large values. A single window has no standard deviation.

    Parameters
    ----------
    worth
        Root mean square of one event: the unit of the bound of the standard deviation where none was seen.
    certain
        Whether the scenario fixes all windows.
    miss
        Probability with which the interval misses; bounds of what was never seen are those of 95 %.

    Examples
    --------
    >>> one = np.ones(10, np.int64)
    >>> x = np.arange(10.0)
    >>> figure = spread_of(one, x, x * x, one)
    >>> round(figure.estimate, 4), round(figure.low, 1), round(figure.high, 1)
    (2.8723, 1.9, 6.1)
    """
    found = replicates(coefficient_of_variation if relative else standard_deviation, size, total, squares, count)
    windows, replications = float(count.sum()), float(size.sum())
    if not np.isfinite(found.value):
        return UNKNOWN
    if certain and windows > 1.0 and not found.varies:
        return fixed(found.value)
    if found.value == 0.0:
        high = None
        if not relative and worth is not None and not total.any():
            high = sqrt(most_events(replications) * replications / windows) * worth
        return Estimate(estimate=0.0, se=None, low=0.0, high=high)
    if found.error == 0.0:
        return without_error(found.value)
    # The spread makes a cv uncertain, and few windows show its large values; the mean does not make up for it.
    deviation = replicates(standard_deviation, size, total, squares, count) if relative else found
    least_error = 0.0 if relative else sqrt(0.5 / max(windows - 1.0, 1.0))
    ends = found.positive_interval(deviation.logs, least_error, miss)
    # Squares over their number are too small by one of so many on average (Bessel): the interval is about what is not.
    unbiased = sqrt(windows / max(windows - 1.0, 1.0))
    low, high = (None if end is None else end * unbiased for end in (ends.low, ends.high))
    return ends.model_copy(update={"low": low, "high": high})


def quantile_of_counts(counts: NDArray[np.int64], p: float) -> int:
    """Return the index at which the cumulated counts reach the share p: the p-quantile of an integer sample.

    Examples
    --------
    >>> quantile_of_counts(np.array([5, 0, 5]), 0.5), quantile_of_counts(np.array([5, 0, 5]), 0.51)
    (0, 2)
    """
    cumulated = np.cumsum(counts)
    return int(np.searchsorted(cumulated, p * cumulated[-1] * (1.0 - 1e-12), side="left"))


def sectioned_quantile(
    counts: NDArray[np.int64],
    values: Floats,
    p: float,
    *,
    replications: float = np.inf,
    certain: bool = False,
    miss: float = MISS,
) -> Estimate:
    """Estimate a quantile from histograms by section.

    The interval holds the p +- t d points, d being the standard error of the share of windows below the quantile (or
    of the share not above it, if that is larger); the standard error is its longer half over 1.96. So it also holds
    where values are few and the quantile can only jump; it is somewhat long where they are many. Where it would reach
    beyond all that was seen that end is open (revenue is not below 0), and there is no standard error.

    Parameters
    ----------
    counts
        int[sections, bins]; sections without a count are left out.
    values
        float[bins], increasing: the value that stands for each bin.
    p
        Share in (0, 1).
    replications
        Independent replications behind them: they bound the share of a value that was never seen, or always.
    certain
        Whether the scenario fixes all windows.
    miss
        Probability with which the interval misses.
    """
    used = counts[counts.sum(axis=1) > 0]
    if len(used) == 0:
        return UNKNOWN
    total, size = used.sum(axis=0), used.sum(axis=1)
    place = quantile_of_counts(total, p)
    estimate = float(values[place])
    if certain:
        return fixed(estimate)
    if len(used) < LEAST_REPLICATIONS:
        return without_error(estimate)
    times = critical_value(len(used) - 1, miss)
    shares = [replicates(ratio, size, used[:, :end].sum(axis=1), size).error for end in (place, place + 1)]
    width = times * max(shares) if max(shares) > 0.0 else bound_of(min(replications, float(size.sum())), miss)
    ends = p - width, p + width
    low = float(values[quantile_of_counts(total, ends[0])]) if ends[0] > 0.0 else 0.0
    high = float(values[quantile_of_counts(total, ends[1])]) if ends[1] < 1.0 else None
    closed = high is not None and (ends[0] > 0.0 or estimate == 0.0)
    error = max((high or 0.0) - estimate, estimate - low) / Z975 if closed else None
    return Estimate(estimate=estimate, se=error, low=low, high=high)


def quantile_bounds(
    counts: NDArray[np.int64], values: Floats, p: float, times: Callable[[int], float]
) -> tuple[float, float, float] | None:
    """Return a quantile of revenue and the ends of its interval; ``None`` with fewer than two sections.

    As `sectioned_quantile`, at any confidence; an end beyond all that was seen is infinite, or 0.

    Parameters
    ----------
    times
        Standard errors of the share that the interval reaches to each side, by degrees of freedom.
    """
    used = counts[counts.sum(axis=1) > 0]
    if len(used) < 2:
        return None
    total, size = used.sum(axis=0), used.sum(axis=1)
    place = quantile_of_counts(total, p)
    shares = [replicates(ratio, size, used[:, :end].sum(axis=1), size).error for end in (place, place + 1)]
    width = times(len(used) - 1) * max(*shares, 1.0 / float(size.sum()))
    low = float(values[quantile_of_counts(total, p - width)]) if p > width else 0.0
    high = float(values[quantile_of_counts(total, p + width)]) if p + width < 1.0 else np.inf
    return float(values[place]), low, high


# The statistics, elementwise over arrays of sums.


def ratio(total: Floats, count: Floats) -> Floats:
    """Return a mean or a share."""
    return total / count


def standard_deviation(total: Floats, squares: Floats, count: Floats) -> Floats:
    """Return the standard deviation, squares over their number; nan for a single value."""
    return np.sqrt(np.where(count > 1.0, np.maximum(squares / count - (total / count) ** 2, 0.0), np.nan))


def coefficient_of_variation(total: Floats, squares: Floats, count: Floats) -> Floats:
    """Return the coefficient of variation."""
    return standard_deviation(total, squares, count) / (total / count)
