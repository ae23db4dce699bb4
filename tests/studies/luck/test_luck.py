"""`simcore.luck` as a whole: what it answers, skips and refuses; the same seed gives the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from simcore.base.errors import ScenarioError
from simcore.program.compiler import compile_scenario
from simcore.scenario.model import validate
from simcore.scenario_files.scenario_file import load_scenario
from simcore.studies.luck.streaks import Drop
from simcore.studies.luck.study import dropped_program, luck
from tests.support.luck_worlds import given
from tests.support.scenario_cases import MARKET, funnel, scenario

if TYPE_CHECKING:
    from simcore.engine.runner import Progress

QUOTA = {"per": "quarter", "amount": 31_000}
SMALL = {"team": {"reps": 3}, "horizon": {"weeks": 26}, "quota": QUOTA}
DRIVES = {"d": {"signals": {"behind": 1}, "changes": {"activity": {"slope": 0.3}}}}
TEAM: dict[str, object] = {
    "reps": 4,
    "new": 1,
    "ramp": {"weeks": 4, "start": 0.3},
    "turnover": {"yearly": 0.5, "vacancy_weeks": 2},
}
EVERYTHING = SMALL | {
    "team": TEAM,
    "horizon": {"weeks": 26, "warmup_weeks": 4},
    "funnel": funnel(
        {"rate": {"mean": 0.2, "rep_cv": 0.3, "week_cv": 0.3}, "lag": "1w"}, {"cap": {"per_week": 8}}, {"lag": "2w"}
    ),
    "market": MARKET,
    "deal": {"mean": 1000, "cv": 0.8},
    "calendar": {"holidays": [{"week": 3}, {"week": 4, "day": 2}]},
    "referrals": {"per_win": 0.3, "lag": "2w"},
    "strategies": {"push": {"decides": "day", "drives": DRIVES}},
}


def test_everything_at_once_is_answered() -> None:
    found = luck(given(**EVERYTHING), replications=128, drop=("opportunities", 0.6), rule="below=0.8,quarters=1")
    assert found.differ == ["meetings"]
    assert found.skipped == []
    assert found.streaks is not None
    assert (found.streaks.drop_stage, found.streaks.drop_factor) == ("opportunities", 0.6)
    assert found.reliability is not None
    assert [row.differs for row in found.reliability.weights] == [True, True, True, False, False, True]
    assert all(point.exact is None for row in found.reliability.weights for point in row.points)
    assert found.dismissal is not None
    assert [row.rule for row in found.dismissal.rules] == ["results", "worst step", "all steps", "by lot"]


@pytest.mark.parametrize(
    ("changes", "parts"),
    [
        ({"team": {"reps": 1}}, ["reliability", "regression"]),
        ({"horizon": {"weeks": 13}}, ["regression", "dismissal"]),
        ({"horizon": {"weeks": 1}}, ["regression", "dismissal"]),
        ({"quota": None}, ["dismissal"]),
        ({"team": {"reps": 1}, "horizon": {"weeks": 3}, "quota": None}, ["reliability", "regression", "dismissal"]),
    ],
)
def test_what_a_scenario_has_no_answer_to_is_said(changes: dict[str, Any], parts: list[str]) -> None:
    found = luck(validate(scenario(**(SMALL | changes))), replications=128)
    assert [each.part for each in found.skipped] == parts
    assert all("--set" in each.reason for each in found.skipped)
    assert [part for part in ("reliability", "regression", "dismissal") if getattr(found, part) is None] == parts


def test_reps_of_a_team_are_told_apart_whatever_the_rate_of_their_world_is() -> None:
    """What a world's rate is moves all its reps: it is no skill, and no luck of one of them."""
    known = {"mean": 0.2, "rep_cv": 0.3}
    unsure = {"successes": 20, "trials": 100, "rep_cv": 0.3}
    both = [
        luck(given(**SMALL | {"funnel": funnel({"rate": rate}, {}, {})}), replications=512) for rate in (known, unsure)
    ]
    assert [each.part for each in both[1].skipped] == ["streaks", "dismissal"]
    assert "--set funnel.meetings.rate=NUMBER" in both[1].skipped[0].reason
    assert both[1].streaks is None
    rankings = [each.reliability.rankings[-1].luck for each in both if each.reliability is not None]
    assert rankings[0].estimate == pytest.approx(rankings[1].estimate, abs=0.05)
    points = [each.reliability.weights[0].points[-1] for each in both if each.reliability is not None]
    assert points[1].exact is None
    assert points[0].weight.estimate == pytest.approx(points[1].weight.estimate, abs=0.1)


def test_the_drop_leaves_what_reps_expect_of_the_plan() -> None:
    of = given(**EVERYTHING)
    program = compile_scenario(of)
    lower = dropped_program(of, program, Drop(3, 0.5))
    assert lower.rates.base.tolist() == [*program.rates.base[:3], 0.5 * program.rates.base[3]]
    assert lower.reaction.between_wins == program.reaction.between_wins
    assert lower.reaction.call_value == program.reaction.call_value > 0.0


def test_the_same_seed_gives_the_same() -> None:
    small = validate(scenario(**SMALL))
    assert luck(small, replications=128) == luck(small, replications=128)
    assert luck(small, replications=128, seed=9).reliability != luck(small, replications=128).reliability


def test_the_same_answer_comes_from_one_thread_and_from_two() -> None:
    many = given(**EVERYTHING | {"team": TEAM | {"reps": 41}})
    blocks: list[Progress] = []
    one = luck(many, replications=128, threads=1, progress=blocks.append)
    assert len(blocks) > 2 + 4, "the run has too few blocks to tell"
    assert luck(many, replications=128, threads=2) == one


def test_a_stop_keeps_what_is_done_and_progress_reaches_the_end() -> None:
    seen: list[Progress] = []
    found = luck(given(team={"reps": 300}), replications=256, progress=seen.append, stop=lambda: True)
    assert found.interrupted
    assert found.replications < 256
    assert seen[0].done == found.replications
    whole: list[Progress] = []
    luck(validate(scenario(**SMALL)), replications=128, progress=whole.append)
    assert whole[-1].done == whole[-1].total == 256


@pytest.mark.parametrize(
    ("given_by", "words"),
    [
        ({"replications": 100}, "128 .. "),
        ({"replications": 1 << 40}, "128 .. "),
        ({"drop": ("win", 0.5)}, "did you mean wins"),
        ({"drop": ("calls", 0.5)}, "no stage with a step into it"),
        ({"drop": ("wins", 1.0)}, "above 0 and below 1"),
        ({"drop": ("wins", float("nan"))}, "above 0 and below 1"),
        ({"rule": "below=2%"}, "no number"),
        ({"seed": -1}, "run.seed"),
    ],
)
def test_what_is_out_of_range_is_refused(given_by: dict[str, Any], words: str) -> None:
    with pytest.raises(ScenarioError, match=words):
        luck(validate(scenario(**SMALL)), **given_by)


@pytest.mark.parametrize("name", ["long-cycle", "pacing-bonus", "hard-sell"])
def test_shipped_scenarios_have_answers(name: str) -> None:
    changes = ["team.reps=3", "horizon.weeks=26", "plan.calls_per_week=100"]
    found = luck(load_scenario(name, changes), replications=128)
    assert found.reliability is not None
    assert (found.dismissal is None) == (name == "hard-sell")
