"""Efficiency of a technique of variance reduction: relative to its cost, and as the number of units grows.

Efficiency is 1 / (variance x cost), after Hammersley and Handscomb (1964, section 5.1) and Glynn and Whitt (1992, "The
asymptotic efficiency of simulation estimators", Operations Research 40): how many times as long the crude method would
run for the same error.
"""

from __future__ import annotations

from math import exp, sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simcore.numerics.quantiles import t_quantile
from simcore.statistics.jackknife import bias_corrected

Floats = NDArray[np.float64]


class Efficiency(NamedTuple):
    """A ratio of efficiencies with its interval."""

    ratio: float
    low: float
    high: float


class ErrorRate(NamedTuple):
    """The power of n by which an error falls: a slope on logarithmic scales."""

    slope: float
    standard_error: float


def efficiency(
    crude_variances: ArrayLike,
    crude_seconds: ArrayLike,
    variances: ArrayLike,
    seconds: ArrayLike,
    *,
    level: float = 0.95,
) -> Efficiency:
    """Return the efficiency of a method over that of the crude one, from independent repetitions of both.

    The ratio is that of mean variance times mean seconds, so that a variance known to few degrees of freedom does not
    favour its method (the mean of a logarithm would). The interval is Student's for the logarithm of the ratio, with
    the jackknife's standard error over the repetitions (Tukey 1958); the ratio is the jackknife's too: less biased.

    Parameters
    ----------
    crude_variances, variances
        float[m], m >= 2: in each repetition, the squared standard error of the crude and of the method's mean.
    crude_seconds, seconds
        float[m]: in each repetition, what each has cost, in any one unit (seconds, evaluations).
    level
        Of the interval.

    Returns
    -------
    Efficiency
        ``(ratio, low, high)``; above 1 the method is better than crude.

    Raises
    ------
    ValueError
        For shapes that differ, fewer than two repetitions, or a value that is not positive and finite. So a variance of
        zero is refused: it says that a method is exact or that its sample saw nothing.

    Examples
    --------
    >>> found = efficiency([4.0, 4.4, 3.6], [1.0, 1.0, 1.0], [0.1, 0.11, 0.09], [2.0, 2.0, 2.0])
    >>> [round(value, 6) for value in found]
    [20.0, 20.0, 20.0]
    """
    if not 0.0 < level < 1.0:
        raise ValueError(f"a level lies in (0, 1), got {level}")
    columns = [_positive(values) for values in (crude_variances, crude_seconds, variances, seconds)]
    m = len(columns[0])
    if m < 2 or any(len(column) != m for column in columns):
        raise ValueError(f"all need the same number of repetitions, two or more; got {[len(x) for x in columns]}")
    signs = np.array([1.0, 1.0, -1.0, -1.0])
    whole = float(signs @ np.log([column.mean() for column in columns]))
    without = signs @ np.log([(column.sum() - column) / (m - 1) for column in columns])
    centre, error = bias_corrected(whole, without)
    reach = t_quantile(0.5 + level / 2.0, m - 1.0) * error
    return Efficiency(exp(centre), exp(centre - reach), exp(centre + reach))


def rate_of_error(n: ArrayLike, errors: ArrayLike) -> ErrorRate:
    """Return the power of n by which an error (or a variance) falls: the slope of log error on log n, by least squares.

    Parameters
    ----------
    n
        float[k], k >= 3: numbers of units, at least two different ones.
    errors
        float[k]: positive; a standard error falls by -1/2 if crude, a variance by -1.

    Returns
    -------
    Rate
        ``(slope, standard_error)``, the latter from the residuals with k - 2 degrees of freedom.

    Raises
    ------
    ValueError
        For shapes that differ, too few points, or a value that is not positive and finite.

    Examples
    --------
    >>> slope, error = rate_of_error([16, 64, 256], [1.0, 0.5, 0.25])
    >>> round(slope, 12), error < 1e-12
    (-0.5, True)
    """
    x, y = np.log(_positive(n)), np.log(_positive(errors))
    if len(x) != len(y) or len(x) < 3 or float(np.ptp(x)) == 0.0:
        raise ValueError(f"a slope needs three or more points, not all at one n; got {len(x)} and {len(y)}")
    x = x - x.mean()
    squares = float(x @ x)
    slope = float(x @ y) / squares
    residual = y - y.mean() - slope * x
    return ErrorRate(slope, sqrt(float(residual @ residual) / (len(x) - 2) / squares))


def _positive(values: ArrayLike) -> Floats:
    result = np.asarray(values, np.float64)
    if result.ndim != 1 or not (np.isfinite(result) & (result > 0.0)).all():
        raise ValueError("all values must be positive and finite, in one dimension")
    return result
