"""Steps 2 and later: items wait until they are due, are decided, and in the end become deals."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simcore.addresses import ITEM, ITEM_LATE, LAG, LAG_LATE, MAX_WEEKS, VALUE, Stream, decision
from simcore.draws import normal, pick
from simcore.elementary import exp
from simcore.jit import inlined, int64, kernel
from simcore.kernels.scratch import C0, C1, NOW, ORIGIN, STEP_WORDS, Items, MarketPath, Seat, Stride, Who
from simcore.kernels.world import rate_after_run
from simcore.philox import block
from simcore.program import FIXED, GAMMA, LOGNORMAL, Clock, Deals, Lags, Market, OpenItems, Rates
from simcore.quantile_table import gamma_quantile

MAX_CENTS = 1 << 40
"""A deal is cut here, and counted."""
_FAR = 1e15
"""Hours beyond the clock that an integer still holds."""
_ITEM_MASK = np.uint32(0xFFFF)


@inlined
def item_word(stream: Stream, purpose: int, words: NDArray[np.uint32], item: int, number: int) -> np.uint32:
    """Return one word of an item's block for a purpose; the item's own address tells whether it was open at the start."""
    c0 = words[C0, item]
    opened = int64(c0 >> np.uint32(24)) - ITEM
    where = decision(purpose + opened, 0, int64(c0 & _ITEM_MASK))
    return block(where, words[C1, item], stream.c2, stream.c3, stream.key)[number]


@inlined
def step_word(stream: Stream, words: NDArray[np.uint32], item: int, step: int) -> np.uint32:
    """Return the word that decides a step >= 2 for an item."""
    if step <= 4:
        return words[STEP_WORDS + step - 2, item]
    return item_word(stream, ITEM_LATE, words, item, step - 5)


@inlined
def lag_hours(lags: Lags, word: np.uint32, step: int) -> int:
    """Return the lag of a step in hours at a word."""
    kind, scale = lags.kind[step], lags.scale[step]
    if kind == FIXED:
        hours = scale
    elif kind == LOGNORMAL:
        hours = np.floor(scale * exp(lags.sigma[step] * normal(word)) + 0.5)
    elif kind == GAMMA:
        hours = np.floor(scale * gamma_quantile(lags.gamma_tables[lags.table[step]], normal(word)) + 0.5)
    else:
        at = lags.table[step]
        hours = float(lags.hours[at + pick(word, lags.thresholds[at:])])
    return int64(min(hours, _FAR))


@kernel
def lag_of_item(lags: Lags, stream: Stream, words: NDArray[np.uint32], item: int, step: int) -> int:
    """Return how many hours an item waits for a step."""
    early = step <= 4
    word = item_word(stream, LAG if early else LAG_LATE, words, item, step - 1 if early else step - 5)
    return lag_hours(lags, word, step)


@inlined
def due_hour(
    clock: Clock,
    lags: Lags,
    start: OpenItems,
    stream: Stream,
    who: Who,
    stride: Stride,
    items: Items,
    item: int,
    step: int,
) -> int:
    """Return the hour in which an item of stage ``step - 1`` comes up at a step, cut at the end of the clock."""
    due = items.hours[NOW, item]
    given = False
    if item < stride.starters:
        number = start.first[who.rep] + item
        if start.stage[number] == step - 1 and start.due[number] >= 0:
            due = start.due[number]
            given = True
    if lags.lagged[step] and not given:
        due += lag_of_item(lags, stream, items.words, item, step)
    return min(due, last_hour(clock))


@inlined
def last_hour(clock: Clock) -> int:
    """Return the last hour of the clock."""
    return MAX_WEEKS * clock.hours_per_week - 1


@kernel
def hold_bookings(clock: Clock, lags: Lags, stream: Stream, stride: Stride, items: Items, n: int) -> tuple[int, int]:
    """Step 1 after the call: bookings wait for their lag, then enter stage 1.

    Returns how many wait at the end of the run, and how many lags were cut at the end of the clock.
    """
    waiting, cut = 0, 0
    origin, now = items.hours[ORIGIN], items.hours[NOW]
    for item in range(stride.starters, n):
        due = min(origin[item] + lag_of_item(lags, stream, items.words, item, 1), last_hour(clock))
        waiting += due >= clock.end_hour
        cut += due == last_hour(clock)
        now[item] = due
    return waiting, cut


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
    who: Who,
    stride: Stride,
    words: NDArray[np.uint32],
    item: int,
) -> int:
    """Return the value of a deal in cents, at least 1, not yet cut at the top."""
    if item < stride.starters and start.value[start.first[who.rep] + item] >= 0:
        return start.value[start.first[who.rep] + item]
    if deals.kind == FIXED:
        return int64(deals.scale)
    word = item_word(stream, VALUE, words, item, 0)
    if deals.kind == LOGNORMAL:
        value = deals.scale * exp(deals.sigma * normal(word) - deals.sigma * deals.sigma * 0.5)
    elif deals.kind == GAMMA:
        value = deals.scale * gamma_quantile(deals.gamma_table, normal(word))
    else:
        return deals.values[pick(word, deals.thresholds)]
    return max(1, int64(np.floor(min(value, _FAR) + 0.5)))
