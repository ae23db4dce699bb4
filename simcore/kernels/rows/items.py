"""Steps 2 and later of a row: its items wait until they are due, are decided, and in the end become deals."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simcore.compiled.jit import int64, kernel, uint32, uint64
from simcore.kernels.rows.deals import FAR
from simcore.kernels.rows.words import Words
from simcore.numerics.elementary import exp, log
from simcore.numerics.quantile_table import gamma_quantile
from simcore.random.addresses import ITEM, OPEN_AT_START, decision, place
from simcore.random.draws import normal, pick, threshold

CELL_SHIFT = np.uint32(17)
"""Bits of a word that a table of hours leaves out, see `simcore.kernels.rows.waits.hour_table`."""

Floats = NDArray[np.float64]
Integers = NDArray[np.int32]
Longs = NDArray[np.int64]


@kernel
def list_open_items(
    rep: int, size: int, first: int, last: int, stage: Longs, c0: Words, c1: Words, who: Words, began: Integers,
    origin: Integers, now: Integers,
) -> int:  # fmt: skip
    """List the items of a seat that are open at the start, replication by replication; return how many.

    ``first``, ``last``, ``stage``: see `simcore.program.layout.OpenItems`; ``began``: int32, by item, the stage that it
    was in; ``origin``: -1, as its call was not simulated; ``now``: hour 0.
    """
    n = 0
    for r in range(size):
        for number in range(first, last):
            c0[n] = decision(ITEM + OPEN_AT_START, 0, number - first)
            c1[n] = place(rep, 0)
            who[n] = uint32(r)
            began[n] = stage[number]
            origin[n] = -1
            now[n] = 0
            n += 1
    return n


@kernel
def keep_words(m: int, keep: Integers, columns: int, words: Words) -> None:
    """Move the m items ``keep`` to the front of some rows of uint32[rows, n or more]: those whose bit is set."""
    for row in range(words.shape[0]):
        if (columns >> row) & 1:
            for j in range(m):
                words[row, j] = words[row, uint64(keep[j])]


@kernel
def keep_hours(m: int, keep: Integers, columns: int, hours: Integers) -> None:
    """Move the m items ``keep`` to the front of some rows of int32[rows, n or more]: those whose bit is set."""
    for row in range(hours.shape[0]):
        if (columns >> row) & 1:
            for j in range(m):
                hours[row, j] = hours[row, uint64(keep[j])]


@kernel
def wait_fixed(n: int, lag: int, now: Integers, due: Longs) -> None:
    """Fill the due hours of n items after a fixed lag."""
    for i in range(n):
        due[i] = int64(now[i]) + lag


@kernel
def wait_lognormal(n: int, median: float, sigma: float, words: Words, now: Integers, due: Longs) -> None:
    """Fill the due hours of n items after log-normal lags."""
    for i in range(n):
        hours = median * exp(sigma * normal(words[i]))
        due[i] = int64(now[i]) + int64(min(np.floor(hours + 0.5), FAR))


@kernel
def wait_gamma(n: int, mean: float, table: Floats, words: Words, now: Integers, due: Longs) -> None:
    """Fill the due hours of n items after gamma lags."""
    for i in range(n):
        hours = mean * gamma_quantile(table, normal(words[i]))
        due[i] = int64(now[i]) + int64(min(np.floor(hours + 0.5), FAR))


@kernel
def wait_tabulated(n: int, table: NDArray[np.int16], words: Words, now: Integers, due: Longs, others: Integers) -> int:
    """Fill the due hours of n items by a table of hours; list those that it does not have, and return how many.

    ``table``: see `simcore.kernels.rows.waits.hour_table`; ``others``: int32[n + 1 or more].
    """
    m = 0
    for i in range(n):
        due[i] = int64(now[i]) + int64(table[uint64(words[i] >> CELL_SHIFT)])
    for i in range(n):
        others[uint64(m)] = i
        m += due[i] < now[i]
    return m


@kernel
def wait_listed(n: int, thresholds: Longs, hours: Longs, words: Words, now: Integers, due: Longs) -> None:
    """Fill the due hours of n items after lags from a table."""
    for i in range(n):
        due[i] = int64(now[i]) + hours[pick(words[i], thresholds)]


@kernel
def wait_as_lost(n: int, lost: Integers, other: Longs, due: Longs) -> None:
    """Set the due hours of those of n items that are lost to what they are by a law of their own."""
    for i in range(n):
        due[i] = other[i] if lost[i] else due[i]


@kernel
def wait_as_given(
    n: int, step: int, first: int, given: Longs, c0: Words, began: Integers, now: Integers, due: Longs
) -> None:
    """Set the due hours of the items that were open at the start in stage ``step - 1`` with one given, or come later.

    ``first``, ``given``: of the seat, see `simcore.program.layout.OpenItems`.
    """
    for i in range(n):
        if began[i] >= step:
            due[i] = now[i]
        elif began[i] > 0 and began[i] == step - 1:
            hour = given[first + int64(c0[i] & uint32(0xFFFF))]
            if hour >= 0:
                due[i] = hour


@kernel
def cut_dues(n: int, last: int, due: Longs, until: Integers) -> int:
    """Cut due hours at the last hour of the clock; return how many were cut."""
    cut = 0
    for i in range(n):
        cut += due[i] > last
        until[i] = min(due[i], last)
    return cut


@kernel
def count_open(
    n: int, step: int, end_hour: int, who: Words, began: Integers, now: Integers, until: Integers, open_at_end: Longs
) -> None:
    """Count the items that entered stage ``step - 1`` before the end and are due at the end or later.

    ``open_at_end``: int64[size or more].
    """
    for i in range(n):
        if began[i] < step and now[i] < end_hour <= until[i]:
            open_at_end[uint64(who[i])] += 1


@kernel
def weeks_of(n: int, hours_per_week: int, until: Integers, week: Integers, simulated_weeks: int, late: Integers) -> int:
    """Fill the weeks in which n items are due, and list those after the last simulated week; return how many."""
    m = 0
    # Exact: a quotient of hours of the clock is never so near to a whole number from below.
    share = 1.0 / float(hours_per_week)
    for i in range(n):
        week[i] = int64((float(until[i]) + 0.5) * share)
    for i in range(n):
        late[uint64(m)] = i
        m += week[i] >= simulated_weeks
    return m


@kernel
def rates_of_seats(n: int, rate: Floats, who: Words, own: Floats) -> None:
    """Fill the rates of n items where a seat has one rate in all weeks: float64[weeks, size or more], the first."""
    for i in range(n):
        own[i] = rate[0, uint64(who[i])]


@kernel
def rates_of_weeks(n: int, simulated_weeks: int, rate: Floats, week: Integers, who: Words, own: Floats) -> None:
    """Fill the rates of n items in the weeks in which they are due."""
    last = simulated_weeks - 1
    for i in range(n):
        own[i] = rate[uint64(min(int64(week[i]), last)), uint64(who[i])]


@kernel
def pass_at_limit(n: int, limit: int, words: Words, keep: Integers) -> int:
    """List the items that pass a step at a threshold of all; return how many."""
    m = 0
    for i in range(n):
        keep[uint64(m)] = i
        m += int64(words[i]) < limit
    return m


@kernel
def pass_at_rates(n: int, step: int, words: Words, own: Floats, began: Integers, keep: Integers, clipped: Longs) -> int:
    """List the items that pass a step at their rates, and those that it does not concern; return how many.

    ``clipped``: int64[S + 3], counts the rates above 1.
    """
    m, cut = 0, 0
    for i in range(n):
        concerned = began[i] < step
        cut += concerned and own[i] > 1.0
        keep[uint64(m)] = i
        m += (not concerned) or int64(words[i]) < threshold(min(own[i], 1.0))
    clipped[step] += cut
    return m


@kernel
def pass_tilted(
    n: int, step: int, rep: int, words: Words, own: Floats, began: Integers, week: Integers, who: Words, tilt: Floats,
    tilt_weeks: Longs, log_weight: Floats, keep: Integers, clipped: Longs,
) -> int:  # fmt: skip
    """Do the same at tilted rates; the logarithm of the likelihood ratio is added to float64[size, reps]."""
    m, cut = 0, 0
    for i in range(n):
        keep[uint64(m)] = i
        if began[i] >= step:
            m += 1
            continue
        cut += own[i] > 1.0
        rate = min(own[i], 1.0)
        if tilt_weeks[0] <= week[i] < tilt_weeks[1]:
            tilted = rate * tilt[step]
            yes = int64(words[i]) < threshold(tilted)
            log_weight[uint64(who[i]), rep] += -log(tilt[step]) if yes else log((1.0 - rate) / (1.0 - tilted))
        else:
            yes = int64(words[i]) < threshold(rate)
        m += yes
    clipped[step] += cut
    return m


@kernel
def keep_late(
    n: int, passed: int, after: int, now: Integers, began: Integers, keep: Integers, joined: Integers, lost: Integers
) -> int:
    """Join the ``passed`` items of ``keep`` with those that may be open at the end, in order; return how many.

    ``after``: an item that entered its stage before this hour is due before the end, however long it waits.
    ``joined``: int32, filled with the list; ``lost``: int32, filled with whether each of it does not pass.
    """
    m, j = 0, 0
    for i in range(n):
        passes = j < passed and keep[j] == i
        j += passes
        joined[uint64(m)] = i
        lost[uint64(m)] = not passes
        m += passes or now[i] >= after or began[i] > 0
    return m


@kernel
def drop_lost(n: int, lost: Integers, keep: Integers) -> int:
    """List the items that are not lost; return how many."""
    m = 0
    for i in range(n):
        keep[uint64(m)] = i
        m += lost[i] == 0
    return m


@kernel
def arrive(n: int, step: int, began: Integers, until: Integers, now: Integers) -> None:
    """Let n items enter the stage after a step in the hours in which they are due."""
    for i in range(n):
        if began[i] < step:
            now[i] = until[i]


@kernel
def count_entries(
    n: int, stage: int, first_hour: int, end_hour: int, who: Words, began: Integers, now: Integers, entered: Longs
) -> None:
    """Count the entries of n items into a stage in counted weeks: int64[size or more]."""
    for i in range(n):
        if began[i] < stage and first_hour <= now[i] < end_hour:
            entered[uint64(who[i])] += 1


@kernel
def detail_entries(
    n: int, stage: int, rep: int, first_hour: int, end_hour: int, hours_per_week: int, who: Words, began: Integers,
    now: Integers, entered: Longs,
) -> None:  # fmt: skip
    """Count the same by week: int64[size, reps, counted weeks, S + 1]."""
    for i in range(n):
        if began[i] < stage and first_hour <= now[i] < end_hour:
            entered[uint64(who[i]), rep, (int64(now[i]) - first_hour) // hours_per_week, stage] += 1
