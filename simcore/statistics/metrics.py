"""Metrics replication by replication: from the rep-weeks of a block to one number for each world.

Replications are independent, and a metric is the mean of its values over them: so the mean's error is that of
independent numbers, whatever hangs together within a replication. A quantile is no mean; its share of windows not
above a value is one, see `at_most`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simcore.base.errors import Problem, ScenarioError
from simcore.base.periods import HORIZONS, WEEK, WEEKS_PER_YEAR
from simcore.dates.period_table import whole_periods
from simcore.program.quotas import amounts_by_period, in_units, periods_with_quota, team_by_period
from simcore.program.tally import CLOSE
from simcore.scenario.metric import P_QUOTA, P_QUOTA_TEAM, P_ZERO, QUANTILE, REVENUE, Metric, lacking

if TYPE_CHECKING:
    from simcore.kernels.detail import Detail
    from simcore.program.layout import Program
    from simcore.scenario.model import Scenario

Floats = NDArray[np.float64]


def check_metric(metric: Metric, program: Program) -> None:
    """Refuse a metric that a run does not have.

    Raises
    ------
    ScenarioError
        If the run has no quota, or holds no whole period of the metric's length.
    """
    quota = HORIZONS[program.quota.horizon] if program.quota.horizon > 0 else None
    problem = lacking(metric, program.clock.counted_weeks, quota, lambda each: bool(program.calendar.periods[each]))
    of_quota = problem is None and metric.name in (P_QUOTA, P_QUOTA_TEAM)
    if of_quota and periods_with_quota(program, team=metric.name == P_QUOTA_TEAM) == 0:
        problem = Problem("nobody has a quota in a whole period of the run", "quota", value=str(metric))
    if problem is not None:
        raise ScenarioError((problem,))


def check_scenarios(metric: Metric, scenarios: Iterable[Scenario]) -> None:
    """Refuse a metric that not all scenarios have.

    Raises
    ------
    ScenarioError
        As `check_metric`.
    """
    for scenario in scenarios:
        problem = lacks(scenario, metric)
        if problem is not None:
            raise ScenarioError((problem,))


def lacks(scenario: Scenario, metric: Metric) -> Problem | None:
    """Return the problem if a run of a scenario cannot have a metric, else ``None``."""
    quota, weeks = None if scenario.quota is None else scenario.quota.per, scenario.horizon.weeks
    months, days = scenario.calendar.periods, weeks * scenario.calendar.days_per_week
    return lacking(metric, weeks, quota, lambda horizon: bool((whole_periods(months, horizon, days) >= 0).any()))


def values_of(metric: Metric, program: Program, detail: Detail) -> Floats:
    """Return the value of a metric in every replication of a block, float64[n].

    Parameters
    ----------
    metric
        Any but a quantile or a spread.
    program, detail
        The program, and all rep-weeks of a block of n replications.

    Returns
    -------
    float64[n]
        ``revenue``: mean revenue by close of a rep in a period, in units of the currency; without a period, of a year
        of 52 weeks, from all counted weeks. ``p_quota``, ``p_zero``: the share of the periods of all reps in which
        quota was reached, or no revenue booked; ``p_quota_team``: the share of the team's. Only whole periods count.

    Raises
    ------
    ValueError
        For a quantile or a spread.
    """
    weekly = detail.cents[:, CLOSE]
    reps, weeks = weekly.shape[1:]
    if metric.name == REVENUE and not metric.window:
        yearly: Floats = weekly.sum(axis=(1, 2)) * (WEEKS_PER_YEAR / (100.0 * reps * weeks))
        return yearly
    if metric.name == REVENUE:
        cents = revenue_by_period(metric, program, detail)
        mean: Floats = cents.sum(axis=(1, 2)) / (100.0 * reps * cents.shape[2])
        return mean
    if metric.name == P_ZERO:
        return _share(revenue_by_period(metric, program, detail) == 0)
    if metric.name in (P_QUOTA, P_QUOTA_TEAM):
        cents = revenue_by_period(metric, program, detail)
        return _quota_reached(program, cents, team=metric.name == P_QUOTA_TEAM)
    raise ValueError(f"{metric} is not a mean of values by replication")


def _quota_reached(program: Program, cents: NDArray[np.int64], *, team: bool) -> Floats:
    """Return the share of quota periods that reach their quota, by replication: float64[n]; of those that have one.

    ``cents``: int64[n, reps, periods].
    """
    cents = cents.sum(axis=1, keepdims=True) if team else cents
    if len(program.quota.own) == 0:
        units = program.quota.units_team if team else program.quota.units
        return _share(cents >= units * program.deals.unit)
    amounts = team_by_period(program)[None] if team else amounts_by_period(program)
    asked = amounts > 0
    return _share((cents >= in_units(program, amounts) * program.deals.unit)[:, None, asked])


def at_most(metric: Metric, value: float, program: Program, detail: Detail) -> Floats:
    """Return the share of the windows of a quantile with revenue of at most a value, by replication: float64[n].

    The p-quantile is where the mean of this passes p.
    """
    if metric.name != QUANTILE:
        raise ValueError(f"{metric} is not a quantile")
    return _share(revenue_by_period(metric, program, detail) <= 100.0 * value)


def spread_sums(metric: Metric, program: Program, detail: Detail) -> Floats:
    """Return the sums behind a spread in every replication of a block, over the windows of all reps.

    Returns
    -------
    float64[n, 2]
        Revenue by close in units of `Deals.unit`, and its squares.
    """
    windows = revenue_by_period(metric, program, detail) // program.deals.unit
    units = windows.reshape(len(windows), -1).astype(np.float64)
    return np.column_stack([units.sum(axis=1), (units * units).sum(axis=1)])


def windows_each(metric: Metric, program: Program) -> int:
    """Return the windows of a metric that a replication holds, of all reps."""
    if cuts_weeks(metric, program):
        return program.team.reps * int(program.calendar.periods[metric.horizon or 0])
    return program.team.reps * len(weeks_of_windows(metric, program))


def cuts_weeks(metric: Metric, program: Program) -> bool:
    """Return whether a metric's periods are months, quarters or years that cut the weeks of a program."""
    horizon = program.quota.horizon if metric.name in (P_QUOTA, P_QUOTA_TEAM) else metric.horizon
    return program.calendar.cut and horizon is not None and horizon > WEEK


def revenue_by_period(metric: Metric, program: Program, detail: Detail) -> NDArray[np.int64]:
    """Return revenue by close over the metric's whole periods (of P(quota), its own), int64[n, reps, periods]."""
    if not cuts_weeks(metric, program):
        return by_period(metric, program, detail.cents[:, CLOSE])
    horizon = program.quota.horizon if metric.horizon is None else metric.horizon
    return _summed(detail.days[:, 0], program.calendar.period_of_day[horizon])


def by_period(metric: Metric, program: Program, weekly: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the sums of weekly figures over the metric's whole periods, int64[n, reps, periods].

    Examples
    --------
    >>> from simcore.program.compiler import compile_scenario
    >>> from simcore.scenario.metric import parse_metric
    >>> from simcore.scenario_files.scenario_file import load_scenario
    >>> program = compile_scenario(load_scenario("trust-the-process", ["horizon.weeks=5"]))
    >>> by_period(parse_metric("p_zero:2w"), program, np.arange(5).reshape(1, 1, 5)).tolist()
    [[[1, 5]]]
    """
    return _summed(weekly, _period_of_weeks(metric, program))


def weeks_of_windows(metric: Metric, program: Program) -> list[tuple[int, int]]:
    """Return for each whole window of a metric its first counted week, and the week after its last."""
    period = _period_of_weeks(metric, program)
    whole, first, length = np.unique(period, return_index=True, return_counts=True)
    inside = whole >= 0
    return list(zip(first[inside].tolist(), (first + length)[inside].tolist(), strict=True))


def _period_of_weeks(metric: Metric, program: Program) -> NDArray[np.int32]:
    """Return the metric's period that each counted week is in, or -1: int32[weeks].

    Raises
    ------
    ValueError
        For a metric of parts of a week, and for one whose periods cut weeks.
    """
    horizon = program.quota.horizon if metric.name in (P_QUOTA, P_QUOTA_TEAM) else metric.horizon
    if horizon is None and metric.weeks is not None:
        weeks = np.arange(program.clock.counted_weeks)
        whole = weeks < len(weeks) // metric.weeks * metric.weeks
        return np.where(whole, weeks // metric.weeks, -1).astype(np.int32)
    if horizon is None or horizon < WEEK or cuts_weeks(metric, program):
        raise ValueError(f"{metric} has no period of whole weeks")
    found: NDArray[np.int32] = program.calendar.period_of_part[horizon]
    # Where months cut weeks, the parts of a week are in one week.
    return found if not program.calendar.cut else np.arange(program.clock.counted_weeks, dtype=np.int32)


def _summed(values: NDArray[np.int64], period: NDArray[np.int32]) -> NDArray[np.int64]:
    """Return the sums of weeks or days over whole periods; ``period``: that of each, or -1."""
    whole = np.flatnonzero(period >= 0)
    if len(whole) == 0:
        raise ValueError("the run holds no whole period")
    begin, end = int(whole[0]), int(whole[-1]) + 1
    starts = np.flatnonzero(np.diff(period[begin:end], prepend=-1))
    summed: NDArray[np.int64] = np.add.reduceat(values[:, :, begin:end], starts, axis=2)
    return summed


def _share(hits: NDArray[np.bool_]) -> Floats:
    """Return the share of hits in each replication."""
    counted: Floats = np.count_nonzero(hits, axis=(1, 2)) / (hits.shape[1] * hits.shape[2])
    return counted
