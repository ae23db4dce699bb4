"""Compiles people by name: their plans, rates, dates and quotas, seat by seat."""

from __future__ import annotations

from itertools import pairwise
from math import fsum
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simcore.base.errors import Problem, ScenarioError
from simcore.base.money import cents
from simcore.numerics.quantile_table import build_beta
from simcore.program.compile_coaching import weekly
from simcore.program.compile_distributions import stacked
from simcore.program.layout import FROM_THE_FIRST, NEVER, NO_AMOUNTS
from simcore.program.people import NO_PEOPLE, People
from simcore.program.quotas import period_of_days, quota_periods
from simcore.random.draws import TWO_32
from simcore.scenario.people import week_of

if TYPE_CHECKING:
    from simcore.quantities.rates import Rate
    from simcore.scenario.model import Person, Scenario


MOST_TOLD = 1000
"""Most people whose results are told one by one."""


class Stay(NamedTuple):
    """From when to when the first person of a seat is there, by plan; counted weeks."""

    starts: int
    leaves: int
    refilled: bool
    follows: int
    """The week in which somebody new follows who leaves by plan."""


def stay_of(scenario: Scenario, rep: int) -> Stay:
    """Return the planned stay of the first person in a seat."""
    team, calendar = scenario.team, scenario.calendar
    if team.people is None:
        return Stay(-scenario.horizon.warmup_weeks if rep < team.new else FROM_THE_FIRST, NEVER, True, NEVER)
    person = team.people[rep]
    came = person.starts or person.started
    starts = FROM_THE_FIRST if came is None else week_of(came, calendar)
    leaves = NEVER if person.leaves is None else week_of(person.leaves, calendar)
    refilled = team.turnover is not None if person.refill is None else person.refill
    vacancy = team.turnover.vacancy_weeks if team.turnover is not None else 0
    return Stay(starts, leaves, refilled, leaves + vacancy if refilled else NEVER)


def compile_people(scenario: Scenario) -> People:
    """Compile what people have of their own; inactive where nobody has anything.

    Examples
    --------
    >>> from simcore.scenario_files.scenario_file import load_scenario
    >>> compile_people(load_scenario("trust-the-process", ["team={people: [{name: Ann}, {name: Bo}]}"])).active
    False
    """
    named = scenario.team.people
    if named is None:
        return NO_PEOPLE
    told = len(named) if len(named) <= MOST_TOLD else 0
    if all(person.bare for person in named):
        return NO_PEOPLE._replace(told=told)
    warmup = scenario.horizon.warmup_weeks
    stays = [stay_of(scenario, rep) for rep in range(len(named))]
    thresholds = [_threshold(scenario, person) for person in named]
    rate, table, tables = _rates(scenario, named)
    moves = any(stay.starts > FROM_THE_FIRST or stay.leaves < NEVER for stay in stays)
    return People(
        active=True,
        starts=np.array([_simulated(stay.starts, warmup) for stay in stays], np.int64),
        leaves=np.array([_simulated(stay.leaves, warmup) for stay in stays], np.int64),
        refilled=np.array([stay.refilled for stay in stays], np.bool_),
        leave_threshold=np.array(thresholds, np.int64),
        rate=rate,
        table=table,
        tables=stacked(tables),
        come_and_go=moves or any(thresholds),
        told=told,
    )


def _simulated(week: int, warmup: int) -> int:
    """Return a counted week as a simulated one."""
    return week if week in (FROM_THE_FIRST, NEVER) else week + warmup


def _threshold(scenario: Scenario, person: Person) -> int:
    team = scenario.team
    yearly = person.turnover if person.turnover is not None else team.turnover.yearly if team.turnover else 0.0
    return int(weekly(yearly) * TWO_32 + 0.5) if yearly > 0.0 else 0


def _rates(
    scenario: Scenario, named: tuple[Person, ...]
) -> tuple[NDArray[np.float64], NDArray[np.int64], list[NDArray[np.float64]]]:
    """Return the own rates of people: numbers, which table each has, and the tables."""
    stages = {stage.stage: step for step, stage in enumerate(scenario.funnel)}
    rate = np.full((len(named), len(stages)), -1.0)
    table = np.full(rate.shape, -1, np.int64)
    tables: dict[tuple[int, int, int], NDArray[np.float64]] = {}
    numbers: dict[tuple[int, int, int], int] = {}
    for rep, person in enumerate(named):
        for stage, own in (person.rates or {}).items():
            step, of_team = stages[stage], scenario.funnel[stages[stage]].rate
            if own.mean is not None:
                rate[rep, step] = own.mean
            elif of_team is not None and of_team.rep_cv > 0.0 and own.successes is not None and own.trials is not None:
                path = f"team.people.{rep + 1}.rates.{stage}"
                if of_team.law is not None:
                    message = "goes by the spread between reps about a rate, and that of the stage is not known exactly"
                    raise ScenarioError((Problem(message, path, hint="give the stage a mean, or the person a number"),))
                key = (step, own.successes, own.trials)
                if key not in tables:
                    numbers[key] = len(tables)
                    tables[key] = _table(path, of_team, own.successes, own.trials)
                table[rep, step] = numbers[key]
    return rate, table, list(tables.values())


def _table(path: str, of_team: Rate, successes: int, trials: int) -> NDArray[np.float64]:
    """Return the table of what counts leave of the spread between reps.

    Raises
    ------
    ScenarioError
        If the distribution is too extreme to tabulate.
    """
    mean, cv = posterior(of_team.mean, of_team.rep_cv, successes, trials)
    try:
        return build_beta(mean, cv)
    except ValueError as error:
        raise ScenarioError((Problem(str(error), path, value=f"{successes} of {trials}"),)) from None


def posterior(mean: float, cv: float, successes: int, trials: int) -> tuple[float, float]:
    """Return mean and cv of a Beta-distributed rate after so many successes in so many trials.

    Examples
    --------
    >>> mean, cv = posterior(0.2, 0.25, 10, 20)
    >>> round(mean, 4), round(mean * cv, 4)
    (0.2723, 0.0486)
    """
    size = (1.0 - mean) / (mean * cv * cv) - 1.0
    after = (mean * size + successes) / (size + trials)
    return after, float(np.sqrt((1.0 - after) / (after * (size + trials + 1.0))))


def plan_rows(scenario: Scenario) -> NDArray[np.int64]:
    """Return the calls in a full week of each seat and simulated week, int64[reps, weeks]; of no seats where alike.

    A person's plan is in force until the person leaves by plan; after that, and before the start, it is the team's.
    """
    named, planned = scenario.team.people, scenario.plan.calls_per_week
    if named is None or all(person.calls(planned) == planned for person in named):
        return np.zeros((0, 0), np.int64)
    warmup, weeks = scenario.horizon.warmup_weeks, scenario.horizon.warmup_weeks + scenario.horizon.weeks
    calls = np.full((len(named), weeks), planned, np.int64)
    for rep, person in enumerate(named):
        leaves = _simulated(stay_of(scenario, rep).leaves, warmup)
        calls[rep, : max(0, min(leaves, weeks))] = person.calls(planned)
    return calls


def quota_amounts(scenario: Scenario) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Return the quota of each seat in each quota period, in cents, that of the team, and which one each day is in.

    int64[reps, periods], int64[periods] and int64[simulated days]; empty where all seats have the team's amount in all
    periods. Who has a quota in a period is decided in its first week; where it is `ramped`, the amount goes by all its
    weeks, and by as much of a week as lies in the period.
    """
    quota, team = scenario.quota, scenario.team
    if quota is None or not scenario.quotas_differ:
        return NO_AMOUNTS, NO_AMOUNTS[0:0].ravel(), NO_AMOUNTS[0:0].ravel()
    periods, days = quota_periods(scenario), scenario.calendar.days_per_week
    # Weeks, or the parts of them that lie in one period.
    mondays = np.arange(-(-periods.edges[0] // days) * days, periods.edges[-1], days)
    edges = np.union1d(periods.edges, mondays)
    weeks, share = edges[:-1] // days, np.diff(edges) / days
    begins = np.searchsorted(edges, periods.edges)
    own = np.zeros((team.reps, len(periods.number)), np.int64)
    each = np.array([cents(amount) for amount in quota.each], np.int64)
    of_period = each[periods.number % len(each)]
    lengths = np.diff(periods.edges) / days
    for rep in range(team.reps):
        amount, activity = _by_week(scenario, rep, weeks, np.repeat(of_period, np.diff(begins)))
        for period, (start, end) in enumerate(pairwise(begins.tolist())):
            mean = fsum((amount[start:end] * activity[start:end] * share[start:end]).tolist()) / float(lengths[period])
            own[rep, period] = int(mean + 0.5) if quota.ramped else amount[start]
    total = own.sum(axis=0) if quota.team is None else np.full(len(of_period), cents(quota.team))
    return own, total, period_of_days(scenario, periods)


def _by_week(
    scenario: Scenario, rep: int, weeks: NDArray[np.int64], of_team: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return the amount in cents of who holds a seat by plan in each counted week, and how active they are by plan.

    ``of_team``: the same, of who has none of their own.
    """
    stay, named, ramp = stay_of(scenario, rep), scenario.team.people, scenario.team.ramp
    own = named[rep].quota if named is not None else None
    there, gone = weeks >= stay.starts, weeks >= stay.leaves
    # A seat that waits for somebody who follows keeps the amount of the team.
    amount = np.where(gone, of_team if stay.refilled else 0, np.where(there, of_team if own is None else cents(own), 0))
    since = np.where(gone, np.where(weeks >= stay.follows, stay.follows, FROM_THE_FIRST), stay.starts)
    activity = np.ones(len(weeks))
    if ramp is not None:
        age = weeks - since
        activity = np.where(age < ramp.weeks, ramp.start + (1.0 - ramp.start) * age / ramp.weeks, 1.0)
    return amount, np.where(there, activity, 0.0)
