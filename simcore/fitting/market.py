"""The market of a scenario: a weekly factor on the rate of the last step, told from what was decided week by week."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.special import expit

from simcore.fitting.paths import DROPPED, PASSED, STILL, Step
from simcore.fitting.waits import FittedStep
from simcore.pipeline.drifting_level import LEVELS, PERSISTENCES, STEP_PRIOR, STEPS, level_of
from simcore.pipeline.history import Floats, Ints
from simcore.pipeline.rhythm import WEEK

LEAST_WEEKS: Final = 12
"""Weeks with decisions below which no market is told."""
_OFFSETS: Final = 17
_LEAST_REACH, _REACH = 0.35, 0.6
"""Logarithms by which a rate may be off what it is without a market: so much is looked at, at least and at most."""
_SURE: Final = 1e-9
SD_PRIOR: Final = 0.25
"""Standard deviation of the half-normal prior of that of a market that comes back."""


@dataclass(frozen=True, slots=True, eq=False)
class Market:
    """The posterior of a market, of one of the two kinds.

    Attributes
    ----------
    returns
        The chance that it comes back to its mean; the likelier kind is what the draws are of.
    persistence
        Draws, of shape (draws,): 1 for all where it does not come back.
    size
        Draws of the standard deviation: of the level, or of a week's step where it does not come back.
    shift
        Draws of the logarithm of the rate at a market of 1, over the rate without a market.
    level
        Draws of the market in the last week: its logarithm.
    weeks
        In which something was decided.
    """

    returns: float
    persistence: Floats
    size: Floats
    shift: Floats
    level: Floats
    weeks: int

    @property
    def stays(self) -> bool:
        """Whether the level does not come back."""
        return self.returns < 0.5

    @property
    def start(self) -> tuple[float, float]:
        """Return the mean of today's factor and the standard deviation of its logarithm."""
        return float(np.exp(self.level).mean()), float(self.level.std())


def market_of(step: Step, fitted: FittedStep, day: int, draws: int, random: np.random.Generator) -> Market | None:
    """Return the posterior of the market; None where too few weeks have decisions.

    A step whose losses wait by a law of their own is decided when an item comes, others when its wait ends: so does
    the market act in a scenario, and so it is told here. The rate and the level are told together.

    Parameters
    ----------
    day
        The day after the last one of the history.
    """
    table, weeks = _table(step, fitted, day)
    if table is None:
        return None
    spread = min(max(4.0 * float((1.0 - fitted.rate.mean()) * fitted.draws[:, 0].std()), _LEAST_REACH), _REACH)
    offsets = np.linspace(-spread, spread, _OFFSETS)
    seen = [np.array([np.interp(LEVELS + offset, _WIDE, row) for row in table]) for offset in offsets]
    # Where the level does not come back, level and rate are one: the rate stays, and the level is told.
    found = level_of(seen, offsets.tolist(), [0.0] * _OFFSETS, returns=0.5)
    back = found.persistence < 1.0
    chance = found.weight * _prior(found.step, found.persistence)
    chance /= chance.sum()
    returns = float(chance[back].sum())
    kept = back if returns >= 0.5 else ~back & (np.abs(found.spread) < _SURE)
    weight = np.where(kept, chance, 0.0)
    point = random.choice(len(weight), draws, p=weight / weight.sum())
    cell = (random.random(draws)[:, None] > np.cumsum(found.today, axis=1)[point]).sum(axis=1)
    width = LEVELS[1] - LEVELS[0]
    level = LEVELS[np.minimum(cell, len(LEVELS) - 1)] + width * random.uniform(-0.5, 0.5, draws)
    step_size = found.step[point] * np.exp(_GAP * random.uniform(-0.5, 0.5, draws))
    persistence = found.persistence[point]
    if returns < 0.5:
        return Market(returns, persistence, step_size, np.zeros(draws), level, weeks)
    persistence = _within(persistence, random)
    size = step_size / np.sqrt(1.0 - persistence**2)
    # A market's mean is 1: its logarithm lies half of its variance below that.
    shift = found.spread[point] + (offsets[1] - offsets[0]) * random.uniform(-0.5, 0.5, draws) + 0.5 * size**2
    return Market(returns, persistence, size, shift, level - 0.5 * size**2, weeks)


_GAP: Final = float(np.log(STEPS[-1] / STEPS[0]) / (len(STEPS) - 1))
_WIDE: Final[Floats] = np.arange(LEVELS[0] - _REACH, LEVELS[-1] + _REACH + 1e-9, LEVELS[1] - LEVELS[0])
"""Levels with room for what a rate may be off."""


def _prior(step: Floats, persistence: Floats) -> Floats:
    """Return what the prior of a scenario's market makes of that of a level, by step and persistence.

    A market that comes back has a half-normal standard deviation, one that does not a half-normal step. Steps of the
    grid stand for cells that are the wider the larger they are.
    """
    sd = step / np.sqrt(np.where(persistence < 1.0, 1.0 - persistence**2, 1.0))
    spread = np.where(persistence < 1.0, SD_PRIOR, STEP_PRIOR)
    own = np.exp(-0.5 * (sd / spread) ** 2) / spread
    weight: Floats = sd * own / np.exp(-0.5 * (step / STEP_PRIOR) ** 2)
    return weight


def _within(persistence: Floats, random: np.random.Generator) -> Floats:
    """Return persistences anywhere in their cells of the grid, those below 1."""
    grid = np.array(PERSISTENCES[:-1])
    ends = np.concatenate(([0.0], 0.5 * (grid[1:] + grid[:-1]), [0.985]))
    place = np.searchsorted(grid, persistence)
    return ends[place] + (ends[place + 1] - ends[place]) * random.random(len(persistence))


def _table(step: Step, fitted: FittedStep, day: int) -> tuple[Floats | None, int]:
    """Return the log likelihood of every week at every level of `_WIDE`, and in how many weeks there is any."""
    begin = int(step.entered.min()) if len(step.deal) else day
    weeks = -(-(day - begin) // WEEK)
    at_entry = fitted.lost_law is not None
    when = step.entered if at_entry else step.entered + step.wait
    week = weeks - 1 - (day - 1 - when) // WEEK
    decided = step.ended != STILL
    busy = len(np.unique(week[decided]))
    if busy < LEAST_WEEKS:
        return None, busy
    rate = np.minimum(float(expit(fitted.best[0])) * np.exp(_WIDE), 1.0 - _SURE)
    passed, lost = (_counted(week[step.ended == kind], weeks) for kind in (PASSED, DROPPED))
    table = passed[:, None] * np.log(rate) + lost[:, None] * np.log1p(-rate)
    if at_entry:
        days, place = np.unique(step.wait[~decided], return_inverse=True)
        if len(days):
            passing, losing = (each[0] for each in fitted.beyond(days, fitted.best[None, :]))
            chance = np.log(np.outer(passing, rate) + np.outer(losing, 1.0 - rate) + 1e-300)
            np.add.at(table, week[~decided], chance[place])
    return table, busy


def _counted(week: Ints, weeks: int) -> Floats:
    return np.bincount(week, minlength=weeks).astype(np.float64)
