"""The least of something for which a share of worlds reaches a target, with an interval: quantiles of thresholds.

Every world has a threshold: the least number of calls (or reps, or weeks) with which it reaches the target. In the
same worlds, more calls keep every deal that fewer brought, or nearly so; so the number of worlds that reach the target
grows with the calls, and the least calls for a chance of c are the c-quantile of the thresholds. Its interval are
order statistics, by the binomial distribution alone (David and Nagaraja 2003, *Order Statistics*, section 7.1): it
asks for no error of a slope, and holds for any law of the revenue.

Only values of a fixed grid are looked at (whole numbers to 9,999, beyond them four digits). So the least value is a
fact of the worlds, not of the way on which it was found: it never falls when the confidence or the target grows.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from math import ceil, exp, log
from typing import NamedTuple

from simcore.numerics.gamma_beta import beta_i

LEVEL = 0.95
"""Confidence of the intervals."""
NEAR, STEEP = 0.002, 0.5
"""A line is drawn between values apart by this part, or between which the probit of the chance changes less."""
FINE, DECADE = 10_000, 9_000
"""Values of the grid below 10,000, and in each decade from there on."""


class Orders(NamedTuple):
    """Which of the sorted thresholds are the estimate and the ends of its interval, from 1."""

    low: int
    """0: there are too few worlds for a lower end."""
    middle: int
    high: int
    """One more than there are worlds: too few for an upper end."""


def orders(worlds: int, confidence: float) -> Orders:
    """Return the order statistics of a quantile; the interval holds it with a probability of at least 95 %.

    Examples
    --------
    >>> orders(1000, 0.8)
    Orders(low=775, middle=800, high=825)
    """
    tail = (1.0 - LEVEL) / 2.0
    # P(X < low) <= tail and P(X >= high) <= tail, X the number of worlds that reach the target at the truth.
    low = _below(worlds, 1.0 - confidence, tail)
    high = worlds + 1 - _below(worlds, confidence, tail)
    # A product such as 0.8 * 1000 may lie a rounding error above a whole number.
    return Orders(low, min(worlds, max(1, ceil(confidence * worlds - 1e-9))), high)


def _below(worlds: int, miss: float, tail: float) -> int:
    """Return the largest k with P(X < k) <= ``tail``; X of the ``worlds`` do not miss.

    P(X < k) is the incomplete beta function I_miss(worlds - k + 1, k).
    """
    return bisect_right(range(1, worlds + 1), tail, key=lambda k: beta_i(float(worlds - k + 1), float(k), miss))


def grid_value(place: int) -> int:
    """Return the value at a place of the grid, from 0.

    Examples
    --------
    >>> [grid_value(place) for place in (7, 10000, 10001, 19000)]
    [7, 10000, 10010, 100000]
    """
    if place < FINE:
        return place
    decade, within = divmod(place - FINE, DECADE)
    return (1_000 + within) * int("1" + "0" * (decade + 1))


def grid_place(value: float) -> int:
    """Return the place of the largest value of the grid that is not above a value, which is at least 0.

    Examples
    --------
    >>> [grid_place(value) for value in (7.9, 10009, 10010, 100000)]
    [7, 10000, 10001, 19000]
    """
    whole = int(value)
    if whole < FINE:
        return whole
    decade = len(str(whole)) - 4
    return FINE + DECADE * (decade - 1) + whole // int(10**decade) - 1_000


class Curve:
    """How many of so many worlds reach the target at each place of the grid, looked at where it is needed.

    Parameters
    ----------
    count
        Returns the number of worlds at a place; it may raise, which ends the search.
    worlds
        Their number.
    most
        The last place that can be looked at.

    Examples
    --------
    >>> curve = Curve(lambda place: min(100, place // 7), 100, 5000)
    >>> curve.least(80, near=100), curve.least(101, near=100)
    (560, None)
    """

    def __init__(self, count: Callable[[int], int], worlds: int, most: int) -> None:
        self._count = count
        self.worlds, self.most = worlds, most
        self.known: dict[int, int] = {}
        """Worlds by place."""

    def at(self, place: int) -> int:
        """Return the number of worlds that reach the target at a place."""
        if place not in self.known:
            self.known[place] = self._count(place)
        return self.known[place]

    def least(self, wanted: int, *, near: int, part: float = 0.0) -> int | None:
        """Return the first place with so many worlds; ``None`` if there is none.

        Parameters
        ----------
        wanted
            Worlds; 0 and fewer are reached at place 0.
        near
            Where to begin to look.
        part
            The place may be too far by this part of its value; 0: it is the first one.
        """
        bracket = self.bracket(wanted, near=near, part=part)
        return None if bracket is None else bracket[1]

    def bracket(self, wanted: int, *, near: int, part: float = 0.0, line: bool = False) -> tuple[int, int] | None:
        """Return two places, the first with too few worlds (or -1, below all) and the second with enough.

        They are next to each other, or apart by no more than a part of the value. For a ``line`` between them the
        chance must not change much either, but where they are as near as `NEAR`.
        """
        if wanted <= 0:
            return -1, 0
        high = self._above(wanted, near)
        if high is None:
            return None
        low, factor = max((place for place in self.known if place < high), default=-1), 1.5
        while low < 0:
            if high == 0:
                return -1, 0
            place = min(high - 1, grid_place(grid_value(high) / factor))
            low, high = (place, high) if self.at(place) < wanted else (-1, place)
            factor *= 2.0
        return self._narrowed(wanted, low, high, (part, line))

    def _above(self, wanted: int, near: int) -> int | None:
        """Return the first known place with enough worlds; look further up as long as there is none."""
        if wanted > self.worlds:
            return None
        place = min(max(near, 1), self.most)
        while True:
            enough = [each for each, count in self.known.items() if count >= wanted]
            if enough:
                return min(enough)
            if self.known:
                last = max(self.known)
                if last >= self.most:
                    return None
                if place <= last:
                    near_by = self.known[last] > 0 and wanted - self.known[last] < 0.1 * self.worlds
                    growth = 1.1 if near_by else 1.5
                    place = min(self.most, max(last + 1, grid_place(grid_value(last) * growth)))
            self.at(place)

    def _is_narrow(self, low: int, high: int, part: float, *, line: bool) -> bool:
        gap, value = grid_value(high) - grid_value(low), grid_value(high)
        if high - low <= 1 or gap > part * value or not line:
            return high - low <= 1 or gap <= part * value
        return gap <= NEAR * value or self._probit(self.known[high]) - self._probit(self.known[low]) <= STEEP

    def _narrowed(self, wanted: int, low: int, high: int, apart: tuple[float, bool]) -> tuple[int, int]:
        """Narrow a bracket down by the Illinois method in log value and probit, and by halves where that is slow."""
        goal = self._probit(wanted - 0.5)
        first, last = self._probit(self.known[low]) - goal, self._probit(self.known[high]) - goal
        moved, width, slow = 0, high - low, 0
        while not self._is_narrow(low, high, apart[0], line=apart[1]):
            place = (low + high) // 2
            if slow < 3 and last > first:
                ends = log(max(grid_value(low), 0.5)), log(grid_value(high))
                guess = exp(ends[0] + (ends[1] - ends[0]) * min(max(-first / (last - first), 0.0), 1.0))
                place = min(max(grid_place(guess), low + 1), high - 1)
            if self.at(place) < wanted:
                low, first = place, self._probit(self.known[place]) - goal
                last, moved = (last / 2.0 if moved < 0 else last), -1
            else:
                high, last = place, self._probit(self.known[place]) - goal
                first, moved = (first / 2.0 if moved > 0 else first), 1
            width, slow = (high - low, 0) if high - low <= width // 2 or slow >= 3 else (width, slow + 1)
        return low, high

    def _probit(self, worlds: float) -> float:
        from scipy.special import ndtri  # noqa: PLC0415

        return float(ndtri((worlds + 0.5) / (self.worlds + 1.0)))

    def between(self, wanted: int) -> float | None:
        """Return the value with so many worlds by the line between known places, in log value and probit.

        ``None`` where no known place has so many. It never falls when more worlds are wanted.
        """
        if wanted <= 0:
            return 0.0
        high = min((place for place, count in self.known.items() if count >= wanted), default=None)
        if high is None:
            return None
        low = max((place for place in self.known if place < high), default=None)
        if low is None:
            return float(grid_value(high))
        below, goal, above = (self._probit(count) for count in (self.known[low], wanted, self.known[high]))
        share = min(max((goal - below) / (above - below), 0.0), 1.0) if above > below else 1.0
        first, last = log(max(grid_value(low), 0.5)), log(max(grid_value(high), 0.5))
        return exp(first + share * (last - first))
