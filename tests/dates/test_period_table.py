"""Months, quarters and years by day: against dates taken one by one, and published counts of working days."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import groupby

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simcore.base.periods import MONTH, QUARTER, WEEK, YEAR, MonthWeeks, period_of_week
from simcore.dates.period_table import MONTHS, Months, day_of, parts_of_weeks, periods_over, whole_periods

STARTS = st.dates(date(1996, 1, 1), date(2105, 12, 31))


@settings(max_examples=30, derandomize=True, deadline=None)
@given(STARTS, st.integers(1, 7), st.sampled_from(MONTHS), st.sampled_from([MONTH, QUARTER, YEAR]))
def test_real_periods_from_any_day_are_those_of_each_working_day(start: date, days: int, first: str, per: int) -> None:
    """Leap years, centuries without, any first month: what a period is, is read off every day's own date."""
    if start.weekday() >= days:
        start += timedelta(days=7 - start.weekday())
    months, size = Months(days, start=start, fiscal_year=first), {MONTH: 1, QUARTER: 3, YEAR: 12}[per]  # type: ignore[arg-type]
    monday, shift, weeks = start - timedelta(days=start.weekday()), MONTHS.index(months.fiscal_year), 110
    worked = [monday + timedelta(days=7 * week + day) for week in range(-60, weeks + 60) for day in range(days)]
    grouped = groupby(
        enumerate(worked, -60 * days), key=lambda one: (12 * one[1].year + one[1].month - 1 - shift) // size
    )
    known = [(label, [place for place, _ in each]) for label, each in grouped][1:-1]
    touched = [(label, places) for label, places in known if places[-1] >= 0 and places[0] < weeks * days]
    found = periods_over(months, per, 0, weeks * days)
    assert found.edges.tolist() == [*(places[0] for _, places in touched), touched[-1][1][-1] + 1]
    begun = start.year - (start.month - 1 < shift)
    assert found.number.tolist() == [label - 12 * begun // size for label, _ in touched]
    first_day = worked.index(start) - 60 * days
    assert day_of(start, months) == first_day
    whole = [places for _, places in touched if places[0] >= first_day and places[-1] < weeks * days]
    expected = np.full(weeks * days, -1)
    for number, places in enumerate(whole):
        expected[places] = number
    assert np.array_equal(whole_periods(months, per, weeks * days), expected)


def test_parts_of_weeks_are_cut_where_months_begin() -> None:
    parts = parts_of_weeks(Months(5, start=date(2026, 1, 1)), 53 * 5)
    # January, April, May, July, September, October, December, and January again begin after a Monday.
    assert len(parts) == 53 + 8
    assert len(parts_of_weeks(Months(5), 53 * 5)) == 53


@pytest.mark.parametrize("weeks", ["4-4-5", "4-5-4", "5-4-4"])
def test_months_of_weeks_are_those_by_week(weeks: MonthWeeks) -> None:
    for horizon in (WEEK, MONTH, QUARTER, YEAR):
        by_day = whole_periods(Months(3, weeks), horizon, 60 * 3)
        assert np.array_equal(by_day, np.repeat(period_of_week(horizon, 60, weeks), 3))


def test_weeks_without_dates_have_no_real_day() -> None:
    with pytest.raises(ValueError, match="without dates"):
        day_of(date(2026, 1, 1), Months(5))
