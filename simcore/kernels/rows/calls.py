"""Step 1 of a row: the calls of its weeks, how many of them succeed, and which."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simcore.compiled.jit import inlined, int64, kernel, uint32, uint64
from simcore.kernels.rows.words import Words
from simcore.program.layout import FULL_ACTIVITY
from simcore.random.addresses import ITEM, place
from simcore.random.draws import (
    PART_MEAN,
    binomial_in_parts,
    binomial_inverse,
    count_at,
    parts_of,
    take_slot,
    uniform53,
)

LAST_53 = (1 << 53) - 1
UNIT_53 = 1.0 / (1 << 53)
FIRST_ITEM = np.uint32(ITEM << 24)
"""`simcore.random.addresses.decision` of the first item."""
NUMBER = np.uint32(0xFFFF)
"""Of an address for `ITEM`: which of the week's successes it is."""

Floats = NDArray[np.float64]
Integers = NDArray[np.int32]
Longs = NDArray[np.int64]

AHEAD = 16
"""Places beyond the last item of a list that may be overwritten, see `list_items`."""


@kernel
def fill_calls(
    first_week: int, weeks: int, size: int, row_of_week: Integers, planned: Longs, person: Integers,
    activity: Integers, carry: Longs, calls: Integers, carried: Longs,
) -> None:  # fmt: skip
    """Fill the numbers of calls of a stride of weeks, and what a ramp carries into them.

    Parameters
    ----------
    row_of_week, planned
        See `simcore.program.layout.Plan`.
    person, activity
        int32[simulated weeks, size or more], see `simcore.kernels.rows.conditions.fill_seats`.
    carry
        int64[size or more]: the fraction of a call that a ramp carries on, fixed point.
    calls
        int32[weeks or more, size or more].
    carried
        int64[weeks or more, size or more]: the fraction that is carried into a week; where nobody is under a ramp it is
        not touched.
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
                    carried[i, r] = carry[r]
                    until = carry[r] + int64(activity[week, r]) * planned[row]
                    calls[i, r] = until >> 20
                    carry[r] = until & (FULL_ACTIVITY - 1)


@inlined
def planned_call(call: int, carried: int, activity: int) -> int:
    """Return which call of the plan brings a call under a ramp, both counted from 0.

    It is the first with ``carried + activity * (planned_call + 1) >= (call + 1) * 2**20``.
    """
    return (((call + 1) << 20) - carried + activity - 1) // activity - 1


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


@kernel
def count_at_rates(
    rep: int, first_week: int, weeks: int, size: int, x0: Words, x1: Words, number: int, flip: np.uint32,
    k0: np.uint32, k1: np.uint32, rate: Floats, lanes: Floats, calls: Integers, successes: Integers,
) -> int:  # fmt: skip
    """Count the successes at the rates of step 1; return the number of calls whose rate was cut at 1.

    ``rate``: float64[simulated weeks, size or more]; ``lanes``: see `binomial_in_lanes`; ``calls``, ``successes``:
    int32[weeks or more, size or more].
    """
    cut = 0
    for i in range(weeks):
        own, in_parts = rate[first_week + i], 0
        for r in range(size):
            n, p = int64(calls[i, r]), own[r]
            cut += n if p > 1.0 else 0
            in_parts += float(n) * min(p, max(1.0 - p, 0.0)) > PART_MEAN
        binomial_in_lanes(size, x0[i], x1[i], calls[i], own, lanes, successes[i])
        if in_parts > 0:
            for r in range(size):
                n, p = int64(calls[i, r]), min(own[r], 1.0)
                parts = parts_of(n, p)
                if parts > 1:
                    where = place(rep, first_week + i)
                    successes[i, r] = binomial_in_parts(where, 0, n, p, parts, number + r, flip, k0, k1)
    return cut


@inlined
def binomial_in_lanes(
    size: int, x0: Words, x1: Words, calls: Integers, rate: Floats, lanes: Floats, successes: Integers
) -> None:
    """Do what `simcore.random.draws.binomial_inverse` does, bit for bit, with all replications in step.

    ``rate``: cut at 1 here; ``lanes``: float64[6, size or more]. A replication that has found its count goes on without
    effect, for its total only grows. Where the calls are to be divided into parts, nothing is looked for.
    """
    u, p, q, f, total, base = lanes[0], lanes[1], lanes[2], lanes[3], lanes[4], lanes[5]
    most = 0
    for r in range(size):
        own, u53 = min(rate[r], 1.0), uniform53(x0[r], x1[r])
        p[r] = 1.0 - own if own > 0.5 else own
        u[r] = float(LAST_53 - u53 if own > 0.5 else u53) * UNIT_53
        if float(calls[r]) * p[r] > PART_MEAN:
            u[r] = -1.0
        q[r] = 1.0 - p[r]
        f[r], base[r] = 1.0, q[r]
        successes[r] = 0
        most |= int64(calls[r])
    power = 0
    while most >> power > 0:
        for r in range(size):
            f[r] = f[r] * base[r] if (calls[r] >> power) & 1 else f[r]
            base[r] *= base[r]
        power += 1
    for r in range(size):
        total[r] = f[r]
    k, left = 0, 1
    while left > 0:
        k, left = k + 1, 0
        for r in range(size):
            more = u[r] >= total[r] and k <= calls[r]
            successes[r] += more
            left += more
            f[r] *= (float(calls[r] - k + 1) * p[r]) / (float(k) * q[r])
            total[r] += f[r]
    for r in range(size):
        found = calls[r] - successes[r] if rate[r] > 0.5 else successes[r]
        successes[r] = calls[r] if rate[r] >= 1.0 else found


@kernel
def list_items(
    rep: int, first_week: int, weeks: int, size: int, n: int, successes: Integers, c0: Words, c1: Words, who: Words
) -> int:
    """List the successes of a stride, week by week and replication by replication, after the n that are there.

    ``c0``, ``c1``: their addresses for `ITEM`; ``who``: the replication in the row; uint32 each, with `AHEAD` places
    more than items. Returns how many there are in all.
    """
    end = uint64(n)
    for i in range(weeks):
        where, begin = place(rep, first_week + i), end
        for r in range(size):
            count, own = uint64(successes[i, r]), uint32(r << 16)
            # Sixteen always, those beyond the count overwritten by the next ones: no branch to mispredict. Into one
            # array, for writing across the lines of the cache is what takes time.
            for k in range(AHEAD):
                c0[end + uint64(k)] = uint32(own | uint32(k))
            for k in range(AHEAD, int64(count)):
                c0[end + uint64(k)] = uint32(own | uint32(k))
            end += count
        for item in range(begin, end):
            both = c0[item]
            c0[item] = uint32(FIRST_ITEM | (both & NUMBER))
            c1[item] = where
            who[item] = uint32(both >> np.uint32(16))
    return int64(end)


@kernel
def place_calls(
    first_week: int, weeks: int, size: int, at: int, row_of_week: Integers, slot_hour: Integers, carried: Longs,
    activity: Integers, calls: Integers, successes: Integers, c0: Words, who: Words, words: Words, slots: Longs,
    hours: Integers,
) -> None:  # fmt: skip
    """Give every success of a stride its call, and so its hour of the week: ``hours``, int32, by item from ``at`` on.

    ``c0``, ``who``: see `list_items`; ``words``: uint32, by item; ``slots``: int64[most calls + 1], see
    `simcore.random.draws.take_slot`, and after them the next tag; ``carried``: see `fill_calls`, of no weeks where
    there is no ramp.
    """
    most_calls = slots.shape[0] - 1
    begin, tag = uint64(at), slots[most_calls]
    for i in range(weeks):
        row, end = row_of_week[first_week + i], begin
        for r in range(size):
            end += uint64(successes[i, r])
        # One loop over all items of the week: a loop for each replication ends where no processor expects it.
        if carried.shape[0] == 0:
            for item in range(begin, end):
                hours[item] = slot_hour[row, slot_of(item, tag, c0, who, words, calls[i], slots)]
        else:
            for item in range(begin, end):
                slot, r = slot_of(item, tag, c0, who, words, calls[i], slots), uint64(who[item])
                own = int64(activity[first_week + i, r])
                if own != FULL_ACTIVITY:
                    slot = uint64(planned_call(int64(slot), carried[i, r], own))
                hours[item] = slot_hour[row, slot]
        tag += most_calls * size
        begin = end
    slots[most_calls] = tag


@inlined
def slot_of(item: int, tag: int, c0: Words, who: Words, words: Words, calls: Integers, slots: Longs) -> np.uint64:
    """Return the call that an item takes among those of its week: one shuffle for each replication, by tags."""
    r, most_calls = uint64(who[item]), slots.shape[0] - 1
    own = tag + int64(r) * most_calls
    return uint64(take_slot(words[item], int64(c0[item] & NUMBER), int64(calls[r]), own, slots))


@kernel
def square_hours(
    first_week: int, weeks: int, size: int, at: int, hours_per_day: int, warmup_weeks: int, successes: Integers,
    who: Words, hours: Integers, per_hour: Words, by_hour: Longs, by_day: Longs,
) -> None:  # fmt: skip
    """Add the squares of the successes by hour and by day of counted weeks, and turn hours of the week into hours.

    ``hours``: int32, by item from ``at`` on; ``per_hour``: uint32[hours of a week and three, size or more], zero before
    and after; ``by_hour``, ``by_day``: int64[size or more].
    """
    hours_per_week = per_hour.shape[0] - 3
    of_day, squares, days = per_hour[hours_per_week], per_hour[hours_per_week + 1], per_hour[hours_per_week + 2]
    begin = uint64(at)
    for i in range(weeks):
        end = begin
        for r in range(size):
            end += uint64(successes[i, r])
        counted = first_week + i >= warmup_weeks
        if counted:
            for item in range(begin, end):
                per_hour[uint64(hours[item]), uint64(who[item])] += uint32(1)
        # Apart from the counting, so that it is a loop of vectors, and so that the counts are in memory before they are
        # read as vectors.
        for item in range(begin, end):
            hours[item] += (first_week + i) * hours_per_week
        if counted:
            for day in range(0, hours_per_week, hours_per_day):
                for hour in range(day, day + hours_per_day):
                    add_squares(size, per_hour[hour], of_day, squares)
                for r in range(size):
                    days[r] = uint32(days[r] + uint32(of_day[r] * of_day[r]))
                    of_day[r] = uint32(0)
            for r in range(size):
                by_hour[r] += int64(squares[r])
                by_day[r] += int64(days[r])
                squares[r] = days[r] = uint32(0)
        begin = end


@inlined
def add_squares(size: int, counts: Words, total: Words, squares: Words) -> None:
    """Add counts and their squares to totals, and empty them; 32 bits hold the squares of all successes of a week."""
    for r in range(size):
        count = counts[r]
        counts[r] = uint32(0)
        total[r] = uint32(total[r] + count)
        squares[r] = uint32(squares[r] + uint32(count * count))
