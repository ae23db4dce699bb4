"""Figures of runs in the same worlds, and the paired differences between them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simcore.estimate import Z975, Floats, jackknife, ratio, share
from simcore.horizons import WEEK, WEEKS_PER_YEAR
from simcore.tally import CLOSE, TOTAL

if TYPE_CHECKING:
    from simcore.program import Program
    from simcore.summary import Estimate
    from simcore.tally import Tally

Metric = Literal["revenue", "p_quota"]
"""Revenue per rep-year by close, in units of the currency; chance that a rep reaches quota in a quota period."""


class Sums(NamedTuple):
    """A figure as a ratio of sums by group of replications; G groups."""

    replications: NDArray[np.int64]
    """int64[G]"""
    total: NDArray[np.generic]
    """[G]: revenue in units of the currency, or quota periods in which a rep reached quota."""
    windows: NDArray[np.generic]
    """[G]: rep-years, or quota periods of reps."""


def has_quota_period(program: Program) -> bool:
    """Return whether a run has a quota, and holds a whole period of it."""
    return program.quota.horizon > 0 and bool(program.calendar.periods[program.quota.horizon])


def sums_of(metric: Metric, program: Program, tally: Tally) -> Sums:
    """Return the sums behind a figure of a run.

    Raises
    ------
    ValueError
        If a chance of quota is asked for and the run holds no whole quota period.
    """
    arrays, reps = tally.arrays, program.team.reps
    if metric == "revenue":
        revenue = arrays.moments[:, CLOSE, WEEK, TOTAL] * (program.deals.unit / 100.0)
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
    if metric == "p_quota":
        return share(sums.replications, sums.total.astype(np.int64), sums.windows.astype(np.int64))
    return jackknife(ratio, sums.replications, sums.total, sums.windows)


def difference_of(sums: Sums, baseline: Sums) -> Estimate:
    """Return the figure minus that of the baseline; the error is that of pairs of equal worlds.

    The delete-a-group jackknife of the difference (see `simcore.estimate`): what is common to both runs of a world
    leaves the error. Both must hold the same replications.

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

    def difference(mine: Floats, my_windows: Floats, other: Floats, other_windows: Floats) -> Floats:
        return mine / my_windows - other / other_windows

    return jackknife(difference, sums.replications, sums.total, sums.windows, baseline.total, baseline.windows)


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
