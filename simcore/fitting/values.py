"""What deals are worth: the law of the values of those that were won."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import gammaln

from simcore.pipeline.history import Floats

Shape = Literal["fixed", "lognormal", "gamma"]
LEAST: Final = 0.01
MOST: Final = 1e9
_FEWEST: Final = 5
"""Values below which one law says as much as another."""


@dataclass(frozen=True, slots=True, eq=False)
class Values:
    """The law of values, with draws of its parameters.

    Attributes
    ----------
    shape
        Of the law.
    mean, cv
        Draws, of shape (draws,); a fixed value has a coefficient of variation of 0.
    known
        How many values there are.
    largest_share
        Of the largest one in the sum of all.
    """

    shape: Shape
    mean: Floats
    cv: Floats
    known: int
    largest_share: float


def values_of(won: Floats, draws: int, random: np.random.Generator) -> Values | None:
    """Return the law of the values of deals that were won, of those that have one; None if none has."""
    values = won[np.isfinite(won) & (won >= LEAST) & (won <= MOST)]
    if not len(values):
        return None
    share = float(values.max() / values.sum())
    if np.all(values == values[0]):
        same = np.full(draws, values[0])
        return Values("fixed", same, np.zeros(draws), len(values), share)
    logs = np.log(values)
    shape_of_gamma = _gamma_shape(values)
    log_normal = float(-logs.sum() - len(values) * (np.log(logs.std()) + 0.5 * np.log(2.0 * np.pi) + 0.5))
    gamma = _gamma_likelihood(shape_of_gamma, values)
    count = len(values)
    if count < _FEWEST or log_normal >= gamma:
        # With the prior 1 / sigma, sigma^2 is scaled inverse chi-square and the mean normal about it.
        sigma = np.sqrt(logs.var() * count / random.chisquare(max(count - 1, 1), draws))
        sigma = np.minimum(sigma, _WIDEST)
        centre = logs.mean() + sigma / np.sqrt(count) * random.normal(size=draws)
        mean = np.exp(centre + 0.5 * sigma**2)
        return Values("lognormal", mean, np.sqrt(np.expm1(sigma**2)), count, share)
    # About the likeliest shape, by the curvature of its likelihood; the mean given the shape is inverse gamma.
    step = 1e-3
    up, down = (_gamma_likelihood(shape_of_gamma * np.exp(each), values) for each in (step, -step))
    curvature = max(-(up - 2.0 * gamma + down) / step**2, 1e-6)
    shapes = shape_of_gamma * np.exp(random.normal(size=draws) / np.sqrt(curvature))
    mean = values.sum() * shapes / random.gamma(count * shapes)
    return Values("gamma", mean, shapes**-0.5, count, share)


_WIDEST: Final = 1.8
"""Of a log-normal law: a cv of 5 is the largest that a scenario has."""


def _gamma_likelihood(shape: float, values: Floats) -> float:
    scale = values.mean() / shape
    terms = (shape - 1.0) * np.log(values) - values / scale - gammaln(shape) - shape * np.log(scale)
    return float(terms.sum())


def _gamma_shape(values: Floats) -> float:
    found = minimize_scalar(lambda log: -_gamma_likelihood(np.exp(log), values), bounds=(-3.0, 9.0), method="bounded")
    return float(np.exp(found.x))
