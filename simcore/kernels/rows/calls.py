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
    for r in range(size):
        for i in range(weeks):
            week = first_week + i
            row = row_of_week[week]
            if person[week, r] < 0:
                calls[i, r] = 0
            elif activity[week, r] == FULL_ACTIVITY:
                calls[i, r] = planned[row]
            else:
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
def fill_planned(first_week: int, weeks: int, size: int, row_of_week: Integers, planned: Longs, calls: Integers) -> None:
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
            # In sixteens, the last ones beyond the count and overwritten by the next week: no branch to be mispredicted.
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
    """Give every success of a stride its call, and so its hour: ``hours``, int32, by item from ``at`` on.

    ``words``: uint32, by item; ``slots``: int64[most calls + 1], see `simcore.random.draws.take_slot`, and after them
    the next tag.
    """
    most_calls = slots.shape[0] - 1
    tag = slots[most_calls]
    item = uint64(at)
    for i in range(weeks):
        week = first_week + i
        row = row_of_week[week]
        for r in range(size):
            n, ramped = int64(calls[i, r]), activity[week, r] != FULL_ACTIVITY
            for k in range(successes[i, r]):
                slot = uint64(take_slot(words[item], k, n, tag, slots))
                hours[item] = ramp_hour[i, r, slot] if ramped else slot_hour[row, slot]
                item += uint64(1)
            tag += most_calls
    slots[most_calls] = tag


@kernel
def square_hours(
    first_week: int, weeks: int, size: int, at: int, hours_per_day: int, warmup_weeks: int, successes: Integers,
    hours: Integers, per_hour: Longs, per_day: Longs, by_hour: Longs, by_day: Longs,
) -> None:  # fmt: skip
    """Add the squares of the successes by hour and by day of counted weeks, and turn hours of the week into hours.

    ``hours``: int32, by item from ``at`` on; ``per_hour``, ``per_day``: int64, zero before and after; ``by_hour``,
    ``by_day``: int64[size or more].
    """
    item = uint64(at)
    hours_per_week = per_hour.shape[0]
    for i in range(weeks):
        week = first_week + i
        for r in range(size):
            n = uint64(successes[i, r])
            in_hours, in_days = 0, 0
            # A sum of squares grows by 2c + 1 where a count of c grows by one.
            for k in range(n):
                hour = int64(hours[item + k])
                day = hour // hours_per_day
                in_hours += per_hour[hour]
                in_days += per_day[day]
                per_hour[hour] += 1
                per_day[day] += 1
                hours[item + k] = week * hours_per_week + hour
            for hour in range(hours_per_week):
                per_hour[hour] = 0
            for day in range(per_day.shape[0]):
                per_day[day] = 0
            item += n
            if week >= warmup_weeks:
                by_hour[r] += 2 * in_hours + int64(n)
                by_day[r] += 2 * in_days + int64(n)
