"""Figures of how steady results are, with their errors: what is fixed, what was never seen, what cannot be split."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simcore.statistics.certain import certain_revenue
from simcore.statistics.intervals import UNKNOWN, by_log, by_t, fixed, never_seen, without_error
from simcore.statistics.jackknife import EQUAL_GROUPS, standard_errors

if TYPE_CHECKING:
    from simcore.program.layout import Program
    from simcore.statistics.estimate import Estimate

Floats = NDArray[np.float64]


class VarianceFigures(NamedTuple):
    """Figures of all groups and their standard errors, float64[k] each, and the program that they are of."""

    whole: Floats
    errors: Floats
    program: Program

    def mean(self, place: int, horizon: int, replications: float) -> Estimate:
        """Return the mean revenue of a window: fixed, with its error, or with the bound of what was never seen."""
        value, error = self._pair(place)
        if certain_revenue(self.program):
            return fixed(value)
        if error > 0.0:
            return by_t(value, error, EQUAL_GROUPS - 1.0, least=0.0)
        windows = self.program.team.reps * int(self.program.calendar.periods[horizon])
        worth = self.program.deals.mean_units * self.program.deals.unit / (100.0 * windows)
        return never_seen(replications, worth) if value == 0.0 else without_error(value)

    def spread(self, place: int) -> Estimate:
        """Return a variance or a cv, which are not below 0; null where no two worlds differ, though they could."""
        value, error = self._pair(place)
        if certain_revenue(self.program):
            return fixed(0.0)
        return by_log(value, error, error / value, EQUAL_GROUPS - 1.0) if error > 0.0 and value > 0.0 else UNKNOWN

    def part(self, place: int, *, there: bool) -> Estimate:
        """Return a part: 0 where the scenario does not have it, null where it has not shown."""
        value, error = self._pair(place)
        if not there or certain_revenue(self.program):
            return fixed(0.0)
        if error > 0.0:
            return by_t(value, error, EQUAL_GROUPS - 1.0)
        return without_error(value) if value else UNKNOWN

    def share(self, place: int, *, there: bool, alone: bool) -> Estimate:
        """Return the share of a part: 1 of the only one that there is, null where the scenario leaves nothing open."""
        if certain_revenue(self.program):
            return UNKNOWN
        return fixed(1.0) if alone else self.part(place, there=there)

    def _pair(self, place: int) -> tuple[float, float]:
        return float(self.whole[place]), float(self.errors[place])


def power_of(value: float, without: Floats) -> Estimate:
    """Return a power of time, from those without each group, float64[G].

    Examples
    --------
    >>> power_of(-0.5, np.linspace(-0.51, -0.49, 32)).se > 0.0
    True
    """
    error = float(standard_errors(without[:, None])[0])
    return by_t(value, error, EQUAL_GROUPS - 1.0) if error > 0.0 else without_error(value)
