"""Steps 2 and later: items wait until they are due, are decided, and in the end become deals."""

from __future__ import annotations

import numpy as np

from simcore.compiled.jit import inlined, int64, uint32
from simcore.kernels.workspace import MarketPath, Seat
from simcore.kernels.world import rate_after_run
from simcore.numerics.elementary import exp
from simcore.numerics.quantile_table import gamma_quantile
from simcore.program.layout import GAMMA, LOGNORMAL, TABLE, Clock, Deals, Lags, Market, Rates
from simcore.random.addresses import ITEM, MAX_WEEKS, Stream
from simcore.random.draws import normal, pick

MAX_CENTS = 1 << 40
"""A deal is cut here, and counted."""
FAR = 1e15
"""Hours or cents beyond all that counts, which an integer still holds."""


@inlined
def other_purpose(c0: np.uint32, purpose: int) -> np.uint32:
    """Return an item's address for another purpose than ITEM."""
    return uint32(c0 + uint32((purpose - ITEM) << 24))


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


@inlined
def rate_at(
    market: Market, rates: Rates, stream: Stream, rep: int, step: int, week: int, seat: Seat, path: MarketPath
) -> float:
    """Return the rate of a step in any week, from the table where the week is simulated."""
    if week < seat.rate.shape[1]:
        return seat.rate[step, week]
    return rate_after_run(market, rates, stream, rep, step, week, seat, path)


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
