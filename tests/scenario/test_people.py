"""People by name: what is read, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from simcore.analytic.assumptions import assumptions
from simcore.base.errors import ScenarioError
from simcore.engine.playable import of_alike_reps, refuse_unplayable
from simcore.quantities.time import Calendar
from simcore.scenario.digest import scenario_digest
from simcore.scenario.model import Scenario, validate
from simcore.scenario.people import moved_to, week_of

ANN, BO = {"name": "Ann"}, {"name": "Bo"}


def team(*people: Any, **changes: Any) -> dict[str, Any]:  # noqa: ANN401 - as a file has it
    """Return a small scenario with these people, and changes to its sections."""
    of_team = {"people": list(people)} | changes.pop("team", {})
    plain = {
        "simcore": 1, "name": "Named", "deal": 1000, "team": of_team,
        "funnel": [{"stage": "calls"}, {"stage": "meetings", "rate": {"mean": 0.02, "rep_cv": 0.2}},
                   {"stage": "wins", "rate": 0.1}],
    }  # fmt: skip
    return plain | changes


def read(*people: Any, **changes: Any) -> Scenario:  # noqa: ANN401
    return validate(team(*people, **changes))


def test_people_are_the_seats_in_their_order() -> None:
    found = read(ANN, BO | {"share": 0.6})
    assert found.team.reps == 2
    assert [person.name for person in found.team.people or ()] == ["Ann", "Bo"]
    assert [person.calls(500) for person in found.team.people or ()] == [500, 300]
    assert not read(ANN, BO).unlike
    assert found.unlike


def test_what_is_shown_is_a_valid_scenario_again() -> None:
    own = {"name": "Chi", "started": "-20w", "leaves": "2027-02-01", "calls_per_week": {"value": 350, "source": "HR"},
           "rates": {"meetings": {"value": 0.026, "source": "CRM"}, "wins": {"successes": 1, "trials": 20}},
           "quota": "90k", "turnover": 0}  # fmt: skip
    calendar, turnover = {"start": "2026-10-05"}, {"turnover": {"yearly": 0.2}}
    quota = {"per": "quarter", "amount": 1000, "ramped": True, "team": 5000}
    found = read(ANN, own, calendar=calendar, team=turnover, quota=quota)
    assert validate(found.resolved()) == found
    assert "reps" not in found.resolved()["team"]
    figures = {figure.path: (figure.value, figure.source) for figure in assumptions(found)}
    assert figures["team.people.2.calls_per_week"] == ("350", "HR")
    assert figures["team.people.2.rates.meetings.mean"] == ("0.026", "CRM")
    assert figures["quota.team"] == ("5000", None)
    assert not any(path.startswith("team.people.1") for path in figures)


def test_names_are_no_part_of_the_identity() -> None:
    one, other = (scenario_digest(read(ANN, {"name": name, "share": 0.5})) for name in ("Bo", "Chi"))
    assert one == other
    assert one != scenario_digest(read(ANN, {"name": "Bo", "share": 0.6}))


def test_weeks_and_days() -> None:
    dated = Calendar(start="2026-10-07")
    days = ("2026-10-05", "2026-10-06", "2026-10-12", "2026-09-28")
    assert [week_of(when, dated) for when in ("0w", "-20w", *days)] == [0, -20, 0, 1, 1, -1]
    assert moved_to("9w") is None
    assert moved_to("2026-10-05") is None
    assert moved_to("2026-10-10") == "2026-10-10 is a Saturday: from Monday 2026-10-12 on"


@pytest.mark.parametrize(
    ("people", "changes", "told"),
    [
        ([ANN, ANN], {}, "team.people.2.name: is the name of person 1 too"),
        ([], {}, "team.people: has 0 people"),
        (["Ann"], {}, "team.people.1: must be a mapping"),
        ([{"name": "=cmd()"}], {}, "team.people.1.name: begins like a formula"),
        ([{"name": "3"}], {}, "team.people.1.name: must not be a number"),
        ([{"name": ""}], {}, "team.people.1.name: has 0 characters"),
        ([ANN | {"call_per_week": 3}], {}, "did you mean calls_per_week?"),
        ([ANN | {"holidays": []}], {}, "team.people.1.holidays: unknown key"),
        ([ANN], {"team": {"reps": 2}}, "team.reps: cannot be together with people; there are as many"),
        ([ANN], {"team": {"new": 1}}, "say of each who is new: started: 0w"),
        ([ANN | {"starts": "9d"}], {}, "team.people.1.starts: must be whole weeks or a day"),
        ([ANN | {"starts": "9999w"}], {}, "team.people.1.starts: is out of range"),
        ([ANN | {"starts": "2026-02-30"}], {}, "2026-02 has 28 days"),
        ([ANN | {"starts": "2027-02-01"}], {}, "needs dates, and the weeks of the run have none"),
        ([ANN | {"starts": "-1w"}], {}, "team.people.1.starts: is before the first counted week"),
        ([ANN | {"started": "1w"}], {}, "team.people.1.started: is after the first counted week"),
        ([ANN | {"starts": "1w", "started": "-1w"}], {}, "not together with starts"),
        ([ANN | {"starts": "4w", "leaves": "4w"}], {}, "team.people.1.leaves: is not after the start"),
        ([ANN | {"leaves": "-4w"}], {}, "team.people.1.leaves: is before the first counted week"),
        ([ANN | {"refill": True}], {}, "team.people.1.refill: says who follows, and nobody leaves"),
        ([ANN | {"calls_per_week": 1, "share": 0.4}], {}, "team.people.1.share: leaves no call in a week"),
        ([ANN | {"share": 1.2}], {}, "team.people.1.share: is out of range"),
        ([ANN | {"quota": -1}], {}, "team.people.1.quota: is out of range"),
        ([ANN | {"turnover": 0.2}], {}, "team.people.1.turnover: needs team.turnover"),
        ([ANN | {"share": 0.5}], {"team": {"turnover": {"yearly": 0.2}}}, "add turnover: 0"),
        ([ANN | {"rates": {"meeting": 0.1}}], {}, "did you mean meetings?"),
        ([ANN | {"rates": {"meetings": 1.2}}], {}, "team.people.1.rates.meetings: is out of range"),
        ([ANN | {"rates": {"meetings": {}}}], {}, "team.people.1.rates.meetings: says nothing"),
        ([ANN | {"rates": {"meetings": {"trials": 3}}}], {}, "team.people.1.rates.meetings.successes: is missing"),
        ([ANN | {"rates": {"meetings": {"successes": 4, "trials": 3}}}], {}, "is more than the trials"),
        ([ANN | {"rates": {"meetings": {"mean": 0.1, "trials": 3}}}], {}, "is given twice, by mean and by counts"),
        ([ANN], {"team": {"ramp": {"weeks": 4, "start": 0.2}}}, "team.ramp: would do nothing"),
        ([ANN], {"start": {"open": [{"stage": "meetings", "rep": 2}]}}, "is more than the team has reps"),
        ([ANN], {"manager": {"slots": 2, "repair": 1}}, "manager.slots: is more than the team has reps"),
        ([ANN | {"rates": {"wins": 0.9}}], {"referrals": {"per_win": 1.2}}, "so that their chain does not end"),
        (
            [ANN | {"rates": {"wins": {"successes": 1, "trials": 9}}}],
            {"referrals": {"per_win": 0.1}},
            "cannot be counts",
        ),
        ([ANN | {"quota": "\u20ac5"}], {}, "is in EUR, and the deals are in USD"),
    ],
)
def test_what_is_refused(people: list[Any], changes: dict[str, Any], told: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        read(*people, **changes)
    assert told in str(caught.value)


def test_counts_need_a_rate_that_is_known() -> None:
    funnel = [{"stage": "calls"}, {"stage": "wins", "rate": {"successes": 3, "trials": 90, "rep_cv": 0.2}}]
    with pytest.raises(ScenarioError, match="not known exactly; give the stage a mean, or the person a number"):
        refuse_unplayable(read(ANN | {"rates": {"wins": {"successes": 3, "trials": 9}}}, funnel=funnel))


def test_questions_about_alike_reps_refuse_people_who_differ() -> None:
    assert of_alike_reps(read(ANN, BO), "this").team.people is None
    with pytest.raises(ScenarioError, match=r"team\.people\.2: makes reps differ, and this takes them to be alike"):
        of_alike_reps(read(ANN, BO | {"quota": 0}), "this")
    with pytest.raises(ScenarioError, match=r"quota\.ramped: makes reps differ"):
        of_alike_reps(read(ANN, quota={"per": "week", "amount": 1, "ramped": True}), "this")
