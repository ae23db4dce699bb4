"""exp and log of our own: the same bits on every machine.

The C library's versions differ between machines, NumPy's too. These use only + - * / on float64 in the order
written, without fused multiply-add, and exact operations on the bits; so a second implementation that follows
them in the same order, in any language, agrees to the last bit.

The approximations are those of fdlibm (Sun Microsystems 1993, ``e_exp.c`` and ``e_log.c``, freely usable
with this notice: "Permission to use, copy, modify, and distribute this software is freely granted, provided
that this notice is preserved"). Every coefficient stands here with the same 64 bits as there.

Measured errors are below 0.9 units in the last place.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from simcore.compiled.jit import inlined, kernel

_LN2_HIGH: Final = 6.93147180369123816490e-01
_LN2_LOW: Final = 1.90821492927058770002e-10
_INVERSE_LN2: Final = 1.44269504088896338700e00

_EXP_OVERFLOW: Final = 709.782712893383973096
_EXP_UNDERFLOW: Final = -745.133219101941108420
_P1: Final = 1.66666666666666019037e-01
_P2: Final = -2.77777777770155933842e-03
_P3: Final = 6.61375632143793436117e-05
_P4: Final = -1.65339022054652515390e-06
_P5: Final = 4.13813679705723846039e-08

_SMALLEST_NORMAL: Final = 2.2250738585072014e-308
_TWO_54: Final = 18014398509481984.0
_ONE_BITS: Final = 0x3FF0000000000000
_SQRT_HALF_BITS: Final = 0x3FE6A09E00000000
_MANTISSA: Final = 0x000FFFFFFFFFFFFF
_L1: Final = 6.666666666666735130e-01
_L2: Final = 3.999999999940941908e-01
_L3: Final = 2.857142874366239149e-01
_L4: Final = 2.222219843214978396e-01
_L5: Final = 1.818357216161805012e-01
_L6: Final = 1.531383769920937332e-01
_L7: Final = 1.479819860511658591e-01


@inlined
def exp(x: float) -> float:
    """Return e to the power x.

    ``k`` is the integer nearest to ``x / ln 2`` (halves away from zero), ``hi = x - k * LN2_HIGH`` (exact),
    ``lo = k * LN2_LOW``, ``r = hi - lo``, ``t = r * r``, ``c = r - t * (P1 + t * (P2 + t * (P3 + t * (P4 +
    t * P5))))``, ``y = 1 - ((lo - (r * c) / (2 - c)) - hi)``. The result is ``(y * 2^j) * 2^(k - j)`` with
    ``j = floor(k / 2)``: the first product is exact, so subnormal results are rounded once.

    Parameters
    ----------
    x
        Any float64.

    Returns
    -------
    float
        Infinity above 709.78, 0 below -745.13, NaN for NaN.

    Examples
    --------
    >>> exp(2.0)
    7.38905609893065
    >>> exp(-800.0), exp(800.0)
    (0.0, inf)
    """
    if not (_EXP_UNDERFLOW <= x <= _EXP_OVERFLOW):
        if x > _EXP_OVERFLOW:
            return np.inf
        if x < _EXP_UNDERFLOW:
            return 0.0
        return np.nan
    half = 0.5 if x >= 0.0 else -0.5
    k = np.int64(_INVERSE_LN2 * x + half)
    hi = x - k * _LN2_HIGH
    lo = k * _LN2_LOW
    r = hi - lo
    t = r * r
    c = r - t * (_P1 + t * (_P2 + t * (_P3 + t * (_P4 + t * _P5))))
    y = 1.0 - ((lo - (r * c) / (2.0 - c)) - hi)
    j = k >> 1
    first = np.int64((j + 1023) << 52).view(np.float64)
    second = np.int64((k - j + 1023) << 52).view(np.float64)
    return (y * first) * second


@inlined
def log(x: float) -> float:
    """Return the natural logarithm of x.

    x is ``2^k * m`` with m in [sqrt(1/2), sqrt(2)) (by the upper 32 bits of sqrt(1/2), ``0x3FE6A09E``); a
    subnormal x is first multiplied by 2^54. ``f = m - 1``, ``h = 0.5 * f * f``, ``s = f / (2 + f)``, ``z =
    s * s``, ``w = z * z``, ``t1 = w * (L2 + w * (L4 + w * L6))``, ``t2 = z * (L1 + w * (L3 + w * (L5 + w *
    L7)))``, ``R = t2 + t1``; the result is ``s * (h + R) + k * LN2_LOW - h + f + k * LN2_HIGH``, added from
    left to right.

    Parameters
    ----------
    x
        Any float64.

    Returns
    -------
    float
        Minus infinity for 0, NaN for negative x and NaN, infinity for infinity.

    Examples
    --------
    >>> log(10.0)
    2.302585092994046
    >>> log(0.0), log(-1.0)
    (-inf, nan)
    """
    shift = 0
    if not (_SMALLEST_NORMAL <= x < np.inf):
        if x == 0.0:
            return -np.inf
        if not x > 0.0:
            return np.nan
        if x == np.inf:
            return np.inf
        x = x * _TWO_54
        shift = -54
    bits = np.float64(x).view(np.int64) + (_ONE_BITS - _SQRT_HALF_BITS)
    k = np.float64((bits >> 52) - 1023 + shift)
    m = np.int64((bits & _MANTISSA) + _SQRT_HALF_BITS).view(np.float64)
    f = m - 1.0
    h = 0.5 * f * f
    s = f / (2.0 + f)
    z = s * s
    w = z * z
    t1 = w * (_L2 + w * (_L4 + w * _L6))
    t2 = z * (_L1 + w * (_L3 + w * (_L5 + w * _L7)))
    return s * (h + (t2 + t1)) + k * _LN2_LOW - h + f + k * _LN2_HIGH


@kernel
def expm1(x: float) -> float:
    """Return e to the power x, minus 1, accurate where x is small.

    The errors of ``exp`` and ``log`` cancel: ``u = exp(x)``, the result is ``(u - 1) * x / log(u)`` (W.
    Kahan, in Higham 2002, "Accuracy and Stability of Numerical Algorithms", section 1.14.1). Below 4 units
    in the last place.

    Examples
    --------
    >>> expm1(1e-10)
    1.00000000005e-10
    """
    u = exp(x)
    if u == 1.0:
        return x
    rest = u - 1.0
    if rest == -1.0 or u == np.inf:
        return rest
    return rest * x / log(u)


@kernel
def log1p(x: float) -> float:
    """Return log(1 + x), accurate where x is small.

    ``u = 1 + x``, the result is ``log(u) * x / (u - 1)``: the rounding of u cancels (W. Kahan, in the
    HP-15C Advanced Functions Handbook 1982). Below 4 units in the last place.

    Examples
    --------
    >>> log1p(1e-5)
    9.99995000033333e-06
    """
    u = 1.0 + x
    if u == 1.0 or u == np.inf:  # noqa: PLR1714  (a set is no kernel code)
        return x
    return log(u) * x / (u - 1.0)
