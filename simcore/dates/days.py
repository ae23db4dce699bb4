"""Days and ranges of days as a scenario writes them: 2026-12-25, 2026-12-24..2026-12-31."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import NamedTuple

FIRST, LAST = date(1900, 1, 1), date(2199, 12, 31)
"""The days that a scenario may name: the calendar of today holds in all of them."""
DAYS_OF_WEEK = 7
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
DAY_FORM = "a day as YYYY-MM-DD, such as 2026-10-05"
RANGE_FORM = "a day as YYYY-MM-DD, or the first and the last of several: 2026-12-24..2026-12-31"

_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})", re.ASCII)
_OTHER = re.compile(r"([0-9]{1,4})([-/.])([0-9]{1,2})\2([0-9]{1,4})\.?", re.ASCII)


class NotADayError(ValueError):
    """A text is not a day: `hint` says how it would be written, or what is wrong with it."""

    def __init__(self, text: str, hint: str | None = None) -> None:
        super().__init__(f"not a day: {text!r}")
        self.hint = hint


class Days(NamedTuple):
    """The days from a first to a last one, both included."""

    first: date
    last: date


def parse_day(text: str) -> date:
    """Return the day that a text names.

    Raises
    ------
    NotADayError
        If it names none, or one that is not in the years 1900 to 2199.

    Examples
    --------
    >>> parse_day("2026-10-05")
    datetime.date(2026, 10, 5)
    """
    match = _DAY.fullmatch(text)
    if match is None:
        raise NotADayError(text, _hint(text))
    year, month, day = (int(part) for part in match.groups())
    try:
        found = date(year, month, day)
    except ValueError:
        raise NotADayError(text, _no_such_day(year, month)) from None
    if not FIRST <= found <= LAST:
        raise NotADayError(text, f"from {FIRST} to {LAST}")
    return found


def parse_days(text: str) -> Days:
    """Return the days that a text names: one, or a first and a last one with two dots between them.

    Raises
    ------
    NotADayError
        If an end is not a day, or the last is before the first.

    Examples
    --------
    >>> [str(day) for day in parse_days("2026-12-24..2026-12-31")]
    ['2026-12-24', '2026-12-31']
    """
    first, dots, last = (part.strip() for part in text.partition(".."))
    if not dots:
        only = parse_day(first)
        return Days(only, only)
    days = Days(parse_day(first), parse_day(last))
    if days.last < days.first:
        raise NotADayError(text, f"the last day is before the first: {last}..{first}")
    return days


def monday_of(day: date) -> date:
    """Return the Monday on or before a day.

    Examples
    --------
    >>> monday_of(date(2026, 10, 8))
    datetime.date(2026, 10, 5)
    """
    return day - timedelta(days=day.weekday())


def _no_such_day(year: int, month: int) -> str:
    if not 1 <= month <= 12:
        return "the month comes second, from 01 to 12"
    if year == 0:
        return f"from {FIRST} to {LAST}"
    last = (date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)).day
    return f"{year:04}-{month:02} has {last} days"


def _hint(text: str) -> str | None:
    """Return how to write a day that has another form; both readings where a month and a day can be confused."""
    match = _OTHER.fullmatch(text.strip())
    if match is None:
        return None
    numbers = [int(match[part]) for part in (1, 3, 4)]
    if len(match[1]) == 4:
        orders = [numbers]
    elif len(match[4]) == 4:
        one, two, year = numbers
        orders = [[year, two, one], [year, one, two]]
    else:
        return None
    meant = {
        f"{year:04}-{month:02}-{day:02}": None for year, month, day in orders if 1 <= month <= 12 and 1 <= day <= 31
    }
    return f"write {' or '.join(meant)}" if meant else None
