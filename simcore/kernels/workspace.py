"""The working memory of one thread: allocated once, used for every replication.

Large arrays are only touched as far as a scenario needs them, so that their size costs nothing. Each group of arrays
is small, because the parts of a kernel pass groups on: the compiler's work grows with what is passed.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from simcore.base.periods import QUARTER
from simcore.program.layout import FULL_ACTIVITY, Program
from simcore.random.addresses import MAX_WEEKS

STRIDE_CALLS = 1 << 15
"""Weeks are simulated in strides of about this many calls, so that the working set stays in the cache."""

C0, C1, SLOT_WORD, STEP_WORDS = range(4)
"""Rows of the address and the words of items; the words of steps 2, 3 and 4 are in the rows from STEP_WORDS on."""
HIT, REPAIRED = 16, 32
"""Added to `Detail.session`."""
SPARE = 16
"""Columns beyond the last item that may be overwritten, see `simcore.kernels.calls.draw_items`."""


class Seat(NamedTuple):
    """The people of one seat and their rates, week by week."""

    person: NDArray[np.int64]
    """int64[simulated weeks]: number of the person in the seat, or -1."""
    activity: NDArray[np.int64]
    """int64[simulated weeks]: fixed point, `FULL_ACTIVITY` is 1."""
    own_rate: NDArray[np.float64]
    """float64[persons, S + 1]"""
    rate: NDArray[np.float64]
    """float64[S + 1, simulated weeks]: rate of each step, not yet cut at 1."""
    carry: NDArray[np.int64]
    """int64[1]: the fraction of a call that a ramp carries to the next hour, fixed point."""


class MarketPath(NamedTuple):
    """The market factor, extended week by week as needed."""

    factor: NDArray[np.float64]
    """float64[65536]"""
    state: NDArray[np.float64]
    """float64[1]: the logarithm (before the mean correction) of the last known week."""
    known: NDArray[np.int64]
    """int64[1]: number of weeks known."""


class Weeks(NamedTuple):
    """Working arrays of the weeks of a stride."""

    words: NDArray[np.uint32]
    """uint32[6, weeks]: address and words."""
    calls: NDArray[np.int64]
    """Calls of each week."""
    successes: NDArray[np.int64]
    """Of each week."""
    ramp_hour: NDArray[np.int32]
    """int32[weeks, calls]: for weeks under a ramp, the hour of the week of each call."""


class Booked(NamedTuple):
    """Deals of one rep by hour, in units; zero between reps."""

    hours: NDArray[np.int64]
    """int64[2, counted hours]"""
    touched: NDArray[np.int32]
    """int32[2, counted hours]: the hours that are not zero."""
    n_touched: NDArray[np.int64]
    """int64[2]"""


class Sums(NamedTuple):
    """Revenue by longer windows, in units; zero between uses."""

    days: NDArray[np.int64]
    touched_days: NDArray[np.int32]
    weeks: NDArray[np.int64]
    team: NDArray[np.int64]
    """int64[counted weeks]: the team's revenue by quota period."""


class Scratch(NamedTuple):
    """What a seat needs that is simulated alone, and its market."""

    seat: Seat
    market: MarketPath
    booked: Booked
    sums: Sums


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


class Stride(NamedTuple):
    """A run of weeks that are simulated at a time."""

    first_week: int
    weeks: int
    starters: int
    """Number of items open at the start: all of a seat's in its first stride, none later."""


class SeatIndex(NamedTuple):
    """Indices of the seat being simulated, and of its counters."""

    replication: int
    """From 0 within the block."""
    rep: int
    group: int
    """The group of replications in which its results are counted."""
    place: int
    """Where its state is kept, if several seats are simulated together; else 0."""


def is_capped(program: Program) -> bool:
    """Return whether any stage has a cap."""
    return bool((program.caps.per_week >= 0).any() or (program.caps.open >= 0).any())


def stride_weeks(program: Program) -> int:
    """Return how many weeks are simulated at a time: all of them where a cap needs the whole run in order."""
    simulated, most_calls = program.clock.simulated_weeks, program.plan.slot_hour.shape[1]
    return simulated if is_capped(program) else int(min(simulated, max(1, STRIDE_CALLS // most_calls)))


def new_detail(program: Program, replications: int, quarterly: int = 0) -> Detail:
    """Allocate the detail of a block of ``replications``, and of quarters of ``quarterly``; 0: nothing is recorded."""
    reps, weeks, stages = program.team.reps, program.clock.counted_weeks, program.clock.steps + 1
    return Detail(
        np.zeros((replications, reps, weeks, stages), np.int64),
        np.zeros((replications, 2, reps, weeks), np.int64),
        np.zeros((quarterly, reps, int(program.calendar.periods[QUARTER]) + 1), np.int64),
        np.zeros((replications if program.source.tilted else 0, reps)),
        *(np.zeros((replications if program.coaching.active else 0, reps, weeks), np.int64) for _ in range(2)),
    )


def new_scratch(program: Program) -> Scratch:
    """Allocate what a seat needs."""
    clock, calendar = program.clock, program.calendar
    simulated, counted = clock.simulated_weeks, clock.counted_weeks
    hours, days = len(calendar.day_of_hour), len(calendar.week_of_day)
    return Scratch(
        seat=Seat(
            person=np.zeros(simulated, np.int64),
            activity=np.full(simulated, FULL_ACTIVITY, np.int64),
            own_rate=np.tile(program.rates.base, (simulated + 1 if program.team.leave_threshold > 0 else 1, 1)),
            rate=np.repeat(program.rates.base[:, None], simulated, axis=1),
            carry=np.zeros(1, np.int64),
        ),
        market=MarketPath(np.empty(MAX_WEEKS), np.zeros(1), np.zeros(1, np.int64)),
        booked=Booked(
            hours=np.zeros((2, hours), np.int64),
            touched=np.empty((2, hours), np.int32),
            n_touched=np.zeros(2, np.int64),
        ),
        sums=Sums(
            days=np.zeros(days, np.int64),
            touched_days=np.empty(days, np.int32),
            weeks=np.zeros(counted, np.int64),
            team=np.zeros(counted, np.int64),
        ),
    )
