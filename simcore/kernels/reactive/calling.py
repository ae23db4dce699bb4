"""The calls of a strategy that reacts, and the bookings that come of them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simcore.base.periods import DAY, HOUR
from simcore.compiled.jit import inlined, int64, spliced
from simcore.kernels.reactive.candidates import draw_cell, edge, is_called, latent_below_rate
from simcore.kernels.reactive.drives import report_breach
from simcore.kernels.reactive.hours import (
    KIND_BITS,
    seat_of,
    wait_for_stage_one,
)
from simcore.kernels.reactive.pipeline import allocate, due_after
from simcore.kernels.reactive.state import (
    ACTIVE,
    BAND,
    C0,
    C1,
    CARRY,
    DAY_NUMBER,
    GIVEN,
    KEY,
    LAST_BOOKING,
    SHEET,
    STEP_WORDS,
    TOO_MANY_OPEN,
    TOO_MANY_SUCCESSES,
    UNANSWERED,
    ClockHour,
    Memory,
)
from simcore.kernels.reactive.state import DAY as OF_DAY
from simcore.kernels.reactive.state import ORIGIN as CALLED
from simcore.kernels.reactive.state import SUCCESSES as OF_WEEK
from simcore.kernels.workspace import C0 as CANDIDATE_C0
from simcore.kernels.workspace import STEP_WORDS as CANDIDATE_STEPS
from simcore.kernels.workspace import Detail, SeatIndex
from simcore.program.layout import FULL_ACTIVITY, Program
from simcore.program.tally import ABOVE_PLAN, ENTERED, SQUARE, TallyArrays
from simcore.random.addresses import Stream, place
from simcore.scenario.channels import ACTIVITY, LAG


@spliced
def book_call(
    program: Program,
    stream: Stream,
    index: SeatIndex,
    memory: Memory,
    tally: TallyArrays,
    hour: int,
    week: int,
    candidate: int,
) -> int:
    """Turn a candidate into an item; return its entry if it enters stage 1 at once, else -1."""
    clock, pool, candidates, at = program.clock, memory.pool, memory.candidates, index.place
    item = allocate(pool, at)
    if item < 0:
        report_breach(memory.breach, TOO_MANY_OPEN, index, hour, memory.drives.level[at], float(pool.size[at, 2]))
        return -1
    address = candidates.words[at, CANDIDATE_C0, candidate]
    pool.words[at, item, C0] = address
    pool.words[at, item, C1] = place(index.rep, week)
    for step in range(3):
        pool.words[at, item, STEP_WORDS + step] = candidates.words[at, CANDIDATE_STEPS + step, candidate]
    pool.number[at, item, CALLED] = hour
    pool.number[at, item, GIVEN] = -1
    pool.number[at, item, KEY] = (1 << KIND_BITS) | (week << 24) | (int64(address) & 0xFFFFFF)
    if not program.lags.lagged[1]:
        return item
    stretch = memory.drives.response[at, clock.steps + LAG]
    due = due_after(clock, program.lags, stream, pool, at, item, 1, hour, stretch)
    wait_for_stage_one(program, memory, tally, index, item, hour, due)
    return -1


@spliced
def draw_as_needed(program: Program, stream: Stream, index: SeatIndex, memory: Memory, hour: int, week: int) -> None:
    """Draw more candidate calls (see decision 12) if this interval's activity or rate needs them."""
    candidates, at = memory.candidates, index.place
    seat = seat_of(memory.ledgers, at)
    rate, activity = min(1.0, seat.rate[1, week]), memory.drives.known[at, ACTIVE]
    full = seat.activity[week] == FULL_ACTIVITY
    response, state = memory.drives.response[at, 1], candidates.state[at]
    bands = state[BAND]
    while response > float(1 << bands) and edge(rate, bands) < 1.0:
        bands += 1
    # A whole plan for each begun multiple of it; under a ramp sheet 0 may have no place where a call is made.
    sheets = max(0, state[SHEET], ((activity + FULL_ACTIVITY - 1) >> 20) - (1 if full else 0))
    if sheets == state[SHEET] and bands == state[BAND]:
        return
    fits = True
    for sheet in range(sheets + 1):
        for band in range(0 if sheet > state[SHEET] else state[BAND] + 1, bands + 1):
            fits = fits and draw_cell(
                program.plan, program.first, stream, index, week, rate, candidates, sheet + 16 * band, full
            )
    state[BAND], state[SHEET] = bands, sheets
    if not fits:
        report_breach(
            memory.breach, TOO_MANY_SUCCESSES, index, hour, memory.drives.level[at], float(candidates.words.shape[2])
        )


@inlined
def calls_until(carry: int, activity: int, planned: int) -> int:
    """Return the calls made at an ``activity`` of ``planned`` calls, with a fraction of a call carried over."""
    return (carry + activity * planned) >> 20


@spliced
def fix_activity(memory: Memory, at: int, week: int) -> int:
    """Fix the activity of an interval, from the response, and return it; nothing is booked yet."""
    drives, ledgers = memory.drives, memory.ledgers
    activity = 0
    if ledgers.person[at, week] >= 0:
        activity = int64(np.floor(float(ledgers.activity[at, week]) * drives.response[at, ACTIVITY] + 0.5))
    drives.known[at, ACTIVE] = activity
    drives.known[at, LAST_BOOKING] = -1
    return activity


@spliced
def begin_calls(program: Program, stream: Stream, index: SeatIndex, memory: Memory, hour: int, week: int) -> None:
    """Fix the activity of an interval, and draw the candidates that it needs."""
    activity = fix_activity(memory, index.place, week)
    if activity > 0 and program.plan.calls[program.plan.row_of_week[week]] > 0:
        draw_as_needed(program, stream, index, memory, hour, week)


@spliced
def make_calls(
    program: Program,
    stream: Stream,
    index: SeatIndex,
    memory: Memory,
    tally: TallyArrays,
    now: ClockHour,
    first_hour: int,
) -> int:
    """Make the calls of an hour in which some may succeed, in an interval that began with ``first_hour``.

    Returns how many bookings are in ``memory.hour.here``, entering stage 1 at once.
    """
    clock, candidates, drives, at = program.clock, memory.candidates, memory.drives, index.place
    hour, week = now.hour, now.week
    of_week, first = hour - week * clock.hours_per_week, first_hour - week * clock.hours_per_week
    count, before = drives.known[at], program.plan.before[program.plan.row_of_week[week]]
    calls = calls_until(count[CARRY], count[ACTIVE], before[of_week + 1] - before[first]) - calls_until(
        count[CARRY], count[ACTIVE], before[of_week] - before[first]
    )
    uncut, response = memory.ledgers.rate[at, 1, week], drives.response[at, 1]
    where = place(index.rep, week)
    # Without higher bands a response of 1 keeps all candidates: what lies below the rate of the world.
    habit = memory.coached.factor[at, 1]
    plain = response == 1.0 and habit == 1.0 and candidates.state[at, BAND] == 0
    wanted = uncut * habit * response
    n, bookings = 0, 0
    candidate = int64(candidates.head[at, of_week])
    while candidate >= 0:
        if is_called(program.plan, candidates, at, week, of_week, candidate, calls, candidates.before[at]) and (
            plain or latent_below_rate(stream, candidates.words[at, CANDIDATE_C0, candidate], where, uncut, wanted)
        ):
            bookings += 1
            item = book_call(program, stream, index, memory, tally, hour, week, candidate)
            if item >= 0:
                memory.hour.here[n] = item
                n += 1
        candidate = int64(candidates.next[at, candidate])
    if bookings > 0:
        if memory.coached.passed.shape[2] > 0:
            memory.coached.passed[at, 1, week] += bookings
        count[LAST_BOOKING] = of_week
        if week >= clock.warmup_weeks:
            tally.first[index.group, SQUARE, HOUR] += bookings * bookings
            state, day = candidates.state[at], of_week // clock.hours_per_day
            if day != state[DAY_NUMBER]:
                tally.first[index.group, SQUARE, DAY] += state[OF_DAY] * state[OF_DAY]
                state[OF_DAY], state[DAY_NUMBER] = 0, day
            state[OF_DAY] += bookings
            state[OF_WEEK] += bookings
    return n


@spliced
def end_calls(
    program: Program,
    index: SeatIndex,
    memory: Memory,
    tally: TallyArrays,
    detail: Detail,
    week: int,
    first: int,
    last: int,
    made: NDArray[np.int64],
) -> None:
    """Count the calls of the hours ``first .. last - 1`` of a week, and carry the fraction of a call on.

    ``made``: the calls of the week before each hour, as they are without drives.
    """
    clock, at, row = program.clock, index.place, program.plan.row_of_week[week]
    count, planned = memory.drives.known[at], program.plan.before[row]
    carry, activity = count[CARRY], count[ACTIVE]
    calls = calls_until(carry, activity, planned[last] - planned[first])
    uncut = memory.ledgers.rate[at, 1, week] * memory.coached.factor[at, 1]
    if memory.coached.decided.shape[2] > 0:
        memory.coached.decided[at, 1, week] += calls
    tally.clipped[1] += calls if uncut * memory.drives.response[at, 1] > 1.0 else 0
    if count[LAST_BOOKING] < 0:
        count[UNANSWERED] += calls
    else:
        count[UNANSWERED] = calls - calls_until(carry, activity, planned[count[LAST_BOOKING] + 1] - planned[first])
    if week >= clock.warmup_weeks:
        above = max(0, calls - (made[last] - made[first]))
        if memory.ledgers.activity[at, week] != FULL_ACTIVITY:
            # Two carries of fractions: an hour may have a call more, the next one less.
            above = 0
            for hour in range(first, last):
                until = calls_until(carry, activity, planned[hour + 1] - planned[first])
                so_far = calls_until(carry, activity, planned[hour] - planned[first])
                above += max(0, until - so_far - (made[hour + 1] - made[hour]))
        tally.stages[index.group, ENTERED, 0] += calls
        tally.conduct[index.group, ABOVE_PLAN] += above
        if detail.entered.shape[0] > 0:
            detail.entered[index.replication, index.rep, week - clock.warmup_weeks, 0] += calls
    count[CARRY] = (carry + activity * (planned[last] - planned[first])) & (FULL_ACTIVITY - 1)
