"""Blocks in rows: one rep after the other, all replications of a row side by side; plain Python."""

from __future__ import annotations

import numpy as np

from simcore.base.periods import MONTH, QUARTER, WEEK, YEAR
from simcore.kernels.detail import Detail
from simcore.kernels.rows import windows
from simcore.kernels.rows.funnel import Funnel
from simcore.kernels.rows.memory import Longs, Memory, bins_of_cells, count_replications, flush
from simcore.kernels.rows.row import Row, new_row, sizes_of
from simcore.kernels.rows.seats import know_market, know_parameters, settle
from simcore.program.layout import Program
from simcore.program.quotas import amounts_of_seat, in_units, team_by_period
from simcore.program.tally import CLOSE, HITS, LONGEST_DRY, UNITS, TallyArrays
from simcore.program.tally import ORIGIN as BY_ORIGIN
from simcore.random.philox import Key

PERIODS = (WEEK, MONTH, QUARTER, YEAR)


def play_block(
    program: Program, memory: Memory, tally: TallyArrays, detail: Detail, key: Key, first: int, count: int
) -> None:
    """Simulate the replications ``first .. first + count - 1`` and add them to a tally.

    ``detail``: its arrays are empty or have room for ``count`` replications.
    """
    bins = bins_of_cells(tally)
    for begin, size in sizes_of(first, count, memory.size, memory.counters.conduct.shape[1]):
        row = new_row(program, memory, bins, tally.clipped, detail, key, first, begin, size)
        _play_row(row)
        count_replications(row.first_group, size, tally)
        add_waiting_windows(row)
    flush(memory.counters, tally)


def _play_row(row: Row) -> None:
    """Simulate the replications of a row."""
    program, booked, counters = row.program, row.memory.booked, row.memory.counters
    know_market(row, program.clock.simulated_weeks)
    know_parameters(row)
    funnel = Funnel(row)
    for rep in range(program.team.reps):
        _play_rep(row, funnel, rep)
    tally_team_quota(program, row.size, booked.team, counters.quota_hits[1, row.first_group :])


def _play_rep(row: Row, funnel: Funnel, rep: int) -> None:
    """Simulate one rep from the first week to the last, and tally the windows."""
    program, stride = row.program, row.memory.stride
    simulated = program.clock.simulated_weeks
    settle(row, rep)
    row.memory.closed.n = 0
    funnel.begin(rep)
    for first_week in range(0, simulated, stride):
        funnel.play(first_week, min(stride, simulated - first_week))
    tally_bookings(row)
    for account in (CLOSE,) if program.clock.one_account else (CLOSE, BY_ORIGIN):
        tally_account(row, rep, account)


def tally_team_quota(program: Program, size: int, team: Longs, hits: Longs) -> None:
    """Compare the team's quota periods with the team's quota, and empty them."""
    quota = program.quota
    if quota.horizon == 0:
        return
    periods = int(program.calendar.periods[quota.horizon])
    if len(quota.own):
        amounts = in_units(program, team_by_period(program))
        hits[:size] += ((team[:periods, :size] >= amounts[:, None]) & (amounts[:, None] > 0)).sum(axis=0)
        team[:periods, :size] = 0
    else:
        windows.tally_team(size, periods, quota.units_team, team, hits)


def _tally_quota(row: Row, rep: int) -> None:
    """Compare the quota periods of a seat with its quota, and add them up for the team's."""
    program, booked, size = row.program, row.memory.booked, row.size
    hits, quota = row.memory.counters.quota_hits[0, row.first_group : row.first_group + size], program.quota
    seats, before = row.memory.counters.seats, hits.copy()
    of_week, sums = program.calendar.period_of_part, booked.sums[0]
    weeks = booked.parts if program.calendar.cut else booked.weeks
    if len(quota.own):
        units = in_units(program, amounts_of_seat(program, rep))
        windows.tally_own_quota(quota.horizon, size, units, of_week, weeks, sums, hits, booked.team)
    else:
        windows.tally_quota(quota.horizon, size, quota.units, of_week, weeks, sums, hits, booked.team)
    if len(seats):
        seats[rep, HITS, row.first_group : row.first_group + size] += hits - before


def add_waiting_windows(row: Row) -> None:
    """Add the windows that wait for it to the bins of the tally."""
    waiting = row.memory.windows
    windows.add_to_bins(waiting.n, waiting.places, waiting.by_section, waiting.ends, row.bins)
    waiting.n = 0


def tally_bookings(row: Row) -> None:
    """Add the successes of step 1 of one rep by window."""
    program, memory = row.program, row.memory
    windows.tally_first_step_of_weeks(
        row.first_group, row.size, program.clock.warmup_weeks, program.clock.counted_weeks, memory.weeks.successes,
        memory.booked.sums[0], memory.counters.first,
    )  # fmt: skip
    called, before = memory.weeks.successes, program.clock.warmup_weeks
    if program.calendar.cut:
        called, before = memory.booked.called.astype(np.int32), 0
        memory.booked.called[:] = 0
    for horizon in PERIODS[1:]:
        windows.tally_first_step(
            horizon, row.first_group, row.size, before, program.calendar.period_of_part, called, memory.booked.sums[0],
            memory.counters.first,
        )  # fmt: skip


def tally_account(row: Row, rep: int, account: int) -> None:
    """Tally the windows of one rep in an account."""
    program, size, group = row.program, row.size, row.first_group
    booked, counters, calendar = row.memory.booked, row.memory.counters, row.program.calendar
    moments, weeks, sums = counters.moments, booked.weeks, booked.sums
    clock, closed, waiting = program.clock, row.memory.closed, row.memory.windows
    first_hour, hours = clock.warmup_weeks * clock.hours_per_week, closed.hours[account]
    most = len(PERIODS) * calendar.period_of_part.shape[1] * size + 3 * closed.n
    if waiting.make_room(most):
        add_waiting_windows(row)
    windows.order_by_week(closed.n, first_hour, clock.end_hour, clock.hours_per_week, hours, booked.ends, closed.order)
    waiting.n = windows.tally_deals(
        account, group, first_hour, clock.hours_per_day, row.memory.bits, closed.order, booked.ends, hours, closed.who,
        closed.units, booked.hours, booked.touched, weeks, moments, waiting.n,
        waiting.places,
    )  # fmt: skip
    parts = weeks
    if calendar.cut:
        parts = booked.parts
        windows.add_to_parts(
            closed.n, first_hour, clock.hours_per_day, calendar.part_of_day, hours, closed.who, closed.units, parts
        )
    if account == CLOSE:
        groups = slice(group, group + size)
        windows.tally_dry_weeks(size, weeks, sums[1], sums[2], counters.conduct[LONGEST_DRY, groups])
        windows.tally_weeks_of_quarter(group, size, weeks, counters.weeks_of_quarter)
        if row.detail.quarters.shape[0] > 0:
            windows.detail_quarters(rep, size, calendar.period_of_part[QUARTER], parts, row.detail.quarters)
        if len(counters.seats):
            counters.seats[rep, UNITS, groups] += weeks[:, :size].sum(axis=0)
        if program.quota.horizon > 0:
            _tally_quota(row, rep)
    for horizon in PERIODS:
        if calendar.periods[horizon] > 0:
            waiting.n = windows.tally_periods(
                account, horizon, group, size, calendar.period_of_part, parts, sums[0], moments, waiting.n,
                waiting.places,
            )  # fmt: skip
    windows.clear_weeks(size, weeks)
    if calendar.cut:
        windows.clear_weeks(size, parts)
