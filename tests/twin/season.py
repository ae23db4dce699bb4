"""Seasons: a factor for every week, and how much of a quota period is gone where days do not count alike."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.twin.reader import Plan


@dataclass(frozen=True)
class Season:
    """Factors by month or by week of the year."""

    by: str
    factors: tuple[float, ...]

    def of_week(self, monday: int, working_days: int) -> float:
        """Return the factor of the week that begins on a Monday, an ordinal: the mean of its working days."""
        days = [date.fromordinal(monday + day) for day in range(working_days)]
        if self.by == "week":
            return self.factors[min(days[0].isocalendar()[1], 52) - 1]
        return sum(self.factors[day.month - 1] for day in days) / working_days


def factor(plan: Plan, step: int, week: int) -> float:
    """Return the factor on the rate of a step in a simulated week."""
    season = plan.steps[step].season
    if season is None:
        return 1.0
    return season.of_week(plan.calendar.monday + 7 * (week - plan.warmup), plan.calendar.days_per_week)


def gone(plan: Plan, hour: int, first: int, length: int) -> float:
    """Return the share of a quota period, of which the first hour may lie before the run, that is gone at an hour."""
    since = max(0, first)
    if plan.calendar.monday == 0:
        return (hour - since) / length
    for weight in (_seasonal, _worked, _any):
        each = [weight(plan, at) for at in range(first, first + length)]
        if math.fsum(each) > 0.0:
            return math.fsum(each[since - first : hour - first]) / math.fsum(each)
    raise AssertionError("every hour counts in the end")


def _seasonal(plan: Plan, hour: int) -> float:
    """Return what an hour counts where quota periods go by the season; nothing where they do not."""
    if not plan.by_season:
        return 0.0
    week = hour // plan.calendar.week
    return _worked(plan, hour) * math.prod(factor(plan, step, week) for step in plan.steps)


def _worked(plan: Plan, hour: int) -> float:
    """Return 1 for an hour of a day on which calls are made."""
    week, h = divmod(hour, plan.calendar.week)
    day, counted = h // plan.calendar.hours_per_day, week - plan.warmup
    holidays = plan.calendar.holidays
    off = (counted % 52, None) in holidays or (counted % 52, day) in holidays
    return 0.0 if off or (counted, day) in plan.calendar.dates else 1.0


def _any(_plan: Plan, _hour: int) -> float:
    return 1.0
