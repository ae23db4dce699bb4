"""A block of replications of strategies that react: the team is played hour by hour."""

from __future__ import annotations

import numpy as np

from simcore.addresses import ITEM, OPEN_AT_START, PULL, Stream, decision, place, stream_of
from simcore.draws import threshold
from simcore.horizons import DAY, HOUR
from simcore.jit import inlined, int64, kernel, spliced
from simcore.kernels.candidates import begin_week, draw_cell, edge, is_called, latent_below, plan_calls
from simcore.kernels.drives import calm, fill_signals, pulled_share, report, respond
from simcore.kernels.funnel import last_hour
from simcore.kernels.hours import (
    KIND_BITS,
    booked_of,
    draw_steps,
    play_hour,
    seat_of,
    wait_for_stage_one,
)
from simcore.kernels.memory import (
    ACTIVE,
    BAND,
    BOOKED,
    C0,
    C1,
    CARRY,
    DAY_NUMBER,
    DUE,
    GIVEN,
    KEY,
    LAST_BOOKING,
    MARK,
    NEXT,
    NO_TROUBLE,
    PRICE,
    RESULT,
    SHEET,
    STAGE,
    STEP_WORDS,
    TOO_MANY_OPEN,
    TOO_MANY_SUCCESSES,
    UNANSWERED,
    WIN_FACTOR,
    Memory,
    Now,
    Pool,
    ReactiveRun,
    Seated,
)
from simcore.kernels.memory import DAY as OF_DAY
from simcore.kernels.memory import ORIGIN as CALLED
from simcore.kernels.memory import SUCCESSES as OF_WEEK
from simcore.kernels.pool import allocate, due_after, hold, next_far, take_far, unhold, word_of
from simcore.kernels.scratch import Detail
from simcore.kernels.windows import tally_first_step, tally_hours_and_days, tally_periods, tally_team, tally_weeks
from simcore.kernels.world import extend_market, fill_own_rates, fill_rates, fill_seat
from simcore.program import ACTIVITY, FULL_ACTIVITY, LAG, Clock, Program
from simcore.tally import ABOVE_PLAN, CLOSE, ENTERED, GROUPS, OPEN_AT_END, SQUARE, TallyArrays


@spliced
def begin_seat(program: Program, stream: Stream, who: Seated, memory: Memory, tally: TallyArrays) -> None:
    """Decide who sits in a seat and at what rates, and put the items in place that are open at the start."""
    clock, start, pool, at = program.clock, program.start, memory.pool, who.place
    seat = seat_of(memory.ledgers, at)
    if program.team.leave_threshold > 0 or program.team.new > 0:
        fill_seat(program.team, stream, who.rep, seat)
    if not program.rates.fixed:
        fill_own_rates(program.rates, stream, who.rep, seat)
        fill_rates(program.rates, stream, who.rep, seat, memory.market)
    for i in range(memory.minds.count.shape[1]):
        memory.minds.count[at, i] = 0
    calm(memory.minds, at)
    memory.hour.pull_state[at, 0] = 0
    for stage in range(clock.steps + 1):
        pool.open[at, stage, 0] = 0
        pool.open[at, stage, 1] = -1
    first = start.first[who.rep]
    for k in range(start.first[who.rep + 1] - first):
        item, stage = allocate(pool, at), start.stage[first + k]
        pool.words[at, item, C0] = decision(ITEM + OPEN_AT_START, 0, k)
        pool.words[at, item, C1] = place(who.rep, 0)
        pool.number[at, item, CALLED] = -1
        pool.number[at, item, GIVEN] = first + k
        pool.number[at, item, KEY] = k
        pool.number[at, item, STAGE] = stage
        draw_steps(pool, stream, at, item)
        due = start.due[first + k]
        if due < 0:
            due = due_after(clock, program.lags, stream, pool, at, item, stage + 1, 0, 1.0)
        tally.clipped[clock.steps + 1] += due > last_hour(clock)
        pool.number[at, item, DUE] = min(due, last_hour(clock))
        tally.stages[who.group, OPEN_AT_END, stage] += due >= clock.end_hour
        pool.open[at, stage, 0] += 1
        hold(pool, at, item)


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
    address = candidates.address[at, candidate]
    pool.words[at, item, C0] = address
    pool.words[at, item, C1] = place(who.rep, week)
    for step in range(3):
        pool.words[at, item, STEP_WORDS + step] = candidates.words[at, 1 + step, candidate]
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
    rate, activity = min(1.0, seat.rate[1, week]), memory.minds.count[at, ACTIVE]
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
        report(
            memory.trouble, TOO_MANY_SUCCESSES, who, hour, memory.minds.level[at], float(candidates.address.shape[1])
        )


@inlined
def calls_until(carry: int, activity: int, planned: int) -> int:
    """Return the calls made of so many planned ones, with the fraction of a call carried over from before."""
    return (carry + activity * planned) >> 20


@spliced
def begin_calls(program: Program, stream: Stream, who: Seated, memory: Memory, hour: int, week: int) -> None:
    """Fix the activity of an interval, and draw the candidates that it needs."""
    minds, at = memory.minds, who.place
    seat = seat_of(memory.ledgers, at)
    activity = 0
    if seat.person[week] >= 0:
        activity = int64(np.floor(float(seat.activity[week]) * minds.response[at, ACTIVITY] + 0.5))
    minds.count[at, ACTIVE] = activity
    minds.count[at, LAST_BOOKING] = -1
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
    count, before = minds.count[at], program.plan.before[program.plan.row_of_week[week]]
    calls = calls_until(count[CARRY], count[ACTIVE], before[of_week + 1] - before[first]) - calls_until(
        count[CARRY], count[ACTIVE], before[of_week] - before[first]
    )
    uncut, response = memory.ledgers.rate[at, 1, week], minds.response[at, 1]
    where = place(who.rep, week)
    n, bookings = 0, 0
    candidate = int64(candidates.head[at, of_week])
    while candidate >= 0:
        if is_called(program.plan, candidates, at, week, of_week, candidate, calls) and (
            response == 1.0 or latent_below(stream, candidates.address[at, candidate], where, uncut, response)
        ):
            bookings += 1
            item = book_call(program, stream, who, memory, tally, hour, week, candidate)
            if item >= 0:
                memory.hour.here[n] = item
                n += 1
        candidate = int64(candidates.next[at, candidate])
    if bookings > 0:
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
    program: Program, who: Seated, memory: Memory, tally: TallyArrays, detail: Detail, week: int, first: int, last: int
) -> None:
    """Count the calls of the hours ``first .. last - 1`` of a week, and carry the fraction of a call on."""
    clock, at, row = program.clock, who.place, program.plan.row_of_week[week]
    count, planned, made = memory.minds.count[at], program.plan.before[row], memory.candidates.before[at]
    carry, activity = count[CARRY], count[ACTIVE]
    calls = calls_until(carry, activity, planned[last] - planned[first])
    uncut = memory.ledgers.rate[at, 1, week]
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


@spliced
def pull_forward(program: Program, stream: Stream, who: Seated, memory: Memory, tally: TallyArrays, now: Now) -> int:
    """Pull opportunities forward at the beginning of an hour; return how many are in ``memory.hour.due``."""
    reaction, pool, work, clock, at = program.reaction, memory.pool, memory.hour, program.clock, who.place
    hour, week = now.hour, now.week
    end = reaction.period_first[week] + reaction.period_hours[week]
    window, reach = 0, 0
    for p in range(reaction.pull_drive.shape[0]):
        window, reach = max(window, reaction.pull_hours[p, 0]), max(reach, reaction.pull_hours[p, 1])
    state, listed, last = work.pull_state[at], work.pulled[at], clock.steps - 1
    if hour < end - window:
        state[0] = 0
        return 0
    if state[0] != end:
        state[0], state[1], state[2] = end, 0, 0
        for due in range(end, min(end + reach, pool.bucket.shape[1])):
            item = int64(pool.bucket[at, due])
            while item >= 0:
                if pool.number[at, item, STAGE] == last:
                    listed[state[1]] = item
                    state[1] += 1
                item = int64(pool.link[at, item, NEXT])
        for p in range(reaction.pull_drive.shape[0]):
            work.pull_share[at, p] = 0.0
    n, seen = 0, state[2]
    vacant = memory.ledgers.person[at, week] < 0
    for p in range(reaction.pull_drive.shape[0]):
        share = 0.0 if vacant or hour < end - reaction.pull_hours[p, 0] else pulled_share(reaction, memory.minds, at, p)
        # Who was not pulled at a larger share is not pulled at a smaller one.
        look_from = 0 if share > work.pull_share[at, p] else seen
        work.pull_share[at, p] = share
        limit = threshold(share)
        kept, still_seen = look_from, seen
        for i in range(look_from, state[1]):
            item = int64(listed[i])
            due = pool.number[at, item, DUE]
            if due < end + reaction.pull_hours[p, 1] and int64(word_of(pool, stream, at, item, PULL, p)) < limit:
                unhold(pool, at, item)
                tally.stages[who.group, OPEN_AT_END, last] -= due >= clock.end_hour
                pool.number[at, item, DUE] = hour
                pool.factor[at, item, PRICE] = 1.0 - reaction.pull[p, 4]
                pool.factor[at, item, WIN_FACTOR] = reaction.pull[p, 5]
                work.due[n] = item
                n += 1
                still_seen -= i < seen
            else:
                listed[kept] = item
                kept += 1
        state[1], seen = kept, still_seen
    state[2] = state[1]
    return n


@spliced
def take_due(memory: Memory, at: int, hour: int, n: int) -> int:
    """Add what is due in an hour of the buckets to ``memory.hour.due``, which has n items; return how many it has."""
    item = int64(memory.pool.bucket[at, hour])
    memory.pool.bucket[at, hour] = -1
    while item >= 0:
        memory.hour.due[n] = item
        n += 1
        item = int64(memory.pool.link[at, item, NEXT])
    return n


@spliced
def take_all_far(memory: Memory, at: int, hour: int) -> int:
    """Put what is due in an hour beyond the buckets into ``memory.hour.due``; return how many."""
    n = 0
    while next_far(memory.pool, at) == hour:
        memory.hour.due[n] = take_far(memory.pool, at)
        n += 1
    return n


@spliced
def end_week(clock: Clock, who: Seated, memory: Memory, tally: TallyArrays, week: int) -> None:
    """Keep the successes of a week."""
    if week >= clock.warmup_weeks:
        state = memory.candidates.state[who.place]
        memory.ledgers.per_week[who.place, week - clock.warmup_weeks] = state[OF_WEEK]
        tally.first[who.group, SQUARE, DAY] += state[OF_DAY] * state[OF_DAY]
        state[OF_WEEK], state[OF_DAY], state[DAY_NUMBER] = 0, 0, 0


@spliced
def begin_interval(program: Program, who: Seated, memory: Memory, now: Now, team: int) -> None:
    """Begin the week if it is new, and decide."""
    clock, reaction, minds, at = program.clock, program.reaction, memory.minds, who.place
    plan, count = program.plan, memory.minds.count[who.place]
    hour, week, of_week = now.hour, now.week, now.hour - now.week * clock.hours_per_week
    seat = seat_of(memory.ledgers, at)
    person = seat.person[week]
    starts = False
    if of_week == 0:
        begin_week(memory.candidates, at)
        starts = week == 0 or seat.person[week - 1] != person
        plan_calls(plan, seat, week, at, memory.candidates)
        if starts:
            calm(minds, at)
            count[MARK], count[UNANSWERED], count[CARRY] = hour, 0, 0
    if hour > 0 and person >= 0 and not starts and reaction.memory.shape[0] > 0:
        # The interval before, at the end of the week before if this week begins.
        before = plan.before[plan.row_of_week[week if of_week > 0 else week - 1]]
        until = of_week if of_week > 0 else clock.hours_per_week
        planned = before[until] - before[until - reaction.interval]
        peers = float(team) / float(program.team.reps)
        fill_signals(reaction, minds, at, hour, week, planned, program.rates.base[1], peers)
        respond(reaction, minds, memory.trouble, who, hour)
    count[RESULT] = 0


@spliced
def next_hour(clock: Clock, pool: Pool, at: int, hour: int, last: int) -> int:
    """Return the next hour to play of a seat, -1 if there is none before its next decision at ``last``.

    After the last hour of the run, what is open plays out: hour by hour in the buckets, then wherever something is due.
    """
    if hour < last:
        return hour
    if last < clock.end_hour:
        return -1
    if hour < pool.bucket.shape[1]:
        return hour
    return next_far(pool, at)


@spliced
def play_hours(
    program: Program, stream: Stream, who: Seated, memory: Memory, tally: TallyArrays, detail: Detail, now: Now
) -> None:
    """Play the hours of one seat up to the next decision; after the last one, all that is still open."""
    clock, pool, at = program.clock, memory.pool, who.place
    first_hour, first_week = now.hour, now.week
    last = first_hour + program.reaction.interval
    week_began = first_week * clock.hours_per_week
    pulls = program.reaction.pull_drive.shape[0] > 0
    begin_calls(program, stream, who, memory, first_hour, first_week)
    called = memory.candidates.head[at]
    hour = first_hour
    while hour >= 0:
        due, here = 0, 0
        if hour < clock.end_hour:
            if pulls:
                due = pull_forward(program, stream, who, memory, tally, Now(hour, first_week))
            if called[hour - week_began] >= 0:
                here = make_calls(program, stream, who, memory, tally, Now(hour, first_week), first_hour)
        elif hour == clock.end_hour:
            memory.hour.pull_state[at, 0] = 0
        if hour >= pool.bucket.shape[1]:
            due = take_all_far(memory, at, hour)
        elif pool.bucket[at, hour] >= 0:
            due = take_due(memory, at, hour, due)
        if due + here > 0:
            week = first_week if hour < last else hour // clock.hours_per_week
            play_hour(program, stream, who, memory, tally, detail, Now(hour, week), due, here)
        hour = next_hour(clock, pool, at, hour + 1, last)
        if memory.trouble.what[0] != NO_TROUBLE:
            break
    end_calls(program, who, memory, tally, detail, first_week, first_hour - week_began, last - week_began)
    if last - week_began == clock.hours_per_week:
        end_week(clock, who, memory, tally, first_week)


@spliced
def tally_seat(program: Program, who: Seated, memory: Memory, tally: TallyArrays, detail: Detail) -> None:
    """Tally the windows of a seat."""
    at = who.place
    tally_first_step(program.calendar, tally.first[who.group], memory.ledgers.per_week[at])
    for account in range(1 if program.clock.one_account else 2):
        booked = booked_of(memory.ledgers, at)
        tally_hours_and_days(program.calendar, tally, who.group, account, booked, memory.sums)
        if account == CLOSE:
            kept = detail.quarters.shape[0] > 0
            quarters = detail.quarters[who.replication, who.rep] if kept else memory.sums.weeks[:0]
            tally_weeks(tally, who.group, memory.sums.weeks, quarters)
        tally_periods(program.calendar, program.quota, tally, who.group, account, memory.sums)


@spliced
def play_team(
    program: Program, stream: Stream, memory: Memory, tally: TallyArrays, detail: Detail, replication: int, group: int
) -> None:
    """Play one replication: all seats together if they hear of each other, else one after the other."""
    clock, reaction, counts = program.clock, program.reaction, memory.minds.count
    together = program.team.reps if reaction.lockstep else 1
    for first_rep in range(0, program.team.reps, together):
        for at in range(together):
            begin_seat(program, stream, Seated(replication, first_rep + at, group, at), memory, tally)
        for week in range(clock.simulated_weeks):
            began = week * clock.hours_per_week
            for hour in range(began, began + clock.hours_per_week, reaction.interval):
                team = 0
                for at in range(together):
                    if reaction.quota > 0.0 and hour == reaction.period_first[week]:
                        counts[at, BOOKED] = 0
                    team += counts[at, BOOKED]
                for at in range(together):
                    who = Seated(replication, first_rep + at, group, at)
                    begin_interval(program, who, memory, Now(hour, week), team)
                    play_hours(program, stream, who, memory, tally, detail, Now(hour, week))
        for at in range(together):
            tally_seat(program, Seated(replication, first_rep + at, group, at), memory, tally, detail)


@kernel
def run_reactive_block(run: ReactiveRun, key: tuple[np.uint32, np.uint32], first: int, count: int) -> None:
    """Simulate replications ``first .. first + count - 1`` and add them to ``run.tally``.

    Stops after the first replication that passes a limit; ``run.memory.trouble`` then says which.

    Parameters
    ----------
    run
        The program; working memory and counters of the calling thread; and the block's detail.
    key
        See `simcore.philox.split_seed`.
    """
    program, memory, tally = run.program, run.memory, run.tally
    for i in range(count):
        stream = stream_of(key, first + i)
        group = (first + i) & (GROUPS - 1)
        memory.market.known[0] = 0
        if program.market.sd > 0.0:
            extend_market(program.market, stream, memory.market, program.clock.simulated_weeks)
        play_team(program, stream, memory, tally, run.detail, i, group)
        tally_team(program.calendar, program.quota, tally, group, memory.sums.team)
        tally.replications[group] += 1
        if memory.trouble.what[0] != NO_TROUBLE:
            break
