"""Every technique of variance reduction against exact answers; its intervals cover; planted mistakes are caught."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest

from simcore.analytic.expectations import chances
from simcore.program.compiler import compile_scenario
from simcore.random.philox import split_seed
from simcore.scenario.metric import parse_metric
from simcore.scenario.model import validate, with_strategy
from simcore.variance_reduction import techniques as module
from simcore.variance_reduction.conditional import (
    conditional_refusal,
    conditional_values,
    count_controls,
    fixed_after,
    plain_values,
)
from simcore.variance_reduction.estimators import t_interval
from simcore.variance_reduction.point_sets import LeadingFactors, draw_factors
from simcore.variance_reduction.techniques import (
    CRUDE,
    LEAST,
    SHARED,
    TECHNIQUES,
    Case,
    Technique,
    draw,
    refusal,
    tilt_of,
)
from tests.support.scenario_cases import MARKET, funnel, scenario
from tests.support.statistical import DeviationError, check_mean, check_share_at_least

ALL = (CRUDE, *TECHNIQUES)
BY_NAME = {each.name: each for each in ALL}
QUOTA = {"per": "quarter", "amount": 31_000}
STEADY = scenario(horizon={"weeks": 13}, quota=QUOTA)
VARIED = scenario(
    horizon={"weeks": 13},
    quota=QUOTA,
    market=MARKET,
    funnel=funnel({}, {"rate": {"mean": 0.5, "rep_cv": 0.3, "week_cv": 0.2}}, {}),
)
UNSURE = scenario(
    horizon={"weeks": 13},
    quota=QUOTA,
    funnel=funnel({"rate": {"successes": 10, "trials": 50}}, {"rate": {"between": [0.4, 0.6], "rep_cv": 0.3}}, {}),
)
DRIFTING = scenario(
    horizon={"weeks": 13},
    quota=QUOTA,
    market={"step": 0.05, "persistence": 1, "acts_on": ["meetings"], "start": {"level": 0.9, "sd": 0.2}},
    funnel=funnel({}, {"lag": "1d", "lost_lag": "1w"}, {"lag": "2w", "lost_lag": "1d"}),
)
DRY = scenario(horizon={"weeks": 8})
METRICS = {"revenue:quarter": 0.0, "p_quota": 0.0, "p_quota_team": 0.0, "q05:week": 1000.0}


@cache
def case(name: str, metric: str) -> Case:
    given = validate({"steady": STEADY, "varied": VARIED, "unsure": UNSURE, "drifting": DRIFTING, "dry": DRY}[name])
    level = METRICS.get(metric, 0.0)
    return Case(parse_metric(metric), level, (compile_scenario(given),), chances(given), split_seed(11))


def exact(of: Case) -> float:
    """Return the metric given the calls alone: what `conditional_values` says of stage 0."""
    program = of.programs[0]
    calls = np.full((1, program.team.reps, program.clock.counted_weeks), program.plan.calls[0])
    return float(conditional_values(of.metric, of.level, program, calls, 0)[0])


def means(of: Case, technique: Technique, batches: int, worlds: int) -> np.ndarray[Any, Any]:
    return np.array([draw(of, technique, 3, batch, worlds).estimate.mean for batch in range(batches)])


def agrees(what: str, found: np.ndarray[Any, Any], expected: float, *, detect: float) -> None:
    """Check a mean; where hardly any variance is left, directly."""
    spread = float(found.std())
    if spread > 1e-4 * abs(expected):
        check_mean(what, found, expected, detect=detect)
    elif abs(float(found.mean()) - expected) > spread + 1e-9 * abs(expected):
        message = f"{what}: {found.mean()}, expected {expected}"
        raise DeviationError(message)


def usable(of: Case) -> list[Technique]:
    return [each for each in ALL if refusal(each, of) is None]


@pytest.mark.parametrize("metric", METRICS)
def test_every_technique_gives_the_exact_answer(metric: str) -> None:
    of = case("steady", metric)
    crude = float(means(of, CRUDE, 60, 64).std())
    for technique in usable(of):
        found = means(of, technique, 200, 64)
        agrees(f"{metric}, {technique.name}", found, exact(of), detect=crude)


def test_techniques_know_which_rates_are_not_known() -> None:
    of = case("unsure", "revenue")
    assert of.is_counted
    assert len(of.factors.calls) == 0
    assert fixed_after(of.programs[0]) == 2
    last = scenario(funnel=funnel({}, {}, {"rate": {"successes": 10, "trials": 50}}))
    assert "last step" in str(conditional_refusal(of.metric, compile_scenario(validate(last))))


@pytest.mark.parametrize("name", ["varied", "unsure", "drifting"])
@pytest.mark.parametrize("metric", ["revenue", "p_quota"])
def test_every_technique_agrees_with_crude_where_all_varies(metric: str, name: str) -> None:
    of = case(name, metric)
    crude = means(of, CRUDE, 200, 64)
    for technique in usable(of)[1:]:
        found = means(of, technique, 100, 64)
        check_mean(
            f"{metric}, {technique.name}", found - crude.reshape(100, 2).mean(axis=1), 0.0, detect=1.5 * crude.std()
        )


def test_techniques_for_a_rare_event_give_the_exact_answer() -> None:
    of = case("dry", "p_zero:4w")
    assert exact(of) < 1e-4
    names = {"conditional", "tilted", "tilted + sobol", "conditional + sobol"}
    assert names <= {each.name for each in usable(of)}
    for name in sorted(names):
        found = means(of, BY_NAME[name], 300, 512)
        check_mean(name, found / exact(of), 1.0, detect=0.5)


def test_the_tilt_leaves_out_what_waits() -> None:
    lagged = scenario(funnel=funnel({}, {}, {"lag": "1w"}))
    assert tilt_of(compile_scenario(validate(lagged))).tolist() == [1.0, 1.0, 1.0, 0.0]
    assert tilt_of(compile_scenario(validate(scenario()))).round(6).tolist() == [1.0, 1.0, 0.75, 0.0]


@pytest.mark.parametrize(
    "name",
    [
        "crude",
        pytest.param("controls", marks=pytest.mark.long),
        pytest.param("strata", marks=pytest.mark.long),
        "conditional + sobol",
    ],
)
def test_intervals_cover(name: str) -> None:
    of, repetitions = case("steady", "p_quota"), 2000
    truth, hits = exact(of), 0
    for batch in range(repetitions):
        low, high = t_interval(draw(of, BY_NAME[name], 5, batch % 1024, 32 + 32 * (batch // 1024)).estimate)
        hits += low <= truth <= high
    check_share_at_least(f"coverage, {name}", hits, repetitions, 0.94, detect=0.06)


def test_a_difference_in_shared_worlds_is_that_of_worlds_apart_with_less_error() -> None:
    drives = {"d": {"signals": {"surprise": -0.2}, "level": [-0.5, 0.5], "changes": {"activity": {"slope": 1.0}}}}
    given = validate({**STEADY, "strategies": {"a": {"decides": "week", "drives": drives}, "b": {}}})
    programs = tuple(compile_scenario(with_strategy(given, name)) for name in ("a", "b"))
    of = Case(parse_metric("revenue"), 0.0, programs, None, split_seed(3))
    apart, shared = means(of, CRUDE, 100, 16), means(of, SHARED, 100, 16)
    assert shared.std() < apart.std() / 2
    check_mean("difference", apart - shared, 0.0, detect=1.5 * float(apart.std()))
    for technique in usable(of)[2:]:
        apart = means(of, technique, 100, 16) - shared
        check_mean(f"difference, {technique.name}", apart, 0.0, detect=2.0 * float(shared.std()))


def test_refusals_say_why() -> None:
    assert refusal(SHARED, case("steady", "revenue")) == "there is one strategy only"
    assert "without a win" in str(refusal(BY_NAME["tilted"], case("steady", "revenue")))
    assert "last step" in str(refusal(BY_NAME["conditional"], case("varied", "revenue")))
    assert "law of its own" in str(refusal(BY_NAME["tilted"], case("drifting", "p_zero:4w")))
    lognormal = validate({**STEADY, "deal": {"mean": 1000, "cv": 0.5, "shape": "lognormal"}})
    of = Case(parse_metric("p_quota"), 0.0, (compile_scenario(lognormal),), None, split_seed(1))
    assert "different values" in str(refusal(BY_NAME["conditional"], of))
    with pytest.raises(ValueError, match="conditional: deals have different values"):
        draw(of, BY_NAME["conditional"], 0, 0, 64)
    with pytest.raises(ValueError, match="power of two"):
        draw(of, CRUDE, 0, 0, LEAST + 1)


def test_a_batch_is_the_same_again_and_others_are_others() -> None:
    of = case("varied", "revenue")
    for technique in usable(of):
        first, again, other = (draw(of, technique, 2, batch, 64).estimate.mean for batch in (0, 0, 1))
        assert first == again != other


# Planted mistakes: each of the checks above must fail.


def fails(name: str, metric: str = "p_quota", of: str = "steady") -> None:
    found = means(case(of, metric), BY_NAME[name], 200, 64) / exact(case(of, metric))
    with pytest.raises(DeviationError):
        agrees("planted", found, 1.0, detect=1.0)


def test_a_control_with_a_wrong_expectation_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    right = count_controls
    monkeypatch.setattr(module, "count_controls", lambda *given: (right(*given)[0], right(*given)[1] + 12.0))
    fails("controls", "revenue")
    batch = draw(case("steady", "revenue"), BY_NAME["controls"], 3, 0, 1024)
    assert batch.worst_control > 4.0


def test_a_stratum_counted_twice_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    right = draw_factors

    def doubled(*given: Any) -> LeadingFactors:  # noqa: ANN401
        worlds = right(*given)
        order = np.arange(len(worlds.successes))
        order[: len(order) // 4] = order[len(order) // 4 : len(order) // 2]
        return worlds._replace(successes=worlds.successes[order])

    monkeypatch.setattr(module, "draw_factors", doubled)
    fails("conditional + strata")


def test_a_likelihood_ratio_left_out_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    right = module._details

    def unweighted(*given: Any) -> Any:  # noqa: ANN401
        for block, detail in right(*given):
            yield block, detail._replace(log_weight=np.zeros_like(detail.log_weight))

    monkeypatch.setattr(module, "_details", unweighted)
    fails("tilted", "p_zero:4w", "dry")


def test_sobol_points_without_scrambling_are_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    from scipy.stats.qmc import Sobol  # noqa: PLC0415

    from simcore.variance_reduction import point_sets as points  # noqa: PLC0415

    def same(count: int, dimensions: int, randomisations: int, seed: int) -> np.ndarray[Any, Any]:
        del seed
        u = Sobol(dimensions, scramble=False).random(count) + 0.5 / 2**32
        return np.broadcast_to(u, (randomisations, count, dimensions)).copy()

    monkeypatch.setattr(points, "sobol_uniforms", same)
    fails("conditional + sobol")


def test_conditioning_on_another_stage_than_the_one_counted_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    def mistaken(metric: Any, level: float, program: Any, entered: Any, stage: int) -> Any:  # noqa: ANN401
        return conditional_values(metric, level, program, entered, stage + 1)

    monkeypatch.setattr(module, "conditional_values", mistaken)
    fails("conditional")


def test_plain_values_of_a_quantile_are_shares() -> None:
    of = case("steady", "q05:week")
    detail = next(iter(module._details(of, 0, 0, 32, lambda _: of.programs[0].source)))[1]
    values = plain_values(of.metric, of.level, of.programs[0], detail)
    assert ((values >= 0.0) & (values <= 1.0)).all()
