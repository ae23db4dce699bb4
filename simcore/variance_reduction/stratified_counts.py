"""Successes of step 1, sampled top-down: the total of all weeks first, then its split.

Where the rate never changes, the successes of a week are binomial and independent. The same law comes out from the top:
the total of a rep is binomial, and given it the successes of the first half are hypergeometric, and so on down to a
week. Then a few uniforms, those of the totals and of the first splits, carry most of the variance, and quasi-random
points or strata are well spent on them: what Moskowitz and Caflisch (1996) did for a Brownian path by its bridge.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]

LEAF_WEEKS = 13
"""Longest span, in weeks, that is split at random."""


def binomial_at(u: Floats, calls: int, rate: float) -> Counts:
    """Return the binomial quantiles of uniforms.

    Examples
    --------
    >>> binomial_at(np.array([0.1, 0.5, 0.9]), 26_000, 0.02).tolist()
    [491, 520, 549]
    """
    from scipy.special import bdtr  # noqa: PLC0415

    below: Floats = bdtr(np.arange(calls, dtype=np.float64), calls, rate)
    return np.searchsorted(below, u, side="left").astype(np.int64)


def split_at(u: Floats, total: Counts, left: int, right: int) -> Counts:
    """Return the successes that fall into the first part: hypergeometric quantiles of uniforms.

    Parameters
    ----------
    u
        float64[n].
    total
        int64[n]: successes among the ``left + right`` calls.
    left, right
        Calls of the two parts.

    Examples
    --------
    >>> split_at(np.array([0.01, 0.5, 0.99]), np.array([10, 10, 10]), 500, 500).tolist()
    [1, 5, 9]
    """
    from scipy.special import gammaln  # noqa: PLC0415

    result = np.empty(len(u), np.int64)
    for successes in np.unique(total):
        here = total == successes
        least, most = max(0, int(successes) - right), min(left, int(successes))
        k = np.arange(least, most + 1)
        logs = -(
            gammaln(k + 1.0)
            + gammaln(left - k + 1.0)
            + gammaln(successes - k + 1.0)
            + gammaln(right - successes + k + 1.0)
        )
        shares = np.exp(logs - logs.max())
        below = np.cumsum(shares) / shares.sum()
        result[here] = least + np.minimum(np.searchsorted(below, u[here], side="left"), most - least)
    return result


def spans(weeks: int) -> Iterator[tuple[int, int, int]]:
    """Yield the splits of a run, the widest first: first week, middle week, and the week after the last.

    Examples
    --------
    >>> list(spans(52))
    [(0, 26, 52), (0, 13, 26), (26, 39, 52)]
    """
    level = [(0, weeks)]
    while level:
        wide = [(first, (first + last) // 2, last) for first, last in level if last - first > LEAF_WEEKS]
        yield from wide
        level = [half for first, middle, last in wide for half in ((first, middle), (middle, last))]


def in_weeks(u: Floats, totals: Counts, calls: Counts, random: np.random.Generator) -> Counts:
    """Split totals of seats over their weeks.

    Parameters
    ----------
    u
        float64[n, d]: uniforms of the first d splits, in the order of `spans`; the others are drawn.
    totals
        int64[n].
    calls
        int64[weeks]: calls of each week, the same for all.

    Returns
    -------
    int64[n, weeks]

    Examples
    --------
    >>> weeks = in_weeks(np.array([[0.5], [0.99]]), np.array([520, 520]), np.full(52, 500), np.random.default_rng(1))
    >>> weeks.sum(axis=1).tolist(), weeks[:, :26].sum(axis=1).tolist()
    ([520, 520], [260, 286])
    """
    before = np.concatenate([[0], np.cumsum(calls)])
    held = {(0, len(calls)): totals}
    for index, (first, middle, last) in enumerate(spans(len(calls))):
        total = held.pop((first, last))
        left, right = int(before[middle] - before[first]), int(before[last] - before[middle])
        if index < u.shape[1]:
            part = split_at(u[:, index], total, left, right)
        else:
            part = random.hypergeometric(left, right, total)
        held[first, middle], held[middle, last] = part, total - part
    result = np.zeros((len(totals), len(calls)), np.int64)
    for (first, last), total in held.items():
        rest = total
        for week in range(first, last):
            after = int(before[last] - before[week + 1])
            result[:, week] = random.hypergeometric(int(calls[week]), after, rest)
            rest = rest - result[:, week]
    return result


def in_seats(total: Counts, seats: int, calls: int, random: np.random.Generator) -> Counts:
    """Split a team's totals over seats of ``calls`` calls each: int64[n, seats].

    Examples
    --------
    >>> in_seats(np.array([40]), 4, 500, np.random.default_rng(1)).sum(axis=1).tolist()
    [40]
    """
    result = np.zeros((len(total), seats), np.int64)
    rest = total
    for seat in range(seats):
        result[:, seat] = random.hypergeometric(calls, (seats - 1 - seat) * calls, rest)
        rest = rest - result[:, seat]
    return result
