"""Estimates of a mean by methods of variance reduction, each with an honest standard error.

Every function takes the outputs of independent units (replications, pairs of them, randomisations) and returns the mean
with its standard error; control variates have a module of their own, `simcore.variance_reduction.control_variates`.
Methods are combined by composition: what averages or corrects units gives new units, and these go on to the next
function::

    pairs = pair_averages(y, mirrored)
    controlled(pairs, pair_averages(c, mirrored_c), means)   # antithetic pairs, then control variates
    controlled(y * np.exp(log_weight), ...)                  # importance sampling, then control variates
    controlled(y.mean(axis=1), c.mean(axis=1), means)        # randomised quasi-Monte Carlo, then control variates

Sources: Glasserman 2003, "Monte Carlo Methods in Financial Engineering", chapter 4; Asmussen and Glynn 2007,
"Stochastic Simulation", chapters V and VI; Owen 2013, "Monte Carlo theory, methods and examples", chapters 8 and 9.
"""

from __future__ import annotations

from math import sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simcore.numerics.quantiles import t_quantile

Floats = NDArray[np.float64]

LARGEST_SHARE = 0.05
"""Share of the largest term of importance sampling above which its standard error is not to be trusted."""
SUM_TOLERANCE = 1e-9
"""Probabilities sum to one to within this."""


class TechniqueEstimate(NamedTuple):
    """The mean that a technique of variance reduction estimates, with its standard error."""

    mean: float
    standard_error: float
    units: int
    """Independent units that the mean is taken over."""
    degrees: float
    """Degrees of freedom of the standard error, for Student's t."""


class Weighted(NamedTuple):
    """An estimate by importance sampling, and whether it can be trusted."""

    estimate: TechniqueEstimate
    effective: float
    """Effective sample size of the terms |y| weight, from 0 (no term is positive) to n."""
    largest: float
    """Share of the largest term in the sum of all; 1 if no term is positive."""
    trusted: bool
    """Whether that share is at most `LARGEST_SHARE`; beyond, the standard error is likely to be far too small."""


def crude(y: ArrayLike) -> TechniqueEstimate:
    """Estimate the mean of independent units: their average, with sd / sqrt(n).

    Parameters
    ----------
    y
        float[n], n >= 2, finite.

    Raises
    ------
    ValueError
        For another shape, fewer than two units, or a value that is not finite; so do all functions of this module.

    Examples
    --------
    >>> crude([1.0, 2.0, 3.0, 4.0])
    TechniqueEstimate(mean=2.5, standard_error=0.6454972243679028, units=4, degrees=3.0)
    """
    values = unit_values("y", y)
    n = len(values)
    return TechniqueEstimate(float(values.mean()), float(values.std(ddof=1)) / sqrt(n), n, n - 1.0)


def t_interval(estimate: TechniqueEstimate, level: float = 0.95) -> tuple[float, float]:
    """Return the two-sided interval of an estimate by Student's t with its degrees of freedom.

    Examples
    --------
    >>> [round(end, 4) for end in t_interval(crude([1.0, 2.0, 3.0, 4.0]))]
    [0.4457, 4.5543]
    """
    if not 0.0 < level < 1.0:
        raise ValueError(f"a level lies in (0, 1), got {level}")
    reach = t_quantile(0.5 + level / 2.0, estimate.degrees) * estimate.standard_error
    return estimate.mean - reach, estimate.mean + reach


def pair_averages(y: ArrayLike, mirrored: ArrayLike) -> Floats:
    """Return the averages of antithetic pairs: float[n], or float[n, c] of controls.

    Examples
    --------
    >>> pair_averages([1.0, 2.0], [3.0, 6.0])
    array([2., 4.])
    """
    first, second = finite_values("y", y), finite_values("mirrored", mirrored)
    if first.shape != second.shape:
        raise ValueError(f"pairs need equal shapes, got {first.shape} and {second.shape}")
    return (first + second) / 2.0


def antithetic(y: ArrayLike, mirrored: ArrayLike) -> TechniqueEstimate:
    """Estimate a mean from antithetic pairs (Hammersley and Morton 1956): the units are the pairs.

    Parameters
    ----------
    y, mirrored
        float[n]: outputs with the uniforms u, and with 1 - u.

    Examples
    --------
    A linear output has no error left:

    >>> antithetic([0.1, 0.7, 0.4], [0.9, 0.3, 0.6])
    TechniqueEstimate(mean=0.5, standard_error=0.0, units=3, degrees=2.0)
    """
    return crude(pair_averages(y, mirrored))


def difference(a: ArrayLike, b: ArrayLike) -> TechniqueEstimate:
    """Estimate a mean difference from pairs with common random numbers.

    Parameters
    ----------
    a, b
        float[n]: outputs of two systems, element by element with the same random numbers.

    Examples
    --------
    >>> difference([1.0, 5.0, 9.0], [0.0, 4.0, 8.0])
    TechniqueEstimate(mean=1.0, standard_error=0.0, units=3, degrees=2.0)
    """
    first, second = unit_values("a", a), unit_values("b", b)
    if len(first) != len(second):
        raise ValueError(f"pairs need as many of either, got {len(first)} and {len(second)}")
    return crude(first - second)


def stratified(y: ArrayLike, stratum: ArrayLike, probability: ArrayLike) -> TechniqueEstimate:
    """Estimate a mean from strata of known probability, with any numbers of units (Cochran 1977, chapter 5).

    The mean is the sum of probability times the stratum's mean; degrees of freedom after Satterthwaite (1946).
    The strata must be drawn as such; for units that merely fell into strata this would be poststratification.

    Parameters
    ----------
    y
        float[n].
    stratum
        int[n]: the stratum of each unit, from 0 to s - 1.
    probability
        float[s]: positive, with a sum of one.

    Raises
    ------
    ValueError
        If the probabilities do not sum to one, or a stratum holds fewer than two units: its spread is then unknown.

    Examples
    --------
    >>> stratified([1.0, 3.0, 10.0, 10.0], [0, 0, 1, 1], [0.75, 0.25])
    TechniqueEstimate(mean=4.0, standard_error=0.75, units=4, degrees=1.0)
    """
    values, shares, where = unit_values("y", y), finite_values("probability", probability), np.asarray(stratum)
    if where.shape != values.shape or not np.issubdtype(where.dtype, np.integer):
        raise ValueError(f"every unit needs its stratum, an integer; got {where.dtype}{where.shape}")
    if shares.ndim != 1 or not (shares > 0.0).all() or not abs(float(shares.sum()) - 1.0) <= SUM_TOLERANCE:
        raise ValueError(f"the strata's probabilities must be positive and sum to one, not to {shares.sum()}")
    if where.min() < 0 or where.max() >= len(shares):
        raise ValueError(f"strata are 0 to {len(shares) - 1}, got {where.min()} to {where.max()}")
    count = np.bincount(where, minlength=len(shares))
    if count.min() < 2:
        raise ValueError(f"stratum {count.argmin()} holds {count.min()} units: its spread is unknown")
    means = np.bincount(where, values, len(shares)) / count
    squares = np.bincount(where, (values - means[where]) ** 2, len(shares))
    parts = shares**2 * squares / (count * (count - 1))
    variance = float(parts.sum())
    below = float((parts**2 / (count - 1)).sum())
    degrees = variance**2 / below if below > 0.0 else float(len(values) - len(shares))
    return TechniqueEstimate(float(shares @ means), sqrt(variance), len(values), degrees)


def randomised(y: ArrayLike) -> TechniqueEstimate:
    """Estimate a mean by randomised quasi-Monte Carlo: the units are the randomisations (L'Ecuyer 2018).

    The points of one randomisation are dependent, so their spread says nothing about the error.

    Parameters
    ----------
    y
        float[randomisations, points].

    Examples
    --------
    >>> randomised([[1.0, 3.0], [2.0, 4.0], [0.0, 2.0]])
    TechniqueEstimate(mean=2.0, standard_error=0.5773502691896258, units=3, degrees=2.0)
    """
    values = finite_values("y", y)
    if values.ndim != 2 or values.shape[1] == 0:
        raise ValueError(f"y is [randomisations, points], got {values.shape}")
    return crude(values.mean(axis=1))


def weighted(y: ArrayLike, log_weight: ArrayLike) -> Weighted:
    """Estimate a mean by importance sampling: the average of y times the likelihood ratio, which is unbiased.

    The effective sample size (Kish 1965, section 11.7) and the share of the largest are those of the terms |y| weight,
    not of the weights: for a rare event the weights where y is zero do not matter.

    Parameters
    ----------
    y
        float[n].
    log_weight
        float[n]: log of the target's density over that of the draws; minus infinity where the target has none.

    Raises
    ------
    ValueError
        See `crude`; also for a weight that is not a number or above the largest float.

    Examples
    --------
    >>> result = weighted([0.0, 1.0, 1.0, 1.0], np.log([9.0, 0.5, 0.5, 1.0]))
    >>> result.estimate.mean, round(result.effective, 6), result.largest, result.trusted
    (0.5, 2.666667, 0.5, False)
    """
    values, logs = unit_values("y", y), np.asarray(log_weight, np.float64)
    if logs.shape != values.shape:
        raise ValueError(f"every unit needs its weight, got {logs.shape} for {values.shape}")
    # Where y is zero the weight does not matter, however large; but one that is not a number is a mistake.
    matters = (values != 0.0) | np.isnan(logs) | (logs == np.inf)
    with np.errstate(over="ignore", invalid="ignore"):
        terms = np.where(matters, values * np.exp(np.where(matters, logs, 0.0)), 0.0)
    if not np.isfinite(terms).all():
        raise ValueError(f"a weight is not a number or too large: log weights up to {logs.max()}")
    sizes = np.abs(terms)
    most = float(sizes.max())
    if most == 0.0:
        return Weighted(crude(terms), 0.0, 1.0, trusted=False)
    relative = sizes / most
    total = float(relative.sum())
    largest = 1.0 / total
    return Weighted(crude(terms), total**2 / float((relative**2).sum()), largest, trusted=largest <= LARGEST_SHARE)


def tilts_for_no_win(rates: ArrayLike) -> Floats:
    """Return the multipliers of the rates of steps 2, 3 ... under which no item wins: the law given no win.

    With h_s the chance that an item that has passed step s does not win (h_S = 0, h_(s-1) = 1 - r_s + r_s h_s), an item
    that does not win passes step s with the rate r_s h_s / h_(s-1). This change of measure is Doob's h-transform, and
    leaves no variance but that of the number of items: an item's likelihood ratio is always h_1 (Glasserman 2003,
    section 4.6; Juneja and Shahabuddin 2006 on the zero-variance measure).

    Parameters
    ----------
    rates
        float[S], S >= 1: rates of steps 1 to S, from 0 to 1.

    Returns
    -------
    float64[S - 1]
        h_s / h_(s-1) of steps 2 to S, from 0 to 1; the last one is 0. It is 0 also where no item that gets so far can
        fail to win: such an item fails there, with a likelihood ratio of 0.

    Examples
    --------
    >>> tilts_for_no_win([0.02, 0.5, 0.4]).round(12).tolist()
    [0.75, 0.0]
    """
    steps = finite_values("rates", rates)
    if steps.ndim != 1 or len(steps) == 0 or steps.min() < 0.0 or steps.max() > 1.0:
        raise ValueError(f"rates of steps 1, 2 ... lie from 0 to 1, got {steps}")
    multipliers = np.zeros(len(steps) - 1)
    after = 0.0
    for step in range(len(steps) - 1, 0, -1):
        rate = float(steps[step])
        before = 1.0 - rate + rate * after
        multipliers[step - 1] = after / before if before > 0.0 else 0.0
        after = before
    return multipliers


def finite_values(name: str, values: ArrayLike) -> Floats:
    """Return the values as float64, of any shape; raise ValueError if one is not finite."""
    result = np.asarray(values, np.float64)
    if not np.isfinite(result).all():
        raise ValueError(f"{name} holds a value that is not finite")
    return result


def unit_values(name: str, values: ArrayLike) -> Floats:
    """Return the outputs of two or more units, float64[n]; raise ValueError for anything else."""
    result = finite_values(name, values)
    if result.ndim != 1 or len(result) < 2:
        raise ValueError(f"{name} needs one dimension and two or more units, got the shape {result.shape}")
    return result
