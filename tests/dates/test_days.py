"""Days as they are written; what is no day is refused with the way to write it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simcore.dates.days import FIRST, LAST, NotADayError, monday_of, parse_day, parse_days

DAYS = st.dates(FIRST, LAST)


@given(DAYS)
def test_a_day_is_read_as_it_is_written(day: date) -> None:
    assert parse_day(day.isoformat()) == day
    assert parse_days(day.isoformat()) == (day, day)


@given(DAYS, st.integers(0, 400))
def test_a_range_has_two_ends(day: date, more: int) -> None:
    last = min(LAST, day + timedelta(days=more))
    assert parse_days(f"{day}..{last}") == parse_days(f"{day} .. {last}") == (day, last)


@given(DAYS)
def test_a_week_begins_on_a_monday(day: date) -> None:
    monday = monday_of(day)
    assert monday.isoweekday() == 1
    assert 0 <= (day - monday).days < 7


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("5/10/2026", "write 2026-10-05 or 2026-05-10"),
        ("25.12.2026", "write 2026-12-25"),
        ("12/25/2026", "write 2026-12-25"),
        ("1/1/2026", "write 2026-01-01"),
        ("2026/1/2", "write 2026-01-02"),
        ("2026-02-29", "2026-02 has 28 days"),
        ("2100-02-29", "2100-02 has 28 days"),
        ("2026-04-31", "2026-04 has 30 days"),
        ("2026-12-32", "2026-12 has 31 days"),
        ("2026-13-01", "the month comes second, from 01 to 12"),
        ("0000-01-01", "from 1900-01-01 to 2199-12-31"),
        ("1899-12-31", "from 1900-01-01 to 2199-12-31"),
        ("9999-12-31", "from 1900-01-01 to 2199-12-31"),
        ("20261005", None),
        ("\u0662\u0660\u0662\u0666-\u0660\u0661-\u0660\u0661", None),
        ("2026-10-05T00:00", None),
        ("tomorrow", None),
        ("", None),
    ],
)
def test_what_is_no_day_is_refused(text: str, hint: str | None) -> None:
    with pytest.raises(NotADayError) as caught:
        parse_day(text)
    assert caught.value.hint == hint


def test_leap_days_are_days() -> None:
    assert parse_day("2028-02-29") == date(2028, 2, 29)
    assert parse_day("2000-02-29") == date(2000, 2, 29)


@pytest.mark.parametrize("text", ["2026-12-31..2026-12-24", "2026-12-24..", "..2026-12-24", "2026-12-24...2026-12-31"])
def test_a_range_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(NotADayError):
        parse_days(text)
