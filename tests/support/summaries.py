"""Hand-made result documents."""

from __future__ import annotations

from math import sqrt
from typing import Any

from simcore.base.periods import HORIZONS, Horizon
from simcore.results.summary import Averaging, AveragingRow, FirstStepRow, RevenueRow, Summary
from simcore.statistics.estimate import Estimate
from simcore.statistics.intervals import by_t

CALLS = {"call": 1, "hour": 12.5, "day": 100, "week": 500, "month": 6500 / 3, "quarter": 6500, "year": 26000}
"""Calls in each period of the canonical scenario."""


def estimate(value: float | None, se: float | None = None) -> Estimate:
    if value is None:
        return Estimate(estimate=None, se=None)
    return by_t(value, abs(value) / 700 if se is None else se, 255)


def row(horizon: Horizon, **changes: Estimate) -> AveragingRow:
    """Return one row of the canonical scenario, with cells of revenue replaced by ``changes``."""
    n = CALLS[horizon]
    mean, sd = 20.0 * n, sqrt(n * 0.002 * 0.998) * 10_000
    low = max(0.0, round((mean - 1.645 * sd) / 10_000) * 10_000)
    high = round((mean + 1.645 * sd) / 10_000) * 10_000
    cells: dict[str, Estimate] = {
        "mean": estimate(mean),
        "sd": estimate(sd),
        "cv": estimate(sd / mean),
        "q05": estimate(low, 0.0),
        "q50": estimate(round(mean / 10_000) * 10_000, 0.0),
        "q95": estimate(high, 0.0),
        "p_zero": estimate(0.998**n),
    }
    step = FirstStepRow(
        mean=estimate(0.02 * n), sd=estimate(sqrt(n * 0.0196)), cv=estimate(sqrt(n * 0.0196) / (0.02 * n))
    )
    return AveragingRow(
        horizon=horizon, periods=round(26_000e5 / n), revenue=RevenueRow(**(cells | changes)), first_step=step
    )


def averaging(**changes: dict[str, Estimate]) -> list[AveragingRow]:
    """Return all rows, with ``changes`` by horizon."""
    return [row(horizon, **changes.get(horizon, {})) for horizon in HORIZONS]


def summary(**changes: object) -> Summary:
    """Return a document like that of the canonical scenario, with whole entries replaced by ``changes``."""
    rows = averaging()
    document: dict[str, Any] = {
        "version": "0.1.0",
        "scenario": {
            "name": "Trust the process",
            "digest": "3fa9c1d2e4b5" + "0" * 52,
            "seed": 2026,
            "strategies": ["process"],
            "currency": "USD",
        },
        "replications": 10_000,
        "reps": 10,
        "weeks": 52,
        "rep_weeks": 5_200_000,
        "calls": 2_600_000_000,
        "seconds": 0.6,
        "interrupted": False,
        "funnel": [
            {"stage": "calls", "per_rep_week": {"estimate": 500.0, "se": 0.0}},
            {"stage": "meetings", "per_rep_week": {"estimate": 10.00123, "se": 0.00139}},
            {"stage": "opportunities", "per_rep_week": {"estimate": 2.0002, "se": 0.00062}},
            {"stage": "wins", "per_rep_week": {"estimate": 0.99987, "se": 0.00044}},
        ],
        "averaging": Averaging(close=rows, origin=rows).model_dump(),
        "value": {
            "per_call": {"estimate": 20.0034, "se": 0.0088},
            "per_no": {"estimate": 20.4117, "se": 0.0091},
        },
        "quota": {
            "period": "quarter",
            "amount": 130_000.0,
            "p_hit": {"estimate": 0.5366, "se": 0.0008},
            "p_hit_team": {"estimate": 0.512, "se": 0.0025},
        },
        "open_at_end": [],
        "turned_away": [],
        "clipped": [],
        "quantile_error_bound": 0.0,
        "speed": {"seconds": 0.5, "compile_seconds": 0.1, "rep_weeks_per_second": 1.04e7, "threads": 1},
        "assumptions": [
            {"path": "funnel.meetings.rate", "value": "0.02", "source": None},
            {"path": "deal", "value": "10000", "source": "price list"},
        ],
        "sentence": "It evens out.",
    }
    return Summary.model_validate(document | changes)
