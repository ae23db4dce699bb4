"""How much reps differ: their rates are pooled partially, as draws of one Beta distribution."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.special import betaln, expit, logit

from simcore.fitting.paths import DROPPED, PASSED, STILL, Step
from simcore.fitting.waits import FittedStep
from simcore.pipeline.history import Floats, Ints

CVS: Final[Floats] = np.array([0.0, 0.03, 0.06, 0.1, 0.14, 0.18, 0.23, 0.28, 0.34, 0.41, 0.5, 0.6, 0.75])
"""Coefficients of variation that are tried; 0: all reps alike."""
CV_PRIOR: Final = 0.3
"""Standard deviation of the half-normal prior of a coefficient of variation."""
_RATES: Final = 400
_REACH: Final = 5.0
"""How far in logits rates of reps are looked at on each side."""
_MEANS: Final = 31
LEAST_REPS: Final = 3
"""Reps below which nothing can be said of how they differ."""


@dataclass(frozen=True, slots=True, eq=False)
class Spread:
    """The posterior of a rate, and of how reps differ about it.

    Attributes
    ----------
    rate, cv
        Draws, of shape (draws,).
    """

    rate: Floats
    cv: Floats


def spread_of_reps(
    step: Step, fitted: FittedStep, owner: Ints, draws: int, random: np.random.Generator
) -> Spread | None:
    """Return the posterior of the rate and of its spread between reps; None where there are too few reps.

    Every rep's items tell of the rep's own rate, open ones by how long they have waited. The likelihood of mean and
    spread is the product over reps of that of their items, with the own rate integrated out.

    Parameters
    ----------
    owner
        Who has each deal of the history; -1 where nobody is named: such items tell of nobody.
    """
    who = owner[step.deal]
    reps = np.unique(who[who >= 0])
    if len(reps) < LEAST_REPS:
        return None
    items = [step.take(who == rep) for rep in reps]

    def likelihood(rates: Floats) -> Floats:
        return np.array([_likelihood(each, fitted, rates) for each in items])

    return pooled(likelihood, float(fitted.best[0]), float(fitted.draws[:, 0].std()), len(reps), draws, random)


def pooled(
    likelihood_of: Callable[[Floats], Floats],
    centre: float,
    error: float,
    reps: int,
    draws: int,
    random: np.random.Generator,
) -> Spread:
    """Return the posterior of a rate and of its spread between reps.

    Parameters
    ----------
    likelihood_of
        Returns the log likelihood of every rep's items at some rates, of shape (reps, rates).
    centre, error
        Logit of the rate if all reps are alike, and its standard error.
    """
    rates: Floats = expit(np.linspace(centre - _REACH, centre + _REACH, _RATES))
    own = likelihood_of(rates)
    highest = own.max(axis=1, keepdims=True)
    likelihood = np.exp(own - highest)
    around = 4.0 * error + 1.5 / np.sqrt(reps)
    means: Floats = expit(np.linspace(centre - around, centre + around, _MEANS))
    logarithm = np.full((_MEANS, len(CVS)), -np.inf)
    width = np.log(rates * (1.0 - rates))
    for row, mean in enumerate(means):
        logarithm[row, 0] = np.array([np.interp(mean, rates, each) for each in own]).sum()
        for column, cv in enumerate(CVS[1:], start=1):
            if cv**2 < 0.95 * (1.0 - mean) / mean:
                weight = _beta(rates, mean, cv) + width
                weight = np.exp(weight - weight.max())
                logarithm[row, column] = np.log(likelihood @ (weight / weight.sum()) + 1e-300).sum() + highest.sum()
    logarithm -= 0.5 * (CVS / CV_PRIOR) ** 2 - np.log(_cells())
    weights = np.exp(logarithm - logarithm.max()).ravel()
    chosen = random.choice(len(weights), draws, p=weights / weights.sum())
    mean_of, cv_of = np.divmod(chosen, len(CVS))
    gap = (logit(means[1]) - logit(means[0])) * random.uniform(-0.5, 0.5, draws)
    below, above = _ends()
    cv = below[cv_of] + (above - below)[cv_of] * random.random(draws)
    rate: Floats = expit(logit(means[mean_of]) + gap)
    return Spread(rate, np.minimum(cv, 0.97 * np.sqrt((1.0 - rate) / rate)))


def _ends() -> tuple[Floats, Floats]:
    """Return the ends of the cells of `CVS`."""
    middles = 0.5 * (CVS[1:] + CVS[:-1])
    return np.append(0.0, middles), np.append(middles, CVS[-1])


def _cells() -> Floats:
    below, above = _ends()
    return above - below


def _beta(rates: Floats, mean: float, cv: float) -> Floats:
    """Return the logarithm of the density of the Beta distribution with a mean and a coefficient of variation."""
    size = (1.0 - mean) / (mean * cv**2) - 1.0
    a, b = mean * size, (1.0 - mean) * size
    found: Floats = (a - 1.0) * np.log(rates) + (b - 1.0) * np.log1p(-rates) - betaln(a, b)
    return found


def _likelihood(step: Step, fitted: FittedStep, rates: Floats) -> Floats:
    """Return the log likelihood of one rep's items at some rates."""
    total: Floats = step.count(PASSED) * np.log(rates) + step.count(DROPPED) * np.log1p(-rates)
    if fitted.lost_law is not None:
        days, counts = np.unique(step.wait[step.ended == STILL], return_counts=True)
        if len(days):
            passing, losing = (each[0] for each in fitted.beyond(days, fitted.best[None, :]))
            total += np.log(np.outer(rates, passing) + np.outer(1.0 - rates, losing) + 1e-300) @ counts
    return total
