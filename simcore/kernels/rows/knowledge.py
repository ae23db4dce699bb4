"""What is not known exactly, rates and the value of deals: every replication of a row has its own."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simcore.compiled.jit import int64, kernel
from simcore.kernels.rows.deals import FAR
from simcore.kernels.rows.words import Words
from simcore.numerics.elementary import exp, log
from simcore.numerics.gamma_beta import beta_shape, tail_quantile
from simcore.numerics.quantile_table import beta_quantile, gamma_quantile
from simcore.program.layout import FIXED, GAMMA, LOGNORMAL, Deals, Lags
from simcore.quantities.rates import LEAST_SIZE
from simcore.random.addresses import KNOWLEDGE, MARKET, REP_RATE, decision, place
from simcore.random.draws import normal, uniform32
from simcore.random.streams import words_at

Floats = NDArray[np.float64]
Integers = NDArray[np.int32]
Longs = NDArray[np.int64]


@kernel
def draw_from_table(
    item: int, size: int, table: Floats, number: int, flip: np.uint32, k0: np.uint32, k1: np.uint32, value: Floats
) -> None:
    """Draw a parameter of each replication of a row from a tabulated Beta distribution: float64[size or more].

    ``item``: the number of the parameter, see docs/randomness.md.
    """
    for r in range(size):
        word = words_at(decision(KNOWLEDGE, 0, item), place(0, 0), number + r, flip, k0, k1)[0]
        value[r] = beta_quantile(table, normal(word))


@kernel
def draw_logit_normal(
    item: int, size: int, centre: float, sigma: float, number: int, flip: np.uint32, k0: np.uint32, k1: np.uint32,
    value: Floats,
) -> None:  # fmt: skip
    """Draw a parameter of each replication of a row from a logit-normal distribution: float64[size or more]."""
    for r in range(size):
        word = words_at(decision(KNOWLEDGE, 0, item), place(0, 0), number + r, flip, k0, k1)[0]
        value[r] = 1.0 / (1.0 + exp(-(centre + sigma * normal(word))))


@kernel
def draw_log_normal(
    item: int, size: int, centre: float, sigma: float, number: int, flip: np.uint32, k0: np.uint32, k1: np.uint32,
    value: Floats,
) -> None:  # fmt: skip
    """Draw a parameter of each replication of a row from a log-normal distribution: float64[size or more]."""
    for r in range(size):
        word = words_at(decision(KNOWLEDGE, 0, item), place(0, 0), number + r, flip, k0, k1)[0]
        value[r] = exp(centre + sigma * normal(word))


@kernel
def price_lognormal_about(
    n: int, mask: int, mean: Floats, sigma: float, who: Words, words: Words, cents: Longs
) -> None:
    """Fill the values of n deals as `simcore.kernels.rows.deals.price_lognormal` does, each about its own mean.

    ``who``: uint32[n or more], of which the bits of ``mask`` say the replication; ``mean``: float64[size or more].
    """
    for i in range(n):
        value = mean[int64(who[i]) & mask] * exp(sigma * normal(words[i]) - sigma * sigma * 0.5)
        cents[i] = max(1, int64(np.floor(min(value, FAR) + 0.5)))


@kernel
def price_gamma_about(n: int, mask: int, mean: Floats, table: Floats, who: Words, words: Words, cents: Longs) -> None:
    """Do the same with a gamma distribution of mean 1."""
    for i in range(n):
        value = mean[int64(who[i]) & mask] * gamma_quantile(table, normal(words[i]))
        cents[i] = max(1, int64(np.floor(min(value, FAR) + 0.5)))


def price_about(law: Deals, n: int, who: Words, mask: int, means: Floats, words: Words, cents: Longs) -> None:
    """Fill the values of n deals whose mean is not known exactly, in plain Python."""
    if law.kind == GAMMA:
        price_gamma_about(n, mask, means, law.gamma_table, who, words, cents)
    else:
        price_lognormal_about(n, mask, means, float(law.sigma), who, words, cents)


@kernel
def begin_market_about(
    start: Floats, sd: Floats, size: int, number: int, flip: np.uint32, k0: np.uint32, k1: np.uint32, given: Words,
    state: Floats,
) -> None:  # fmt: skip
    """Do what `simcore.kernels.rows.conditions.begin_market` does, each replication about a start of its own."""
    for r in range(size):
        if r < given.shape[0]:
            word = given[r]
        else:
            word = words_at(decision(MARKET, 0, 0), place(0, 0), number + r, flip, k0, k1)[1]
        state[r] = start[r]
        if sd[r] > 0.0:
            state[r] += sd[r] * normal(word) - sd[r] * sd[r] * 0.5


@kernel
def extend_market_about(
    own: Floats, first: int, last: int, size: int, number: int, flip: np.uint32, k0: np.uint32, k1: np.uint32,
    given: Words, state: Floats, factor: Floats,
) -> None:  # fmt: skip
    """Do what `simcore.kernels.rows.conditions.extend_market` does, each replication with a swing of its own.

    ``own``: float64[7, size], see `simcore.program.layout.Market.drawn`.
    """
    for week in range(first, last):
        for r in range(size):
            if week < given.shape[1]:
                word = given[r, week]
            else:
                word = words_at(decision(MARKET, 0, 0), place(0, week), number + r, flip, k0, k1)[0]
            x = own[0, r] * state[r] + own[1 + min(week, 1), r] * normal(word) - own[3, r]
            state[r] = x
            factor[week, r] = exp(x - own[4, r])


@kernel
def wait_after(n: int, lag: Floats, now: Integers, due: Longs) -> None:
    """Fill the due hours of n items after their lags, in hours that are not rounded."""
    for i in range(n):
        due[i] = int64(now[i]) + int64(min(np.floor(lag[i] + 0.5), FAR))


@kernel
def lag_fixed_about(n: int, hours: Floats, mask: int, lane: Words, lag: Floats) -> None:
    """Fill n lags in hours that are fixed in each replication: the bits of ``mask`` of ``lane``."""
    for i in range(n):
        lag[i] = hours[int64(lane[i]) & mask]


@kernel
def lag_lognormal_about(n: int, median: Floats, sigma: Floats, mask: int, lane: Words, own: Words, lag: Floats) -> None:
    """Fill n log-normal lags, each about that of its replication, in hours that are not rounded."""
    for i in range(n):
        r = int64(lane[i]) & mask
        lag[i] = median[r] * exp(sigma[r] * normal(own[i]))


@kernel
def lag_gamma_about(n: int, mean: Floats, table: Floats, mask: int, lane: Words, own: Words, lag: Floats) -> None:
    """Do the same with gamma lags."""
    for i in range(n):
        lag[i] = mean[int64(lane[i]) & mask] * gamma_quantile(table, normal(own[i]))


def longest_drawn(lags: Lags, law: int) -> float:
    """Return the longest lag in hours that any row of the draws has, that of the largest word, and a little more."""
    at = int(lags.drawn[law])
    largest = np.full(len(lags.scales[at]), 0xFFFFFFFF, np.uint32)
    lag = np.empty(len(largest))
    fill_drawn(
        lags, law, np.arange(len(largest)), -1, len(largest), np.arange(len(largest), dtype=np.uint32), largest, lag
    )
    return float(lag.max())


def fill_drawn(
    lags: Lags, law: int, rows: Longs, mask: int, n: int, lane: Words, own: Words | None, lag: Floats
) -> None:
    """Fill n lags of an entry of `Lags` that every replication has of its own, in hours; plain Python.

    ``rows``: the row of each replication; the bits of ``mask`` of ``lane`` say which of them an item belongs to.
    """
    at, kind = int(lags.drawn[law]), lags.kind[law]
    scale, sigma = lags.scales[at][rows], lags.sigmas[at][rows]
    if kind == FIXED or own is None:
        lag_fixed_about(n, scale, mask, lane, lag)
    elif kind == LOGNORMAL:
        lag_lognormal_about(n, scale, sigma, mask, lane, own, lag)
    else:
        lag_gamma_about(n, scale, lags.gamma_tables[lags.table[law]], mask, lane, own, lag)


@kernel
def fill_means(weeks: int, size: int, mean: Floats, rate: Floats) -> None:
    """Fill float64[weeks, size or more] with the rate of each replication: float64[size or more]."""
    for week in range(weeks):
        for r in range(size):
            rate[week, r] = mean[r]


@kernel
def beta_about(mean: float, cv: float, word: np.uint32) -> float:
    """Return the quantile, at a word, of the Beta distribution with a mean and a cv that is cut where it has none.

    Its parameters are ``mean * n`` and ``(1 - mean) * n``, ``n = (1 - mean) / (mean * cv^2) - 1`` but at least
    `LEAST_SIZE`; the quantile is found by Newton's method, since every replication has a distribution of its own.

    Examples
    --------
    >>> from simcore.compiled.jit import uint32
    >>> round(beta_about(0.5, 3**-0.5, uint32(2**30)), 6), beta_about(1.0, 0.2, uint32(7))
    (0.25, 1.0)
    """
    if mean <= 0.0 or mean >= 1.0:
        return mean
    n = max((1.0 - mean) / (mean * cv * cv) - 1.0, LEAST_SIZE)
    a, b = mean * n, (1.0 - mean) * n
    u = uniform32(word)
    lower = u <= 0.5
    s = tail_quantile(beta_shape(a, b), u if lower else 1.0 - u, lower, 0.0)
    return 1.0 / (1.0 + exp(-(s + log(a / b))))


@kernel
def fill_rates_about(
    step: int, weeks: int, size: int, rep: int, mean: Floats, cv: float, person: Integers, given: Words,
    number: int, flip: np.uint32, k0: np.uint32, k1: np.uint32, rate: Floats,
) -> None:  # fmt: skip
    """Fill the own rate at a step of who sits in a seat in each week, about the mean of the replication.

    As `simcore.kernels.rows.conditions.fill_own_rates`, with a mean of each replication, float64[size or more], which
    is the rate while the seat is vacant.
    """
    for r in range(size):
        before, own = -2, mean[r]
        for week in range(weeks):
            now = int64(person[week, r])
            if now != before:
                before, own = now, mean[r]
                if now == 0 and given.shape[0] > 0:
                    own = beta_about(mean[r], cv, given[r, rep, step])
                elif now >= 0:
                    at = decision(REP_RATE, 0, (step - 1) >> 2)
                    word = words_at(at, place(rep, now), number + r, flip, k0, k1)[(step - 1) & 3]
                    own = beta_about(mean[r], cv, word)
            rate[week, r] = own
