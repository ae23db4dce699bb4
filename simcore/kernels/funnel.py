"""Steps 2 and later: items wait until they are due, are decided, and in the end become deals."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simcore.compiled.jit import inlined, int64, kernel, uint32
from simcore.kernels.workspace import C0, C1, DUE, NOW, Items, MarketPath, Seat, SeatIndex, Stride
from simcore.kernels.world import rate_after_run
from simcore.numerics.elementary import exp
from simcore.numerics.quantile_table import gamma_quantile
from simcore.program.layout import FIXED, GAMMA, LOGNORMAL, TABLE, Clock, Deals, Lags, Market, OpenItems, Rates
from simcore.random.addresses import ITEM, LAG, LAG_LATE, MAX_WEEKS, VALUE, Stream
from simcore.random.draws import normal, pick
from simcore.random.streams import fill_words, words_at

MAX_CENTS = 1 << 40
"""A deal is cut here, and counted."""
FAR = 1e15
"""Hours beyond the clock that an integer still holds."""


@inlined
def item_word(stream: Stream, purpose: int, words: NDArray[np.uint32], item: int, number: int) -> np.uint32:
    """Return one word of an item's block for a purpose; the items open at the start have their own purposes."""
    return words_at(stream, other_purpose(words[C0, item], purpose), words[C1, item])[number]


@inlined
def other_purpose(c0: np.uint32, purpose: int) -> np.uint32:
    """Return an item's address for another purpose than ITEM."""
    return uint32(c0 + uint32((purpose - ITEM) << 24))


@kernel
def draw_aside(stream: Stream, purpose: int, items: Items, n: int) -> None:
    """Draw the blocks of the n items alive for a purpose into ``items.aside``, in their order."""
    words, aside, alive = items.words, items.aside, items.alive
    for i in range(n):
        aside[C0, i] = other_purpose(words[C0, alive[i]], purpose)
        aside[C1, i] = words[C1, alive[i]]
    fill_words(stream, aside[C0][:n], aside[C1][:n], aside[2], aside[3], aside[4], aside[5])


@inlined
def lag_hours(lags: Lags, word: np.uint32, step: int, stretch: float) -> int:
    """Return the lag of a step in hours at a word, stretched."""
    kind, scale = lags.kind[step], lags.scale[step]
    if kind == LOGNORMAL:
        hours = scale * exp(lags.sigma[step] * normal(word))
    elif kind == GAMMA:
        hours = scale * gamma_quantile(lags.gamma_tables[lags.table[step]], normal(word))
    elif kind == TABLE:
        at = lags.table[step]
        hours = float(lags.hours[at + pick(word, lags.thresholds[at:])])
    else:
        hours = scale
    return int64(min(np.floor(hours * stretch + 0.5), FAR))


@inlined
def last_hour(clock: Clock) -> int:
    """Return the last hour of the clock."""
    return MAX_WEEKS * clock.hours_per_week - 1


@kernel
def fill_dues(
    clock: Clock,
    lags: Lags,
    start: OpenItems,
    stream: Stream,
    index: SeatIndex,
    starters: int,
    step: int,
    items: Items,
    n: int,
) -> int:
    """Fill the hours in which the n items alive, of stage ``step - 1``, come up at a step, cut at the end of the clock.

    Returns how many were cut.
    """
    alive, now, due, last = items.alive, items.hours[NOW], items.hours[DUE], last_hour(clock)
    drawn = lags.lagged[step] and lags.kind[step] != FIXED
    if drawn:
        draw_aside(stream, LAG if step <= 4 else LAG_LATE, items, n)
    lag_words = items.aside[2 + (step - 1 if step <= 4 else step - 5)]
    lag = int64(min(lags.scale[step], FAR))
    cut = 0
    for i in range(n):
        item = alive[i]
        if drawn:
            lag = lag_hours(lags, lag_words[i], step, 1.0)
        hour = now[item] + lag
        if item < starters:
            number = start.first[index.rep] + item
            if start.stage[number] >= step:
                hour = now[item]
            elif start.stage[number] == step - 1 and start.due[number] >= 0:
                hour = start.due[number]
        if hour > last:
            hour = last
            cut += 1
        due[item] = hour
    return cut


@kernel
def hold_bookings(items: Items, starters: int, end_hour: int, n: int) -> int:
    """Let bookings enter stage 1 when their lag is over; return how many wait at the end of the run."""
    now, due = items.hours[NOW], items.hours[DUE]
    waiting = 0
    for item in range(starters, n):
        waiting += due[item] >= end_hour
        now[item] = due[item]
    return waiting


@kernel
def decide_at_once(limit: int, words: NDArray[np.uint32], alive: NDArray[np.int32], n: int) -> int:
    """Decide a step with no lag and one rate for the seat: an integer compare an item; return how many are left."""
    kept = 0
    for i in range(n):
        item = alive[i]
        alive[kept] = item
        kept += int64(words[item]) < limit
    return kept


@inlined
def rate_at(
    market: Market, rates: Rates, stream: Stream, rep: int, step: int, week: int, seat: Seat, path: MarketPath
) -> float:
    """Return the rate of a step in any week, from the table where the week is simulated."""
    if week < seat.rate.shape[1]:
        return seat.rate[step, week]
    return rate_after_run(market, rates, stream, rep, step, week, seat, path)


@inlined
def value_of(
    deals: Deals,
    start: OpenItems,
    stream: Stream,
    index: SeatIndex,
    stride: Stride,
    words: NDArray[np.uint32],
    item: int,
) -> int:
    """Return the value of a deal in cents, at least 1, not yet cut at the top."""
    if item < stride.starters and start.value[start.first[index.rep] + item] >= 0:
        return start.value[start.first[index.rep] + item]
    if deals.kind == FIXED:
        return int64(deals.scale)
    return drawn_value(deals, item_word(stream, VALUE, words, item, 0))


@inlined
def drawn_value(deals: Deals, word: np.uint32) -> int:
    """Return the value of a deal in cents at a word, where it is not fixed; at least 1, not yet cut at the top."""
    if deals.kind == LOGNORMAL:
        value = deals.scale * exp(deals.sigma * normal(word) - deals.sigma * deals.sigma * 0.5)
    elif deals.kind == GAMMA:
        value = deals.scale * gamma_quantile(deals.gamma_table, normal(word))
    else:
        return deals.values[pick(word, deals.thresholds)]
    return max(1, int64(np.floor(min(value, FAR) + 0.5)))
