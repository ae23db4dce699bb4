"""The calendar: first day, holidays by week and by date, and what a later run has of them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simcore.base.errors import ScenarioError
from simcore.quantities.time import Calendar
from simcore.scenario.digest import scenario_digest
from simcore.scenario.model import Scenario, validate
from tests.support.random_scenarios import calendars
from tests.support.scenario_cases import scenario


def of(calendar: dict[str, Any], **parts: Any) -> Scenario:  # noqa: ANN401
    return validate(scenario(calendar=calendar, **parts))


def days_off(calendar: dict[str, Any], first: int, weeks: int) -> list[list[int]]:
    return [sorted(days) for days in of(calendar).calendar.days_off(first, weeks)]


def test_dates_fall_in_their_weeks() -> None:
    calendar = {"start": "2026-12-21", "holidays": ["2026-12-18", "2026-12-25..2026-12-28", {"date": "2027-01-01"}]}
    assert days_off(calendar, -1, 3) == [[4], [4], [0, 4]]
    # On a week of seven days the weekend counts; 28 December is the Monday after.
    assert days_off(calendar | {"days_per_week": 7}, -1, 3) == [[4], [4, 5, 6], [0, 4]]


def test_days_before_the_first_have_no_calls() -> None:
    assert days_off({"start": "2026-10-08"}, 0, 2) == [[0, 1, 2], []]
    assert of({"start": "2026-10-08"}).calendar.rests
    assert not of({"start": "2026-10-05"}).calendar.rests


def test_weeks_of_the_year_and_dates_go_together() -> None:
    calendar = {"start": "2026-12-28", "holidays": [{"week": 1, "day": 2}, "2027-01-01", "2026-12-29"]}
    assert days_off(calendar, 0, 1) == [[1, 4]]
    assert days_off(calendar, 52, 1) == [[1]]


@pytest.mark.parametrize("first", ["2024-02-28", "2026-10-05", "2027-12-31", "2000-01-03"])
def test_a_year_of_days_from_any_first_day(first: str) -> None:
    """Each day of the year is off on its own date, and on no other: leap days and turns of the year included."""
    start = date.fromisoformat(first)
    monday = start - timedelta(days=start.weekday())
    for day in range(0, 371, 5):
        off = monday + timedelta(days=day)
        given = {"start": monday.isoformat(), "holidays": [off.isoformat()], "days_per_week": 7}
        weeks = Calendar.model_validate(given).days_off(0, 53)
        assert [(week, each) for week, days in enumerate(weeks) for each in days] == [divmod(day, 7)]


@given(calendars(), st.integers(0, 60))
def test_a_later_run_has_the_days_off_of_its_weeks(given: dict[str, Any], weeks: int) -> None:
    calendar = Calendar.model_validate(given)
    whole = calendar.days_off(0, weeks + 60)
    assert calendar.later(weeks).days_off(0, 60) == whole[weeks:]


def test_a_country_is_dates() -> None:
    by_name = of({"start": "2026-10-05", "holidays": {"country": "DE", "subdivision": "BY"}}, horizon={"weeks": 13})
    by_date = of({"start": "2026-10-05", "holidays": ["2026-12-25", "2027-01-01"]}, horizon={"weeks": 13})
    assert scenario_digest(by_name) == scenario_digest(by_date)
    assert (by_name.calendar.holidays[0].source or "").startswith("DE-BY, holidays ")
    assert validate(by_name.resolved()) == by_name


def test_a_last_day_is_a_number_of_weeks() -> None:
    until = of({"start": "2026-10-05"}, horizon={"until": "2027-09-30", "warmup_weeks": 4})
    assert until == of({"start": "2026-10-05"}, horizon={"weeks": 52, "warmup_weeks": 4})
    assert "until" not in until.resolved()["horizon"]


def test_what_has_no_dates_has_the_digest_that_it_had() -> None:
    plain = of({"holidays": [{"week": 2, "day": 1}]}).resolved()["calendar"]
    assert plain == {"hours_per_day": 8, "days_per_week": 5, "holidays": [{"week": 2, "day": 1}]}


@pytest.mark.parametrize(
    ("calendar", "parts", "path", "words"),
    [
        ({"start": "2026-10-04"}, {}, "calendar.start", "is a Sunday"),
        ({"start": "2026-10-10"}, {}, "calendar.start", "the next working day is 2026-10-12"),
        ({"start": 20261005}, {}, "calendar.start", "must be text"),
        ({"start": "2026-10-06"}, {"horizon": {"weeks": 5, "warmup_weeks": 2}}, "calendar.start", "must be a Monday"),
        ({"holidays": ["2026-12-25"]}, {}, "calendar.holidays.1", "needs dates"),
        ({"start": "2026-10-05", "holidays": ["2026-12-35"]}, {}, "calendar.holidays.1", "2026-12 has 31 days"),
        ({"start": "2026-10-05", "holidays": [{}]}, {}, "calendar.holidays.1", "either a week of the year or a date"),
        (
            {"start": "2026-10-05", "holidays": [{"week": 1, "date": "2026-10-05"}]},
            {},
            "calendar.holidays.1",
            "either a week of the year or a date",
        ),
        (
            {"start": "2026-10-05", "holidays": [{"date": "2026-10-05", "day": 1}]},
            {},
            "calendar.holidays.1.day",
            "week",
        ),
        ({"holidays": [{"week": 3, "until": "2026-10-05"}]}, {}, "calendar.holidays.1.until", "belongs to a date"),
        (
            {"start": "2026-10-05", "holidays": ["2026-10-05..2026-10-01"]},
            {},
            "calendar.holidays.1",
            "before the first day",
        ),
        ({"holidays": {"country": "DE"}}, {}, "calendar.holidays", "needs dates"),
        (
            {"start": "2026-10-05", "holidays": {"country": "DX"}},
            {},
            "calendar.holidays.country",
            "is not one that holidays are known of",
        ),
        ({}, {"horizon": {"until": "2027-01-01"}}, "horizon.until", "needs dates"),
        ({"start": "2026-10-05"}, {"horizon": {"until": "2026-10-01"}}, "horizon.until", "before the first day"),
        ({"start": "2026-10-05"}, {"horizon": {"until": "2027-01-01", "weeks": 3}}, "horizon.until", "same as weeks"),
        ({"start": "2026-10-05"}, {"horizon": {"until": "2300-01-01"}}, "horizon.until", "must be a day"),
    ],
)
def test_what_has_no_meaning_is_refused_once(
    calendar: dict[str, Any], parts: dict[str, Any], path: str, words: str
) -> None:
    with pytest.raises(ScenarioError) as caught:
        of(calendar, **parts)
    (problem,) = caught.value.problems
    assert problem.path == path
    assert words in str(problem)
