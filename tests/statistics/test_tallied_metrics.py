"""Metrics from the tally of a run: those of the summary, and differences that hold the truth as often as they say."""

from __future__ import annotations

import numpy as np
import pytest

from simcore.engine.simulation import simulate
from simcore.program.tally import SECTIONS, bins_of
from simcore.results.result import Result
from simcore.scenario.metric import QUOTA_CHANCE, YEARLY_REVENUE, parse_metric
from simcore.scenario.model import validate
from simcore.statistics.estimate import Estimate
from simcore.statistics.tallied_metrics import Histogram, estimate_of, estimate_of_difference, sums_of, tallied
from tests.support.scenario_cases import CASES, scenario
from tests.support.statistical import DeviationError, check_share_at_least


def metric_of(result: Result, text: str) -> Estimate:
    return estimate_of(tallied(parse_metric(text), result.program, result.tally))


def assert_same(found: Estimate, expected: Estimate, what: str) -> None:
    for mine, other in zip(found.model_dump().values(), expected.model_dump().values(), strict=True):
        assert mine == (None if other is None else pytest.approx(other, rel=1e-6, abs=1e-12)), what


@pytest.mark.parametrize("name", ["canonical", "quota a month", "gamma deals", "everything from a list"])
def test_metrics_are_those_of_the_summary(name: str) -> None:
    result = simulate(validate(CASES[name]), replications=60, seed=4)
    for row in result.summary.averaging.close[1:]:
        figures = {
            "revenue": row.revenue.mean,
            "sd": row.revenue.sd,
            "cv": row.revenue.cv,
            "p_zero": row.revenue.p_zero,
            "q05": row.revenue.q05,
            "q50": row.revenue.q50,
            "q95": row.revenue.q95,
        }
        for metric, figure in figures.items():
            assert_same(metric_of(result, f"{metric}:{row.horizon}"), figure, f"{metric}:{row.horizon}")
    week = result.summary.averaging.close[3].revenue.mean
    yearly = metric_of(result, "revenue")
    assert week.estimate is not None
    assert week.se is not None
    assert yearly.estimate == pytest.approx(52 * week.estimate)
    assert yearly.se == pytest.approx(52 * week.se)


@pytest.mark.parametrize("name", ["canonical", "quota a month", "gamma deals"])
def test_chances_of_quota_are_those_of_the_summary(name: str) -> None:
    result = simulate(validate(CASES[name]), replications=60, seed=4)
    quota = result.summary.quota
    if quota is None or quota.p_hit is None or quota.p_hit_team is None:
        with pytest.raises(ValueError, match="no whole quota period"):
            sums_of(QUOTA_CHANCE, result.program, result.tally)
    else:
        assert metric_of(result, "p_quota") == quota.p_hit
        assert metric_of(result, "p_quota_team") == quota.p_hit_team


def test_what_a_tally_does_not_tell_is_refused() -> None:
    result = simulate(validate(scenario(horizon={"weeks": 12}, quota={"per": "quarter", "amount": 1})), replications=2)
    for text, words in (
        ("sd:quarter", "no whole quarter"),
        ("p_zero:6w", "no run counts periods of p_zero:6w"),
        ("p_quota", "no whole quota period"),
        ("q05:year", "no whole year"),
    ):
        with pytest.raises(ValueError, match=words):
            tallied(parse_metric(text), result.program, result.tally)
    with pytest.raises(ValueError, match="no function of sums"):
        sums_of(parse_metric("q05:week"), result.program, result.tally)


def test_only_equal_metrics_of_equal_worlds_have_a_difference() -> None:
    result = simulate(validate(scenario()), replications=20)
    texts = ("q05:week", "q50:week", "sd:week")
    of = {text: tallied(parse_metric(text), result.program, result.tally) for text in texts}
    for other in ("q50:week", "sd:week"):
        with pytest.raises(ValueError, match="no difference between two metrics"):
            estimate_of_difference(of["q05:week"], of[other])
    more = simulate(validate(scenario()), replications=30)
    with pytest.raises(ValueError, match="different replications"):
        estimate_of_difference(of["q05:week"], tallied(parse_metric("q05:week"), more.program, more.tally))


def test_a_difference_of_quantiles_has_the_longest_interval_that_theirs_allow() -> None:
    result = simulate(validate(CASES["canonical"]), replications=400, seed=4)
    other = simulate(validate(CASES["gamma deals"]), replications=400, seed=4)
    mine, base = (tallied(parse_metric("q50:month"), each.program, each.tally) for each in (result, other))
    found, x, y = estimate_of_difference(mine, base), estimate_of(mine), estimate_of(base)
    for each in (found, x, y):
        assert None not in (each.estimate, each.low, each.high, each.se)
    assert found.estimate == pytest.approx((x.estimate or 0.0) - (y.estimate or 0.0))
    # Each at half of the probability of a miss: so longer than the 95 % intervals make it.
    assert (found.low or 0.0) <= (x.low or 0.0) - (y.high or 0.0)
    assert (found.high or 0.0) >= (x.high or 0.0) - (y.low or 0.0)
    few = simulate(validate(CASES["canonical"]), replications=5, seed=4)
    short = tallied(parse_metric("q50:month"), few.program, few.tally)
    assert estimate_of_difference(short, short) == Estimate(estimate=0.0, se=None)


def test_yearly_revenue_counts_all_weeks() -> None:
    result = simulate(validate(scenario(horizon={"weeks": 14})), replications=20)
    sums = sums_of(YEARLY_REVENUE, result.program, result.tally)
    assert float(sums.windows.sum()) == pytest.approx(20 * result.program.team.reps * 14 / 52)


RUNS, WORLDS, WINDOWS = 1000, 128, 6
P, MEDIANS = 0.25, (40.0, 50.0)


def hits_of_quantiles(runs: int, low: float = 1.0) -> int:
    """Return how many of the intervals of differences of quantiles hold the true one.

    A window is a log-normal value of its world and its own, in whole units, the second strategy's with another median;
    `low` shortens what the interval reaches downwards.
    """
    rng, held = np.random.default_rng(11), 0
    z = -0.6744897501960817  # the quarter of a normal law
    true = [np.floor(median * np.exp(0.5 * z)) for median in MEDIANS]
    for _ in range(runs):
        shared = 0.3 * rng.normal(size=(WORLDS, 1)) + 0.4 * rng.normal(size=(WORLDS, WINDOWS))
        found = []
        for median in MEDIANS:
            units = np.floor(median * np.exp(shared)).astype(np.int64)
            section = np.repeat(np.arange(WORLDS) % SECTIONS, WINDOWS)
            counts = np.zeros((SECTIONS, 1024), np.int64)
            np.add.at(counts, (section, bins_of(units).ravel()), 1)
            found.append(Histogram(counts, np.arange(1024.0), P, float(WORLDS), certain=False))
        figure = estimate_of_difference(found[1], found[0])
        assert figure.estimate is not None
        assert figure.low is not None
        assert figure.high is not None
        held += figure.estimate - low * (figure.estimate - figure.low) <= true[1] - true[0] <= figure.high
    return held


def test_intervals_of_differences_of_quantiles_cover() -> None:
    check_share_at_least("differences of quantiles", hits_of_quantiles(RUNS), RUNS, 0.95, detect=0.08)


@pytest.mark.long
def test_intervals_of_differences_of_quantiles_cover_in_2000_runs() -> None:
    check_share_at_least("differences of quantiles", hits_of_quantiles(2000), 2000, 0.95, detect=0.06)


def test_an_interval_that_is_too_short_is_caught() -> None:
    with pytest.raises(DeviationError):
        check_share_at_least("too short", hits_of_quantiles(RUNS, low=0.0), RUNS, 0.95, detect=0.08)
