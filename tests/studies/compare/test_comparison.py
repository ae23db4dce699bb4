"""Comparisons: figures of both strategies, differences in the same worlds, and what they are made of."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from scipy import stats

from simcore.base.errors import ScenarioError
from simcore.engine.paired import Paired, run_paired
from simcore.engine.runner import Progress
from simcore.scenario.model import with_strategy
from simcore.scenario_files.scenario_file import load_scenario
from simcore.statistics.intervals import Z975
from simcore.studies.compare.attribution import attribute, in_cents, weights
from simcore.studies.compare.document import Comparison
from simcore.studies.compare.figures import LEAST_TAIL, WORST, worst_of
from simcore.studies.compare.study import comparison_of, select_strategies
from tests.support.statistical import DeviationError, check_share_at_least


@cache
def paired() -> Paired:
    scenario = load_scenario("quota-pressure")
    return run_paired(
        [with_strategy(scenario, name) for name in ("process", "pressure")], base=0, replications=120, seed=4
    )


@cache
def document() -> Comparison:
    return comparison_of(paired())


def test_a_difference_is_that_of_the_figures() -> None:
    (against,) = document().against
    base, mine = (row.figures for row in document().strategies)
    for field in ("revenue", "p_quota", "worst", "dry_weeks", "longest_dry", "discount", "calls", "calls_above_plan"):
        difference = getattr(against.differences, field).estimate
        assert difference == pytest.approx(getattr(mine, field).estimate - getattr(base, field).estimate, abs=1e-6)


def test_the_error_of_a_difference_is_that_of_pairs() -> None:
    (against,) = document().against
    process, pressure = paired().revenue / 100.0
    per_rep_year = (pressure - process) / 10.0
    assert against.differences.revenue.estimate == pytest.approx(per_rep_year.mean())
    assert against.differences.revenue.se == pytest.approx(per_rep_year.std(ddof=1) / np.sqrt(120))
    gain = (process.var() + pressure.var()) / (pressure - process).var()
    assert against.pairing_gain == pytest.approx(gain)


def test_the_sources_of_a_difference_sum_to_it() -> None:
    (against,) = document().against
    assert against.sources is not None
    parts = [row.amount.estimate or 0.0 for row in against.sources]
    assert sum(parts) == pytest.approx(against.differences.revenue.estimate, rel=1e-6)
    assert against.sources[0].what == "calls"


def test_the_worst_worlds_are_the_worst_twentieth() -> None:
    for row, cents in zip(document().strategies, paired().revenue, strict=True):
        worst = np.sort(cents)[:6].mean() / 1000.0
        assert row.figures.worst.estimate == pytest.approx(worst)


def coverage_of_the_tail(worlds: int, shrunk: float = 1.0) -> int:
    """Return how many of 1,000 intervals hold the mean of the worst twentieth of normal worlds, known exactly."""
    law = stats.norm(1e9, 1e7)
    truth = 1e9 - 1e7 * stats.norm.pdf(stats.norm.ppf(WORST)) / WORST
    rng = np.random.default_rng(3)
    hits = 0
    for _ in range(1000):
        found = worst_of(law.rvs(worlds, random_state=rng).astype(np.int64))
        assert found.estimate is not None
        assert found.se is not None
        assert found.low is not None
        assert found.high is not None
        low, high = (found.estimate + shrunk * (end - found.estimate) for end in (found.low, found.high))
        hits += low <= truth <= high
    return hits


@pytest.mark.parametrize("worlds", [60, 200, 400])
def test_the_interval_of_the_worst_worlds_covers(worlds: int) -> None:
    check_share_at_least(f"coverage at {worlds} worlds", coverage_of_the_tail(worlds), 1000, 0.925, detect=0.09)


def test_an_error_that_forgets_how_few_worlds_are_in_the_tail_is_caught() -> None:
    hits = coverage_of_the_tail(60, Z975 / float(stats.t.ppf(0.975, WORST * 60 - 1)))
    with pytest.raises(DeviationError):
        check_share_at_least("coverage", hits, 1000, 0.925, detect=0.09)


def test_too_few_worlds_in_the_tail_give_no_figure_at_all() -> None:
    revenue = np.arange(1, 42)
    assert worst_of(revenue[:40]).estimate is None
    assert worst_of(revenue).estimate == pytest.approx((1 + 2 + 3 - 3 * 4) / (WORST * 41) + 4)
    assert LEAST_TAIL == 3


def test_differences_come_with_their_intervals() -> None:
    (against,) = document().against
    revenue, world = against.differences.revenue, against.contests[0].ahead
    assert revenue.estimate is not None
    assert revenue.se is not None
    assert (revenue.low, revenue.high) == pytest.approx(
        (revenue.estimate - 1.98 * revenue.se, revenue.estimate + 1.98 * revenue.se), rel=0.02
    )
    assert world.low is not None
    assert world.high is not None
    assert 0.0 <= world.low < world.high <= 1.0
    assert all(row.ratio.low is not None for row in against.variance_ratios)
    told = against.model_dump()["differences"]
    assert set(told["weeks_of_quarter"][12]) == {"estimate", "se", "low", "high"}


def test_contests_are_counted_world_by_world() -> None:
    (against,) = document().against
    process, pressure = paired().revenue
    world, quarter, year = against.contests
    assert world.ahead.estimate == pytest.approx((pressure > process).mean())
    assert [row.what for row in against.contests] == ["world", "rep-quarter", "rep-year"]
    assert 0.0 < (quarter.ahead.estimate or 0.0) < 1.0
    assert 0.0 < (year.ahead.estimate or 0.0) < 1.0


def test_shares_of_the_quarter_sum_to_one() -> None:
    for row in document().strategies:
        assert row.figures.weeks_of_quarter is not None
        assert sum(cell.estimate or 0.0 for cell in row.figures.weeks_of_quarter) == pytest.approx(1.0)


def test_results_do_not_depend_on_threads_or_blocks() -> None:
    scenarios = [with_strategy(load_scenario("quota-pressure"), name) for name in ("process", "pressure")]
    other = run_paired(scenarios, base=0, replications=120, seed=4, threads=2, block_replications=7)
    assert np.array_equal(other.revenue, paired().revenue)
    assert all(np.array_equal(a, b) for a, b in zip(other.contests, paired().contests, strict=True))
    assert all(a.same_as(b) for a, b in zip(other.tallies, paired().tallies, strict=True))


def test_few_worlds_are_a_block_if_any_strategy_reacts() -> None:
    given = load_scenario("quota-pressure", ["team.reps=1", "horizon.weeks=4", "horizon.warmup_weeks=0"])
    blocks: list[Progress] = []
    scenarios = [with_strategy(given, name) for name in ("process", "pressure")]
    run_paired(scenarios, replications=50, threads=2, progress=blocks.append)
    assert [each.done for each in blocks] == [50]
    run_paired(scenarios[:1] * 2, replications=50, threads=2, progress=blocks.append)
    assert len(blocks) > 1 + 2, "worlds of the plan alone are shared out"


def test_a_strategy_against_itself_is_tied_to_the_cent() -> None:
    scenario = with_strategy(load_scenario("quota-pressure"), "pressure")
    (against,) = comparison_of(run_paired([scenario, scenario], base=0, replications=20, seed=1)).against
    assert against.verdict == "tied"
    assert "the same in every world" in against.sentence


def test_names_that_are_not_there_are_refused_with_the_nearest() -> None:
    scenario = load_scenario("quota-pressure")
    with pytest.raises(ScenarioError, match="did you mean pressure"):
        select_strategies(scenario, ["presure"], None)
    with pytest.raises(ScenarioError, match="needs two strategies"):
        select_strategies(load_scenario("trust-the-process"), None, None)
    assert select_strategies(scenario, ["pressure"], None) == (["process", "pressure"], "process")
    assert select_strategies(scenario, None, "pressure") == (["process", "pressure"], "pressure")


@pytest.mark.parametrize("players", [1, 3, 6, 8])
def test_the_weights_of_all_players_sum_to_the_whole_less_nothing(players: int) -> None:
    found, orders = weights(players)
    for coalition, weight in found.items():
        whole = 1.0 if len(coalition) == players else -1.0 if not coalition else 0.0
        assert weight.sum() == pytest.approx(whole, abs=1e-12)
    assert (orders is None) == (players <= 6)


def test_cents_sum_to_the_cent() -> None:
    amounts = np.random.default_rng(1).normal(0.0, 1000.0, 50)
    assert sum(in_cents(amounts.tolist())) == round(float(amounts.sum()) * 100)


def test_an_attribution_sums_to_the_difference() -> None:
    scenario = load_scenario("hard-sell")
    table = attribute(scenario, "hard-sell", "process", replications=10, seed=2)
    assert table is not None
    runs = [with_strategy(scenario, name) for name in ("process", "hard-sell")]
    (against,) = comparison_of(run_paired(runs, base=0, replications=10, seed=2)).against
    assert sum(row.amount.estimate or 0.0 for row in table.rows) == pytest.approx(against.differences.revenue.estimate)
    assert table.total == pytest.approx(against.differences.revenue.estimate, abs=0.006)
    assert sum(row.shown for row in table.rows) == pytest.approx(table.total)
    assert table.runs == 2 ** len(table.rows)


def test_a_stopped_attribution_splits_nothing() -> None:
    scenario = load_scenario("hard-sell")
    assert attribute(scenario, "hard-sell", "process", replications=500, seed=2, stop=lambda: True) is None
