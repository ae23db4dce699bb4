"""Compiles what a deal needs to flat arrays."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

import numpy as np

from simcore.numerics.elementary import log
from simcore.program.layout import (
    AT_START,
    COST,
    DROP,
    EVERY,
    NEED_COLUMNS,
    QUIET,
    RESCUE,
    RESCUE_LAG,
    SHARE,
    SLOWS,
    TAKES,
    WITHOUT,
    WORKS,
    Lags,
    Needs,
)
from simcore.scenario.needs import needs_step

if TYPE_CHECKING:
    from simcore.scenario.model import Duration, Need, Scenario


def compile_needs(scenario: Scenario) -> Needs:
    """Compile the needs of the step that has some; without rows where none has.

    Examples
    --------
    >>> from simcore.scenario_files.scenario_file import load_scenario
    >>> compile_needs(load_scenario("trust-the-process")).step
    0
    """
    step = needs_step(scenario.funnel)
    needs = list((scenario.funnel[step].needs or {}).values())
    law = np.zeros((len(needs), len(NEED_COLUMNS)))
    for row, need in zip(law, needs, strict=True):
        _fill(row, need, scenario)
    return Needs(step, law, bool((law[:, COST] > 0).any()))


def waiting(lags: Lags, needs: Needs) -> Lags:
    """Return the lags of a scenario with those of the step that has needs: it waits, be it for no time."""
    if needs.step == 0:
        return lags
    lagged = lags.lagged.copy()
    lagged[needs.step] = True
    return lags._replace(lagged=lagged)


def _fill(row: np.ndarray, need: Need, scenario: Scenario) -> None:
    def whole(span: Duration) -> float:
        return float(np.floor(span.hours(scenario.calendar) + 0.5))

    row[AT_START], row[WITHOUT], row[SLOWS] = need.at_start, need.without, need.slows
    if need.calls is not None:
        row[EVERY] = max(1.0, whole(need.calls.every))
        row[QUIET] = -inf if need.calls.surfaces == 1.0 else log(1.0 - need.calls.surfaces)
    if need.rescue is not None:
        row[RESCUE], row[RESCUE_LAG] = need.rescue.rate, whole(need.rescue.lag)
    if need.qualify is not None:
        row[SHARE], row[COST], row[TAKES] = need.qualify.share, need.qualify.calls, whole(need.qualify.takes)
        row[WORKS], row[DROP] = need.qualify.works, need.qualify.drop
