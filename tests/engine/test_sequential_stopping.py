"""Runs to a stated precision: met, the same on any number of threads, and ended by limits with what was reached."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from simcore import Goal
from simcore.base.errors import ScenarioError
from simcore.engine import runner
from simcore.engine.paired import run_paired
from simcore.engine.playable import most_replications
from simcore.engine.runner import Progress
from simcore.engine.simulation import simulate
from simcore.kernels.detail import Detail
from simcore.results.result import Result
from simcore.scenario.metric import parse_metric
from simcore.scenario.model import Scenario, validate
from simcore.scenario.precision_goal import goal_of, parse_target
from simcore.scenario_files.scenario_file import load_scenario
from simcore.statistics.running_estimates import block_statistic, running_estimate
from simcore.studies.compare.document import Comparison
from simcore.studies.compare.study import compare
from tests.support.both_engines import compiled
from tests.support.scenario_cases import scenario

SEVERAL = ("revenue=2%", "p_quota=0.02@0.99", "p_zero:2w=0.03", "q50:month=20%")


def model(**changes: object) -> Scenario:
    return validate(scenario(quota={"per": "month", "amount": 9000}, **changes))


@cache
def several() -> Result:
    return simulate(model(), precision=SEVERAL, seed=5, threads=1)


def test_every_precision_is_met_and_told() -> None:
    reached = several().summary.precision
    assert reached is not None
    assert reached.ended == "met"
    assert [row.metric for row in reached.rows] == ["revenue", "p_quota", "p_zero:2w", "q50:month"]
    for row, text in zip(reached.rows, SEVERAL, strict=True):
        target = parse_target(text)
        assert (row.wanted, row.relative, row.confidence) == target[1:]
        assert row.met
        assert row.reached is not None
        assert row.low is not None
        assert row.high is not None
        assert row.reached <= row.wanted
        assert row.needed is None
        width = row.wanted * (row.estimate if row.relative else 1.0)
        assert row.estimate - width <= row.low <= row.estimate <= row.high <= row.estimate + width


def test_a_run_to_a_precision_is_a_run_of_so_many_replications() -> None:
    found = several()
    n = found.tally.replications
    assert simulate(model(), replications=n, seed=5).tally.same_as(found.tally)
    assert found.scenario.run.replications == found.summary.size.replications == n
    assert not found.summary.interrupted
    figures = {row.horizon: row.revenue for row in found.summary.averaging.close}
    told = {row.metric: row.estimate for row in found.summary.precision.rows} if found.summary.precision else {}
    assert found.summary.quota is not None
    assert found.summary.quota.p_hit is not None
    assert told["p_quota"] == pytest.approx(found.summary.quota.p_hit.estimate, rel=1e-12)
    assert told["q50:month"] == figures["month"].q50.estimate
    assert told["revenue"] == pytest.approx(52.0 * (figures["week"].mean.estimate or 0.0), rel=1e-12)


@pytest.mark.parametrize(("threads", "block"), [(3, 1 << 16), (1, 12), (2, 60)])
def test_how_it_is_run_does_not_matter(threads: int, block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "DETAIL_REP_WEEKS", block)
    found = simulate(model(), precision=SEVERAL, seed=5, threads=threads)
    assert found.tally.same_as(several().tally)
    assert found.summary.precision == several().summary.precision


def test_a_limit_of_replications_ends_it() -> None:
    goal = Goal(goal_of(["revenue=0.1%", "p_quota=0.5"]).targets, max_replications=300)
    found = simulate(model(), precision=goal, seed=5)
    reached = found.summary.precision
    assert reached is not None
    assert found.tally.replications == 300
    assert (reached.ended, found.summary.interrupted) == ("replications", False)
    revenue, quota = reached.rows
    assert not revenue.met
    assert quota.met
    assert revenue.needed is not None
    assert revenue.needed > 3000
    assert revenue.reached is not None
    assert revenue.reached > 0.001


def test_a_limit_of_one_replication_says_nothing() -> None:
    goal = Goal(goal_of(["revenue=1%", "q05:month=1"]).targets, max_replications=1)
    reached = simulate(model(), precision=goal).summary.precision
    assert reached is not None
    assert [(row.low, row.high, row.reached, row.needed) for row in reached.rows] == [(None, None, None, None)] * 2


def test_a_limit_of_time_ends_it() -> None:
    goal = Goal(goal_of(["revenue=0.0001%"]).targets, max_seconds=0.05)
    reached = simulate(model(), precision=goal).summary.precision
    assert reached is not None
    assert reached.ended == "seconds"


def test_a_stop_keeps_what_was_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "DETAIL_REP_WEEKS", 12 * 100)
    seen: list[Progress] = []
    found = simulate(model(), precision=["revenue=0.01%"], threads=1, progress=seen.append, stop=lambda: len(seen) >= 6)
    reached = found.summary.precision
    assert reached is not None
    assert (reached.ended, found.summary.interrupted) == ("interrupted", True)
    assert found.tally.replications == seen[-1].done
    assert simulate(model(), replications=seen[-1].done).tally.same_as(found.tally)


def test_progress_is_towards_the_precision() -> None:
    seen: list[Progress] = []
    found = simulate(model(), precision=["revenue=1%"], seed=5, progress=seen.append)
    assert seen[-1].done == seen[-1].total == found.tally.replications
    assert all(earlier.done <= earlier.total for earlier in seen)
    assert max(progress.total for progress in seen[:-1]) > 256


def test_a_scenario_that_states_neither_is_precise_about_revenue() -> None:
    reached = simulate(model(horizon={"weeks": 26})).summary.precision
    assert reached is not None
    (row,) = reached.rows
    assert (row.metric, row.wanted, row.relative, row.met) == ("revenue", 0.005, True, True)
    assert simulate(model(run={"replications": 3})).summary.precision is None
    assert simulate(model(), replications=3).summary.precision is None


def test_a_scenario_states_a_precision_and_a_call_another() -> None:
    given = model(run={"precision": {"p_quota": "0.05@0.9"}, "replications": 7})
    stated = simulate(given).summary.precision
    other = simulate(given, precision=["p_zero:6w=0.2"]).summary.precision
    assert stated is not None
    assert other is not None
    assert [row.metric for row in stated.rows] == ["p_quota"]
    assert [row.metric for row in other.rows] == ["p_zero:6w"]
    assert simulate(given, replications=5).tally.replications == 5


@pytest.mark.parametrize(
    ("precision", "message"),
    [
        ([], "no precision is stated"),
        (["revenue"], "is not METRIC=HALFWIDTH"),
        (["revenue=1%", "revenue=2%"], "is stated twice"),
        (["q05:year=1%"], "needs a whole year"),
        (Goal(goal_of(["revenue=1%"]).targets, max_replications=0), "not above 0"),
        (Goal(goal_of(["revenue=1%"]).targets, max_seconds=-1.0), "not above 0"),
    ],
)
def test_what_is_no_precision_is_refused(precision: Goal | list[str], message: str) -> None:
    with pytest.raises(ScenarioError, match=message):
        simulate(model(), precision=precision)


def test_a_run_ends_before_its_counters_overflow() -> None:
    assert most_replications(compiled(scenario())) == 2**40
    assert most_replications(compiled(scenario(deal={"fixed": 1e9}))) <= 2**40


def test_a_quantile_of_any_period_is_that_of_the_windows() -> None:
    program = compiled(scenario(deal={"fixed": 1000.5}))
    cents = np.random.default_rng(1).integers(0, 40, (100, 2, 2, 6)) * 100_050
    nothing = np.zeros((0, 2, 1), np.int64)
    detail = Detail(np.zeros((100, 2, 6, 4), np.int64), cents, nothing, np.zeros((0, 2)), nothing, nothing)
    metric = parse_metric("q30:3w")
    figure = running_estimate(metric, program)
    for first in range(0, 100, 30):
        part = detail._replace(cents=cents[first : first + 30])
        figure.add(block_statistic(metric, program, first, part))
    windows = cents[:, 0].reshape(100, 2, 2, 3).sum(axis=3).ravel() / 100.0
    expected = np.quantile(windows, 0.3, method="inverted_cdf")
    assert figure.read(0.05).estimate == pytest.approx(expected, rel=1e-12)


@cache
def pressure() -> Scenario:
    return load_scenario("quota-pressure", ["team.reps=3", "horizon.weeks=26"])


@cache
def compared(threads: int = 1) -> Comparison:
    precision = ["revenue=1.5%", "p_quota=0.03", "q50:quarter=30%"]
    return compare(pressure(), precision=precision, seed=2, threads=threads)


def test_differences_are_as_precise_as_asked() -> None:
    found = compared()
    assert found.precision is not None
    assert found.precision.ended == "met"
    revenue, quota, median = found.precision.rows
    (against,) = found.against
    assert [row.strategy for row in (revenue, quota, median)] == ["pressure"] * 3
    assert revenue.estimate == pytest.approx(against.differences.revenue.estimate, rel=1e-9)
    assert against.differences.p_quota is not None
    assert quota.estimate == pytest.approx(against.differences.p_quota.estimate, abs=1e-12)
    base = found.strategies[0].figures.revenue.estimate
    assert base is not None
    assert revenue.high is not None
    assert revenue.reached == pytest.approx((revenue.high - revenue.estimate) / base, rel=1e-9)
    assert all(row.met for row in found.precision.rows)
    # Worlds are shared: without that, many more would be needed.
    assert revenue.crude is not None
    assert against.pairing_gain is not None
    assert revenue.crude == pytest.approx(found.replications * against.pairing_gain, rel=0.01)
    assert median.crude is None


def test_a_comparison_does_not_depend_on_threads() -> None:
    assert compared(2) == compared(1)


def test_a_comparison_is_that_of_so_many_worlds() -> None:
    found = compared()
    plain = compare(pressure(), replications=found.replications, seed=2)
    assert plain.precision is None
    assert plain.against == found.against


def test_differences_need_a_baseline() -> None:
    with pytest.raises(ValueError, match="baseline"):
        run_paired([model(), model()], goal=goal_of(["revenue=1%"]))


def test_a_comparison_that_is_stopped_is_told() -> None:
    goal = Goal(goal_of(["revenue=0.01%"]).targets, max_replications=300)
    found = compare(pressure(), precision=goal, seed=2)
    assert found.precision is not None
    assert (found.precision.ended, found.replications, found.interrupted) == ("replications", 300, False)
    asked: list[bool] = []

    def stop() -> bool:
        asked.append(True)
        return len(asked) > 2

    stopped = compare(pressure(), precision=goal, seed=2, stop=stop, threads=1)
    assert stopped.precision is not None
    assert (stopped.precision.ended, stopped.interrupted) == ("interrupted", True)
