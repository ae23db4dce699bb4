"""Counts about a level that drifts: what is known of it, of how fast it drifts, and how it may go on.

Counts ``y[t]`` have the mean ``expected[t] * exp(x[t]) * noise[t]``. The level ``x`` follows ``x[t + 1] = persistence *
x[t] + step * normal``: with a persistence of 1 it does not come back. The noise is gamma with mean one, so that a count
is negative binomial. The posterior of step, persistence, spread of the noise and of today's level is worked out on a
grid, without an approximation of counts (Kitagawa 1987, JASA 82, 1032-1041).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product
from typing import Final

import numpy as np
from scipy.special import gammaln

from simcore.pipeline.history import Floats

LEVELS: Final[Floats] = np.linspace(-2.0, 2.0, 161)
STEPS: Final = (0.02, 0.04, 0.07, 0.11, 0.16, 0.23, 0.32)
PERSISTENCES: Final = (0.0, 0.6, 0.85, 0.95, 1.0)
SPREADS: Final = (0.02, 0.06, 0.12, 0.2, 0.3)
STEP_PRIOR: Final = 0.12
"""Standard deviation of the half-normal prior of a step."""
SPREAD_PRIOR: Final = 0.1
"""The same of the coefficient of variation of the noise."""
RETURNS_PRIOR: Final = 0.1
"""Prior chance that the level comes back: the regimes of real series seldom do."""
START: Final = 0.5
"""Standard deviation of the first level, where it does not come back."""


@dataclass(frozen=True, slots=True, eq=False)
class DriftingLevel:
    """The posterior of a drifting level.

    Attributes
    ----------
    weight
        Of every point of the grid, of shape (points,); they sum to one.
    step, persistence, spread
        Its values, of the same shape.
    today
        Chance of every level of `LEVELS` after the last count, of shape (points, levels).
    """

    weight: Floats
    step: Floats
    persistence: Floats
    spread: Floats
    today: Floats

    def paths(self, length: int, draws: int, random: np.random.Generator) -> Floats:
        """Return draws of ``exp(x) * noise`` for the times to come, of shape (draws, length).

        Those of a longer time begin with those of a shorter one.
        """
        point = random.choice(len(self.weight), draws, p=self.weight)
        below = np.cumsum(self.today, axis=1)
        cell = (random.random(draws)[:, None] > below[point]).sum(axis=1)
        width = LEVELS[1] - LEVELS[0]
        level = LEVELS[np.minimum(cell, len(LEVELS) - 1)] + width * random.uniform(-0.5, 0.5, draws)
        step, persistence, spread = self.step[point], self.persistence[point], self.spread[point]
        paths = np.empty((draws, length))
        for time in range(length):
            paths[:, time] = np.exp(level) * random.gamma(spread**-2.0) * spread**2
            level = persistence * level + step * random.normal(size=draws)
        return paths

    def mean(self) -> float:
        """Return the posterior mean of today's factor ``exp(x)``."""
        return float(self.weight @ (self.today @ np.exp(LEVELS)))


def drifting_level(counts: Floats, expected: Floats, returns: float = RETURNS_PRIOR) -> DriftingLevel:
    """Return the posterior after counts with these expected values.

    Parameters
    ----------
    counts, expected
        In order of time, of shape (times,); expected values are above 0.
    returns
        Prior chance that the level comes back to that of the past.
    """
    seen = [_likelihood(counts, expected, spread) for spread in SPREADS]
    return level_of(seen, SPREADS, [0.5 * (spread / SPREAD_PRIOR) ** 2 for spread in SPREADS], returns)


def level_of(
    seen: Sequence[Floats], spreads: Sequence[float], unlikely: Sequence[float], returns: float = RETURNS_PRIOR
) -> DriftingLevel:
    """Return the posterior after observations whose likelihoods at every level are known.

    Parameters
    ----------
    seen
        Log likelihoods of shape (times, levels), one table for each value of a further parameter.
    spreads, unlikely
        Its values, which become `DriftingLevel.spread`, and minus the logarithm of their prior.
    returns
        Prior chance that the level comes back to that of the past.
    """
    rows: list[tuple[float, float, float, float]] = []
    today: list[Floats] = []
    for step, persistence in product(STEPS, PERSISTENCES):
        moves = _moves(step, persistence)
        stays = persistence == 1.0
        start = START if stays else min(step / np.sqrt(1.0 - persistence**2), 1.0)
        chance = 1.0 - returns if stays else returns / (len(PERSISTENCES) - 1)
        # All spreads at once: one product of matrices a time.
        belief = np.tile(_normalised(np.exp(-0.5 * (LEVELS / start) ** 2)), (len(spreads), 1))
        logarithm = np.zeros(len(spreads))
        for time in range(len(seen[0])):
            likelihood = np.array([table[time] for table in seen])
            highest = likelihood.max(axis=1, keepdims=True)
            belief = belief * np.exp(likelihood - highest)
            total = belief.sum(axis=1, keepdims=True)
            logarithm += np.log(total[:, 0]) + highest[:, 0]
            belief = (belief / total) @ moves
        for row, spread in enumerate(spreads):
            prior = np.log(chance) - 0.5 * (step / STEP_PRIOR) ** 2 - unlikely[row]
            rows.append((float(logarithm[row] + prior), step, persistence, spread))
            today.append(belief[row])
    table = np.array(rows)
    weight = _normalised(np.exp(table[:, 0] - table[:, 0].max()))
    return DriftingLevel(weight, table[:, 1], table[:, 2], table[:, 3], np.array(today))


def _likelihood(counts: Floats, expected: Floats, spread: float) -> Floats:
    """Return the log likelihood of every count at every level, of shape (times, levels)."""
    size = spread**-2.0
    mean = expected[:, None] * np.exp(LEVELS)[None, :]
    y = counts[:, None]
    constant = gammaln(y + size) - gammaln(size) - gammaln(y + 1.0)
    likelihood: Floats = constant + size * np.log(size / (size + mean)) + y * np.log(mean / (size + mean))
    return likelihood


@cache
def _moves(step: float, persistence: float) -> Floats:
    """Return the chance of every next level (columns) after every level (rows)."""
    width = float(LEVELS[1] - LEVELS[0])
    # A step below half of a cell would never leave it.
    moves = np.exp(-0.5 * ((LEVELS[None, :] - persistence * LEVELS[:, None]) / max(step, 0.5 * width)) ** 2)
    normalised: Floats = moves / moves.sum(axis=1, keepdims=True)
    return normalised


def _normalised(weights: Floats) -> Floats:
    total: Floats = weights / weights.sum()
    return total
