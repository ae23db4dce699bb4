"""Where a difference that is known with an error changes its sign, and how well that place is known.

The difference is a function of one value, the same at every call (it is simulated in the same worlds). It is first
looked at on a coarse grid, and every change of sign there is narrowed down by the ITP method (Oliveira and Takahashi
2021, ACM Transactions on Mathematical Software 47(1)): as fast as the secant method on a smooth function, and never
slower than bisection on one with steps. The interval of a crossing are the values around it at which a test does not
tell the difference from zero, |difference| <= 1.96 se: a test inverted, as Fieller (1954, Journal of the Royal
Statistical Society B 16) did for a ratio. It may reach to an end of the range.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from math import ceil, log2
from typing import NamedTuple

from simcore.estimate import Z975
from simcore.summary import Estimate

SCAN = 9
"""Values at which the range is looked at first."""
ROOT_TOLERANCE = 2.0**-13
"""A crossing is narrowed down to this part of the range."""
END_TOLERANCE = 2.0**-10
"""An end of an interval, likewise."""

Differences = Callable[[Sequence[float]], list[Estimate]]
"""Returns the difference at each of some values."""


class Crossing(NamedTuple):
    """A value at which the difference changes its sign."""

    value: float
    """For whole numbers the first one with the new sign (or without a difference)."""
    low: float
    high: float
    """The 95 % interval; of whole numbers the outermost ones between which the change must lie."""
    open_low: bool
    open_high: bool
    """Whether the interval reaches to an end of the range: how much further it goes is not known."""
    before: int
    """The sign below the crossing, 1 or -1."""


class Tie(NamedTuple):
    """A range in which the difference is exactly zero at every scanned value, and which is not part of a crossing."""

    low: float
    high: float


class Search:
    """Looks for the crossings of a difference over a range; what was found is kept if it is stopped in between.

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
    >>> search = Search(lambda values: [Estimate(estimate=x - 2, se=0.5) for x in values], 0.0, 8.0)
    >>> search.run()
    >>> [(round(c.value, 2), round(c.low, 2), round(c.high, 2)) for c in search.crossings]
    [(2.0, 1.02, 2.98)]
    """

    def __init__(self, differences: Differences, low: float, high: float, *, whole: bool = False) -> None:
        self.known: dict[float, Estimate] = {}
        """Every value looked at, with its difference."""
        self.scanned: list[float] = []
        """Those of them that make the scan of the whole range."""
        self.crossings: list[Crossing] = []
        self.ties: list[Tie] = []
        self._differences = differences
        self._low, self._high, self.whole = low, high, whole

    def run(self) -> None:
        """Scan the range, then narrow down every crossing and its interval.

        Raises
        ------
        ValueError
            If a difference has no standard error, or is not defined.
        """
        self.scanned = self._scan()
        self._look(self.scanned)
        signs = [(value, self._sign(value)) for value in self.scanned]
        changes = [(value, sign) for value, sign in signs if sign]
        for (left, before), (right, after) in pairwise(changes):
            if before != after:
                self.crossings.append(self._crossing(left, right, before))
                signs = [each for each in signs if not left < each[0] < right]
        self.ties = _ties(signs)

    def _scan(self) -> list[float]:
        step = (self._high - self._low) / (SCAN - 1)
        values = [self._low + number * step for number in range(SCAN - 1)] + [self._high]
        return sorted({round(value) for value in values}) if self.whole else values

    def _look(self, values: Sequence[float]) -> None:
        new = [value for value in values if value not in self.known]
        if not new:
            return
        for value, difference in zip(new, self._differences(new), strict=True):
            if difference.estimate is None or (difference.se is None and difference.low is None):
                raise ValueError(f"the difference at {value} has no estimate or no standard error")
            self.known[value] = difference

    def _parts(self, value: float) -> tuple[float, float]:
        """Return the difference and its standard error."""
        self._look([value])
        difference = self.known[value]
        assert difference.estimate is not None  # noqa: S101 (checked by _look)
        if difference.se is None:  # the same in all worlds: its bound is in place of an error
            return difference.estimate, ((difference.high or 0.0) - (difference.low or 0.0)) / 2.0 / Z975
        return difference.estimate, difference.se

    def _sign(self, value: float) -> int:
        difference, _ = self._parts(value)
        return (difference > 0) - (difference < 0)

    def _clear(self, value: float) -> float:
        """Return by how much the difference exceeds what the test would still call zero; negative if it does not."""
        difference, error = self._parts(value)
        return abs(difference) - Z975 * error

    def _crossing(self, left: float, right: float, before: int) -> Crossing:
        """Narrow down a change of sign between two values, and find its interval."""
        last, first = self._narrow(lambda value: before * self._parts(value)[0], left, right, ROOT_TOLERANCE)
        low, open_low = self._end(last, sorted((x for x in self.known if x <= last), reverse=True))
        high, open_high = self._end(first, sorted(x for x in self.known if x >= first))
        return Crossing(first if self.whole else (last + first) / 2.0, low, high, open_low, open_high, before)

    def _end(self, start: float, outward: Sequence[float]) -> tuple[float, bool]:
        """Go outward from a crossing to where the difference is clear; return that value, or the end of the range."""
        inside = start
        for value in outward:
            if self._clear(value) > 0.0:
                break
            inside = value
        else:
            return inside, True
        if value == start:
            return start, False
        return self._narrow(self._clear, value, inside, END_TOLERANCE)[0], False

    def _narrow(
        self, function: Callable[[float], float], start: float, end: float, tolerance: float
    ) -> tuple[float, float]:
        """Narrow down where a function stops being positive, by the ITP method.

        Parameters
        ----------
        start, end
            The function is positive at ``start`` and not at ``end``; either may be the larger.
        tolerance
            Part of the whole range.

        Returns
        -------
        tuple of float
            The two values, close together (for whole numbers: next to each other).
        """
        epsilon = 0.5 if self.whole else tolerance * (self._high - self._low) / 2.0
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
        return start, end

    def _inside(self, value: float, start: float, end: float) -> float:
        """Return a value strictly between two others; a whole one if only these count."""
        if not self.whole:
            return value if min(start, end) < value < max(start, end) else (start + end) / 2.0
        return min(max(round(value), min(start, end) + 1), max(start, end) - 1)


def _ties(signs: Sequence[tuple[float, int]]) -> list[Tie]:
    """Return the runs of values without any difference."""
    ties: list[Tie] = []
    before = 1
    for value, sign in signs:
        if sign == 0:
            ties = [*ties[:-1], Tie(ties[-1].low, value)] if before == 0 else [*ties, Tie(value, value)]
        before = sign
    return ties
