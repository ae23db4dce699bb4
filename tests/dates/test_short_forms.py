"""Dates in short are written out: a country's holidays, and a last day."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simcore.dates.short_forms import RefusedError, holidays_of_country, weeks_until

START = {"start": "2026-10-05"}
BAVARIA = {"country": "DE", "subdivision": "BY"}


@given(st.dates(date(2020, 1, 1), date(2030, 12, 31)), st.integers(0, 800))
def test_the_last_week_holds_the_last_day(start: date, more: int) -> None:
    last = start + timedelta(days=more)
    weeks = weeks_until({"start": start.isoformat()}, last)
    monday = start - timedelta(days=start.weekday())
    assert monday + timedelta(weeks=weeks - 1) <= last < monday + timedelta(weeks=weeks)


def test_holidays_are_working_days_of_the_weeks_that_are_simulated() -> None:
    found = holidays_of_country(START, {"weeks": 13, "warmup_weeks": 1}, BAVARIA)
    # 3 October 2026 is a Saturday, 1 November a Sunday, 26 December a Saturday; the run ends on 3 January.
    assert [each["date"] for each in found if isinstance(each, dict)] == ["2026-12-25", "2027-01-01"]
    six = holidays_of_country(START | {"days_per_week": 6}, {"weeks": 13, "warmup_weeks": 1}, BAVARIA)
    assert len(six) == 4
    longer = holidays_of_country(START, {"weeks": "52"}, BAVARIA)
    assert len(longer) == 8
    assert holidays_of_country(START, {}, BAVARIA) == longer


def test_more_days_and_fewer() -> None:
    given = BAVARIA | {"also": ["2026-12-24", "2026-12-28..2026-12-31"], "not": ["2027-01-01..2027-01-06"]}
    found = holidays_of_country(START, {"weeks": 14}, given)
    assert [each if isinstance(each, str) else each["date"] for each in found] == [  # type: ignore[index]
        "2026-12-25",
        "2026-12-24",
        "2026-12-28..2026-12-31",
    ]


@pytest.mark.parametrize(
    ("calendar", "holidays", "location", "words"),
    [
        ({}, BAVARIA, (), "needs dates"),
        (START, {"subdivision": "BY"}, ("country",), "is missing"),
        (START, {"country": False}, ("country",), "must be text"),
        (START, BAVARIA | {"observed": "yes"}, ("observed",), "must be true or false"),
        (START, BAVARIA | {"also": "2026-12-24"}, ("also",), "must be a list"),
        (START, BAVARIA | {"also": ["2026-12-32"]}, ("also", 0), "must be days"),
        (START, BAVARIA | {"not": ["2026-12-24..2026-12-01"]}, ("not", 0), "must be days"),
        (START, BAVARIA | {"region": "BY"}, ("region",), "unknown key"),
        (START, {"country": "DD"}, ("country",), "is not one that holidays are known of"),
    ],
)
def test_what_cannot_be_read_is_refused(
    calendar: dict[str, Any], holidays: dict[str, Any], location: tuple[str | int, ...], words: str
) -> None:
    with pytest.raises(RefusedError, match=words) as caught:
        holidays_of_country(calendar, {}, holidays)
    assert caught.value.location == ("calendar", "holidays", *location)


def test_the_last_day_needs_a_first_one_before_it() -> None:
    with pytest.raises(RefusedError, match="needs dates"):
        weeks_until({}, date(2027, 1, 1))
    with pytest.raises(RefusedError, match="before the first day"):
        weeks_until(START, date(2026, 10, 4))
