"""A seat of a strategy that reacts, before its first hour and after its last."""

from __future__ import annotations

from simcore.compiled.jit import spliced
from simcore.kernels.funnel import last_hour
from simcore.kernels.reactive.coaching import begin_coached
from simcore.kernels.reactive.drives import reset_responses
from simcore.kernels.reactive.hours import booked_of, draw_steps, seat_of
from simcore.kernels.reactive.pipeline import allocate, due_after, schedule
from simcore.kernels.reactive.state import C0, C1, DUE, GIVEN, KEY, ORIGIN, STAGE, Memory
from simcore.kernels.windows import tally_first_step, tally_hours_and_days, tally_periods, tally_weeks
from simcore.kernels.workspace import Detail, SeatIndex
from simcore.kernels.world import fill_own_rates, fill_rates, fill_seat, set_own_rates
from simcore.program.layout import Program
from simcore.program.tally import CLOSE, OPEN_AT_END, TallyArrays
from simcore.random.addresses import ITEM, OPEN_AT_START, Stream, decision, place


@spliced
def begin_seat(program: Program, stream: Stream, index: SeatIndex, memory: Memory, tally: TallyArrays) -> None:
    """Decide who sits in a seat and at what rates, and put the items in place that are open at the start."""
    clock, start, pool, at = program.clock, program.start, memory.pool, index.place
    seat = seat_of(memory.ledgers, at)
    if program.team.leave_threshold > 0 or program.team.new > 0:
        fill_seat(program.team, stream, index.rep, seat)
    if not program.rates.fixed:
        fill_own_rates(program.rates, stream, index.rep, seat)
        if program.source.people.shape[0] > 0:
            set_own_rates(program.rates, seat, program.source.people[index.replication, index.rep])
        fill_rates(program.rates, stream, index.rep, seat, memory.market)
    for i in range(memory.drives.known.shape[1]):
        memory.drives.known[at, i] = 0
    reset_responses(memory.drives, at)
    begin_coached(memory.coached, at)
    memory.hour.pull_state[at, 0] = 0
    for stage in range(clock.steps + 1):
        pool.open[at, stage, 0] = 0
        pool.open[at, stage, 1] = -1
    first = start.first[index.rep]
    for k in range(start.first[index.rep + 1] - first):
        item, stage = allocate(pool, at), start.stage[first + k]
        pool.words[at, item, C0] = decision(ITEM + OPEN_AT_START, 0, k)
        pool.words[at, item, C1] = place(index.rep, 0)
        pool.number[at, item, ORIGIN] = -1
        pool.number[at, item, GIVEN] = first + k
        pool.number[at, item, KEY] = k
        pool.number[at, item, STAGE] = stage
        draw_steps(pool, stream, at, item)
        due = start.due[first + k]
        if due < 0:
            due = due_after(clock, program.lags, stream, pool, at, item, stage + 1, 0, 1.0)
        tally.clipped[clock.steps + 1] += due > last_hour(clock)
        pool.number[at, item, DUE] = min(due, last_hour(clock))
        tally.stages[index.group, OPEN_AT_END, stage] += due >= clock.end_hour
        pool.open[at, stage, 0] += 1
        schedule(pool, at, item)


@spliced
def tally_seat(program: Program, index: SeatIndex, memory: Memory, tally: TallyArrays, detail: Detail) -> None:
    """Tally the windows of a seat."""
    at = index.place
    tally_first_step(program.calendar, tally.first[index.group], memory.ledgers.per_week[at])
    for account in range(1 if program.clock.one_account else 2):
        booked = booked_of(memory.ledgers, at)
        tally_hours_and_days(program.calendar, tally, index.group, account, booked, memory.sums)
        if account == CLOSE:
            kept = detail.quarters.shape[0] > 0
            quarters = detail.quarters[index.replication, index.rep] if kept else memory.sums.weeks[:0]
            tally_weeks(tally, index.group, memory.sums.weeks, quarters)
        tally_periods(program.calendar, program.quota, tally, index.group, account, memory.sums)
