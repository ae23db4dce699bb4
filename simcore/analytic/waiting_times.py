"""Exact distributions of waiting times: lags in whole hours, the remaining wait at an age, and the time until close.

The lag of a step is rounded to whole hours, h for h - 1/2 <= x < h + 1/2, so its distribution over hours follows from
that of x. Lags of one item are independent of each other, and of all decisions where winners and losers wait alike. So
the time until an item's deal closes is the sum of its lags, and the rest of a wait that has lasted a hours is the lag
given that it is at least a, minus a. Rounding of drawn words (2^-32) is ignored.

Where what is lost waits by a law of its own (`lost_lag`), the age of an item tells how it will end. With p the chance
to pass at entry, and W and L the chances that a winner and a loser wait at least a hours, an item of age a is open with
the chance p W + (1 - p) L, passes with the chance p W / (p W + (1 - p) L), and waits on by the mixture of both laws.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from simcore.quantities.lags import Lag
    from simcore.quantities.time import Calendar

Floats = NDArray[np.float64]


def lag_hours(lag: Lag | None, calendar: Calendar) -> Floats:
    """Return the distribution of a lag, float64[hours]: the chance of 0, 1, 2, ... working hours.

    It is truncated where less than 1e-9 is left, or after 2^18 hours (126 years of 40-hour weeks).

    Examples
    --------
    >>> from simcore.quantities.lags import TableLag
    >>> from simcore.quantities.time import Calendar
    >>> lag_hours(None, Calendar())
    array([1.])
    >>> lag_hours(TableLag(values=["0h", "3h"]), Calendar())
    array([0.5, 0. , 0. , 0.5])
    """
    return np.ones(1) if lag is None else lag.chances_by_hour(calendar)


def still_open(wait: Floats, age: int) -> float:
    """Return the chance that an item still waits at the beginning of the hour that is ``age`` hours after its arrival.

    Examples
    --------
    >>> still_open(np.array([0.25, 0.25, 0.5]), 1)
    0.75
    """
    return float(wait[age:].sum() / wait.sum())


def left_at(wait: Floats, age: int) -> Floats:
    """Return the distribution of the remaining hours of a wait that has lasted ``age`` hours: float64[hours].

    Entry 0 is the chance of a decision in the present hour.

    Raises
    ------
    ValueError
        If no wait is that long.

    Examples
    --------
    >>> left_at(np.array([0.25, 0.25, 0.5]), 1).round(3).tolist()
    [0.333, 0.667]
    """
    rest: Floats = wait[age:]
    if rest.sum() <= 0.0:
        raise ValueError(f"no wait is {age} hours long")
    shares: Floats = rest / rest.sum()
    return shares


class AtAge(NamedTuple):
    """What is known of an item that has waited so many hours for its step."""

    still_open: float
    """Share of items that are open at this age."""
    passes: float
    """The chance that it passes the step."""
    left: Floats
    """Distribution of the rest of its wait, float64[hours]."""
    left_if_passed: Floats
    """The same, of those that pass."""


def at_age(chance: float, won: Floats, lost: Floats | None, age: int) -> AtAge:
    """Return what is known of an item that has waited so many hours.

    Parameters
    ----------
    chance
        That an item passes, when it enters.
    won, lost
        Distributions of the wait of items that pass, and of those that do not; ``None``: all wait alike.
    age
        Hours.

    Raises
    ------
    ValueError
        If no wait is that long. If only those that pass have none, they are past it: none of the rest passes.

    Examples
    --------
    A loser waits until the second hour, a winner until the first:

    >>> found = at_age(0.5, np.array([0.0, 1.0]), np.array([0.0, 0.5, 0.5]), 1)
    >>> found.still_open, found.passes, found.left.tolist()
    (1.0, 0.5, [0.75, 0.25])
    >>> at_age(0.5, np.array([0.0, 1.0]), np.array([0.0, 0.5, 0.5]), 2).passes
    0.0
    """
    if lost is None:
        left = left_at(won, age)
        return AtAge(still_open(won, age), chance, left, left)
    mixed = np.zeros(max(len(won), len(lost)))
    mixed[: len(won)] += chance * won / won.sum()
    mixed[: len(lost)] += (1.0 - chance) * lost / lost.sum()
    left, reached = left_at(mixed, age), still_open(won, age)
    share = chance * reached / float(mixed[age:].sum())
    return AtAge(still_open(mixed, age), share, left, left_at(won, age) if reached > 0.0 else np.ones(1))


def summed(waits: list[Floats], hours: int) -> Floats:
    """Return the distribution of a sum of independent waits, for sums below ``hours``: float64[hours].

    Examples
    --------
    >>> summed([np.array([0.5, 0.5]), np.array([0.5, 0.5])], 4).tolist()
    [0.25, 0.5, 0.25, 0.0]
    """
    total = np.zeros(hours)
    total[0] = 1.0
    for wait in waits:
        total = convolved(total, wait)
    return total


def convolved(x: Floats, y: Floats) -> Floats:
    """Return the first ``len(x)`` entries of the convolution of ``x`` and ``y``: float64[hours].

    Short or sparse distributions are summed directly, so that their zeros stay exact.
    """
    hours, places = len(x), np.flatnonzero(y[: len(x)])
    if len(places) <= 64:
        found = np.zeros(hours)
        for place in places:
            found[place:] += y[place] * x[: hours - place]
        return found
    from scipy.signal import fftconvolve  # noqa: PLC0415

    smooth: Floats = np.maximum(fftconvolve(x, y[:hours])[:hours], 0.0)
    return smooth


def quantile(wait: Floats, p: float) -> int:
    """Return the least number of hours that a share ``p`` of waits does not exceed.

    Examples
    --------
    >>> quantile(np.array([0.25, 0.25, 0.5]), 0.5)
    1
    """
    return int(np.searchsorted(np.cumsum(wait) / wait.sum(), p * (1.0 - 1e-12)))


def mean_hours(wait: Floats) -> float:
    """Return the mean of a wait in hours."""
    return float(np.arange(len(wait)) @ wait / wait.sum())
