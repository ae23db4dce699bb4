"""Gamma and Beta distributions: density, distribution function and quantile, in own arithmetic.

Both families are handled in one variable: ``s = log(X / mean)`` for a gamma X, ``s = logit(X) - log(a / b)``
for a Beta X. In s both densities g are log-concave and peak at s = 0, whatever the parameters, so that

* log g is computed as a peak value minus an excess, without the cancellation of large log-gammas;
* Newton's method on the logarithm of a tail probability converges from everywhere: log-concavity passes from
  the density to both tails (Bagnoli and Bergstrom 2005, "Log-concave probability and its applications",
  Economic Theory 26), and a tangent of a concave function lies above it.

A tail probability is g times a *ratio* that is computed by a series of positive terms or by a continued
fraction; neither underflows where the tail does. Sources: Press, Teukolsky, Vetterling and Flannery 2007,
"Numerical Recipes", sections 6.2 and 6.4 (modified Lentz method, after Thompson and Barnett 1986); DiDonato
and Morris 1986 and 1992 (ACM Transactions on Mathematical Software 12 and 18) for the choice of the tail.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from simcore.compiled.jit import kernel
from simcore.numerics.elementary import exp, expm1, log, log1p

_HALF_LOG_2PI: Final = 0.9189385332046727
_EPSILON: Final = 1e-17
"""A term this small against the sum changes no bit of it."""
_LENTZ_EPSILON: Final = 3e-16
_TINY: Final = 1e-300
_TERMS: Final = 1_000_000
"""Far more than any series needs in the range that `simcore.numerics.quantile_table` accepts."""
_NEWTON_STEPS: Final = 200


class Shape(NamedTuple):
    """A gamma or Beta distribution, ready for the kernels; made by `gamma_shape` or `beta_shape`.

    Attributes
    ----------
    a
        Shape of the gamma, or first parameter of the Beta, positive.
    b
        Second parameter of the Beta, positive; infinity for a gamma.
    log_peak
        Logarithm of the density of s at s = 0.
    """

    a: float
    b: float
    log_peak: float


@kernel
def stirling_error(a: float) -> float:
    """Return log Gamma(a) minus Stirling's ``(a - 1/2) log(a) - a + log(2 pi) / 2``, for a > 0.

    By Stirling's series from 10 up (Abramowitz and Stegun 1964, 6.1.41); below by the recurrence
    ``error(a) = error(a + 1) + (a + 1/2) log(1 + 1/a) - 1``. The absolute error is about 1e-15.

    Examples
    --------
    >>> round(stirling_error(1.0), 13)
    0.0810614667953
    """
    total = 0.0
    while a < 10.0:
        total += (a + 0.5) * log1p(1.0 / a) - 1.0
        a += 1.0
    t = 1.0 / (a * a)
    series = 1.0 / 1188.0 + t * (-691.0 / 360360.0 + t / 156.0)
    series = 1.0 / 12.0 + t * (-1.0 / 360.0 + t * (1.0 / 1260.0 + t * (-1.0 / 1680.0 + t * series)))
    return total + series / a


@kernel
def log_gamma(a: float) -> float:
    """Return the logarithm of the gamma function for a > 0, to about 1e-15 of the larger of 1 and the result.

    Examples
    --------
    >>> round(log_gamma(5.0), 12) == round(log(24.0), 12)
    True
    """
    return (a - 0.5) * log(a) - a + _HALF_LOG_2PI + stirling_error(a)


@kernel
def gamma_shape(a: float) -> Shape:
    """Return the gamma distribution with shape a > 0 (its coefficient of variation is ``1 / sqrt(a)``)."""
    return Shape(a, np.inf, 0.5 * log(a) - _HALF_LOG_2PI - stirling_error(a))


@kernel
def beta_shape(a: float, b: float) -> Shape:
    """Return the Beta distribution with parameters a > 0 and b > 0."""
    errors = stirling_error(a) + stirling_error(b) - stirling_error(a + b)
    return Shape(a, b, 0.5 * log(a / (a + b) * b) - _HALF_LOG_2PI - errors)


@kernel
def _exp_excess(s: float) -> float:
    """Return exp(s) - 1 - s, accurate where s is small."""
    if abs(s) > 0.5:
        return expm1(s) - s
    total = 1.0
    for n in range(16, 2, -1):
        total = 1.0 + s / n * total
    return 0.5 * s * s * total


@kernel
def log_density(shape: Shape, s: float) -> float:
    """Return the logarithm of the density of s.

    With ``p0 = a / (a + b)`` it is ``log_peak - a * (exp(s) - 1 - s)`` for the gamma and
    ``log_peak + (a + b) * (p0 * s - log(1 + p0 * (exp(s) - 1)))`` for the Beta.
    """
    a, b = shape.a, shape.b
    if b == np.inf:
        return shape.log_peak - a * _exp_excess(s)
    if a > b:
        a, b = b, a
        s = -s
    p0 = a / (a + b)
    spread = s + log(p0) if s > 700.0 else log1p(p0 * expm1(s))
    return shape.log_peak + (a * s - (a + b) * spread)


@kernel
def log_density_slope(shape: Shape, s: float) -> float:
    """Return the derivative of the logarithm of the density of s."""
    a, b = shape.a, shape.b
    if b == np.inf:
        return -a * expm1(s)
    sign = 1.0
    if a > b:
        a, b = b, a
        s = -s
        sign = -1.0
    p0 = a / (a + b)
    grown = expm1(min(s, 700.0))
    return -sign * a * (b / (a + b)) * grown / (1.0 + p0 * grown)


@kernel
def _gamma_series(a: float, x: float) -> float:
    """Return P(a, x) over the density of s: ``1/a + x/(a(a+1)) + x^2/(a(a+1)(a+2)) + ...``."""
    term = 1.0 / a
    total = term
    for _ in range(_TERMS):
        a += 1.0
        term *= x / a
        total += term
        if term <= _EPSILON * total:
            break
    return total


@kernel
def _gamma_fraction(a: float, excess: float) -> float:
    """Return Q(a, x) over the density of s, ``excess`` being x - a.

    It is ``1 / (x + 1 - a - 1 (1 - a) / (x + 3 - a - 2 (2 - a) / (x + 5 - a - ...)))``.
    """
    above = excess + 1.0
    value = _guarded(above)
    c = value
    d = 0.0
    for i in range(1, _TERMS):
        step = -i * (i - a)
        above += 2.0
        d = 1.0 / _guarded(above + step * d)
        c = _guarded(above + step / c)
        value *= c * d
        if abs(c * d - 1.0) <= _LENTZ_EPSILON:
            break
    return 1.0 / value


@kernel
def _beta_fraction(a: float, b: float, x: float, y: float) -> float:
    """Return I_x(a, b) over the density of s, with y = 1 - x, for x up to about the mean.

    The continued fraction of DiDonato and Morris 1992, equation 9, the even part of the classical one. It is
    written with ``a y - b x``, which keeps its digits when x or y is tiny.
    """
    value = _guarded(a * (a * y - b * x + 1.0) / (a + 1.0))
    c = value
    d = 0.0
    for m in range(1, _TERMS):
        middle = a + (2 * m - 1)
        step = ((a + (m - 1)) / middle) * ((a + b + (m - 1)) / middle) * m * (b - m) * x * x
        above = m + m * (b - m) * x / middle + (a + m) * (a * y - b * x + 1.0 + m * (1.0 + y)) / (middle + 2.0)
        d = 1.0 / _guarded(above + step * d)
        c = _guarded(above + step / c)
        value *= c * d
        if abs(c * d - 1.0) <= _LENTZ_EPSILON:
            break
    return 1.0 / value


@kernel
def _guarded(x: float) -> float:
    """Return x, or a tiny number if x is too near to 0 to divide by."""
    return x if abs(x) > _TINY else _TINY


@kernel
def _direct_ratio(shape: Shape, s: float) -> tuple[float, bool]:
    """Return one tail over the density, the one that loses no digits, and whether it is the lower one."""
    a, b = shape.a, shape.b
    if b == np.inf:
        excess = a * expm1(s)
        if excess < 1.0:
            return _gamma_series(a, a * exp(s)), True
        return _gamma_fraction(a, excess), False
    odds = exp(-s) * (b / a)
    p = 1.0 / (1.0 + odds)
    q = odds * p if odds < np.inf else 1.0
    if p < (a + 1.0) / (a + b + 2.0):
        return _beta_fraction(a, b, p, q), True
    return _beta_fraction(b, a, q, p), False


@kernel
def tail_ratio(shape: Shape, s: float, lower: bool) -> float:
    """Return P(S <= s) / g(s) if ``lower``, else P(S > s) / g(s), with g the density of s."""
    ratio, is_lower = _direct_ratio(shape, s)
    if is_lower == lower:
        return ratio
    return exp(-log_density(shape, s)) - ratio


@kernel
def tail_probability(shape: Shape, s: float, lower: bool) -> float:
    """Return P(S <= s) if ``lower``, else P(S > s)."""
    ratio, is_lower = _direct_ratio(shape, s)
    tail = exp(log_density(shape, s)) * ratio
    return tail if is_lower == lower else 1.0 - tail


@kernel
def tail_quantile(shape: Shape, tail: float, lower: bool, start: float = 0.0) -> float:
    """Return the s whose lower (or upper) tail probability is ``tail``.

    Newton's method on the logarithm of the tail probability. A step to the right is at most ``1 + |s|``,
    since the upper tail of a gamma falls like ``exp(-exp(s))``: from far out Newton's steps back have
    length 1.

    Parameters
    ----------
    shape
        The distribution.
    tail
        A probability in (0, 1).
    lower
        Which tail.
    start
        Where to begin, 0 (the peak) if nothing better is known.

    Returns
    -------
    float
        s, with an absolute error of about 1e-15 of the larger of 1 and s.

    Examples
    --------
    An exponential distribution has its median at log(2) times the mean:

    >>> round(exp(tail_quantile(gamma_shape(1.0), 0.5, True)), 14)
    0.69314718055995
    """
    sign = 1.0 if lower else -1.0
    goal = log(tail)
    s = start
    for _ in range(_NEWTON_STEPS):
        ratio = tail_ratio(shape, s, lower)
        step = sign * (goal - log_density(shape, s) - log(ratio)) * ratio
        step = min(step, 1.0 + abs(s))
        s += step
        if abs(step) <= 1e-14 * abs(s) or abs(step) <= 1e-9 * min(ratio, 1.0):
            break
    return s


@kernel
def gamma_p(a: float, x: float) -> float:
    """Return the regularised lower incomplete gamma function P(a, x) for a > 0, x >= 0.

    Relative error about 1e-14, and 1e-16 times ``sqrt(a)`` if that is more.

    Examples
    --------
    >>> round(gamma_p(1.0, 1.0), 14) == round(1.0 - exp(-1.0), 14)
    True
    """
    return _gamma_tail(a, x, lower=True)


@kernel
def gamma_q(a: float, x: float) -> float:
    """Return the regularised upper incomplete gamma function Q(a, x) = 1 - P(a, x) for a > 0, x >= 0.

    Examples
    --------
    >>> round(gamma_q(1.0, 30.0) / exp(-30.0), 12)
    1.0
    """
    return _gamma_tail(a, x, lower=False)


@kernel
def _gamma_tail(a: float, x: float, lower: bool) -> float:
    if x <= 0.0:
        return 0.0 if lower else 1.0
    return tail_probability(gamma_shape(a), log(x / a), lower)


@kernel
def beta_i(a: float, b: float, x: float) -> float:
    """Return the regularised incomplete beta function I_x(a, b) for a > 0, b > 0, 0 <= x <= 1.

    Relative error about 1e-14, and 1e-15 times ``sqrt(min(a, b))`` if that is more.

    Examples
    --------
    >>> round(beta_i(2.0, 2.0, 0.25), 14)
    0.15625
    """
    if x <= 0.0:
        return 0.0
    if x >= 1.0:
        return 1.0
    return tail_probability(beta_shape(a, b), log(x / (1.0 - x) * (b / a)), True)
