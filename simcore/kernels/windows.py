"""From deals to windows: revenue of a rep by hour, day, week, month, quarter and year."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simcore.base.periods import CALL, DAY, HOUR, MONTH, QUARTER, WEEK, WEEKS_PER_QUARTER, YEAR
from simcore.compiled.jit import inlined, kernel
from simcore.kernels.workspace import Booked, Sums
from simcore.program.layout import Calendar, Quota
from simcore.program.tally import CLOSE, LONGEST_DRY, SQUARE, SUM, TallyArrays, record


@inlined
def book(booked: Booked, account: int, hour: int, units: int) -> None:
    """Book a deal in an account at a counted hour (from 0 at the first counted hour)."""
    if booked.hours[account, hour] == 0:
        booked.touched[account, booked.n_touched[account]] = hour
        booked.n_touched[account] += 1
    booked.hours[account, hour] += units


@kernel
def tally_hours_and_days(
    calendar: Calendar, tally: TallyArrays, group: int, account: int, booked: Booked, sums: Sums
) -> None:
    """Record the hours and days with revenue, and sum them to ``sums.weeks``."""
    moments, bins = tally.moments, tally.bins
    hours, touched = booked.hours[account], booked.touched[account]
    day_units, touched_days, weeks = sums.days, sums.touched_days, sums.weeks
    days = 0
    for i in range(booked.n_touched[account]):
        hour = touched[i]
        units = hours[hour]
        hours[hour] = 0
        record(moments, bins, group, account, HOUR, units)
        day = calendar.day_of_hour[hour]
        if day_units[day] == 0:
            touched_days[days] = day
            days += 1
        day_units[day] += units
    booked.n_touched[account] = 0
    for i in range(days):
        day = touched_days[i]
        record(moments, bins, group, account, DAY, day_units[day])
        weeks[calendar.week_of_day[day]] += day_units[day]
        day_units[day] = 0


@kernel
def tally_weeks(tally: TallyArrays, group: int, weeks: NDArray[np.int64], quarters: NDArray[np.int64]) -> None:
    """Tally a rep's dry spells and revenue by week of the quarter, and fill ``quarters`` if it has a place for them.

    ``quarters``: int64[whole quarters + 1], see `simcore.kernels.workspace.Detail`, or empty.
    """
    by_week = tally.weeks_of_quarter[group]
    dry, longest, total, week_of_quarter, quarter = 0, 0, 0, 0, 0
    whole = quarters.shape[0] - 1
    for week in range(weeks.shape[0]):
        units = weeks[week]
        dry = 0 if units > 0 else dry + 1
        longest = max(longest, dry)
        by_week[week_of_quarter] += units
        total += units
        if quarter < whole:
            quarters[quarter] += units
        week_of_quarter += 1
        if week_of_quarter == WEEKS_PER_QUARTER:
            week_of_quarter = 0
            quarter += 1
    if whole >= 0:
        quarters[whole] = total
    tally.conduct[group, LONGEST_DRY] += longest


@kernel
def tally_periods(calendar: Calendar, quota: Quota, tally: TallyArrays, group: int, account: int, sums: Sums) -> None:
    """Record the weeks, months, quarters and years of one rep, compare them with the quota, reset ``sums.weeks``."""
    moments, bins, weeks = tally.moments, tally.bins, sums.weeks
    for horizon in (WEEK, MONTH, QUARTER, YEAR):
        period_of = calendar.period_of_week[horizon]
        units = 0
        for week in range(weeks.shape[0]):
            period = period_of[week]
            if period < 0:
                break
            units += weeks[week]
            if week + 1 < weeks.shape[0] and period_of[week + 1] == period:
                continue
            if units > 0:
                record(moments, bins, group, account, horizon, units)
            if account == CLOSE and horizon == quota.horizon:
                tally.quota_hits[group, 0] += units >= quota.units
                sums.team[period] += units
            units = 0
    for week in range(weeks.shape[0]):
        weeks[week] = 0


@kernel
def tally_first_step(calendar: Calendar, first: NDArray[np.int64], per_week: NDArray[np.int64]) -> None:
    """Add one rep's successes of step 1 to ``first`` (int64[2, 7]); squares by hour and day are added elsewhere."""
    for horizon in (WEEK, MONTH, QUARTER, YEAR):
        period_of = calendar.period_of_week[horizon]
        count = 0
        for week in range(per_week.shape[0]):
            if period_of[week] < 0:
                break
            count += per_week[week]
            if week + 1 < per_week.shape[0] and period_of[week + 1] == period_of[week]:
                continue
            first[SUM, horizon] += count
            first[SQUARE, horizon] += count * count
            if horizon == WEEK:
                for shorter in (CALL, HOUR, DAY):
                    first[SUM, shorter] += count
                first[SQUARE, CALL] += count
            count = 0


@inlined
def tally_team(calendar: Calendar, quota: Quota, tally: TallyArrays, group: int, team: NDArray[np.int64]) -> None:
    """Compare the team's quota periods of a replication with the team's quota, and reset ``team``."""
    if quota.horizon > 0:
        for period in range(calendar.periods[quota.horizon]):
            tally.quota_hits[group, 1] += team[period] >= quota.units_team
            team[period] = 0
