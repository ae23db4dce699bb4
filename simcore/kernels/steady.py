"""One stride of weeks, one rep, one block of replications."""

from __future__ import annotations

import numpy as np

from simcore.base.periods import CALL, DAY, HOUR
from simcore.compiled.jit import kernel, spliced
from simcore.kernels.calls import count_successes, draw_items, place_successes, set_successes
from simcore.kernels.caps import apply_caps
from simcore.kernels.funnel import (
    MAX_CENTS,
    decide_at_once,
    draw_aside,
    fill_dues,
    hold_bookings,
    rate_at,
    value_of,
)
from simcore.kernels.windows import book, tally_first_step, tally_hours_and_days, tally_periods, tally_team, tally_weeks
from simcore.kernels.workspace import DUE, NOW, ORIGIN, STEP_WORDS, Detail, Items, Run, Scratch, SeatIndex, Stride
from simcore.kernels.world import (
    cut_threshold,
    extend_market,
    fill_own_rates,
    fill_rates,
    fill_seat,
    log_weight_of,
    passes_step,
    set_market,
    set_own_rates,
)
from simcore.program.layout import Program
from simcore.program.tally import CLOSE, ENTERED, GROUPS, OPEN_AT_END, SQUARE, TURNED_AWAY, TallyArrays, record
from simcore.program.tally import ORIGIN as BY_ORIGIN
from simcore.random.addresses import ITEM_LATE, Stream
from simcore.random.streams import stream_from


@spliced
def fill_due_hours(
    program: Program,
    stream: Stream,
    index: SeatIndex,
    stride: Stride,
    step: int,
    items: Items,
    tally: TallyArrays,
    n: int,
) -> None:
    """Fill the due hours of n items at a step, and count the lags that were cut."""
    tally.clipped[program.clock.steps + 1] += fill_dues(
        program.clock, program.lags, program.start, stream, index, stride.starters, step, items, n
    )


@spliced
def decide_when_due(
    program: Program,
    stream: Stream,
    index: SeatIndex,
    stride: Stride,
    step: int,
    scratch: Scratch,
    tally: TallyArrays,
    detail: Detail,
    n: int,
) -> int:
    """Decide a step >= 2: each of n items waits until it is due, and meets that week's rate; return how many stay."""
    clock, start, items = program.clock, program.start, scratch.items
    now, due, alive, words = items.hours[NOW], items.hours[DUE], items.alive, items.words
    fill_due_hours(program, stream, index, stride, step, items, tally, n)
    if step > 4:
        draw_aside(stream, ITEM_LATE, items, n)
    log_weight = log_weight_of(program.source, detail, index.replication, index.rep)
    kept, open_at_end, cut = 0, 0, 0
    for i in range(n):
        item = alive[i]
        if item < stride.starters and start.stage[start.first[index.rep] + item] >= step:
            # Open at the start in a later stage: not concerned.
            alive[kept] = item
            kept += 1
            continue
        open_at_end += now[item] < clock.end_hour <= due[item]
        week = due[item] // clock.hours_per_week
        rate = rate_at(program.market, program.rates, stream, index.rep, step, week, scratch.seat, scratch.market)
        cut += rate > 1.0
        word = words[STEP_WORDS + step - 2, item] if step <= 4 else items.aside[2 + step - 5, i]
        if passes_step(program.source, step, week, rate, word, log_weight):
            now[item] = due[item]
            alive[kept] = item
            kept += 1
    tally.clipped[step] += cut
    tally.stages[index.group, OPEN_AT_END, step - 1] += open_at_end
    return kept


@spliced
def count_entries(
    program: Program,
    index: SeatIndex,
    stride: Stride,
    stage: int,
    scratch: Scratch,
    tally: TallyArrays,
    detail: Detail,
    n: int,
) -> None:
    """Count the entries of n items into a stage in counted weeks; items open at the start enter only later stages."""
    clock, start = program.clock, program.start
    alive, now = scratch.items.alive, scratch.items.hours[NOW]
    first_hour = clock.warmup_weeks * clock.hours_per_week
    detailed = detail.entered.shape[0] > 0
    if clock.one_account and not detailed and stride.first_week >= clock.warmup_weeks:
        # Nothing takes time: all items are in the weeks of the stride.
        tally.stages[index.group, ENTERED, stage] += n
        return
    entered = 0
    for i in range(n):
        item = alive[i]
        hour = now[item]
        if item < stride.starters and start.stage[start.first[index.rep] + item] >= stage:
            continue
        if first_hour <= hour < clock.end_hour:
            entered += 1
            if detailed:
                week = (hour - first_hour) // clock.hours_per_week
                detail.entered[index.replication, index.rep, week, stage] += 1
    tally.stages[index.group, ENTERED, stage] += entered


@spliced
def book_deals(
    program: Program,
    stream: Stream,
    index: SeatIndex,
    stride: Stride,
    scratch: Scratch,
    tally: TallyArrays,
    detail: Detail,
    n: int,
) -> None:
    """Book the n deals of a stride in both accounts."""
    clock, items, unit = program.clock, scratch.items, program.deals.unit
    first_hour = clock.warmup_weeks * clock.hours_per_week
    for i in range(n):
        item = items.alive[i]
        cents = value_of(program.deals, program.start, stream, index, stride, items.words, item)
        if cents > MAX_CENTS:
            cents = MAX_CENTS
            tally.clipped[clock.steps + 2] += 1
        for account in range(1 if clock.one_account else 2):
            hour = items.hours[NOW if account == CLOSE else ORIGIN, item]
            if first_hour <= hour < clock.end_hour:
                book(scratch.booked, account, hour - first_hour, cents // unit)
                record(tally.moments, tally.bins, index.group, account, CALL, cents // unit)
                if detail.cents.shape[0] > 0:
                    week = (hour - first_hour) // clock.hours_per_week
                    detail.cents[index.replication, account, index.rep, week] += cents
                    if clock.one_account:
                        detail.cents[index.replication, BY_ORIGIN, index.rep, week] += cents


@spliced
def make_calls(
    program: Program,
    stream: Stream,
    index: SeatIndex,
    stride: Stride,
    scratch: Scratch,
    tally: TallyArrays,
    detail: Detail,
) -> int:
    """Make the calls of a stride: step 1 up to the entry into stage 1; return the number of items, all alive."""
    items, weeks, seat = scratch.items, scratch.weeks, scratch.seat
    tally.clipped[1] += count_successes(program.plan, program.first, stream, index.rep, stride, seat, weeks)
    set_successes(program.source.successes, index.replication, index.rep, stride, weeks)
    n = draw_items(stream, index.rep, stride, weeks.successes, items.words)
    by_hour, by_day = place_successes(program.clock, program.plan, stride, seat, weeks, scratch.calls, items, n)
    first = tally.first[index.group]
    first[SQUARE, HOUR] += by_hour
    first[SQUARE, DAY] += by_day
    for i in range(stride.weeks):
        counted_week = stride.first_week + i - program.clock.warmup_weeks
        if counted_week >= 0:
            tally.stages[index.group, ENTERED, 0] += weeks.calls[i]
            scratch.calls.per_week[counted_week] = weeks.successes[i]
            if detail.entered.shape[0] > 0:
                detail.entered[index.replication, index.rep, counted_week, 0] = weeks.calls[i]
    for item in range(n):
        items.alive[item] = item
    for item in range(stride.starters):
        items.hours[ORIGIN, item] = -1
        items.hours[NOW, item] = 0
    if program.lags.lagged[1]:
        fill_due_hours(program, stream, index, stride, 1, items, tally, n)
        tally.stages[index.group, OPEN_AT_END, 0] += hold_bookings(items, stride.starters, program.clock.end_hour, n)
    return n


@spliced
def run_stride(
    program: Program,
    stream: Stream,
    index: SeatIndex,
    stride: Stride,
    scratch: Scratch,
    tally: TallyArrays,
    detail: Detail,
) -> None:
    """Simulate a stride of weeks of one rep, from the calls to the deals."""
    n = make_calls(program, stream, index, stride, scratch, tally, detail)
    items, caps, rates = scratch.items, program.caps, program.rates
    waited = program.lags.lagged[1] or stride.starters > 0
    for stage in range(1, program.clock.steps + 1):
        waited = waited or program.lags.lagged[stage]
        if stage >= 2 and (waited or stage > 4 or rates.varies[stage] or program.source.tilted):
            n = decide_when_due(program, stream, index, stride, stage, scratch, tally, detail, n)
        elif stage >= 2:
            limit = cut_threshold(scratch.seat.rate[stage, 0])
            n = decide_at_once(limit, items.words[STEP_WORDS + stage - 2], items.alive, n)
        if caps.per_week[stage] >= 0 or caps.open[stage] >= 0:
            turned_away = tally.stages[index.group, TURNED_AWAY]
            # Which of them stay open how long; a lag that is cut is counted when the next step is decided.
            fill_dues(program.clock, program.lags, program.start, stream, index, stride.starters, stage + 1, items, n)
            n = apply_caps(program, index, stride, stage, items, scratch.room, turned_away, n)
        count_entries(program, index, stride, stage, scratch, tally, detail, n)
    book_deals(program, stream, index, stride, scratch, tally, detail, n)


@spliced
def run_rep(
    program: Program,
    stream: Stream,
    index: SeatIndex,
    stride_weeks: int,
    scratch: Scratch,
    tally: TallyArrays,
    detail: Detail,
) -> None:
    """Simulate one rep from the first week to the last, and tally the windows."""
    simulated, start = program.clock.simulated_weeks, program.start
    if program.team.leave_threshold > 0 or program.team.new > 0:
        fill_seat(program.team, stream, index.rep, scratch.seat)
    if not program.rates.fixed:
        fill_own_rates(program.rates, stream, index.rep, scratch.seat)
        if program.source.people.shape[0] > 0:
            set_own_rates(program.rates, scratch.seat, program.source.people[index.replication, index.rep])
        fill_rates(program.rates, stream, index.rep, scratch.seat, scratch.market)
    for first_week in range(0, simulated, stride_weeks):
        starters = start.first[index.rep + 1] - start.first[index.rep] if first_week == 0 else 0
        stride = Stride(first_week, min(stride_weeks, simulated - first_week), starters)
        run_stride(program, stream, index, stride, scratch, tally, detail)
    tally_first_step(program.calendar, tally.first[index.group], scratch.calls.per_week)
    for account in range(1 if program.clock.one_account else 2):
        tally_hours_and_days(program.calendar, tally, index.group, account, scratch.booked, scratch.sums)
        if account == CLOSE:
            kept = detail.quarters.shape[0] > 0
            quarters = detail.quarters[index.replication, index.rep] if kept else scratch.sums.weeks[:0]
            tally_weeks(tally, index.group, scratch.sums.weeks, quarters)
        tally_periods(program.calendar, program.quota, tally, index.group, account, scratch.sums)


@kernel
def run_block(run: Run, key: tuple[np.uint32, np.uint32], first: int, count: int, stride_weeks: int) -> None:
    """Simulate replications ``first .. first + count - 1`` and add them to ``run.tally``.

    Parameters
    ----------
    run
        The program; working memory and counters of the calling thread; and the block's detail, whose arrays are
        empty or have room for ``count`` replications.
    key
        See `simcore.random.philox.split_seed`.
    stride_weeks
        See `simcore.kernels.workspace.stride_weeks`; results do not depend on it.
    """
    program, scratch, tally, detail = run.program, run.scratch, run.tally, run.detail
    market, path = program.market, scratch.market
    for i in range(count):
        stream = stream_from(program.source, key, first + i)
        group = (first + i) & (GROUPS - 1)
        path.known[0] = 0
        if program.source.market.shape[0] > 0:
            set_market(market, path, program.source.market[i])
        if market.sd > 0.0:
            extend_market(market, stream, path, program.clock.simulated_weeks)
        for rep in range(program.team.reps):
            run_rep(program, stream, SeatIndex(i, rep, group, 0), stride_weeks, scratch, tally, detail)
        tally_team(program.calendar, program.quota, tally, group, scratch.sums.team)
        tally.replications[group] += 1
