"""Steps 2 and later: items wait until they are due, are decided, and in the end become deals."""

from __future__ import annotations

import numpy as np
from numba import int64

from simcore.addresses import ITEM, ITEM_LATE, LAG, LAG_LATE, MAX_WEEKS, VALUE, Stream, decision
from simcore.draws import normal, pick
from simcore.elementary import exp
from simcore.jit import inlined
from simcore.kernels.scratch import Items, Run, Stride
from simcore.kernels.world import cut_threshold, rate_in_week, varies_weekly
from simcore.philox import block
from simcore.program import FIXED, GAMMA, LOGNORMAL, Program
from simcore.quantile_table import gamma_quantile

MAX_CENTS = 1 << 40
"""A deal is cut here, and counted."""
_FAR = 1e15
"""Hours beyond the clock that an integer still holds."""
_ITEM_MASK = np.uint32(0xFFFF)


@inlined
def item_word(stream: Stream, purpose: int, items: Items, item: int, number: int) -> np.uint32:
    """Return one word of an item's block for a purpose; the item's own address tells whether it was open at the start."""
    c0 = items.c0[item]
    opened = int64(c0 >> np.uint32(24)) - ITEM
    where = decision(purpose + opened, 0, int64(c0 & _ITEM_MASK))
    return block(where, items.c1[item], stream.c2, stream.c3, stream.key)[number]


@inlined
def step_word(stream: Stream, items: Items, item: int, step: int) -> np.uint32:
    """Return the word that decides a step >= 2 for an item."""
    if step <= 4:
        return items.step_words[step - 2, item]
    return item_word(stream, ITEM_LATE, items, item, step - 5)


@inlined
def lag_hours(program: Program, word: np.uint32, step: int) -> int:
    """Return the lag of a step in hours at a word."""
    steps = program.steps
    kind = steps.lag_kind[step]
    scale = steps.lag_scale[step]
    if kind == FIXED:
        hours = scale
    elif kind == LOGNORMAL:
        hours = np.floor(scale * exp(steps.lag_sigma[step] * normal(word)) + 0.5)
    elif kind == GAMMA:
        hours = np.floor(scale * gamma_quantile(steps.gamma_tables[steps.lag_table[step]], normal(word)) + 0.5)
    else:
        at = steps.lag_table[step]
        hours = float(steps.lag_hours[at + pick(word, steps.lag_thresholds[at:])])
    return int64(min(hours, _FAR))


@inlined
def due_hour(run: Run, stream: Stream, rep: int, stride: Stride, item: int, step: int) -> int:
    """Return the hour in which an item of stage ``step - 1`` comes up at a step."""
    program, items = run.program, run.scratch.items
    entered = items.hour[item]
    if item < stride.starters:
        start = program.start.first[rep] + item
        if program.start.stage[start] == step - 1 and program.start.due[start] >= 0:
            return program.start.due[start]
    if not program.steps.lagged[step]:
        return entered
    early = step <= 4
    word = item_word(stream, LAG if early else LAG_LATE, items, item, step - 1 if early else step - 5)
    due = entered + lag_hours(program, word, step)
    last = MAX_WEEKS * program.clock.hours_per_week - 1
    if due > last:
        run.tally.clipped[program.steps.count + 1] += 1
        return last
    return due


@inlined
def enter(run: Run, replication: int, rep: int, group: int, stage: int, hour: int) -> None:
    """Count an entry into a stage, if it happens in a counted week; ``replication`` is counted within the block."""
    clock = run.program.clock
    if clock.warmup_weeks * clock.hours_per_week <= hour < clock.end_hour:
        run.tally.entered[group, stage] += 1
        if run.detail.entered.shape[0] > 0:
            week = hour // clock.hours_per_week - clock.warmup_weeks
            run.detail.entered[replication, rep, week, stage] += 1


@inlined
def hold_bookings(run: Run, stream: Stream, rep: int, group: int, stride: Stride, n: int) -> None:
    """Step 1 after the call: bookings wait for their lag, then enter stage 1. All n items are alive after it."""
    items = run.scratch.items
    for item in range(n):
        items.alive[item] = item
        items.hour[item] = 0
    if not run.program.steps.lagged[1]:
        items.hour[stride.starters : n] = items.origin[stride.starters : n]
        return
    for item in range(stride.starters, n):
        items.hour[item] = items.origin[item]
        due = due_hour(run, stream, rep, stride, item, 1)
        if due >= run.program.clock.end_hour:
            run.tally.open_at_end[group, 0] += 1
        items.hour[item] = due


@inlined
def decide_at_once(run: Run, step: int, alive: int) -> int:
    """Decide a step 2 to 4 with no lag and one rate for the seat: a compare an item; return how many are left."""
    items = run.scratch.items
    limit = cut_threshold(run.scratch.seat.rate[step, 0])
    words = items.step_words[step - 2]
    kept = 0
    for i in range(alive):
        item = items.alive[i]
        items.alive[kept] = item
        kept += int64(words[item]) < limit
    return kept


@inlined
def rate_at(run: Run, stream: Stream, rep: int, step: int, week: int) -> float:
    """Return the rate of a step in any week, from the table where the week is simulated."""
    if week < run.program.clock.simulated_weeks:
        return run.scratch.seat.rate[step, week]
    return rate_in_week(run.program, stream, rep, step, week, run.scratch.seat, run.scratch.market)


@inlined
def decide_when_due(
    run: Run, stream: Stream, rep: int, group: int, stride: Stride, step: int, alive: int
) -> int:
    """Decide a step >= 2: each item waits until it is due, and meets that week's rate; return how many are left."""
    program, items, clock = run.program, run.scratch.items, run.program.clock
    varies = varies_weekly(program, step)
    kept = 0
    for i in range(alive):
        item = items.alive[i]
        if item < stride.starters and program.start.stage[program.start.first[rep] + item] >= step:
            # Open at the start in a later stage: not concerned.
            items.alive[kept] = item
            kept += 1
            continue
        due = due_hour(run, stream, rep, stride, item, step)
        if items.hour[item] < clock.end_hour <= due:
            run.tally.open_at_end[group, step - 1] += 1
        rate = rate_at(run, stream, rep, step, due // clock.hours_per_week)
        if rate >= 1.0 and varies:
            run.tally.clipped[step] += 1
        if int64(step_word(stream, items, item, step)) < cut_threshold(rate):
            items.hour[item] = due
            items.alive[kept] = item
            kept += 1
    return kept


@inlined
def value_of(run: Run, stream: Stream, rep: int, stride: Stride, item: int) -> int:
    """Return the value of a deal in cents."""
    deals = run.program.deals
    if item < stride.starters:
        given = run.program.start.value[run.program.start.first[rep] + item]
        if given >= 0:
            return given
    if deals.kind == FIXED:
        return int64(deals.scale)
    word = item_word(stream, VALUE, run.scratch.items, item, 0)
    if deals.kind == LOGNORMAL:
        value = deals.scale * exp(deals.sigma * normal(word) - deals.sigma * deals.sigma * 0.5)
    elif deals.kind == GAMMA:
        value = deals.scale * gamma_quantile(deals.gamma_table, normal(word))
    else:
        return deals.values[pick(word, deals.thresholds)]
    if value > MAX_CENTS:
        run.tally.clipped[run.program.steps.count + 2] += 1
        return MAX_CENTS
    return max(1, int64(np.floor(value + 0.5)))
