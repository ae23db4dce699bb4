"""Quantile functions of the gamma and the Beta distribution, tabulated against the normal score.

A draw is an inversion: the uniform u becomes the normal score z, and z becomes the quantile Q(u). In z the
curve ``s(z) = log(Q / mean)`` (gamma) or ``logit(Q)`` (Beta) is smooth: nearly a straight line for a small
coefficient of variation. A table cuts z in [-6.625, 6.625] into intervals and holds on each the quintic
Hermite polynomial that matches s, s' and s'' at both ends; the derivatives are exact:

    s' = phi(z) / g(s),        s'' = s' * (-z - (log g)'(s) * s'),

where g is the density of s and phi the normal density. The intervals are cut as finely as the curve needs:
each is halved until the polynomial agrees in the middle with the quantile (Hermite's error is largest there).
If the table overflows, it is built again at ten times the tolerance; `table_error` tells which was reached.

A table is one float64 array of shape (ROWS, COLUMNS), so that several stack into one array:

* row i: the left end z_i of interval i, then six coefficients, the constant first, in powers of ``z - z_i``;
  after the last interval comes a row with z = infinity;
* last column: a guide (Chen and Asau 1974, "On generating random variates from an empirical distribution",
  AIIE Transactions 6): entry j is the interval that holds ``-6.625 + j / 32``, where the search begins;
* last row: the tolerance in column 1, the number of intervals in column 2.
"""

from __future__ import annotations

import math
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from simcore.compiled.jit import kernel
from simcore.numerics.elementary import exp, log
from simcore.numerics.gamma_beta import (
    Shape,
    beta_shape,
    gamma_shape,
    log_density,
    log_density_slope,
    tail_quantile,
)
from simcore.numerics.normal import normal_cdf, normal_density

QuantileTable: TypeAlias = NDArray[np.float64]
"""float64, shape (ROWS, COLUMNS), made by `build_gamma` or `build_beta`."""

ROWS: Final = 512
COLUMNS: Final = 8
Z_LIMIT: Final = 6.625
"""Beyond the normal score of every 32-bit uniform (6.34); further out the quantile stays where it is here."""

CV_LIMITS: Final = (1e-4, 1e3)
"""Coefficients of variation that `build_gamma` accepts."""
BETA_LIMITS: Final = (1e-6, 1e11)
"""Parameters that `build_beta` accepts."""

_LAST: Final = ROWS - 1
_GUIDE: Final = COLUMNS - 1
_CELLS_PER_UNIT: Final = 32.0
_CELLS: Final = 424
_UNITS: Final = 2**20
"""Steps are counted in units of 2^-20, so that all ends of intervals are exact."""
_SPAN: Final = 53 * _UNITS // 4
_LARGEST_STEP: Final = _UNITS // 4
_INVERSE_TOLERANCE: Final = 1e12


def build_gamma(cv: float) -> QuantileTable:
    """Tabulate the gamma distribution with mean 1.

    Parameters
    ----------
    cv
        Coefficient of variation, 0.0001 .. 1000.

    Returns
    -------
    QuantileTable
        For `gamma_quantile`.

    Raises
    ------
    ValueError
        If cv is out of range.

    Examples
    --------
    The exponential distribution has cv 1; its median is log(2):

    >>> round(gamma_quantile(build_gamma(1.0), 0.0), 11)
    0.69314718056
    """
    low, high = CV_LIMITS
    if not low <= cv <= high:
        message = f"a gamma distribution needs a coefficient of variation from {low:g} to {high:g}, got {cv}"
        raise ValueError(message)
    table = np.zeros((ROWS, COLUMNS))
    _fill_gamma(table, cv)
    return table


def build_beta(mean: float, cv: float) -> QuantileTable:
    """Tabulate the Beta distribution with a given mean and coefficient of variation.

    Its parameters are ``a = mean * n`` and ``b = (1 - mean) * n``, ``n = (1 - mean) / (mean * cv^2) - 1``.

    Parameters
    ----------
    mean
        In (0, 1).
    cv
        Coefficient of variation, positive, with ``cv^2 < (1 - mean) / mean``: no Beta distribution has more.

    Returns
    -------
    QuantileTable
        For `beta_quantile`.

    Raises
    ------
    ValueError
        If there is no such distribution, or if one of its parameters leaves 1e-6 .. 1e11.

    Examples
    --------
    The uniform distribution has mean 1/2 and cv 1/sqrt(3):

    >>> round(beta_quantile(build_beta(0.5, 3**-0.5), 0.0), 12)
    0.5
    """
    if not 0.0 < mean < 1.0:
        message = f"a Beta distribution needs a mean between 0 and 1, got {mean}"
        raise ValueError(message)
    if not (cv > 0.0 and cv * cv < (1.0 - mean) / mean):
        limit = math.sqrt((1.0 - mean) / mean)
        message = f"a Beta distribution with mean {mean:g} needs a coefficient of variation between 0 and {limit:g}"
        raise ValueError(f"{message}, got {cv:g}")
    n = (1.0 - mean) / (mean * cv * cv) - 1.0
    a, b = mean * n, (1.0 - mean) * n
    low, high = BETA_LIMITS
    if not (min(a, b) >= low and max(a, b) <= high):
        message = f"the Beta distribution with mean {mean:g} and coefficient of variation {cv:g} is too extreme"
        raise ValueError(f"{message}: its parameters are {a:g} and {b:g}, {low:g} to {high:g} are allowed")
    table = np.zeros((ROWS, COLUMNS))
    _fill_beta(table, a, b)
    _shift(table, float(log(a / b)))
    return table


def table_error(table: QuantileTable) -> float:
    """Return the bound that the table was built to.

    The absolute error of s is below it times ``1 + |s| / 100``; that is the relative error of the quantile.

    Examples
    --------
    >>> table_error(build_gamma(0.5))
    1e-12
    """
    return float(table[_LAST, 1])


@kernel
def gamma_quantile(table: QuantileTable, z: float) -> float:
    """Return the quantile of a gamma with mean 1 at the normal score z.

    Parameters
    ----------
    table
        From `build_gamma`.
    z
        Normal score of a uniform, cut to [-6.625, 6.625].

    Returns
    -------
    float
        At least 0; it underflows to 0 where the true value does.
    """
    return exp(_curve(table, z))


@kernel
def beta_quantile(table: QuantileTable, z: float) -> float:
    """Return the quantile of a Beta distribution at the normal score z.

    Parameters
    ----------
    table
        From `build_beta`.
    z
        Normal score of a uniform, cut to [-6.625, 6.625].

    Returns
    -------
    float
        In [0, 1].
    """
    return 1.0 / (1.0 + exp(-_curve(table, z)))


@kernel
def _curve(table: QuantileTable, z: float) -> float:
    """Return the tabulated s at z."""
    if not z > -Z_LIMIT:
        z = -Z_LIMIT
    z = min(z, Z_LIMIT)
    i = np.int64(table[np.int64((z + Z_LIMIT) * _CELLS_PER_UNIT), _GUIDE])
    while z >= table[i + 1, 0]:
        i += 1
    c = table[i]
    d = z - c[0]
    s: float = ((((c[6] * d + c[5]) * d + c[4]) * d + c[3]) * d + c[2]) * d + c[1]
    return s


@kernel
def _knot(shape: Shape, z: float, start: float) -> tuple[float, float, float]:
    """Return s, s' and s'' at z; ``start`` is a guess of s."""
    s = tail_quantile(shape, normal_cdf(-abs(z)), z <= 0.0, start)
    first = normal_density(z) * exp(-log_density(shape, s))
    second = first * (-z - log_density_slope(shape, s) * first)
    return s, first, second


@kernel
def _quintic(
    left: tuple[float, float, float], right: tuple[float, float, float], h: float
) -> tuple[float, float, float, float, float, float]:
    """Return the quintic, constant first, with s, s' and s'' of ``left`` at 0 and of ``right`` at h."""
    c0, c1 = left[0], left[1]
    c2 = 0.5 * left[2]
    rise = right[0] - (c0 + h * (c1 + h * c2))
    slope = (right[1] - (c1 + 2.0 * c2 * h)) * h
    bend = (right[2] - left[2]) * (h * h)
    h3 = h * h * h
    c3 = (10.0 * rise - 4.0 * slope + 0.5 * bend) / h3
    c4 = (-15.0 * rise + 7.0 * slope - bend) / (h3 * h)
    c5 = (6.0 * rise - 3.0 * slope + 0.5 * bend) / (h3 * h * h)
    return c0, c1, c2, c3, c4, c5


@kernel
def _fill_gamma(table: QuantileTable, cv: float) -> None:
    """Build the table of a gamma with mean 1; its arguments are plain, so that a start needs no Numba."""
    _fill(table, gamma_shape(1.0 / (cv * cv)))


@kernel
def _fill_beta(table: QuantileTable, a: float, b: float) -> None:
    """Build the table of a Beta distribution, before its s is shifted."""
    _fill(table, beta_shape(a, b))


@kernel
def _fill(table: QuantileTable, shape: Shape) -> None:
    """Build the table of s at the smallest tolerance, of 1e-12, 1e-11, ..., for which it has room."""
    inverse = _INVERSE_TOLERANCE
    while not _cut(table, shape, 1.0 / inverse):
        inverse /= 10.0
    count = np.int64(table[_LAST, 2])
    i = 0
    for cell in range(_CELLS + 1):
        edge = cell / _CELLS_PER_UNIT - Z_LIMIT
        while i + 1 < count and edge >= table[i + 1, 0]:
            i += 1
        table[cell, _GUIDE] = i


@kernel
def _cut(table: QuantileTable, shape: Shape, tolerance: float) -> bool:
    """Cut [-Z_LIMIT, Z_LIMIT] into intervals and write them; return False if they are too many."""
    position = 0
    step = _LARGEST_STEP // 2
    count = 0
    left = _knot(shape, -Z_LIMIT, 0.0)
    while position < _SPAN:
        if count == _LAST - 1:
            return False
        z = position / _UNITS - Z_LIMIT
        h = step / _UNITS
        right = _knot(shape, z + h, left[0])
        while True:
            c0, c1, c2, c3, c4, c5 = _quintic(left, right, h)
            d = 0.5 * h
            guess = ((((c5 * d + c4) * d + c3) * d + c2) * d + c1) * d + c0
            middle = _knot(shape, z + d, guess)
            error = abs(guess - middle[0]) / (tolerance * (1.0 + 0.01 * abs(guess)))
            if error <= 1.0 or step == 1:
                break
            right = middle
            step //= 2
            h = d
        row = table[count]
        row[0], row[1], row[2], row[3], row[4], row[5], row[6] = z, c0, c1, c2, c3, c4, c5
        count += 1
        left = right
        position += step
        if error < 0.01 and step < _LARGEST_STEP and position % (2 * step) == 0 and position + 2 * step <= _SPAN:
            step *= 2
        step = min(step, _SPAN - position)
    table[count, 0] = np.inf
    table[_LAST, 1] = tolerance
    table[_LAST, 2] = count
    return True


@kernel
def _shift(table: QuantileTable, amount: float) -> None:
    """Add a constant to the tabulated s."""
    for i in range(np.int64(table[_LAST, 2])):
        table[i, 1] += amount
