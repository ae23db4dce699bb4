"""Opportunities that are due soon after a quota period are pulled into it."""

from __future__ import annotations

from simcore.compiled.jit import int64, spliced
from simcore.kernels.reactive.drives import pulled_share
from simcore.kernels.reactive.pipeline import remove_from_bucket, word_of
from simcore.kernels.reactive.state import (
    DUE,
    NEXT,
    PRICE,
    STAGE,
    WIN_FACTOR,
    ClockHour,
    Memory,
)
from simcore.kernels.workspace import SeatIndex
from simcore.program.layout import DISCOUNT, REACH, WIN_RATE, WINDOW, Program
from simcore.program.tally import OPEN_AT_END, TallyArrays
from simcore.random.addresses import PULL, Stream
from simcore.random.draws import threshold


@spliced
def pull_forward(
    program: Program, stream: Stream, index: SeatIndex, memory: Memory, tally: TallyArrays, now: ClockHour
) -> int:
    """Pull opportunities forward at the beginning of an hour; return how many are in ``memory.hour.due``."""
    reaction, pool, work, clock, at = program.reaction, memory.pool, memory.hour, program.clock, index.place
    hour, week = now.hour, now.week
    end = reaction.period_first[week] + reaction.period_hours[week]
    window, reach = 0, 0
    for p in range(reaction.pull_drive.shape[0]):
        window, reach = max(window, reaction.pull_hours[p, WINDOW]), max(reach, reaction.pull_hours[p, REACH])
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
        inactive = vacant or hour < end - reaction.pull_hours[p, WINDOW]
        share = 0.0 if inactive else pulled_share(reaction, memory.drives, at, p)
        # What was not pulled at a larger share is not pulled at a smaller one.
        look_from = 0 if share > work.pull_share[at, p] else seen
        work.pull_share[at, p] = share
        limit = threshold(share)
        kept, still_seen = look_from, seen
        for i in range(look_from, state[1]):
            item = int64(listed[i])
            due = pool.number[at, item, DUE]
            if due < end + reaction.pull_hours[p, REACH] and int64(word_of(pool, stream, at, item, PULL, p)) < limit:
                remove_from_bucket(pool, at, item)
                tally.stages[index.group, OPEN_AT_END, last] -= due >= clock.end_hour
                pool.number[at, item, DUE] = hour
                pool.factor[at, item, PRICE] = 1.0 - reaction.pull[p, DISCOUNT]
                pool.factor[at, item, WIN_FACTOR] = reaction.pull[p, WIN_RATE]
                work.due[n] = item
                n += 1
                still_seen -= i < seen
            else:
                listed[kept] = item
                kept += 1
        state[1], seen = kept, still_seen
    state[2] = state[1]
    return n
