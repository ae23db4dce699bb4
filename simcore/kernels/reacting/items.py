"""The open items of all lanes: they come up when they are due, are decided, enter the next stage, and wait there."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simcore.compiled.jit import inlined, int64, kernel, uint32, uint64
from simcore.kernels.reacting.state import (
    AFTER,
    BEFORE,
    C0,
    DUE,
    GIVEN,
    HOUR,
    ITEM_C0,
    ITEM_C1,
    ITEM_LANE,
    ITEM_STEP_2,
    LANE,
    ORIGIN,
    PRICE,
    RESPONSE,
    STAGE,
    STEP_2,
    WIN_FACTOR,
)
from simcore.kernels.rows.words import words_at
from simcore.numerics.elementary import exp, log
from simcore.numerics.quantile_table import gamma_quantile
from simcore.random.addresses import ITEM, OPEN_AT_START, REFERRED, WEEK_NOISE, decision, place
from simcore.random.draws import normal, pick, threshold

Floats = NDArray[np.float64]
Integers = NDArray[np.int32]
Longs = NDArray[np.int64]
Words = NDArray[np.uint32]

FAR = 1e15
"""Hours beyond the clock that an integer still holds."""
KIND_BITS = 60
"""The order of arrival: 0 open at the start, 1 called, 2 referred, above these bits."""


@inlined
def allocate(size: Longs, free: Integers) -> int:
    """Return a free entry of the pool."""
    if size[0] > 0:
        size[0] -= 1
        return int64(free[uint64(size[0])])
    size[1] += 1
    return size[1] - 1


@inlined
def release(size: Longs, free: Integers, item: int) -> None:
    """Give the entry of an item back that has come to its end."""
    free[uint64(size[0])] = item
    size[0] += 1


@inlined
def put(head: Integers, bucket: int, stage: int, item: int, numbers: Integers) -> None:
    """Put an item into the bucket in which it is due."""
    after = head[bucket, stage]
    numbers[item, AFTER], numbers[item, BEFORE] = after, -1
    if after >= 0:
        numbers[after, BEFORE] = item
    head[bucket, stage] = item


@inlined
def take_out(head: Integers, bucket: int, stage: int, item: int, numbers: Integers) -> None:
    """Take an item out of the bucket in which it is due."""
    before, after = int64(numbers[item, BEFORE]), int64(numbers[item, AFTER])
    if before >= 0:
        numbers[before, AFTER] = after
    else:
        head[bucket, stage] = after
    if after >= 0:
        numbers[after, BEFORE] = before


@inlined
def bucket_of(due: int, span: int, buckets: int) -> int:
    """Return the bucket of a due hour; the last but one holds all that is due later still."""
    return min(due if span == 1 else due // span, buckets - 2)


@kernel
def book_calls(
    n: int, week: int, first_hour: int, bits: int, here: Integers, candidates: Words, places: Integers, size: Longs,
    free: Integers, words: Words, numbers: Integers, factors: Floats, open_items: Longs, ids: Integers, hours: Integers,
) -> int:  # fmt: skip
    """Turn n candidates into items of stage 0; return the most open items of a seat.

    ``first_hour``: of the week; ``ids``, ``hours``: int32[n or more], the items and the hours of their calls.
    """
    most = 0
    for i in range(n):
        at = uint64(here[i])
        item = uint64(allocate(size, free))
        lane = candidates[at, LANE]
        words[item, ITEM_LANE] = lane
        words[item, ITEM_C0] = candidates[at, C0]
        words[item, ITEM_C1] = uint32(((int64(lane) >> bits) << 16) | week)
        for j in range(3):
            words[item, ITEM_STEP_2 + j] = candidates[at, STEP_2 + j]
        hour = first_hour + int64(places[at, HOUR])
        numbers[item, ORIGIN], numbers[item, GIVEN], numbers[item, STAGE] = hour, -1, 0
        factors[item, RESPONSE], factors[item, WIN_FACTOR], factors[item, PRICE] = 1.0, 1.0, 1.0
        open_items[uint64(lane)] += 1
        most = max(most, open_items[uint64(lane)])
        ids[i], hours[i] = int64(item), hour
    return most


@kernel
def take_due(first: int, n: int, numbers: Integers, ids: Integers, hours: Integers) -> int:
    """Add the items of a bucket that begins with one to a list of n, each with its due hour; return how many it has."""
    item = first
    while item >= 0:
        ids[uint64(n)], hours[uint64(n)] = item, numbers[uint64(item), DUE]
        n += 1
        item = int64(numbers[uint64(item), AFTER])
    return n


@kernel
def count_due(first: int, numbers: Integers) -> int:
    """Return how many items a bucket has."""
    n, item = 0, first
    while item >= 0:
        n += 1
        item = int64(numbers[uint64(item), AFTER])
    return n


@kernel
def next_far(head: Integers, numbers: Integers) -> int:
    """Return the earliest due hour in the bucket of what is due far away, or -1."""
    far, least = head.shape[0] - 2, -1
    for stage in range(head.shape[1]):
        item = int64(head[far, stage])
        while item >= 0:
            due = int64(numbers[uint64(item), DUE])
            least = due if least < 0 else min(least, due)
            item = int64(numbers[uint64(item), AFTER])
    return least


@kernel
def bring_near(hour: int, head: Integers, numbers: Integers) -> None:
    """Move what is due in an hour far away to the last bucket."""
    far, near = head.shape[0] - 2, head.shape[0] - 1
    for stage in range(head.shape[1]):
        item = int64(head[far, stage])
        while item >= 0:
            after = int64(numbers[uint64(item), AFTER])
            if numbers[uint64(item), DUE] == hour:
                take_out(head, far, stage, item, numbers)
                put(head, near, stage, item, numbers)
            item = after


@kernel
def addresses_of(n: int, mask: int, ids: Integers, words: Words, c0: Words, c1: Words, who: Words, lane: Words) -> None:
    """Fill the addresses of n items, the replications in the row that they belong to, and their lanes."""
    for i in range(n):
        item = uint64(ids[i])
        c0[i], c1[i], lane[i] = words[item, ITEM_C0], words[item, ITEM_C1], words[item, ITEM_LANE]
        who[i] = uint32(int64(lane[i]) & mask)


@kernel
def step_words(n: int, step: int, ids: Integers, words: Words, own: Words) -> None:
    """Fill the words of n items for a step from 2 to 4."""
    for i in range(n):
        own[i] = words[uint64(ids[i]), ITEM_STEP_2 + step - 2]


@kernel
def keep_step_words(n: int, ids: Integers, x1: Words, x2: Words, x3: Words, words: Words) -> None:
    """Keep the words of n new items for the steps 2 to 4."""
    for i in range(n):
        item = uint64(ids[i])
        words[item, ITEM_STEP_2], words[item, ITEM_STEP_2 + 1], words[item, ITEM_STEP_2 + 2] = x1[i], x2[i], x3[i]


@kernel
def uncut_rates(n: int, lane: Words, rate: Floats, uncut: Floats) -> None:
    """Fill the rates of n items from those of the lanes in this week."""
    for i in range(n):
        uncut[i] = rate[uint64(lane[i])]


@kernel
def response_rates(n: int, ids: Integers, lane: Words, habit: Floats, factors: Floats, uncut: Floats) -> None:
    """Multiply the rates of n items by what habits, reactions and pulls make of them."""
    for i in range(n):
        item = uint64(ids[i])
        rate = uncut[i] * habit[uint64(lane[i])]
        uncut[i] = rate * factors[item, RESPONSE] * factors[item, WIN_FACTOR]


@kernel
def pass_items(n: int, own: Words, rate: Floats, passed: Integers) -> int:
    """Decide n items by their words; return how many rates are above 1."""
    cut = 0
    for i in range(n):
        cut += rate[i] > 1.0
        passed[i] = int64(own[i]) < threshold(min(rate[i], 1.0))
    return cut


@kernel
def pass_tilted(
    n: int, step: int, bits: int, hours_per_week: int, own: Words, rate: Floats, hours: Integers, lane: Words,
    tilt: Floats, tilt_weeks: Longs, log_weight: Floats, passed: Integers,
) -> int:  # fmt: skip
    """Do the same at tilted rates; the logarithm of the likelihood ratio is added to float64[size, reps]."""
    cut, mask = 0, (1 << bits) - 1
    for i in range(n):
        cut += rate[i] > 1.0
        at_rate, week = min(rate[i], 1.0), int64(hours[i]) // hours_per_week
        if tilt_weeks[0] <= week < tilt_weeks[1]:
            tilted = at_rate * tilt[step]
            yes = int64(own[i]) < threshold(tilted)
            r, rep = int64(lane[i]) & mask, int64(lane[i]) >> bits
            log_weight[r, rep] += -log(tilt[step]) if yes else log((1.0 - at_rate) / (1.0 - tilted))
        else:
            yes = int64(own[i]) < threshold(at_rate)
        passed[i] = yes
    return cut


@kernel
def count_decisions(
    n: int, step: int, hours_per_week: int, hours: Integers, lane: Words, passed: Integers, decided: Longs,
    successes: Longs,
) -> None:  # fmt: skip
    """Count n decisions for a manager: int64[S + 1, simulated weeks, lanes]."""
    for i in range(n):
        week = int64(hours[i]) // hours_per_week
        if week < decided.shape[1]:
            decided[step, week, uint64(lane[i])] += 1
            successes[step, week, uint64(lane[i])] += passed[i]


@kernel
def keep_items(
    n: int, passed: Integers, size: Longs, free: Integers, open_items: Longs, ids: Integers, hours: Integers,
    lane: Words,
) -> int:  # fmt: skip
    """Keep the items that pass, and give the entries of the others back; return how many are kept."""
    kept = 0
    for i in range(n):
        if passed[i] > 0:
            at = uint64(kept)
            ids[at], hours[at], lane[at] = ids[i], hours[i], lane[i]
            kept += 1
        else:
            open_items[uint64(lane[i])] -= 1
            release(size, free, int64(ids[i]))
    return kept


@kernel
def count_entries(
    n: int, mask: int, first_hour: int, end_hour: int, hours: Integers, lane: Words, entered: Longs
) -> None:
    """Count the entries of n items into a stage in counted weeks, by replication of the row."""
    for i in range(n):
        if first_hour <= hours[i] < end_hour:
            entered[int64(lane[i]) & mask] += 1


@kernel
def detail_entries(
    n: int, stage: int, bits: int, first_hour: int, end_hour: int, hours_per_week: int, hours: Integers, lane: Words,
    entered: Longs,
) -> None:  # fmt: skip
    """Count the same by rep and week: int64[size, reps, counted weeks, S + 1]."""
    for i in range(n):
        if first_hour <= hours[i] < end_hour:
            r, rep = int64(lane[i]) & ((1 << bits) - 1), int64(lane[i]) >> bits
            entered[r, rep, (int64(hours[i]) - first_hour) // hours_per_week, stage] += 1


@kernel
def enter(n: int, stage: int, ids: Integers, lane: Words, response: Floats, numbers: Integers, factors: Floats) -> None:
    """Move n items into a stage, with the response of their lane to the rate of the next step."""
    for i in range(n):
        item = uint64(ids[i])
        numbers[item, STAGE] = stage
        factors[item, RESPONSE] = response[uint64(lane[i])]


@kernel
def lag_fixed(n: int, hours: float, lag: Floats) -> None:
    """Fill n lags with a fixed one, in hours."""
    for i in range(n):
        lag[i] = hours


@kernel
def lag_lognormal(n: int, median: float, sigma: float, own: Words, lag: Floats) -> None:
    """Fill n log-normal lags, in hours that are not rounded."""
    for i in range(n):
        lag[i] = median * exp(sigma * normal(own[i]))


@kernel
def lag_gamma(n: int, mean: float, table: Floats, own: Words, lag: Floats) -> None:
    """Fill n gamma lags, in hours that are not rounded."""
    for i in range(n):
        lag[i] = mean * gamma_quantile(table, normal(own[i]))


@kernel
def lag_listed(n: int, thresholds: Longs, listed: Longs, own: Words, lag: Floats) -> None:
    """Fill n lags from a table, in hours."""
    for i in range(n):
        lag[i] = float(listed[pick(own[i], thresholds)])


@kernel
def stretch_lags(n: int, lane: Words, stretch: Floats, lag: Floats) -> None:
    """Multiply n lags by the response of their lane."""
    for i in range(n):
        lag[i] *= stretch[uint64(lane[i])]


@kernel
def wait(
    n: int, least: int, last: int, end_hour: int, span: int, stage: int, mask: int, pull_end: int, ids: Integers,
    hours: Integers, lane: Words, lag: Floats, numbers: Integers, head: Integers, open_at_end: Longs, cut: Longs,
    listed: Integers,
) -> int:  # fmt: skip
    """Hold n items of a stage until they are due; return how many, moved to the front, are due at once.

    Parameters
    ----------
    least
        Hours: a wait is at least so long.
    last
        The last hour of the clock, at which due hours are cut; ``cut``: int64[1], how many.
    open_at_end
        int64[replications of the row]: counts those that are due at the end of the run or later.
    pull_end, listed
        int32: how many, and the items that are due at this hour or later, which may be pulled; 0: none are listed.
    """
    at_once = 0
    for i in range(n):
        item, hour = int64(ids[i]), int64(hours[i])
        due = hour + max(least, int64(min(np.floor(lag[i] + 0.5), FAR)))
        if due > last:
            cut[0] += 1
            due = last
        numbers[uint64(item), STAGE] = stage
        if due == hour and stage > 0:
            at = uint64(at_once)
            ids[at], hours[at], lane[at] = ids[i], hours[i], lane[i]
            at_once += 1
        else:
            numbers[uint64(item), DUE] = due
            if hour < end_hour <= due:
                open_at_end[int64(lane[i]) & mask] += 1
            put(head, bucket_of(due, span, head.shape[0]), stage, item, numbers)
            if 0 < pull_end <= due:
                listed[0] += 1
                listed[listed[0]] = item
    return at_once


@kernel
def list_open_items(
    first: int, last: int, rep: int, size: int, bits: int, last_hour: int, stage: Longs, due: Longs, pool_size: Longs,
    free: Integers, words: Words, numbers: Integers, factors: Floats, ids: Integers, n: int,
) -> int:  # fmt: skip
    """Put the items of a seat that are open at the start into the pool, for each replication, after n others.

    See `simcore.program.layout.OpenItems` for the first two and for ``stage`` and ``due``. Returns how many there are.
    """
    for r in range(size):
        lane = (rep << bits) + r
        for number in range(first, last):
            item = uint64(allocate(pool_size, free))
            words[item, ITEM_LANE] = uint32(lane)
            words[item, ITEM_C0] = uint32(((ITEM + OPEN_AT_START) << 24) | (number - first))
            words[item, ITEM_C1] = uint32(rep << 16)
            numbers[item, ORIGIN], numbers[item, GIVEN], numbers[item, STAGE] = -1, number, stage[number]
            numbers[item, DUE] = min(due[number], last_hour + 1)
            factors[item, RESPONSE], factors[item, WIN_FACTOR], factors[item, PRICE] = 1.0, 1.0, 1.0
            ids[uint64(n)] = int64(item)
            n += 1
    return n


@kernel
def list_stage(n: int, stage: int, ids: Integers, numbers: Integers, mine: Integers) -> int:
    """List those of n items that are in a stage; return how many."""
    m = 0
    for i in range(n):
        mine[uint64(m)] = ids[i]
        m += numbers[uint64(ids[i]), STAGE] == stage
    return m


@kernel
def hold_open_items(
    n: int, stage: int, last: int, end_hour: int, span: int, mask: int, ids: Integers, lane: Words, lag: Floats,
    numbers: Integers, head: Integers, open_at_end: Longs, open_items: Longs, open_now: Longs,
) -> int:  # fmt: skip
    """Hold n items that are open at the start in a stage until they are due; return how many lags are cut."""
    cut = 0
    for i in range(n):
        item = int64(ids[i])
        due = int64(numbers[uint64(item), DUE])
        if due < 0:
            due = int64(min(np.floor(lag[i] + 0.5), FAR))
        cut += due > last
        due = min(due, last)
        numbers[uint64(item), DUE] = due
        open_at_end[int64(lane[i]) & mask] += due >= end_hour
        open_items[uint64(lane[i])] += 1
        if open_now.shape[0] > 0:
            open_now[uint64(lane[i])] += 1
        put(head, bucket_of(due, span, head.shape[0]), stage, item, numbers)
    return cut


@kernel
def rates_after_run(
    n: int, step: int, bits: int, hours_per_week: int, sigma: float, in_market: bool, hours: Integers, lane: Words,
    last_rate: Floats, factor: Floats, number: int, flip: np.uint32, k0: np.uint32, k1: np.uint32, uncut: Floats,
) -> None:  # fmt: skip
    """Fill the rates of n items that are decided after the last simulated week.

    ``last_rate``: float64[lanes], of who sits in the seat at the end, without market and noise; ``factor``:
    float64[weeks, size], the market's, known as far as it is needed.
    """
    mask = (1 << bits) - 1
    for i in range(n):
        s, week = int64(lane[i]), int64(hours[i]) // hours_per_week
        rate = last_rate[s]
        if in_market:
            rate *= factor[week, s & mask]
        if sigma > 0.0:
            at = decision(WEEK_NOISE, 0, (step - 1) >> 2)
            word = words_at(at, place(s >> bits, week), number + (s & mask), flip, k0, k1)[(step - 1) & 3]
            rate *= exp(sigma * normal(word) - sigma * sigma * 0.5)
        uncut[i] = rate


@kernel
def arrival_keys(n: int, ids: Integers, words: Words, keys: Longs) -> None:
    """Fill the order of arrival of n items: open at the start, called, referred; then by address."""
    for i in range(n):
        item = uint64(ids[i])
        c0, c1 = int64(words[item, ITEM_C0]), int64(words[item, ITEM_C1])
        purpose, low = c0 >> 24, c0 & 0xFFFFFF
        if purpose == ITEM + OPEN_AT_START:
            keys[i] = low
        elif purpose == ITEM + REFERRED:
            keys[i] = (2 << KIND_BITS) | (c1 << 24) | low
        else:
            keys[i] = (1 << KIND_BITS) | ((c1 & 0xFFFF) << 24) | low
