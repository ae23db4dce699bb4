"""Figures of runs in the same worlds, and the paired differences between them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simcore.base.periods import HORIZONS, HOUR, WEEK, WEEKS_PER_YEAR
from simcore.base.text import brief, did_you_mean
from simcore.program.tally import CLOSE, TOTAL
from simcore.statistics.certain import certain_revenue
from simcore.statistics.estimate import Estimate
from simcore.statistics.intervals import UNKNOWN, by_t, critical_value, fixed, never_differed, sign_of, without_error
from simcore.statistics.jackknife import Floats, Replicates, replicates
from simcore.statistics.moments_and_quantiles import (
    coefficient_of_variation,
    mean_of,
    ratio,
    share_of,
    spread_of,
    standard_deviation,
)
from simcore.statistics.windows import deal_root_mean_square, windows_of

if TYPE_CHECKING:
    from simcore.program.layout import Program
    from simcore.program.tally import Tally

Metric = str
"""``revenue``: per rep-year by close, in units of the currency. ``p_quota``: chance that a rep reaches quota in a quota
period. ``sd:week``, ``cv:week`` (or another period): how far the revenue of a rep spreads from one such period to the
next, in units of the currency or as a part of its mean; the variance ratio of `simcore.compare` is that of two sd,
squared."""

REVENUE, P_QUOTA = "revenue", "p_quota"
SPREADS: dict[str, Callable[..., Floats]] = {"sd": standard_deviation, "cv": coefficient_of_variation}
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
    worth: float | None = None
    """What one event adds to the total (of a spread: its root mean square); the bound of what was never seen."""
    certain: bool = False
    """Whether the scenario fixes the figure."""
    share: bool = False
    """Whether it is a share of the windows."""

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
        worth = deal_root_mean_square(program)
        return Sums(
            arrays.replications,
            total,
            windows,
            squares,
            SPREADS[metric.partition(":")[0]],
            None if worth is None else worth * unit,
            certain_revenue(program),
        )
    if metric == REVENUE:
        revenue = arrays.moments[:, CLOSE, WEEK, TOTAL] * unit
        years = arrays.replications * (reps * program.clock.counted_weeks / WEEKS_PER_YEAR)
        worth = program.deals.mean_units * unit
        return Sums(arrays.replications, revenue, years, worth=worth, certain=certain_revenue(program))
    if not has_quota_period(program):
        raise ValueError("the run holds no whole quota period")
    periods = int(program.calendar.periods[program.quota.horizon])
    hits, windows = arrays.quota_hits[:, 0], arrays.replications * (periods * reps)
    return Sums(arrays.replications, hits, windows, certain=certain_revenue(program), share=True)


def figure_of(metric: Metric, sums: Sums) -> Estimate:
    """Return the figure with its standard error.

    Examples
    --------
    >>> one = np.ones(4, np.int64)
    >>> round(figure_of("revenue", Sums(one, np.array([1, 2, 3, 4]), one)).se, 12)
    0.645497224368
    """
    if metric == P_QUOTA or sums.share:
        hits, windows = sums.total.astype(np.int64), sums.windows.astype(np.int64)
        return share_of(sums.replications, hits, windows, certain=sums.certain)
    if sums.squares is not None:
        return spread_of(
            sums.replications,
            *sums.columns,
            relative=sums.statistic is coefficient_of_variation,
            worth=sums.worth,
            certain=sums.certain,
        )
    return mean_of(sums.replications, sums.total, sums.windows, worth=sums.worth, certain=sums.certain)


def replicates_of_difference(sums: Sums, baseline: Sums) -> Replicates:
    """Return the figure minus that of the baseline, of all groups of replications and of all but each."""
    each = len(sums.columns)

    def difference(*columns: Floats) -> Floats:
        return sums.statistic(*columns[:each]) - baseline.statistic(*columns[each:])

    return replicates(difference, sums.replications, *sums.columns, *baseline.columns)


def difference_of(sums: Sums, baseline: Sums, *, alike: bool = False) -> Estimate:
    """Return the figure minus that of the baseline; the error is that of pairs of equal worlds.

    The delete-a-group jackknife of the difference (see `simcore.statistics.jackknife`): what is common to both runs of
    a world leaves the error. Both must hold the same replications, and be of one metric. A difference that was the same
    in all worlds has no error, but a bound (see `simcore.statistics.intervals`); one of shares, of which few worlds
    tell, has pseudo-observations on both sides of zero (after Agresti and Min 2005).

    Parameters
    ----------
    alike
        Whether both are known to do the same, whatever happens: then there is no difference, without error.

    Raises
    ------
    ValueError
        If they hold different replications.

    Examples
    --------
    >>> one = np.ones(9, np.int64)
    >>> found = difference_of(Sums(one, np.arange(9) + one % 2, one), Sums(one, np.arange(9), one, worth=0.5))
    >>> found.estimate, found.se, round(found.low, 3), round(found.high, 3)
    (1.0, None, 0.858, 1.142)
    """
    if not np.array_equal(sums.replications, baseline.replications):
        raise ValueError("the two runs hold different replications: there are no pairs")

    found = replicates_of_difference(sums, baseline)
    if not np.isfinite(found.value):
        return UNKNOWN
    if (alike or (sums.certain and baseline.certain)) and not found.varies:
        return fixed(found.value)
    if found.error == 0.0 or _same(sums, baseline):
        return _never_differed(found.value, sums, baseline)
    if not (sums.share and np.isfinite(found.error)):
        return found.interval()
    wide = by_t(
        found.value,
        _widened(found.error, sums, baseline),
        found.degrees,
        groups=found.groups,
        skewness=found.skewness,
        least=-1.0,
        most=1.0,
    )
    return wide.model_copy(update={"se": found.error})


def _same(sums: Sums, baseline: Sums) -> bool:
    """Return whether all groups have the same sums, and rounding alone makes a difference."""
    return all(np.array_equal(mine, other) for mine, other in zip(sums.columns, baseline.columns, strict=True))


def _never_differed(value: float, sums: Sums, baseline: Sums) -> Estimate:
    """Return a difference that was the same in all worlds, with what is known of the size of one that is not."""
    worlds = float(sums.replications.sum())
    if sums.share:
        found = never_differed(value, worlds, 1.0)
        return found.model_copy(update={"low": max(-1.0, found.low or 0.0), "high": min(1.0, found.high or 0.0)})
    worth = max(sums.worth or 0.0, baseline.worth or 0.0)
    if sums.squares is None and worth > 0.0:
        return never_differed(value, worlds, worth * worlds / float(sums.windows.sum()))
    if sums.squares is not None and not sums.total.any() and not baseline.total.any():
        down, up = (figure_of("", each).high for each in (baseline, sums))
        return Estimate(estimate=value, se=None, low=None if down is None else -down, high=up)
    return without_error(value)


def _widened(error: float, sums: Sums, baseline: Sums) -> float:
    """Return the error of a difference of shares with pseudo-observations on both sides of zero.

    As many as Agresti and Coull's, each as large as those groups that differ are on average.
    """
    size, worlds = sums.replications, float(sums.replications.sum())
    mine, other = (each.total.astype(np.float64) / float(each.windows.sum()) for each in (sums, baseline))
    apart = (mine - other)[size > 0] * worlds
    typical = float((apart**2).sum()) / max(1, int(np.count_nonzero(apart)))
    z = critical_value(np.inf)
    return float(np.sqrt(error**2 + z * z * typical / 2.0 / worlds**2))


__all__ = ["Metric", "Sums", "better", "difference_of", "figure_of", "parse_metric", "sign_of", "sums_of"]
