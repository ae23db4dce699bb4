"""What answers say first: something, always, and what is true of it."""

from __future__ import annotations

import pytest

import simcore
from simcore.answers.answer import Picture, PictureRow, answer_of
from simcore.answers.coach import coach_answer
from simcore.answers.plan import plan_answer
from simcore.answers.run import run_answer
from simcore.answers.sweep import sweep_answer
from simcore.answers.wording import precision_figures
from simcore.results.summary import ClippedRow, Precision, PrecisionRow, Summary
from simcore.scenario.model import Scenario
from simcore.studies.compare.document import Comparison
from simcore.studies.plan.document import BackwardPlan
from simcore.studies.plan.sentences import sentence_of
from simcore.studies.sweep.breakeven import shown_value
from simcore.studies.sweep.document import Breakeven
from tests.support.screens import NAMES, document
from tests.support.study_cases import TEAM

TWO_STAGES = Scenario.model_validate(
    {
        "simcore": 1,
        "name": "two stages",
        "team": {"reps": 1},
        "plan": {"calls_per_week": 60},
        "horizon": {"weeks": 3},
        "funnel": [{"stage": "calls"}, {"stage": "wins", "rate": 0.04}],
        "deal": 1000,
    }
)


@pytest.mark.parametrize("name", NAMES)
def test_an_answer_begins_with_one_to_three_sentences(name: str) -> None:
    sentences = answer_of(document(name)).sentences
    assert 1 <= len(sentences) <= 3
    assert all(each[:1].strip() and each.endswith(".") for each in sentences)


def test_with_one_step_coaching_says_so() -> None:
    found = simcore.coach(TWO_STAGES, replications=32)
    (told,) = coach_answer(found).sentences
    assert told.startswith("There is one step, so none to choose: a tenth more of its rate changes mean revenue by ")
    nothing = found.model_copy(update={"leverage": found.leverage.model_copy(update={"interrupted": True})})
    assert coach_answer(nothing).sentences == ("These worlds do not tell which step to improve.",)


def test_a_plan_that_needs_no_calls_says_so() -> None:
    found = document("plan")
    assert isinstance(found, BackwardPlan)
    assert found.answer is not None
    assert found.answer.estimate == 0.0
    (told,) = plan_answer(found).sentences
    assert "a team of 2 needs no call (95 % interval 0 to 0): what is on its way already brings it." in told
    assert "which do it more than 95 % of the time." in told
    assert "0 calls" not in told.replace("1,000 calls", "")


@pytest.mark.parametrize(("calls", "told"), [(1.0, "1 call, which does it"), (2.0, "2 calls, which do it")])
def test_the_arithmetic_may_ask_for_one_call(calls: float, told: str) -> None:
    found = document("plan")
    assert isinstance(found, BackwardPlan)
    changed = found.model_copy(update={"arithmetic": found.arithmetic.model_copy(update={"calls": calls})})
    assert f"asks for {told}" in sentence_of(changed)


@pytest.mark.parametrize(
    ("kind", "told"), [("calls", "make 1 call ("), ("reps", "takes 1 rep ("), ("weeks", "needs 1 week (")]
)
def test_a_plan_may_need_one_of_a_kind(kind: str, told: str) -> None:
    found = document("plan")
    assert isinstance(found, BackwardPlan)
    assert found.answer is not None
    answer = found.answer.model_copy(update={"solve_for": kind, "estimate": 1.0, "per_week": 1.0})
    assert told in sentence_of(found.model_copy(update={"solve_for": kind, "answer": answer}))


def test_a_sweep_of_two_strategies_tells_of_their_difference() -> None:
    """The value that is varied may not touch the first of them at all."""
    path = "strategies.pressure.drives.urgency.changes.wins.slope"
    found = simcore.sweep(TEAM, {path: [-0.2, -0.1, 0.0]}, strategies=("process", "pressure"), replications=32)
    assert len({row.figure.estimate for point in found.points for row in point.figures[:1]}) == 1
    answer = sweep_answer(found)
    assert answer.sentences[-1].startswith("Revenue of a rep in a year, pressure less process, goes from ")
    least, most = answer.figures
    assert (least.label, most.label) == (f"least difference: {path} = -0.2", f"largest difference: {path} = 0")


def test_a_figure_that_is_the_same_at_every_point_goes_nowhere() -> None:
    found = simcore.sweep(TEAM, {"quota.amount": [1e5, 2e5]}, strategies=("process",), replications=32)
    answer = sweep_answer(found)
    (told,) = answer.sentences
    assert told.endswith(" at every point that was run.")
    assert [figure.label for figure in answer.figures] == ["at every point that was run"]


def test_of_many_strategies_a_sweep_says_whose_its_figures_are() -> None:
    named: dict[str, dict[str, object]] = {name: {} for name in ("a", "b", "c")}
    team = Scenario.model_validate(
        {**TWO_STAGES.model_dump(exclude={"run"}, exclude_defaults=True), "strategies": named}
    )
    found = simcore.sweep(team, {"plan.calls_per_week": [50, 100]}, strategies=("b", "a", "c"), replications=8)
    labels = [figure.label for figure in sweep_answer(found).figures]
    assert labels == ["least (b): plan.calls_per_week = 50", "most (b): plan.calls_per_week = 100"]


def test_a_difference_that_is_split_shows_its_parts() -> None:
    found = document("a difference that is split")
    assert isinstance(found, Comparison)
    table = found.against[0].attribution
    assert table is not None
    picture = answer_of(found).picture
    assert picture is not None
    *parts, whole = picture.rows
    assert {row.label: row.value for row in parts} == {
        f"{row.drive}: {row.channel}": row.amount.estimate for row in table.rows
    }
    assert whole.value == found.against[0].differences.revenue.estimate
    assert sum(row.value or 0.0 for row in parts) == pytest.approx(whole.value)


def test_many_values_of_a_sweep_are_drawn_from_end_to_end() -> None:
    values = [float(number) for number in range(50, 80)]
    found = simcore.sweep(TWO_STAGES, {"plan.calls_per_week": values}, replications=8)
    picture = sweep_answer(found).picture
    assert picture is not None
    assert (picture.rows[0].label, picture.rows[-1].label) == ("50", "79")
    assert f"{len(values) - len(picture.rows)} more values are not drawn." in picture.note


def test_what_arithmetic_left_of_zero_is_zero() -> None:
    found = document("breakeven")
    assert isinstance(found, Breakeven)
    ends = found.model_copy(update={"low": -0.3, "high": 0.3, "whole": False, "unit": ""})
    assert [shown_value(ends, value) for value in (-4.337e-18, 1e-5, -0.3)] == ["0", "0.00001", "-0.3"]


def test_rows_that_are_left_out_are_on_the_way() -> None:
    rows = tuple(PictureRow(f"{number}", float(number), asked=number == 5) for number in range(7))
    even, other = (Picture("Seven", "bars", rows, even=even) for even in (True, False))
    assert [row.label for row in even.shortened(3)] == ["0", "5", "6"]
    assert [row.label for row in even.shortened(4)] == ["0", "2", "5", "6"]
    assert [row.label for row in other.shortened(3)] == ["0", "1", "2"]
    assert even.shortened(7) == even.shortened(9) == rows


def test_limits_that_were_hit_are_told_in_words() -> None:
    found = document("result")
    assert isinstance(found, Summary)
    rows = [ClippedRow(what="rate of wins", count=1), ClippedRow(what="lag", count=2_000)]
    cautions = run_answer(found.model_copy(update={"clipped": rows})).cautions
    assert "Cut at a limit of the model: rate of wins at 100 % (once), a lag at the longest (2,000 times)." in cautions


PRECISE = PrecisionRow(
    metric="revenue", strategy=None, wanted=0.005, relative=True, confidence=0.95, estimate=130_660.4, low=130_030.0,
    high=131_300.0, reached=0.00486, met=True, needed=None, crude=None,
)  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({}, ("revenue, asked to 0.5 %", "€131,000", "known to 0.486 % (95 % interval)")),
        (
            {"strategy": "push", "estimate": 1605.6, "low": 1013.8, "high": 2197.3},
            ("revenue of push less plan, asked to 0.5 %", "€1,610", "€1,010 to €2,200 (95 % interval)"),
        ),
        (
            {"metric": "p_quota", "relative": False, "wanted": 0.01, "estimate": 0.42131, "reached": 0.0091},
            ("p_quota, asked to 1 point", "42.1 %", "known to 0.91 points (95 % interval)"),
        ),
        (
            {"metric": "sd:week", "relative": False, "wanted": 100.0, "estimate": 2313.21, "reached": None},
            ("sd:week, asked to €100", "€2,310", "no interval yet"),
        ),
        (
            {"metric": "p_quota", "strategy": "push", "estimate": 0.01, "low": -0.02, "high": 0.04},
            ("p_quota of push less plan, asked to 0.5 %", "1 point", "-2 to 4 points (95 % interval)"),
        ),
    ],
)
def test_a_precision_is_told_in_money_or_points(changes: dict[str, object], told: tuple[str, str, str]) -> None:
    found = Precision.model_construct(rows=[PRECISE.model_copy(update=changes)])
    (figure,) = precision_figures(found, "EUR", "plan")
    assert (figure.label, figure.value, figure.error) == told
