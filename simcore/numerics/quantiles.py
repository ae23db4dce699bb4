"""Quantiles of Student's t and of Beta distributions: what the intervals of estimates are made of.

Both are found by the Newton iteration of `simcore.numerics.gamma_beta`. If T has Student's t distribution with v
degrees of freedom, ``X = v / (v + T**2)`` has a Beta distribution with parameters v / 2 and 1 / 2 (Abramowitz and
Stegun 1964, 26.7.1), and ``s = logit(X) - log(v)`` gives ``|T| = exp(-s / 2)``: no digit is lost in the tails or at the
median.

From `LARGE` degrees of freedom on, a t quantile is expanded about the normal one (Abramowitz and Stegun, 26.7.5).
"""

from __future__ import annotations

from math import inf
from typing import Final

from simcore.compiled.jit import kernel
from simcore.numerics.elementary import exp, log
from simcore.numerics.gamma_beta import beta_shape, tail_quantile
from simcore.numerics.normal import normal_quantile

LARGE: Final = 1e5
"""Degrees of freedom from which four terms of the expansion leave out less than 1e-15 of the t quantile."""


def t_quantile(p: float, degrees: float) -> float:
    """Return the quantile of Student's t distribution (Student 1908).

    Parameters
    ----------
    p
        A probability from 0 to 1.
    degrees
        Degrees of freedom: any number above 0, whole or not; infinity is the normal distribution.

    Returns
    -------
    float
        Relative error about 1e-14; infinite for p = 0 and p = 1.

    Raises
    ------
    ValueError
        If p or the degrees of freedom are out of range.

    Examples
    --------
    >>> [round(t_quantile(0.975, degrees), 4) for degrees in (1, 7, inf)]
    [12.7062, 2.3646, 1.96]
    """
    if not (0.0 <= p <= 1.0 and degrees > 0.0):
        raise ValueError(f"a t quantile has p from 0 to 1 and degrees of freedom above 0, got {p} and {degrees}")
    if p in (0.0, 1.0):
        return inf if p == 1.0 else -inf
    # The probabilities of a larger |T| and of a smaller one: exact in both tails and about the median.
    size = _t_size(2.0 * min(p, 1.0 - p), abs(2.0 * p - 1.0), float(degrees))
    return size if p > 0.5 else -size


def beta_i_inverse(a: float, b: float, p: float) -> float:
    """Return the p-quantile of a Beta distribution: the x at which `simcore.numerics.gamma_beta.beta_i` is p.

    Parameters
    ----------
    a, b
        Parameters of the distribution, positive and finite.
    p
        A probability from 0 to 1.

    Returns
    -------
    float
        From 0 to 1; relative error about 1e-14.

    Raises
    ------
    ValueError
        If a parameter or p is out of range.

    Examples
    --------
    The upper end of Clopper and Pearson's 95 % interval of 0 hits in 10 trials is ``1 - 0.025**(1 / 10)``:

    >>> round(beta_i_inverse(1.0, 10.0, 0.975), 12) == round(1.0 - 0.025**0.1, 12)
    True
    """
    if not (0.0 < a < inf and 0.0 < b < inf and 0.0 <= p <= 1.0):
        raise ValueError(f"a Beta quantile has positive parameters and p from 0 to 1, got {a}, {b} and {p}")
    if p in (0.0, 1.0):
        return p
    odds = exp(min(_beta_logit(float(a), float(b), min(p, 1.0 - p), p <= 0.5) + log(a / b), 700.0))
    return odds / (1.0 + odds)


@kernel
def _t_size(outside: float, inside: float, degrees: float) -> float:
    """Return the t with P(|T| > t) = outside and P(|T| <= t) = inside, their sum being 1."""
    if inside == 0.0:
        return 0.0
    if degrees < LARGE:
        rare = outside < inside
        return exp(-0.5 * tail_quantile(beta_shape(0.5 * degrees, 0.5), outside if rare else inside, rare))
    z = -normal_quantile(0.5 * outside) if outside < 0.5 else normal_quantile(0.5 + 0.5 * inside)
    w, v = z * z, 1.0 / degrees
    first = (w + 1.0) / 4.0
    second = ((5.0 * w + 16.0) * w + 3.0) / 96.0
    third = (((3.0 * w + 19.0) * w + 17.0) * w - 15.0) / 384.0
    fourth = ((((79.0 * w + 776.0) * w + 1482.0) * w - 1920.0) * w - 945.0) / 92160.0
    return z * (1.0 + v * (first + v * (second + v * (third + v * fourth))))


@kernel
def _beta_logit(a: float, b: float, tail: float, lower: bool) -> float:
    """Return logit(x) - log(a / b) at the x below (or above) which a Beta distribution has this probability."""
    return tail_quantile(beta_shape(a, b), tail, lower)
