"""The figures of a fitted scenario by their paths, and what is said beside them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from simcore.fitting.learned import Learned, LearnedStep
from simcore.fitting.market import LEAST_WEEKS
from simcore.fitting.paths import DROPPED, PASSED
from simcore.fitting.spread import LEAST_REPS
from simcore.fitting.waits import P90, Law
from simcore.forecasting.sources import day_text
from simcore.pipeline.history import OPEN_STAGE, Floats
from simcore.pipeline.rhythm import WEEK

ACTIVITY: Final = "calls"
WINS: Final = "won"
_LONGEST_NAME: Final = 40
_WORDS: Final = ("inflow", "deal", "activity")
"""Names that a scenario keeps free."""
_LOW, _HIGH = 0.05, 0.95
_LEAST_CV, _MOST_CV = 0.001, 5.0
_SKIPPED: Final = 0.1
"""Share of those that passed a stage without having been in it above which it is told."""


@dataclass(frozen=True, slots=True, eq=False)
class Figure:
    """A figure of the scenario.

    Attributes
    ----------
    path
        Where it stands, as `--set` takes it.
    draws
        Of the posterior, of shape (draws,); durations in calendar days.
    rests_on
        What it was told from.
    days
        Whether it is a duration.
    """

    path: str
    draws: Floats
    rests_on: str
    days: bool = False

    @property
    def mean(self) -> float:
        """Return the posterior mean, in as many digits as are written."""
        return rounded(float(self.draws.mean()))

    @property
    def ends(self) -> tuple[float, float]:
        """Return the ends of the interval of 90 %."""
        low, high = (rounded(float(each)) for each in np.quantile(self.draws, (_LOW, _HIGH)))
        return low, high


def rounded(value: float) -> float:
    """Return a number with four significant digits.

    Examples
    --------
    >>> rounded(0.123456), rounded(13413.5365)
    (0.1235, 13410.0)
    """
    return float(f"{value:.4g}")


def stage_names(learned: Learned) -> tuple[str, ...]:
    """Return the names of the stages of the funnel: the activity, those of the export as a scenario takes them, wins.

    Dots and equals signs fall out, as do numbers alone; no two are the same.
    """
    taken = {ACTIVITY, WINS, *_WORDS}
    names = []
    for number, given in enumerate(learned.paths.stages, start=1):
        plain = " ".join(re.sub(r"[.=\x00-\x1f]", " ", given).split())[: _LONGEST_NAME - 4] or "stage"
        plain = f"stage {plain}" if re.fullmatch(r"[\W\d_]*", plain) else plain
        name = plain if plain.casefold() not in taken else f"{plain} {number}"
        taken.add(name.casefold())
        names.append(name)
    return (ACTIVITY, *names, WINS)


def figures_of(learned: Learned) -> list[Figure]:
    """Return all figures that were fitted, in the order of the file."""
    names = stage_names(learned)
    found: list[Figure] = []
    calling = learned.calling
    if calling is not None:
        counted = f"{calling.calls:,} calls"
        found.append(Figure("plan.calls_per_week", np.full(len(calling.rate), calling.per_week), counted))
        found.append(Figure(f"funnel.{names[1]}.rate", calling.rate, counted))
        if calling.rep_cv is not None:
            found.append(Figure(f"funnel.{names[1]}.rate.rep_cv", _cv(calling.rep_cv), counted))
    for step, name in zip(learned.steps, names[2:], strict=True):
        found += _of_step(step, name)
    found += _of_market(learned)
    if calling is None:
        weeks = len(learned.inflow.counts) - learned.inflow.since
        began = day_text(learned.day - WEEK * weeks)
        counted = f"{int(learned.inflow.counts[learned.inflow.since :].sum()):,} new deals from {began}"
        found.append(Figure("inflow.1.per_week", learned.inflow.mean, counted))
        found.append(Figure("inflow.1.cv", _cv(learned.inflow.cv), counted))
    values = learned.values
    if values is not None:
        counted = f"values of {values.known:,} wins"
        if values.shape == "fixed":
            found.append(Figure("deal.fixed", values.mean, counted))
        else:
            found.append(Figure("deal.mean", values.mean, counted))
            found.append(Figure("deal.cv", _cv(values.cv), counted))
    return found


def _cv(draws: Floats) -> Floats:
    return np.clip(draws, _LEAST_CV, _MOST_CV)


def _of_step(step: LearnedStep, name: str) -> list[Figure]:
    items = f"{len(step.step.deal):,} deals in {step.step.name}"
    found = [Figure(f"funnel.{name}.rate", step.rate, items)]
    if step.rep_cv is not None:
        found.append(Figure(f"funnel.{name}.rate.rep_cv", _cv(step.rep_cv), items))
    found += _of_lag(f"funnel.{name}.lag", step.fitted.law, step.waits[:, 1:3], items)
    if step.fitted.lost_law is not None:
        found += _of_lag(f"funnel.{name}.lost_lag", step.fitted.lost_law, step.waits[:, 3:5], items)
    return found


def _of_lag(path: str, law: Law, parameters: Floats, items: str) -> list[Figure]:
    place, spread = np.exp(parameters.T)
    if law == "lognormal":
        return [
            Figure(f"{path}.median", place, items, days=True),
            Figure(f"{path}.p90", place * np.exp(P90 * spread), items, days=True),
        ]
    return [Figure(f"{path}.mean", place, items, days=True), Figure(f"{path}.cv", _cv(spread), items)]


def _of_market(learned: Learned) -> list[Figure]:
    market = learned.market
    if market is None:
        return []
    weeks = f"decisions of {market.weeks} weeks"
    if market.stays:
        return [Figure("market.step", np.clip(market.size, _LEAST_CV, 1.0), weeks)]
    return [
        Figure("market.sd", np.clip(market.size, _LEAST_CV, 3.0), weeks),
        Figure("market.persistence", market.persistence, weeks),
    ]


def not_told(learned: Learned) -> list[str]:
    """Return what the data cannot tell, and is left out of the scenario."""
    return list(_not_told(learned))


def done(learned: Learned, cut: int) -> list[str]:
    """Return what was made of what does not fit into a scenario; ``cut`` ages were cut to what its laws reach."""
    return list(_done(learned, cut))


def _not_told(learned: Learned) -> Iterator[str]:
    yield "who leaves, and how new reps begin (turnover, ramp): no export of deals says it"
    yield "what reps do when they are behind, habits and coaching: the scenario plays the plan alone"
    if learned.calling is None:
        yield "calls: deals come without one" if learned.no_calls is None else learned.no_calls
    if any(step.rep_cv is None for step in learned.steps):
        yield f"how reps differ: fewer than {LEAST_REPS} of them have deals"
    if learned.market is None:
        yield f"the market: fewer than {LEAST_WEEKS} weeks have decisions of the last step"
    if learned.values is None:
        yield "what a win is worth: none has a value, and each counts as 1"
    if learned.paths.stages == (OPEN_STAGE,):
        yield "stages: too few wins have a history, and a deal is open until it is closed"
    for step in learned.steps:
        if step.step.count(PASSED) and not step.step.count(DROPPED):
            yield (
                f"how many are lost in {step.step.name}: none is told to be, so what the file leaves out is left out "
                "of the rate"
            )


def _done(learned: Learned, cut: int) -> Iterator[str]:
    paths, inflow = learned.paths, learned.inflow
    if paths.truncated is not None:
        yield (
            f"Nothing was closed before {day_text(paths.truncated)}, though much should have been: older deals are "
            "counted from then on"
        )
    for name, into in paths.merged:
        yield f"A scenario has no room for so many stages: {name} is counted in {into}"
    if paths.back:
        times = "time" if paths.back == 1 else "times"
        yield f"{paths.back:,} {times} a deal went back: it stays in the furthest stage that it had reached, waiting"
    for step in learned.steps:
        passed = step.step.count(PASSED)
        if passed and step.step.skipped / passed > _SKIPPED:
            share = 100.0 * step.step.skipped / passed
            yield f"{share:.0f} % of those that passed {step.step.name} had never been in it: they waited 0 days"
    if inflow.since and learned.calling is None:
        began = day_text(learned.day - WEEK * (len(inflow.counts) - inflow.since))
        before = inflow.counts[: inflow.since].mean()
        yield f"The number of new deals took a step: {before:.3g} a week until {began}, of which nothing is taken"
    if cut:
        deals = "open deal is" if cut == 1 else "open deals are"
        yield f"{cut:,} {deals} older than the laws of waits reach: ages were cut to what one in 10,000 reaches"
