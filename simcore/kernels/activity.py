"""Step 1: the calls of a stride of weeks, and which of them succeed."""

from __future__ import annotations

import numpy as np
from numba import int64
from numpy.typing import NDArray

from simcore.addresses import ITEM, OPEN_AT_START, SUCCESSES, Stream, decision, place
from simcore.draws import binomial_in_parts, binomial_inverse, count_at, parts_of, take_slot, uniform53
from simcore.horizons import DAY, HOUR
from simcore.jit import inlined
from simcore.kernels.scratch import Run, Seat, Stride
from simcore.kernels.world import varies_weekly
from simcore.philox import fill_blocks
from simcore.program import FULL_ACTIVITY


@inlined
def calls_under_ramp(
    per_hour: NDArray[np.int64], activity: int, carry: NDArray[np.int64], ramp_hour: NDArray[np.int32]
) -> int:
    """Return the calls of a week at an activity, and fill the hour of each; fractions of a call are carried on."""
    n = 0
    carried = carry[0]
    for hour in range(per_hour.shape[0]):
        carried += per_hour[hour] * activity
        for _ in range(carried >> 20):
            ramp_hour[n] = hour
            n += 1
        carried &= FULL_ACTIVITY - 1
    carry[0] = carried
    return n


@inlined
def calls_of_week(run: Run, week: int) -> int:
    """Return the number of calls of a week; under a ramp, fill the hour of each."""
    seat, plan = run.scratch.seat, run.program.plan
    if seat.person[week] < 0:
        return 0
    if week == 0 or seat.person[week] != seat.person[week - 1]:
        seat.carry[0] = 0
    row = plan.row_of_week[week]
    if seat.activity[week] == FULL_ACTIVITY:
        return plan.calls[row]
    return calls_under_ramp(plan.per_hour[row], seat.activity[week], seat.carry, run.scratch.calls.ramp_hour)


@inlined
def successes_of(run: Run, stream: Stream, rep: int, week: int, n: int, u53: int) -> int:
    """Return how many of the n calls of a week succeed, at the week's uniform."""
    first = run.program.first
    if first.tabulated and n == first.calls:
        return count_at(u53, first.thresholds, first.guide)
    rate = run.scratch.seat.rate[1, week]
    if rate >= 1.0:
        rate = 1.0
        if varies_weekly(run.program, 1):
            run.tally.clipped[1] += n
    parts = parts_of(n, rate)
    if parts == 1:
        return binomial_inverse(u53, n, rate)
    return binomial_in_parts(stream, rep, week, n, rate, parts)


@inlined
def count_successes(run: Run, stream: Stream, rep: int, stride: Stride) -> None:
    """Draw the number of successes of each week of a stride into ``scratch.weeks.count``."""
    work, seat = run.scratch.weeks, run.scratch.seat
    weeks, words = stride.weeks, run.scratch.weeks.words
    for i in range(weeks):
        work.c0[i] = decision(SUCCESSES, 0, 0)
        work.c1[i] = place(rep, stride.first_week + i)
    fill_blocks(
        work.c0[:weeks], work.c1[:weeks], stream.c2, stream.c3, stream.key,
        words[0, :weeks], words[1, :weeks], words[2, :weeks], words[3, :weeks],
    )  # fmt: skip
    # place_successes goes through the same weeks again, from the same carry.
    carry = seat.carry[0]
    for i in range(weeks):
        week = stride.first_week + i
        n = calls_of_week(run, week)
        work.count[i] = successes_of(run, stream, rep, week, n, uniform53(words[0, i], words[1, i]))
    seat.carry[0] = carry


@inlined
def draw_items(run: Run, stream: Stream, rep: int, stride: Stride) -> int:
    """Write the addresses of a stride's items, those open at the start first, and draw their words; return how many."""
    items, counts = run.scratch.items, run.scratch.weeks.count
    n = 0
    for k in range(stride.starters):
        items.c0[n] = decision(ITEM + OPEN_AT_START, 0, k)
        items.c1[n] = place(rep, 0)
        n += 1
    for i in range(stride.weeks):
        where = place(rep, stride.first_week + i)
        for k in range(counts[i]):
            items.c0[n + k] = decision(ITEM, 0, k)
            items.c1[n + k] = where
        n += counts[i]
    words = items.step_words
    fill_blocks(
        items.c0[:n], items.c1[:n], stream.c2, stream.c3, stream.key,
        items.slot_word[:n], words[0, :n], words[1, :n], words[2, :n],
    )  # fmt: skip
    return n


@inlined
def place_week(run: Run, n: int, count: int, hours: NDArray[np.int32], base: int, at: int) -> None:
    """Choose which of the n calls of a week succeed: items ``at .. at + count - 1``.

    ``hours`` holds the hour of the week of each call; ``base`` is the week's first hour.
    """
    calls, items = run.scratch.calls, run.scratch.items
    for k in range(count):
        slot, changed = take_slot(items.slot_word[at + k], k, n, calls.slots)
        calls.changed[k] = changed
        hour = hours[slot]
        items.origin[at + k] = base + hour
        calls.per_hour[hour] += 1
    for k in range(count):
        calls.slots[calls.changed[k]] = calls.changed[k]


@inlined
def tally_first_step(run: Run, group: int, counted_week: int, successes: int) -> None:
    """Add the hours and days of a counted week to the statistics of step 1."""
    per_hour, per_day = run.scratch.calls.per_hour, run.scratch.calls.per_day
    day_of = run.program.clock.day_of_week_hour
    squares = 0
    for hour in range(per_hour.shape[0]):
        squares += int64(per_hour[hour]) * per_hour[hour]
        per_day[day_of[hour]] += per_hour[hour]
    day_squares = 0
    for day in range(per_day.shape[0]):
        day_squares += int64(per_day[day]) * per_day[day]
        per_day[day] = 0
    run.tally.first_square[group, HOUR] += squares
    run.tally.first_square[group, DAY] += day_squares
    run.scratch.windows.first_weeks[counted_week] = successes


@inlined
def place_successes(run: Run, group: int, stride: Stride) -> None:
    """Give every success of a stride its call and its hour."""
    plan, clock, seat = run.program.plan, run.program.clock, run.scratch.seat
    per_hour = run.scratch.calls.per_hour
    at = stride.starters
    calls = 0
    for i in range(stride.weeks):
        week = stride.first_week + i
        n = calls_of_week(run, week)
        count = run.scratch.weeks.count[i]
        full = seat.activity[week] == FULL_ACTIVITY
        hours = plan.slot_hour[plan.row_of_week[week]] if full else run.scratch.calls.ramp_hour
        place_week(run, n, count, hours, week * clock.hours_per_week, at)
        if week >= clock.warmup_weeks:
            calls += n
            tally_first_step(run, group, week - clock.warmup_weeks, count)
        for hour in range(per_hour.shape[0]):
            per_hour[hour] = 0
        at += count
    run.tally.entered[group, 0] += calls
