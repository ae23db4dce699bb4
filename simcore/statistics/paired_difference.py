"""Figures of runs with common random numbers, and the paired differences between them."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from simcore.statistics.estimate import Estimate
from simcore.statistics.intervals import (
    UNKNOWN,
    by_t,
    critical_value,
    fixed,
    never_differed,
    significant_sign,
    without_error,
)
from simcore.statistics.jackknife import Floats, Replicates, replicates
from simcore.statistics.moments_and_quantiles import coefficient_of_variation, mean_of, proportion_of, ratio, spread_of


class GroupedSums(NamedTuple):
    """A figure as a function of sums by group of replications; G groups."""

    replications: NDArray[np.int64]
    """int64[G]"""
    total: NDArray[np.generic]
    """[G]: revenue in units of the currency, or windows in which something happened."""
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


def replicates_of(sums: GroupedSums) -> Replicates:
    """Return the figure from all groups of replications and without each of them."""
    return replicates(sums.statistic, sums.replications, *sums.columns)


def figure_of(sums: GroupedSums) -> Estimate:
    """Return the figure with its standard error.

    Examples
    --------
    >>> one = np.ones(4, np.int64)
    >>> round(figure_of(GroupedSums(one, np.array([1, 2, 3, 4]), one)).se, 12)
    0.645497224368
    """
    if sums.share:
        hits, windows = sums.total.astype(np.int64), sums.windows.astype(np.int64)
        return proportion_of(sums.replications, hits, windows, certain=sums.certain)
    if sums.squares is not None:
        return spread_of(
            sums.replications,
            *sums.columns,
            relative=sums.statistic is coefficient_of_variation,
            worth=sums.worth,
            certain=sums.certain,
        )
    return mean_of(sums.replications, sums.total, sums.windows, worth=sums.worth, certain=sums.certain)


def difference_of(sums: GroupedSums, baseline: GroupedSums, *, alike: bool = False) -> Estimate:
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
    >>> baseline = GroupedSums(one, np.arange(9), one, worth=0.5)
    >>> found = difference_of(baseline._replace(total=np.arange(9) + one % 2), baseline)
    >>> found.estimate, found.se, round(found.low, 3), round(found.high, 3)
    (1.0, None, 0.858, 1.142)
    """
    if not np.array_equal(sums.replications, baseline.replications):
        raise ValueError("the two runs hold different replications: there are no pairs")

    found = paired_replicates(sums, baseline)
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


def paired_replicates(sums: GroupedSums, baseline: GroupedSums) -> Replicates:
    """Return the figure minus that of the baseline, from all groups of replications and without each of them."""
    each = len(sums.columns)

    def difference(*columns: Floats) -> Floats:
        return sums.statistic(*columns[:each]) - baseline.statistic(*columns[each:])

    return replicates(difference, sums.replications, *sums.columns, *baseline.columns)


def _same(sums: GroupedSums, baseline: GroupedSums) -> bool:
    """Return whether all groups have the same sums, and rounding alone makes a difference."""
    return all(np.array_equal(mine, other) for mine, other in zip(sums.columns, baseline.columns, strict=True))


def _never_differed(value: float, sums: GroupedSums, baseline: GroupedSums) -> Estimate:
    """Return a difference that was the same in all worlds, with what is known of the size of one that is not."""
    worlds = float(sums.replications.sum())
    if sums.share:
        found = never_differed(value, worlds, 1.0)
        return found.model_copy(update={"low": max(-1.0, found.low or 0.0), "high": min(1.0, found.high or 0.0)})
    worth = max(sums.worth or 0.0, baseline.worth or 0.0)
    if sums.squares is None and worth > 0.0:
        return never_differed(value, worlds, worth * worlds / float(sums.windows.sum()))
    if sums.squares is not None and not sums.total.any() and not baseline.total.any():
        down, up = (figure_of(each).high for each in (baseline, sums))
        return Estimate(estimate=value, se=None, low=None if down is None else -down, high=up)
    return without_error(value)


def _widened(error: float, sums: GroupedSums, baseline: GroupedSums) -> float:
    """Return the error of a difference of shares with pseudo-observations on both sides of zero.

    As many as Agresti and Coull's, each as large as those groups that differ are on average.
    """
    size, worlds = sums.replications, float(sums.replications.sum())
    mine, other = (each.total.astype(np.float64) / float(each.windows.sum()) for each in (sums, baseline))
    apart = (mine - other)[size > 0] * worlds
    typical = float((apart**2).sum()) / max(1, int(np.count_nonzero(apart)))
    z = critical_value(np.inf)
    return float(np.sqrt(error**2 + z * z * typical / 2.0 / worlds**2))


__all__ = ["GroupedSums", "difference_of", "figure_of", "paired_replicates", "replicates_of", "significant_sign"]
