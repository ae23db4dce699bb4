"""The longest run of failures in a sequence of independent trials: exactly, by recursion.

Of trials 1 .. n with chances p_t, let A_t be the chance that none of the first t ends a run of x failures. A run of x
that ends at t for the first time follows a success at t - x and a beginning without such a run:

    A_t = A_(t-1) - A_(t-x-1) p_(t-x) f_(t-x+1) .. f_t,   A_t = 1 for t < x,   f = 1 - p

(Feller 1968, chapter XIII; Schilling 1990, "The longest run of heads"). What is subtracted looks x + 1 back, so x + 1
steps are one cumulated sum.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_NEVER = 1e-9
"""Chances below this count as 0."""


class LongestRun(NamedTuple):
    """The distribution of the longest run of failures."""

    mean: float
    at_least: Floats
    """float64[m]: the chance of a run of at least x, for x = 0 .. m - 1; beyond, it is below 1e-9."""

    def quantile(self, p: float) -> int:
        """Return the least length that is not exceeded with a chance of at least p."""
        return int(np.argmax(1.0 - np.append(self.at_least[1:], 0.0) >= p - 1e-12))


def longest_run(success: Floats) -> LongestRun:
    """Return the distribution of the longest run of failures.

    Parameters
    ----------
    success
        float64[n]: chance of each trial to succeed, in [0, 1].

    Examples
    --------
    Of two fair coins: none, one or two tails on end.

    >>> run = longest_run(np.array([0.5, 0.5]))
    >>> run.mean, run.at_least.tolist(), run.quantile(0.75)
    (1.0, [1.0, 0.75, 0.25], 1)
    """
    logs = np.concatenate([[0.0], np.cumsum(np.log1p(-np.minimum(success, 1.0 - 1e-16)))])
    chances = [1.0]
    for x in range(1, len(success) + 1):
        chances.append(_at_least(success, logs, x))
        if chances[-1] < _NEVER:
            chances.pop()
            break
    at_least = np.array(chances)
    return LongestRun(float(at_least[1:].sum()), at_least)


def at_least(success: Floats, x: int) -> float:
    """Return the chance that independent trials hold a run of at least x failures.

    Examples
    --------
    >>> at_least(np.full(3, 0.5), 2)
    0.375
    """
    logs = np.concatenate([[0.0], np.cumsum(np.log1p(-np.minimum(success, 1.0 - 1e-16)))])
    return _at_least(success, logs, x)


def _at_least(success: Floats, logs: Floats, x: int) -> float:
    n = len(success)
    if x <= 0:
        return 1.0
    if x > n:
        return 0.0
    runs = np.exp(logs[x:] - logs[:-x])
    # Whole blocks of x trials: if one of them is all but sure to be without a success, the chance is 1.
    if np.log1p(-np.minimum(runs[::x], 1.0 - 1e-16)).sum() < np.log(1e-17):
        return 1.0
    # Place t of `none` is A_t; `fall[t - x - 1]` is what A_t loses for each A_(t-x-1).
    none = np.ones(n + 1)
    none[x] = 1.0 - runs[0]
    fall = success[: n - x] * runs[1:]
    for start in range(x + 1, n + 1, x + 1):
        end = min(start + x + 1, n + 1)
        losses = none[start - x - 1 : end - x - 1] * fall[start - x - 1 : end - x - 1]
        none[start:end] = none[start - 1] - np.cumsum(losses)
    return float(min(max(1.0 - none[n], 0.0), 1.0))
