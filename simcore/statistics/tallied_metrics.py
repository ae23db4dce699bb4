"""Metrics from the tally of a run, with their errors, and paired differences between runs in the same worlds.

A metric that is a smooth function of sums over groups of replications is a `GroupedSums`: its error, and that of a
difference, is the jackknife's. A quantile is none: it has Woodruff's interval, and a difference of two the longest
interval that theirs allow, each at half of the probability of a miss. Such a difference takes no pairs, and misses less
often than it says.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simcore.base.periods import WEEK, WEEKS_PER_YEAR
from simcore.program.quotas import periods_with_quota
from simcore.program.tally import CLOSE, SECTIONS, TOTAL, WITH_DEAL, bin_values
from simcore.scenario.metric import CV, P_QUOTA, P_QUOTA_TEAM, P_ZERO, QUANTILE, REVENUE, YEARLY_REVENUE, Metric
from simcore.statistics.certain import certain_revenue
from simcore.statistics.estimate import Estimate
from simcore.statistics.intervals import MISS, UNKNOWN, Z975, fixed
from simcore.statistics.jackknife import Floats
from simcore.statistics.moments_and_quantiles import coefficient_of_variation, sectioned_quantile, standard_deviation
from simcore.statistics.paired_difference import GroupedSums, difference_of, figure_of
from simcore.statistics.windows import deal_root_mean_square, windows_of

if TYPE_CHECKING:
    from simcore.program.layout import Program
    from simcore.program.quotas import periods_with_quota
from simcore.program.tally import Tally


class Histogram(NamedTuple):
    """A quantile as what its windows are counted in; S sections of replications."""

    counts: NDArray[np.int64]
    """int64[S, bins]: windows by revenue."""
    values: Floats
    """float64[bins]: the revenue of each bin, in units of the currency."""
    p: float
    replications: float
    certain: bool
    """Whether the scenario fixes all windows."""


Tallied = GroupedSums | Histogram


def has_quota_period(program: Program) -> bool:
    """Return whether a run has a quota, and holds a whole period of it."""
    return program.quota.horizon > 0 and bool(program.calendar.periods[program.quota.horizon])


def tallied(metric: Metric, program: Program, tally: Tally) -> Tallied:
    """Return what a run tells of a metric.

    Raises
    ------
    ValueError
        As `sums_of`.
    """
    if metric.name != QUANTILE:
        return sums_of(metric, program, tally)
    horizon, windows = _windows(metric, program, tally)
    return Histogram(
        window_counts(tally, CLOSE, horizon, windows),
        bin_values() * (program.deals.unit / 100.0),
        metric.percent / 100.0,
        float(tally.replications),
        certain_revenue(program),
    )


def estimate_of(found: Tallied) -> Estimate:
    """Return a metric with its error and 95 % interval."""
    return figure_of(found) if isinstance(found, GroupedSums) else _quantile(found, MISS)


def _quantile(found: Histogram, miss: float) -> Estimate:
    counts, values, p, replications, certain = found
    return sectioned_quantile(counts, values, p, replications=replications, certain=certain, miss=miss)


def estimate_of_difference(mine: Tallied, baseline: Tallied) -> Estimate:
    """Return a metric less that of a baseline in the same worlds, with its error and 95 % interval.

    Raises
    ------
    ValueError
        If the two are of different metrics, or hold different replications.

    Examples
    --------
    >>> low = Histogram(np.tile([90, 10, 0], (32, 1)), np.array([0.0, 1.0, 2.0]), 0.5, 3200.0, False)
    >>> high = low._replace(counts=np.tile([10, 0, 90], (32, 1)))
    >>> found = estimate_of_difference(high, low)
    >>> found.estimate, found.low, found.high
    (2.0, 2.0, 2.0)
    """
    if isinstance(mine, GroupedSums) and isinstance(baseline, GroupedSums):
        return difference_of(mine, baseline)
    if isinstance(mine, GroupedSums) or isinstance(baseline, GroupedSums) or mine.p != baseline.p:
        raise ValueError("there is no difference between two metrics")
    if mine.replications != baseline.replications:
        raise ValueError("the two runs hold different replications: there are no pairs")
    x, y = (_quantile(each, MISS / 2.0) for each in (mine, baseline))
    if x.estimate is None or y.estimate is None:
        return UNKNOWN
    value = x.estimate - y.estimate
    if mine.certain and baseline.certain:
        return fixed(value)
    low = None if x.low is None or y.high is None else x.low - y.high
    high = None if x.high is None or y.low is None else x.high - y.low
    error = None if low is None or high is None else max(high - value, value - low) / Z975
    return Estimate(estimate=value, se=error, low=low, high=high)


def sums_of(metric: Metric, program: Program, tally: Tally) -> GroupedSums:
    """Return the sums behind a metric.

    Parameters
    ----------
    metric
        Any but a quantile; its window is a horizon, see `simcore.base.periods`.

    Raises
    ------
    ValueError
        For a quantile or a window that no run counts, or if the run holds no whole period that the metric is of.
    """
    arrays, reps = tally.arrays, program.team.reps
    size, unit, certain = arrays.replications, program.deals.unit / 100.0, certain_revenue(program)
    if metric == YEARLY_REVENUE:
        revenue = arrays.moments[:, CLOSE, WEEK, TOTAL] * unit
        years = size * (reps * program.clock.counted_weeks / WEEKS_PER_YEAR)
        return GroupedSums(size, revenue, years, worth=program.deals.mean_units * unit, certain=certain)
    if metric.name in (P_QUOTA, P_QUOTA_TEAM):
        if not has_quota_period(program):
            raise ValueError("the run holds no whole quota period")
        column = 0 if metric.name == P_QUOTA else 1
        periods = periods_with_quota(program, team=column == 1)
        return GroupedSums(size, arrays.quota_hits[:, column], size * periods, certain=certain, share=True)
    horizon, windows = _windows(metric, program, tally)
    if metric.name == P_ZERO:
        dry = np.maximum(windows - arrays.moments[:, CLOSE, horizon, WITH_DEAL], 0)
        return GroupedSums(size, dry, windows, worth=1.0, certain=certain, share=True)
    total = arrays.moments[:, CLOSE, horizon, TOTAL] * unit
    if metric.name == REVENUE:
        return GroupedSums(size, total, windows, worth=program.deals.mean_units * unit, certain=certain)
    if not metric.is_spread:
        raise ValueError(f"{metric} is no function of sums")
    squares, worth = tally.squares(CLOSE, horizon) * unit**2, deal_root_mean_square(program)
    worth = None if worth is None else worth * unit
    return GroupedSums(
        size,
        total,
        windows,
        squares,
        coefficient_of_variation if metric.name == CV else standard_deviation,
        worth,
        certain,
    )


def window_counts(tally: Tally, account: int, horizon: int, windows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the windows of a horizon by section and bin of revenue, int64[S, bins], those without revenue in bin 0.

    Parameters
    ----------
    windows
        int64[G]: all of them, by group.
    """
    counts = tally.arrays.bins[:, account, horizon]
    counts = counts[:, : 1 + int(np.flatnonzero(counts.any(axis=0)).max(initial=0))].copy()
    by_section = np.bincount(np.arange(len(windows)) % SECTIONS, weights=windows, minlength=SECTIONS)
    # By close, deals that were open at the start can outnumber the calls: then no call was in vain.
    counts[:, 0] = np.maximum(by_section.astype(np.int64) - counts.sum(axis=1), 0)
    return counts


def _windows(metric: Metric, program: Program, tally: Tally) -> tuple[int, NDArray[np.int64]]:
    """Return the horizon of a metric, and the number of its windows by group."""
    if metric.horizon is None:
        raise ValueError(f"no run counts periods of {metric}")
    windows = windows_of(program, tally, metric.horizon)
    if not windows.any():
        raise ValueError(f"the run holds no whole {metric.window}")
    return metric.horizon, windows
