"""The result document against a plain recount, and what it says at its edges."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from simcore import Result, simulate
from simcore.program.tally import QUANTILE_ERROR
from simcore.scenario.model import validate
from simcore.statistics.estimate import Estimate

REPLICATIONS, REPS, WEEKS = 30, 2, 26


def run(replications: int = REPLICATIONS, **sections: Any) -> Result:  # noqa: ANN401 - sections of a scenario
    base = {
        "simcore": 1,
        "name": "document",
        "horizon": {"weeks": WEEKS},
        "team": {"reps": REPS},
        "plan": {"calls_per_week": 100},
        "funnel": [{"stage": "calls"}, {"stage": "talks", "rate": 0.1}, {"stage": "wins", "rate": 0.2}],
        "deal": 500,
    }
    return simulate(validate(base | sections), replications=replications, seed=17, keep_rep_weeks=True)


def by_replication(x: Any, per: int) -> tuple[float, float]:  # noqa: ANN401 - an array
    """Return the mean over replications of a total per rep (and week), with the textbook error."""
    totals = np.asarray(x, np.float64).reshape(len(x), -1).sum(axis=1) / per
    return float(totals.mean()), float(totals.std(ddof=1) / np.sqrt(len(totals)))


def pair(figure: Estimate | None) -> tuple[float | None, float | None]:
    assert figure is not None
    return figure.estimate, figure.se


def test_the_funnel_is_counted_per_rep_week() -> None:
    result = run()
    assert result.rep_weeks is not None
    assert [row.stage for row in result.summary.funnel] == ["calls", "talks", "wins"]
    for stage, row in enumerate(result.summary.funnel):
        assert pair(row.per_rep_week) == pytest.approx(
            by_replication(result.rep_weeks.counts[..., stage], REPS * WEEKS), rel=1e-9, abs=1e-12
        )
    assert pair(result.summary.funnel[0].per_rep_week) == (100.0, 0.0)


def test_the_size_counts_no_warmup() -> None:
    size = run(horizon={"weeks": 13, "warmup_weeks": 5}).summary.size
    assert (size.replications, size.reps, size.weeks) == (REPLICATIONS, REPS, 13)
    assert size.rep_weeks == REPLICATIONS * REPS * 13
    assert size.calls == size.rep_weeks * 100


def test_the_value_of_a_call_and_of_a_no() -> None:
    result = run()
    assert result.rep_weeks is not None
    revenue = result.rep_weeks.cents_origin.sum(axis=(1, 2)) / 100
    calls, talks = (result.rep_weeks.counts[..., stage].sum(axis=(1, 2)) for stage in (0, 1))
    for figure, count in ((result.summary.value.per_call, calls), (result.summary.value.per_no, calls - talks)):
        without = (revenue.sum() - revenue) / (count.sum() - count)
        whole = revenue.sum() / count.sum()
        n = len(revenue)
        assert pair(figure) == pytest.approx((whole, np.sqrt((n - 1) / n * ((without - whole) ** 2).sum())), rel=1e-9)


def test_quota_counts_whole_periods_of_reps_and_of_the_team() -> None:
    result = run(quota={"per": "quarter", "amount": 13_000})
    assert result.rep_weeks is not None
    quarters = result.rep_weeks.cents_close.reshape(REPLICATIONS, REPS, 2, 13).sum(axis=3)
    quota = result.summary.quota
    assert quota is not None
    assert (quota.period, quota.amount) == ("quarter", 13_000)
    assert pair(quota.p_hit) == pytest.approx(by_replication(quarters >= 1_300_000, 2 * REPS))
    assert pair(quota.p_hit_team) == pytest.approx(by_replication(quarters.sum(axis=1) >= 2_600_000, 2))


def test_a_quota_that_is_met_exactly_is_met() -> None:
    deals = [{"stage": "calls"}, {"stage": "wins", "rate": 1}]
    for amount, hit in ((50_000, 1.0), (50_000.01, 0.0)):
        quota = run(funnel=deals, quota={"per": "week", "amount": amount}).summary.quota
        assert quota is not None
        assert pair(quota.p_hit)[0] == pair(quota.p_hit_team)[0] == hit


def test_without_a_whole_quota_period_there_is_no_chance_and_without_a_quota_no_row() -> None:
    quota = run(quota={"per": "year", "amount": 13_000}).summary.quota
    assert quota is not None
    assert quota.p_hit is quota.p_hit_team is None
    assert run().summary.quota is None


def test_open_items_are_named_by_where_they_are_and_what_they_wait_for() -> None:
    steps = [{"stage": "calls"}, {"stage": "talks", "rate": 1, "lag": "1w"}, {"stage": "wins", "rate": 1, "lag": "2w"}]
    rows = run(funnel=steps).summary.open_at_end
    assert [(row.stage, row.waiting_for) for row in rows] == [("calls", "talks"), ("talks", "wins")]
    assert [pair(row.per_rep) for row in rows] == [(100.0, 0.0), (200.0, 0.0)]


def test_open_items_without_lags_are_none() -> None:
    assert [pair(row.per_rep) for row in run().summary.open_at_end] == [(0.0, 0.0)] * 2


def test_only_capped_stages_tell_what_they_turned_away() -> None:
    assert run().summary.turned_away == []
    steps = [{"stage": "calls"}, {"stage": "talks", "rate": 1, "cap": {"per_week": 60}}, {"stage": "wins", "rate": 0.1}]
    (row,) = run(funnel=steps).summary.turned_away
    assert (row.stage, pair(row.per_rep_week)) == ("talks", (40.0, 0.0))


def test_only_limits_that_were_hit_are_told() -> None:
    assert run().summary.clipped == []
    market = {"sd": 0.5, "persistence": 0.5, "acts_on": ["wins"]}
    steps = [{"stage": "calls"}, {"stage": "talks", "rate": 0.1}, {"stage": "wins", "rate": 0.9}]
    (row,) = run(funnel=steps, market=market).summary.clipped
    assert row.what == "rate of wins"
    assert row.count > 0


def test_the_bound_of_quantiles_is_zero_where_all_bins_are_exact() -> None:
    assert run().summary.quantile_error_bound == 0.0
    assert run(deal={"mean": 500, "cv": 0.5}).summary.quantile_error_bound == QUANTILE_ERROR == 2.0**-10


def test_one_replication_has_figures_and_no_errors() -> None:
    summary = run(1, quota={"per": "quarter", "amount": 13_000}).summary
    assert summary.quota is not None
    figures = [summary.value.per_call, summary.value.per_no, summary.quota.p_hit, summary.quota.p_hit_team]
    figures += [row.per_rep_week for row in summary.funnel[1:]]
    assert summary.funnel[0].per_rep_week.se == 0.0  # the plan fixes the calls
    for figure in figures:
        assert figure is not None
        assert figure.estimate is not None
        assert figure.se is None


def test_more_than_256_replications_are_grouped() -> None:
    """Replication r is in group r mod 256: the error of a mean over 600 is that of the groups' totals."""
    result = run(600)
    assert result.rep_weeks is not None
    totals = result.rep_weeks.counts[..., 1].sum(axis=(1, 2)).astype(np.float64)
    groups = np.bincount(np.arange(600) % 256, totals)
    size = np.bincount(np.arange(600) % 256)
    without = (totals.sum() - groups) / (600 - size)
    expected = np.sqrt(((600 - size) / 600 * (without - totals.mean()) ** 2).sum()) / (REPS * WEEKS)
    assert result.summary.funnel[1].per_rep_week.se == pytest.approx(expected, rel=1e-9)


def test_the_document_survives_its_own_format() -> None:
    summary = run().summary
    assert type(summary).model_validate_json(summary.model_dump_json()) == summary
    assert not summary.interrupted
    assert summary.sentence
