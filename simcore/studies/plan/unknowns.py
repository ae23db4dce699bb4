"""What a plan can be solved for: calls, reps, weeks or the rate of a step, and what a value of it brings."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from simcore.engine.explosion import ExplodedError
from simcore.engine.playable import MAX_KEPT, check_ranges
from simcore.program.compiler import compile_scenario
from simcore.scenario.needs import at_once
from simcore.statistics.estimate import Estimate
from simcore.statistics.intervals import of_hits
from simcore.studies.plan.quantile_search import grid_place, grid_value
from simcore.studies.plan.request import CALLS, MOST_WEEKS, REPS, WEEKS
from simcore.studies.plan.simulation import Crew, reached, revenue, seats_until, weeks_until
from simcore.studies.plan.variants import Setting, adds_up, setting_of, with_calls, with_seats

if TYPE_CHECKING:
    from collections.abc import Callable

    from simcore.scenario.model import Scenario, Stage
    from simcore.studies.plan.quantile_search import Curve
    from simcore.studies.plan.request import PlanRequest
    from simcore.studies.plan.simulation import PlanSimulation

Ints = NDArray[np.int64]
T = TypeVar("T")

RATE_UNIT = 1e-7
"""Rates are whole multiples of it, of four digits."""
MOST_REPS = 65_536


class Arithmetic(NamedTuple):
    """The arithmetic that everyone does, for what the target still needs."""

    stages: list[tuple[str, float]]
    """From wins back to calls, of the team."""

    @property
    def calls(self) -> float:
        """Calls of the team."""
        return self.stages[-1][1]


def arithmetic_of(asked: PlanRequest) -> Arithmetic:
    """Return deals, and backward all that they take, at the mean deal and the base rates.

    Examples
    --------
    >>> from simcore.studies.plan.request import plan_request
    >>> from simcore.scenario_files.scenario_file import load_scenario
    >>> for stage in arithmetic_of(plan_request(load_scenario("backward-from-100k"), 100_000)).stages:
    ...     print(stage)
    ('wins', 10.0)
    ('opportunities', 20.0)
    ('meetings', 100.0)
    ('calls', 5000.0)
    """
    needed = max(0, asked.missing_cents) / (100.0 * asked.scenario.deal.mean_value())
    stages = []
    for stage in reversed(asked.scenario.funnel):
        stages.append((stage.stage, float(f"{needed:.12g}")))
        needed /= stage.rate.mean if stage.rate is not None else 1.0
    return Arithmetic(stages)


def below_limits(curve: Curve, search: Callable[[], T], told: list[str]) -> T:
    """Run the search; if a drive diverges, repeat it below the smallest value that diverged.

    Parameters
    ----------
    told
        The explosion is added to it, in words.

    Raises
    ------
    ExplodedError
        If nothing was played before, or a drive explodes below the largest value played: more pressure is then where
        fewer calls are, and no value is known to be enough.
    """
    try:
        return search()
    except ExplodedError as error:
        if not curve.known or max(curve.known) >= curve.most:
            raise
        told.append(str(error))
        curve.most = max(curve.known)
        return search()


class Solvable:
    """What is solved for. Its values are places of a grid, see `simcore.studies.plan.quantile_search`.

    Parameters
    ----------
    asked, setting
        The question, and what is left of its period.
    played
        The worlds in which values are tried.
    """

    whole = True
    """Whether values are whole numbers, so that an answer cannot be more precise than one."""

    def __init__(self, asked: PlanRequest, setting: Setting, played: PlanSimulation) -> None:
        self.asked, self.setting, self.played = asked, setting, played
        self.reps = setting.scenario.team.reps
        self.missing = asked.missing_cents
        self.most = 1
        """The last place that can be tried."""
        self.near = 1
        """Where the arithmetic puts it."""
        self.prepare()
        self.near = max(1, min(self.near, self.most))

    def prepare(self) -> None:
        """Set `most` and `near`."""

    def hits(self, place: int, worlds: int) -> int:
        """Return in how many worlds the target is reached at a place."""
        raise NotImplementedError

    def value(self, place: float) -> float:
        """Return the value, as an answer has it, of a number of the grid."""
        raise NotImplementedError

    def calls(self, number: float) -> float:
        """Return the calls of the team in what is left of the period, at a number of the grid."""
        raise NotImplementedError

    def per_week(self, number: float) -> float:
        """Return the calls of a rep in a full week, at a number of the grid."""
        del number
        return float(self.setting.scenario.plan.calls_per_week)

    def chance(self, number: float, q: float, wins: int) -> float:
        """Return the chance of so many wins at a number of the grid, each call being one with a probability of q."""
        return at_least(wins, self.calls(number), q)


class Calls(Solvable):
    """Calls of every rep in what is left of the period."""

    def prepare(self) -> None:
        """Set `most` and `near`."""
        self._begun: dict[int, Ints] = {}
        self.most = grid_place(self.setting.most)
        self.near = grid_place(ceil(arithmetic_of(self.asked).calls / self.reps))

    def hits(self, place: int, worlds: int) -> int:
        """Return in how many worlds the target is reached at a place."""
        return int(np.count_nonzero(self.revenue(grid_value(place), worlds) >= self.missing))

    def revenue(self, calls: int, worlds: int) -> Ints:
        """Return the revenue of the team in every world, in cents, if every rep makes so many calls.

        Where nothing that comes of some calls depends on others, what was begun before is played only once.
        """
        begun = self.setting.scenario.horizon.warmup_weeks > 0 or not self.setting.program.only_calls
        alone = begun and adds_up(self.setting.program)
        if alone and worlds not in self._begun:
            crew = Crew(with_calls(self.setting, 0), 0, self.reps)
            self._begun[worlds] = self.played.play([crew], worlds, revenue)
        if alone and calls == 0:
            return self._begun[worlds]
        crew = Crew(with_calls(self.setting, calls, alone=alone), 0, self.reps)
        found = self.played.play([crew], worlds, revenue)
        return found + self._begun[worlds] if alone else found

    def value(self, place: float) -> float:
        """Return the value, as an answer has it, of a number of the grid."""
        done = self.asked.done
        return self.calls(place) + (done.calls if done is not None else 0)

    def calls(self, number: float) -> float:
        """Return the calls of the team in what is left of the period, at a number of the grid."""
        return self.reps * number

    def per_week(self, number: float) -> float:
        """Return the calls of a rep in a full week, at a number of the grid."""
        return float(ceil(self.setting.per_week(number) - 1e-9))


class RateOf(Solvable):
    """The rate of one step, with the calls of the file."""

    whole = False

    def prepare(self) -> None:
        """Set `most` and `near`."""
        scenario = self.setting.scenario
        self.step = next(step for step, stage in enumerate(scenario.funnel) if stage.stage == self.asked.solve_for)
        rate = scenario.funnel[self.step].rate
        assert rate is not None  # noqa: S101  (every stage but the first has one)
        self.base, most = rate.mean, 1.0
        if rate.rep_cv > 0.0:
            most = 1.0 / (1.0 + rate.rep_cv**2)
            self.most = grid_place(most / RATE_UNIT * (1.0 - 1e-9))
            if grid_value(self.most) * RATE_UNIT >= most:
                self.most -= 1
        else:
            self.most = grid_place(round(most / RATE_UNIT))
        planned = self.reps * max(1, self.setting.planned)
        wanted = self.base * arithmetic_of(self.asked).calls / planned
        self.near = grid_place(min(most, wanted) / RATE_UNIT)

    def hits(self, place: int, worlds: int) -> int:
        """Return in how many worlds the target is reached at a place."""
        # A rate of 0 is none: the least one stands for it.
        scenario = with_rate(self.setting.scenario, self.step, self.value(grid_value(max(1, place))))
        # Only the rates differ: calls, quota periods and all else stay as they were compiled.
        rates = compile_scenario(scenario)
        old = self.setting.program
        reaction = rates.reaction._replace(
            period_first=old.reaction.period_first,
            period_hours=old.reaction.period_hours,
            period_gone=old.reaction.period_gone,
        )
        program = old._replace(rates=rates.rates, first=rates.first, reaction=reaction)
        check_ranges(scenario, program, detailed=True, replications=False)
        return int(self.played.play([Crew(program, 0, self.reps)], worlds, reached(self.missing)).sum())

    def value(self, place: float) -> float:
        """Return the value, as an answer has it, of a number of the grid."""
        return float(f"{place * RATE_UNIT:.10g}")

    def calls(self, number: float) -> float:
        """Return the calls of the team in what is left of the period, at a number of the grid."""
        del number
        return float(self.reps * self.setting.planned)

    def chance(self, number: float, q: float, wins: int) -> float:
        """Return the chance of so many wins at a number of the grid."""
        return at_least(wins, self.calls(number), q * self.value(number) / self.base)


class _Series(Solvable):
    """Seats or weeks: one simulation at the largest number answers all smaller ones."""

    def prepare(self) -> None:
        """Set `most` and `near`."""
        self._known: dict[int, tuple[int, Ints]] = {}

    def hits(self, place: int, worlds: int) -> int:
        """Return in how many worlds the target is reached at a place."""
        number = grid_value(place)
        if number == 0:
            return worlds if self.missing <= 0 else 0
        largest, found = self._known.get(worlds, (0, np.zeros(0, np.int64)))
        if number > largest:
            first = max(number, 2 * largest, min(ceil(1.4 * grid_value(self.near)) + 2, grid_value(self.most)))
            largest = min(first, grid_value(self.most))
            found = self.thresholds(largest, worlds)
            self._known[worlds] = largest, found
        return int(np.count_nonzero(found <= number))

    def thresholds(self, number: int, worlds: int) -> Ints:
        """Return the least number that suffices in each replication, at most ``number``; one more where none does."""
        raise NotImplementedError


class Reps(_Series):
    """Seats: the first ones are those of the file, those beyond are hired at the beginning of what is left."""

    def prepare(self) -> None:
        """Set `most` and `near`."""
        super().prepare()
        setting = self.setting
        weeks = setting.program.clock.simulated_weeks
        self.most = grid_place(min(MOST_REPS, MAX_KEPT // weeks))
        self.near = grid_place(ceil(arithmetic_of(self.asked).calls / max(1, setting.planned)))
        with_seats(self.asked, setting, self.reps + 1)  # whether there can be hires

    def thresholds(self, number: int, worlds: int) -> Ints:
        """Return the least number that suffices in each replication, at most ``number``; one more where none does."""
        return self.played.play(crews_of(self.asked, self.setting, number), worlds, seats_until(self.missing))

    def value(self, place: float) -> float:
        """Return the value, as an answer has it, of a number of the grid."""
        return float(place)

    def calls(self, number: float) -> float:
        """Return the calls of the team in what is left of the period, at a number of the grid."""
        return number * self.setting.planned


class Weeks(_Series):
    """Weeks of the period; those that are over are among them."""

    def prepare(self) -> None:
        """Set `most` and `near`."""
        super().prepare()
        scenario = self.setting.scenario
        limit = MOST_WEEKS - scenario.horizon.warmup_weeks - self.asked.gone
        self.most = grid_place(max(1, min(limit, MAX_KEPT // self.reps)))
        weekly = max(1.0, self.setting.planned * self.reps / scenario.horizon.weeks)
        self.near = grid_place(min(ceil(arithmetic_of(self.asked).calls / weekly), limit))

    def thresholds(self, number: int, worlds: int) -> Ints:
        """Return the least number that suffices in each replication, at most ``number``; one more where none does."""
        program = self._longer(number).program
        return self.played.play([Crew(program, 0, self.reps)], worlds, weeks_until(self.missing))

    def _longer(self, weeks: int) -> Setting:
        """Return the setting of a period of which so many weeks are left."""
        horizon = self.asked.scenario.horizon.model_copy(update={"weeks": weeks + self.asked.gone})
        return setting_of(self.asked._replace(scenario=self.asked.scenario.model_copy(update={"horizon": horizon})))

    def value(self, place: float) -> float:
        """Return the value, as an answer has it, of a number of the grid."""
        return float(place + self.asked.gone)

    def calls(self, number: float) -> float:
        """Return the calls of the team in what is left of the period, at a number of the grid."""
        return float(self.reps * self._longer(max(1, round(number))).planned) if number else 0.0


def unknown_of(asked: PlanRequest, setting: Setting, played: PlanSimulation) -> Solvable:
    """Return what is solved for.

    Raises
    ------
    ScenarioError
        If the reps of this scenario cannot be solved for.
    """
    kinds: dict[str, type[Solvable]] = {CALLS: Calls, REPS: Reps, WEEKS: Weeks}
    return kinds.get(asked.solve_for, RateOf)(asked, setting, played)


def crews_of(asked: PlanRequest, setting: Setting, reps: int) -> list[Crew]:
    """Return who makes up a team of so many seats: those of the file, and hires beyond them."""
    own = setting.scenario.team.reps
    if reps <= own:
        return [Crew(setting.program, 0, reps)]
    hired = with_seats(asked, setting, reps)
    if are_alike(asked, setting):
        return [Crew(hired.program, 0, reps)]
    return [Crew(setting.program, 0, own), Crew(hired.program, own, reps)]


def are_alike(asked: PlanRequest, setting: Setting) -> bool:
    """Return whether hires are as all others: everybody begins on the first day, with nothing open, at full speed."""
    scenario = setting.scenario
    if asked.gone and (scenario.team.turnover or any(stage.habit for stage in scenario.funnel)):
        return False
    return not scenario.horizon.warmup_weeks and scenario.only_calls and scenario.team.ramp is None


def with_rate(scenario: Scenario, step: int, rate: float) -> Scenario:
    """Return the scenario with another mean rate of a step."""
    stage = scenario.funnel[step]
    assert stage.rate is not None  # noqa: S101  (every stage but the first has one)
    changed = stage.model_copy(update={"rate": stage.rate.with_mean(rate)})
    return _with_funnel(scenario, [*scenario.funnel[:step], changed, *scenario.funnel[step + 1 :]])


def without(scenario: Scenario, *, lags: bool = False, caps: bool = False) -> Scenario:
    """Return the scenario in which nothing takes time (and nobody reacts to it), or no stage has a limit."""
    gone = {name: None for name, there in (("lag", lags), ("lost_lag", lags), ("cap", caps)) if there}
    changed = _with_funnel(scenario, [stage.model_copy(update=gone) for stage in scenario.funnel])
    if not lags:
        return changed
    timeless = [stage.model_copy(update={"needs": at_once(stage.needs)}) for stage in changed.funnel]
    changed = _with_funnel(changed, timeless)
    name = scenario.run.strategy
    plain = scenario.strategy.model_copy(update={"drives": {}})
    referrals = scenario.referrals and scenario.referrals.model_copy(update={"lag": None})
    return changed.model_copy(update={"strategies": {**scenario.strategies, name: plain}, "referrals": referrals})


def _with_funnel(scenario: Scenario, funnel: list[Stage]) -> Scenario:
    return scenario.model_copy(update={"funnel": tuple(funnel)})


def binomial_of(asked: PlanRequest, setting: Setting) -> tuple[float, int] | None:
    """Return the chance of a call to become a win and the wins needed; ``None`` where wins are not binomial.

    Nothing takes time, all rates are fixed, all deals have one value, nobody leaves, starts anew or reacts, and nothing
    is open.
    """
    from simcore.analytic.expectations import binomial_chance  # noqa: PLC0415

    found = binomial_chance(setting.scenario)
    if found is None:
        return None
    q, cents = found
    return q, -(-max(0, asked.missing_cents) // cents)


def at_least(wins: int, calls: float, q: float) -> float:
    """Return P(Binomial(calls, q) >= wins), as the regularised incomplete beta function.

    Examples
    --------
    >>> round(at_least(10, 5000, 0.002), 4)
    0.5422
    """
    from scipy.special import betainc  # noqa: PLC0415

    if wins <= 0 or wins > calls:
        return float(wins <= 0)
    return float(betainc(wins, calls - wins + 1.0, q))


def chance_of(hits: int, worlds: int) -> Estimate:
    """Return the share of independent worlds with its error; that of none or all of them has a bound.

    Examples
    --------
    >>> chance_of(50, 100).se, round(chance_of(0, 98).high, 4)
    (0.05, 0.0301)
    """
    return of_hits(hits, worlds)
