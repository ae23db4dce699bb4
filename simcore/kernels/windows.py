"""From deals to windows: revenue of a rep by hour, day, week, month, quarter and year."""

from __future__ import annotations

from simcore.horizons import CALL, DAY, HOUR, MONTH, QUARTER, WEEK, YEAR
from simcore.jit import inlined
from simcore.kernels.scratch import Run
from simcore.tally import record


@inlined
def book(run: Run, group: int, account: int, hour: int, units: int) -> None:
    """Book a deal in an account at a counted hour (from 0 at the first counted hour)."""
    windows = run.scratch.windows
    record(run.tally, group, account, CALL, units)
    if windows.hours[account, hour] == 0:
        windows.touched_hours[account, windows.n_touched[account]] = hour
        windows.n_touched[account] += 1
    windows.hours[account, hour] += units


@inlined
def tally_hours_and_days(run: Run, group: int, account: int) -> None:
    """Record the hours and days with revenue, and sum them to weeks."""
    windows, clock = run.scratch.windows, run.program.clock
    days = 0
    for i in range(windows.n_touched[account]):
        hour = windows.touched_hours[account, i]
        units = windows.hours[account, hour]
        windows.hours[account, hour] = 0
        record(run.tally, group, account, HOUR, units)
        day = clock.day_of_hour[hour]
        if windows.days[day] == 0:
            windows.touched_days[days] = day
            days += 1
        windows.days[day] += units
    windows.n_touched[account] = 0
    for i in range(days):
        day = windows.touched_days[i]
        units = windows.days[day]
        windows.days[day] = 0
        record(run.tally, group, account, DAY, units)
        windows.weeks[account, clock.week_of_day[day]] += units


@inlined
def record_period(run: Run, group: int, account: int, horizon: int, period: int, units: int) -> None:
    """Record one whole period of a week or more, and hold it against the quota (by close)."""
    if units > 0:
        record(run.tally, group, account, horizon, units)
    quota = run.program.quota
    if account == 0 and horizon == quota.horizon:
        if units >= quota.units:
            run.tally.quota_hits[group, 0] += 1
        run.scratch.windows.team[period] += units


@inlined
def tally_periods(run: Run, group: int, account: int) -> None:
    """Record the weeks, months, quarters and years of one rep."""
    clock, weeks = run.program.clock, run.scratch.windows.weeks[account]
    for week in range(clock.counted_weeks):
        record_period(run, group, account, WEEK, week, weeks[week])
    for horizon in (MONTH, QUARTER, YEAR):
        period_of = clock.period_of_week[horizon]
        units = 0
        for week in range(clock.counted_weeks):
            period = period_of[week]
            if period < 0:
                break
            units += weeks[week]
            if week + 1 == clock.counted_weeks or period_of[week + 1] != period:
                record_period(run, group, account, horizon, period, units)
                units = 0


@inlined
def tally_first_periods(run: Run, group: int) -> None:
    """Add the weeks, months, quarters and years of one rep to the statistics of step 1."""
    clock, weeks, tally = run.program.clock, run.scratch.windows.first_weeks, run.tally
    total = 0
    squares = 0
    for week in range(clock.counted_weeks):
        total += weeks[week]
        squares += weeks[week] * weeks[week]
    for horizon in (CALL, HOUR, DAY, WEEK):
        tally.first_sum[group, horizon] += total
    tally.first_square[group, CALL] += total
    tally.first_square[group, WEEK] += squares
    for horizon in (MONTH, QUARTER, YEAR):
        period_of = clock.period_of_week[horizon]
        count = 0
        for week in range(clock.counted_weeks):
            if period_of[week] < 0:
                break
            count += weeks[week]
            if week + 1 == clock.counted_weeks or period_of[week + 1] != period_of[week]:
                tally.first_sum[group, horizon] += count
                tally.first_square[group, horizon] += count * count
                count = 0


@inlined
def tally_team(run: Run, group: int) -> None:
    """Hold the team's quota periods of a replication against the team's quota."""
    quota, team = run.program.quota, run.scratch.windows.team
    if quota.horizon == 0:
        return
    for period in range(run.program.clock.periods[quota.horizon]):
        if team[period] >= quota.units_team:
            run.tally.quota_hits[group, 1] += 1
        team[period] = 0
