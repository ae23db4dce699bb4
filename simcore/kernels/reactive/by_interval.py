"""A block of replications of strategies that react, where no hour must wait for another: item by item.

Without caps, pulls and signals of peers, what happens to one item between two decisions has no bearing on any other.
The calls at plan of many weeks are then drawn together, and the successes of an interval are followed one by one. The
results are those of `simcore.kernels.reactive.by_hour`, to the last bit.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simcore.base.periods import DAY, HOUR
from simcore.compiled.jit import inlined, int64, kernel, spliced, uint64
from simcore.kernels.calls import count_successes, draw_items, set_successes, squares, squares_by_day
from simcore.kernels.reactive.calling import book_call, calls_until, draw_as_needed, end_calls, fix_activity
from simcore.kernels.reactive.candidates import is_called, is_of_plan, latent_below, list_candidates, push_candidate
from simcore.kernels.reactive.drives import begin_person, decide, is_first_week, reset_responses
from simcore.kernels.reactive.hours import close_deal, count_entry, enter_stage, is_decided, seat_of
from simcore.kernels.reactive.lookahead import next_busy
from simcore.kernels.reactive.lookahead_seats import SOLE, end_lookahead_week, has_lookahead, look_ahead, use_lookahead
from simcore.kernels.reactive.pipeline import next_far, pop_far, pop_from_bucket
from simcore.kernels.reactive.seats import begin_seat, tally_seat
from simcore.kernels.reactive.state import (
    ACTIVE,
    BAND,
    BOOKED,
    CANDIDATES,
    CARRY,
    DUE,
    LAST_BOOKING,
    NO_BREACH,
    RESULT,
    SHEET,
    STAGE,
    Candidates,
    ClockHour,
    Memory,
    Pool,
    ReactiveRun,
)
from simcore.kernels.reactive.state import SUCCESSES as OF_WEEK
from simcore.kernels.windows import tally_team
from simcore.kernels.workspace import C0, SLOT_WORD, STEP_WORDS, Detail, SeatIndex, Stride
from simcore.kernels.world import cut_threshold, extend_market, set_market
from simcore.program.layout import FULL_ACTIVITY, Clock, Lags, Program
from simcore.program.tally import ENTERED, GROUPS, SQUARE, TallyArrays
from simcore.random.addresses import Stream, place
from simcore.random.draws import take_slot
from simcore.random.streams import stream_from


@spliced
def draw_stride(program: Program, stream: Stream, index: SeatIndex, memory: Memory, first_week: int) -> int:
    """Draw the candidates at plan of a stride of weeks; return how many."""
    weeks = memory.strides.weeks
    stride = Stride(first_week, min(weeks.calls.shape[0], program.clock.simulated_weeks - first_week), 0)
    seat = seat_of(memory.ledgers, SOLE)
    # The calls whose rate is cut are counted when they are made.
    count_successes(program.plan, program.first, stream, index.rep, stride, seat, weeks)
    set_successes(program.source.successes, index.replication, index.rep, stride, weeks)
    return draw_items(stream, index.rep, stride, weeks.successes, memory.candidates.words[SOLE])


@spliced
def record_ramp(candidates: Candidates, ramp_hour: NDArray[np.int32], n: int) -> None:
    """Record the hours of the n calls of a week under a ramp, and count the calls before each hour."""
    before = candidates.before[SOLE]
    for hour in range(before.shape[0]):
        before[hour] = 0
    for call in range(n):
        candidates.ramp_hour[call] = ramp_hour[call]
        before[ramp_hour[call] + 1] += 1
    for hour in range(1, before.shape[0]):
        before[hour] += before[hour - 1]


@spliced
def push_week_candidates(program: Program, memory: Memory, week: int, in_stride: int, first: int, drawn: int) -> None:
    """Push the candidates at plan of a week, from number ``first`` on; the stride has ``drawn`` candidates."""
    plan, weeks, candidates = program.plan, memory.strides.weeks, memory.candidates
    row, full = plan.row_of_week[week], memory.ledgers.activity[SOLE, week] == FULL_ACTIVITY
    head, state = candidates.head[SOLE], candidates.state[SOLE]
    for chain in range(head.shape[0]):
        head[chain] = -1
    n, count = weeks.calls[in_stride], weeks.successes[in_stride]
    state[BAND], state[SHEET], state[CANDIDATES], state[OF_WEEK] = 0, 0, drawn, 0
    candidates.cell[SOLE, 0, 0, 0], candidates.cell[SOLE, 0, 0, 1] = first, count
    if not full:
        record_ramp(candidates, weeks.ramp_hour[in_stride], n)
    before = plan.before[row] if full else candidates.before[SOLE]
    by_hour = plan.slot_hour[row] if full else candidates.ramp_hour
    tag = candidates.tag[0]
    candidates.tag[0] = tag + candidates.slots.shape[0]
    for k in range(count):
        slot = take_slot(candidates.words[SOLE, SLOT_WORD, first + k], k, n, tag, candidates.slots)
        push_candidate(candidates, SOLE, first + k, int64(by_hour[slot]), slot, before)


@spliced
def count_week_bookings(clock: Clock, index: SeatIndex, memory: Memory, tally: TallyArrays, week: int) -> None:
    """Count the bookings of a week."""
    bookings, per_hour = memory.candidates.state[SOLE, OF_WEEK], memory.strides.per_hour
    if week >= clock.warmup_weeks:
        memory.ledgers.per_week[SOLE, week - clock.warmup_weeks] = bookings
        tally.first[index.group, SQUARE, HOUR] += squares(per_hour)
        tally.first[index.group, SQUARE, DAY] += squares_by_day(per_hour, clock.hours_per_day, 0, clock.hours_per_week)
    for hour in range(clock.hours_per_week):
        per_hour[hour] = 0


@spliced
def decide_interval(program: Program, index: SeatIndex, memory: Memory, now: ClockHour) -> int:
    """Decide, unless a new person begins, and return the activity."""
    hour, week, drives = now.hour, now.week, memory.drives
    seat = seat_of(memory.ledgers, SOLE)
    if hour == week * program.clock.hours_per_week and is_first_week(seat, week):
        begin_person(drives, SOLE, hour)
    elif seat.person[week] >= 0:
        decide(program, drives, memory.breach, index, hour, week, 0)
    drives.known[SOLE, RESULT] = 0
    return fix_activity(memory, SOLE, week)


@spliced
def count_bookings(memory: Memory, n: int) -> None:
    """Count the n bookings of an interval in ``memory.hour.here``."""
    hours, per_hour, latest = memory.candidates.hour[SOLE], memory.strides.per_hour, 0
    for i in range(n):
        hour = uint64(hours[uint64(memory.hour.here[uint64(i)])])
        latest = max(latest, int64(hour))
        per_hour[hour] += 1
    memory.drives.known[SOLE, LAST_BOOKING] = latest
    memory.candidates.state[SOLE, OF_WEEK] += n


@spliced
def keep_successes(program: Program, stream: Stream, index: SeatIndex, memory: Memory, now: ClockHour, n: int) -> int:
    """Keep the candidates in ``memory.hour.here`` whose calls are made and succeed; return how many."""
    candidates, drives, plan, week = memory.candidates, memory.drives, program.plan, now.week
    activity, full = drives.known[SOLE, ACTIVE], memory.ledgers.activity[SOLE, week] == FULL_ACTIVITY
    response, here = drives.response[SOLE, 1], memory.hour.here
    # All calls of the plan are made; and without higher bands a response of 1 keeps all candidates.
    at_plan = full and activity >= FULL_ACTIVITY
    sole_sheet = at_plan and candidates.state[SOLE, SHEET] == 0
    plain = response == 1.0 and candidates.state[SOLE, BAND] == 0
    if sole_sheet and plain:
        return n
    first, carry = now.hour - week * program.clock.hours_per_week, drives.known[SOLE, CARRY]
    planned = plan.before[plan.row_of_week[week]]
    made = planned if full else candidates.before[SOLE]
    uncut, where = memory.ledgers.rate[SOLE, 1, week], place(index.rep, week)
    kept = 0
    for i in range(n):
        candidate = here[uint64(i)]
        this = uint64(candidate)
        address = candidates.words[SOLE, C0, this]
        called = sole_sheet or (at_plan and is_of_plan(address))
        if not called:
            hour = int64(candidates.hour[SOLE, this])
            calls = calls_until(carry, activity, planned[hour + 1] - planned[first]) - calls_until(
                carry, activity, planned[hour] - planned[first]
            )
            called = is_called(plan, candidates, SOLE, week, hour, int64(candidate), calls, made)
        if called and not plain:
            called = latent_below(stream, address, where, uncut, response)
        here[uint64(kept)] = candidate
        kept += called
    return kept


@inlined
def last_at_once(clock: Clock, lags: Lags, tilted: bool) -> int:
    """Return the last step up to which nothing takes time and the words are at hand; at most 1: none to decide."""
    if lags.lagged[1] or tilted:
        return 0
    step = 1
    while step < min(clock.steps, 4) and not lags.lagged[step + 1]:
        step += 1
    return step


@spliced
def decide_untimed_steps(
    program: Program, index: SeatIndex, memory: Memory, tally: TallyArrays, detail: Detail, week: int, n: int, last: int
) -> int:
    """Enter n bookings into stage 1 and decide the steps up to ``last``, which take no time; return how many pass."""
    clock, here = program.clock, memory.hour.here
    counted = week >= clock.warmup_weeks
    for step in range(2, last + 1):
        tally.stages[index.group, ENTERED, step - 1] += n if counted else 0
        if counted and detail.entered.shape[0] > 0:
            detail.entered[index.replication, index.rep, week - clock.warmup_weeks, step - 1] += n
        rate = memory.ledgers.rate[SOLE, step, week] * memory.drives.response[SOLE, step]
        tally.clipped[step] += n if rate > 1.0 else 0
        limit, words = cut_threshold(rate), memory.candidates.words[SOLE, STEP_WORDS + step - 2]
        kept = 0
        for i in range(n):
            candidate = here[uint64(i)]
            here[uint64(kept)] = candidate
            kept += int64(words[uint64(candidate)]) < limit
        n = kept
    return n


@spliced
def follow_item(
    program: Program,
    stream: Stream,
    index: SeatIndex,
    memory: Memory,
    tally: TallyArrays,
    detail: Detail,
    now: ClockHour,
    item: int,
    decided: bool,
) -> None:
    """Follow an item that comes up at its next step until it waits again, is lost, or closes.

    ``decided``: it was let through that step already.
    """
    clock = program.clock
    stage = memory.pool.number[SOLE, item, STAGE] + 1
    let_in = decided or stage == 1
    while let_in or is_decided(program, stream, index, memory, tally, detail, stage, now.week, item):
        let_in = False
        if stage == clock.steps:
            count_entry(program, index, tally, detail, stage, now.week)
            close_deal(program, stream, index, memory, tally, detail, now.hour, item)
            break
        if not enter_stage(program, stream, index, memory, tally, detail, stage, now, item):
            break
        stage += 1


@spliced
def next_due(pool: Pool, interval: int) -> int:
    """Take an item out that is due in an interval, or at any time after the run; -1 if there is none."""
    if interval < pool.bucket.shape[1]:
        return pop_from_bucket(pool, SOLE, interval)
    return pop_far(pool, SOLE) if next_far(pool, SOLE) >= 0 else -1


@spliced
def follow_items(
    program: Program,
    stream: Stream,
    index: SeatIndex,
    memory: Memory,
    tally: TallyArrays,
    detail: Detail,
    interval: int,
    week: int,
    n: int,
) -> None:
    """Follow the n bookings in ``memory.hour.here``, then all that is due in an interval; after the run, all."""
    clock, pool = program.clock, memory.pool
    last = last_at_once(clock, program.lags, program.source.tilted)
    if n > 0:
        n = decide_untimed_steps(program, index, memory, tally, detail, week, n, last)
    i = 0
    while memory.breach.what[0] == NO_BREACH:
        decided = False
        if i < n:
            candidate = int64(memory.hour.here[i])
            i += 1
            hour = week * clock.hours_per_week + int64(memory.candidates.hour[SOLE, candidate])
            item = book_call(program, stream, index, memory, tally, hour, week, candidate)
            if item < 0:
                continue
            decided = last > 1
            pool.number[SOLE, item, STAGE] = last - 1 if decided else 0
        else:
            item = next_due(pool, interval)
            if item < 0:
                break
            hour = pool.number[SOLE, item, DUE]
            if interval >= pool.bucket.shape[1]:
                week = hour // clock.hours_per_week
        follow_item(program, stream, index, memory, tally, detail, ClockHour(hour, week), item, decided)


@spliced
def book_interval(program: Program, stream: Stream, index: SeatIndex, memory: Memory, now: ClockHour) -> int:
    """Make the calls of an interval; return how many bookings are in ``memory.hour.here``."""
    chain = memory.candidates.chain[now.hour - now.week * program.clock.hours_per_week]
    n = list_candidates(memory.candidates, SOLE, int64(chain), memory.hour.here)
    if n > 0:
        n = keep_successes(program, stream, index, memory, now, n)
    if n > 0:
        count_bookings(memory, n)
    return n


@spliced
def end_interval(
    program: Program, index: SeatIndex, memory: Memory, tally: TallyArrays, detail: Detail, now: ClockHour
) -> None:
    """Count the calls of an interval."""
    clock, week = program.clock, now.week
    first, full = now.hour - week * clock.hours_per_week, memory.ledgers.activity[SOLE, week] == FULL_ACTIVITY
    made = program.plan.before[program.plan.row_of_week[week]] if full else memory.candidates.before[SOLE]
    end_calls(program, index, memory, tally, detail, week, first, first + program.reaction.interval, made)


@spliced
def play_week(
    program: Program, stream: Stream, index: SeatIndex, memory: Memory, tally: TallyArrays, detail: Detail, week: int
) -> None:
    """Play the decisions of a week of one seat and what they bring, or, after the run, all that is still open."""
    clock, span, known, pool = program.clock, program.reaction.interval, memory.drives.known[SOLE], memory.pool
    began, decisions = week * clock.hours_per_week, clock.hours_per_week // span
    running, ahead = week < clock.simulated_weeks, has_lookahead(memory, week)
    # What is due after the run is followed in one more interval, to which nobody responds.
    last, of_week, carry = decisions if running else 1, week * decisions, known[CARRY]
    number, stale, n, bucket = 0, ahead, 0, pool.bucket[SOLE]
    while number < last and memory.breach.what[0] == NO_BREACH:
        if stale or (running and not ahead):
            if stale:
                known[ACTIVE] = look_ahead(program, memory, ClockHour(began, week), number)
            else:
                decide_interval(program, index, memory, ClockHour(began + number * span, week))
            if known[ACTIVE] > 0 and program.plan.calls[program.plan.row_of_week[week]] > 0:
                draw_as_needed(program, stream, index, memory, began + number * span, week)
            stale = False
        if ahead:
            number = next_busy(memory.candidates.head[SOLE], bucket[of_week:], number)
            if number == last:
                break
            use_lookahead(program.reaction, memory, number, carry)
        now, booked = ClockHour(began + number * span, week), known[BOOKED]
        if running:
            n = book_interval(program, stream, index, memory, now)
        if n > 0 or not running or bucket[of_week + number] >= 0:
            follow_items(program, stream, index, memory, tally, detail, of_week + number, week, n)
        stale = ahead and known[BOOKED] != booked
        if running and not ahead:
            end_interval(program, index, memory, tally, detail, now)
        number += 1
    if ahead:
        end_lookahead_week(program, index, memory, tally, detail, week, carry)
    if running:
        count_week_bookings(clock, index, memory, tally, week)


@spliced
def play_seat(
    program: Program, stream: Stream, index: SeatIndex, memory: Memory, tally: TallyArrays, detail: Detail
) -> None:
    """Play one seat through the run, and then all that is still open."""
    clock, weeks, reaction = program.clock, memory.strides.weeks, program.reaction
    drawn, first, of_stride = 0, 0, weeks.calls.shape[0]
    for week in range(clock.simulated_weeks + 1):
        if week < clock.simulated_weeks:
            in_stride = week % of_stride
            if in_stride == 0:
                drawn, first = draw_stride(program, stream, index, memory, week), 0
            push_week_candidates(program, memory, week, in_stride, first, drawn)
            first += weeks.successes[in_stride]
            if reaction.quota > 0.0 and week * clock.hours_per_week == reaction.period_first[week]:
                memory.drives.known[SOLE, BOOKED] = 0
        else:
            reset_responses(memory.drives, SOLE)
        play_week(program, stream, index, memory, tally, detail, week)
        if memory.breach.what[0] != NO_BREACH:
            return


@kernel
def run_intervals(run: ReactiveRun, key: tuple[np.uint32, np.uint32], first: int, count: int) -> None:
    """Simulate replications ``first .. first + count - 1`` and add them to ``run.tally``.

    Stops after the first replication that exceeds a limit; ``run.memory.breach`` then says which.

    Parameters
    ----------
    run
        The program; working memory and counters of the calling thread; and the block's detail.
    key
        See `simcore.random.philox.split_seed`.
    """
    program, memory, tally = run.program, run.memory, run.tally
    for i in range(count):
        stream = stream_from(program.source, key, first + i)
        group = (first + i) & (GROUPS - 1)
        memory.market.known[0] = 0
        if program.source.market.shape[0] > 0:
            set_market(program.market, memory.market, program.source.market[i])
        if program.market.sd > 0.0:
            extend_market(program.market, stream, memory.market, program.clock.simulated_weeks)
        for rep in range(program.team.reps):
            index = SeatIndex(i, rep, group, SOLE)
            begin_seat(program, stream, index, memory, tally)
            play_seat(program, stream, index, memory, tally, run.detail)
            tally_seat(program, index, memory, tally, run.detail)
        tally_team(program.calendar, program.quota, tally, group, memory.sums.team)
        tally.replications[group] += 1
        if memory.breach.what[0] != NO_BREACH:
            break
