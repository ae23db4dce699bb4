"""Compiles items that come without a call."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simcore.base.drawn import Drawn
from simcore.numerics.quantile_table import build_gamma
from simcore.program.compile_distributions import stacked
from simcore.program.layout import NO_DRAWS, Inflow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simcore.scenario.model import Inflow as Given
    from simcore.scenario.model import Scenario


def compile_inflow(scenario: Scenario) -> Inflow:
    """Compile all inflows of a scenario.

    Examples
    --------
    >>> from simcore.scenario_files.scenario_file import load_scenario
    >>> compile_inflow(load_scenario("trust-the-process")).total
    0.0
    """
    stages, horizon = [stage.stage for stage in scenario.funnel], scenario.horizon
    weeks, inflows = horizon.warmup_weeks + horizon.weeks, scenario.inflow
    mean = np.array([each.means(scenario.calendar, -horizon.warmup_weeks, weeks) for each in inflows], np.float64)
    to_team = np.array([each.to == "team" for each in inflows], np.bool_)
    varied = np.array([each.cv > 0.0 for each in inflows], np.bool_)
    mean = mean.reshape(len(inflows), weeks)
    return Inflow(
        stage=np.array([stages.index(each.stage) for each in inflows], np.int64),
        to_team=to_team,
        mean=mean,
        table=np.where(varied, np.cumsum(varied) - 1, -1),
        tables=stacked([build_gamma(each.cv) for each in inflows if each.cv > 0.0]),
        total=float(mean.sum(axis=1) @ np.where(to_team, 1, scenario.team.reps)),
        drawn=_drawn(inflows),
    )


def _drawn(inflows: Sequence[Given]) -> NDArray[np.float64]:
    """Return the means by row, float64[inflows, rows], NaN where there is one for all; empty if that is so of all."""
    columns = [each.per_week.column if isinstance(each.per_week, Drawn) else None for each in inflows]
    rows = max((len(column) for column in columns if column is not None), default=0)
    nothing = np.full(rows, np.nan)
    return np.array([nothing if column is None else column for column in columns]) if rows else NO_DRAWS
