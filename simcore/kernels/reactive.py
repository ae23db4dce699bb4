"""A block of replications of strategies that react: the team is played hour by hour."""

from __future__ import annotations

import numpy as np

from simcore.addresses import ITEM, OPEN_AT_START, Stream, decision, place, stream_of
from simcore.horizons import DAY
from simcore.jit import int64, kernel, spliced
from simcore.kernels.calling import begin_calls, end_calls, make_calls
from simcore.kernels.candidates import begin_week, plan_calls
from simcore.kernels.drives import calm, fill_signals, respond
from simcore.kernels.funnel import last_hour
from simcore.kernels.hours import (
    booked_of,
    draw_steps,
    play_hour,
    seat_of,
)
from simcore.kernels.memory import (
    BOOKED,
    C0,
    C1,
    CARRY,
    DAY_NUMBER,
    DUE,
    GIVEN,
    KEY,
    MARK,
    NEXT,
    NO_TROUBLE,
    RESULT,
    STAGE,
    UNANSWERED,
    Memory,
    Now,
    Pool,
    ReactiveRun,
    Seated,
)
from simcore.kernels.memory import DAY as OF_DAY
from simcore.kernels.memory import ORIGIN as CALLED
from simcore.kernels.memory import SUCCESSES as OF_WEEK
from simcore.kernels.pool import allocate, due_after, hold, next_far, take_far
from simcore.kernels.pulling import pull_forward
from simcore.kernels.scratch import Detail
from simcore.kernels.windows import tally_first_step, tally_hours_and_days, tally_periods, tally_team, tally_weeks
from simcore.kernels.world import extend_market, fill_own_rates, fill_rates, fill_seat
from simcore.program import Clock, Program
from simcore.tally import CLOSE, GROUPS, OPEN_AT_END, SQUARE, TallyArrays


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
    for i in range(memory.minds.known.shape[1]):
        memory.minds.known[at, i] = 0
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
    plan, count = program.plan, memory.minds.known[who.place]
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
        else:
            calm(memory.minds, at)
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
    clock, reaction, counts = program.clock, program.reaction, memory.minds.known
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
