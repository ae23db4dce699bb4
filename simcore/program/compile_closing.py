"""Compiles closing days: who waits for one, and until when."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simcore.program.layout import Closing, Lags
from simcore.quantities.lags import next_closing
from simcore.random.addresses import MAX_WEEKS
from simcore.random.draws import TWO_32

if TYPE_CHECKING:
    from simcore.scenario.model import Scenario


def compile_closing(scenario: Scenario) -> Closing:
    """Return until when items of each step wait, by simulated day; after the run, too."""
    threshold, table = np.zeros(len(scenario.funnel), np.int64), np.full(len(scenario.funnel), -1, np.int64)
    found: list[NDArray[np.int32]] = []
    days = MAX_WEEKS * scenario.calendar.days_per_week
    for step, stage in enumerate(scenario.funnel):
        # A share of which no word is left is that of 0: nobody waits.
        if stage.closing is not None and int(stage.closing.share * TWO_32 + 0.5) > 0:
            threshold[step], table[step] = int(stage.closing.share * TWO_32 + 0.5), len(found)
            found.append(next_closing(stage.closing, scenario.calendar, -scenario.horizon.warmup_weeks, days))
    longest = max((int((of - np.arange(days)).max()) for of in found), default=0)
    return Closing(threshold, table, np.array(found, np.int32).reshape(len(found), days), longest)


def waiting_for(lags: Lags, closing: Closing) -> Lags:
    """Return lags of which those take time whose items may wait for a day."""
    lagged = lags.lagged.copy()
    lagged[: len(closing.threshold)] |= closing.threshold > 0
    return lags._replace(lagged=lagged)
