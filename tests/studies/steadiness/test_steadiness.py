"""What the variance of results is made of: known answers 1, 2, 4, 5 and 6, parts that sum, and a planted mistake."""

from __future__ import annotations

from math import exp
from typing import Any

import numpy as np
import pytest

from simcore.answers.steadiness import verdicts
from simcore.base.errors import ScenarioError
from simcore.engine.runner import Progress
from simcore.random.streams import LUCK
from simcore.scenario.model import validate
from simcore.statistics.estimate import Estimate
from simcore.statistics.jackknife import EQUAL_GROUPS
from simcore.studies.steadiness.document import PARTS, Steadiness, SteadinessPart, SteadinessRow
from simcore.studies.steadiness.study import _sharing, shapley, steadiness, subsets_of
from tests.support.scenario_cases import funnel, scenario
from tests.support.statistical import DeviationError, check_estimate

MEAN_CALLS, Q, VALUE = 60, 0.04, 1000.0
QUOTA = {"per": "quarter", "amount": 31_000}
MARKET = {"sd": 0.3, "persistence": 0.8, "acts_on": ["wins"]}
SPREAD = funnel({}, {}, {"rate": {"mean": 0.4, "rep_cv": 0.3}})
NOISE = funnel({}, {}, {"rate": {"mean": 0.4, "week_cv": 0.3}})


def split(replications: int = 16_384, **changes: Any) -> Steadiness:  # noqa: ANN401
    return steadiness(validate(scenario(horizon={"weeks": 13}, **changes)), replications=replications)


def row(found: Steadiness, horizon: str) -> SteadinessRow:
    return next(each for each in found.rows if each.horizon == horizon)


def part(found: SteadinessRow, name: str) -> SteadinessPart:
    return next(each for each in found.parts if each.part == name)


def agrees(what: str, seen: Estimate, expected: float, *, detect: float) -> None:
    """Check a figure with its error; a deviation of so large a part of it must be found."""
    check_estimate(what, (seen.estimate, seen.se), expected, degrees=EQUAL_GROUPS - 1, detect=detect * expected)


def luck_of(calls: float, second_moment: float = Q * Q) -> float:
    """Return the variance of luck: E[n q (1 - q)] V^2."""
    return calls * (Q - second_moment) * VALUE**2


def test_without_differences_all_is_luck() -> None:
    found = split()
    assert found.active == ["luck"]
    for horizon, calls in (("hour", 1.5), ("day", 12), ("week", 60), ("quarter", 780)):
        agrees(f"variance of a {horizon}", row(found, horizon).variance, luck_of(calls), detect=0.12)
        assert part(row(found, horizon), "luck").share.estimate == 1.0
    (fall,) = found.falls
    assert fall.power.estimate == pytest.approx(-0.5, abs=0.03)


def test_differences_between_reps_never_average_out() -> None:
    found = split(funnel=SPREAD)
    assert found.active == ["luck", "people"]
    second = (0.1 * 0.4) ** 2 * (1.0 + 0.3**2)
    for horizon, calls in (("hour", 1.5), ("day", 12), ("week", 60), ("quarter", 780)):
        squares = 1.5**2 + 0.25 if horizon == "hour" else calls**2
        people = squares * (second - Q * Q) * VALUE**2
        agrees(f"people, {horizon}", part(row(found, horizon), "people").variance, people, detect=0.3)
        agrees(f"luck, {horizon}", part(row(found, horizon), "luck").variance, luck_of(calls, second), detect=0.2)
    assert next(fall.power.estimate for fall in found.falls if fall.part == "people") == pytest.approx(0.0, abs=0.05)


@pytest.mark.parametrize("law", [{"successes": 8, "trials": 20}, {"between": [0.3, 0.5]}])
def test_what_is_not_known_never_averages_out_and_the_parts_sum(law: dict[str, Any]) -> None:
    stages = funnel({}, {}, {"rate": law})
    known = validate(scenario(funnel=stages)).funnel[3].rate
    assert known is not None
    assert known.law is not None
    q = 0.1 * known.mean
    second = q * q * (1.0 + known.law.cv**2)
    found = split(funnel=stages)
    assert found.active == ["luck", "knowledge"]
    for horizon, calls in (("week", 60), ("quarter", 780)):
        ignorance = calls**2 * (second - q * q) * VALUE**2
        luck = calls * (q - second) * VALUE**2
        agrees(f"knowledge, {horizon}", part(row(found, horizon), "knowledge").variance, ignorance, detect=0.4)
        agrees(f"luck, {horizon}", part(row(found, horizon), "luck").variance, luck, detect=0.2)
        whole = row(found, horizon)
        assert sum(one.share.estimate or 0.0 for one in whole.parts) == pytest.approx(1.0)
    assert next(fall.power.estimate for fall in found.falls if fall.part == "knowledge") == pytest.approx(0.0, abs=0.05)


def test_reps_about_a_rate_that_is_not_known_are_people_and_knowledge() -> None:
    stages = funnel({}, {}, {"rate": {"between": [0.3, 0.5], "rep_cv": 0.3}})
    found = split(4096, funnel=stages)
    assert found.active == ["luck", "people", "knowledge"]
    last = found.rows[-1]
    assert sum(one.share.estimate or 0.0 for one in last.parts) == pytest.approx(1.0)
    assert all((one.share.estimate or 0.0) > 0.02 for one in last.parts if one.part in found.active)


def test_the_market_falls_as_its_autoregression_says() -> None:
    found = split(market=MARKET)
    for weeks, horizon in ((1, "week"), (13, "quarter")):
        pairs = [abs(a - b) for a in range(weeks) for b in range(weeks)]
        sums = sum(exp(0.3**2 * 0.8**distance) - 1.0 for distance in pairs)
        expected = (MEAN_CALLS * Q * VALUE) ** 2 * sums
        agrees(f"market, {horizon}", part(row(found, horizon), "market").variance, expected, detect=0.4)


def test_a_market_without_return_never_averages_out() -> None:
    found = split(market={"step": 0.06, "persistence": 1, "acts_on": ["wins"]})
    assert found.drifts
    for weeks, horizon in ((1, "week"), (13, "quarter")):
        pairs = [min(a, b) + 1 for a in range(13) for b in (range(13) if weeks == 13 else [a])]
        sums = sum(exp(0.06**2 * common) - 1.0 for common in pairs) * weeks / 13
        expected = (MEAN_CALLS * Q * VALUE) ** 2 * sums
        agrees(f"market, {horizon}", part(row(found, horizon), "market").variance, expected, detect=0.4)
    assert any("no level to come back to" in line for line in verdicts(found))
    assert not split(256, market=MARKET).drifts


def test_the_noise_of_weeks_is_independent_from_week_to_week() -> None:
    found = split(funnel=NOISE)
    for weeks, horizon in ((1, "week"), (13, "quarter")):
        expected = (60 * Q * VALUE * 0.3) ** 2 * weeks
        agrees(f"noise, {horizon}", part(row(found, horizon), "week noise").variance, expected, detect=0.5)


def test_weeks_that_bring_more_without_a_call_are_noise_of_weeks() -> None:
    found = split(inflow={"stage": "opportunities", "per_week": 20, "cv": 0.5, "to": "seat"})
    assert found.active == ["luck", "week noise"]
    for weeks, horizon in ((1, "week"), (13, "quarter")):
        expected = (20 * 0.4 * VALUE * 0.5) ** 2 * weeks
        agrees(f"noise, {horizon}", part(row(found, horizon), "week noise").variance, expected, detect=0.5)
        luck = luck_of(60.0 * weeks) + 20 * 0.4 * VALUE**2 * weeks
        agrees(f"luck, {horizon}", part(row(found, horizon), "luck").variance, luck, detect=0.3)


def test_two_factors_share_what_only_both_explain() -> None:
    given = funnel({}, {}, {"rate": {"mean": 0.4, "rep_cv": 0.3, "week_cv": 0.3}})
    found = row(split(funnel=given), "week")
    scale = (60 * Q * VALUE) ** 2
    # Var = a + b + a b for independent factors with mean one; half of the interaction goes to each.
    for name in ("people", "week noise"):
        agrees(name, part(found, name).variance, scale * (0.09 + 0.09**2 / 2.0), detect=0.4)


@pytest.mark.parametrize("changes", [{}, {"funnel": SPREAD, "market": MARKET}, {"funnel": NOISE}])
def test_parts_sum_to_the_whole_and_what_is_off_is_zero(changes: dict[str, Any]) -> None:
    found = split(256, **changes)
    for each in found.rows:
        assert sum(one.variance.estimate or 0.0 for one in each.parts) == pytest.approx(each.variance.estimate)
        assert sum(one.share.estimate or 0.0 for one in each.parts) == pytest.approx(1.0)
        off = [one for one in each.parts if one.part not in found.active]
        assert all(one.variance.estimate == 0.0 and one.variance.se == 0.0 for one in off)
    assert [one.part for one in found.rows[0].parts] == [part for part in PARTS if part != "knowledge"]


def test_what_reacting_adds_is_known_answer_6() -> None:
    drives = {"d": {"memory": 1, "signals": {"surprise": -0.5}, "changes": {"activity": {"slope": 1}}}}
    many = scenario(
        horizon={"weeks": 13, "warmup_weeks": 13},
        plan={"calls_per_week": 2000},
        strategies={"feedback": {"decides": "week", "drives": drives}},
    )
    found = row(steadiness(validate(many), replications=1024), "week")
    plan = 2000 * Q * (1.0 - Q) * VALUE**2
    agrees("luck", part(found, "luck").variance, plan, detect=0.2)
    # The ratio is 2 / (2 - g) = 4 / 3; luck of more calls adds a little, see tests/studies/plan/test_plan_feedback.py.
    agrees("reaction", part(found, "reaction").share, 0.25, detect=0.5)


def test_pairs_that_share_nothing_are_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """A planted mistake: the factors that should be shared are moved away, too."""
    monkeypatch.setattr(
        "simcore.studies.steadiness.study._sharing", lambda source, subset: _sharing(source, subset[:0])
    )
    with pytest.raises(DeviationError):
        test_differences_between_reps_never_average_out()


def test_pairs_that_share_luck_are_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "simcore.studies.steadiness.study._sharing", lambda source, subset: _sharing(source, (LUCK, *subset))
    )
    with pytest.raises(DeviationError):
        test_differences_between_reps_never_average_out()


def test_shapley_values_sum_and_split_interactions_evenly() -> None:
    explained = {(1,): 1.0, (2,): 2.0, (3,): 0.0, (1, 2): 5.0, (1, 3): 1.0, (2, 3): 2.0, (1, 2, 3): 5.0}
    assert subsets_of((1, 2, 3)) == list(explained)
    assert shapley(explained, (1, 2, 3)) == pytest.approx({1: 2.0, 2: 3.0, 3: 0.0})


def test_a_stop_keeps_what_is_done_and_progress_is_told() -> None:
    seen: list[Progress] = []
    found = steadiness(
        validate(scenario(team={"reps": 200})), replications=2048, progress=seen.append, stop=lambda: True
    )
    assert found.interrupted
    assert found.replications == seen[-1].done < 2048


def test_the_same_seed_gives_the_same() -> None:
    given = validate(scenario(funnel=SPREAD))
    assert steadiness(given, replications=256) == steadiness(given, replications=256)
    assert steadiness(given, replications=256, seed=9).rows != steadiness(given, replications=256).rows


@pytest.mark.parametrize("reacts", [False, True])
def test_the_same_answer_comes_from_one_thread_and_from_two(reacts: bool) -> None:
    drive = {"signals": {"behind": 1}, "changes": {"activity": {"slope": 0.3}}}
    changes = {"strategies": {"push": {"drives": {"urge": drive}}}, "quota": QUOTA} if reacts else {}
    given = validate(scenario(funnel=SPREAD, market=MARKET, team={"reps": 150}, **changes))
    blocks: list[Progress] = []
    one = steadiness(given, replications=512, threads=1, progress=blocks.append)
    assert len(blocks) > 2, "the run has too few blocks to tell"
    assert steadiness(given, replications=512, threads=2) == one


def test_money_of_many_cents_is_not_lost() -> None:
    found = steadiness(validate(scenario(deal={"fixed": 1e9})), replications=256)
    expected = steadiness(validate(scenario(deal={"fixed": 1.0})), replications=256)
    for big, small in zip(found.rows, expected.rows, strict=True):
        assert big.variance.estimate == pytest.approx(1e18 * float(np.float64(small.variance.estimate or 0.0)))


def test_a_number_of_replications_that_is_none_is_refused() -> None:
    for wrong in (100, 1 << 30):
        with pytest.raises(ScenarioError, match="replications"):
            split(wrong)


def test_what_was_never_seen_has_a_bound_and_nothing_to_split() -> None:
    found = split(256, funnel=funnel({"rate": 1e-12}))
    for each in found.rows:
        assert (each.mean.estimate, each.mean.se, each.mean.low) == (0.0, None, 0.0)
        assert each.mean.high is not None
        assert each.mean.high > 0.0
        assert each.variance.estimate is each.cv.estimate is part(each, "luck").variance.estimate is None
        assert part(each, "people").variance.se == 0.0


def test_no_mean_no_variance_and_no_cv_can_be_below_zero() -> None:
    found = split(256, funnel=funnel({"rate": 1e-5}))
    lows = [figure.low for each in found.rows for figure in (each.mean, each.variance, each.cv)]
    assert all(low is None or low >= 0.0 for low in lows)
    assert any(low == 0.0 for low in lows)


def test_what_the_scenario_fixes_has_no_variance() -> None:
    sure = funnel({"rate": 1}, {"rate": 1}, {"rate": 1})
    for each in split(256, funnel=sure, deal=1000).rows:
        assert each.mean.se == each.variance.estimate == part(each, "luck").variance.estimate == 0.0
        assert part(each, "luck").share.estimate is None
