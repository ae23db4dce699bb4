"""Ranges and fans of a sample of totals."""

from __future__ import annotations

from typing import Final

import numpy as np

from simcore.forecasting.forecast_document import FanPoint, Range
from simcore.forecasting.sources import day_text
from simcore.pipeline.history import Floats
from simcore.pipeline.rhythm import WEEK
from simcore.statistics.intervals import by_t

ENDS: Final = (0.05, 0.5, 0.95)


def range_of(sample: Floats) -> Range:
    """Return the range of a sample, and its mean with the error of the simulation."""
    low, median, high = (float(each) for each in np.quantile(sample, ENDS))
    count = len(sample)
    error = float(sample.std(ddof=1) / np.sqrt(count)) if count > 1 else float("nan")
    return Range(low=low, median=median, high=high, mean=by_t(float(sample.mean()), error, count - 1, groups=count))


def fan_of(weekly: Floats, closed: float, day: int, by: int) -> list[FanPoint]:
    """Return what has come by the end of every week.

    Parameters
    ----------
    weekly
        Of shape (replications, weeks).
    closed
        What had come before.
    day, by
        The first day, and the last one, in which the last week ends.
    """
    quantiles = np.quantile(closed + np.cumsum(weekly, axis=1), ENDS, axis=0)
    return [
        FanPoint(until=day_text(min(day + WEEK * (week + 1) - 1, by)), low=low, median=median, high=high)
        for week, (low, median, high) in enumerate(quantiles.T.tolist())
    ]
