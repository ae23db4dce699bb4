"""All that a scenario takes of an export: steps, market, new deals, values, seats; as draws of a posterior."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.special import expit

from simcore.fitting.calling import Calling, calling_of
from simcore.fitting.counts import Weekly, weekly, weekly_counts
from simcore.fitting.market import Market, market_of
from simcore.fitting.paths import Paths, Step, paths_of
from simcore.fitting.spread import spread_of_reps
from simcore.fitting.values import Values, values_of
from simcore.fitting.waits import FittedStep, fit_step
from simcore.pipeline.history import OPEN, WON, Floats, History, Ints
from simcore.pipeline.posterior import generator
from simcore.pipeline.rhythm import WEEK, weekday

if TYPE_CHECKING:
    from simcore.crm.data import DealData
    from simcore.forecasting.sources import Known

FITTING: Final = 7
"""The purpose of the generator of a fit."""
_ACTIVE_WEEKS: Final = 13
_WEEKEND: Final = 0.05
_SATURDAY: Final = 5
_FULL_WEEK, _WORKING_WEEK = 7, 5
_SMALLEST, _LARGEST = 1e-5, 1.0 - 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class LearnedStep:
    """A step, with draws that belong together.

    Attributes
    ----------
    step, fitted
        What was seen, and the laws of its waits.
    rate, rep_cv
        Draws; `rep_cv` is None where nothing can be said of how reps differ.
    waits
        Draws of the parameters of the laws, see `FittedStep`, paired with those of the rate.
    """

    step: Step
    fitted: FittedStep
    rate: Floats
    rep_cv: Floats | None
    waits: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Learned:
    """What was learned from an export.

    Attributes
    ----------
    known, history
        The deals; as forecasts see them.
    paths, steps
        As items of a funnel.
    market, values
        None where nothing can be said of them.
    inflow
        New deals a week.
    calling
        What a log of calls tells; None without one, or where it does not fit the deals.
    no_calls
        Why a log of calls was left out; None where there is none or it was used.
    seats
        Owners who sit in the seats, in order: codes of `Known.owner_names`; empty where nobody is named.
    days_per_week
        5 where next to nothing happens on weekends, else 7.
    """

    known: Known
    history: History
    paths: Paths
    steps: tuple[LearnedStep, ...]
    market: Market | None
    inflow: Weekly
    calling: Calling | None
    no_calls: str | None
    values: Values | None
    seats: Ints
    days_per_week: int

    @property
    def day(self) -> int:
        """Return the day after the last one of the history."""
        return self.known.as_of + 1

    @property
    def reps(self) -> int:
        """Return the number of seats."""
        return max(len(self.seats), 1)


def learn_scenario(data: DealData, known: Known, draws: int, seed: int) -> Learned:
    """Learn what a scenario takes from the deals of an export.

    Parameters
    ----------
    data
        The export, for its log of calls.
    known
        Its history.
    draws
        Rows of parameters.
    seed
        Of the draws.
    """
    random = generator(seed, FITTING)
    day = known.as_of + 1
    history = known.history.for_forecasts(day)
    owner = known.owner if known.owner is not None else np.full(history.deals, -1, dtype=np.int64)
    paths = paths_of(history, day)
    last = paths.steps[-1]
    market: Market | None = None
    steps = []
    for step in paths.steps:
        fitted = fit_step(step, draws, random)
        if step is last:
            market = market_of(step, fitted, day, draws, random)
        steps.append(_joined(step, fitted, owner, market if step is last else None, random))
    seats = _seats(history, owner, day)
    inflow = weekly(weekly_counts(history.created, day), draws, random)
    calling, no_calls = calling_of(data.calls, inflow, max(len(seats), 1), draws, random)
    return Learned(
        known=known,
        history=history,
        paths=paths,
        steps=tuple(steps),
        market=market,
        inflow=inflow,
        calling=calling,
        no_calls=no_calls,
        values=values_of(history.value[history.outcome == WON], draws, random),
        seats=seats,
        days_per_week=_days_per_week(history, day),
    )


def _joined(
    step: Step, fitted: FittedStep, owner: Ints, market: Market | None, random: np.random.Generator
) -> LearnedStep:
    """Return a step with the rate that reps and market leave, and waits that go with it.

    What is not known of a rate is made of three parts: how few items there were, how few reps, and in how few weeks of
    a market. The waits of a draw are those that go with a rate as high among all of its draws.
    """
    draws = len(fitted.draws)
    spread = spread_of_reps(step, fitted, owner, draws, random)
    rate = fitted.rate if spread is None else spread.rate
    if market is not None and not market.stays:
        of_items, of_all = float(np.log(fitted.rate).var()), float(np.log(rate).var())
        of_reps = np.sqrt(max(of_all - of_items, 0.0))
        own = 0.0 if spread is None else _ranked(spread.rate, random)
        rate = float(expit(fitted.best[0])) * np.exp(market.shift + of_reps * own)
    rate = np.clip(rate, _SMALLEST, _LARGEST)
    order = np.argsort(np.argsort(rate, kind="stable"), kind="stable")
    waits = fitted.draws[np.argsort(fitted.draws[:, 0], kind="stable")][order]
    cv = None if spread is None else np.minimum(spread.cv, 0.97 * np.sqrt((1.0 - rate) / rate))
    return LearnedStep(step, fitted, rate, cv, waits)


def _ranked(values: Floats, random: np.random.Generator) -> Floats:
    """Return normal numbers in the order of some values."""
    normals = np.sort(random.normal(size=len(values)))
    return normals[np.argsort(np.argsort(values, kind="stable"), kind="stable")]


def _seats(history: History, owner: Ints, day: int) -> Ints:
    """Return who has an open deal, or had a new one in the last weeks."""
    still = (history.outcome == OPEN) | (history.closed >= day)
    recent = history.created >= day - WEEK * _ACTIVE_WEEKS
    active = (history.created < day) & (still | recent) & (owner >= 0)
    return np.unique(owner[active])


def _days_per_week(history: History, day: int) -> int:
    """Return how many days of a week something happens on."""
    days = np.concatenate((history.visit_day, history.closed[history.closed < day]))
    weekend = (weekday(days[days < day]) >= _SATURDAY).mean()
    return _FULL_WEEK if weekend > _WEEKEND else _WORKING_WEEK
