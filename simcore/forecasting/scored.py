"""Forecasts beside what happened, and the scores of each method."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np

from simcore.forecasting.backtest_document import MethodScore
from simcore.forecasting.scores import crps, pinball
from simcore.pipeline.history import Floats

TENTHS: Final = 10


def tenths(places: list[float]) -> list[int]:
    """Return how many of some places from 0 to 1 lie in each tenth.

    Examples
    --------
    >>> tenths([0.0, 0.05, 0.95, 1.0])
    [2, 0, 0, 0, 0, 0, 0, 0, 0, 2]
    """
    cells = np.minimum((np.array(places) * TENTHS).astype(np.int64), TENTHS - 1)
    return [int(each) for each in np.bincount(cells, minlength=TENTHS)]


@dataclass(slots=True)
class Scored:
    """The windows of one method, one entry of each list a window."""

    name: str
    level: float
    actual: list[float] = field(default_factory=list)
    low: list[float] = field(default_factory=list)
    median: list[float] = field(default_factory=list)
    high: list[float] = field(default_factory=list)
    mean: list[float] = field(default_factory=list)
    crps: list[float] = field(default_factory=list)

    def add(self, sample: Floats, actual: float) -> None:
        """Score the sample of a forecast."""
        tail = (1.0 - self.level) / 2.0
        low, median, high = (float(each) for each in np.quantile(sample, [tail, 0.5, 1.0 - tail]))
        self.actual.append(actual)
        self.low.append(low)
        self.median.append(median)
        self.high.append(high)
        self.mean.append(float(sample.mean()))
        self.crps.append(crps(sample, actual))

    def covered(self) -> list[bool]:
        """Return in which windows the interval held what happened."""
        return [low <= actual <= high for low, actual, high in zip(self.low, self.actual, self.high, strict=True)]

    def score(self, independent: int) -> MethodScore:
        """Return the scores over all windows; one at least, and something must have happened in them."""
        tail = (1.0 - self.level) / 2.0
        ends = ((self.low, tail), (self.median, 0.5), (self.high, 1.0 - tail))
        losses = [
            pinball(forecast, actual, level)
            for quantiles, level in ends
            for forecast, actual in zip(quantiles, self.actual, strict=True)
        ]
        typical = float(np.mean(self.actual)) or 1.0
        return MethodScore(
            name=self.name,
            windows=len(self.actual),
            independent_windows=independent,
            coverage=float(np.mean(self.covered())),
            crps=float(np.mean(self.crps)) / typical,
            width=float(np.mean(np.subtract(self.high, self.low))) / typical,
            bias=float(np.mean(np.subtract(self.mean, self.actual))) / typical,
            pinball=float(np.mean(losses)) / typical,
        )
