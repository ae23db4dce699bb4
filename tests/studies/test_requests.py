"""Every question is a request: frozen, priced before it is run, and run as the function of its arguments."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

import pytest

import simcore
from simcore.api.limits import HOW
from simcore.engine.simulation import SimulationRequest
from simcore.studies.coach.study import plan_coach
from simcore.studies.compare.request import AttributionRequest, ComparisonRequest
from simcore.studies.luck.study import LuckRequest
from simcore.studies.plan.study import plan_search
from simcore.studies.steadiness.study import SteadinessRequest
from simcore.studies.study import STUDIES, Request
from simcore.studies.sweep.breakeven import BreakevenRequest
from simcore.studies.sweep.study import plan_sweep
from simcore.variance_reduction.benchmark import VarianceRequest
from tests.support.study_cases import BOTH, TEAM, request

if TYPE_CHECKING:
    from simcore.results.result import Result
    from simcore.studies.coach.document import Coach
    from simcore.studies.compare.document import AttributionTable, Comparison
    from simcore.studies.luck.document import Luck
    from simcore.studies.plan.document import BackwardPlan
    from simcore.studies.steadiness.document import Steadiness
    from simcore.studies.sweep.document import Breakeven, Sweep
    from simcore.variance_reduction.document import VarianceBench

SIZE = TEAM.team.reps * (TEAM.horizon.warmup_weeks + TEAM.horizon.weeks)
"""Rep-weeks of a replication."""
EXACT = {
    "result": 40 * SIZE,
    "comparison": 2 * 40 * SIZE,
    "sweep": 2 * 32 * (1 + 2) * SIZE // 2,
    "luck": 2 * 128 * SIZE,
}
"""Rep-weeks that are known beforehand, not about."""

# The types of the answers are checked by mypy, with each assignment.
ATTRIBUTION: Request[AttributionTable | None] = AttributionRequest(TEAM, "pressure", "process", replications=32)
RUN: Request[Result] = SimulationRequest(TEAM)
COMPARISON: Request[Comparison] = ComparisonRequest(TEAM)
SWEEP: Request[Sweep] = plan_sweep(TEAM, {"team.reps": [1, 2]})
BREAKEVEN: Request[Breakeven] = BreakevenRequest(TEAM, {"team.reps": (1, 2)}, BOTH)
PLAN: Request[BackwardPlan] = plan_search(TEAM, 20_000)
LUCK: Request[Luck] = LuckRequest(TEAM)
COACH: Request[Coach] = plan_coach(TEAM)
STEADINESS: Request[Steadiness] = SteadinessRequest(TEAM)
VARIANCE: Request[VarianceBench] = VarianceRequest(TEAM)


@pytest.mark.parametrize("name", STUDIES)
def test_a_request_takes_the_arguments_of_its_function(name: str) -> None:
    build = inspect.signature(STUDIES[name].load_request()).parameters
    public: Any = getattr(simcore, STUDIES[name].function)
    asked = inspect.signature(public.__wrapped__).parameters
    assert {*asked} - {*HOW} <= set(build)
    for each in {*asked} - {*HOW}:
        assert build[each].default == asked[each].default, each


@pytest.mark.parametrize("name", STUDIES)
def test_a_request_is_frozen_and_priced_without_a_run(name: str) -> None:
    asked = request(name)
    assert list(inspect.signature(asked.run).parameters) == list(HOW)
    field = next(iter(getattr(asked, "_fields", None) or vars(asked)))
    with pytest.raises(AttributeError):
        setattr(asked, field, None)
    one, two = asked.cost(1), asked.cost(2)
    assert one.cost.rep_weeks == two.cost.rep_weeks == EXACT.get(name, one.cost.rep_weeks) > 0
    one.check()
    with pytest.raises(simcore.ScenarioError, match=r"--no-limit to run it all the same"):
        one.check(limit=one.cost.rep_weeks - 1)


@pytest.mark.parametrize("name", STUDIES)
def test_the_answer_is_the_document_of_the_study(name: str) -> None:
    found = request(name).run(threads=1)
    document = found.summary if name == "result" else found
    assert type(document) is STUDIES[name].load_document()
    assert not document.interrupted


@pytest.mark.slow
def test_a_comparison_that_is_split_costs_what_is_run_and_holds_the_split() -> None:
    plain, split = (ComparisonRequest(TEAM, BOTH[::-1], replications=32, split=split) for split in (False, True))
    beside = ATTRIBUTION.cost(1).cost.rep_weeks
    assert beside > 0
    assert split.cost(1).cost.rep_weeks == plain.cost(1).cost.rep_weeks + beside
    (row,) = split.run(threads=1).against
    (without,) = plain.run(threads=1).against
    assert without.attribution is None
    assert row.attribution == ATTRIBUTION.run(threads=1)


def test_a_goal_is_priced_by_one_replication_and_reached_by_the_run() -> None:
    goal = SimulationRequest(TEAM, precision=["p_zero:week=0.05"])
    assert goal.cost(1).cost.rep_weeks == SIZE
    found = goal.run_within_limit(threads=1, progress=None, stop=None)
    reached = goal.reached_by(found)
    assert reached is not None
    assert reached.ended == "met"
