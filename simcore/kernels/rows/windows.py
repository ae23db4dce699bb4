"""Windows of a row: revenue by call, hour, day, week, month, quarter and year, and successes of step 1 alike.

What is counted has the replications last (``[.., 256]``, the groups of a tally), so that those of a row lie side by
side; a row never crosses a multiple of 256.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simcore.base.periods import CALL, DAY, HOUR, WEEK, WEEKS_PER_QUARTER
from simcore.compiled.jit import inlined, int64, kernel, uint64
from simcore.kernels.rows.words import Words
from simcore.program.tally import (
    N_HORIZONS,
    SECTIONS,
    SQUARE,
    SQUARE_HIGH,
    SQUARE_LOW,
    SUM,
    TOTAL,
    WITH_DEAL,
    bin_of,
    high_half_of_square,
)

Integers = NDArray[np.int32]
Longs = NDArray[np.int64]


@inlined
def count_window(moments: Longs, bins: Longs, cell: int, group: int, units: int) -> None:
    """Count a window with a revenue of ``units`` > 0.

    ``moments``: int64[4, accounts * horizons, 256]; ``bins``: int64[sections, accounts * horizons, bins].
    """
    moments[TOTAL, cell, group] += units
    moments[WITH_DEAL, cell, group] += 1
    bins[group & (SECTIONS - 1), cell, min(bin_of(units), bins.shape[2] - 1)] += 1
    square = uint64(units) * uint64(units)
    low = uint64(moments[SQUARE_LOW, cell, group]) + square
    moments[SQUARE_LOW, cell, group] = int64(low)
    carry = int64(low < square)
    if units >= (1 << 32):
        carry += int64(high_half_of_square(uint64(units)))
    moments[SQUARE_HIGH, cell, group] += carry


@kernel
def book_deals(
    n: int, account: int, first_group: int, first_hour: int, end_hour: int, unit: int, who: Words, hours: Integers,
    cents: Longs, booked: Longs, touched: Longs, moments: Longs, bins: Longs,
) -> int:  # fmt: skip
    """Book the deals of counted hours; return how many hours of seats got their first.

    ``booked``: int64[size or more, counted hours], in units; ``touched``: int64, after the first ``touched[-1]``, the
    places of these hours in it.
    """
    m = touched[touched.shape[0] - 1]
    cell, length = account * N_HORIZONS + CALL, booked.shape[1]
    for i in range(n):
        if not first_hour <= hours[i] < end_hour:
            continue
        r, hour, units = int64(who[i]), int64(hours[i]) - first_hour, cents[i] // unit
        if booked[r, hour] == 0:
            touched[m] = r * length + hour
            m += 1
        booked[r, hour] += units
        count_window(moments, bins, cell, first_group + r, units)
    touched[touched.shape[0] - 1] = m
    return m


@kernel
def tally_hours(
    account: int, first_group: int, booked: Longs, touched: Longs, day_of_hour: Integers, days: Longs,
    touched_days: Longs, moments: Longs, bins: Longs,
) -> int:  # fmt: skip
    """Count the hours with revenue, and sum them to days, int64[size or more, counted days]; return how many days."""
    cell, length, m = account * N_HORIZONS + HOUR, booked.shape[1], 0
    for j in range(touched[touched.shape[0] - 1]):
        r, hour = touched[j] // length, touched[j] % length
        units = booked[r, hour]
        booked[r, hour] = 0
        count_window(moments, bins, cell, first_group + r, units)
        day = int64(day_of_hour[hour])
        if days[r, day] == 0:
            touched_days[m] = r * days.shape[1] + day
            m += 1
        days[r, day] += units
    touched[touched.shape[0] - 1] = 0
    return m


@kernel
def tally_days(
    m: int, account: int, first_group: int, days: Longs, touched_days: Longs, week_of_day: Integers, weeks: Longs,
    moments: Longs, bins: Longs,
) -> None:  # fmt: skip
    """Count the m days with revenue, and sum them to weeks, int64[counted weeks, size or more]."""
    cell, length = account * N_HORIZONS + DAY, days.shape[1]
    for j in range(m):
        r, day = touched_days[j] // length, touched_days[j] % length
        units = days[r, day]
        days[r, day] = 0
        count_window(moments, bins, cell, first_group + r, units)
        weeks[week_of_day[day], r] += units


@kernel
def tally_periods(
    account: int, horizon: int, first_group: int, size: int, period_of_week: Integers, weeks: Longs, sums: Longs,
    moments: Longs, bins: Longs,
) -> None:  # fmt: skip
    """Count the weeks, months, quarters or years with revenue.

    ``period_of_week``: int32[7, counted weeks]; ``sums``: int64[size or more], zero before and after.
    """
    cell, counted = account * N_HORIZONS + horizon, weeks.shape[0]
    for week in range(counted):
        period = period_of_week[horizon, week]
        if period < 0:
            break
        for r in range(size):
            sums[r] += weeks[week, r]
        if week + 1 < counted and period_of_week[horizon, week + 1] == period:
            continue
        for r in range(size):
            if sums[r] > 0:
                count_window(moments, bins, cell, first_group + r, sums[r])
            sums[r] = 0


@kernel
def tally_quota(
    horizon: int, size: int, units: int, period_of_week: Integers, weeks: Longs, sums: Longs, hits: Longs, team: Longs
) -> None:
    """Compare the quota periods of a seat with its quota, and add them up for the team's.

    ``sums``, ``hits``: int64[size or more]; ``team``: int64[periods or more, size or more].
    """
    counted = weeks.shape[0]
    for week in range(counted):
        period = period_of_week[horizon, week]
        if period < 0:
            break
        for r in range(size):
            sums[r] += weeks[week, r]
        if week + 1 < counted and period_of_week[horizon, week + 1] == period:
            continue
        for r in range(size):
            hits[r] += sums[r] >= units
            team[period, r] += sums[r]
            sums[r] = 0


@kernel
def tally_team(size: int, periods: int, units: int, team: Longs, hits: Longs) -> None:
    """Compare the team's quota periods with the team's quota, and empty them."""
    for period in range(periods):
        for r in range(size):
            hits[r] += team[period, r] >= units
            team[period, r] = 0


@kernel
def tally_dry_weeks(size: int, weeks: Longs, dry: Longs, longest: Longs, total: Longs) -> None:
    """Add the longest run of weeks without revenue of each replication to ``total``: int64[size or more] each."""
    for r in range(size):
        dry[r], longest[r] = 0, 0
    for week in range(weeks.shape[0]):
        for r in range(size):
            dry[r] = 0 if weeks[week, r] > 0 else dry[r] + 1
            longest[r] = max(longest[r], dry[r])
    for r in range(size):
        total[r] += longest[r]


@kernel
def tally_weeks_of_quarter(first_group: int, size: int, weeks: Longs, by_week: Longs) -> None:
    """Add revenue by the week of the quarter: int64[13, 256]."""
    for week in range(weeks.shape[0]):
        for r in range(size):
            by_week[week % WEEKS_PER_QUARTER, first_group + r] += weeks[week, r]


@kernel
def detail_quarters(rep: int, size: int, weeks: Longs, quarters: Longs) -> None:
    """Add revenue by quarter, and in all weeks: int64[size, reps, whole quarters + 1]."""
    whole = quarters.shape[2] - 1
    for week in range(weeks.shape[0]):
        quarter = week // WEEKS_PER_QUARTER
        for r in range(size):
            if quarter < whole:
                quarters[r, rep, quarter] += weeks[week, r]
            quarters[r, rep, whole] += weeks[week, r]


@kernel
def clear_weeks(size: int, weeks: Longs) -> None:
    """Empty the weeks of a seat."""
    for week in range(weeks.shape[0]):
        for r in range(size):
            weeks[week, r] = 0


@kernel
def tally_first_step(
    horizon: int, first_group: int, size: int, warmup_weeks: int, period_of_week: Integers, successes: Integers,
    sums: Longs, first: Longs,
) -> None:  # fmt: skip
    """Add the successes of step 1 in weeks, months, quarters or years, and their squares: int64[2, 7, 256].

    ``successes``: int32[simulated weeks, size or more]; squares by hour and by day are added elsewhere.
    """
    counted = period_of_week.shape[1]
    for week in range(counted):
        period = period_of_week[horizon, week]
        if period < 0:
            break
        for r in range(size):
            sums[r] += successes[warmup_weeks + week, r]
        if week + 1 < counted and period_of_week[horizon, week + 1] == period:
            continue
        for r in range(size):
            first[SUM, horizon, first_group + r] += sums[r]
            first[SQUARE, horizon, first_group + r] += sums[r] * sums[r]
            if horizon == WEEK:
                for shorter in (CALL, HOUR, DAY):
                    first[SUM, shorter, first_group + r] += sums[r]
                first[SQUARE, CALL, first_group + r] += sums[r]
            sums[r] = 0


@kernel
def add_counted(first: int, weeks: int, warmup_weeks: int, size: int, numbers: Integers, total: Longs) -> None:
    """Add up numbers of counted weeks, int32[weeks or more, size or more], of a stride that begins in a week."""
    for i in range(max(0, warmup_weeks - first), weeks):
        for r in range(size):
            total[r] += numbers[i, r]
