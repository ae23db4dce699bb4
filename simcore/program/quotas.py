"""Quotas of a program by seat and period, and in how many periods there is one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from simcore.program.layout import Program


def amounts_by_period(program: Program) -> NDArray[np.int64]:
    """Return the quota of each seat in each whole period of the counted weeks, in cents, int64[reps, periods]; 0: none.

    Of a program whose seats have quotas of their own (`Quota.own`).
    """
    own: NDArray[np.int64] = program.quota.own[:, _first_weeks(program)]
    return own


def amounts_of_seat(program: Program, rep: int) -> NDArray[np.int64]:
    """Return the same of one seat, int64[periods]."""
    own: NDArray[np.int64] = program.quota.own[rep, _first_weeks(program)]
    return own


def team_by_period(program: Program) -> NDArray[np.int64]:
    """Return the quota of the team in each whole period of the counted weeks, in cents, int64[periods]; 0: none."""
    team: NDArray[np.int64] = program.quota.team[_first_weeks(program)]
    return team


def _first_weeks(program: Program) -> NDArray[np.int64]:
    """Return the first simulated week of each whole quota period."""
    period = program.calendar.period_of_week[program.quota.horizon]
    whole, first = np.unique(period, return_index=True)
    return first[whole >= 0] + program.clock.warmup_weeks


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
