"""The working memory of a thread that plays rows, and what it counts.

Large arrays are only touched as far as a scenario needs them, so that their size costs nothing.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from simcore.base.periods import WEEKS_PER_QUARTER
from simcore.kernels.caps import is_capped
from simcore.kernels.rows.calls import AHEAD
from simcore.kernels.rows.waits import Ages, HourTables
from simcore.program.layout import FIXED, FULL_ACTIVITY, Clock, Program
from simcore.program.tally import ACCOUNTS, GROUPS, N_HORIZONS, NEED_COUNTS, OF_SEAT, SECTIONS, TallyArrays
from simcore.random.addresses import MAX_WEEKS

Floats = NDArray[np.float64]
Integers = NDArray[np.int32]
Longs = NDArray[np.int64]
Words = NDArray[np.uint32]

STRIDE_CALLS = 1 << 15
"""Weeks are simulated in strides of about this many calls, so that the working set stays in the cache."""
LANES = 8192
"""Weeks of seats that are simulated at a time, about."""
MOST_ITEMS = 1 << 17
"""Successes of step 1 that are in work at a time, about: a few megabytes."""
MOST_ARRIVALS = 1 << 20
"""Items of a row that come without a call, and of one of its seats that are open at the start, about."""
MOST_CALLS = 1 << 22
"""Calls that are simulated at a time, which is how many successes there is room for; what is not used costs nothing."""

DEALS = 1 << 12
"""Deals of a seat of a row that a list has room for before it grows."""
PLACES = 1 << 17
"""Windows that are added to the bins at a time, about."""

LATE_STEP = 4
"""Steps after it have words of their own purposes."""

C0, C1, WHO, SLOT, STEP_2, STEP_3, STEP_4 = range(7)
"""Rows of `Items.words`: address, replication in the row, and the words of `simcore.random.addresses.ITEM`."""
ASIDE = 7
"""The first of four rows for the words of another purpose."""
ORIGIN, NOW, BEGAN = range(3)
"""Rows of `Items.hours` that stay with an item: the hour of its call (-1: open at the start), the hour in which it
entered its stage, and the stage in which it was open at the start (0: none)."""
UNTIL, WEEK, KEEP, LATE, LOST, ORDER, SPARE = range(3, 10)
"""Rows of `Items.hours` for what is worked out at a step: the hour in which an item is due, its week, and lists."""


class Seats(NamedTuple):
    """The people of one seat, week by week, and their rates; simulated weeks by replications of the row."""

    person: Integers
    activity: Integers
    rate: Floats
    """float64[S + 1, simulated weeks, size]: not yet cut at 1."""
    last_rate: Floats
    """float64[S + 1, size]: of who sits in the seat at the end, without market and noise."""
    carry: Longs
    """int64[size]"""
    state: Floats
    """float64[size]: of the market."""
    factor: Floats
    """float64[65536, size]: of the market."""


class Weeks(NamedTuple):
    """The calls of one seat."""

    words: tuple[Words, Words, Words, Words]
    """uint32[simulated weeks, size] each"""
    calls: Integers
    """int32[simulated weeks, size]"""
    successes: Integers
    """int32[simulated weeks, size]"""
    carried: Longs
    """int64[weeks of a stride, size]: the fraction of a call that a ramp carries into a week; or of no weeks."""
    slots: Longs
    """int64[most calls + 1]"""
    lanes: Floats
    """float64[6, size]"""
    per_hour: Words
    """uint32[hours of a week and three, size]: zero between uses."""


class Items(NamedTuple):
    """The successes of a stride, a column each."""

    words: Words
    """uint32[11, capacity]"""
    hours: Integers
    """int32[10, capacity]"""
    word: tuple[Words, ...]
    hour: tuple[Integers, ...]
    """Row by row, which costs Python less than to take a row out of an array."""
    due: Longs
    """int64[capacity]: due hours not yet cut; then values in cents."""
    other: Longs
    """int64[capacity]: due hours by the lag of what is lost; or empty."""
    units: Longs
    """int64[capacity]: values in units."""
    own: Floats
    """float64[capacity]: rates."""
    ends: Longs
    """int64[size + 1]"""
    entries: Longs
    dues: Longs


class Booked(NamedTuple):
    """What sums up the revenue of one seat in units; all but lists is zero between seats."""

    hours: Longs
    """int64[hours of a week and days of a week, size]"""
    touched: Longs
    """int64[2, places in hours + 1]"""
    ends: Longs
    """int64[counted weeks + 1]"""
    weeks: Longs
    """int64[counted weeks, size]"""
    parts: Longs
    """int64[parts, size]: where months cut weeks, the same by part; else of none."""
    called: Longs
    """int64[parts, size]: successes of step 1 by part, likewise."""
    sums: Longs
    """int64[3, size]: the first is zero between uses."""
    team: Longs
    """int64[counted weeks, size]: by quota period."""


class Closed:
    """The deals of one seat of a row: a list that grows."""

    def __init__(self, room: int) -> None:
        self.n = 0
        self.hours = np.empty((2, room), np.int32)
        """int32[accounts, room]"""
        self.who = np.empty(room, np.uint32)
        """uint32[room]: the replication in the row."""
        self.units = np.empty(room, np.int64)
        self.order = np.empty(room, np.int32)

    def add(self, hours: tuple[Integers, Integers], who: Words, units: Longs) -> None:
        """Add deals by their hours in both accounts."""
        n, end = self.n, self.n + len(units)
        if end > len(self.units):
            self._grow(2 * end)
        self.hours[0, n:end], self.hours[1, n:end] = hours
        self.who[n:end], self.units[n:end] = who, units
        self.n = end

    def _grow(self, room: int) -> None:
        before = self.hours, self.who, self.units
        n = self.n
        self.hours, self.who = np.empty((2, room), np.int32), np.empty(room, np.uint32)
        self.units, self.order = np.empty(room, np.int64), np.empty(room, np.int32)
        self.hours[:, :n], self.who[:n], self.units[:n] = before[0][:, :n], before[1][:n], before[2][:n]


class Places:
    """Windows that are not yet in the bins of the tally: a list that grows."""

    def __init__(self, room: int) -> None:
        self.n = 0
        self.places, self.by_section = np.empty(room, np.uint32), np.empty(room, np.uint32)
        self.ends = np.zeros(SECTIONS + 1, np.int64)

    def make_room(self, more: int) -> bool:
        """Make room for more windows, and return whether those that are there must be added to the bins first."""
        if self.n + more <= len(self.places):
            return False
        if more > len(self.places) // 2:
            before, room = self.places, 2 * (self.n + more)
            self.places, self.by_section = np.empty(room, np.uint32), np.empty(room, np.uint32)
            self.places[: self.n] = before[: self.n]
            return False
        return True


class Counters(NamedTuple):
    """What is counted, replications last: see `simcore.program.tally.TallyArrays`.

    Groups are those of a tally, 256, or as many replications as a row has, if these are more.
    """

    stages: Longs
    """int64[3, S + 1, groups]"""
    first: Longs
    """int64[2, 7, groups]"""
    moments: Longs
    """int64[accounts * 7, groups, 4]"""
    quota_hits: Longs
    """int64[2, groups]"""
    conduct: Longs
    """int64[3, groups]"""
    weeks_of_quarter: Longs
    """int64[13, groups]"""
    needs: Longs
    """int64[7, groups]"""
    seats: Longs
    """int64[seats told one by one, 2, groups]"""


class Memory(NamedTuple):
    """All working memory of one thread."""

    size: int
    """Most replications of a row, a power of two."""
    bits: int
    """Its logarithm."""
    stride: int
    """Weeks that are simulated at a time."""
    seats: Seats
    weeks: Weeks
    items: Items
    booked: Booked
    closed: Closed
    windows: Places
    words_kept: list[int]
    hours_kept: int
    """Which rows of `Items.words` an item needs past each step, and of `Items.hours` past any, as bits."""
    longest: dict[int, int]
    """The longest lag of each entry of `Lags` that was asked for, in hours."""
    ages: Ages
    waits: HourTables
    counters: Counters


def stride_weeks(program: Program) -> int:
    """Return how many weeks are simulated at a time: all of them where a cap needs the whole run in order."""
    simulated, most_calls = program.clock.simulated_weeks, program.plan.slot_hour.shape[1]
    return simulated if is_capped(program) else int(min(simulated, max(1, STRIDE_CALLS // max(1, most_calls))))


def row_size(program: Program, stride: int | None = None) -> int:
    """Return the largest number of replications that are played side by side: a power of two up to 256.

    ``stride``: the weeks that are simulated at a time, by default those of `stride_weeks`.
    """
    weeks, most_calls = stride or stride_weeks(program), max(1, program.plan.slot_hour.shape[1])
    items = weeks * most_calls * min(1.0, float(program.rates.base[1]))
    most = min(GROUPS, LANES // weeks, MOST_CALLS // (weeks * most_calls), int(MOST_ITEMS / max(1.0, items)))
    most = min(most, int(MOST_ARRIVALS / max(1.0, program.inflow.total)))
    most = min(most, MOST_ARRIVALS // max(1, int(np.diff(program.start.first).max())))
    return 1 << (max(1, most).bit_length() - 1)


def new_memory(program: Program, *, most: int | None = None, stride: int | None = None) -> Memory:
    """Allocate the working memory of a thread for a program; results depend neither on row nor on stride.

    ``most``: replications of a row, a power of two; ``stride``: weeks that are simulated at a time, all of them where
    there is a cap; both as the program has them by default.
    """
    clock = program.clock
    stride = stride_weeks(program) if stride is None else min(stride, clock.simulated_weeks)
    size, most_calls = most or row_size(program, stride), program.plan.slot_hour.shape[1]
    simulated = clock.simulated_weeks
    capacity = size * (stride * most_calls + int(np.diff(program.start.first).max())) + AHEAD
    return Memory(
        size,
        size.bit_length() - 1,
        stride,
        _new_seats(program, size),
        Weeks(
            words=_four(simulated, size),
            calls=np.zeros((simulated, size), np.int32),
            successes=np.zeros((simulated, size), np.int32),
            carried=np.empty((stride if program.team.ramp_weeks > 0 else 0, size), np.int64),
            slots=np.array([0] * most_calls + [1]),
            lanes=np.empty((6, size)),
            per_hour=np.zeros((clock.hours_per_week + 3, size), np.uint32),
        ),
        _new_items(size, capacity, capped=is_capped(program), parted=bool((program.lags.lost >= 0).any())),
        _new_booked(clock, size, parts_of(program)),
        Closed(DEALS),
        Places(PLACES),
        *columns_kept(program),
        {},
        Ages(program.lags, program.start.age),
        HourTables(program.lags),
        _new_counters(program, max(GROUPS, size)),
    )


def _new_counters(program: Program, groups: int) -> Counters:
    steps, told = program.clock.steps, program.people.told
    return Counters(
        stages=np.zeros((3, steps + 1, groups), np.int64),
        first=np.zeros((2, N_HORIZONS, groups), np.int64),
        moments=np.zeros((ACCOUNTS * N_HORIZONS, groups, 4), np.int64),
        quota_hits=np.zeros((2, groups), np.int64),
        conduct=np.zeros((3, groups), np.int64),
        weeks_of_quarter=np.zeros((WEEKS_PER_QUARTER, groups), np.int64),
        needs=np.zeros((len(NEED_COUNTS), groups), np.int64),
        seats=np.zeros((told, len(OF_SEAT), groups), np.int64),
    )


def _new_seats(program: Program, size: int) -> Seats:
    simulated, rates = program.clock.simulated_weeks, program.rates
    rate = np.empty((program.clock.steps + 1, simulated, size))
    rate[:] = rates.base[:, None, None]
    return Seats(
        person=np.zeros((simulated, size), np.int32),
        activity=np.full((simulated, size), FULL_ACTIVITY, np.int32),
        rate=rate,
        last_rate=np.tile(rates.base[:, None], (1, size)),
        carry=np.zeros(size, np.int64),
        state=np.zeros(size),
        factor=np.empty((MAX_WEEKS, size)),
    )


def _four(weeks: int, size: int) -> tuple[Words, Words, Words, Words]:
    first, second, third, fourth = np.empty((4, weeks, size), np.uint32)
    return first, second, third, fourth


def _new_items(size: int, capacity: int, *, capped: bool, parted: bool) -> Items:
    words, hours = np.empty((11, capacity), np.uint32), np.zeros((10, capacity), np.int32)
    return Items(
        words=words,
        hours=hours,
        word=tuple(words),
        hour=tuple(hours),
        due=np.empty(capacity, np.int64),
        other=np.empty(capacity if parted else 0, np.int64),
        units=np.empty(capacity, np.int64),
        own=np.empty(capacity),
        ends=np.zeros(size + 1, np.int64),
        entries=np.zeros(MAX_WEEKS if capped else 0, np.int64),
        dues=np.empty(capacity if capped else 0, np.int64),
    )


def with_room(memory: Memory, more: int) -> Memory:
    """Return a memory whose lists have room for more items."""
    before = memory.items
    capacity, capped, parted = len(before.own) + more, len(before.entries) > 0, len(before.other) > 0
    return memory._replace(items=_new_items(memory.size, capacity, capped=capped, parted=parted))


def parts_of(program: Program) -> int:
    """Return the parts of weeks where months cut them; else 0."""
    return program.calendar.period_of_part.shape[1] if program.calendar.cut else 0


def _new_booked(clock: Clock, size: int, parts: int) -> Booked:
    counted, places = clock.counted_weeks, clock.hours_per_week + clock.hours_per_week // clock.hours_per_day
    return Booked(
        hours=np.zeros((places, size), np.int64),
        touched=np.empty((2, places * size + 1), np.int64),
        ends=np.zeros(counted + 1, np.int64),
        weeks=np.zeros((counted, size), np.int64),
        parts=np.zeros((parts, size), np.int64),
        called=np.zeros((parts, size), np.int64),
        sums=np.zeros((3, size), np.int64),
        team=np.zeros((counted, size), np.int64),
    )


def columns_kept(program: Program) -> tuple[list[int], int]:
    """Return which rows of `Items.words` an item needs past each step, and of `Items.hours` at all, as bits."""
    lags, steps = program.lags, program.clock.steps
    given = len(program.start.stage) > 0
    words = []
    for step in range(steps + 1):
        laws = [law for later in range(step, steps + 1) for law in (later, int(lags.lost[later])) if law >= 0]
        drawn = any(lags.lagged[law] and lags.kind[law] != FIXED for law in laws)
        drawn = drawn or bool(program.closing.threshold[step:].any())
        addressed = drawn or given or program.inflow.total > 0.0 or program.deals.kind != FIXED or steps > LATE_STEP
        own = sum(1 << (SLOT + later - 1) for later in range(max(2, step + 1), min(steps, LATE_STEP) + 1))
        words.append(own | 1 << WHO | (1 << C0 | 1 << C1 if addressed else 0))
    return words, 1 << NOW | (0 if program.clock.one_account else 1 << ORIGIN) | given << BEGAN


def bins_of_cells(tally: TallyArrays) -> Longs:
    """Return the bins of a tally by section, account and horizon, and bin: the same memory, int64[32, 14, bins]."""
    return tally.bins.reshape(SECTIONS, ACCOUNTS * N_HORIZONS, -1)


def count_replications(first_group: int, size: int, tally: TallyArrays) -> None:
    """Count the replications of a row that begins with a group of the counters."""
    groups = np.arange(first_group, first_group + size) % GROUPS
    tally.replications[...] += np.bincount(groups, minlength=GROUPS)


def flush(counters: Counters, tally: TallyArrays) -> None:
    """Add what was counted to a tally, and start anew; rows longer than its groups have several places for each."""
    for first in range(0, counters.conduct.shape[1], GROUPS):
        part = slice(first, first + GROUPS)
        moments = counters.moments[:, part].reshape(ACCOUNTS, N_HORIZONS, GROUPS, 4).transpose(2, 0, 1, 3)
        low = tally.moments[..., 2].view(np.uint64)
        tally.moments[...] += moments
        tally.moments[..., 3] += low < moments[..., 2].astype(np.uint64)
        tally.stages[...] += counters.stages[..., part].transpose(2, 0, 1)
        tally.first[...] += counters.first[..., part].transpose(2, 0, 1)
        tally.quota_hits[...] += counters.quota_hits[:, part].T
        tally.conduct[...] += counters.conduct[:, part].T
        tally.weeks_of_quarter[...] += counters.weeks_of_quarter[:, part].T
        tally.needs[...] += counters.needs[:, part].T
        tally.seats[...] += counters.seats[..., part].transpose(2, 0, 1)
    for each in counters:
        each[...] = 0
