"""The cost of a run and its limit."""

from __future__ import annotations

import pytest

from simcore.analytic.run_cost import LIMIT, cost
from simcore.base.errors import ExitStatus, ScenarioError
from simcore.engine.simulation import SimulationRequest
from simcore.scenario_files.scenario_file import load_scenario


def test_rep_weeks_are_exact_and_include_warm_up() -> None:
    subject = load_scenario(
        "trust-the-process",
        ["run.replications=7", "team.reps=3", "horizon.weeks=11", "horizon.warmup_weeks=5", "quota.per=week"],
    )
    assert cost(subject).rep_weeks == 7 * 3 * 16


def test_cost_grows_with_the_work_and_shrinks_with_threads() -> None:
    small = load_scenario("trust-the-process")
    busy = load_scenario("trust-the-process", ["funnel.meetings.rate=0.2"])
    slow = load_scenario("trust-the-process", ["funnel.wins.lag=20d"])
    assert cost(busy).seconds > cost(small).seconds
    assert cost(slow).seconds > cost(small).seconds
    assert cost(slow).memory_bytes > cost(small).memory_bytes
    assert cost(small, threads=2).seconds == cost(small).seconds / 2


def test_strategies_that_react_cost_by_decision_and_by_hour() -> None:
    def seconds(*changes: str) -> float:
        return cost(load_scenario("quota-pressure", list(changes))).seconds

    steady, daily = seconds(), seconds("run.strategy=pressure")
    hourly = seconds("run.strategy=pressure", "strategies.pressure.decides=hour")
    capped = seconds("run.strategy=pressure", "funnel.meetings.cap.open=50")
    assert steady < daily < hourly
    assert daily < capped


def test_the_limit_names_the_figure_and_the_option() -> None:
    SimulationRequest(load_scenario("trust-the-process", ["run.replications=3846153"])).cost(1).check()
    subject = load_scenario("trust-the-process", ["run.replications=3846154"])
    with pytest.raises(ScenarioError) as refused:
        SimulationRequest(subject).cost(1).check()
    assert refused.value.exit_status == ExitStatus.INVALID
    text = str(refused.value)
    assert f"{cost(subject).rep_weeks:,}" in text
    assert f"{LIMIT:,}" in text
    assert "--no-limit" in text
