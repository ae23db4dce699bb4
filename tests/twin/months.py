"""Months, quarters and years: of 4-4-5 weeks and the like, or those of the calendar; found by looking at every day."""

from __future__ import annotations

from calendar import month_name
from datetime import date
from functools import lru_cache
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from tests.twin.reader import Calendar, Plan

WEEKS = {"week": 1, "quarter": 13, "year": 52}
SIZES = {"month": 1, "quarter": 3, "year": 12}
BEGINS = [name.lower() for name in month_name[1:]]


class Period(NamedTuple):
    """The first hour of a period, counted from the first simulated one, its hours, and its place in turn."""

    first: int
    length: int
    number: int


def period_of(plan: Plan, per: str, hour: int) -> Period:
    """Return the period of a length that an hour is in; it may begin before the run and end after it."""
    calendar, weeks = plan.calendar, hour // plan.calendar.week - plan.warmup
    if calendar.months == "real" and per != "week":
        shift = plan.warmup * calendar.week
        known = _by_day(calendar, per, -shift - 60 * calendar.week, plan.end - shift + 60 * calendar.week)
        found = next(each for each in known if each.first <= hour - shift < each.first + each.length)
        return found._replace(first=found.first + shift)
    if per == "month":
        quarter, within = divmod(weeks, 13)
        lengths = [int(length) for length in calendar.months.split("-")]
        month = next(m for m in range(3) if within < sum(lengths[: m + 1]))
        first, length, number = 13 * quarter + sum(lengths[:month]), lengths[month], 3 * quarter + month
    else:
        length = WEEKS[per]
        number = weeks // length
        first = number * length
    return Period((first + plan.warmup) * calendar.week, length * calendar.week, number)


@lru_cache(maxsize=64)
def _by_day(calendar: Calendar, per: str, begin: int, end: int) -> tuple[Period, ...]:
    """Return the periods of the calendar between two hours, counted from the first counted one, and beyond them."""
    label = {day: _label(calendar, per, day) for day in range(begin // calendar.week, end // calendar.week)}
    of_days = [(day, place) for day, labels in label.items() for place in enumerate(labels)]
    found = []
    for number, days in groupby(of_days, key=lambda one: one[1][1]):
        inside = list(days)
        week, (place, _) = inside[0]
        hours = calendar.hours_per_day
        found.append(Period(week * calendar.week + place * hours, len(inside) * hours, number))
    return tuple(found[1:-1])


def _label(calendar: Calendar, per: str, week: int) -> list[int]:
    """Return the numbers of the periods of the working days of a counted week."""
    days = [date.fromordinal(calendar.monday + 7 * week + day) for day in range(calendar.days_per_week)]
    start = date.fromordinal(calendar.start)
    begins = BEGINS.index(calendar.fiscal_year)
    year = start.year if start.month > begins else start.year - 1
    return [(12 * (day.year - year) + day.month - 1 - begins) // SIZES[per] for day in days]
