"""The forecast: what may come until a day, with what its width is made of."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy import stats

from simcore.base.errors import Problem, ScenarioError
from simcore.base.text import did_you_mean
from simcore.base.version import __version__
from simcore.engine.runner import Progress, Report, Stop
from simcore.forecasting.backtest_document import Measure
from simcore.forecasting.forecast_document import (
    DealChance,
    FanPoint,
    Forecast,
    Range,
    Weather,
    WidthPart,
)
from simcore.forecasting.sources import Known, day_text
from simcore.pipeline.ahead import Ahead, OpenDeals, chances, open_deals, play_ahead
from simcore.pipeline.history import WON, Floats, History
from simcore.pipeline.naive import stage_weighted_deals
from simcore.pipeline.posterior import Posterior, Seeds, learn
from simcore.pipeline.rhythm import WEEK
from simcore.results.header import ScenarioIdentity
from simcore.statistics.estimate import Estimate
from simcore.statistics.intervals import mean_of, share_of

REPLICATIONS: Final = 10_000
SPLIT_REPLICATIONS: Final = 2_500
"""Worlds in which one factor is held while the others are drawn anew, for each factor."""
MOST_DEALS: Final = 10
_DRAWS: Final = 200
_BAND: Final = 0.05
"""Half of the worlds of a weather: those whose market lies so near to a quantile."""
_QUARTER: Final = 13
_OUTSIDE: Final = 0.005
_EPOCHS: Final = 5


@dataclass(frozen=True)
class ForecastRequest:
    """The question of a forecast, with its arguments.

    Attributes
    ----------
    known
        The history.
    by
        The last day, in days since 1970-01-01.
    since
        The first day of the period; by default the day after that of the history, so that nothing is closed already.
    quota
        What is to be reached, in the unit of the measure.
    without
        Ids of open deals that are taken as lost today.
    """

    known: Known
    by: int
    since: int | None = None
    quota: float | None = None
    measure: Measure = "value"
    without: tuple[str, ...] = ()
    replications: int = REPLICATIONS
    seed: int = 1

    def run(self, *, progress: Report | None = None, stop: Stop | None = None) -> Forecast:
        """Return the forecast.

        Parameters
        ----------
        progress
            Called after each part.
        stop
            Asked before what the width is made of is worked out: without it, the forecast is reported as interrupted.

        Raises
        ------
        ScenarioError
            If the day is not after that of the history, or the history is too short, or has no values and these are
            asked for, or a deal is not among those that are open.
        """
        started = time.perf_counter()
        day = self.known.as_of + 1
        history = self.known.history.for_forecasts(day)
        self._check(history, day)
        posterior = learn(history, day)
        everything = open_deals(posterior)
        left_out = self._left_out(everything)
        deals = everything.take(~left_out)
        days = self.by - day + 1

        def report(done: int) -> None:
            if progress is not None:
                progress(Progress(done, _EPOCHS, time.perf_counter() - started, 0.0))

        ahead = play_ahead(posterior, deals, days, self.replications, Seeds.of(self.seed))
        report(1)
        interrupted = False
        width: list[WidthPart] = []
        for part in range(_EPOCHS - 2):
            interrupted = interrupted or (stop is not None and stop())
            report(2 + part)
        width = [] if interrupted else self._width(posterior, deals, days)
        report(_EPOCHS)
        return self._document(posterior, deals, ahead, width, time.perf_counter() - started, interrupted=interrupted)
