"""The calls of a strategy that reacts, and the bookings that come of them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simcore.base.periods import DAY, HOUR
from simcore.compiled.jit import inlined, int64, spliced
from simcore.kernels.reactive.candidates import draw_cell, edge, is_called, latent_below_rate
from simcore.kernels.reactive.drives import report
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
    Memory,
    Now,
    Seated,
)
from simcore.kernels.reactive.state import DAY as OF_DAY
from simcore.kernels.reactive.state import ORIGIN as CALLED
from simcore.kernels.reactive.state import SUCCESSES as OF_WEEK
from simcore.kernels.workspace import C0 as CANDIDATE_C0
from simcore.kernels.workspace import STEP_WORDS as CANDIDATE_STEPS
from simcore.kernels.workspace import Detail
from simcore.program.layout import ACTIVITY, FULL_ACTIVITY, LAG, Program
from simcore.program.tally import ABOVE_PLAN, ENTERED, SQUARE, TallyArrays
from simcore.random.addresses import Stream, place


@spliced
def book_call(
    program: Program,
    stream: Stream,
    who: Seated,
    memory: Memory,
    tally: TallyArrays,
    hour: int,
    week: int,
    candidate: int,
) -> int:
    """Turn a candidate into an item; return its entry if it enters stage 1 at once, else -1."""
    clock, pool, candidates, at = program.clock, memory.pool, memory.candidates, who.place
    item = allocate(pool, at)
    if item < 0:
        report(memory.trouble, TOO_MANY_OPEN, who, hour, memory.minds.level[at], float(pool.size[at, 2]))
        return -1
    address = candidates.words[at, CANDIDATE_C0, candidate]
    pool.words[at, item, C0] = address
    pool.words[at, item, C1] = place(who.rep, week)
    for step in range(3):
        pool.words[at, item, STEP_WORDS + step] = candidates.words[at, CANDIDATE_STEPS + step, candidate]
    pool.number[at, item, CALLED] = hour
    pool.number[at, item, GIVEN] = -1
    pool.number[at, item, KEY] = (1 << KIND_BITS) | (week << 24) | (int64(address) & 0xFFFFFF)
    if not program.lags.lagged[1]:
        return item
    stretch = memory.minds.response[at, clock.steps + LAG]
    due = due_after(clock, program.lags, stream, pool, at, item, 1, hour, stretch)
    wait_for_stage_one(program, memory, tally, who, item, hour, due)
    return -1


@spliced
def draw_as_needed(program: Program, stream: Stream, who: Seated, memory: Memory, hour: int, week: int) -> None:
    """Draw the sheets and bands of the week that the activity and the response of the interval need."""
    candidates, at = memory.candidates, who.place
    seat = seat_of(memory.ledgers, at)
    rate, activity = min(1.0, seat.rate[1, week]), memory.minds.known[at, ACTIVE]
    full = seat.activity[week] == FULL_ACTIVITY
    response, state = memory.minds.response[at, 1], candidates.state[at]
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
                program.plan, program.first, stream, who, week, rate, candidates, sheet + 16 * band, full
            )
    state[BAND], state[SHEET] = bands, sheets
    if not fits:
        report(memory.trouble, TOO_MANY_SUCCESSES, who, hour, memory.minds.level[at], float(candidates.words.shape[2]))


@inlined
def calls_until(carry: int, activity: int, planned: int) -> int:
    """Return the calls made of so many planned ones, with the fraction of a call carried over from before."""
    return (carry + activity * planned) >> 20


@spliced
def fix_activity(memory: Memory, at: int, week: int) -> int:
    """Fix the activity of an interval, from the response, and return it; nothing is booked yet."""
    minds, ledgers = memory.minds, memory.ledgers
    activity = 0
    if ledgers.person[at, week] >= 0:
        activity = int64(np.floor(float(ledgers.activity[at, week]) * minds.response[at, ACTIVITY] + 0.5))
    minds.known[at, ACTIVE] = activity
    minds.known[at, LAST_BOOKING] = -1
    return activity


@spliced
def begin_calls(program: Program, stream: Stream, who: Seated, memory: Memory, hour: int, week: int) -> None:
    """Fix the activity of an interval, and draw the candidates that it needs."""
    activity = fix_activity(memory, who.place, week)
    if activity > 0 and program.plan.calls[program.plan.row_of_week[week]] > 0:
        draw_as_needed(program, stream, who, memory, hour, week)


@spliced
def make_calls(
    program: Program, stream: Stream, who: Seated, memory: Memory, tally: TallyArrays, now: Now, first_hour: int
) -> int:
    """Make the calls of an hour in which some may succeed, in an interval that began with ``first_hour``.

    Returns how many bookings are in ``memory.hour.here``, entering stage 1 at once.
    """
    clock, candidates, minds, at = program.clock, memory.candidates, memory.minds, who.place
    hour, week = now.hour, now.week
    of_week, first = hour - week * clock.hours_per_week, first_hour - week * clock.hours_per_week
    count, before = minds.known[at], program.plan.before[program.plan.row_of_week[week]]
    calls = calls_until(count[CARRY], count[ACTIVE], before[of_week + 1] - before[first]) - calls_until(
        count[CARRY], count[ACTIVE], before[of_week] - before[first]
    )
    uncut, response = memory.ledgers.rate[at, 1, week], minds.response[at, 1]
    where = place(who.rep, week)
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
            item = book_call(program, stream, who, memory, tally, hour, week, candidate)
            if item >= 0:
                memory.hour.here[n] = item
                n += 1
        candidate = int64(candidates.next[at, candidate])
    if bookings > 0:
        if memory.coached.passed.shape[2] > 0:
            memory.coached.passed[at, 1, week] += bookings
        count[LAST_BOOKING] = of_week
        if week >= clock.warmup_weeks:
            tally.first[who.group, SQUARE, HOUR] += bookings * bookings
            state, day = candidates.state[at], of_week // clock.hours_per_day
            if day != state[DAY_NUMBER]:
                tally.first[who.group, SQUARE, DAY] += state[OF_DAY] * state[OF_DAY]
                state[OF_DAY], state[DAY_NUMBER] = 0, day
            state[OF_DAY] += bookings
            state[OF_WEEK] += bookings
    return n


@spliced
def end_calls(
    program: Program,
    who: Seated,
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
    clock, at, row = program.clock, who.place, program.plan.row_of_week[week]
    count, planned = memory.minds.known[at], program.plan.before[row]
    carry, activity = count[CARRY], count[ACTIVE]
    calls = calls_until(carry, activity, planned[last] - planned[first])
    uncut = memory.ledgers.rate[at, 1, week] * memory.coached.factor[at, 1]
    if memory.coached.decided.shape[2] > 0:
        memory.coached.decided[at, 1, week] += calls
    tally.clipped[1] += calls if uncut * memory.minds.response[at, 1] > 1.0 else 0
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
        tally.stages[who.group, ENTERED, 0] += calls
        tally.conduct[who.group, ABOVE_PLAN] += above
        if detail.entered.shape[0] > 0:
            detail.entered[who.replication, who.rep, week - clock.warmup_weeks, 0] += calls
    count[CARRY] = (carry + activity * (planned[last] - planned[first])) & (FULL_ACTIVITY - 1)
