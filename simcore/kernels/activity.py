"""Step 1: the calls of a stride of weeks, and which of them succeed."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simcore.addresses import ITEM, OPEN_AT_START, SUCCESSES, Stream, decision, place
from simcore.draws import binomial_in_parts, binomial_inverse, count_at, parts_of, take_slot, uniform53
from simcore.jit import inlined, int64, kernel
from simcore.kernels.scratch import (
    C0,
    C1,
    CHANGED,
    ORIGIN,
    RAMP_HOUR,
    SLOT_WORD,
    SLOTS,
    STEP_WORDS,
    Calls,
    Items,
    Seat,
    Stride,
    Weeks,
    Who,
)
from simcore.philox import fill_blocks
from simcore.program import FULL_ACTIVITY, FirstStep, Plan


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
def calls_of_week(plan: Plan, seat: Seat, week: int, ramp_hour: NDArray[np.int32]) -> int:
    """Return the number of calls of a week; under a ramp, fill the hour of each."""
    person = seat.person[week]
    if person < 0:
        return 0
    row = plan.row_of_week[week]
    if seat.activity[week] == FULL_ACTIVITY:
        return plan.calls[row]
    if week == 0 or seat.person[week - 1] != person:
        seat.carry[0] = 0
    return calls_under_ramp(plan.per_hour[row], seat.activity[week], seat.carry, ramp_hour)


@inlined
def successes_of(first: FirstStep, stream: Stream, rep: int, week: int, n: int, u53: int, rate: float) -> int:
    """Return how many of the n calls of a week succeed at a rate of at most 1, at the week's uniform."""
    if first.tabulated and n == first.calls:
        return count_at(u53, first.thresholds, first.guide)
    parts = parts_of(n, rate)
    if parts == 1:
        return binomial_inverse(u53, n, rate)
    return binomial_in_parts(stream, rep, week, n, rate, parts)


@kernel
def count_successes(
    plan: Plan,
    first: FirstStep,
    stream: Stream,
    rep: int,
    stride: Stride,
    seat: Seat,
    weeks: Weeks,
    ramp_hour: NDArray[np.int32],
) -> int:
    """Draw the number of successes of each week of a stride into ``weeks.count``.

    Returns the number of calls whose rate was cut at 1.
    """
    words, count, clipped = weeks.words, weeks.count, 0
    for i in range(stride.weeks):
        words[C0, i] = decision(SUCCESSES, 0, 0)
        words[C1, i] = place(rep, stride.first_week + i)
    fill_blocks(words[C0], words[C1], stream.c2, stream.c3, stream.key, words[2], words[3], words[4], words[5])
    # place_successes goes through the same weeks again, from the same carry.
    carry = seat.carry[0]
    for i in range(stride.weeks):
        week = stride.first_week + i
        n = calls_of_week(plan, seat, week, ramp_hour)
        rate = seat.rate[1, week]
        if rate > 1.0:
            rate = 1.0
            clipped += n
        count[i] = successes_of(first, stream, rep, week, n, uniform53(words[2, i], words[3, i]), rate)
    seat.carry[0] = carry
    return clipped


@kernel
def draw_items(stream: Stream, rep: int, stride: Stride, count: NDArray[np.int64], words: NDArray[np.uint32]) -> int:
    """Write the addresses of a stride's items, those open at the start first, and draw their words; return how many."""
    c0, c1 = words[C0], words[C1]
    n = 0
    for k in range(stride.starters):
        c0[n] = decision(ITEM + OPEN_AT_START, 0, k)
        c1[n] = place(rep, 0)
        n += 1
    for i in range(stride.weeks):
        where = place(rep, stride.first_week + i)
        for k in range(count[i]):
            c0[n] = decision(ITEM, 0, k)
            c1[n] = where
            n += 1
    fill_blocks(
        c0[:n], c1[:n], stream.c2, stream.c3, stream.key,
        words[SLOT_WORD], words[STEP_WORDS], words[STEP_WORDS + 1], words[STEP_WORDS + 2],
    )  # fmt: skip
    return n


@inlined
def place_week(n: int, count: int, hours: NDArray[np.int32], base: int, at: int, calls: Calls, items: Items) -> None:
    """Choose which of the n calls of a week succeed: items ``at .. at + count - 1``.

    ``hours`` holds the hour of the week of each call; ``base`` is the week's first hour.
    """
    slots, changed, per_hour = calls.slots[SLOTS], calls.slots[CHANGED], calls.per_hour
    words, origin = items.words[SLOT_WORD], items.hours[ORIGIN]
    for k in range(count):
        slot, j = take_slot(words[at + k], k, n, slots)
        changed[k] = j
        hour = hours[slot]
        origin[at + k] = base + hour
        per_hour[hour] += 1
    for k in range(count):
        slots[changed[k]] = changed[k]


@inlined
def squares_of_week(day_of: NDArray[np.int32], calls: Calls) -> tuple[int, int]:
    """Return the sums of squares of a week's successes by hour and by day."""
    per_hour, per_day = calls.per_hour, calls.per_day
    by_hour = 0
    for hour in range(per_hour.shape[0]):
        by_hour += int64(per_hour[hour]) * per_hour[hour]
        per_day[day_of[hour]] += per_hour[hour]
    by_day = 0
    for day in range(per_day.shape[0]):
        by_day += int64(per_day[day]) * per_day[day]
        per_day[day] = 0
    return by_hour, by_day


@kernel
def place_successes(
    plan: Plan,
    day_of: NDArray[np.int32],
    stride: Stride,
    warmup: int,
    seat: Seat,
    count: NDArray[np.int64],
    calls: Calls,
    items: Items,
    entered: NDArray[np.int64],
    who: Who,
) -> tuple[int, int, int]:
    """Give every success of a stride its call and its hour; ``entered`` is `Detail.entered`.

    Returns, over counted weeks, the calls and the sums of squares of successes by hour and by day.
    """
    per_hour = calls.per_hour
    at, made, by_hour, by_day = stride.starters, 0, 0, 0
    for i in range(stride.weeks):
        week = stride.first_week + i
        n = calls_of_week(plan, seat, week, calls.slots[RAMP_HOUR])
        full = seat.activity[week] == FULL_ACTIVITY
        hours = plan.slot_hour[plan.row_of_week[week]] if full else calls.slots[RAMP_HOUR]
        place_week(n, count[i], hours, week * per_hour.shape[0], at, calls, items)
        if week >= warmup:
            hour_squares, day_squares = squares_of_week(day_of, calls)
            made += n
            by_hour += hour_squares
            by_day += day_squares
            calls.per_week[week - warmup] = count[i]
            if entered.shape[0] > 0:
                entered[who.replication, who.rep, week - warmup, 0] = n
        for hour in range(per_hour.shape[0]):
            per_hour[hour] = 0
        at += count[i]
    return made, by_hour, by_day
