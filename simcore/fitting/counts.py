"""How many deals come in a week: a mean since the last step of it, and a spread between the weeks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.special import gammaln

from simcore.pipeline.history import Floats, Ints
from simcore.pipeline.rhythm import WEEK

_LEAST_PART: Final = 8
"""Weeks before and after a step of the mean, at least."""
_SURE: Final = 4.0
"""Times the logarithm of the weeks by which a step must make the counts likelier."""
_CVS: Final[Floats] = np.array([0.02, 0.06, 0.1, 0.14, 0.18, 0.23, 0.28, 0.34, 0.42, 0.52, 0.65, 0.8, 1.0])
_CV_PRIOR: Final = 0.4
_MEANS: Final = 61


@dataclass(frozen=True, slots=True, eq=False)
class Weekly:
    """The posterior of a weekly count.

    Attributes
    ----------
    counts
        Of whole weeks, the last one ends with the history.
    since
        The place of the week from which on the mean is what it is now; 0 without a step.
    mean, cv
        Draws, of shape (draws,): of the mean, and of what it varies by between the weeks.
    """

    counts: Ints
    since: int
    mean: Floats
    cv: Floats


def weekly_counts(days: Ints, day: int) -> Ints:
    """Return how many of some days lie in each whole week before ``day``, from that of the first one on.

    Examples
    --------
    >>> weekly_counts(np.array([3, 9, 10, 16]), 17)
    array([2, 2])
    """
    weeks = (day - int(days.min())) // WEEK if len(days) else 0
    week = weeks - 1 - (day - 1 - days) // WEEK
    return np.bincount(week[week >= 0], minlength=weeks).astype(np.int64)


def weekly(counts: Ints, draws: int, random: np.random.Generator) -> Weekly:
    """Return the posterior of counts whose mean may have changed at once, and is over-dispersed.

    A step is taken where counts with it are likelier by far; only what came since then tells of the weeks to come.
    """
    since = 0
    while (found := _step_of(counts[since:])) is not None:
        since += found
    recent = counts[since:]
    typical = float(recent.mean()) + 0.5 / len(recent)
    error = np.sqrt(typical / len(recent) + 0.3 * typical**2 / len(recent))
    means = np.linspace(max(typical - 5.0 * error, 0.02 * typical), typical + 5.0 * error, _MEANS)
    middles = 0.5 * (_CVS[1:] + _CVS[:-1])
    below, above = np.append(0.001, middles), np.append(middles, _CVS[-1])
    size = _CVS[:, None, None] ** -2.0
    y, mean = recent[None, None, :].astype(np.float64), means[None, :, None]
    terms = gammaln(y + size) - gammaln(size) + size * np.log(size / (size + mean)) + y * np.log(mean / (size + mean))
    logarithm = terms.sum(axis=2) + (np.log(above - below) - 0.5 * (_CVS / _CV_PRIOR) ** 2)[:, None] - np.log(means)
    weights = np.exp(logarithm - logarithm.max()).ravel()
    row, column = np.divmod(random.choice(len(weights), draws, p=weights / weights.sum()), _MEANS)
    cv = below[row] + (above - below)[row] * random.random(draws)
    gap = means[1] - means[0]
    return Weekly(counts, since, np.maximum(means[column] + gap * random.uniform(-0.5, 0.5, draws), 1e-3), cv)


def _step_of(counts: Ints) -> int | None:
    """Return after how many weeks the mean took a step, by the likelihood of a negative binomial law."""
    weeks = len(counts)
    if weeks < 2 * _LEAST_PART:
        return None
    # The spread about a mean that may move: from what neighbours differ by.
    mean = max(float(counts.mean()), 0.1)
    differences = 0.5 * float((np.diff(counts) ** 2).mean())
    excess = max(differences / mean, 1.0)
    whole = _deviance(counts, excess)
    best, gain = None, _SURE * np.log(weeks)
    for place in range(_LEAST_PART, weeks - _LEAST_PART + 1):
        found = whole - _deviance(counts[:place], excess) - _deviance(counts[place:], excess)
        if found > gain:
            best, gain = place, found
    return best


def _deviance(counts: Ints, excess: float) -> float:
    """Return minus twice the log likelihood of counts about their mean, a quasi-Poisson one."""
    mean = max(float(counts.mean()), 1e-9)
    y = counts.astype(np.float64)
    terms = y * np.log(np.where(y > 0.0, y, 1.0) / mean) - (y - mean)
    return float(2.0 * terms.sum() / excess)
