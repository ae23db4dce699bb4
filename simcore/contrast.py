"""Figures of runs in the same worlds, and the paired differences between them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simcore.averaging import windows_of
from simcore.estimate import Z975, Floats, jackknife, ratio, share, spread, variation
from simcore.horizons import HORIZONS, HOUR, WEEK, WEEKS_PER_YEAR
from simcore.tally import CLOSE, TOTAL
from simcore.text import brief, did_you_mean

if TYPE_CHECKING:
    from simcore.program import Program
    from simcore.summary import Estimate
    from simcore.tally import Tally

Metric = str
"""``revenue``: per rep-year by close, in units of the currency. ``p_quota``: chance that a rep reaches quota in a quota
period. ``sd:week``, ``cv:week`` (or another period): how far the revenue of a rep spreads from one such period to the
next, in units of the currency or as a part of its mean; the variance ratio of `simcore.compare` is that of two sd,
squared."""

REVENUE, P_QUOTA = "revenue", "p_quota"
SPREADS: dict[str, Callable[..., Floats]] = {"sd": spread, "cv": variation}
PERIODS = HORIZONS[HOUR:]
"""The periods that a spread can be of."""


class Sums(NamedTuple):
    """A figure as a function of sums by group of replications; G groups."""

    replications: NDArray[np.int64]
    """int64[G]"""
    total: NDArray[np.generic]
    """[G]: revenue in units of the currency, or quota periods in which a rep reached quota."""
    windows: NDArray[np.generic]
    """[G]: rep-years, quota periods of reps, or the periods of a spread."""
    squares: NDArray[np.generic] | None = None
    """[G]: revenue of each period squared, for a spread only."""
    statistic: Callable[..., Floats] = ratio
    """What the sums come to."""

    @property
    def columns(self) -> tuple[NDArray[np.generic], ...]:
        """The sums in the order in which ``statistic`` takes them."""
        return (self.total, self.windows) if self.squares is None else (self.total, self.squares, self.windows)


def parse_metric(text: str) -> Metric:
    """Read the name of a metric.

    Raises
    ------
    ValueError
        If it is none.

    Examples
    --------
    >>> parse_metric(" sd:week ")
    'sd:week'
    >>> parse_metric("sd")
    Traceback (most recent call last):
    ValueError: sd needs a period, as in sd:week
    """
    metric = text.strip()
    name, colon, period = metric.partition(":")
    if metric in (REVENUE, P_QUOTA) or (name in SPREADS and period in PERIODS):
        return metric
    if name in SPREADS and not colon:
        raise ValueError(f"{name} needs a period, as in {name}:week")
    if name in SPREADS:
        hint = did_you_mean(period, PERIODS)
        raise ValueError(f"{brief(period)!r} is not a period: {', '.join(PERIODS)}" + (f"; {hint}" if hint else ""))
    if name in (REVENUE, P_QUOTA):
        raise ValueError(f"{name} takes no period here: revenue is that of a year, p_quota that of the quota's period")
    hint = did_you_mean(name, (REVENUE, P_QUOTA, *SPREADS))
    known = "revenue, p_quota, and sd or cv of a period, as in sd:week"
    raise ValueError(f"{brief(metric)!r} is not a metric; there are {known}" + (f"; {hint}" if hint else ""))


def period_of(metric: Metric) -> int | None:
    """Return the horizon of a spread; ``None`` for what is no spread.

    Examples
    --------
    >>> period_of("cv:week"), period_of("revenue")
    (3, None)
    """
    name, _, period = metric.partition(":")
    return HORIZONS.index(period) if name in SPREADS else None


def better(metric: Metric) -> int:
    """Return 1 where the larger figure is ahead, -1 where the smaller one is: of spreads, the steadier strategy."""
    return 1 if period_of(metric) is None else -1


def has_quota_period(program: Program) -> bool:
    """Return whether a run has a quota, and holds a whole period of it."""
    return program.quota.horizon > 0 and bool(program.calendar.periods[program.quota.horizon])


def sums_of(metric: Metric, program: Program, tally: Tally) -> Sums:
    """Return the sums behind a figure of a run.

    Raises
    ------
    ValueError
        If the run holds no whole period that the metric is of.
    """
    arrays, reps = tally.arrays, program.team.reps
    unit, horizon = program.deals.unit / 100.0, period_of(metric)
    if horizon is not None:
        windows = windows_of(program, tally, horizon)
        if not windows.any():
            raise ValueError(f"the run holds no whole {HORIZONS[horizon]}")
        total, squares = arrays.moments[:, CLOSE, horizon, TOTAL] * unit, tally.squares(CLOSE, horizon) * unit**2
        return Sums(arrays.replications, total, windows, squares, SPREADS[metric.partition(":")[0]])
    if metric == REVENUE:
        revenue = arrays.moments[:, CLOSE, WEEK, TOTAL] * unit
        return Sums(
            arrays.replications, revenue, arrays.replications * (reps * program.clock.counted_weeks / WEEKS_PER_YEAR)
        )
    if not has_quota_period(program):
        raise ValueError("the run holds no whole quota period")
    periods = int(program.calendar.periods[program.quota.horizon])
    return Sums(arrays.replications, arrays.quota_hits[:, 0], arrays.replications * (periods * reps))


def figure_of(metric: Metric, sums: Sums) -> Estimate:
    """Return the figure with its standard error.

    Examples
    --------
    >>> one = np.ones(4, np.int64)
    >>> round(figure_of("revenue", Sums(one, np.array([1, 2, 3, 4]), one)).se, 12)
    0.645497224368
    """
    if metric == P_QUOTA:
        return share(sums.replications, sums.total.astype(np.int64), sums.windows.astype(np.int64))
    return jackknife(sums.statistic, sums.replications, *sums.columns)


def difference_of(sums: Sums, baseline: Sums) -> Estimate:
    """Return the figure minus that of the baseline; the error is that of pairs of equal worlds.

    The delete-a-group jackknife of the difference (see `simcore.estimate`): what is common to both runs of a world
    leaves the error. Both must hold the same replications, and be of one metric.

    Raises
    ------
    ValueError
        If they do not.

    Examples
    --------
    >>> one = np.ones(4, np.int64)
    >>> difference_of(Sums(one, np.array([2, 3, 4, 5]), one), Sums(one, np.array([1, 2, 3, 4]), one))
    Estimate(estimate=1.0, se=0.0)
    """
    if not np.array_equal(sums.replications, baseline.replications):
        raise ValueError("the two runs hold different replications: there are no pairs")

    each = len(sums.columns)

    def difference(*columns: Floats) -> Floats:
        return sums.statistic(*columns[:each]) - baseline.statistic(*columns[each:])

    return jackknife(difference, sums.replications, *sums.columns, *baseline.columns)


def sign_of(difference: Estimate) -> int:
    """Return 1 or -1 where a difference is more than 1.96 standard errors from zero, else 0.

    Examples
    --------
    >>> from simcore.summary import Estimate
    >>> [sign_of(Estimate(estimate=value, se=1.0)) for value in (2.0, -2.0, 1.9)]
    [1, -1, 0]
    """
    if difference.estimate is None or difference.se is None or abs(difference.estimate) <= Z975 * difference.se:
        return 0
    return 1 if difference.estimate > 0 else -1
