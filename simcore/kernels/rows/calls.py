"""Step 1 of a row: the calls of its weeks, how many of them succeed, and which."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simcore.compiled.jit import inlined, int64, kernel, uint32, uint64
from simcore.kernels.rows.words import Words, words_at
from simcore.program.layout import FULL_ACTIVITY
from simcore.random.addresses import ITEM, SUCCESSES, decision, place
from simcore.random.draws import binomial_inverse, count_at, parts_of, take_slot, uniform53

Floats = NDArray[np.float64]
Integers = NDArray[np.int32]
Longs = NDArray[np.int64]

USUAL_DAY = 8
"""Hours."""
AHEAD = 16
"""Places beyond the last item of a list that may be overwritten, see `list_items`."""


@kernel
def fill_calls(
    first_week: int, weeks: int, size: int, row_of_week: Integers, planned: Longs, per_hour: Longs, person: Integers,
    activity: Integers, carry: Longs, calls: Integers, ramp_hour: Integers,
) -> None:  # fmt: skip
    """Fill the numbers of calls of a stride of weeks, and the hours of those under a ramp.

    Parameters
    ----------
    row_of_week, planned, per_hour
        See `simcore.program.layout.Plan`.
    person, activity
        int32[simulated weeks, size or more], see `simcore.kernels.rows.conditions.fill_seats`.
    carry
        int64[size or more]: the fraction of a call that a ramp carries on, fixed point.
    calls
        int32[weeks or more, size or more].
    ramp_hour
        int32[weeks or more, size or more, most calls]: the hour of the week of each call; where nobody is under a ramp
        it is not touched.
    """
    for i in range(weeks):
        week = first_week + i
        row = row_of_week[week]
        ramped = 0
        for r in range(size):
            calls[i, r] = planned[row] if person[week, r] >= 0 else 0
            ramped += activity[week, r] != FULL_ACTIVITY
        if ramped > 0:
            for r in range(size):
                if activity[week, r] != FULL_ACTIVITY:
                    if week == 0 or person[week - 1, r] != person[week, r]:
                        carry[r] = 0
                    carried, n = carry[r], 0
                    for hour in range(per_hour.shape[1]):
                        carried += per_hour[row, hour] * activity[week, r]
                        for _ in range(carried >> 20):
                            ramp_hour[i, r, n] = hour
                            n += 1
                        carried &= FULL_ACTIVITY - 1
                    carry[r] = carried
                    calls[i, r] = n


@kernel
def fill_planned(
    first_week: int, weeks: int, size: int, row_of_week: Integers, planned: Longs, calls: Integers
) -> None:
    """Fill the numbers of calls of a stride of weeks where every seat is held by somebody experienced."""
    for i in range(weeks):
        for r in range(size):
            calls[i, r] = planned[row_of_week[first_week + i]]


@kernel
def count_tabulated(
    weeks: int, size: int, x0: Words, x1: Words, thresholds: Longs, guide: Integers, planned: int, rate: float,
    calls: Integers, successes: Integers,
) -> None:  # fmt: skip
    """Count the successes where step 1 has one rate for all; int32[weeks or more, size or more].

    ``thresholds``, ``guide``, ``planned``: see `simcore.program.layout.FirstStep`.
    """
    for i in range(weeks):
        for r in range(size):
            n, u53 = int64(calls[i, r]), uniform53(x0[i, r], x1[i, r])
            successes[i, r] = count_at(u53, thresholds, guide) if n == planned else binomial_inverse(u53, n, rate)


@inlined
def count_in_parts(
    rep: int, week: int, n: int, p: float, parts: int, number: int, flip: np.uint32, k0: np.uint32, k1: np.uint32
) -> int:
    """Return the number of successes of a week whose calls are divided into parts, each with its own draw."""
    total = 0
    for i in range(parts):
        x = words_at(decision(SUCCESSES, i, 0), place(rep, week), number, flip, k0, k1)
        calls = (i + 1) * n // parts - i * n // parts
        total += binomial_inverse(uniform53(x[0], x[1]), calls, p)
    return total


@kernel
def count_at_rates(
    rep: int, first_week: int, weeks: int, size: int, x0: Words, x1: Words, number: int, flip: np.uint32,
    k0: np.uint32, k1: np.uint32, rate: Floats, calls: Integers, successes: Integers,
) -> int:  # fmt: skip
    """Count the successes at the rates of step 1; return the number of calls whose rate was cut at 1.

    ``rate``: float64[simulated weeks, size or more]; ``calls``, ``successes``: int32[weeks or more, size or more].
    """
    cut = 0
    for i in range(weeks):
        for r in range(size):
            n, own = int64(calls[i, r]), rate[first_week + i, r]
            cut += n if own > 1.0 else 0
            own = min(own, 1.0)
            parts = parts_of(n, own)
            if parts == 1:
                successes[i, r] = binomial_inverse(uniform53(x0[i, r], x1[i, r]), n, own)
            else:
                successes[i, r] = count_in_parts(rep, first_week + i, n, own, parts, number + r, flip, k0, k1)
    return cut


@kernel
def list_items(
    rep: int, first_week: int, weeks: int, size: int, n: int, successes: Integers, c0: Words, c1: Words, who: Words
) -> int:
    """List the successes of a stride, week by week and replication by replication, after the n that are there.

    ``c0``, ``c1``: their addresses for `ITEM`; ``who``: the replication in the row; uint32 each, with `AHEAD` places
    more than items. Returns how many there are in all.
    """
    for i in range(weeks):
        where = place(rep, first_week + i)
        for r in range(size):
            count = int64(successes[i, r])
            # In sixteens, the last ones beyond the count and overwritten by the next week: no branch to mispredict.
            for sixteen in range(0, count, AHEAD):
                for k in range(sixteen, sixteen + AHEAD):
                    at = uint64(n + k)
                    c0[at] = decision(ITEM, 0, k)
                    c1[at] = where
                    who[at] = uint32(r)
            n += count
    return n


@kernel
def place_calls(
    first_week: int, weeks: int, size: int, at: int, row_of_week: Integers, slot_hour: Integers, ramp_hour: Integers,
    activity: Integers, calls: Integers, successes: Integers, words: Words, slots: Longs, hours: Integers,
) -> None:  # fmt: skip
    """Give every success of a stride its call, and so its hour of the week: ``hours``, int32, by item from ``at`` on.

    ``words``: uint32, by item; ``slots``: int64[most calls + 1], see `simcore.random.draws.take_slot`, and after them
    the next tag.
    """
    most_calls = slots.shape[0] - 1
    tag = slots[most_calls]
    item = uint64(at)
    for i in range(weeks):
        row = row_of_week[first_week + i]
        for r in range(size):
            n, k = int64(calls[i, r]), int64(successes[i, r])
            if ramp_hour.shape[2] > 0 and activity[first_week + i, r] != FULL_ACTIVITY:
                for j in range(k):
                    slot = take_slot(words[item], j, n, tag, slots)
                    hours[item] = ramp_hour[i, r, uint64(slot)]
                    item += uint64(1)
            else:
                for j in range(k):
                    slot = take_slot(words[item], j, n, tag, slots)
                    hours[item] = slot_hour[row, uint64(slot)]
                    item += uint64(1)
            tag += most_calls
    slots[most_calls] = tag


@kernel
def square_hours(
    first_week: int, weeks: int, size: int, at: int, hours_per_day: int, warmup_weeks: int, successes: Integers,
    hours: Integers, per_hour: Integers, by_hour: Longs, by_day: Longs,
) -> None:  # fmt: skip
    """Add the squares of the successes by hour and by day of counted weeks, and turn hours of the week into hours.

    ``hours``: int32, by item from ``at`` on; ``per_hour``: int32[size or more, hours of a week], zero before and after;
    ``by_hour``, ``by_day``: int64[size or more].
    """
    item = uint64(at)
    hours_per_week = per_hour.shape[1]
    for i in range(weeks):
        first_hour = (first_week + i) * hours_per_week
        for r in range(size):
            for _ in range(successes[i, r]):
                hour = uint64(hours[item])
                hours[item] = first_hour + int64(hour)
                per_hour[r, hour] += 1
                item += uint64(1)
        # Apart from the counting: a vector cannot be read while its parts are still on their way to memory.
        counted = first_week + i >= warmup_weeks
        for r in range(size):
            squares, days = squares_of_seat(per_hour[r], hours_per_day)
            if counted:
                by_hour[r] += squares
                by_day[r] += days


@inlined
def squares_of_seat(per_hour: Integers, hours_per_day: int) -> tuple[int, int]:
    """Return the sums of squares of the successes of a week by hour and by day, and empty the hours."""
    squares, days = 0, 0
    if hours_per_day == USUAL_DAY:
        # With a length known to the compiler.
        for day in range(0, per_hour.shape[0], USUAL_DAY):
            of_day = 0
            for hour in range(USUAL_DAY):
                count = int64(per_hour[uint64(day + hour)])
                of_day += count
                squares += count * count
            days += of_day * of_day
    else:
        for day in range(0, per_hour.shape[0], hours_per_day):
            of_day = 0
            for hour in range(day, day + hours_per_day):
                count = int64(per_hour[uint64(hour)])
                of_day += count
                squares += count * count
            days += of_day * of_day
    for hour in range(per_hour.shape[0]):
        per_hour[hour] = 0
    return squares, days
