"""Closing days: which days they are, read off each date, and who waits for one."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.twin.reader import Calendar
    from tests.twin.spreads import Section

CLOSING, CLOSING_LATE = 111, 96
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True)
class Closing:
    """Days of the month or weekdays, and the chance to wait for one."""

    days: tuple[int | str, ...]
    weekdays: tuple[str, ...]
    share: float

    def is_on(self, calendar: Calendar, week: int, place: int) -> bool:
        """Return whether a working day of a counted week is such a day: one of its own, or of the weekend after it."""
        if self.weekdays:
            return WEEKDAYS[place] in self.weekdays
        first = calendar.monday + 7 * week + place
        last = first if place < calendar.days_per_week - 1 else calendar.monday + 7 * week + 6
        return any(self._named(date.fromordinal(day)) for day in range(first, last + 1))

    def _named(self, day: date) -> bool:
        last = monthrange(day.year, day.month)[1]
        return day.day in {last if given == "last" else min(int(given), last) for given in self.days}

    def after(self, calendar: Calendar, warmup: int, due: int) -> int:
        """Return the hour of the next such day, itself included, at the same hour of the day as a simulated hour."""
        day, hour = divmod(due, calendar.hours_per_day)
        week, place = divmod(day, calendar.days_per_week)
        for _ in range(400):
            if self.is_on(calendar, week - warmup, place):
                return (week * calendar.days_per_week + place) * calendar.hours_per_day + hour
            week, place = (week, place + 1) if place + 1 < calendar.days_per_week else (week + 1, 0)
        raise AssertionError("a year has closing days")


def read_closing(section: Section | None) -> Closing | None:
    """Read the closing days of a step."""
    if section is None:
        return None
    return Closing(tuple(section.get("days") or ()), tuple(section.get("weekdays") or ()), section["share"])


def address(step: int) -> tuple[int, int]:
    """Return the purpose and the place of the word that says whether an item waits for such a day of a step."""
    return (CLOSING, step - 1) if step <= 4 else (CLOSING_LATE, step - 5)
