"""The answer of luck: shares of luck are shares, and agree with the ranking that the first sentence tells of."""

from __future__ import annotations

import re

import pytest

import simcore
from simcore.answers.luck import luck_answer
from simcore.charts.luck import weights
from simcore.scenario.model import Scenario
from simcore.statistics.estimate import Estimate
from simcore.studies.luck.document import Luck
from tests.support.screens import document

CAPPED = Scenario.model_validate(
    {
        "simcore": 1,
        "name": "capped",
        "team": {"reps": 6},
        "plan": {"calls_per_week": 100},
        "horizon": {"weeks": 52},
        "funnel": [
            {"stage": "calls"},
            {"stage": "talks", "rate": {"mean": 0.2, "rep_cv": 0.4}, "cap": {"per_week": 20}},
            {"stage": "wins", "rate": {"mean": 0.3}},
        ],
        "deal": 1000,
    }
)
"""Good reps meet the cap: their results lie closer together than they do, and weights of results come out above 1."""


def reps_who_differ(skill: list[float], half: float | None) -> Luck:
    """Return a document with these shares of skill, by window, and weeks until the weight is a half."""
    found = document("reps who differ")
    assert isinstance(found, Luck)
    assert found.reliability is not None
    rows = []
    for row in found.reliability.weights:
        points = [
            point.model_copy(update={"reliability": exact(share)})
            for point, share in zip(row.points, skill, strict=False)
        ]
        until = [each.model_copy(update={"weeks": exact(half)}) for each in row.until]
        rows.append(row.model_copy(update={"points": points, "until": until}))
    reliability = found.reliability.model_copy(update={"weights": rows})
    return found.model_copy(update={"reliability": reliability})


def exact(value: float | None) -> Estimate:
    return Estimate(estimate=value, se=None if value is None else 0.0, low=value, high=value)


def test_bars_of_a_capped_team_are_shares_that_agree_with_its_rankings() -> None:
    found = simcore.luck(CAPPED, replications=128)
    assert found.reliability is not None
    assert max(point.weight.estimate or 0.0 for row in found.reliability.weights for point in row.points) > 1.0
    chart, picture = weights(found), luck_answer(found).picture
    assert chart is not None
    assert "More than 100 %" in chart.says
    assert picture is not None
    bars = {row.label: row.value for row in picture.rows}
    assert all(value is not None and 0.0 <= value <= 1.0 for value in bars.values())
    told = {row.horizon: row.luck.estimate for row in found.reliability.rankings}
    assert bars["1 week"] == pytest.approx(told["week"])
    assert bars["13 weeks"] == pytest.approx(told["quarter"])
    assert bars["52 weeks"] == pytest.approx(told["year"])


@pytest.mark.parametrize(
    ("skill", "half", "told"),
    [
        ([0.1, 0.2, 0.3, 0.45, 0.6, 0.7, 0.8], 9.5, "It takes 9.5 weeks of a rep's revenue, until"),
        ([0.1, 0.2, 0.3, 0.45, 0.6, 0.7, 0.8], 0.3, "It takes between 8 and 13 weeks of a rep's revenue, until"),
        ([0.6, 0.7, 0.8, 0.9, 0.9, 0.9, 0.9], 0.3, "It takes 0.3 weeks of a rep's revenue, until"),
        ([0.6, 0.7, 0.8, 0.9, 0.9, 0.9, 0.9], 5.0, "Skill weighs more than luck in 1 week of a rep's revenue already."),
        ([0.1, 0.1, 0.2, 0.2, 0.3, 0.3, 0.4], 0.3, "Luck still weighs more than skill in 52 weeks of a rep's revenue."),
        ([0.1, 0.1, 0.2, 0.2, 0.3, 0.3, 0.4], 70.0, "It takes 70 weeks of a rep's revenue, until"),
        ([0.1, 0.1, 0.2, 0.2, 0.3, 0.3, 0.4], None, "These worlds do not show how long it takes"),
    ],
)
def test_weeks_until_skill_weighs_as_much_agree_with_the_bars(
    skill: list[float], half: float | None, told: str
) -> None:
    sentences = luck_answer(reps_who_differ(skill, half)).sentences
    assert any(each.startswith(told) for each in sentences), sentences


def test_of_dry_spells_that_are_all_but_certain_one_is_shown() -> None:
    found = document("luck")
    assert isinstance(found, Luck)
    assert found.streaks is not None
    rows = [
        row.model_copy(update={"once_simulated": exact(share)})
        for row, share in zip(found.streaks.dry, [1.0, 1.0, 1.0, 0.9, 0.5, 0.2, 0.1, 0.0], strict=False)
    ]
    streaks = found.streaks.model_copy(update={"dry": rows})
    picture = luck_answer(found.model_copy(update={"streaks": streaks, "reliability": None})).picture
    assert picture is not None
    weeks = [int(re.sub(r"\D", "", row.label)) for row in picture.rows]
    assert weeks == [row.weeks for row in rows[2:]]
