"""One rep, one replication, one block of replications."""

from __future__ import annotations

import numpy as np

from simcore.addresses import Stream, stream_of
from simcore.jit import inlined, kernel
from simcore.kernels.activity import count_successes, draw_items, place_successes
from simcore.kernels.caps import apply_caps
from simcore.kernels.funnel import decide_at_once, decide_when_due, enter, hold_bookings, value_of
from simcore.kernels.scratch import Run, Stride
from simcore.kernels.windows import book, tally_first_periods, tally_hours_and_days, tally_periods, tally_team
from simcore.kernels.world import extend_market, fill_own_rates, fill_rates, fill_seat, varies_weekly
from simcore.program import Program
from simcore.tally import CLOSE, GROUPS, ORIGIN


@inlined
def is_capped(program: Program, stage: int) -> bool:
    """Return whether a stage has a cap."""
    return program.steps.cap_week[stage] >= 0 or program.steps.cap_open[stage] >= 0


@inlined
def count_entries(run: Run, replication: int, rep: int, group: int, stride: Stride, stage: int, alive: int) -> None:
    """Count the entries of the items alive into a stage; items open at the start enter only later stages."""
    items, start = run.scratch.items, run.program.start
    for i in range(alive):
        item = items.alive[i]
        if item >= stride.starters or start.stage[start.first[rep] + item] < stage:
            enter(run, replication, rep, group, stage, items.hour[item])


@inlined
def book_deals(run: Run, stream: Stream, replication: int, rep: int, group: int, stride: Stride, alive: int) -> None:
    """Book the deals of a stride in both accounts."""
    clock, items, unit = run.program.clock, run.scratch.items, run.program.deals.unit
    first_hour = clock.warmup_weeks * clock.hours_per_week
    for i in range(alive):
        item = items.alive[i]
        cents = value_of(run, stream, rep, stride, item)
        units = cents // unit
        closed = items.hour[item]
        if first_hour <= closed < clock.end_hour:
            book(run, group, CLOSE, closed - first_hour, units)
            if run.detail.cents.shape[0] > 0:
                week = (closed - first_hour) // clock.hours_per_week
                run.detail.cents[replication, CLOSE, rep, week] += cents
        if item >= stride.starters and items.origin[item] >= first_hour:
            book(run, group, ORIGIN, items.origin[item] - first_hour, units)
            if run.detail.cents.shape[0] > 0:
                week = (items.origin[item] - first_hour) // clock.hours_per_week
                run.detail.cents[replication, ORIGIN, rep, week] += cents


@inlined
def run_stride(run: Run, stream: Stream, replication: int, rep: int, group: int, stride: Stride) -> None:
    """Simulate a stride of weeks of one rep, from the calls to the deals."""
    program = run.program
    count_successes(run, stream, rep, stride)
    alive = draw_items(run, stream, rep, stride)
    place_successes(run, group, stride)
    hold_bookings(run, stream, rep, group, stride, alive)
    moved = program.steps.lagged[1]
    for stage in range(1, program.steps.count + 1):
        if stage >= 2:
            moved = moved or program.steps.lagged[stage]
            if moved or stage > 4 or stride.starters > 0 or varies_weekly(program, stage):
                alive = decide_when_due(run, stream, rep, group, stride, stage, alive)
            else:
                alive = decide_at_once(run, stage, alive)
        if is_capped(program, stage):
            alive = apply_caps(run, stream, rep, group, stride, stage, alive)
        count_entries(run, replication, rep, group, stride, stage, alive)
    book_deals(run, stream, replication, rep, group, stride, alive)


@inlined
def run_rep(run: Run, stream: Stream, replication: int, rep: int, group: int, stride_weeks: int) -> None:
    """Simulate one rep from the first week to the last, and tally the windows."""
    program, seat = run.program, run.scratch.seat
    if program.team.leave_threshold > 0 or program.team.new > 0:
        fill_seat(program, stream, rep, seat)
    fill_own_rates(program, stream, rep, seat)
    fill_rates(program, stream, rep, seat, run.scratch.market)
    for first_week in range(0, program.clock.simulated_weeks, stride_weeks):
        weeks = min(stride_weeks, program.clock.simulated_weeks - first_week)
        starters = program.start.first[rep + 1] - program.start.first[rep] if first_week == 0 else 0
        run_stride(run, stream, replication, rep, group, Stride(first_week, weeks, starters))
    tally_first_periods(run, group)
    for account in (CLOSE, ORIGIN):
        tally_hours_and_days(run, group, account)
        tally_periods(run, group, account)
        run.scratch.windows.weeks[account, :] = 0


@kernel
def run_block(
    run: Run, key: tuple[np.uint32, np.uint32], first: int, count: int, stride_weeks: int
) -> None:
    """Simulate replications ``first .. first + count - 1`` and add them to ``run.tally``.

    Parameters
    ----------
    run
        The program; working memory and counters of the calling thread; and the block's detail, whose arrays are
        empty or have room for ``count`` replications.
    key
        See `simcore.philox.split_seed`.
    stride_weeks
        See `simcore.kernels.scratch.stride_weeks`; results do not depend on it.
    """
    for i in range(count):
        stream = stream_of(key, first + i)
        group = (first + i) & (GROUPS - 1)
        run.scratch.market.known[0] = 0
        if run.program.market.sd > 0.0:
            extend_market(run.program.market, stream, run.scratch.market, run.program.clock.simulated_weeks)
        for rep in range(run.program.team.reps):
            run_rep(run, stream, i, rep, group, stride_weeks)
        tally_team(run, group)
        run.tally.replications[group] += 1
