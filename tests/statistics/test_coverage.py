"""Intervals of estimate +- 1.96 standard errors hold the truth about as often as they say.

One long run is cut into many small ones. Replications are independent, so the pieces are as good as runs with other
seeds; a test holds a piece against the summary of a real run. The rates found are in docs/statistics.md.
"""

from __future__ import annotations

from functools import cache
from math import exp, sqrt
from typing import Any, NamedTuple

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from simcore import Result, simulate
from simcore.program.tally import SECTIONS
from simcore.scenario.model import validate
from simcore.statistics.estimate import Estimate
from simcore.statistics.jackknife import jackknife
from simcore.statistics.moments_and_quantiles import (
    coefficient_of_variation,
    proportion_of,
    ratio,
    sectioned_quantile,
    standard_deviation,
)
from tests.support.statistical import check_share_at_least

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

CALLS, RATE, WEEKS = 100, 0.03, 13
PIECES, SIZE, REPS = 500, 128, 2
SD, PERSISTENCE = 0.3, 0.7
QUOTA = 40


@cache
def long_run(*, market: bool) -> Result:
    """Simulate all pieces at once: deals of 1 cent, so that revenue in cents counts wins."""
    sections: dict[str, Any] = {
        "simcore": 1,
        "name": "coverage",
        "horizon": {"weeks": WEEKS},
        "team": {"reps": REPS},
        "plan": {"calls_per_week": CALLS},
        "funnel": [{"stage": "calls"}, {"stage": "wins", "rate": RATE}],
        "deal": 0.01,
        "quota": {"per": "quarter", "amount": QUOTA / 100},
    }
    if market:
        sections["market"] = {"sd": SD, "persistence": PERSISTENCE, "acts_on": ["wins"]}
    return simulate(validate(sections), replications=PIECES * SIZE, seed=7, keep_rep_weeks=True)


def wins(*, market: bool) -> Ints:
    """Return wins, int64[pieces, replications, reps, weeks]."""
    rows = long_run(market=market).rep_weeks
    assert rows is not None
    return rows.cents_close.reshape(PIECES, SIZE, REPS, WEEKS)


def windows_of(piece: Ints, horizon: str) -> Ints:
    """Return the wins of the windows of each replication, int64[replications, windows]."""
    windows = piece if horizon == "week" else piece.sum(axis=2, keepdims=True)
    return windows.reshape(len(piece), -1)


QUANTILES = (("q05", 0.05), ("q50", 0.5), ("q95", 0.95))
STATISTICS = ("mean", "sd", "cv", "p_zero", "q05", "q50", "q95", "p_hit")


def figures(windows: Ints) -> dict[str, Estimate]:
    """Estimate from one piece, with a group for each replication, as a run of so many does."""
    size = np.ones(len(windows), np.int64)
    x = windows.astype(np.float64)
    n = size * windows.shape[1]
    total, squares = x.sum(axis=1), (x * x).sum(axis=1)
    bins = int(windows.max()) + 1
    section = np.repeat(np.arange(len(windows)) % SECTIONS, windows.shape[1])
    counts = np.bincount(section * bins + windows.ravel(), minlength=SECTIONS * bins).reshape(SECTIONS, bins)
    quantiles = {name: sectioned_quantile(counts, np.arange(bins, dtype=np.float64), p) for name, p in QUANTILES}
    return quantiles | {
        "mean": jackknife(ratio, size, total, n),
        "sd": jackknife(standard_deviation, size, total, squares, n),
        "cv": jackknife(coefficient_of_variation, size, total, squares, n),
        "p_zero": proportion_of(size, (windows == 0).sum(axis=1), n),
        "p_hit": jackknife(ratio, size, (windows >= QUOTA).sum(axis=1), n),
    }


class Truth(NamedTuple):
    """The law of one window: P(w wins) for w = 0, 1 ..."""

    law: Floats

    def values(self) -> dict[str, float]:
        wins = np.arange(len(self.law))
        mean = float(self.law @ wins)
        sd = sqrt(float(self.law @ (wins - mean) ** 2))
        cumulated = np.cumsum(self.law)
        quantiles = {name: float(np.searchsorted(cumulated, p)) for name, p in QUANTILES}
        tail = float(self.law[QUOTA:].sum())
        return quantiles | {"mean": mean, "sd": sd, "cv": sd / mean, "p_zero": float(self.law[0]), "p_hit": tail}


def truth(horizon: str, *, market: bool) -> Truth:
    """Return the law in closed form, by quadrature over a week's market, or (a quarter of it) from the long run."""
    count = np.arange(200)
    if not market:
        return Truth(stats.binom.pmf(count, CALLS * (1 if horizon == "week" else WEEKS), RATE))
    if horizon == "week":
        nodes, weights = np.polynomial.hermite_e.hermegauss(80)
        rates = np.minimum(RATE * np.exp(SD * nodes - SD**2 / 2), 1.0)
        return Truth(stats.binom.pmf(count[:, None], CALLS, rates) @ (weights / weights.sum()))
    windows = windows_of(wins(market=True).reshape(-1, REPS, WEEKS), "quarter")
    return Truth(np.bincount(windows.ravel(), minlength=200) / windows.size)


def test_the_quarter_of_the_long_run_has_the_variance_of_the_formula() -> None:
    """The stand-in for a truth is itself held against the closed form of known answer 5."""
    values = truth("quarter", market=True).values()
    distance = np.abs(np.subtract.outer(np.arange(WEEKS), np.arange(WEEKS)))
    shared = float(np.expm1(SD**2 * PERSISTENCE**distance).sum()) * (CALLS * RATE) ** 2
    own = WEEKS * CALLS * (RATE - RATE**2 * exp(SD**2))
    assert values["mean"] == pytest.approx(WEEKS * CALLS * RATE, rel=0.005)
    assert values["sd"] == pytest.approx(sqrt(own + shared), rel=0.01)


FLOOR = 0.92
"""What the suite promises for an interval that is called 95 %."""
CASES = [
    (statistic, horizon, market)
    for statistic in STATISTICS
    for horizon in ("week", "quarter")
    for market in (False, True)
    # Next to no quarter is without a win, and no week makes the quarter's quota.
    if (statistic, horizon) not in {("p_zero", "quarter"), ("p_hit", "week")}
]


@cache
def coverage(horizon: str, *, market: bool) -> dict[str, int]:
    """Count for each statistic in how many pieces the interval holds the truth."""
    true, found = truth(horizon, market=market).values(), dict.fromkeys(STATISTICS, 0)
    for piece in wins(market=market):
        for name, figure in figures(windows_of(piece, horizon)).items():
            if figure.estimate is not None and figure.se is not None:
                found[name] += abs(figure.estimate - true[name]) <= 1.96 * figure.se + 1e-12
    return found


@pytest.mark.parametrize(("statistic", "horizon", "market"), CASES)
def test_intervals_cover(statistic: str, horizon: str, market: bool) -> None:
    hits = coverage(horizon, market=market)[statistic]
    check_share_at_least(f"{statistic} of a {horizon}, market {market}", hits, PIECES, FLOOR, detect=0.15)


def test_a_piece_is_what_a_run_reports() -> None:
    """The first piece, estimated here, has the figures of a run of so many replications with the same seed."""
    long = long_run(market=True)
    summary = simulate(long.scenario, replications=SIZE, seed=7).summary
    row = next(row for row in summary.averaging.close if row.horizon == "week")
    piece = figures(windows_of(wins(market=True)[0], "week"))
    for name in ("mean", "sd", "cv", "p_zero", "q05", "q50", "q95"):
        figure: Estimate = getattr(row.revenue, name)
        unit = 1.0 if name in {"cv", "p_zero"} else 100.0
        assert figure.estimate is not None
        assert figure.se is not None
        assert (figure.estimate * unit, figure.se * unit) == pytest.approx(
            (piece[name].estimate, piece[name].se), rel=1e-9
        ), name
