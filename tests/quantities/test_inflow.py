"""What an inflow may say, and how many come in each week."""

from __future__ import annotations

from typing import Any

import pytest

from simcore.analytic.assumptions import assumptions
from simcore.base.errors import ScenarioError
from simcore.quantities.time import Calendar
from simcore.scenario.model import Inflow, validate
from simcore.scenario_files.scenario_file import load_scenario
from tests.support.inflow_cases import NOBODY, flowing, with_drive

LEADS = {"stage": "leads", "per_week": 3}


def said_of(**parts: Any) -> tuple[str, str]:  # noqa: ANN401
    """Return the path and the text of the one problem of a scenario."""
    with pytest.raises(ScenarioError) as raised:
        validate(flowing(**parts))
    (found,) = raised.value.problems
    return found.path, str(found)


@pytest.mark.parametrize(
    ("inflow", "path", "said"),
    [
        ({"stage": "wins", "per_week": 3}, "inflow.1.stage", "leads, offers"),
        ({"stage": "calls", "per_week": 3}, "inflow.1.stage", "leads, offers"),
        ({"stage": "ledas", "per_week": 3}, "inflow.1.stage", "did you mean leads?"),
        ({"stage": "leads"}, "inflow.1.per_week", "is missing"),
        ({"stage": "leads", "per_week": 0}, "inflow.1.per_week", "brings nothing"),
        ({"stage": "leads", "per_week": -1}, "inflow.1.per_week", "out of range"),
        ({"stage": "leads", "per_week": 10_001}, "inflow.1.per_week", "from 0 to 10000"),
        ({"stage": "leads", "per_week": {}}, "inflow.1.per_week", "a table without steps"),
        ({"stage": "leads", "per_week": {"2026-02-30": 3}}, "inflow.1.per_week", "2026-02 has 28 days"),
        ({"stage": "leads", "per_week": {"2026-10-05": "x"}}, "inflow.1.per_week", "must be a number"),
        ({"stage": "leads", "per_week": {"2026-10-05": 0}}, "inflow.1.per_week", "brings nothing"),
        ({"stage": "leads", "per_week": 3, "cv": 6}, "inflow.1.cv", "from 0 to 5"),
        ({"stage": "leads", "per_week": 3, "cv": 1e-5}, "inflow.1.cv", "0, or 0.001 to 5"),
        ({"stage": "leads", "per_week": 9000, "cv": 2}, "inflow.1.per_week", "would have no addresses"),
        ({"stage": "leads", "per_week": 3, "to": "lot"}, "inflow.1.to", "team, seat"),
        ({"stage": "leads", "per_week": 3, "perweek": 3}, "inflow.1.perweek", "did you mean per_week?"),
    ],
)
def test_refused(inflow: dict[str, Any], path: str, said: str) -> None:
    found, text = said_of(inflow=[inflow])
    assert found == path
    assert said in text


def test_a_table_needs_dates() -> None:
    path, text = said_of(inflow=[{"stage": "leads", "per_week": {"2026-10-05": 3}}], calendar={})
    assert path == "inflow.1.per_week"
    assert "calendar.start" in text


def test_a_funnel_of_two_stages_has_no_room() -> None:
    steps = [{"stage": "calls"}, {"stage": "wins", "rate": 0.1}]
    path, text = said_of(funnel=steps, inflow=[{"stage": "wins", "per_week": 1}])
    assert (path, "no stage of this funnel" in text) == ("inflow.1.stage", True)


def test_more_than_sixteen_inflows_are_refused() -> None:
    assert "1 to 16" in said_of(inflow=[LEADS] * 17)[1] or "0 to 16" in said_of(inflow=[LEADS] * 17)[1]


@pytest.mark.parametrize("signal", ["surprise", "dry_spell", "rejections", "overwork"])
def test_where_nobody_calls_nobody_hears_of_calls(signal: str) -> None:
    drive = {"signals": {signal: 1.0}, "changes": {"lag": {"slope": 0.1}}}
    plain = with_drive(flowing(plan=NOBODY), "day", drive)
    with pytest.raises(ScenarioError, match="nobody calls"):
        validate(plain)
    assert validate(plain | {"plan": {"calls_per_week": 1}})


def test_where_nobody_calls_nobody_calls_more() -> None:
    drive = {"signals": {"behind": 1.0}, "changes": {"activity": {"slope": 0.1}}}
    quota = {"per": "week", "amount": 5}
    with pytest.raises(ScenarioError, match="changes the calls, and nobody calls"):
        validate(with_drive(flowing(plan=NOBODY, quota=quota), "day", drive))


def test_one_inflow_may_stand_alone() -> None:
    alone, listed = validate(flowing(inflow=LEADS)), validate(flowing(inflow=[LEADS]))  # type: ignore[arg-type]
    assert alone == listed
    assert validate(alone.resolved()) == alone
    with pytest.raises(ScenarioError, match=r"inflow\.stage: is not a stage") as raised:
        validate(flowing(inflow={"stage": "lead", "per_week": 3}))  # type: ignore[arg-type]
    assert len(raised.value.problems) == 1


def test_the_mean_of_a_week_is_that_of_the_step_that_its_days_are_in() -> None:
    inflow = Inflow.model_validate({"stage": "leads", "per_week": {"2026-10-11": 2, "2026-10-12": 5, "2026-11-01": 0}})
    calendar = Calendar(start="2026-10-07")
    assert inflow.means(calendar, -1, 7) == [0.0, 2.0, 5.0, 5.0, 0.0, 0.0, 0.0]


def test_it_is_told_as_a_figure_and_can_be_set() -> None:
    scenario = validate(flowing(inflow=[{"stage": "leads", "per_week": {"value": 3, "source": "CRM"}, "cv": 0.2}]))
    told = {figure.path: (figure.value, figure.source) for figure in assumptions(scenario)}
    assert told["inflow.1.per_week"] == ("3", "CRM")
    assert load_scenario(scenario, "inflow.1.per_week=7").inflow[0].per_week == 7
    dated = validate(flowing())
    assert {figure.path: figure.value for figure in assumptions(dated)}["inflow.2.per_week"] == "a table of 2"
