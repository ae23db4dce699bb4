"""Items of all lanes that come up: they are decided, enter the next stage, and wait there."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simcore.compiled.jit import int64, kernel, uint32, uint64
from simcore.kernels.reacting.state import (
    C0,
    C1,
    CARD_C0,
    CARD_HOUR,
    CARD_LANE,
    CARD_STEP_2,
    GIVEN,
    HOUR,
    LANE,
    ORIGIN,
    STEP_2,
)
from simcore.kernels.rows.deals import FAR
from simcore.kernels.rows.items import CELL_SHIFT
from simcore.numerics.elementary import exp, log
from simcore.numerics.quantile_table import gamma_quantile
from simcore.random.addresses import FLOWN_IN, ITEM, OPEN_AT_START, REFERRED, WEEK_NOISE, decision, place
from simcore.random.draws import normal, pick, threshold
from simcore.random.streams import words_at

Floats = NDArray[np.float64]
Integers = NDArray[np.int32]
Longs = NDArray[np.int64]
Words = NDArray[np.uint32]

KIND_BITS = 60
"""The order of arrival: 0 open at the start, 1 called, 2 come without a call, 3 referred, above these bits."""


@kernel
def book_calls(
    n: int, week: int, first_hour: int, bits: int, here: Integers, cards: Words, words: Words, hours: Integers,
    response: Floats, open_items: Longs,
) -> int:  # fmt: skip
    """Turn n candidates into items; return the most open items of a seat.

    ``first_hour``: of the week; ``open_items``: int64[lanes].
    """
    most = 0
    for i in range(n):
        at = uint64(here[i])
        lane = cards[at, CARD_LANE]
        words[LANE, i], words[C0, i] = lane, cards[at, CARD_C0]
        words[C1, i] = uint32(((int64(lane) >> bits) << 16) | week)
        hours[HOUR, i] = first_hour + int64(cards[at, CARD_HOUR])
        hours[ORIGIN, i] = hours[HOUR, i]
        hours[GIVEN, i], response[i] = -1, 1.0
        open_items[uint64(lane)] += 1
        most = max(most, open_items[uint64(lane)])
        for k in range(3):
            words[STEP_2 + k, i] = cards[at, CARD_STEP_2 + k]
    return most


@kernel
def list_open_items(
    n: int, first: int, last: int, rep: int, size: int, bits: int, stage: int, stages: Longs, words: Words,
    hours: Integers, response: Floats, open_items: Longs,
) -> int:  # fmt: skip
    """List the items of a seat that are open at the start in a stage, for each replication, after n others.

    ``first``, ``last``, ``stages``: see `simcore.program.layout.OpenItems`. Returns how many there are.
    """
    for r in range(size):
        lane = (rep << bits) + r
        for number in range(first, last):
            if stages[number] == stage:
                i = uint64(n)
                words[LANE, i] = uint32(lane)
                words[C0, i] = uint32(((ITEM + OPEN_AT_START) << 24) | (number - first))
                words[C1, i] = uint32(rep << 16)
                hours[HOUR, i], hours[ORIGIN, i], hours[GIVEN, i], response[i] = 0, -1, number, 1.0
                open_items[lane] += 1
                n += 1
    return n


@kernel
def lag_as_given(n: int, given: Longs, number: Integers, lag: Floats) -> None:
    """Set the lags of items that were open at the start to their due hours, where they are given; see `OpenItems`."""
    for i in range(n):
        due = given[uint64(number[i])]
        if due >= 0:
            lag[i] = float(due)


@kernel
def find_replications(n: int, mask: int, lane: Words, who: Words) -> None:
    """Fill the replications in the row that n items belong to."""
    for i in range(n):
        who[i] = uint32(int64(lane[i]) & mask)


@kernel
def fill_ones(n: int, values: Floats) -> None:
    """Fill n values with 1."""
    for i in range(n):
        values[i] = 1.0


@kernel
def uncut_rates(n: int, lane: Words, rate: Floats, uncut: Floats) -> None:
    """Fill the rates of n items from those of the lanes in this week."""
    for i in range(n):
        uncut[i] = rate[uint64(lane[i])]


@kernel
def rates_after_run(
    n: int, step: int, bits: int, hours_per_week: int, sigma: float, in_market: bool, hours: Integers, lane: Words,
    last_rate: Floats, factor: Floats, season: Floats, number: int, flip: np.uint32, k0: np.uint32, k1: np.uint32,
    uncut: Floats,
) -> None:  # fmt: skip
    """Fill the rates of n items that are decided after the last simulated week.

    ``last_rate``: float64[lanes], of who sits in the seat at the end, without market, season and noise;
    ``factor``: float64[weeks, size], the market's, known as far as it is needed; ``season``: float64[weeks], its
    factors, or empty.
    """
    mask = (1 << bits) - 1
    for i in range(n):
        s, week = int64(lane[i]), int64(hours[i]) // hours_per_week
        rate = last_rate[s]
        if in_market:
            rate *= factor[week, s & mask]
        if season.shape[0] > 0:
            rate *= season[week]
        if sigma > 0.0:
            at = decision(WEEK_NOISE, 0, (step - 1) >> 2)
            word = words_at(at, place(s >> bits, week), number + (s & mask), flip, k0, k1)[(step - 1) & 3]
            rate *= exp(sigma * normal(word) - sigma * sigma * 0.5)
        uncut[i] = rate


@kernel
def apply_responses(n: int, lane: Words, habit: Floats, response: Floats, rate: Floats) -> None:
    """Multiply the rates of n items by what habits and reactions make of them."""
    for i in range(n):
        rate[i] = rate[i] * habit[uint64(lane[i])] * response[i]


@kernel
def multiply(n: int, factor: Floats, rate: Floats) -> None:
    """Multiply the rates of n items by what pulls make of them."""
    for i in range(n):
        rate[i] *= factor[i]


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
def tell_lost(n: int, passed: Integers, response: Floats) -> None:
    """Mark those of n items that will not pass by the sign of their response, which a pull still needs."""
    for i in range(n):
        response[i] = np.copysign(response[i], 1.0 if passed[i] else -1.0)


@kernel
def recall_lost(n: int, response: Floats, passed: Integers) -> None:
    """Fill which of n items pass, by the mark of `tell_lost`."""
    for i in range(n):
        passed[i] = np.copysign(1.0, response[i]) > 0.0


@kernel
def lag_as_lost(n: int, response: Floats, other: Floats, lag: Floats) -> None:
    """Set the lags of those of n items that will not pass, by the mark of `tell_lost`."""
    for i in range(n):
        if np.copysign(1.0, response[i]) < 0.0:
            lag[i] = other[i]


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
def list_passed(n: int, passed: Integers, lane: Words, open_items: Longs, keep: Integers) -> int:
    """List the items that pass, and let the seats forget the others; return how many pass."""
    m = 0
    for i in range(n):
        keep[uint64(m)] = i
        m += passed[i]
        open_items[uint64(lane[i])] -= 1 - passed[i]
    return m


@kernel
def list_lost(n: int, least: int, passed: Integers, own: Words, lost: Integers) -> int:
    """List those of n items that do not pass, and whose word is at least ``least``; return how many."""
    m = 0
    for i in range(n):
        lost[uint64(m)] = i
        m += passed[i] == 0 and int64(own[i]) >= least
    return m


@kernel
def keep_words(m: int, keep: Integers, rows: int, words: Words) -> None:
    """Move the m items ``keep`` to the front of the first rows of uint32[rows, n or more]."""
    for row in range(rows):
        for j in range(m):
            words[row, j] = words[row, uint64(keep[j])]


@kernel
def keep_hours(m: int, keep: Integers, rows: int, hours: Integers) -> None:
    """Move the m items ``keep`` to the front of the first rows of int32[rows, n or more]."""
    for row in range(rows):
        for j in range(m):
            hours[row, j] = hours[row, uint64(keep[j])]


@kernel
def keep_floats(m: int, keep: Integers, rows: int, floats: Floats) -> None:
    """Move the m items ``keep`` to the front of the first rows of float64[rows, n or more]."""
    for row in range(rows):
        for j in range(m):
            floats[row, j] = floats[row, uint64(keep[j])]


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
def lag_tabulated(n: int, table: NDArray[np.int16], own: Words, lag: Floats, others: Integers) -> int:
    """Fill n lags in whole hours by a table of hours; list those that it does not have, and return how many.

    For the table see `simcore.kernels.rows.waits.hour_table`; ``others``: int32[n + 1 or more].
    """
    m = 0
    for i in range(n):
        lag[i] = float(table[uint64(own[i] >> CELL_SHIFT)])
    for i in range(n):
        others[uint64(m)] = i
        m += lag[i] < 0.0
    return m


@kernel
def stretch_lags(n: int, lane: Words, stretch: Floats, lag: Floats) -> None:
    """Multiply n lags by the response of their lane."""
    for i in range(n):
        lag[i] *= stretch[uint64(lane[i])]


@kernel
def fill_dues(
    n: int, least: int, last: int, end_hour: int, mask: int, hours: Integers, lane: Words, lag: Floats, due: Integers,
    open_at_end: Longs,
) -> int:  # fmt: skip
    """Fill the hours in which n items are due after their lags; return how many are cut at the end of the clock.

    Parameters
    ----------
    least
        Hours: a wait is at least so long.
    last
        The last hour of the clock.
    open_at_end
        int64[replications of the row]: counts those that are due at the end of the run or later.
    """
    cut = 0
    for i in range(n):
        hour = int64(hours[i])
        until = hour + max(least, int64(min(np.floor(lag[i] + 0.5), FAR)))
        cut += until > last
        due[i] = min(until, last)
    for i in range(n):
        if hours[i] < end_hour <= due[i]:
            open_at_end[int64(lane[i]) & mask] += 1
    return cut


@kernel
def list_waiting(n: int, hours: Integers, due: Integers, keep: Integers, waiting: Integers) -> int:
    """List the items that are due at once, ``keep``, and the others; return how many are due at once."""
    m, k = 0, 0
    for i in range(n):
        now = due[i] == hours[i]
        keep[uint64(m)], waiting[uint64(k)] = i, i
        m += now
        k += not now
    return m


@kernel
def arrival_keys(n: int, first: Words, second: Words, keys: Longs) -> None:
    """Fill the order of arrival of n items: open at the start, called, come without a call, referred; by address."""
    for i in range(n):
        c0, c1 = int64(first[i]), int64(second[i])
        purpose, low = c0 >> 24, c0 & 0xFFFFFF
        if purpose == ITEM + OPEN_AT_START:
            keys[i] = low
        elif purpose == ITEM + REFERRED:
            keys[i] = (3 << KIND_BITS) | (c1 << 24) | low
        else:
            kind = 1 + (purpose == ITEM + FLOWN_IN)
            keys[i] = (kind << KIND_BITS) | ((c1 & 0xFFFF) << 24) | low
