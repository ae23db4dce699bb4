"""One hour of one seat: what is due is decided, enters its next stage, waits there, and closes in the end."""

from __future__ import annotations

import numpy as np

from simcore.base.periods import CALL
from simcore.compiled.jit import inlined, int64, spliced, uint32
from simcore.kernels.caps import sort_stable
from simcore.kernels.funnel import FAR, MAX_CENTS, drawn_value, last_hour, other_purpose, rate_at
from simcore.kernels.reactive.drives import report_breach
from simcore.kernels.reactive.pipeline import allocate, due_after, release, schedule, word_of
from simcore.kernels.reactive.state import (
    BOOKED,
    C0,
    C1,
    DUE,
    GIVEN,
    KEY,
    MARK,
    MAX_OPEN,
    ORIGIN,
    PRICE,
    REFERRED_ITEMS,
    RESPONSE,
    RESULT,
    STAGE,
    STEP_WORDS,
    TOO_MANY_REFERRALS,
    WIN_FACTOR,
    ClockHour,
    Ledgers,
    Memory,
    Pool,
)
from simcore.kernels.windows import book
from simcore.kernels.workspace import Booked, Detail, Seat, SeatIndex
from simcore.kernels.world import log_weight_of, passes_step
from simcore.numerics.elementary import exp
from simcore.program.layout import FIXED, Program
from simcore.program.tally import CLOSE, DISCOUNT, ENTERED, OPEN_AT_END, TURNED_AWAY, TallyArrays, record
from simcore.program.tally import ORIGIN as BY_ORIGIN
from simcore.random.addresses import ITEM, ITEM_LATE, REFERRAL, REFERRED, VALUE, Stream
from simcore.random.draws import uniform32
from simcore.random.streams import words_at
from simcore.scenario.channels import DEAL_VALUE, LAG, REFERRALS

KIND_BITS = 60
"""The order of arrival: 0 open at the start, 1 called, 2 referred, above these bits."""
MAX_REFERRALS_OF_A_WIN = 255


@spliced
def seat_of(ledgers: Ledgers, at: int) -> Seat:
    """Return the seat at a place."""
    return Seat(ledgers.person[at], ledgers.activity[at], ledgers.own_rate[at], ledgers.rate[at], ledgers.carry[at])


@spliced
def booked_of(ledgers: Ledgers, at: int) -> Booked:
    """Return the deals booked at a place."""
    return Booked(ledgers.booked[at], ledgers.touched[at], ledgers.n_touched[at])


@spliced
def is_decided(
    program: Program,
    stream: Stream,
    index: SeatIndex,
    memory: Memory,
    tally: TallyArrays,
    detail: Detail,
    step: int,
    week: int,
    item: int,
) -> bool:
    """Decide a step >= 2 of an item that is due; its entry is given back if it is lost."""
    pool, at = memory.pool, index.place
    seat = seat_of(memory.ledgers, at)
    uncut = rate_at(program.market, program.rates, stream, index.rep, step, week, seat, memory.market)
    rate = uncut * memory.coached.factor[at, step] * pool.factor[at, item, RESPONSE] * pool.factor[at, item, WIN_FACTOR]
    tally.clipped[step] += rate > 1.0
    if step <= 4:
        word = pool.words[at, item, STEP_WORDS + step - 2]
    else:
        word = word_of(pool, stream, at, item, ITEM_LATE, step - 5)
    log_weight = log_weight_of(program.source, detail, index.replication, index.rep)
    yes = passes_step(program.source, step, week, rate, word, log_weight)
    if week < memory.coached.decided.shape[2]:
        memory.coached.decided[at, step, week] += 1
        memory.coached.passed[at, step, week] += yes
    if not yes:
        release(pool, at, item)
    return yes


@inlined
def referrals_of(mean: float, word: np.uint32) -> int:
    """Return the Poisson count at a word, by inversion."""
    u = uniform32(word)
    f = exp(-mean)
    total = f
    k = 0
    while u >= total and k < MAX_REFERRALS_OF_A_WIN:
        k += 1
        f = f * mean / float(k)
        total = total + f
    return k


@spliced
def add_referrals(
    program: Program, stream: Stream, index: SeatIndex, memory: Memory, tally: TallyArrays, hour: int, win: int
) -> None:
    """Add the referrals of a win to the open items."""
    clock, pool, drives, at = program.clock, memory.pool, memory.drives, index.place
    mean = program.reaction.referrals * drives.response[at, clock.steps + REFERRALS]
    c0 = other_purpose(pool.words[at, win, C0], REFERRAL)
    words = words_at(stream, c0, pool.words[at, win, C1])
    for j in range(referrals_of(mean, words[0])):
        drives.known[at, REFERRED_ITEMS] += 1
        item = allocate(pool, at)
        if item < 0 or drives.known[at, REFERRED_ITEMS] > MAX_OPEN:
            report_breach(memory.breach, TOO_MANY_REFERRALS, index, hour, drives.level[at], float(MAX_OPEN))
            return
        low = int64(words[2]) & 0xFFFFFF
        pool.words[at, item, C0] = uint32(((ITEM + REFERRED) << 24) | low)
        pool.words[at, item, C1] = uint32(int64(words[1]) + j)
        pool.number[at, item, ORIGIN] = pool.number[at, win, ORIGIN]
        pool.number[at, item, GIVEN] = -1
        pool.number[at, item, KEY] = (2 << KIND_BITS) | (int64(pool.words[at, item, C1]) << 24) | low
        draw_steps(pool, stream, at, item)
        due = max(hour + 1, due_after(clock, program.lags, stream, pool, at, item, clock.steps + 1, hour, 1.0))
        wait_for_stage_one(program, memory, tally, index, item, hour, due)


@spliced
def draw_steps(pool: Pool, stream: Stream, at: int, item: int) -> None:
    """Draw the words of an item's steps 2 to 4."""
    words = words_at(stream, pool.words[at, item, C0], pool.words[at, item, C1])
    pool.words[at, item, STEP_WORDS] = words[1]
    pool.words[at, item, STEP_WORDS + 1] = words[2]
    pool.words[at, item, STEP_WORDS + 2] = words[3]


@spliced
def wait_for_stage_one(
    program: Program, memory: Memory, tally: TallyArrays, index: SeatIndex, item: int, hour: int, due: int
) -> None:
    """Hold a booking, or a referral, until it enters stage 1."""
    clock, pool, at = program.clock, memory.pool, index.place
    last = last_hour(clock)
    if due > last:
        tally.clipped[clock.steps + 1] += 1
        due = last
    pool.number[at, item, STAGE] = 0
    pool.number[at, item, DUE] = due
    tally.stages[index.group, OPEN_AT_END, 0] += hour < clock.end_hour <= due
    schedule(pool, at, item)


@spliced
def close_deal(
    program: Program,
    stream: Stream,
    index: SeatIndex,
    memory: Memory,
    tally: TallyArrays,
    detail: Detail,
    hour: int,
    item: int,
) -> None:
    """Book a deal in both accounts, and let it bring referrals."""
    clock, deals, start, at = program.clock, program.deals, program.start, index.place
    pool, drives = memory.pool, memory.drives
    given = pool.number[at, item, GIVEN]
    listed = int64(deals.scale)
    if given >= 0 and start.value[given] >= 0:
        listed = start.value[given]
    elif deals.kind != FIXED:
        listed = drawn_value(deals, word_of(pool, stream, at, item, VALUE, 0))
    price = drives.response[at, clock.steps + DEAL_VALUE] * pool.factor[at, item, PRICE]
    cents = max(1, int64(np.floor(min(float(listed) * price, FAR) + 0.5)))
    if cents > MAX_CENTS:
        cents = MAX_CENTS
        tally.clipped[clock.steps + 2] += 1
    first_hour = clock.warmup_weeks * clock.hours_per_week
    booked, unit = booked_of(memory.ledgers, at), deals.unit
    for account in range(1 if clock.one_account else 2):
        dated = hour if account == CLOSE else pool.number[at, item, ORIGIN]
        if first_hour <= dated < clock.end_hour:
            book(booked, account, dated - first_hour, cents // unit)
            record(tally.moments, tally.bins, index.group, account, CALL, cents // unit)
            if account == CLOSE:
                tally.conduct[index.group, DISCOUNT] += max(0, min(listed, MAX_CENTS) - cents)
            if detail.cents.shape[0] > 0:
                week = (dated - first_hour) // clock.hours_per_week
                detail.cents[index.replication, account, index.rep, week] += cents
                if clock.one_account:
                    detail.cents[index.replication, BY_ORIGIN, index.rep, week] += cents
    if hour < clock.end_hour:
        drives.known[at, BOOKED] += cents
        drives.known[at, RESULT] += cents
        drives.known[at, MARK] = max(drives.known[at, MARK], hour + 1)
        if memory.coached.revenue.shape[1] > 0:
            memory.coached.revenue[at, hour // clock.hours_per_week] += cents
    if program.reaction.referrals > 0.0:
        add_referrals(program, stream, index, memory, tally, hour, item)
    release(pool, at, item)


@spliced
def is_capped_stage(program: Program, stage: int) -> bool:
    """Return whether a stage has a cap."""
    return program.caps.per_week[stage] >= 0 or program.caps.open[stage] >= 0


@spliced
def is_full(program: Program, pool: Pool, at: int, stage: int, week: int) -> bool:
    """Return whether a capped stage has no place for one more; else count its entry in the week."""
    room = pool.open[at, stage]
    if room[1] != week:
        room[1], room[2] = week, 0
    if program.caps.per_week[stage] >= 0 and room[2] >= program.caps.per_week[stage]:
        return True
    if program.caps.open[stage] >= 0 and room[0] >= program.caps.open[stage]:
        return True
    room[2] += 1
    return False


@spliced
def enter_stage(
    program: Program,
    stream: Stream,
    index: SeatIndex,
    memory: Memory,
    tally: TallyArrays,
    detail: Detail,
    stage: int,
    now: ClockHour,
    item: int,
) -> bool:
    """Move an item into a stage before the last; return whether its next step is decided at once."""
    clock, pool, response, at = program.clock, memory.pool, memory.drives.response[index.place], index.place
    hour, week = now.hour, now.week
    capped = is_capped_stage(program, stage)
    if capped and is_full(program, pool, at, stage, week):
        tally.stages[index.group, TURNED_AWAY, stage] += clock.warmup_weeks <= week < clock.simulated_weeks
        release(pool, at, item)
        return False
    count_entry(program, index, tally, detail, stage, week)
    pool.number[at, item, STAGE] = stage
    pool.factor[at, item, RESPONSE] = response[stage + 1]
    if not program.lags.lagged[stage + 1]:
        return True
    due = due_after(clock, program.lags, stream, pool, at, item, stage + 1, hour, response[clock.steps + LAG])
    return wait_in_stage(program, index, memory, tally, hour, item, due)


@spliced
def count_entry(program: Program, index: SeatIndex, tally: TallyArrays, detail: Detail, stage: int, week: int) -> None:
    """Count an entry into a stage, in counted weeks."""
    clock = program.clock
    if clock.warmup_weeks <= week < clock.simulated_weeks:
        tally.stages[index.group, ENTERED, stage] += 1
        if detail.entered.shape[0] > 0:
            detail.entered[index.replication, index.rep, week - clock.warmup_weeks, stage] += 1


@spliced
def wait_in_stage(
    program: Program, index: SeatIndex, memory: Memory, tally: TallyArrays, hour: int, item: int, due: int
) -> bool:
    """Hold an item in its stage until it is due; return whether that is at once."""
    clock, pool, at = program.clock, memory.pool, index.place
    last = last_hour(clock)
    if due > last:
        tally.clipped[clock.steps + 1] += 1
        due = last
    if due == hour:
        return True
    stage = pool.number[at, item, STAGE]
    pool.number[at, item, DUE] = due
    tally.stages[index.group, OPEN_AT_END, stage] += hour < clock.end_hour <= due
    if is_capped_stage(program, stage):
        pool.open[at, stage, 0] += 1
    schedule(pool, at, item)
    pulled = memory.hour.pull_state[at]
    if pulled[0] > 0 and stage == clock.steps - 1 and due >= pulled[0]:
        memory.hour.pulled[at, pulled[1]] = item
        pulled[1] += 1
    return False


@spliced
def play_hour(
    program: Program,
    stream: Stream,
    index: SeatIndex,
    memory: Memory,
    tally: TallyArrays,
    detail: Detail,
    now: ClockHour,
    n_due: int,
    n_here: int,
) -> None:
    """Play what is due in an hour through the funnel.

    ``memory.hour.due`` holds the items whose wait is over, ``memory.hour.here`` the bookings that enter stage 1.
    """
    clock, pool, work, at = program.clock, memory.pool, memory.hour, index.place
    for i in range(n_due):
        stage = pool.number[at, int64(work.due[i]), STAGE]
        if stage > 0 and is_capped_stage(program, stage):
            pool.open[at, stage, 0] -= 1
    for stage in range(1, clock.steps + 1):
        for i in range(n_here):
            work.arrived[i] = work.here[i]
        coming = n_here
        for i in range(n_due):
            item = int64(work.due[i])
            if item >= 0 and pool.number[at, item, STAGE] == stage - 1:
                work.due[i] = -1
                work.arrived[coming] = item
                coming += 1
        n = 0
        for i in range(coming):
            item = int64(work.arrived[i])
            if stage == 1 or is_decided(program, stream, index, memory, tally, detail, stage, now.week, item):
                work.arrived[n] = item
                n += 1
        if is_capped_stage(program, stage) and n > 1:
            sort_stable(work.arrived, pool.number[at, :, KEY], work.spare, n)
        n_here = 0
        for i in range(n):
            item = int64(work.arrived[i])
            if stage == clock.steps:
                count_entry(program, index, tally, detail, stage, now.week)
                close_deal(program, stream, index, memory, tally, detail, now.hour, item)
            elif enter_stage(program, stream, index, memory, tally, detail, stage, now, item):
                work.here[n_here] = item
                n_here += 1
