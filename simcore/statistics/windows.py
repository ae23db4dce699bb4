"""Windows: how many of a horizon a run holds; and the size of one deal, for bounds of what none of them showed."""

from __future__ import annotations

from math import exp, sqrt

import numpy as np
from numpy.typing import NDArray

from simcore.base.periods import CALL
from simcore.program.layout import FIXED, GAMMA, LOGNORMAL, Program
from simcore.program.tally import ENTERED, Tally


def windows_of(program: Program, tally: Tally, horizon: int) -> NDArray[np.int64]:
    """Return the number of windows of a horizon by group, int64[G], over all reps and replications."""
    if horizon == CALL:
        return tally.arrays.stages[:, ENTERED, 0]
    return tally.arrays.replications * program.team.reps * int(program.calendar.periods[horizon])


def deal_root_mean_square(program: Program) -> float | None:
    """Return the root mean square of a deal's value, in units; ``None`` where the program only tabulates it."""
    deals = program.deals
    if deals.kind == FIXED:
        return deals.mean_units
    if deals.kind == LOGNORMAL:
        return deals.mean_units * exp(deals.sigma**2 / 2.0)
    if deals.kind == GAMMA:
        return None
    chances = np.diff(deals.thresholds, prepend=0) / 2.0**32
    return sqrt(float(chances @ (deals.values / deals.unit) ** 2))
