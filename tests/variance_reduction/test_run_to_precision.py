"""Runs to a precision by a technique: what is promised is held, and limits, stops and mistakes are told.

That intervals cover is tested in tests/variance_reduction/test_technique_coverage.py.
"""

from __future__ import annotations

import pytest

from simcore.base.errors import ScenarioError
from simcore.engine.runner import Progress, Watch
from simcore.scenario.model import validate
from simcore.scenario.precision_goal import Goal, targets_of
from simcore.variance_reduction import run_to_precision as methods
from simcore.variance_reduction.run_to_precision import check_method, estimate_to_precision, method_names
from tests.support.scenario_cases import scenario

QUOTA = {"per": "quarter", "amount": 31_000}
STEADY = validate(scenario(horizon={"weeks": 13}, quota=QUOTA))
DRIVES = {"d": {"signals": {"surprise": -0.2}, "level": [-0.5, 0.5], "changes": {"activity": {"slope": 1.0}}}}
PAIR = validate(scenario(horizon={"weeks": 13}, strategies={"plan": {}, "push": {"decides": "week", "drives": DRIVES}}))
FEEDBACK_FREE = 780 * 0.04


def goal(*limits: float | None, **precision: str) -> Goal:
    most, seconds = (*limits, None, None)[:2]
    targets = targets_of({metric.replace("_in_", ":"): width for metric, width in precision.items()})
    return Goal(targets, None if most is None else int(most), seconds)


def tail(wins: int, calls: int, q: float) -> float:
    from scipy.stats import binom  # noqa: PLC0415

    return float(binom.sf(wins - 1, calls, q))


EXACT = tail(31, 780, 0.04)


@pytest.mark.parametrize("method", ["controls", "antithetic", "strata", "conditional", "conditional + sobol", "auto"])
def test_the_precision_that_was_asked_for_is_reached(method: str) -> None:
    found = estimate_to_precision(STEADY, goal(p_quota="0.01"), method)
    (row,) = found.rows
    assert found.ended == "met"
    assert row.met
    assert row.reached is not None
    assert row.reached <= 0.01
    assert abs(row.estimate - EXACT) < 0.01
    assert row.method is not None
    assert row.worlds is not None
    assert row.strategy is None


FLOWING = validate(
    scenario(
        horizon={"weeks": 13}, quota=QUOTA, inflow={"stage": "opportunities", "per_week": 20, "cv": 0.5, "to": "seat"}
    )
)


@pytest.mark.parametrize("method", ["controls", "antithetic", "strata", "sobol", "auto"])
def test_what_comes_without_a_call_is_not_left_out_of_a_technique(method: str) -> None:
    (row,) = estimate_to_precision(FLOWING, goal(revenue="0.5%"), method).rows
    exact = 52 * (60 * 0.04 + 20 * 0.4) * 1000.0
    assert row.low is not None
    assert row.high is not None
    assert row.low <= exact <= row.high
    assert row.high - row.low < 0.011 * exact


def test_what_comes_without_a_call_cannot_be_integrated_out() -> None:
    with pytest.raises(ScenarioError, match="conditional"):
        estimate_to_precision(FLOWING, goal(p_quota="0.01"), "conditional")


def test_a_rare_event_takes_far_fewer_worlds_than_crude() -> None:
    row = estimate_to_precision(STEADY, goal(p_zero_in_8w="1e-9"), "conditional").rows[0]
    assert row.met
    assert row.low is not None
    assert row.high is not None
    assert row.low <= 0.96**480 <= row.high
    assert row.crude is not None
    assert row.worlds is not None
    assert row.crude > 1000 * row.worlds


def test_nothing_seen_is_not_taken_for_nothing_to_see() -> None:
    found = estimate_to_precision(STEADY, goal(20_000, p_zero_in_8w="1e-7"), "controls")
    (row,) = found.rows
    assert found.ended == "replications"
    assert not row.met
    assert row.high is not None
    assert row.high > 0.96**480


def test_what_is_always_so_is_not_taken_for_sure() -> None:
    certain = validate(scenario(horizon={"weeks": 13}, quota={"per": "quarter", "amount": 1}))
    (row,) = estimate_to_precision(certain, goal(5_000, p_quota="1e-4"), "controls").rows
    assert not row.met
    assert row.low is not None
    assert row.low < 1.0 == row.estimate
    pair = PAIR.model_copy(update={"quota": certain.quota})
    (row,) = estimate_to_precision(pair, goal(5_000, p_quota="1e-4"), "antithetic", against=["push"]).rows
    assert row.estimate == 0.0
    assert row.low is not None
    assert row.high is not None
    assert row.low < 0.0 < row.high


def test_auto_takes_plain_worlds_where_a_pilot_would_take_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    def pilot(*_: object, **__: object) -> None:
        raise AssertionError

    monkeypatch.setattr(methods, "bench_variance", pilot)
    (row,) = estimate_to_precision(STEADY, goal(p_quota="0.02"), "auto").rows
    assert row.method == "crude"
    assert row.met
    assert row.worlds is not None
    assert row.worlds < 4096
    with pytest.raises(AssertionError):
        estimate_to_precision(STEADY, goal(p_zero_in_8w="1e-9"), "auto")


def test_a_pilot_can_be_stopped() -> None:
    asked = [False, False, True]
    stopped = estimate_to_precision(
        STEADY,
        goal(p_zero_in_8w="1e-12"),
        "auto",
        watch=Watch(None, lambda: asked.pop(0) if len(asked) > 1 else True),
    )
    assert stopped.ended == "interrupted"
    assert stopped.rows[0].method == "crude"
    late = estimate_to_precision(STEADY, goal(None, 1e-3, p_zero_in_8w="1e-12"), "auto")
    assert late.ended == "seconds"


def test_differences_are_those_of_strategies_in_shared_worlds() -> None:
    found = estimate_to_precision(PAIR, goal(revenue="2%"), "antithetic", against=["push"])
    (row,) = found.rows
    assert row.strategy == "push"
    assert row.met
    assert row.reached is not None
    assert row.reached <= 0.02
    # Feedback without curvature leaves the mean alone.
    assert abs(row.estimate) < 0.05 * FEEDBACK_FREE * 4 * 1000


def test_results_do_not_depend_on_threads() -> None:
    one, two = (
        estimate_to_precision(STEADY, goal(p_quota="0.02"), "controls", threads=threads).rows for threads in (1, 2)
    )
    assert one == two


def test_limits_and_stops_end_with_what_was_reached() -> None:
    seen: list[Progress] = []
    stopped = estimate_to_precision(
        STEADY, goal(p_quota="1e-5"), "controls", watch=Watch(seen.append, lambda: bool(seen))
    )
    assert stopped.ended == "interrupted"
    assert seen
    assert stopped.rows[0].worlds
    late = estimate_to_precision(STEADY, goal(None, 0.05, p_quota="1e-6"), "controls")
    assert late.ended == "seconds"
    limited = estimate_to_precision(STEADY, goal(10_000, p_quota="1e-6"), "controls")
    assert limited.ended == "replications"
    assert limited.rows[0].needed is not None


@pytest.mark.parametrize("method", ["antithetic", "controls", "tilted"])
def test_a_limit_counts_every_world(method: str) -> None:
    (row,) = estimate_to_precision(STEADY, goal(1000, p_zero_in_4w="1e-9"), method).rows
    assert row.worlds is not None
    assert 900 < row.worlds <= 1000


def test_mistakes_are_told() -> None:
    assert "conditional+sobol" in method_names()
    check_method("conditional + sobol")
    with pytest.raises(ScenarioError, match="did you mean controls"):
        estimate_to_precision(STEADY, goal(p_quota="0.01"), "control")
    with pytest.raises(
        ScenarioError, match=r"only a time without a win.*got tilted; allowed: auto, antithetic, controls"
    ):
        estimate_to_precision(STEADY, goal(p_quota="0.01"), "tilted")
    for precision in ({"q05_in_week": "1%"}, {"sd_in_week": "1%"}, {"cv_in_month": "1%"}):
        with pytest.raises(ScenarioError, match="no mean over worlds; there are revenue or revenue:PERIOD, p_quota"):
            estimate_to_precision(STEADY, goal(**precision), "controls")
