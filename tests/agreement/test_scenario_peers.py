"""The NumPy peers of whole scenarios deliver what simcore does: every figure of a run, in both accounts.

A peer has no standard errors, so it is run a number of times, and the spread of its figures tells. A figure may differ
by 4.5 standard errors of both together; points of revenue by the width of their bins, too. With fixed seeds an outcome
never changes; a right peer would fail at a new seed with a chance of about one in a hundred (130 figures, 6e-5 each).
Planted mistakes must fail.
"""

from __future__ import annotations

from functools import cache
from math import hypot, sqrt
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pytest

from benchmarks.contenders import scenario_path
from benchmarks.peers import accounts, numpy_pipeline, numpy_team
from benchmarks.peers.accounts import Account, ScenarioStatistics, add_meetings, in_order, pairs, stretches
from benchmarks.peers.canonical import HORIZONS, Horizon, HorizonStatistics
from benchmarks.peers.periods import CENTS_PER_BIN, Periods
from simcore.engine.simulation import simulate
from simcore.scenario.model import with_strategy
from simcore.scenario_files.scenario_file import load_scenario

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from simcore.results.summary import AveragingRow
    from simcore.statistics.estimate import Estimate

RUNS, TEAMS = 32, 24
"""Runs of a peer, and replications of each."""
REPLICATIONS = {"real-team": 1500, "quota-pressure": 900}
WIDEST = 4.5
DOLLARS_PER_BIN = CENTS_PER_BIN / 100


class Figure(NamedTuple):
    """A figure with its standard error, and what binning may do to it."""

    value: float
    error: float
    slack: float = 0.0


def of_estimate(estimate: Estimate | None, slack: float = 0.0) -> Figure:
    assert estimate is not None
    assert estimate.estimate is not None
    return Figure(estimate.estimate, estimate.se or 0.0, slack)


def of_row(row: AveragingRow, bound: float) -> dict[str, Figure]:
    revenue, first = row.revenue, row.first_step
    points = {"q05": revenue.q05, "q50": revenue.q50, "q95": revenue.q95}
    return {
        **{name: of_estimate(point, DOLLARS_PER_BIN + bound * (point.estimate or 0)) for name, point in points.items()},
        "mean": of_estimate(revenue.mean),
        "sd": of_estimate(revenue.sd),
        "P(no win)": of_estimate(revenue.p_zero),
        "mean of the first step": of_estimate(first.mean),
        "sd of the first step": of_estimate(first.sd),
    }


@cache
def figures_of_simcore(name: str) -> dict[str, Figure]:
    scenario = with_strategy(load_scenario(scenario_path(name)), "process")
    summary = simulate(scenario, replications=REPLICATIONS[name], seed=2026, threads=1).summary
    assert summary.quota is not None
    figures = {
        "P(quota)": of_estimate(summary.quota.p_hit),
        "P(quota) of the team": of_estimate(summary.quota.p_hit_team),
        "value of a call": of_estimate(summary.value.per_call),
        "value of a no": of_estimate(summary.value.per_no),
        **{f"entered {number}": of_estimate(row.per_rep_week) for number, row in enumerate(summary.funnel)},
        **{f"open {number}": of_estimate(row.per_rep) for number, row in enumerate(summary.open_at_end)},
    }
    for account, rows in (("close", summary.averaging.close), ("origin", summary.averaging.origin)):
        assert {row.horizon for row in rows} == set(HORIZONS)
        for row in rows:
            found = of_row(row, summary.quantile_error_bound)
            figures |= {f"{what}, {row.horizon}, by {account}": figure for what, figure in found.items()}
    return figures


def flat_row(row: HorizonStatistics) -> dict[str, float]:
    return {
        "q05": row["q05"],
        "q50": row["q50"],
        "q95": row["q95"],
        "mean": row["mean"],
        "sd": row["sd"],
        "P(no win)": row["p_zero"],
        "mean of the first step": row["first_mean"],
        "sd of the first step": row["first_sd"],
    }


def flat(found: ScenarioStatistics) -> dict[str, float]:
    figures = {
        "P(quota)": found["p_quota"],
        "P(quota) of the team": found["p_quota_of_team"],
        "value of a call": found["value_of_call"],
        "value of a no": found["value_of_no"],
        **{f"entered {number}": value for number, value in enumerate(found["funnel"])},
        **{f"open {number}": value for number, value in enumerate(found["open_at_end"])},
    }
    for account, rows in (("close", found["close"]), ("origin", found["origin"])):
        for horizon, row in rows.items():
            figures |= {f"{what}, {horizon}, by {account}": value for what, value in flat_row(row).items()}
    return figures


def figures_of_peer(peer: Callable[[int, int], ScenarioStatistics]) -> dict[str, Figure]:
    runs = [flat(peer(TEAMS, seed)) for seed in range(RUNS)]
    columns = {what: np.array([run[what] for run in runs]) for what in runs[0]}
    return {what: Figure(float(c.mean()), float(c.std(ddof=1)) / sqrt(RUNS)) for what, c in columns.items()}


def check(name: str, peer: Callable[[int, int], ScenarioStatistics]) -> None:
    ours, theirs = figures_of_simcore(name), figures_of_peer(peer)
    assert set(ours) == set(theirs)
    assert len(ours) > 120
    for what, figure in ours.items():
        limit = WIDEST * hypot(figure.error, theirs[what].error) + figure.slack + 1e-9 * abs(figure.value)
        assert abs(theirs[what].value - figure.value) <= limit, what


PEERS = {"real-team": numpy_team.simulate, "quota-pressure": numpy_pipeline.simulate}


@pytest.mark.parametrize("name", PEERS)
def test_peer_agrees_with_simcore(name: str) -> None:
    check(name, PEERS[name])


@pytest.mark.parametrize(
    "sabotage",
    [
        pytest.param(("REP_CV", 0.06), id="spread of reps"),
        pytest.param(("WEEK_CV", (0.25, 0.15, 0.10)), id="noise of the first step"),
        pytest.param(("WEEK_CV", (0.30, 0.40, 0.40)), id="noise of later steps"),
        pytest.param(("MARKET_SD", 0.10), id="market"),
        pytest.param(("PERSISTENCE", 0.5), id="memory of the market"),
        pytest.param(("ON_THE_MARKET", (True, False, False)), id="steps of the market"),
        pytest.param(("LEAVING", 0.004), id="turnover"),
        pytest.param(("VACANT_WEEKS", 4), id="vacancy"),
        pytest.param(("FULL", 0), id="nobody gets beyond the first week of the ramp"),
        pytest.param(("HOUR_OF_CALL", np.roll(numpy_team.HOUR_OF_CALL, 200)), id="hours of calls"),
        pytest.param(("changes", lambda keys: np.ones(keys.size, np.bool_)), id="two meetings of a call"),
    ],
)
def test_the_check_of_the_team_can_fail(monkeypatch: pytest.MonkeyPatch, sabotage: tuple[str, object]) -> None:
    monkeypatch.setattr(numpy_team, *sabotage)
    with pytest.raises(AssertionError):
        check("real-team", numpy_team.simulate)


@pytest.mark.parametrize(
    "sabotage",
    [
        pytest.param(("CALLS_PER_LOG", -1 / np.log1p(-0.0201)), id="rate of the first step"),
        pytest.param(("MEETING_LAG", 80), id="lag of a meeting"),
        pytest.param(("OPPORTUNITY_SCALE", 21.0), id="lag of an opportunity"),
        pytest.param(("WIN_MEDIAN", 230), id="median lag of a win"),
        pytest.param(("WIN_SIGMA", 0.75), id="spread of the lag of a win"),
        pytest.param(("LAST_WEEKS", 2), id="lost meetings that are open"),
        pytest.param(("WIN_RATE", 0.51), id="rate of the last step"),
    ],
)
def test_the_check_of_the_pipeline_can_fail(monkeypatch: pytest.MonkeyPatch, sabotage: tuple[str, object]) -> None:
    monkeypatch.setattr(numpy_pipeline, *sabotage)
    with pytest.raises(AssertionError):
        check("quota-pressure", numpy_pipeline.simulate)


@pytest.mark.parametrize(
    "sabotage",
    [
        pytest.param(("CV_OF_DEALS", 0.55), id="spread of deals"),
        pytest.param(("MONTH_OF_WEEK", np.minimum(np.arange(52) // 4, 11)), id="months of four weeks"),
        pytest.param(("QUOTA_PER_QUARTER", 125_000), id="quota"),
    ],
)
def test_the_check_of_the_accounts_can_fail(monkeypatch: pytest.MonkeyPatch, sabotage: tuple[str, object]) -> None:
    monkeypatch.setattr(accounts, *sabotage)
    with pytest.raises(AssertionError):
        check("quota-pressure", numpy_pipeline.simulate)


def hours_of_seats(*places: tuple[int, int]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.array([seat * 2080 + hour for seat, hour in places])


def test_deals_are_summed_by_period() -> None:
    account = Account()
    keys = hours_of_seats((0, 7), (0, 8), (0, 200), (0, 519), (0, 520), (1, 0), (1, 0))
    cents = 1_000_000 * np.array([1, 2, 4, 8, 16, 32, 64])
    quarters = account.add(keys, cents, 2)
    assert quarters.tolist() == [15_000_000, 16_000_000, 0, 0, 96_000_000, 0, 0, 0]
    squares: dict[Horizon, Sequence[int]] = {
        "hour": (1, 2, 4, 8, 16, 96),
        "day": (1, 2, 4, 8, 16, 96),
        "week": (3, 4, 8, 16, 96),
        "month": (3, 4, 8, 16, 96),
        "quarter": (15, 16, 96),
        "year": (31, 96),
    }
    for horizon, sums in squares.items():
        found = account.horizons[horizon]
        assert found.squares == sum((1e6 * value) ** 2 for value in sums), horizon
        assert found.total == 127e6
        assert found.periods == 2 * accounts.PERIODS_OF_YEAR[horizon]


def test_meetings_are_squared_by_period() -> None:
    horizons = {horizon: Periods() for horizon in HORIZONS}
    keys = hours_of_seats((0, 7), (0, 7), (0, 7), (0, 8), (0, 160), (1, 2079))
    add_meetings(horizons, keys, 2)
    assert {horizon: periods.first_squares for horizon, periods in horizons.items()} == {
        "call": 6,
        "hour": 9 + 1 + 1 + 1,
        "day": 9 + 1 + 1 + 1,
        "week": 16 + 1 + 1,
        "month": 16 + 1 + 1,
        "quarter": 25 + 1,
        "year": 25 + 1,
    }
    assert {periods.first_sum for periods in horizons.values()} == {6}


def test_lists_that_are_empty_or_out_of_order() -> None:
    none = np.zeros(0, np.int64)
    assert [part.size for part in stretches(none, none)] == [0, 0]
    assert pairs(none) == 0
    keys, cents = in_order(np.array([5, 2, 5]), np.array([30, 20, 10]))
    assert (keys.tolist(), cents.tolist()) == ([2, 5, 5], [20, 10, 30])


def test_weeks_of_a_ramp_carry_fractions_on() -> None:
    pace = np.floor((0.3 + 0.7 * np.arange(13) / 13) * 2**20 + 0.5).astype(np.int64)
    whole = (500 * np.cumsum(pace)) >> 20
    assert numpy_team.CALLS.tolist() == [*np.diff(whole, prepend=0).tolist(), 500, 0]
    full = numpy_team.HOUR_OF_CALL[13 * numpy_team.WIDTH :][:500]
    assert np.bincount(full).tolist() == [12, 13] * 20
