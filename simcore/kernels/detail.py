"""What is kept of every rep-week of a block, where somebody asks for it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from simcore.base.periods import QUARTER
from simcore.program.layout import Program

HIT, REPAIRED = 16, 32
"""Added to `Detail.session`."""
NO_DAYS = np.zeros((0, 1, 0, 0), np.int64)


class Detail(NamedTuple):
    """What happened in every rep-week of a block; empty where nobody asks for it."""

    entered: NDArray[np.int64]
    """int64[replications, reps, counted weeks, S + 1]: entries into each stage."""
    cents: NDArray[np.int64]
    """int64[replications, 2, reps, counted weeks]: revenue by close and by origin."""
    quarters: NDArray[np.int64]
    """int64[replications, reps, whole quarters + 1]: revenue by close, in units; the last is that of all weeks."""
    log_weight: NDArray[np.float64]
    """float64[replications, reps]: logarithm of the likelihood ratio, where the source tilts rates; else empty."""
    session: NDArray[np.int64]
    """int64[replications, reps, counted weeks]: the step of a coaching session, or 0; with `HIT` added if the person
    had the habit there, and `REPAIRED` if that ended it. Empty where there are no habits and no manager."""
    habits: NDArray[np.int64]
    """int64[replications, reps, counted weeks]: bit s is set if the person has the habit at step s after the sessions
    of the week; or empty."""
    days: NDArray[np.int64] = NO_DAYS
    """int64[replications, 1, reps, counted days]: revenue by close, where months cut weeks; or empty."""


def new_detail(program: Program, replications: int, quarterly: int = 0) -> Detail:
    """Allocate the detail of a block of ``replications``, and of quarters of ``quarterly``; 0: nothing is recorded."""
    reps, weeks, stages = program.team.reps, program.clock.counted_weeks, program.clock.steps + 1
    calendar, coached = program.calendar, replications if program.coaching.active else 0
    session, habits = (np.zeros((coached, reps, weeks), np.int64) for _ in range(2))
    return Detail(
        np.zeros((replications, reps, weeks, stages), np.int64),
        np.zeros((replications, 2, reps, weeks), np.int64),
        np.zeros((quarterly, reps, int(calendar.periods[QUARTER]) + 1), np.int64),
        np.zeros((replications if program.source.tilted else 0, reps)),
        session,
        habits,
        np.zeros((replications if calendar.cut else 0, 1, reps, len(calendar.part_of_day)), np.int64),
    )
