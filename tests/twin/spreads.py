"""Distributions of lags and of deal values: from a scenario's own words to a number for each 32-bit word."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from itertools import accumulate, pairwise
from typing import Any

from scipy import integrate, special

from tests.twin.decisions import normal, uniform

Section = Mapping[str, Any]
Spread = Callable[[int], float]
"""A distribution: takes a word, gives a number."""

Z90 = 1.2815515655446004
"""The 90 % point of the normal distribution."""
Z95 = 1.6448536269514722
"""The 95 % point."""


def cents(amount: float) -> int:
    """Return an amount of the file in whole cents, half a cent up."""
    return int((Decimal(str(amount)) * 100).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def constant(value: float) -> Spread:
    """Return the distribution of a fixed figure."""
    return lambda _word: value


def lognormal(median: float, sigma: float, shift: float = 0.0) -> Spread:
    """Return the distribution of ``median * exp(sigma z - shift)``."""
    return lambda word: median * math.exp(sigma * normal(word) - shift)


def gamma(mean: float, cv: float) -> Spread:
    """Return the gamma distribution with a mean and a coefficient of variation."""
    if cv == 0.0:
        return constant(mean)
    shape, scale = 1.0 / cv**2, mean * cv**2

    def quantile(word: int) -> float:
        u = uniform(word)
        # The upper half by its complement, which is exact too: no digits are lost near one.
        x = special.gammaincinv(shape, u) if u < 0.5 else special.gammainccinv(shape, 1.0 - u)
        return scale * float(x)

    return quantile


def known_rate(section: Section) -> tuple[Spread | None, float]:
    """Return the law of a rate that is not known exactly (None of one that is), and its mean."""
    if section.get("successes") is not None:
        hits, trials = section["successes"], section["trials"]
        a, b = hits + 0.5, trials - hits + 0.5

        def counted(word: int) -> float:
            u = uniform(word)
            return float(special.betaincinv(a, b, u) if u < 0.5 else special.betainccinv(a, b, 1.0 - u))

        return counted, (hits + 0.5) / (trials + 1.0)
    if section.get("between") is not None:
        low, high = (float(special.logit(end)) for end in section["between"])
        centre, sigma = (low + high) / 2.0, (high - low) / (2.0 * Z95)

        def density(z: float) -> float:
            return float(special.expit(centre + sigma * z)) * math.exp(-z * z / 2.0) / math.sqrt(2.0 * math.pi)

        mean, _ = integrate.quad(density, -12.0, 12.0, limit=200, epsabs=1e-14)
        return lambda word: float(special.expit(centre + sigma * normal(word))), float(mean)
    return None, section["mean"]


def thresholds(weights: Sequence[float]) -> list[int]:
    """Return the cumulated shares of weights in units of 2^-32."""
    cumulated = list(accumulate(weights))
    return [math.floor(w / cumulated[-1] * 2.0**32 + 0.5) for w in cumulated]


def entries(values: Sequence[float], weights: Sequence[float] | None) -> Spread:
    """Return the distribution over a list: the first entry whose cumulated share lies above the word."""
    upper = thresholds(weights if weights is not None else [1] * len(values))
    return lambda word: next(v for v, t in zip(values, upper, strict=True) if word < t)


Cells = Sequence[tuple[int, int]]
"""The entries of a table of lags: whole hours, and how many words each has."""


def lag_cells(value: str | float | Section | None, hours: Callable[[str | float], float]) -> Cells | None:
    """Return the entries of a table of lags; None for any other lag, which grows with the word."""
    if not isinstance(value, Mapping) or "values" not in value:
        return None
    upper = [0, *thresholds(value.get("weights") or [1] * len(value["values"]))]
    lengths = [high - low for low, high in pairwise(upper)]
    return [(math.floor(hours(v) + 0.5), length) for v, length in zip(value["values"], lengths, strict=True)]


class Long:
    """The words of a lag whose wait is at least an age, in ascending order."""

    def __init__(self, lag: Spread, cells: Cells | None, age: int) -> None:
        if cells is None:
            low, high = 0, 2**32
            while low < high:
                middle = (low + high) // 2
                if math.floor(lag(middle) + 0.5) >= age:
                    high = middle
                else:
                    low = middle + 1
            self._ranges = [range(low, 2**32)]
        else:
            ends = [0, *accumulate(length for _, length in cells)]
            self._ranges = [
                range(low, high) for (low, high), (wait, _) in zip(pairwise(ends), cells, strict=True) if wait >= age
            ]
        self.many = sum(map(len, self._ranges))

    def moved(self, word: int) -> int:
        """Return the word that an item has in place of its own."""
        place = word * self.many // 2**32
        for words in self._ranges:
            if place < len(words):
                return words[place]
            place -= len(words)
        raise ValueError("no word waits that long")


def lag_spread(value: str | float | Section | None, hours: Callable[[str | float], float]) -> Spread:
    """Return a lag in hours, before it is rounded; ``hours`` reads a duration."""
    if value is None:
        return constant(0.0)
    if not isinstance(value, Mapping):
        value = {"fixed": value}
    if "fixed" in value:
        return constant(hours(value["fixed"]))
    if "median" in value:
        median, p90 = hours(value["median"]), hours(value["p90"])
        return lognormal(median, math.log(p90 / median) / Z90)
    if "values" in value:
        return entries([math.floor(hours(v) + 0.5) for v in value["values"]], value.get("weights"))
    return gamma(hours(value["mean"]), value["cv"])


def deal_spread(value: float | Section) -> Spread:
    """Return the value of a deal in cents, before it is rounded and cut."""
    if not isinstance(value, Mapping):
        value = {"fixed": value}
    if "fixed" in value:
        return constant(cents(value["fixed"]))
    if "values" in value:
        return entries([cents(v) for v in value["values"]], value.get("weights"))
    mean, cv = value["mean"], value["cv"]
    if value.get("shape") == "gamma":
        return gamma(100 * mean, cv)
    variance = math.log(1.0 + cv * cv)
    return lognormal(100 * mean, math.sqrt(variance), variance / 2)


def log_normal_between(ends: Sequence[float]) -> tuple[float, float]:
    """Return the mean and the sd of the logarithm of what lies between two ends with a chance of 90 %."""
    low, high = (math.log(end) for end in ends)
    return (low + high) / 2.0, (high - low) / (2.0 * Z95)


def value_known(value: float | Section, word: int | None) -> float | Section:
    """Return a deal whose value is known: what a replication draws by a word, or (None) the mean of its law."""
    if not isinstance(value, Mapping):
        return value
    known = dict(value)
    for key in ("fixed", "mean"):
        if isinstance(known.get(key), Mapping):
            centre, sigma = log_normal_between(known[key]["between"])
            drawn = sigma * sigma / 2.0 if word is None else sigma * normal(word)
            # A fixed value is then no amount of the file: it is rounded as a drawn one.
            known[key] = math.exp(centre + drawn)
            if key == "fixed":
                return {"mean": known[key], "cv": 0.0}
    return known


def mean_of_deal(value: float | Section) -> float:
    """Return the mean value of a deal in cents, of a list by its thresholds."""
    if not isinstance(value, Mapping):
        value = {"fixed": value}
    if "fixed" in value:
        return float(cents(value["fixed"]))
    if "mean" in value:
        return 100.0 * float(value["mean"])
    upper = [0, *thresholds(value.get("weights") or [1] * len(value["values"]))]
    steps = [high - low for low, high in pairwise(upper)]
    return float(sum(step * cents(v) for step, v in zip(steps, value["values"], strict=True))) / 2.0**32
