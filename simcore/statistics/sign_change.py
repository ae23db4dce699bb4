"""Where an estimated difference changes its sign, with a confidence interval for the place.

The difference is a function of one value, the same at every call (it is simulated with common random numbers). It is
evaluated on a coarse grid. A value is *clear* where the difference lies outside a band that holds at all values at once
(`simcore.statistics.simultaneous_bands`). So all that is concluded from clear values is true together, in 95 % of
runs or more:

* A crossing is reported where neighbouring clear values have different signs. It lies between them.
* Elsewhere the difference may change its sign only in a *gap*, where no value is clear; nobody leads there.

The ends of both are narrowed down by bisection. The place of a crossing itself, between its ends, is that at which the
estimated difference changes its sign, by the ITP method (Oliveira and Takahashi 2021, ACM Transactions on Mathematical
Software 47(1)): as fast as the secant method on a smooth function, never slower than bisection on one with steps.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby, pairwise
from math import ceil, log2
from typing import NamedTuple

from simcore.statistics.estimate import Estimate
from simcore.statistics.simultaneous_bands import Band, Floats, clear_sign

SCAN = 9
"""Values of the first, coarse grid."""
ROUNDS = 8
"""Most bisections between a clear value and the next one that is not clear."""
ROOT_TOLERANCE = 2.0**-13
"""A crossing is narrowed down to this part of the range."""
END_TOLERANCE = 2.0**-10
"""An end of an interval, likewise; or to `END_SHARE` of what is not clear there, if that is more."""
END_SHARE = 1.0 / 16.0


class KnownDifference(NamedTuple):
    """What is known of the difference at one value."""

    difference: Estimate
    """With its own 95 % interval; a value without one is not clear."""
    deviations: Floats
    """float64[groups]: what its error is made of, see `simcore.statistics.simultaneous_bands`."""
    same: bool = False
    """Whether both strategies do exactly the same in every replication."""


DifferenceFunction = Callable[[Sequence[float]], list[KnownDifference]]
"""Evaluates the difference at several values."""


class Crossing(NamedTuple):
    """A place at which the difference changes its sign."""

    value: float
    """Where the estimate does; for whole numbers the first one with the new sign (or without a difference)."""
    low: float
    high: float
    """The interval: the clear values next to it, with different signs."""
    before: int
    """The sign at ``low``, 1 or -1."""


class Gap(NamedTuple):
    """A part of the range without a clear value that is not the interval of a crossing."""

    low: float
    high: float
    """The clear values next to it, or an end of the range."""
    below: int
    above: int
    """Their signs; 0 at an end of the range that is not clear."""


class Tie(NamedTuple):
    """A range in which both strategies do exactly the same at every value of the grid."""

    low: float
    high: float


class Search:
    """Searches a range for the crossings of a difference; if it is stopped, what was found so far is kept.

    Parameters
    ----------
    differences
        The function; it may raise, which ends the search.
    low, high
        The range.
    whole
        Whether only whole numbers are values.

    Examples
    --------
    >>> import numpy as np
    >>> same = np.resize([0.05, -0.05], 100)
    >>> def line(values):
    ...     return [KnownDifference(Estimate(estimate=x - 2, se=0.5, low=x - 3, high=x - 1), same) for x in values]
    >>> search = Search(line, 0.0, 8.0)
    >>> search.run()
    >>> [(round(c.value, 2), round(c.low, 2), round(c.high, 2)) for c in search.crossings]
    [(2.0, 0.88, 3.12)]
    """

    def __init__(self, differences: DifferenceFunction, low: float, high: float, *, whole: bool = False) -> None:
        self.known: dict[float, Estimate] = {}
        """Every evaluated value, with its difference."""
        self.scanned: list[float] = []
        """Those of them that belong to the coarse grid."""
        self.ties: list[Tie] = []
        self._differences = differences
        self._low, self._high, self.whole = low, high, whole
        self._chosen: list[float] = []
        self._looked: dict[float, KnownDifference] = {}
        self._band: Band | None = None

    def run(self) -> None:
        """Scan the range, then bisect towards what is not clear, and refine every crossing."""
        scanned = self._scan()
        found = self._look(scanned)
        self.scanned = scanned
        self._band = Band(len(found[0].deviations))
        self._band.scan([each.deviations for each in found])
        self.ties = [
            Tie(run[0], run[-1])
            for same, values in groupby(self.scanned, lambda value: self._looked[value].same)
            if same
            for run in [list(values)]
        ]
        for _ in range(ROUNDS):
            values = self._between()
            if not values:
                break
            found = self._look(values)
            self._chosen += values
            self._band.choose([each.deviations for each in found])
        for crossing in self.crossings:
            self._narrow(crossing)

    def sign(self, value: float) -> int:
        """Return the sign of the difference at an evaluated value, 0 where it is not clear."""
        if self._band is None or value not in self._looked:
            return 0
        if value in self.scanned:
            return clear_sign(self.known[value], self._band.of_scan)
        return clear_sign(self.known[value], self._band.of_chosen) if value in self._chosen else 0

    @property
    def crossings(self) -> list[Crossing]:
        """The significant crossings, in order."""
        return [self._crossing(gap) for gap in self._gaps() if gap.below * gap.above < 0]

    @property
    def gaps(self) -> list[Gap]:
        """Where no value is clear and no crossing is significant, in order."""
        return [gap for gap in self._gaps() if gap.below * gap.above >= 0]

    @property
    def judged(self) -> list[float]:
        """The values that may be clear, in order: not those that only narrow down a crossing's value."""
        return sorted([*self.scanned, *self._chosen])

    def _gaps(self) -> list[Gap]:
        """Return the parts of the range between two clear values that are not next to each other with one sign."""
        judged = self.judged
        if not judged:
            return []
        signs = [(value, self.sign(value)) for value in judged]
        clear = [each for each in signs if each[1]]
        if not clear:
            return [Gap(self._low, self._high, 0, 0)]
        found = []
        if clear[0][0] > judged[0]:
            found.append(Gap(self._low, clear[0][0], 0, clear[0][1]))
        for (left, below), (right, above) in pairwise(clear):
            if below != above or any(left < value < right for value in judged):
                found.append(Gap(left, right, below, above))
        if clear[-1][0] < judged[-1]:
            found.append(Gap(clear[-1][0], self._high, clear[-1][1], 0))
        return found

    def _between(self) -> list[float]:
        """Return the values to be looked at next: halfway between a clear value and its neighbour that is not."""
        judged, found = self.judged, set()
        for gap in self._gaps():
            if gap.below == gap.above:
                continue  # open at both ends of the range, or a dip between two clear values of one sign
            inside = [value for value in judged if gap.low < value < gap.high]
            values = [gap.low, *inside, gap.high]
            near = END_SHARE * (inside[-1] - inside[0]) if inside else 0.0
            most = 1.0 if self.whole else max(near, END_TOLERANCE * (self._high - self._low))
            edges = [(values[0], values[1])] if gap.below else []
            edges += [(values[-2], values[-1])] if gap.above else []
            for left, right in edges:
                if right - left > most:
                    found.add(self._inside((left + right) / 2.0, left, right))
        return sorted(found)

    def _crossing(self, gap: Gap) -> Crossing:
        """Return a crossing with its value: on a line through the narrowest pair with a change of sign."""
        at = sorted(value for value in self.known if gap.low <= value <= gap.high)
        pairs = [
            (right - left, left, right)
            for left, right in pairwise(at)
            if gap.below * self._value(left) > 0.0 >= gap.below * self._value(right)
        ]
        width, left, right = min(pairs)
        first, last = abs(self._value(left)), abs(self._value(right))
        value = right if self.whole else left + width * first / (first + last)
        return Crossing(value, gap.low, gap.high, gap.below)

    def _scan(self) -> list[float]:
        step = (self._high - self._low) / (SCAN - 1)
        values = [self._low + number * step for number in range(SCAN - 1)] + [self._high]
        return sorted({float(round(value)) for value in values}) if self.whole else values

    def _look(self, values: Sequence[float]) -> list[KnownDifference]:
        new = [value for value in values if value not in self.known]
        if new:
            for value, looked in zip(new, self._differences(new), strict=True):
                self._looked[value], self.known[value] = looked, looked.difference
        return [self._looked[value] for value in values]

    def _value(self, value: float) -> float:
        """Return the estimated difference, 0 where it is not defined."""
        (looked,) = self._look([value])
        return looked.difference.estimate or 0.0

    def _narrow(self, crossing: Crossing) -> None:
        """Look at values until it is known closely where the estimate changes its sign, by the ITP method."""

        def function(value: float) -> float:
            return crossing.before * self._value(value)

        start, end = crossing.low, crossing.high
        epsilon = 0.5 if self.whole else ROOT_TOLERANCE * (self._high - self._low) / 2.0
        width = abs(end - start)
        most = ceil(log2(max(width / (2.0 * epsilon), 1.0))) + 1
        first, last = function(start), function(end)
        for step in range(2 * most + 2):
            gap = abs(end - start)
            if gap <= (1.0 if self.whole else 2.0 * epsilon):
                break
            middle = (start + end) / 2.0
            secant = (end * first - start * last) / (first - last)
            aside = middle - secant
            shift = 0.2 / width * gap * gap
            moved = secant + (shift if aside > 0 else -shift) if shift <= abs(aside) else middle
            reach = epsilon * 2.0 ** (most - step) - gap / 2.0
            if step > most:
                moved = middle  # rounding to whole numbers may have cost a step
            elif abs(moved - middle) > reach:
                moved = middle - (reach if aside > 0 else -reach)
            value = self._inside(moved, start, end)
            result = function(value)
            if result > 0.0:
                start, first = value, result
            else:
                end, last = value, result

    def _inside(self, value: float, start: float, end: float) -> float:
        """Return a value strictly between two others; a whole one if only these count."""
        if not self.whole:
            return value if min(start, end) < value < max(start, end) else (start + end) / 2.0
        return min(max(round(value), min(start, end) + 1), max(start, end) - 1)
