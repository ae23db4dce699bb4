"""From 32-bit words to decisions: everything is inversion of one uniform."""

from __future__ import annotations

import math
from collections.abc import Sequence

from scipy import special

from tests.twin.philox import Purpose, Source

# Wichura 1988, AS 241, PPND16: numerators and denominators, highest power first.
CENTRE = (
    (
        2.5090809287301226727e3,
        3.3430575583588128105e4,
        6.7265770927008700853e4,
        4.5921953931549871457e4,
        1.3731693765509461125e4,
        1.9715909503065514427e3,
        1.3314166789178437745e2,
        3.3871328727963666080e0,
    ),
    (
        5.2264952788528545610e3,
        2.8729085735721942674e4,
        3.9307895800092710610e4,
        2.1213794301586595867e4,
        5.3941960214247511077e3,
        6.8718700749205790830e2,
        4.2313330701600911252e1,
        1.0,
    ),
)
TAIL = (
    (
        7.74545014278341407640e-4,
        2.27238449892691845833e-2,
        2.41780725177450611770e-1,
        1.27045825245236838258e0,
        3.64784832476320460504e0,
        5.76949722146069140550e0,
        4.63033784615654529590e0,
        1.42343711074968357734e0,
    ),
    (
        1.05075007164441684324e-9,
        5.47593808499534494600e-4,
        1.51986665636164571966e-2,
        1.48103976427480074590e-1,
        6.89767334985100004550e-1,
        1.67638483018380384940e0,
        2.05319162663775882187e0,
        1.0,
    ),
)
FAR_TAIL = (
    (
        2.01033439929228813265e-7,
        2.71155556874348757815e-5,
        1.24266094738807843860e-3,
        2.65321895265761230930e-2,
        2.96560571828504891230e-1,
        1.78482653991729133580e0,
        5.46378491116411436990e0,
        6.65790464350110377720e0,
    ),
    (
        2.04426310338993978564e-15,
        1.42151175831644588870e-7,
        1.84631831751005468180e-5,
        7.86869131145613259100e-4,
        1.48753612908506148525e-2,
        1.36929880922735805310e-1,
        5.99832206555887937690e-1,
        1.0,
    ),
)


def _ratio(x: float, polynomials: tuple[Sequence[float], Sequence[float]]) -> float:
    """Return the ratio of two polynomials at x, by Horner's rule."""
    above, below = polynomials
    numerator = denominator = 0.0
    for a, b in zip(above, below, strict=True):
        numerator = numerator * x + a
        denominator = denominator * x + b
    return numerator / denominator


def normal_quantile(u: float) -> float:
    """Return the inverse normal distribution function of u in (0, 1)."""
    q = u - 0.5
    if abs(q) <= 0.425:
        return q * _ratio(0.180625 - q * q, CENTRE)
    r = math.sqrt(-math.log(u if q < 0.0 else 1.0 - u))
    z = _ratio(r - 1.6, TAIL) if r <= 5.0 else _ratio(r - 5.0, FAR_TAIL)
    return -z if q < 0.0 else z


def uniform(word: int) -> float:
    """Return the uniform of one word; exact, and never 0 or 1."""
    return (word + 0.5) * 2.0**-32


def uniform53(x0: int, x1: int) -> float:
    """Return the 53-bit uniform of two words; exact, and it may be 0."""
    return ((x0 >> 5) * 2**26 + (x1 >> 6)) * 2.0**-53


def normal(word: int) -> float:
    """Return the standard normal deviate of a word."""
    return normal_quantile(uniform(word))


def yes(word: int, probability: float) -> bool:
    """Decide with a probability that is held to 2^-33."""
    return word < math.floor(probability * 2.0**32 + 0.5)


def beta(mean: float, cv: float, word: int) -> float:
    """Return the Beta quantile with a mean and a coefficient of variation."""
    concentration = (1.0 - mean) / (mean * cv**2) - 1.0
    return float(special.betaincinv(mean * concentration, (1.0 - mean) * concentration, uniform(word)))


def beta_after(mean: float, cv: float, counts: tuple[int, int], word: int) -> float:
    """Return the quantile of what (successes, trials) leave of such a distribution."""
    concentration = (1.0 - mean) / (mean * cv**2) - 1.0
    hits, trials = counts
    a, b = mean * concentration + hits, (1.0 - mean) * concentration + trials - hits
    return float(special.betaincinv(a, b, uniform(word)))


def _power(base: float, exponent: int) -> float:
    """Return a power by repeated squaring."""
    result = 1.0
    while exponent:
        if exponent & 1:
            result *= base
        base *= base
        exponent >>= 1
    return result


def binomial(n: int, p: float, u: float) -> int:
    """Return the binomial count at the uniform u, by inversion from zero upward."""
    if p > 0.5:
        return n - binomial(n, 1.0 - p, 1.0 - 2.0**-53 - u)
    q = 1.0 - p
    f = _power(q, n)
    total = f
    k = 0
    while u >= total and k < n:
        k += 1
        f = f * (((n - k + 1) * p) / (k * q))
        total = total + f
    return k


def successes(source: Source, seat: int, week: int, n: int, p: float) -> int:
    """Return how many of a week's n calls succeed at rate p; a large week is drawn in parts."""
    parts = 1
    while n * min(p, 1.0 - p) > 256 * parts:
        parts *= 2
    count = 0
    for i in range(parts):
        x0, x1, _, _ = source.words(Purpose.SUCCESSES, seat=seat, week=week, part=i)
        calls = (i + 1) * n // parts - i * n // parts
        count += binomial(calls, p, uniform53(x0, x1))
    return count


def take_slots(n: int, words: Sequence[int]) -> list[int]:
    """Return which of n slots each success takes: Fisher-Yates, holding only the places that changed."""
    changed: dict[int, int] = {}
    taken = []
    for k, word in enumerate(words):
        j = k + (word * (n - k) >> 32)
        taken.append(changed.get(j, j))
        changed[j] = changed.get(k, k)
    return taken
