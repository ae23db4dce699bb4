"""The normal distribution: quantile, distribution function and density, the same bits on every machine.

Built on + - * / and sqrt (which IEEE 754 rounds correctly) and on our own ``exp`` and ``log``.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from simcore.compiled.jit import inlined, kernel
from simcore.numerics.elementary import exp, log

_INVERSE_SQRT_2PI: Final = 0.3989422804014327

# Coefficients of AS 241, from the constant term up.
_MIDDLE_ABOVE: Final = (
    3.3871328727963666080,
    1.3314166789178437745e2,
    1.9715909503065514427e3,
    1.3731693765509461125e4,
    4.5921953931549871457e4,
    6.7265770927008700853e4,
    3.3430575583588128105e4,
    2.5090809287301226727e3,
)
_MIDDLE_BELOW: Final = (
    1.0,
    4.2313330701600911252e1,
    6.8718700749205790830e2,
    5.3941960214247511077e3,
    2.1213794301586595867e4,
    3.9307895800092710610e4,
    2.8729085735721942674e4,
    5.2264952788528545610e3,
)
_SHOULDER_ABOVE: Final = (
    1.42343711074968357734,
    4.63033784615654529590,
    5.76949722146069140550,
    3.64784832476320460504,
    1.27045825245236838258,
    2.41780725177450611770e-1,
    2.27238449892691845833e-2,
    7.74545014278341407640e-4,
)
_SHOULDER_BELOW: Final = (
    1.0,
    2.05319162663775882187,
    1.67638483018380384940,
    6.89767334985100004550e-1,
    1.48103976427480074590e-1,
    1.51986665636164571966e-2,
    5.47593808499534494600e-4,
    1.05075007164441684324e-9,
)
_TAIL_ABOVE: Final = (
    6.65790464350110377720,
    5.46378491116411436990,
    1.78482653991729133580,
    2.96560571828504891230e-1,
    2.65321895265761230930e-2,
    1.24266094738807843860e-3,
    2.71155556874348757815e-5,
    2.01033439929228813265e-7,
)
_TAIL_BELOW: Final = (
    1.0,
    5.99832206555887937690e-1,
    1.36929880922735805310e-1,
    1.48753612908506148525e-2,
    7.86869131145613259100e-4,
    1.84631831751005468180e-5,
    1.42151175831644588870e-7,
    2.04426310338993978564e-15,
)

_SERIES_LIMIT: Final = 2.0
"""Where the distribution function changes from the series to the continued fraction."""
_FRACTION_DEPTH: Final = 130
"""Enough terms of the continued fraction for 1e-16 at the series limit and beyond."""


@inlined
def _polynomial(c: tuple[float, ...], r: float) -> float:
    """Return c[0] + c[1] r + ... + c[7] r^7 by Horner's rule."""
    return ((((((c[7] * r + c[6]) * r + c[5]) * r + c[4]) * r + c[3]) * r + c[2]) * r + c[1]) * r + c[0]


@inlined
def normal_quantile(u: float) -> float:
    """Return z with P(Z <= z) = u for a standard normal Z.

    Algorithm AS 241, PPND16, of Wichura (1988), "The percentage points of the normal distribution", Applied
    Statistics 37, 477-484: ``q = u - 0.5``; for ``|q| <= 0.425`` a rational function of ``0.180625 - q *
    q``, otherwise of ``sqrt(-log(min(u, 1 - u)))``, minus 1.6 up to 5 and minus 5 beyond. Polynomials by
    Horner's rule.

    Parameters
    ----------
    u
        A probability; draws use (0, 1).

    Returns
    -------
    float
        Relative error about 1e-15. Minus infinity for u = 0, infinity for u = 1, NaN outside [0, 1].

    Examples
    --------
    >>> normal_quantile(0.5)
    0.0
    >>> normal_quantile(0.975)
    1.9599639845400536
    """
    q = u - 0.5
    if abs(q) <= 0.425:
        r = 0.180625 - q * q
        return q * _polynomial(_MIDDLE_ABOVE, r) / _polynomial(_MIDDLE_BELOW, r)
    tail = u if q < 0.0 else 1.0 - u
    if not tail > 0.0:
        if tail < 0.0 or tail != tail:  # noqa: PLR0124  (only NaN differs from itself)
            return np.nan
        return -np.inf if q < 0.0 else np.inf
    r = math.sqrt(-log(tail))
    if r <= 5.0:
        r -= 1.6
        z = _polynomial(_SHOULDER_ABOVE, r) / _polynomial(_SHOULDER_BELOW, r)
    else:
        r -= 5.0
        z = _polynomial(_TAIL_ABOVE, r) / _polynomial(_TAIL_BELOW, r)
    return -z if q < 0.0 else z


@kernel
def normal_density(z: float) -> float:
    """Return the density of the standard normal distribution at z.

    Examples
    --------
    >>> normal_density(0.0)
    0.3989422804014327
    """
    return _INVERSE_SQRT_2PI * exp(-0.5 * z * z)


@kernel
def normal_cdf(z: float) -> float:
    """Return P(Z <= z) for a standard normal Z, with full relative accuracy in the lower tail.

    Near the centre the series ``1/2 + density * (z + z^3/3 + z^5/(3*5) + ...)`` (Marsaglia 2004,
    "Evaluating the normal distribution", Journal of Statistical Software 11, 4), beyond it Laplace's
    continued fraction ``density / (z + 1/(z + 2/(z + 3/(z + ...))))`` from the inside out.

    Parameters
    ----------
    z
        Any float64.

    Returns
    -------
    float
        Relative error below 2e-14 down to z = -8.

    Examples
    --------
    >>> normal_cdf(0.0)
    0.5
    >>> round(normal_cdf(-6.0) * 1e10, 9)
    9.86587645
    """
    distance = abs(z)
    if distance < _SERIES_LIMIT:
        term = z
        total = z
        odd = 1.0
        while abs(term) > 1e-17 * abs(total):
            odd += 2.0
            term *= z * z / odd
            total += term
        return 0.5 + normal_density(z) * total
    fraction = distance
    for depth in range(_FRACTION_DEPTH, 0, -1):
        fraction = distance + depth / fraction
    tail = normal_density(z) / fraction
    return tail if z < 0.0 else 1.0 - tail
