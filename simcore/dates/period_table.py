"""Which days make a month, a quarter and a year: of 4-4-5 weeks and the like, or those of the calendar.

Days are working days, counted from the first one of the first counted week; those before it are below 0.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Literal, NamedTuple, get_args

import numpy as np
from numpy.typing import NDArray

from simcore.base.periods import (
    MONTH,
    QUARTER,
    WEEK,
    WEEKS_PER_QUARTER,
    WEEKS_PER_YEAR,
    YEAR,
    MonthWeeks,
    month_ends,
)
from simcore.dates.days import DAYS_OF_WEEK, monday_of

MonthName = Literal[
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
]  # fmt: skip
MONTHS: tuple[MonthName, ...] = get_args(MonthName)
MONTHS_OF = {MONTH: 1, QUARTER: 3, YEAR: 12}
"""Months of a period, by horizon."""


class Months(NamedTuple):
    """How the weeks of a run are cut into months, quarters and years."""

    days_per_week: int
    weeks: MonthWeeks = "4-4-5"
    start: date | None = None
    """Of real months: the first counted day. ``None``: months are weeks."""
    fiscal_year: MonthName = "january"
    """Of real months: the first one of a year."""


class Periods(NamedTuple):
    """Periods one after the other."""

    edges: NDArray[np.int64]
    """int64[n + 1]: the first day of each, and the day after the last."""
    number: NDArray[np.int64]
    """int64[n]: their numbers; 0 is the first counted one, or of real months the first of the fiscal year in which
    the first counted day lies."""


def periods_over(months: Months, horizon: int, begin: int, end: int) -> Periods:
    """Return the weeks, months, quarters or years that hold the days ``begin .. end - 1``.

    Examples
    --------
    >>> real = Months(5, start=date(2026, 10, 1), fiscal_year="february")
    >>> periods_over(real, MONTH, 3, 66)
    Periods(edges=array([ 3, 25, 46, 69]), number=array([ 8,  9, 10]))
    >>> periods_over(Months(5), MONTH, 0, 50).edges.tolist()
    [0, 20, 40, 65]
    """
    if months.start is not None and horizon != WEEK:
        return _real(months, MONTHS_OF[horizon], begin, end)
    days = months.days_per_week
    if horizon != MONTH:
        length = days * {WEEK: 1, QUARTER: WEEKS_PER_QUARTER, YEAR: WEEKS_PER_YEAR}[horizon]
        number = np.arange(begin // length, -(-end // length))
        return Periods(np.append(number, number[-1] + 1) * length, number)
    quarters = np.arange(begin // days // WEEKS_PER_QUARTER, -(-end // days // WEEKS_PER_QUARTER) + 1)
    starts = np.array([0, *month_ends(months.weeks)[:-1]])
    edges = ((quarters[:, None] * WEEKS_PER_QUARTER + starts) * days).ravel()
    first, last = np.searchsorted(edges, begin, side="right") - 1, np.searchsorted(edges, end)
    return Periods(edges[first : last + 1], 3 * int(quarters[0]) + np.arange(first, last))


def whole_periods(months: Months, horizon: int, days: int) -> NDArray[np.int32]:
    """Return the period (from 0) that each of so many counted days belongs to, int32[days]; -1: of one not whole.

    A real one is whole if all its working days, holidays among them, are counted, and none is before the first day.

    Examples
    --------
    >>> whole_periods(Months(5, start=date(2026, 10, 2)), MONTH, 50).tolist().index(0)
    25
    """
    edges = periods_over(months, horizon, 0, days).edges
    least = 0 if months.start is None or horizon == WEEK else day_of(months.start, months)
    whole = (edges[:-1] >= least) & (edges[1:] <= days)
    number = np.where(whole, np.cumsum(whole) - 1, -1).astype(np.int32)
    inside = np.clip(edges, 0, days)
    return np.repeat(number, np.diff(inside))


def parts_of_weeks(months: Months, days: int) -> NDArray[np.int64]:
    """Return the first day of each part of a week that lies in one month, int64[parts]; of so many counted days.

    Examples
    --------
    >>> parts_of_weeks(Months(5, start=date(2026, 10, 1)), 20).tolist()
    [0, 3, 5, 10, 15]
    """
    weeks = np.arange(0, days, months.days_per_week)
    edges = periods_over(months, MONTH, 0, days).edges
    return np.union1d(weeks, edges[(edges > 0) & (edges < days)])


def day_of(day: date, months: Months) -> int:
    """Return the working day that a day is, or the next one after it; of real months."""
    if months.start is None:
        raise ValueError("weeks without dates")
    week, place = divmod((day - monday_of(months.start)).days, DAYS_OF_WEEK)
    return week * months.days_per_week + min(place, months.days_per_week)


def _real(months: Months, size: int, begin: int, end: int) -> Periods:
    """Return periods of so many real months."""
    if months.start is None:
        raise ValueError("weeks without dates")
    week, place = divmod(begin, months.days_per_week)
    first = monday_of(months.start) + timedelta(days=DAYS_OF_WEEK * week + place)
    shift = MONTHS.index(months.fiscal_year)
    number = _month(first, shift) // size
    base = _month(months.start, shift) // MONTHS_OF[YEAR] * MONTHS_OF[YEAR] // size
    edges = [day_of(_first_day(number * size + shift), months)]
    while edges[-1] < end:
        edges.append(day_of(_first_day((number + len(edges)) * size + shift), months))
    return Periods(np.array(edges, np.int64), np.arange(number - base, number - base + len(edges) - 1))


def _month(day: date, shift: int) -> int:
    """Return the number of the month of a day, counted from that with which years begin."""
    return day.year * MONTHS_OF[YEAR] + day.month - 1 - shift


def _first_day(month: int) -> date:
    year, of_year = divmod(month, MONTHS_OF[YEAR])
    return date(year, of_year + 1, 1)
