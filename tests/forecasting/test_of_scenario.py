"""Forecasts of a scenario: what is open and what comes adds up, single deals are told apart, all else is refused."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

import simcore
from simcore.forecasting.forecast_document import Forecast
from simcore.forecasting.of_scenario import (
    ScenarioForecastRequest,
    _largest,
    _open_list,
    _Weekly,
    _won,
)
from simcore.forecasting.sources import number_of_day

TEXT = """
simcore: 1
name: Open deals
calendar: {start: 2026-10-05}
horizon: {weeks: 52}
team: {reps: 2}
plan: {calls_per_week: 0}
funnel:
  - {stage: calls}
  - {stage: meetings, rate: 1}
  - {stage: opportunities, rate: 0.5, lag: 1w}
  - {stage: wins, rate: {mean: 0.4, rep_cv: 0.2}, lag: {median: 20cd, p90: 45cd}}
inflow: {stage: meetings, per_week: 3, cv: 0.3}
deal: {mean: 10000, cv: 0.5}
market: {sd: 0.2, persistence: 0.9, acts_on: [wins]}
start: {open: open.csv}
"""
N = 600


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the scenario with a dozen open deals."""
    folder = tmp_path_factory.mktemp("scenario")
    rows = ["id,stage,rep,age,value"]
    rows += [
        f"D-{place},{'meetings' if place % 3 else 'opportunities'},{1 + place % 2},{place % 6}cd,{20000 - 700 * place}"
        for place in range(12)
    ]
    rows += [f"E-{place},opportunities,1,3cd," for place in range(3)]
    (folder / "open.csv").write_text("\n".join(rows) + "\n")
    (folder / "team.yaml").write_text(TEXT)
    return folder / "team.yaml"


@pytest.fixture(scope="module")
def found(path: Path) -> Forecast:
    return simcore.forecast(path, by="2026-12-31", quota=120_000, replications=N)


def test_what_is_open_and_what_comes_adds_up(found: Forecast) -> None:
    means = [each.mean.estimate or 0.0 for each in (found.from_open, found.from_new, found.total)]
    assert means[2] == pytest.approx(means[0] + means[1])
    assert means[0] > 0.0 < means[1]
    assert (found.open_deals, found.as_of, found.since, found.weeks) == (15, "2026-10-04", "2026-10-05", 13)
    assert found.p_quota is not None
    assert sum(part.share.estimate or 0.0 for part in found.width) == pytest.approx(1.0)
    assert {part.source for part in found.width} == {"luck", "market", "weeks", "people", "knowledge", "together"}


def test_whole_weeks_are_those_of_a_run(path: Path) -> None:
    scenario = simcore.load_scenario(path, {"horizon.weeks": 12})
    played = simcore.simulate(scenario, replications=200, seed=1, keep_rep_weeks=True).rep_weeks
    assert played is not None
    totals = played.cents_close.sum(axis=(1, 2)) / 100.0
    found = simcore.forecast(path, by="2026-12-27", replications=200)
    assert found.total.median == pytest.approx(np.median(totals))
    assert found.total.high == pytest.approx(np.quantile(totals, 0.95))


def test_the_open_part_is_never_below_0_and_alone_if_nothing_comes(path: Path) -> None:
    scenario = simcore.load_scenario(path)
    request = ScenarioForecastRequest(scenario, number_of_day("2026-12-27", "by"), replications=200)
    played = request._played(84)
    whole, new = _Weekly.of(played), _Weekly.of(played.model_copy(update={"start": None}))
    assert (whole.less(new).cents >= 0.0).all(), "the same worlds: what comes does not depend on what is open"
    alone = dataclasses.replace(request, scenario=scenario.model_copy(update={"inflow": ()})).run()
    assert alone.from_new.high == 0.0
    np.testing.assert_allclose(alone.total.mean.estimate or 0.0, whole.less(new).cents.sum(axis=1).mean() / 100.0)


def test_single_deals_are_told_from_a_sum(path: Path) -> None:
    """A deal is won in the worlds in which it brings something if it is the only one worth a lot."""
    request = ScenarioForecastRequest(simcore.load_scenario(path), number_of_day("2026-12-27", "by"), replications=300)
    scenario = request._played(84)
    opened = _open_list(scenario)
    assert opened is not None
    chosen = _largest(opened)
    assert chosen == list(range(12))
    won = _won(scenario, opened, chosen, 1.0, np.random.default_rng(1))
    worth = won @ np.array([20000.0 - 700.0 * place for place in range(12)])
    values = [cell or "0.01" for cell in opened.cells("value")]
    alone = scenario.model_copy(
        update={"inflow": (), "start": scenario.start.of(opened.replaced({"value": values}))}  # type: ignore[union-attr]
    )
    np.testing.assert_allclose(_Weekly.of(alone).cents.sum(axis=1) / 100.0, worth, atol=0.05)


def test_a_deal_that_is_left_out_takes_its_share_and_moves_no_other(found: Forecast, path: Path) -> None:
    largest = max(found.largest, key=lambda deal: deal.value)
    without = simcore.forecast(path, by="2026-12-31", quota=120_000, replications=N, without=[largest.id])
    assert without.from_new == found.from_new
    fall = (found.from_open.mean.estimate or 0.0) - (without.from_open.mean.estimate or 0.0)
    assert fall == pytest.approx(largest.value * (largest.chance.estimate or 0.0), rel=0.05)
    assert without.p_quota is not None
    assert largest.p_quota_without is not None
    assert without.p_quota.estimate == pytest.approx(largest.p_quota_without.estimate or 0.0, abs=0.02)
    with pytest.raises(simcore.UsageError, match="is no open deal"):
        simcore.forecast(path, by="2026-12-31", without=["D-77"], replications=100)


def test_a_part_of_a_week_counts_in_part(path: Path) -> None:
    means = [
        simcore.forecast(path, by=by, measure="wins", replications=400).total.mean.estimate or 0.0
        for by in ("2026-12-20", "2026-12-24", "2026-12-27")
    ]
    assert means[0] < means[1] < means[2]
    assert means[1] - means[0] == pytest.approx(4.0 / 7.0 * (means[2] - means[0]), rel=0.35)


def test_strategies_that_react_are_played_without_single_deals(path: Path) -> None:
    drives = "{urgency: {signals: {deadline: 1}, changes: {wins: {slope: -0.3}}}}"
    changes = ["quota={per: month, amount: 20000}", f"strategies={{process: {{}}, pressure: {{drives: {drives}}}}}"]
    scenario = simcore.load_scenario(path, changes)
    pressed = simcore.load_scenario(scenario, ["run.strategy=pressure"])
    found = simcore.forecast(pressed, by="2026-12-27", replications=200)
    assert found.scenario.strategies == ["pressure"]
    assert found.largest == []
    assert (found.total.mean.estimate or 0.0) > 0.0


def test_what_cannot_be_asked_is_refused_with_the_reason(path: Path) -> None:
    refused = (
        ({"since": "2026-10-01"}, "is of an export, and this is a scenario"),
        ({"by": "2026-10-04"}, "stands on the evening of 2026-10-04"),
        ({"by": "2039-10-04"}, "stands on the evening of 2026-10-04"),
    )
    for options, words in refused:
        with pytest.raises(simcore.UsageError, match=words):
            simcore.forecast(path, **({"by": "2026-12-31", "replications": 100} | options))  # type: ignore[arg-type]
    with pytest.raises(simcore.ScenarioError, match="first day"):
        simcore.forecast("trust-the-process", by="2026-12-31", replications=100)
    warm = simcore.load_scenario("trust-the-process", ["calendar.start=2026-10-05", "horizon.warmup_weeks=4"])
    with pytest.raises(simcore.ScenarioError, match="warm-up"):
        simcore.forecast(warm, by="2026-12-31", replications=100)
