"""Quotas of a program by seat and period, and in how many periods there is one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simcore.base.periods import HORIZONS
from simcore.dates.period_table import Periods, periods_over

if TYPE_CHECKING:
    from simcore.program.layout import Program
    from simcore.scenario.model import Scenario


def quota_periods(scenario: Scenario) -> Periods:
    """Return the quota periods that hold the simulated weeks; without a quota they are weeks."""
    calendar, horizon = scenario.calendar, scenario.horizon
    per = scenario.quota.per if scenario.quota is not None else "week"
    days = calendar.days_per_week
    return periods_over(
        calendar.periods, HORIZONS.index(per), -horizon.warmup_weeks * days, max(1, horizon.weeks) * days
    )


def period_of_days(scenario: Scenario, periods: Periods) -> NDArray[np.int64]:
    """Return in which of these each simulated day is, int64[simulated days]."""
    days, horizon = scenario.calendar.days_per_week, scenario.horizon
    simulated = np.arange(-horizon.warmup_weeks * days, horizon.weeks * days)
    return np.searchsorted(periods.edges, simulated, side="right") - 1


def amounts_by_period(program: Program) -> NDArray[np.int64]:
    """Return the quota of each seat in each whole period of the counted weeks, in cents, int64[reps, periods]; 0: none.

    Of a program whose seats have quotas of their own (`Quota.own`).
    """
    own: NDArray[np.int64] = program.quota.own[:, _whole(program)]
    return own


def amounts_of_seat(program: Program, rep: int) -> NDArray[np.int64]:
    """Return the same of one seat, int64[periods]."""
    own: NDArray[np.int64] = program.quota.own[rep, _whole(program)]
    return own


def team_by_period(program: Program) -> NDArray[np.int64]:
    """Return the quota of the team in each whole period of the counted weeks, in cents, int64[periods]; 0: none."""
    team: NDArray[np.int64] = program.quota.team[_whole(program)]
    return team


def _whole(program: Program) -> NDArray[np.int64]:
    """Return which quota periods are whole ones of the counted weeks."""
    calendar, clock = program.calendar, program.clock
    whole, part = np.unique(calendar.period_of_part[program.quota.horizon], return_index=True)
    first = np.searchsorted(calendar.part_of_day, part[whole >= 0])
    return program.quota.of_day[first + clock.warmup_weeks * (clock.hours_per_week // clock.hours_per_day)]


def in_units(program: Program, amounts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the least revenue in units that reaches amounts in cents."""
    units: NDArray[np.int64] = -(-amounts // program.deals.unit)
    return units


def periods_of_seat(program: Program, rep: int) -> int:
    """Return in how many quota periods of a replication a seat has a quota; 0 without one."""
    if program.quota.horizon == 0:
        return 0
    if len(program.quota.own):
        return int((amounts_of_seat(program, rep) > 0).sum())
    return int(program.calendar.periods[program.quota.horizon])


def periods_with_quota(program: Program, *, team: bool) -> int:
    """Return in how many quota periods of a replication a seat (or the team) has a quota.

    Examples
    --------
    >>> from simcore.program.compiler import compile_scenario
    >>> from simcore.scenario_files.scenario_file import load_scenario
    >>> program = compile_scenario(load_scenario("hockey-stick"))
    >>> periods_with_quota(program, team=True), periods_with_quota(program, team=False) // program.team.reps
    (4, 4)
    """
    if len(program.quota.own):
        amounts = team_by_period(program) if team else amounts_by_period(program)
        return int((amounts > 0).sum())
    return int(program.calendar.periods[program.quota.horizon]) * (1 if team else program.team.reps)


def begins_between_decisions(program: Program) -> dict[int, list[int]]:
    """Return the hours of the week in which a quota period begins though nobody decides, by week."""
    clock, reaction, found = program.clock, program.reaction, dict[int, list[int]]()
    hours = np.arange(len(reaction.period_first)) * clock.hours_per_day
    begins = (reaction.period_first == hours) & (hours % reaction.interval > 0)
    for hour in hours[begins & (reaction.quota > 0.0)].tolist():
        found.setdefault(hour // clock.hours_per_week, []).append(hour % clock.hours_per_week)
    return found
