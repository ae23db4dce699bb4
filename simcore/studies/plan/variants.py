"""The programs of a plan: other calls from the beginning of the period on, people who are hired then, what is open.

Before the period (in the warm-up) the team works by the plan of the file, whatever is planned for the period: what is
open at its beginning is what there is, not what another plan would have brought.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simcore.base.errors import Problem, ScenarioError
from simcore.base.periods import calls_per_hour
from simcore.engine.playable import check_ranges, playable
from simcore.kernels.caps import is_capped
from simcore.program.compiler import compile_scenario, first_step
from simcore.program.layout import OpenItems, Plan
from simcore.studies.plan.rest_of_period import rest_of

if TYPE_CHECKING:
    from simcore.program.layout import Program
    from simcore.scenario.model import Scenario
    from simcore.studies.plan.request import PlanRequest

Ints = NDArray[np.int64]

MOST_CALLS = 65_535
"""Calls of a rep in a week: so many have an address."""
_MOST_SLOTS = 1 << 22
"""Calls of weeks that differ, in all: beyond it, every full week of the period has the same calls."""


class Setting(NamedTuple):
    """What is left of the period, compiled with the plan of the file."""

    scenario: Scenario
    """Its counted weeks are those that are left."""
    program: Program
    working: NDArray[np.bool_]
    """bool[weeks left, hours of a week]: the hours in which calls are made."""

    @property
    def hours(self) -> int:
        """Working hours of the weeks that are left, M."""
        return int(np.count_nonzero(self.working))

    def per_week(self, calls: float) -> float:
        """Return the calls of a full week, of a rep who makes so many in what is left of the period."""
        return float(calls * self.working.shape[1] / self.hours)

    @property
    def planned(self) -> int:
        """Calls of a rep by the plan of the file in what is left of the period."""
        plan, clock = self.program.plan, self.program.clock
        return int(plan.calls[plan.row_of_week[clock.warmup_weeks :]].sum())

    @property
    def most(self) -> int:
        """The most calls of a rep in what is left of the period that have addresses."""
        return MOST_CALLS * self.hours // int(self.working.shape[1])


def setting_of(asked: PlanRequest) -> Setting:
    """Return what is left of the period: all of it, or from a week on with what is open then.

    Raises
    ------
    ScenarioError
        If no hour of it is worked, or the scenario leaves the ranges of the engine.
    """
    scenario = rest_of(asked)
    program = _aligned(asked, playable(scenario, detailed=True, replications=False))
    working = working_hours(scenario)
    if not working.any():
        raise ScenarioError((Problem("no hour of what is left of the period is worked", "calendar.holidays"),))
    return Setting(scenario, program, working)


def _aligned(asked: PlanRequest, program: Program) -> Program:
    """Return a program whose quota periods are those of the whole period, some weeks of which are over."""
    if not asked.gone:
        return program
    cold = asked.scenario.horizon.model_copy(update={"warmup_weeks": 0})
    compiled = compile_scenario(asked.scenario.model_copy(update={"horizon": cold, "start": None}))
    whole, quota = compiled.reaction, program.quota
    begin = asked.gone * program.clock.hours_per_week
    days = begin // program.clock.hours_per_day
    first = whole.period_first[days:] - begin
    gone = whole.period_gone[begin:].copy()
    if len(gone) > 0:
        # As in every run: of a period that began before it, what is gone counts from its first hour.
        gone[: first[0] + whole.period_hours[days]] -= gone[0]
    if asked.scenario.quota is not None and asked.scenario.quota.differs:
        # Amounts in turn are those of the whole periods.
        of_day = compiled.quota.of_day[days:]
        quota = quota._replace(own=compiled.quota.own, team=compiled.quota.team, of_day=of_day)
    length = whole.period_hours[days:]
    return program._replace(
        reaction=program.reaction._replace(period_first=first, period_hours=length, period_gone=gone), quota=quota
    )


def working_hours(scenario: Scenario) -> NDArray[np.bool_]:
    """Return the hours of the counted weeks that are no holiday, bool[weeks, hours of a week]."""
    calendar, weeks = scenario.calendar, scenario.horizon.weeks
    working = np.ones((weeks, calendar.days_per_week, calendar.hours_per_day), np.bool_)
    for week, days in enumerate(calendar.days_off(0, weeks)):
        working[week, sorted(days)] = False
    return working.reshape(weeks, -1)


def with_calls(setting: Setting, calls: int, *, alone: bool = False) -> Program:
    """Return the program in which every rep is to make so many calls in what is left of the period, spread evenly.

    ``alone``: these calls and nothing else; none was made in the warm-up, nothing is open, and nothing else comes.

    Working hour i of M gets ``floor((i+1) n / M) - floor(i n / M)`` calls: where all weeks are whole and n is a
    multiple of them, that is the plan of n / weeks calls a week. In very long periods every full week has the same.
    """
    weeks, hours = setting.working.shape
    if weeks * setting.per_week(calls) > _MOST_SLOTS:
        return with_weekly(setting, int(setting.per_week(calls)), alone=alone)
    edges = np.arange(setting.hours + 1, dtype=np.int64) * calls // setting.hours
    by_hour = np.zeros((weeks, hours), np.int64)
    by_hour[setting.working] = np.diff(edges)
    return _with_hours(setting, by_hour, setting.per_week(calls), alone=alone)


def with_weekly(setting: Setting, per_week: int, *, alone: bool = False) -> Program:
    """Return the program in which a full week has so many calls from the beginning of the period on, as in a file."""
    by_hour = np.where(setting.working, calls_per_hour(per_week, setting.working.shape[1]), 0)
    return _with_hours(setting, by_hour, per_week, alone=alone)


def adds_up(program: Program) -> bool:
    """Return whether what comes of some calls does not depend on others: nobody reacts, and no stage has a limit."""
    return len(program.reaction.memory) == 0 and not is_capped(program)


def _with_hours(setting: Setting, by_hour: Ints, per_week: float, *, alone: bool) -> Program:
    """Return the program with the calls of every hour of the period, int64[weeks, hours]."""
    program, before = setting.program, setting.program.plan
    warmup = before.row_of_week[: program.clock.warmup_weeks]
    rows, row_of_week = np.unique(by_hour, axis=0, return_inverse=True)
    # The fullest week comes first: counters take their range from it.
    rows, row_of_week = rows[::-1], len(rows) - 1 - row_of_week.ravel()
    warm_rows, warm_places = np.unique(warmup, return_inverse=True)
    warm = before.per_hour[warm_rows]
    per_hour = np.concatenate([rows, np.zeros_like(warm) if alone else warm])
    places = np.concatenate([warm_places + len(rows), row_of_week])
    plan = plan_of(per_hour, places)
    made, times = np.unique(plan.calls[row_of_week], return_counts=True)
    first = first_step(program.rates, int(made[np.argmax(times)]))
    planned = setting.scenario.plan.calls_per_week
    # Of a plan without calls nobody hears how long the wins of its calls are apart.
    between = program.reaction.between_wins * planned / max(per_week, 1e-9) if planned else 1e12
    changed = program._replace(
        plan=plan, first=first, reaction=program.reaction._replace(between_wins=min(between, 1e12))
    )
    if alone:
        nothing = np.zeros(0, np.int64)
        changed = changed._replace(
            start=OpenItems(np.zeros(program.team.reps + 1, np.int64), nothing, nothing, nothing, nothing, np.zeros(0)),
            inflow=program.inflow._replace(
                stage=nothing, mean=program.inflow.mean[:0], to_team=program.inflow.to_team[:0], total=0.0
            ),
        )
    check_ranges(setting.scenario, changed, detailed=True, replications=False)
    return changed


def plan_of(per_hour: Ints, row_of_week: Ints) -> Plan:
    """Return a plan of calls from those of every hour, int64[rows, hours], and the row of every simulated week."""
    calls = per_hour.sum(axis=1)
    slot_hour = np.zeros((len(per_hour), max(1, int(calls.max()))), np.int32)
    for row, planned in enumerate(per_hour):
        slot_hour[row, : calls[row]] = np.repeat(np.arange(len(planned)), planned)
    before = np.zeros((len(per_hour), per_hour.shape[1] + 1), np.int64)
    before[:, 1:] = per_hour.cumsum(axis=1)
    return Plan(row_of_week.astype(np.int32), np.ascontiguousarray(per_hour), calls, slot_hour, before)


def with_seats(asked: PlanRequest, setting: Setting, reps: int) -> Setting:
    """Return a team of so many seats that are all hired at the beginning of the period: nothing is open, all ramp up.

    Only the seats beyond those of the file are meant to be looked at. In the same worlds they meet the same market.

    Raises
    ------
    ScenarioError
        If seats hear of each other, or the market of hires who ramp up or leave would not be that of the team.
    """
    scenario = setting.scenario
    if setting.program.reaction.lockstep:
        hint = "`simcore sweep --vary team.reps=...` runs teams of several sizes"
        raise ScenarioError((Problem("reps who hear of their peers change with the size of the team: reps cannot be "
                                     "solved for", "solve-for", hint=hint),))  # fmt: skip
    # What holders bring along from the weeks that are over, hires do not: their ramp and habits are those of the file.
    own = asked.scenario
    team = own.team.model_copy(update={"reps": reps, "new": reps if own.team.ramp else 0})
    scenario = scenario.model_copy(update={"funnel": own.funnel})
    cold = scenario.horizon.model_copy(update={"warmup_weeks": 0})
    if scenario.market is None or not scenario.horizon.warmup_weeks:
        hired = scenario.model_copy(update={"team": team, "horizon": cold, "start": None})
        program = _aligned(asked, playable(hired, detailed=True, replications=False))
    elif scenario.team.ramp is None and scenario.team.turnover is None:
        hired = scenario.model_copy(update={"team": team, "start": None})
        program = playable(hired, detailed=True, replications=False)
        # They are there in the warm-up, so that weeks of the market have the same numbers, but make no calls.
        plan, warm = program.plan, scenario.horizon.warmup_weeks
        rows = np.concatenate([plan.per_hour, np.zeros_like(plan.per_hour[:1])])
        places = np.concatenate([np.full(warm, len(rows) - 1), plan.row_of_week[warm:]])
        program = program._replace(plan=plan_of(rows, places))
    else:
        hint = "set horizon.warmup_weeks=0 (with start.open for what is open), or take the market or the ramp out"
        raise ScenarioError((Problem("with a market, a warm-up and a team that ramps up or leaves, hires would not "
                                     "meet the market of the others: reps cannot be solved for", "solve-for",
                                     hint=hint),))  # fmt: skip
    return Setting(hired, program, setting.working)
