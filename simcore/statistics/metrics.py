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
from simcore.base.periods import HORIZONS, MONTH, WEEKS_PER_YEAR, period_of_week
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
    problem = lacking(metric, program.clock.counted_weeks, quota)
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
        quota = None if scenario.quota is None else scenario.quota.per
        problem = lacking(metric, scenario.horizon.weeks, quota)
        if problem is not None:
            raise ScenarioError((problem,))


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
        cents = by_period(metric, weekly)
        mean: Floats = cents.sum(axis=(1, 2)) / (100.0 * reps * cents.shape[2])
        return mean
    if metric.name == P_ZERO:
        return _share(by_period(metric, weekly) == 0)
    if metric.name in (P_QUOTA, P_QUOTA_TEAM):
        cents = by_quota_period(program, weekly)
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


def at_most(metric: Metric, value: float, detail: Detail) -> Floats:
    """Return the share of the windows of a quantile with revenue of at most a value, by replication: float64[n].

    The p-quantile is where the mean of this passes p.
    """
    if metric.name != QUANTILE:
        raise ValueError(f"{metric} is not a quantile")
    return _share(by_period(metric, detail.cents[:, CLOSE]) <= 100.0 * value)


def spread_sums(metric: Metric, program: Program, detail: Detail) -> Floats:
    """Return the sums behind a spread in every replication of a block, over the windows of all reps.

    Returns
    -------
    float64[n, 2]
        Revenue by close in units of `Deals.unit`, and its squares.
    """
    windows = by_period(metric, detail.cents[:, CLOSE]) // program.deals.unit
    units = windows.reshape(len(windows), -1).astype(np.float64)
    return np.column_stack([units.sum(axis=1), (units * units).sum(axis=1)])


def windows_each(metric: Metric, program: Program) -> int:
    """Return the windows of a metric that a replication holds, of all reps."""
    return program.team.reps * len(period_ends(metric, program.clock.counted_weeks))


def by_period(metric: Metric, weekly: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the sums of weekly figures over the metric's whole periods, int64[n, reps, periods].

    Examples
    --------
    >>> from simcore.scenario.metric import parse_metric
    >>> by_period(parse_metric("p_zero:2w"), np.arange(5).reshape(1, 1, 5)).tolist()
    [[[1, 5]]]
    """
    return _summed(weekly, period_ends(metric, weekly.shape[2]))


def period_ends(metric: Metric, weeks: int) -> NDArray[np.int64]:
    """Return the week after each whole period of the metric in a run of so many weeks; empty where it holds none.

    Raises
    ------
    ValueError
        For a metric of parts of a week.

    Examples
    --------
    >>> from simcore.scenario.metric import parse_metric
    >>> period_ends(parse_metric("revenue:month"), 14).tolist(), period_ends(parse_metric("revenue:6w"), 14).tolist()
    ([4, 8, 13], [6, 12])
    """
    if metric.weeks is not None:
        return np.arange(metric.weeks, weeks + 1, metric.weeks)
    if metric.horizon != MONTH:
        raise ValueError(f"{metric} has no period of whole weeks")
    return _ends(period_of_week(MONTH, weeks))


def by_quota_period(program: Program, weekly: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the sums of weekly figures over the whole periods of the quota, int64[n, reps, periods]."""
    return _summed(weekly, _ends(program.calendar.period_of_week[program.quota.horizon]))


def _ends(period: NDArray[np.int32]) -> NDArray[np.int64]:
    """Return the week after each whole period, of the period of each week."""
    counts = np.bincount(period[period >= 0])
    return np.cumsum(counts)


def _summed(weekly: NDArray[np.int64], ends: NDArray[np.int64]) -> NDArray[np.int64]:
    if len(ends) == 0:
        raise ValueError("the run holds no whole period")
    starts = np.concatenate([[0], ends[:-1]])
    summed: NDArray[np.int64] = np.add.reduceat(weekly[:, :, : ends[-1]], starts, axis=2)
    return summed


def _share(hits: NDArray[np.bool_]) -> Floats:
    """Return the share of hits in each replication."""
    counted: Floats = np.count_nonzero(hits, axis=(1, 2)) / (hits.shape[1] * hits.shape[2])
    return counted
