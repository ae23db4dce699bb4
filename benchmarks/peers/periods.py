"""Sums over the periods of one horizon, and the figures that come of them: for the peers whose deals have prices."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np

from benchmarks.peers.canonical import HorizonStatistics, deviation

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Counts = NDArray[np.int64]

CENTS_PER_BIN: Final = 10_000


@dataclass
class Periods:
    """Sums over the periods of one horizon; revenue in cents."""

    periods: int = 0
    total: float = 0.0
    squares: float = 0.0
    bins: Counts = field(default_factory=lambda: np.zeros(0, np.int64))
    first_sum: int = 0
    first_squares: int = 0

    def add_revenue(self, periods: int, revenue: Floats) -> None:
        """Count so many periods, given the revenue of those that have any."""
        self.periods += periods
        self.total += float(revenue.sum())
        self.squares += float(np.square(revenue).sum())
        bins = np.bincount((revenue * (1.0 / CENTS_PER_BIN)).astype(np.intp), minlength=self.bins.size)
        bins[: self.bins.size] += self.bins
        self.bins = bins

    def add_meetings(self, meetings: Counts) -> None:
        """Count the meetings of a period of every rep."""
        self.first_sum += int(meetings.sum())
        self.first_squares += int(np.square(meetings).sum())

    def quantile(self, probability: float) -> float:
        """Return the lower end of the bin of a quantile, in dollars."""
        bins = self.bins.copy()
        bins[0] = self.periods - int(bins[1:].sum())
        reached = np.cumsum(bins) >= probability * self.periods
        return float(np.argmax(reached)) * CENTS_PER_BIN / 100

    def describe(self) -> HorizonStatistics:
        """Turn the sums into figures; at least two periods."""
        variance = (self.squares - self.total**2 / self.periods) / (self.periods - 1)
        return {
            "mean": self.total / self.periods / 100,
            "sd": float(np.sqrt(variance)) / 100,
            "p_zero": 1 - int(self.bins[1:].sum()) / self.periods,
            "q05": self.quantile(0.05),
            "q50": self.quantile(0.50),
            "q95": self.quantile(0.95),
            "first_mean": self.first_sum / self.periods,
            "first_sd": deviation(self.periods, self.first_sum, self.first_squares),
        }
