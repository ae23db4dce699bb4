"""A block of replications of strategies that react: the team is simulated hour by hour."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simcore.base.periods import DAY
from simcore.compiled.jit import inlined, int64, kernel, spliced
from simcore.kernels.reactive.calling import begin_calls, end_calls, make_calls
from simcore.kernels.reactive.candidates import begin_week, plan_calls
from simcore.kernels.reactive.coaching import begin_coached_week
from simcore.kernels.reactive.drives import begin_person, decide, is_first_week, reset_responses
from simcore.kernels.reactive.hours import (
    play_hour,
    seat_of,
)
from simcore.kernels.reactive.pipeline import next_far, pop_far
from simcore.kernels.reactive.pull_forward import pull_forward
from simcore.kernels.reactive.seats import begin_seat, tally_seat
from simcore.kernels.reactive.state import (
    BOOKED,
    DAY_NUMBER,
    NEXT,
    NO_BREACH,
    RESULT,
    ClockHour,
    Memory,
    Pool,
    ReactiveRun,
)
from simcore.kernels.reactive.state import DAY as OF_DAY
from simcore.kernels.reactive.state import SUCCESSES as OF_WEEK
from simcore.kernels.windows import tally_team
from simcore.kernels.workspace import Detail, SeatIndex
from simcore.kernels.world import extend_market, set_market
from simcore.program.layout import Clock, Program, Reaction
from simcore.program.tally import GROUPS, SQUARE, TallyArrays
from simcore.random.addresses import Stream
from simcore.random.streams import stream_from


@spliced
def collect_due(memory: Memory, at: int, hour: int, n: int) -> int:
    """Add what is due in an hour of the buckets to ``memory.hour.due``, which has n items; return how many it has."""
    item = int64(memory.pool.bucket[at, hour])
    memory.pool.bucket[at, hour] = -1
    while item >= 0:
        memory.hour.due[n] = item
        n += 1
        item = int64(memory.pool.link[at, item, NEXT])
    return n


@spliced
def collect_far(memory: Memory, at: int, hour: int) -> int:
    """Put what is due in an hour beyond the buckets into ``memory.hour.due``; return how many."""
    n = 0
    while next_far(memory.pool, at) == hour:
        memory.hour.due[n] = pop_far(memory.pool, at)
        n += 1
    return n


@spliced
def end_week(clock: Clock, index: SeatIndex, memory: Memory, tally: TallyArrays, week: int) -> None:
    """Record the successes of a week."""
    if week >= clock.warmup_weeks:
        state = memory.candidates.state[index.place]
        memory.ledgers.per_week[index.place, week - clock.warmup_weeks] = state[OF_WEEK]
        tally.first[index.group, SQUARE, DAY] += state[OF_DAY] * state[OF_DAY]
        state[OF_WEEK], state[OF_DAY], state[DAY_NUMBER] = 0, 0, 0


@spliced
def begin_interval(program: Program, index: SeatIndex, memory: Memory, now: ClockHour, team: int) -> None:
    """Begin the week if it is new, and decide."""
    hour, week, at = now.hour, now.week, index.place
    seat = seat_of(memory.ledgers, at)
    starts = False
    if hour == week * program.clock.hours_per_week:
        begin_week(memory.candidates, at)
        starts = is_first_week(seat, week)
        plan_calls(program.plan, seat, week, at, memory.candidates)
        if starts:
            begin_person(memory.drives, at, hour)
    if hour > 0 and seat.person[week] >= 0 and not starts:
        decide(program, memory.drives, memory.breach, index, hour, week, team)
    memory.drives.known[at, RESULT] = 0


@spliced
def next_hour(clock: Clock, pool: Pool, at: int, hour: int, last: int) -> int:
    """Return the next hour to simulate of a seat, -1 if there is none before its next decision at ``last``.

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
    program: Program,
    stream: Stream,
    index: SeatIndex,
    memory: Memory,
    tally: TallyArrays,
    detail: Detail,
    now: ClockHour,
) -> None:
    """Play the hours of one seat up to the next decision; after the last one, all that is still open."""
    clock, pool, at = program.clock, memory.pool, index.place
    first_hour, first_week = now.hour, now.week
    last = first_hour + program.reaction.interval
    week_began = first_week * clock.hours_per_week
    pulls = program.reaction.pull_drive.shape[0] > 0
    begin_calls(program, stream, index, memory, first_hour, first_week)
    called, response = memory.candidates.head[at], memory.drives.response[at, 1]
    hour = first_hour
    while hour >= 0:
        due, here = 0, 0
        if hour < clock.end_hour:
            if pulls:
                due = pull_forward(program, stream, index, memory, tally, ClockHour(hour, first_week))
            if called[hour - week_began] >= 0:
                here = make_calls(program, stream, index, memory, tally, ClockHour(hour, first_week), first_hour)
        else:
            reset_responses(memory.drives, at)
            memory.hour.pull_state[at, 0] = 0
        if hour >= pool.bucket.shape[1]:
            due = collect_far(memory, at, hour)
        elif pool.bucket[at, hour] >= 0:
            due = collect_due(memory, at, hour, due)
        if due + here > 0:
            week = first_week if hour < last else hour // clock.hours_per_week
            play_hour(program, stream, index, memory, tally, detail, ClockHour(hour, week), due, here)
        hour = next_hour(clock, pool, at, hour + 1, last)
        if memory.breach.what[0] != NO_BREACH:
            break
    # After the run all responses are 1, but the calls were made before.
    memory.drives.response[at, 1] = response
    end_calls(
        program,
        index,
        memory,
        tally,
        detail,
        first_week,
        first_hour - week_began,
        last - week_began,
        memory.candidates.before[at],
    )
    if last - week_began == clock.hours_per_week:
        end_week(clock, index, memory, tally, first_week)


@spliced
def record_coached_week(
    clock: Clock, memory: Memory, detail: Detail, replication: int, first_rep: int, week: int
) -> None:
    """Record the sessions and habits of a counted week, if every rep-week is recorded."""
    if week >= clock.warmup_weeks and detail.session.shape[0] > 0:
        of_week = week - clock.warmup_weeks
        for at in range(memory.coached.session.shape[0]):
            detail.session[replication, first_rep + at, of_week] = memory.coached.session[at]
            detail.habits[replication, first_rep + at, of_week] = memory.coached.habits[at]


@spliced
def begin_replication(program: Program, stream: Stream, memory: Memory, replication: int) -> None:
    """Begin a replication: its market."""
    memory.market.known[0] = 0
    if program.source.market.shape[0] > 0:
        set_market(program.market, memory.market, program.source.market[replication])
    if program.market.sd > 0.0:
        extend_market(program.market, stream, memory.market, program.clock.simulated_weeks)


@spliced
def coach_team(
    program: Program, stream: Stream, memory: Memory, detail: Detail, replication: int, first_rep: int, week: int
) -> None:
    """Begin a week of a team with a manager; record it if every rep-week is recorded."""
    begin_coached_week(
        program.coaching,
        program.rates.base,
        stream,
        memory.ledgers,
        memory.coached,
        memory.drives.known,
        first_rep,
        week,
    )
    record_coached_week(program.clock, memory, detail, replication, first_rep, week)


@inlined
def booked_by_team(reaction: Reaction, counts: NDArray[np.int64], together: int, hour: int, week: int) -> int:
    """Return the bookings, in the quota period, of the seats simulated together; reset them if a period begins."""
    team = 0
    for at in range(together):
        if reaction.quota > 0.0 and hour == reaction.period_first[week]:
            counts[at, BOOKED] = 0
        team += counts[at, BOOKED]
    return team


@kernel
def run_reactive_block(run: ReactiveRun, key: tuple[np.uint32, np.uint32], first: int, count: int) -> None:
    """Simulate replications ``first .. first + count - 1`` and add them to ``run.tally``.

    Stops after the first replication that exceeds a limit; ``run.memory.breach`` then says which.

    Parameters
    ----------
    run
        The program; working memory and counters of the calling thread; and the block's detail.
    key
        See `simcore.random.philox.split_seed`.
    """
    program, memory, tally, detail = run.program, run.memory, run.tally, run.detail
    clock, reaction, counts = program.clock, program.reaction, memory.drives.known
    together = program.team.reps if reaction.lockstep else 1
    for i in range(count):
        stream = stream_from(program.source, key, first + i)
        group = (first + i) & (GROUPS - 1)
        begin_replication(program, stream, memory, i)
        for first_rep in range(0, program.team.reps, together):
            for at in range(together):
                begin_seat(program, stream, SeatIndex(i, first_rep + at, group, at), memory, tally)
            for week in range(clock.simulated_weeks):
                if program.coaching.active:
                    coach_team(program, stream, memory, detail, i, first_rep, week)
                began = week * clock.hours_per_week
                for hour in range(began, began + clock.hours_per_week, reaction.interval):
                    team = booked_by_team(reaction, counts, together, hour, week)
                    for at in range(together):
                        index = SeatIndex(i, first_rep + at, group, at)
                        begin_interval(program, index, memory, ClockHour(hour, week), team)
                        play_hours(program, stream, index, memory, tally, detail, ClockHour(hour, week))
            for at in range(together):
                tally_seat(program, SeatIndex(i, first_rep + at, group, at), memory, tally, detail)
        tally_team(program.calendar, program.quota, tally, group, memory.sums.team)
        tally.replications[group] += 1
        if memory.breach.what[0] != NO_BREACH:
            break
