"""The working memory of one thread: allocated once, used for every replication.

Large arrays are only touched as far as a scenario needs them, so that their size costs nothing.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from simcore.addresses import MAX_WEEKS
from simcore.program import FULL_ACTIVITY, Program
from simcore.tally import N_HORIZONS, TallyArrays

STRIDE_CALLS = 1 << 15
"""Weeks are simulated in strides of about this many calls, so that the working set stays in the cache."""


class Seat(NamedTuple):
    """The people of one seat and their rates, week by week."""

    person: NDArray[np.int32]
    """int32[simulated weeks]: number of the person in the seat, or -1."""
    activity: NDArray[np.int64]
    """int64[simulated weeks]: fixed point, `FULL_ACTIVITY` is 1."""
    own_rate: NDArray[np.float64]
    """float64[persons, S + 1]"""
    rate: NDArray[np.float64]
    """float64[S + 1, simulated weeks]: rate of each step, not yet cut at 1."""
    carry: NDArray[np.int64]
    """int64[1]: the fraction of a call that a ramp carries to the next hour, fixed point."""


class MarketPath(NamedTuple):
    """The market factor, extended week by week as it is asked for."""

    factor: NDArray[np.float64]
    """float64[65536]"""
    state: NDArray[np.float64]
    """float64[1]: the logarithm (before the mean correction) of the last known week."""
    known: NDArray[np.int64]
    """int64[1]: number of weeks known."""


class Items(NamedTuple):
    """The successes of step 1 of one stride, one entry each; addresses, words and where they are."""

    c0: NDArray[np.uint32]
    c1: NDArray[np.uint32]
    slot_word: NDArray[np.uint32]
    step_words: NDArray[np.uint32]
    """uint32[3, capacity]: steps 2, 3 and 4."""
    origin: NDArray[np.int64]
    """Hour of the call; -1 for items open at the start."""
    hour: NDArray[np.int64]
    """Hour in which the item entered the stage that it is in."""
    alive: NDArray[np.int32]
    """The items still in the funnel, in order."""
    refused: NDArray[np.bool_]


class Weeks(NamedTuple):
    """Working arrays of the weeks of a stride."""

    c0: NDArray[np.uint32]
    c1: NDArray[np.uint32]
    words: NDArray[np.uint32]
    """uint32[4, weeks]"""
    count: NDArray[np.int64]
    """Successes of each week."""


class Calls(NamedTuple):
    """Working arrays of the calls of one week."""

    slots: NDArray[np.int32]
    """The identity, restored after every week."""
    changed: NDArray[np.int32]
    ramp_hour: NDArray[np.int32]
    """Hour of the week of each call of a week under a ramp."""
    per_hour: NDArray[np.int32]
    """Successes of each hour of the week; zero between weeks."""
    per_day: NDArray[np.int32]


class Windows(NamedTuple):
    """Revenue in units of one rep by hour, day, week and period; zero between reps."""

    hours: NDArray[np.int64]
    """int64[2, counted hours]"""
    touched_hours: NDArray[np.int32]
    """int32[2, counted hours]: the hours that are not zero."""
    n_touched: NDArray[np.int64]
    """int64[2]"""
    days: NDArray[np.int64]
    touched_days: NDArray[np.int32]
    weeks: NDArray[np.int64]
    """int64[2, counted weeks]"""
    first_weeks: NDArray[np.int64]
    """int64[counted weeks]: successes of step 1."""
    team: NDArray[np.int64]
    """int64[counted weeks]: the team's revenue by quota period, zero between replications."""


class Detail(NamedTuple):
    """What happened in every rep-week of a block; all empty where nobody asks for it."""

    entered: NDArray[np.int64]
    """int64[replications, reps, counted weeks, S + 1]: entries into each stage."""
    cents: NDArray[np.int64]
    """int64[replications, 2, reps, counted weeks]: revenue by close and by origin."""


class Scratch(NamedTuple):
    """All working memory of one thread."""

    seat: Seat
    market: MarketPath
    items: Items
    weeks: Weeks
    calls: Calls
    windows: Windows
    cap_week: NDArray[np.int64]
    """int64[65536 or 0]: entries of each week into a capped stage; zero between uses."""
    heap: NDArray[np.int64]
    """Due hours of the open items of a capped stage."""
    horizons: NDArray[np.int64]
    """int64[7]: a working row."""


class Stride(NamedTuple):
    """A run of weeks that a kernel simulates at a time."""

    first_week: int
    weeks: int
    starters: int
    """Number of items open at the start: all of a seat's in its first stride, none later."""


class Run(NamedTuple):
    """What every part of a kernel works on."""

    program: Program
    scratch: Scratch
    tally: TallyArrays
    detail: Detail


def no_detail() -> Detail:
    """Return the detail of a run that keeps no rep-weeks."""
    return Detail(np.zeros((0, 0, 0, 0), np.int64), np.zeros((0, 2, 0, 0), np.int64))


def stride_weeks(program: Program) -> int:
    """Return how many weeks are simulated at a time: all of them where a cap needs the whole run in order."""
    capped = (program.steps.cap_week >= 0).any() or (program.steps.cap_open >= 0).any()
    most_calls = program.plan.slot_hour.shape[1]
    if capped:
        return program.clock.simulated_weeks
    return int(min(program.clock.simulated_weeks, max(1, STRIDE_CALLS // max(1, most_calls))))


def new_scratch(program: Program) -> Scratch:
    """Allocate the working memory for a program."""
    clock, size = program.clock, program.steps.count + 1
    most_calls = max(1, program.plan.slot_hour.shape[1])
    weeks = stride_weeks(program)
    starters = int(np.diff(program.start.first).max())
    capacity = weeks * most_calls + starters
    capped = (program.steps.cap_week >= 0).any() or (program.steps.cap_open >= 0).any()
    counted_hours = len(clock.day_of_hour)
    simulated = clock.simulated_weeks
    leaves = program.team.leave_threshold > 0
    return Scratch(
        seat=Seat(
            person=np.zeros(simulated, np.int32),
            activity=np.full(simulated, FULL_ACTIVITY, np.int64),
            own_rate=np.empty((simulated + 1 if leaves else 1, size)),
            rate=np.empty((size, simulated)),
            carry=np.zeros(1, np.int64),
        ),
        market=MarketPath(np.empty(MAX_WEEKS), np.zeros(1), np.zeros(1, np.int64)),
        items=Items(
            c0=np.empty(capacity, np.uint32),
            c1=np.empty(capacity, np.uint32),
            slot_word=np.empty(capacity, np.uint32),
            step_words=np.empty((3, capacity), np.uint32),
            origin=np.empty(capacity, np.int64),
            hour=np.empty(capacity, np.int64),
            alive=np.empty(capacity, np.int32),
            refused=np.zeros(capacity if capped else 0, np.bool_),
        ),
        weeks=Weeks(
            c0=np.empty(weeks, np.uint32),
            c1=np.empty(weeks, np.uint32),
            words=np.empty((4, weeks), np.uint32),
            count=np.empty(weeks, np.int64),
        ),
        calls=Calls(
            slots=np.arange(most_calls, dtype=np.int32),
            changed=np.empty(most_calls, np.int32),
            ramp_hour=np.empty(most_calls, np.int32),
            per_hour=np.zeros(clock.hours_per_week, np.int32),
            per_day=np.zeros(int(clock.day_of_week_hour[-1]) + 1, np.int32),
        ),
        windows=Windows(
            hours=np.zeros((2, counted_hours), np.int64),
            touched_hours=np.empty((2, counted_hours), np.int32),
            n_touched=np.zeros(2, np.int64),
            days=np.zeros(len(clock.week_of_day), np.int64),
            touched_days=np.empty(len(clock.week_of_day), np.int32),
            weeks=np.zeros((2, clock.counted_weeks), np.int64),
            first_weeks=np.zeros(clock.counted_weeks, np.int64),
            team=np.zeros(clock.counted_weeks, np.int64),
        ),
        cap_week=np.zeros(MAX_WEEKS if capped else 0, np.int64),
        heap=np.empty(capacity if capped else 0, np.int64),
        horizons=np.zeros(N_HORIZONS, np.int64),
    )
