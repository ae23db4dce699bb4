"""The best use of coaching hours, and the whole answer of `simcore coach`."""

from __future__ import annotations

from math import prod
from typing import Any

import pytest

from simcore.base.errors import ScenarioError
from simcore.engine.explosion import ExplodedError
from simcore.engine.many_scenarios import ScenarioBatch
from simcore.engine.runner import Progress
from simcore.scenario.model import Scenario, validate
from simcore.scenario_files.scenario_file import load_scenario
from simcore.studies.coach.hours import HourEffect, HoursAsked, best_hours, coached_rate, lots_of, same_for_all, ways_of
from simcore.studies.coach.study import coach, plan_coach, run_coach
from tests.support.scenario_cases import funnel, scenario
from tests.support.statistical import check_estimate

FUNNEL = funnel({"rate": 0.05}, {"rate": 0.2}, {"rate": 0.5})
RATES = {"meetings": 0.05, "opportunities": 0.2, "wins": 0.5}


def read(**changes: Any) -> Scenario:  # noqa: ANN401
    return validate(scenario(**{"horizon": {"weeks": 13}, "funnel": FUNNEL} | changes))


def effects(**points: float) -> dict[str, HourEffect]:
    return {step: HourEffect(amount) for step, amount in points.items()}


@pytest.mark.parametrize(
    ("asked", "best"),
    [
        (HoursAsked(4, effects(meetings=1, opportunities=1)), (4, 0)),
        (HoursAsked(4, effects(meetings=1, opportunities=4)), (2, 2)),
        (HoursAsked(4, effects(meetings=1, opportunities=4), fading=0.9), (2, 2)),
        (HoursAsked(4, effects(meetings=1, opportunities=1), fading=0.5), (3, 1)),
    ],
)
def test_the_best_hours_are_those_of_the_product_of_rates(asked: HoursAsked, best: tuple[int, int]) -> None:
    found = best_hours(read(), ScenarioBatch(1024, 3, total=0), asked)
    assert found is not None
    assert found.exhaustive
    assert found.looked_at == 5
    assert tuple(found.exact_best or ()) == best

    def of(way: tuple[int, ...]) -> float:
        return prod(
            coached_rate(RATES[step], effect, hours, asked.fading) / RATES[step]
            for (step, effect), hours in zip(asked.effects.items(), way, strict=True)
        )

    assert max(ways_of(4, 2), key=of) == best
    assert tuple(found.best.hours) == best or found.tied > 0
    effect = found.best.effect.relative
    assert effect is not None
    expected = of(tuple(found.best.hours)) - 1.0
    check_estimate("gain", (effect.estimate, effect.se), expected, degrees=255, detect=0.2 * (1.0 + expected))


def test_what_the_best_does_is_told_from_worlds_in_which_it_was_not_chosen() -> None:
    """All ways are alike where every hour does nothing to speak of."""
    tiny = {step: HourEffect(1e-9) for step in RATES}
    found = best_hours(read(), ScenarioBatch(256, 3, total=0), HoursAsked(2, tiny))
    assert found is not None
    assert found.tied == found.looked_at - 1 == 5
    assert found.best.effect.difference.estimate == pytest.approx(0.0, abs=1e-6)
    assert found.over_even.low is not None
    assert found.over_even.high is not None
    assert found.over_even.low <= 0.0 <= found.over_even.high


def test_many_hours_are_given_out_in_lots_and_greedily() -> None:
    found = best_hours(read(), ScenarioBatch(256, 3, total=0), HoursAsked(40, same_for_all(read(), HourEffect(0.5))))
    assert found is not None
    assert (found.lot, found.exhaustive, found.greedy_agrees) == (5, True, True)
    assert found.best.hours == [35, 5, 0]
    assert sum(found.even.hours) == 40
    five = [*funnel(), {"stage": "more", "rate": 0.5}, {"stage": "most", "rate": 0.5}]
    greedy = best_hours(
        read(funnel=five), ScenarioBatch(32, 3, total=0), HoursAsked(5, same_for_all(read(funnel=five), HourEffect(1)))
    )
    assert greedy is not None
    assert (greedy.exhaustive, greedy.greedy_agrees) == (False, None)
    assert sum(greedy.best.hours) == 5


def test_the_chance_of_quota_can_be_asked_for() -> None:
    given = read(quota={"per": "quarter", "amount": 4000})
    found = coach(given, hours=HoursAsked(2, effects(meetings=1), measure="p_quota"), replications=128)
    assert found.leverage.hours is not None
    assert found.leverage.hours.best.effect.relative is None
    assert (found.leverage.hours.best.effect.low or 0.0) > 0.0


@pytest.mark.parametrize(
    ("changes", "hours", "words"),
    [
        ({}, HoursAsked(4, {"meeting": HourEffect(1)}), "did you mean meetings"),
        ({}, HoursAsked(4, {}), "effect"),
        ({}, HoursAsked(0, effects(wins=1)), "hours"),
        ({}, HoursAsked(4, effects(wins=1), fading=1.0), "fading"),
        ({}, HoursAsked(4, effects(wins=1), measure="p_quota"), "quota"),
        ({"funnel": funnel({"rate": {"mean": 0.2, "rep_cv": 1.9}})}, HoursAsked(9, effects(meetings=1)), "rep_cv"),
        (
            {"funnel": funnel({"rate": {"successes": 10, "trials": 50}})},
            HoursAsked(9, effects(meetings=1)),
            "what an hour adds to it cannot be told",
        ),
    ],
)
def test_what_cannot_be_answered_is_refused(changes: dict[str, Any], hours: HoursAsked, words: str) -> None:
    with pytest.raises(ScenarioError, match=words):
        plan_coach(read(**changes), hours=hours)


def test_effects_are_read_and_lots_add_up() -> None:
    for wrong in ("", "x", "-1", "0", "nan", "200"):
        with pytest.raises(ValueError, match="effect of an hour"):
            HourEffect.parse(wrong)
    for hours in range(1, 60):
        assert sum(lots_of(hours)) == hours
        assert len(lots_of(hours)) <= 8
    assert coached_rate(0.9, HourEffect(10), 5) == 1.0


def test_an_answer_that_is_stopped_says_so_and_progress_is_told() -> None:
    seen: list[Progress] = []
    found = coach(read(team={"reps": 50}), replications=20_000, threads=1, progress=seen.append, stop=lambda: True)
    assert found.interrupted
    assert found.leverage.interrupted
    assert found.values is None
    assert 0 < found.leverage.replications < 20_000
    done = coach(read(), replications=64, progress=seen.append)
    assert not done.interrupted
    assert seen[-1].done <= seen[-1].total


def test_progress_never_goes_back_and_is_that_of_all_runs() -> None:
    seen: list[Progress] = []
    given = load_scenario("coach-the-process", ["horizon.weeks=13", "horizon.warmup_weeks=0"])
    plan = plan_coach(given, replications=32)
    done = run_coach(plan, progress=seen.append)
    assert done.rules is not None
    counts = [each.done for each in seen]
    assert counts == sorted(counts)
    assert {each.total for each in seen} == {plan.all_rep_weeks}
    assert counts[-1] == plan.all_rep_weeks


def test_a_drive_that_explodes_is_told() -> None:
    drive = {"memory": 1, "signals": {"dry_spell": 1000}, "changes": {"activity": {"slope": 1}}}
    given = read(strategies={"pressure": {"decides": "hour", "drives": {"push": drive}}})
    with pytest.raises(ExplodedError, match=r"drives\.push"):
        coach(given, replications=32)


def test_few_replications_and_wrong_seeds_are_refused() -> None:
    with pytest.raises(ScenarioError, match="32 or more"):
        coach(read(), replications=31)
    with pytest.raises(ScenarioError, match="seed"):
        coach(read(), seed=-1)


def test_the_same_seed_gives_the_same() -> None:
    one, two = (coach(read(), replications=64, seed=8, threads=threads) for threads in (1, 2))
    assert one.model_copy(update={"seconds": 0.0}) == two.model_copy(update={"seconds": 0.0})
