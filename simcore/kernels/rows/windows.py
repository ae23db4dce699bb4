"""Windows of a row: revenue by call, hour, day, week, month, quarter and year, and successes of step 1 alike.

What is counted has the replications last (``[.., 256]``, the groups of a tally), so that those of a row lie side by
side; a row never crosses a multiple of 256.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simcore.base.periods import CALL, DAY, HOUR, WEEK, WEEKS_PER_QUARTER
from simcore.compiled.jit import inlined, int64, kernel, uint32, uint64
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

SECTION_SHIFT, CELL_SHIFT = np.uint32(19), np.uint32(15)
BIN_MASK = (1 << 15) - 1
"""Of a window's place in the bins: section, account and horizon, bin."""

Integers = NDArray[np.int32]
Longs = NDArray[np.int64]


@inlined
def count_window(moments: Longs, cell: int, group: int, units: int) -> np.uint32:
    """Count a window with a revenue of ``units`` > 0, and return its place in the bins of a tally.

    ``moments``: int64[accounts * horizons, 256, 4]. See `add_to_bins` for the place.
    """
    moments[cell, group, TOTAL] += units
    moments[cell, group, WITH_DEAL] += 1
    square = uint64(units) * uint64(units)
    low = uint64(moments[cell, group, SQUARE_LOW]) + square
    moments[cell, group, SQUARE_LOW] = int64(low)
    carry = int64(low < square)
    if units >= (1 << 32):
        carry += int64(high_half_of_square(uint64(units)))
    moments[cell, group, SQUARE_HIGH] += carry
    section = uint32(group & (SECTIONS - 1))
    return uint32((section << SECTION_SHIFT) | (uint32(cell) << CELL_SHIFT) | uint32(bin_of(units)))


@kernel
def add_to_bins(n: int, places: Words, by_section: Words, ends: Longs, bins: Longs) -> None:
    """Add n windows to the bins of a tally: int64[sections, accounts * horizons, bins]; the last holds all beyond it.

    ``places``: uint32[n or more], from `count_window`; ``by_section``: room for as many; ``ends``: int64[sections + 1].
    Section by section, for the bins of one fit into the cache, and those of all do not.
    """
    for section in range(SECTIONS + 1):
        ends[section] = 0
    for i in range(n):
        ends[uint64(places[i] >> SECTION_SHIFT) + uint64(1)] += 1
    for section in range(SECTIONS):
        ends[section + 1] += ends[section]
    for i in range(n):
        section = uint64(places[i] >> SECTION_SHIFT)
        by_section[uint64(ends[section])] = places[i]
        ends[section] += 1
    last = bins.shape[2] - 1
    for i in range(n):
        place = uint64(by_section[i])
        section, cell = place >> uint64(SECTION_SHIFT), (place >> uint64(CELL_SHIFT)) & uint64(15)
        bins[section, cell, min(int64(place & uint64(BIN_MASK)), last)] += 1


@kernel
def order_by_week(
    n: int, first_hour: int, end_hour: int, hours_per_week: int, hours: Integers, ends: Longs, order: Integers
) -> None:
    """List the deals of counted hours week by week; ``ends``: int64[counted weeks + 1], where each week ends."""
    for week in range(ends.shape[0]):
        ends[week] = 0
    # Exact: a quotient of hours of the clock is never so near to a whole number from below.
    share = 1.0 / float(hours_per_week)
    for i in range(n):
        if first_hour <= hours[i] < end_hour:
            ends[uint64((float(hours[i] - first_hour) + 0.5) * share) + uint64(1)] += 1
    for week in range(1, ends.shape[0]):
        ends[week] += ends[week - 1]
    for i in range(n):
        if first_hour <= hours[i] < end_hour:
            week = uint64((float(hours[i] - first_hour) + 0.5) * share)
            order[uint64(ends[week])] = i
            ends[week] += 1


@kernel
def tally_deals(
    account: int, first_group: int, first_hour: int, hours_per_day: int, bits: int, order: Integers, ends: Longs,
    hours: Integers, who: Words, units: Longs, booked: Longs, touched: Longs, weeks: Longs, moments: Longs, n: int,
    places: Words,
) -> int:  # fmt: skip
    """Count the calls, hours and days with revenue, and sum them to weeks: int64[counted weeks, 2**bits].

    Their places in the bins are added to the n of ``places``; returns how many there are in all.

    Parameters
    ----------
    order, ends
        See `order_by_week`.
    hours, who, units
        By deal: its hour, the replication in the row, and its value.
    booked
        int64[hours of a week and days of a week, 2**bits]: zero before and after.
    touched
        int64[2, places in ``booked``]: for lists of those that are not zero.
    """
    cell, begin = account * N_HORIZONS, 0
    hours_per_week = booked.shape[0] * hours_per_day // (hours_per_day + 1)
    low = (1 << bits) - 1
    for week in range(weeks.shape[0]):
        start, end, n_hours, n_days = first_hour + week * hours_per_week, ends[week], 0, 0
        for j in range(begin, end):
            i = uint64(order[j])
            hour, r = uint64(hours[i] - start), uint64(who[i])
            touched[0, uint64(n_hours)] = int64(hour << uint64(bits) | r)
            n_hours += booked[hour, r] == 0
            booked[hour, r] += units[i]
            places[uint64(n)] = count_window(moments, cell + CALL, first_group + int64(r), units[i])
            n += 1
        for j in range(n_hours):
            hour, r = uint64(touched[0, j] >> bits), uint64(touched[0, j] & low)
            amount = booked[hour, r]
            booked[hour, r] = 0
            places[uint64(n)] = count_window(moments, cell + HOUR, first_group + int64(r), amount)
            n += 1
            day = uint64(hours_per_week + int64(hour) // hours_per_day)
            touched[1, uint64(n_days)] = int64(day << uint64(bits) | r)
            n_days += booked[day, r] == 0
            booked[day, r] += amount
        for j in range(n_days):
            day, r = uint64(touched[1, j] >> bits), uint64(touched[1, j] & low)
            amount = booked[day, r]
            booked[day, r] = 0
            places[uint64(n)] = count_window(moments, cell + DAY, first_group + int64(r), amount)
            n += 1
            weeks[week, r] += amount
        begin = end
    return n


@inlined
def add_week(
    horizon: int, week: int, size: int, period_of_week: Integers, numbers: Integers | Longs, sums: Longs
) -> int:
    """Add the numbers of a week to the sums of its period; return the period if it ends there, else -1.

    Weeks of a period that is not whole belong to none, and are not added. Where months cut weeks, their parts stand for
    them.
    """
    period = period_of_week[horizon, week]
    if period < 0:
        return -1
    for r in range(size):
        sums[r] += numbers[r]
    following = week + 1
    if following < period_of_week.shape[1] and period_of_week[horizon, following] == period:
        return -1
    return period


@kernel
def tally_periods(
    account: int, horizon: int, first_group: int, size: int, period_of_week: Integers, weeks: Longs, sums: Longs,
    moments: Longs, n: int, places: Words,
) -> int:  # fmt: skip
    """Count the weeks, months, quarters or years with revenue, like `tally_deals`.

    ``period_of_week``: int32[7, counted weeks]; ``sums``: int64[size or more], zero before and after.
    """
    cell = account * N_HORIZONS + horizon
    for week in range(weeks.shape[0]):
        period = add_week(horizon, week, size, period_of_week, weeks[week], sums)
        if period < 0:
            continue
        for r in range(size):
            if sums[r] > 0:
                places[uint64(n)] = count_window(moments, cell, first_group + r, sums[r])
                n += 1
            sums[r] = 0
    return n


@kernel
def tally_quota(
    horizon: int, size: int, units: int, period_of_week: Integers, weeks: Longs, sums: Longs, hits: Longs, team: Longs
) -> None:
    """Compare the quota periods of a seat with its quota, and add them up for the team's.

    ``sums``, ``hits``: int64[size or more]; ``team``: int64[periods or more, size or more].
    """
    for week in range(weeks.shape[0]):
        period = add_week(horizon, week, size, period_of_week, weeks[week], sums)
        if period < 0:
            continue
        for r in range(size):
            hits[r] += sums[r] >= units
            team[period, r] += sums[r]
            sums[r] = 0


@kernel
def tally_own_quota(
    horizon: int, size: int, units: Longs, period_of_week: Integers, weeks: Longs, sums: Longs, hits: Longs, team: Longs
) -> None:
    """Do the same where quotas differ: ``units``, int64[periods], 0 where the seat has none."""
    for week in range(weeks.shape[0]):
        period = add_week(horizon, week, size, period_of_week, weeks[week], sums)
        if period < 0:
            continue
        for r in range(size):
            hits[r] += units[period] > 0 and sums[r] >= units[period]
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
def detail_quarters(rep: int, size: int, quarter_of: Integers, weeks: Longs, quarters: Longs) -> None:
    """Add revenue by quarter, and in all weeks: int64[size, reps, whole quarters + 1].

    ``quarter_of``: int32[weeks], or -1; they may be parts of weeks.
    """
    whole = quarters.shape[2] - 1
    for week in range(weeks.shape[0]):
        quarter = int64(quarter_of[week])
        for r in range(size):
            if quarter >= 0:
                quarters[r, rep, quarter] += weeks[week, r]
            quarters[r, rep, whole] += weeks[week, r]


@kernel
def add_to_parts(
    n: int, first_hour: int, hours_per_day: int, part_of_day: Integers, hours: Integers, who: Words, amounts: Longs,
    parts: Longs,
) -> None:  # fmt: skip
    """Add the amounts of counted hours to the parts of weeks that lie in one month: int64[parts, size or more]."""
    days = part_of_day.shape[0]
    for i in range(n):
        hour = int64(hours[i]) - first_hour
        day = hour // hours_per_day
        if hour >= 0 and day < days:
            parts[uint64(part_of_day[day]), uint64(who[i])] += amounts[i]


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
    """Add the successes of step 1 in months, quarters or years, and their squares: int64[2, 7, 256].

    ``successes``: int32[simulated weeks, size or more].
    """
    for week in range(period_of_week.shape[1]):
        if add_week(horizon, week, size, period_of_week, successes[warmup_weeks + week], sums) >= 0:
            for r in range(size):
                first[SUM, horizon, first_group + r] += sums[r]
                first[SQUARE, horizon, first_group + r] += sums[r] * sums[r]
                sums[r] = 0


@kernel
def tally_first_step_of_weeks(
    first_group: int, size: int, warmup_weeks: int, weeks: int, successes: Integers, sums: Longs, first: Longs
) -> None:
    """Add the same of weeks; sums by call, hour and day are those of weeks, their squares are added elsewhere.

    ``sums``: int64[size or more], zero before and after.
    """
    for week in range(warmup_weeks, warmup_weeks + weeks):
        for r in range(size):
            count = int64(successes[week, r])
            sums[r] += count
            first[SQUARE, WEEK, first_group + r] += count * count
    for r in range(size):
        for horizon in (CALL, HOUR, DAY, WEEK):
            first[SUM, horizon, first_group + r] += sums[r]
        first[SQUARE, CALL, first_group + r] += sums[r]
        sums[r] = 0


@kernel
def add_counted(first: int, weeks: int, warmup_weeks: int, size: int, numbers: Integers, total: Longs) -> None:
    """Add up numbers of counted weeks, int32[weeks or more, size or more], of a stride that begins in a week."""
    for i in range(max(0, warmup_weeks - first), weeks):
        for r in range(size):
            total[r] += numbers[i, r]
