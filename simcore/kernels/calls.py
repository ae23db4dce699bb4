"""Step 1: the calls of a stride of weeks, and which of them succeed."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simcore.compiled.jit import inlined, int64, kernel, uint64
from simcore.kernels.workspace import (
    C0,
    C1,
    SLOT_WORD,
    SPARE,
    STEP_WORDS,
    Seat,
    Stride,
    Weeks,
)
from simcore.program.layout import FULL_ACTIVITY, FirstStep, Plan
from simcore.random.addresses import ITEM, OPEN_AT_START, SUCCESSES, Stream, decision, place
from simcore.random.draws import binomial_in_parts, binomial_inverse, count_at, parts_of, uniform53
from simcore.random.streams import fill_words


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
    return binomial_in_parts(stream, rep, week, 0, n, rate, parts)


@kernel
def count_successes(
    plan: Plan, first: FirstStep, stream: Stream, rep: int, stride: Stride, seat: Seat, weeks: Weeks
) -> int:
    """Draw the calls and the number of successes of each week of a stride into ``weeks``.

    Returns the number of calls whose rate was cut at 1.
    """
    words, clipped = weeks.words, 0
    for i in range(stride.weeks):
        words[C0, i] = decision(SUCCESSES, 0, 0)
        words[C1, i] = place(rep, stride.first_week + i)
    fill_words(stream, words[C0], words[C1], words[2], words[3], words[4], words[5])
    for i in range(stride.weeks):
        week = stride.first_week + i
        n = calls_of_week(plan, seat, week, weeks.ramp_hour[i])
        rate = seat.rate[1, week]
        if rate > 1.0:
            rate = 1.0
            clipped += n
        weeks.calls[i] = n
        weeks.successes[i] = successes_of(first, stream, rep, week, n, uniform53(words[2, i], words[3, i]), rate)
    return clipped


@kernel
def set_successes(given: NDArray[np.int64], replication: int, rep: int, stride: Stride, weeks: Weeks) -> None:
    """Replace drawn numbers of successes by supplied ones, if any: `simcore.random.streams.Source.successes`."""
    if given.shape[0] > 0:
        for i in range(stride.weeks):
            weeks.successes[i] = given[replication, rep, stride.first_week + i]


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
        # In sixteens, the last ones beyond the count and overwritten by the next week: no branch to be mispredicted.
        for sixteen in range(0, count[i], SPARE):
            for k in range(sixteen, sixteen + SPARE):
                c0[n + k] = decision(ITEM, 0, k)
                c1[n + k] = where
        n += count[i]
    fill_words(stream, c0[:n], c1[:n],
        words[SLOT_WORD], words[STEP_WORDS], words[STEP_WORDS + 1], words[STEP_WORDS + 2],
    )  # fmt: skip
    return n


@inlined
def squares(counts: NDArray[np.int32]) -> int:
    """Return the sum of squares of counts."""
    total = 0
    for count in counts:
        total += int64(count) * int64(count)
    return total


@inlined
def squares_by_day(per_hour: NDArray[np.int32], hours_per_day: int, first_hour: int, end: int) -> int:
    """Return the sum of squares of successes by day over the hours ``first_hour .. end - 1``."""
    squares = 0
    if hours_per_day == 8:
        # The usual day, with a length known to the compiler.
        for first in range(first_hour, end, 8):
            count = 0
            for hour in range(8):
                count += int64(per_hour[uint64(first + hour)])
            squares += count * count
        return squares
    for first in range(first_hour, end, hours_per_day):
        count = 0
        for hour in range(first, first + hours_per_day):
            count += int64(per_hour[hour])
        squares += count * count
    return squares
