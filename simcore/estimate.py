"""Estimates with their Monte Carlo standard errors.

Replications are independent; what happens within one is not (the market joins the reps, the pipeline the weeks).
So every error comes from the spread between replications, by two methods that hold for any dependence within:

* smooth functions of sums (means, sd, cv, probabilities, ratios): the delete-a-group jackknife over up to 256
  groups of replications (Quenouille 1956, Tukey 1958; for groups see Kott 2001). With 256 replications or fewer it is
  the ordinary jackknife; beyond, a standard error is itself known to about 4 %.
* quantiles, for which the jackknife fails: the error of the distribution function at the quantile, by the jackknife
  over up to 32 sections of replications, is turned into values by the distribution itself (Woodruff 1952).
"""

from __future__ import annotations

from collections.abc import Callable
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from simcore.summary import Estimate

Floats = NDArray[np.float64]

Z975 = 1.959963984540054
"""The 97.5 % point of the normal distribution."""


def jackknife(statistic: Callable[..., Floats], size: NDArray[np.int64], *sums: NDArray[np.generic]) -> Estimate:
    """Estimate a smooth function of sums over replications.

    Parameters
    ----------
    statistic
        Function of as many arrays as ``sums``, elementwise; it is given the totals, and the totals without each group.
    size
        int[G]: replications in each group; groups with none are left out.
    sums
        Arrays [G]: sums over the replications of each group.

    Examples
    --------
    The mean of 1, 2, 3, 4 and its standard error sd / sqrt(n):

    >>> one = np.ones(4, np.int64)
    >>> mean = jackknife(lambda total, n: total / n, one, np.array([1, 2, 3, 4]), one)
    >>> mean.estimate, round(mean.se, 12)
    (2.5, 0.645497224368)
    """
    used = size > 0
    n = size[used].astype(np.float64)
    parts = [column[used].astype(np.float64) for column in sums]
    totals = [np.array([column.sum()]) for column in parts]
    with np.errstate(divide="ignore", invalid="ignore"):
        estimate = float(statistic(*totals)[0])
        without = statistic(*(total - part for total, part in zip(totals, parts, strict=True)))
        variance = float((((n.sum() - n) / n.sum()) * (without - estimate) ** 2).sum())
    return Estimate(
        estimate=estimate if np.isfinite(estimate) else None,
        se=sqrt(variance) if len(n) > 1 and np.isfinite(variance) else None,
    )


def share(size: NDArray[np.int64], hits: NDArray[np.int64], windows: NDArray[np.int64]) -> Estimate:
    """Estimate a probability: the share of windows that were hit.

    Where none or all of them were, the spread between groups is zero, but the error is not: it is then given as
    about one replication's weight (Laplace's (0 + 1) / (n + 2) in place of 0), whatever hangs together within one.

    Examples
    --------
    >>> once = np.ones(98, np.int64)
    >>> figure = share(once, 0 * once, once)
    >>> figure.estimate, round(figure.se, 4)
    (0.0, 0.0101)
    """
    figure = jackknife(ratio, size, hits, windows)
    if figure.estimate not in {0.0, 1.0} or figure.se is None:
        return figure
    replications = float(size.sum())
    p = 1.0 / (replications + 2.0)
    return Estimate(estimate=figure.estimate, se=sqrt(p * (1.0 - p) / replications))


def quantile_of_counts(counts: NDArray[np.int64], p: float) -> int:
    """Return the index at which the cumulated counts reach the share p: the p-quantile of an integer sample.

    Examples
    --------
    >>> quantile_of_counts(np.array([5, 0, 5]), 0.5), quantile_of_counts(np.array([5, 0, 5]), 0.51)
    (0, 2)
    """
    cumulated = np.cumsum(counts)
    return int(np.searchsorted(cumulated, p * cumulated[-1] * (1.0 - 1e-12), side="left"))


def sectioned_quantile(counts: NDArray[np.int64], values: Floats, p: float) -> Estimate:
    """Estimate a quantile from histograms by section.

    The interval holds the p +- t d points, d being the standard error of the share of windows below the quantile (or
    of the share not above it, if that is larger); the standard error is its longer half over 1.96. So it also holds
    where values are few and the quantile can only jump; it is somewhat long where they are many.

    Parameters
    ----------
    counts
        int[sections, bins]; sections without a count are left out.
    values
        float[bins], increasing: the value that stands for each bin.
    p
        Share in (0, 1).
    """
    used = counts[counts.sum(axis=1) > 0]
    if len(used) == 0:
        return Estimate(estimate=None, se=None)
    total, size = used.sum(axis=0), used.sum(axis=1)
    place = quantile_of_counts(total, p)
    estimate = float(values[place])
    if len(used) < 2:
        return Estimate(estimate=estimate, se=None)
    shares = (jackknife(ratio, size, used[:, :end].sum(axis=1), size).se for end in (place, place + 1))
    reach = t975(len(used) - 1) * max(share or 0.0 for share in shares)
    low = float(values[quantile_of_counts(total, max(p - reach, 0.5 / size.sum()))])
    high = float(values[quantile_of_counts(total, min(p + reach, 1.0))])
    return Estimate(estimate=estimate, se=max(high - estimate, estimate - low) / Z975)


def quantile_bounds(
    counts: NDArray[np.int64], values: Floats, p: float, times: Callable[[int], float]
) -> tuple[float, float, float] | None:
    """Return a quantile and the ends of its interval, as `sectioned_quantile`; ``None`` with fewer than two sections.

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
    shares = (share(size, used[:, :end].sum(axis=1), size).se for end in (place, place + 1))
    reach = times(len(used) - 1) * max(error or 0.0 for error in shares)
    low = float(values[quantile_of_counts(total, max(p - reach, 0.5 / size.sum()))])
    high = float(values[quantile_of_counts(total, min(p + reach, 1.0))])
    return float(values[place]), low, high


def t975(degrees: int) -> float:
    """Return the 97.5 % point of the t distribution, by Fisher's expansion: to 0.6 % from 6 degrees of freedom on."""
    z = Z975
    return z + (z**3 + z) / (4 * degrees) + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * degrees**2)


def scaled(figure: Estimate, factor: float) -> Estimate:
    """Return an estimate in another unit."""
    return Estimate(
        estimate=None if figure.estimate is None else figure.estimate * factor,
        se=None if figure.se is None else figure.se * abs(factor),
    )


# The statistics, elementwise over arrays of sums.


def ratio(total: Floats, count: Floats) -> Floats:
    """Return a mean or a share."""
    return total / count


def spread(total: Floats, squares: Floats, count: Floats) -> Floats:
    """Return the standard deviation."""
    return np.sqrt(np.maximum(squares / count - (total / count) ** 2, 0.0))


def variation(total: Floats, squares: Floats, count: Floats) -> Floats:
    """Return the coefficient of variation."""
    return spread(total, squares, count) / (total / count)
