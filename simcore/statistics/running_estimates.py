"""Running estimates of metrics, from which a run knows when to stop: updated block by block, readable at any time."""

from __future__ import annotations

from math import inf, isfinite
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simcore.numerics.quantiles import t_quantile
from simcore.program.tally import BINS, GROUPS, SECTIONS, bin_values, bins_of
from simcore.scenario.metric import CV, QUANTILE, Metric
from simcore.statistics.certain import certain_revenue
from simcore.statistics.intervals import fixed
from simcore.statistics.jackknife import Replicates
from simcore.statistics.metrics import revenue_by_period, spread_sums, values_of, windows_each
from simcore.statistics.moments_and_quantiles import (
    coefficient_of_variation,
    quantile_bounds,
    spread_of,
    standard_deviation,
)
from simcore.statistics.paired_difference import GroupedSums, paired_replicates, replicates_of
from simcore.statistics.sequential_interval import Reading, RunningMoments, read_difference, read_mean, read_share

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simcore.kernels.detail import Detail
    from simcore.program.layout import Program

SPREAD_GUARD = 25.0
"""Replications before a look at a spread, over the squared skewness of what each adds to it (Cochran 1977).

That is half of what a mean is given: the interval of a spread makes room for skewness by itself (Hall 1992).
"""
_SECTIONS_SLACK = (2.0 / (SECTIONS - 1)) ** 0.5


def block_statistic(metric: Metric, program: Program, first: int, detail: Detail) -> NDArray[np.generic]:
    """Return what a running estimate needs of a block whose first replication has number ``first``.

    Returns
    -------
    float64[n]
        The metric's value in each replication.
    int64[32, bins]
        For a quantile: windows by section and bin of revenue.
    float64[n, 2]
        For a spread: what `simcore.statistics.metrics.spread_sums` returns.
    """
    if metric.is_spread:
        return spread_sums(metric, program, detail)
    if metric.name != QUANTILE:
        return values_of(metric, program, detail)
    windows = revenue_by_period(metric, program, detail) // program.deals.unit
    bins = np.minimum(bins_of(windows), BINS - 1).reshape(len(windows), -1)
    section = (first + np.arange(len(windows))) % SECTIONS
    width = 1 + int(bins.max(initial=0))
    counts = np.bincount((section[:, None] * width + bins).ravel(), minlength=SECTIONS * width)
    return counts.reshape(SECTIONS, width)


class _Mean:
    """A metric that is the mean of its values."""

    def __init__(self, metric: Metric) -> None:
        self.metric = metric
        self.sample = RunningMoments()

    def add(self, piece: NDArray[np.generic]) -> None:
        self.sample.add(piece.astype(np.float64))

    def read(self, miss: float) -> Reading:
        moments = self.sample.moments()
        return read_share(moments, miss) if self.metric.is_share else read_mean(moments, miss)


class _Quantile:
    """A quantile of revenue, by Woodruff's interval."""

    def __init__(self, metric: Metric, program: Program) -> None:
        self.p = metric.percent / 100.0
        self.unit = program.deals.unit / 100.0
        self.counts = np.zeros((SECTIONS, 1), np.int64)

    def add(self, piece: NDArray[np.generic]) -> None:
        wide = max(piece.shape[1], self.counts.shape[1])
        mine, theirs = (
            np.pad(part, ((0, 0), (0, wide - part.shape[1]))) for part in (self.counts, piece.astype(np.int64))
        )
        self.counts = mine + theirs

    def read(self, miss: float) -> Reading:
        values = bin_values()[: self.counts.shape[1]] * self.unit
        found = quantile_bounds(self.counts, values, self.p, lambda degrees: t_quantile(1.0 - miss / 2.0, degrees))
        if found is None:
            return Reading(0.0, -inf, inf, 0.0)
        estimate, low, high = found
        return Reading(estimate, low, high, abs(estimate), _SECTIONS_SLACK)


class _Spread:
    """A standard deviation or a coefficient of variation, by the jackknife over groups of replications."""

    def __init__(self, metric: Metric, program: Program) -> None:
        self._statistic = coefficient_of_variation if metric.name == CV else standard_deviation
        self._windows = windows_each(metric, program)
        self._unit = program.deals.unit / 100.0
        self._certain = certain_revenue(program)
        self._replications = np.zeros(GROUPS, np.int64)
        self._added = np.zeros((GROUPS, 2))

    def add(self, piece: NDArray[np.generic]) -> None:
        group = (int(self._replications.sum()) + np.arange(len(piece))) % GROUPS
        # One after the other, so that the sums are the same bits however the run is cut.
        np.add.at(self._added, group, piece.astype(np.float64))
        self._replications += np.bincount(group, minlength=GROUPS)

    def sums(self) -> GroupedSums:
        """Return the sums by group, as `simcore.statistics.tallied_metrics.sums_of` does of a tally."""
        total, squares = self._added[:, 0] * self._unit, self._added[:, 1] * self._unit**2
        size = self._replications
        return GroupedSums(size, total, size * self._windows, squares, self._statistic, certain=self._certain)

    def read(self, miss: float) -> Reading:
        sums = self.sums()
        relative = self._statistic is coefficient_of_variation
        found = spread_of(sums.replications, *sums.columns, relative=relative, certain=sums.certain, miss=miss)
        if found.estimate is None:
            return Reading(0.0, -inf, inf, 0.0)
        # What was never seen to vary has no interval that a run could end with.
        known = found.estimate > 0.0 or found.se is not None
        low, high = (found.low, found.high) if known else (None, None)
        deviation = sums._replace(statistic=standard_deviation)
        return _reading(found.estimate, (low, high), abs(found.estimate), replicates_of(deviation).logs)


def _reading(value: float, ends: tuple[float | None, float | None], scale: float, found: Replicates) -> Reading:
    """Return a figure by the jackknife with its interval; ``found`` tells how well its error is known."""
    low, high = (-inf if ends[0] is None else ends[0]), (inf if ends[1] is None else ends[1])
    # The skewness of single replications: groups of them are less skewed.
    least = SPREAD_GUARD * found.skewness**2 * float(found.sizes.sum()) / max(1, found.groups)
    return Reading(value, low, high, scale, (2.0 / found.degrees) ** 0.5, least)


RunningEstimate = _Mean | _Quantile | _Spread


def running_estimate(metric: Metric, program: Program) -> RunningEstimate:
    """Return the running estimate of a metric: `block_statistic` of each block is added to it, in order."""
    if metric.is_spread:
        return _Spread(metric, program)
    return _Quantile(metric, program) if metric.name == QUANTILE else _Mean(metric)


class RunningDifference:
    """The running estimate of a metric of a strategy minus that of the baseline, with common random numbers."""

    def __init__(self, mine: RunningEstimate, base: RunningEstimate) -> None:
        self._mine, self._base = mine, base
        self._sample = RunningMoments()

    def add(self, mine: NDArray[np.generic], base: NDArray[np.generic]) -> None:
        """Add a block of both; the running estimates of the strategies themselves are updated elsewhere."""
        if isinstance(self._mine, _Mean):
            self._sample.add(mine.astype(np.float64) - base.astype(np.float64))

    def read(self, miss: float) -> Reading:
        """Return the difference with its interval; quantiles have the difference of two intervals, not of pairs."""
        mine, base = self._mine, self._base
        if isinstance(mine, _Mean) and isinstance(base, _Mean):
            moments, scale = self._sample.moments(), abs(base.sample.moments().mean)
            if mine.metric.is_share:
                return read_difference(moments, miss, scale)
            return read_mean(moments, miss, scale)
        if isinstance(mine, _Spread) and isinstance(base, _Spread):
            found = paired_replicates(mine.sums(), base.sums())
            if not isfinite(found.value):
                return Reading(0.0, -inf, inf, 0.0)
            ends = found.interval(miss=miss) if found.error > 0.0 else fixed(found.value)
            return _reading(found.value, (ends.low, ends.high), abs(base.read(miss).estimate), found)
        x, y = mine.read(miss / 2.0), base.read(miss / 2.0)
        return Reading(x.estimate - y.estimate, x.low - y.high, x.high - y.low, y.scale, max(x.slack, y.slack))

    def crude_ratio(self) -> float | None:
        """Return the ratio of replications that independent worlds would need; ``None`` where nothing differs."""
        if isinstance(self._mine, _Spread) and isinstance(self._base, _Spread):
            mine, base = self._mine.sums(), self._base.sums()
            both = replicates_of(mine).error ** 2 + replicates_of(base).error ** 2
            pairs = paired_replicates(mine, base).error ** 2
            return both / pairs if 0.0 < pairs < inf else None
        if not (isinstance(self._mine, _Mean) and isinstance(self._base, _Mean)):
            return None
        paired = self._sample.moments().variance
        apart = self._mine.sample.moments().variance + self._base.sample.moments().variance
        return apart / paired if paired > 0.0 else None


class RunningComparison:
    """Running estimates of several strategies, and of their differences from one of them."""

    def __init__(self, metrics: Sequence[Metric], programs: Sequence[Program], base: int) -> None:
        self._base = base
        self._own = [[running_estimate(metric, program) for metric in metrics] for program in programs]
        self.others = [number for number in range(len(programs)) if number != base]
        self.differences = [
            [RunningDifference(self._own[number][m], self._own[base][m]) for m in range(len(metrics))]
            for number in self.others
        ]

    def add(self, pieces: Sequence[Sequence[NDArray[np.generic]]]) -> None:
        """Add a block: its `block_statistic` by strategy and metric."""
        for own, parts in zip(self._own, pieces, strict=True):
            for figure, part in zip(own, parts, strict=True):
                figure.add(part)
        for number, row in zip(self.others, self.differences, strict=True):
            for difference, mine, base in zip(row, pieces[number], pieces[self._base], strict=True):
                difference.add(mine, base)
