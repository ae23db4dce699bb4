"""Every question is right about closing days, or leaves out what it cannot say, with the reason."""

from __future__ import annotations

from simcore.analytic.expectations import expected
from simcore.analytic.item_values import holds
from simcore.scenario.model import Scenario, validate
from simcore.studies.coach.item_values import plan_values
from simcore.studies.luck.study import luck
from simcore.studies.plan.left_out import left_out_of
from simcore.studies.plan.request import plan_request
from simcore.studies.plan.variants import setting_of
from tests.support.scenario_cases import funnel, scenario


def given(**changes: object) -> Scenario:
    closing = {"closing": {"days": [22, "last"], "share": 0.3}}
    plain = {"calendar": {"start": "2026-10-05"}, "funnel": funnel(None, {"lag": "2d"}, {"lag": "5d"} | closing)}
    return validate(scenario(**plain | changes))


def test_closed_forms_that_go_by_the_time_of_a_wait_are_left_out() -> None:
    labels = [each.label for each in expected(given())]
    assert any("on the way to opportunities" in label for label in labels)
    assert not any("on the way to wins" in label for label in labels)
    assert not holds(given())
    assert [look.stage for look in plan_values(given()).looks if look.stage == 2] == []


def test_a_plan_says_that_some_close_late() -> None:
    asked = plan_request(given(), 10_000.0, by="13w")
    (late,) = [each for each in left_out_of(setting_of(asked)) if each.what == "late"]
    assert late.share is None
    assert "closing day" in late.words


def test_luck_does_not_look_for_streaks() -> None:
    found = luck(given(horizon={"weeks": 27}), replications=128)
    assert ("streaks", True) in [(each.part, "closing days" in each.reason) for each in found.skipped]
