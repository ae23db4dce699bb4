"""The best use of some coaching hours: which step to give them to, if an hour does what it is said to do.

Ways of giving the hours out are run in the same worlds; where there are few, all of them, else greedily lot by lot. For
the mean of independent steps greed finds the best way: its logarithm is a sum of concave functions of the hours (Fox
1966, "Discrete optimization via marginal analysis"). The best of many looks better than it is, so what it does is told
from fresh worlds, in which it was not chosen.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from simcore.analytic.item_values import Prospects, holds
from simcore.base.errors import Problem, ScenarioError
from simcore.base.text import brief, did_you_mean
from simcore.engine.runner import StoppedError
from simcore.scenario.model import validate
from simcore.statistics.paired_difference import difference_of, figure_of
from simcore.studies.coach.leverage import LEVEL, effect_of, reach_of, sums_for
from simcore.studies.coach.leverage_document import Allocation, HoursPlan, Measure
from simcore.studies.coach.levers import POINT

if TYPE_CHECKING:
    from simcore.engine.many_scenarios import Cell, ScenarioBatch
    from simcore.scenario.model import Scenario

MOST_HOURS = 10_000
MOST_LOTS = 8
"""Hours are given out in at most so many lots of whole hours (and a smaller last one)."""
MOST_WAYS = 45
"""Up to so many ways are all run."""
MOST_EXACT = 20_000
"""Up to so many ways are all looked at in closed form."""

Way = tuple[int, ...]
"""Hours by step."""


class HourEffect(NamedTuple):
    """What an hour of coaching does to the rate of a step."""

    amount: float
    """Above 0."""
    is_share: bool = False
    """Whether it is per cent of the rate as it is, not percentage points."""

    @classmethod
    def parse(cls, text: str) -> HourEffect:
        """Read ``0.1`` (points) or ``2%`` (of the rate).

        Raises
        ------
        ValueError
            If it is neither.

        Examples
        --------
        >>> HourEffect.parse("0.1"), str(HourEffect.parse("2%"))
        (HourEffect(amount=0.1, is_share=False), '2 % of the rate')
        """
        plain = text.strip().removesuffix("%")
        try:
            amount = float(plain)
        except ValueError:
            amount = 0.0
        if not 0.0 < amount <= 100.0:
            raise ValueError(f"{brief(text)!r} is not an effect of an hour: write 0.1 (points) or 2% (of the rate)")
        return cls(amount, plain != text.strip())

    def __str__(self) -> str:
        """Return it in words."""
        points = "point" if self.amount == 1 else "points"
        return f"{self.amount:g} % of the rate" if self.is_share else f"{self.amount:g} {points}"


class HoursAsked(NamedTuple):
    """What is asked about coaching hours."""

    hours: int
    effects: Mapping[str, HourEffect]
    """By the stage that a step leads to."""
    fading: float = 0.0
    """Each further hour on a step brings so much less than the one before it: from 0 to below 1."""
    measure: Measure = "revenue"


def same_for_all(scenario: Scenario, effect: HourEffect) -> dict[str, HourEffect]:
    """Return the same effect for every step."""
    return {stage.stage: effect for stage in scenario.funnel[1:]}


def check_hours(scenario: Scenario, asked: HoursAsked) -> None:
    """Refuse what cannot be answered.

    Raises
    ------
    ScenarioError
        If a stage is unknown, hours or fading are out of range, or the measure needs a quota.
    """
    names = [stage.stage for stage in scenario.funnel[1:]]
    problems = [
        Problem("is not a step of the funnel", "effect", value=brief(name), allowed=", ".join(names),
                hint=did_you_mean(name, names))
        for name in asked.effects
        if name not in names
    ]  # fmt: skip
    problems += [
        Problem("is not known exactly: what an hour adds to it cannot be told", f"funnel.{brief(stage.stage)}.rate",
                hint=f"set it, as in --set funnel.{brief(stage.stage)}.rate={stage.rate.mean:.3g}")
        for stage in scenario.funnel
        if stage.stage in asked.effects and stage.rate is not None and stage.rate.law is not None
    ]  # fmt: skip
    if not asked.effects:
        problems.append(Problem("is missing: what an hour of coaching does", "effect", hint="for example meetings=0.1"))
    if not 1 <= asked.hours <= MOST_HOURS:
        problems.append(Problem("out of range", "hours", value=str(asked.hours), allowed=f"1 .. {MOST_HOURS}"))
    if not 0.0 <= asked.fading < 1.0:
        problems.append(Problem("out of range", "fading", value=f"{asked.fading:g}", allowed="from 0 to below 1"))
    if problems:
        raise ScenarioError(tuple(problems))
    _coached(scenario, asked, next(iter(_extremes(asked))))
    for way in _extremes(asked):
        _coached(scenario, asked, way)


def _extremes(asked: HoursAsked) -> Iterator[Way]:
    """Yield the ways that give all hours to one step."""
    for place in range(len(asked.effects)):
        yield tuple(asked.hours if place == other else 0 for other in range(len(asked.effects)))


def coached_rate(rate: float, effect: HourEffect, hours: int, fading: float = 0.0) -> float:
    """Return the rate of a step after some hours of coaching, at most 1.

    Examples
    --------
    >>> coached_rate(0.2, HourEffect(1.0), 3), round(coached_rate(0.2, HourEffect(10.0, is_share=True), 2, 0.5), 6)
    (0.23, 0.23)
    """
    worth = float(hours) if fading == 0.0 else (1.0 - (1.0 - fading) ** hours) / fading
    gain = effect.amount * POINT * (rate if effect.is_share else 1.0)
    return min(1.0, float(f"{rate + gain * worth:.12g}"))


def _rates(scenario: Scenario, asked: HoursAsked, way: Way) -> list[float]:
    """Return the rates that a way of giving out the hours leads to, of the steps that can be coached."""
    means = {stage.stage: stage.rate.mean for stage in scenario.funnel[1:] if stage.rate is not None}
    return [
        coached_rate(means[name], effect, hours, asked.fading)
        for (name, effect), hours in zip(asked.effects.items(), way, strict=True)
    ]


def _coached(scenario: Scenario, asked: HoursAsked, way: Way) -> Scenario:
    """Return the scenario after coaching."""
    rates = dict(zip(asked.effects, _rates(scenario, asked, way), strict=True))
    data = scenario.resolved(sources=False)
    for stage in data["funnel"][1:]:
        if stage["stage"] in rates:
            stage["rate"]["mean"] = rates[stage["stage"]]
    try:
        return validate(data)
    except ScenarioError as error:
        hours = ", ".join(f"{name} {given}" for name, given in zip(asked.effects, way, strict=True) if given)
        told = (
            Problem(each.message, each.path, value=each.value, allowed=each.allowed, hint=f"with hours: {hours}")
            for each in error.problems
        )
        raise ScenarioError(tuple(told)) from None


def lots_of(hours: int) -> list[int]:
    """Return the lots in which hours are given out.

    Examples
    --------
    >>> lots_of(5), lots_of(20), lots_of(17)
    ([1, 1, 1, 1, 1], [3, 3, 3, 3, 3, 3, 2], [3, 3, 3, 3, 3, 2])
    """
    lot = -(-hours // MOST_LOTS)
    rest = hours % lot
    return [lot] * (hours // lot) + ([rest] if rest else [])


def ways_of(hours: int, steps: int) -> set[Way]:
    """Return all ways of giving out the lots of some hours.

    Examples
    --------
    >>> sorted(ways_of(2, 2))
    [(0, 2), (1, 1), (2, 0)]
    """
    found: set[Way] = {(0,) * steps}
    for lot in lots_of(hours):
        found = {_given(way, place, lot) for way in found for place in range(steps)}
    return found


def _given(way: Way, place: int, lot: int) -> Way:
    return tuple(hours + lot * (number == place) for number, hours in enumerate(way))


class _Tried:
    """Ways that were run in the same worlds."""

    def __init__(self, scenario: Scenario, asked: HoursAsked, runs: ScenarioBatch) -> None:
        self._scenario, self._asked, self._runs = scenario, asked, runs
        self.cells: dict[Way, Cell] = {}

    def run(self, ways: Sequence[Way]) -> None:
        """Run those that were not.

        Raises
        ------
        StoppedError
            If it was stopped.
        """
        new = [way for way in ways if way not in self.cells]
        cells = self._runs.run([_coached(self._scenario, self._asked, way) for way in new])
        if len(cells) < len(new) or self._runs.stopped:
            raise StoppedError
        self.cells |= dict(zip(new, cells, strict=True))

    def best(self, ways: Sequence[Way]) -> Way:
        """Return the best of some ways that were run, the first of equals."""
        return max(ways, key=self.figure)

    def figure(self, way: Way) -> float:
        """Return the measure of a way."""
        sums = sums_for(self._asked.measure, self.cells[way])
        if sums is None:
            raise ValueError(f"the run has no {self._asked.measure}")
        return figure_of(sums).estimate or 0.0

    def greedy(self, *, run: bool) -> Way:
        """Give out lot by lot, each where it does most."""
        steps = len(self._asked.effects)
        way: Way = (0,) * steps
        lots = lots_of(self._asked.hours)
        for lot in lots:
            candidates = [_given(way, place, lot) for place in range(steps)]
            if run:
                self.run(candidates)
            way = self.best(candidates)
        return way

    def tied(self, best: Way, among: Sequence[Way]) -> int:
        """Return how many other ways cannot be told from the best, for all together."""
        others = [way for way in among if way != best]
        top, count = sums_for(self._asked.measure, self.cells[best]), 0
        for way in others:
            mine = sums_for(self._asked.measure, self.cells[way])
            if top is None or mine is None:
                continue
            gap = difference_of(top, mine)
            reach = reach_of(top, (1.0 - LEVEL) / len(others))
            count += gap.se is None or (gap.estimate or 0.0) <= reach * gap.se
        return count


def best_hours(scenario: Scenario, runs: ScenarioBatch, asked: HoursAsked) -> HoursPlan | None:
    """Return the best way of giving out coaching hours; ``None`` if it was stopped.

    Parameters
    ----------
    scenario
        With the strategy that it runs.
    runs
        Its replications and seed hold for the choice; the worlds of the next seed tell what it does.
    asked
        See `check_hours`.

    Raises
    ------
    ScenarioError
        If the question cannot be answered, or the scenario leaves the ranges of the engine.
    """
    check_hours(scenario, asked)
    steps = len(asked.effects)
    ways = (
        sorted(ways_of(asked.hours, steps), reverse=True) if _number_of_ways(asked.hours, steps) <= MOST_EXACT else []
    )
    exhaustive = 0 < len(ways) <= MOST_WAYS
    tried = _Tried(scenario, asked, runs)
    try:
        if exhaustive:
            # What greed looks at is not among whole ways: it is run beside, to say whether it agrees.
            tried.run(ways)
            best = tried.best(ways)
            agrees: bool | None = tried.greedy(run=True) == best
        else:
            best, agrees = tried.greedy(run=True), None
        whole = [way for way in tried.cells if sum(way) == asked.hours]
        even = _even(asked.hours, steps)
        fresh = runs.run(
            [scenario, _coached(scenario, asked, best), _coached(scenario, asked, even)], seed=(runs.seed + 1) % 2**64
        )
    except StoppedError:
        return None
    if len(fresh) < 3:
        return None
    found = [
        _allocation(scenario, asked, way, cell, fresh[0]) for way, cell in zip((best, even), fresh[1:], strict=True)
    ]
    over = effect_of(asked.measure, fresh[1], fresh[2])
    if over is None:
        raise ValueError(f"the run has no {asked.measure}")
    return HoursPlan(
        hours=asked.hours,
        lot=lots_of(asked.hours)[0],
        measure=asked.measure,
        steps=list(asked.effects),
        effects=[str(effect) for effect in asked.effects.values()],
        fading=asked.fading,
        looked_at=len(whole) if exhaustive else len(tried.cells),
        exhaustive=exhaustive,
        greedy_agrees=agrees,
        best=found[0],
        even=found[1],
        over_even=over,
        tied=tried.tied(best, whole),
        exact_best=_exact_best(scenario, asked, ways),
    )


def _number_of_ways(hours: int, steps: int) -> int:
    """Return about how many ways there are: choices with repetition."""
    from math import comb  # noqa: PLC0415

    return comb(len(lots_of(hours)) + steps - 1, steps - 1)


def hours_programs(asked: HoursAsked) -> int:
    """Return how many programs an answer takes, about."""
    steps, lots = len(asked.effects), len(lots_of(asked.hours))
    ways = _number_of_ways(asked.hours, steps)
    return 3 + (ways if ways <= MOST_WAYS else 0) + lots * steps


def _even(hours: int, steps: int) -> Way:
    """Return the hours spread as evenly as whole hours can be."""
    return tuple(hours // steps + (place < hours % steps) for place in range(steps))


def _allocation(scenario: Scenario, asked: HoursAsked, way: Way, cell: Cell, base: Cell) -> Allocation:
    effect = effect_of(asked.measure, cell, base)
    if effect is None:
        raise ValueError(f"the run has no {asked.measure}")
    return Allocation(hours=list(way), rates=_rates(scenario, asked, way), effect=effect)


def _exact_best(scenario: Scenario, asked: HoursAsked, ways: Sequence[Way]) -> list[int] | None:
    """Return the way with the largest mean by origin in closed form; ``None`` where there is none."""
    if asked.measure == "p_quota" or not ways or not holds(scenario) or scenario.inflow:
        return None
    # Every extreme way has the largest rate of a step: where they hold, all between them do.
    if not all(holds(_coached(scenario, asked, way)) for way in _extremes(asked)):
        return None
    if len(ways) > MOST_WAYS * 4:
        return None
    found = max(ways, key=lambda way: Prospects(_coached(scenario, asked, way)).value(0))
    return list(found)
