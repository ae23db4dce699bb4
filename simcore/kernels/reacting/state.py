"""The working memory of a thread that plays teams that react in rows: what each seat knows, and the open items.

A *lane* is a seat of a replication of the row: lane ``rep << bits | replication in the row``.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from simcore.kernels.caps import is_capped
from simcore.kernels.rows.memory import Closed, Seats, parts_of
from simcore.kernels.rows.memory import Memory as RowMemory
from simcore.kernels.rows.memory import new_memory as new_row_memory
from simcore.program.coaching import ORACLE, PROCESS
from simcore.program.coaching import RESULT as BY_RESULT
from simcore.program.layout import FULL_ACTIVITY, Program
from simcore.program.quotas import begins_between_decisions
from simcore.scenario.channels import channel_count
from simcore.scenario.signals import SIGNALS

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float64]
Integers = NDArray[np.int32]
Longs = NDArray[np.int64]
Words = NDArray[np.uint32]

LANES, LANES_AT_ONCE = 2560, 5120
"""Seats side by side, about: where items wait, which takes memory, and where they do not."""
MOST = 512
"""Replications side by side, at most."""
ITEMS = 1 << 23
"""Items of a row in memory at once, about: 100 bytes each."""
APART = 16
"""Lanes to spare, so that the hours of a lane do not lie at distances that share places of the cache."""
SHEETS = BANDS = 16

(
    BOOKED, RESULT, MARK, UNANSWERED, CARRY, ACTIVE, LAST_BOOKING, PRESSED, REFERRED, OPEN, OWED, LEFT_OUT, ENDED,
    SURPRISES,
) = KNOWN = range(14)  # fmt: skip
"""Rows of `Lanes.known`: booked this period and in this interval, in cents; the hour after the last deal; calls since
the last booking; the carried fraction of a call; the activity of the interval, fixed point; the last hour of the week
in it with a booking, or -1; whether the week has a session on the result; referrals; open items; calls that checks cost
and that are owed, and those that are not dialled in this interval; deals with needs that ended in it, and surprises."""
BAND, SHEET = range(2)
"""Rows of `Lanes.drawn`: bands and sheets that are drawn."""

LANE, C0, C1, STEP_2, STEP_3, STEP_4, WHO, OWN = range(8)
"""Rows of `Items.words`: the lane, the address, the words of steps 2 to 4; then the replication in the row, and the
word of a decision. The first six are columns of `Calendar.entries`."""
SLOT = C1
"""Row of `Candidates.words` in the place of `C1`, which is the same for a lane and week."""
CARD_LANE, CARD_C0, CARD_HOUR, CARD_RANK, CARD_STEP_2 = range(5)
"""Columns of `Candidates.cards`: the lane, the address, the hour of the week, the place among the calls of the hour on
its sheet; and the words of steps 2 to 4."""
HOUR, ORIGIN, GIVEN, KEEP, PASSED, COUNT = range(6)
"""Rows of `Items.hours`: the hour in which an item is due or moves on; that of its call, or -1; its number in
`OpenItems`, or -1; and lists."""
RESPONSE, WIN_FACTOR, PRICE, RATE, LAG = range(5)
"""Rows of `Items.floats`: the response to the next step's rate (see `simcore.kernels.reacting.needs` for what is below
0), what a pull adds to it, and what it leaves of the
price; the rate of a decision; a lag in hours."""
LISTED, CENTS, UNITS = range(3)
"""Rows of `Items.longs`: the value of a deal before discounts, and after, in cents and in units."""
KEPT_WORDS, KEPT_HOURS, KEPT_FLOATS = 6, 3, 3
"""Rows that stay with an item."""
DEAD = np.uint32(0xFFFFFFFF)
"""The lane of an entry of the calendar that was taken out."""
ENTRY_LANE, ENTRY_DUE, ENTRY_ORIGIN, ENTRY_GIVEN, ENTRY_RESPONSE = 0, 6, 7, 8, 9
"""Columns of `Calendar.entries`: the first of six words, see `LANE`; the due hour; one more than the hour of the call
and than the number in `OpenItems`; and the two halves of the response."""
CHUNK_BITS = 4
CHUNK = 1 << CHUNK_BITS
"""Entries of a chunk of the calendar."""
ROOM = 1 << 12


class Lanes(NamedTuple):
    """What each seat knows and how it responds; lanes last."""

    person: Integers
    """int32[lanes]: in this week."""
    ramp: Integers
    """int32[lanes]: activity in this week without drives, fixed point."""
    starts: Bytes
    """uint8[lanes]: whether somebody else, or nobody, sits in the seat since this week."""
    decides: Bytes
    """uint8[lanes]"""
    calls: Integers
    """int32[lanes]: of this week, without drives."""
    before: Integers
    """int32[lanes, hours of a week + 1]: calls of the week before each hour without drives, under a ramp."""
    base_carry: Longs
    """int64[lanes]: the fraction of a call that a ramp carries on."""
    known: Longs
    """int64[14, lanes]"""
    drawn: Integers
    """int32[2, lanes]"""
    wanted: Integers
    """int32[2, lanes]: the same as needed by the interval."""
    signal: Floats
    """float64[signals, lanes]"""
    level: Floats
    """float64[drives, lanes]"""
    response: Floats
    """float64[channels, lanes]: by number, see `simcore.scenario.channels`."""
    rate: Floats
    """float64[S + 1, lanes]: of this week, not yet cut at 1, without habits."""
    habit: Floats
    """float64[S + 1, lanes]: what habits leave of the rates."""
    per_hour: Integers
    """int32[hours of a week, lanes and some to spare]: bookings of the week."""
    cell: Integers
    """int32[sheets * bands, lanes, 2]: a cell's first candidate, and how many it has."""
    scratch: Floats
    """float64[lanes]"""
    list: Integers
    """int32[2, lanes + 1]"""
    team: Longs
    """int64[replications of the row]"""
    counts: Integers
    """int32[3, lanes]: calls of the week, those above plan, and bookings."""


class Batch:
    """The candidates of a cell of some lanes, interval by interval."""

    def __init__(self, chains: int) -> None:
        self.ends = np.zeros(chains + 1, np.int32)
        """int32[chains + 1]: where each interval (or hour) of the week ends in `Candidates.cards`, after where they
        begin."""
        self.before = np.zeros(0, np.int64)
        """int64[hours of a week + 1]: calls of their plan before each hour."""


class Candidates:
    """The calls of a week that may succeed, of all lanes: a list that grows."""

    def __init__(self, chains: int) -> None:
        self.n = 0
        self.chains = chains
        self.words = np.empty((6, ROOM), np.uint32)
        """uint32[6, room]: see `LANE` and `SLOT`."""
        self.hour, self.rank = np.empty(ROOM, np.int32), np.empty(ROOM, np.int32)
        """int32[room]: the hour of the week; the place among the calls of the hour on its sheet."""
        self.cards = np.empty((ROOM, 8), np.uint32)
        """uint32[room, 8]: the same in the order of `Batch.ends`, one candidate in one place; see `CARD_LANE`."""
        self.batches: list[Batch] = []
        self.used = 0
        """Batches of this week."""

    def make_room(self, more: int) -> None:
        """Make room for more candidates."""
        need = self.n + more + 1
        if need > self.words.shape[1]:
            words, cards = self.words, self.cards
            self.words, self.cards = np.empty((6, 2 * need), np.uint32), np.empty((2 * need, 8), np.uint32)
            self.hour, self.rank = np.empty(2 * need, np.int32), np.empty(2 * need, np.int32)
            self.words[:, : self.n], self.cards[: self.n] = words[:, : self.n], cards[: self.n]

    def next_batch(self) -> Batch:
        """Return a batch that is not used yet."""
        if self.used == len(self.batches):
            self.batches.append(Batch(self.chains))
        batch = self.batches[self.used]
        self.used += 1
        return batch


class Items:
    """Items that are worked on, a column each: room that grows."""

    def __init__(self) -> None:
        self.room = 0
        self.make_room(ROOM)

    def make_room(self, n: int, kept: int = 0) -> None:
        """Make room for n items; the first ``kept`` stay."""
        if n <= self.room:
            return
        before = self.__dict__ if self.room else {}
        self.room = room = 2 * n
        shapes = {"words": (8, np.uint32), "drawn": (4, np.uint32), "hours": (6, np.int32), "floats": (5, np.float64)}
        for name, (rows, kind) in {**shapes, "longs": (3, np.int64)}.items():
            new = np.empty((rows, room), kind)
            if name in before:
                new[:, :kept] = before[name][:, :kept]
            setattr(self, name, new)
        # A view of a row takes as long to make as a small kernel to call.
        self.lane, self.c0, self.c1, *self.step_words, self.who, self.own = self.words
        self.hour, self.origin, self.given, self.keep, self.passed, self.count = self.hours
        self.response, self.win_factor, self.price, self.rate, self.lag = self.floats
        self.listed, self.cents, self.units = self.longs

    words: Words
    drawn: Words
    hours: Integers
    floats: Floats
    longs: Longs


class Calendar:
    """The open items by the bucket of hours in which they are due, and by stage, in chunks: room that grows."""

    def __init__(self, buckets: int, steps: int) -> None:
        self.entries = np.empty((ROOM, 12), np.uint32)
        """uint32[room, 12]: an item each, see `ENTRY_LANE`; in one piece, for it is far from the last that was read."""
        self.next = np.empty(ROOM >> CHUNK_BITS, np.int32)
        """int32[chunks]: the next chunk of the bucket, or -1."""
        self.free = np.empty(ROOM >> CHUNK_BITS, np.int32)
        self.size = np.zeros(2, np.int64)
        """int64[2]: chunks given back, and chunks ever used."""
        self.chunks = np.full((2, buckets + 1, steps), -1, np.int32)
        """int32[2, buckets + 1, S]: the first and the last chunk of each bucket and stage; the last bucket holds what
        is due later than in the others."""
        self.count = np.zeros((buckets + 1, steps), np.int32)

    def make_room(self, more: int) -> None:
        """Make room for more items, even if each needs a chunk."""
        need = int(self.size[1]) + max(0, more - int(self.size[0]))
        if need > len(self.next):
            chunks, used = 2 * need, int(self.size[1])
            for name in ("entries", "next", "free"):
                old = getattr(self, name)
                rows = used if name in {"next", "free"} else used * CHUNK
                new = np.empty((chunks if name in {"next", "free"} else chunks * CHUNK, *old.shape[1:]), old.dtype)
                new[:rows] = old[:rows]
                setattr(self, name, new)

    def clear(self) -> None:
        """Forget all items."""
        self.size[:] = 0
        self.count[:] = 0

    @property
    def far(self) -> int:
        """The bucket of what is due later than in the others."""
        return len(self.count) - 1


class Coached(NamedTuple):
    """The habits of each lane, and what a manager sees of it."""

    habits: Longs
    """int64[lanes]: bit s is set while the person has the habit at step s."""
    decided: Longs
    """int64[S + 1, simulated weeks, lanes]: decisions of a step (calls, for step 1); of no weeks if not used."""
    passed: Longs
    revenue: Longs
    """int64[simulated weeks, lanes]: by close, in cents."""
    score: Floats
    step: Longs
    """int64[lanes]: the step that a session would be on; 0: none, or no longer waiting for one."""
    order: Words
    """uint32[lanes]: the order of equal scores."""
    session: Longs


class Capped(NamedTuple):
    """What is in a stage."""

    open: Longs
    """int64[lanes], or empty where the stage has no cap: items that are open in it."""
    week: Longs
    """int64[lanes]: the last week in which an item entered it."""
    entries: Longs
    """int64[lanes]: how many did in that week."""


class Pulls:
    """The items that may be pulled in this window: a list that grows."""

    def __init__(self, pulls: int, lanes: int) -> None:
        self.limit = np.zeros((pulls, lanes), np.int64)
        """int64[pulls, lanes]: thresholds of the shares."""
        self.listed, self.pulled = np.zeros(ROOM, np.int32), np.zeros(ROOM, np.int32)
        """int32: how many, and the entries of the calendar; those of a window, and those pulled in this hour."""
        self.by = np.zeros(ROOM, np.int32)
        """int32: which drive pulled each of the latter."""
        self.words = np.empty((4, ROOM), np.uint32)
        self.seen = 0
        """Items that are listed, with their words, and that were looked at."""
        self.end = 0
        """The end of the period; 0: no window."""

    def make_room(self, n: int) -> None:
        """Make room for lists of n items; what is listed, and was pulled in this hour, stays."""
        if n < len(self.listed):
            return
        for name in ("listed", "pulled", "by", "words"):
            old = getattr(self, name)
            new = np.zeros((*old.shape[:-1], 2 * n + 1), old.dtype)
            new[..., : old.shape[-1]] = old
            setattr(self, name, new)


class Memory(NamedTuple):
    """All working memory of one thread."""

    rows: RowMemory
    """What rows without reactions need too: seats are those of the first rep."""
    seats: list[Seats]
    """Of each rep."""
    rates: Floats
    """float64[reps, S + 1, simulated weeks, size]: those of ``seats``."""
    persons: Integers
    """int32[reps, simulated weeks, size]"""
    ramps: Integers
    """int32[reps, simulated weeks, size]"""
    bookings: Integers
    """int32[reps, simulated weeks, size]"""
    called: Longs
    """int64[reps, parts, size]: the same by part of a week, where months cut weeks; else of no parts."""
    owns: Floats
    """float64[reps, S + 1, simulated weeks, size]: rates without market and noise, if a manager knows them."""
    closed: Closed
    """The deals of all reps: those of `rows` are of one rep at a time."""
    lanes: Lanes
    candidates: Candidates
    calendar: Calendar
    items: Items
    capped: list[Capped]
    pulls: Pulls
    coached: Coached


def by_hours(program: Program) -> bool:
    """Return whether the hours between two decisions are played in turn: caps and pulls look at what is open in one."""
    return is_capped(program) or len(program.reaction.pull_drive) > 0


def bucket_hours(program: Program) -> int:
    """Return the hours of a bucket of due items and of a chain of candidates."""
    if by_hours(program):
        return 1
    return program.clock.hours_per_day if begins_between_decisions(program) else program.reaction.interval


def reach_hours(program: Program) -> int:
    """Return for how many hours due items have buckets: the run, and as far as a pull reaches beyond it."""
    reach = int(program.reaction.pull_hours.sum(axis=1).max(initial=0))
    periods = int(program.reaction.period_hours.max(initial=0))
    return program.clock.end_hour + (reach + periods if reach else 0)


def items_of(program: Program) -> float:
    """Return about how many items of a replication are in memory at once, at most: those of a week, or of the run."""
    weeks = program.clock.simulated_weeks if program.lags.lagged.any() or by_hours(program) else 1
    a_week = float(program.plan.calls.max(initial=0)) * min(1.0, float(program.rates.base[1]))
    return max(1.0, program.team.reps * weeks * a_week + float(program.start.first[-1]) + program.inflow.total)


def row_size(program: Program) -> int:
    """Return the largest number of replications that are played side by side: a power of two up to 512."""
    lanes = LANES if program.lags.lagged.any() or by_hours(program) else LANES_AT_ONCE
    most = min(MOST, lanes // program.team.reps, int(ITEMS / items_of(program)))
    return 1 << (max(1, most).bit_length() - 1)


def new_memory(program: Program, *, most: int | None = None) -> Memory:
    """Allocate the working memory of a thread for a program; results do not depend on the row.

    ``most``: replications of a row, a power of two; by default `row_size`.
    """
    clock, reaction, reps, size = program.clock, program.reaction, program.team.reps, most or row_size(program)
    rows = new_row_memory(program, most=size, stride=1)
    simulated, steps, lanes = clock.simulated_weeks, clock.steps, reps * size
    rates = np.empty((reps, steps + 1, simulated, size))
    rates[:] = program.rates.base[:, None, None]
    persons = np.zeros((reps, simulated, size), np.int32)
    ramps = np.full((reps, simulated, size), FULL_ACTIVITY, np.int32)
    seats = [
        rows.seats._replace(
            person=persons[rep], activity=ramps[rep], rate=rates[rep], last_rate=rows.seats.last_rate.copy()
        )
        for rep in range(reps)
    ]
    span = bucket_hours(program)
    return Memory(
        rows=rows,
        seats=seats,
        rates=rates,
        persons=persons,
        ramps=ramps,
        bookings=np.zeros((reps, simulated, size), np.int32),
        called=np.zeros((reps, parts_of(program), size), np.int64),
        owns=rates.copy() if program.coaching.rule == ORACLE else np.empty((0, 0, 0, 0)),
        closed=Closed(ROOM),
        lanes=_new_lanes(program, lanes, size),
        candidates=Candidates(clock.hours_per_week // span),
        calendar=Calendar(reach_hours(program) // span, steps),
        items=Items(),
        capped=[_new_capped(program, stage, lanes) for stage in range(steps + 1)],
        pulls=Pulls(len(reaction.pull_drive), lanes),
        coached=_new_coached(program, lanes),
    )


def _new_lanes(program: Program, lanes: int, size: int) -> Lanes:
    clock, reaction, steps = program.clock, program.reaction, program.clock.steps
    hours = clock.hours_per_week
    return Lanes(
        person=np.zeros(lanes, np.int32),
        ramp=np.full(lanes, FULL_ACTIVITY, np.int32),
        starts=np.zeros(lanes, np.uint8),
        decides=np.zeros(lanes, np.uint8),
        calls=np.zeros(lanes, np.int32),
        before=np.zeros((lanes, hours + 1), np.int32),
        base_carry=np.zeros(lanes, np.int64),
        known=np.zeros((len(KNOWN), lanes), np.int64),
        drawn=np.zeros((2, lanes), np.int32),
        wanted=np.zeros((2, lanes), np.int32),
        signal=np.zeros((len(SIGNALS), lanes)),
        level=np.zeros((len(reaction.memory), lanes)),
        response=np.ones((channel_count(steps), lanes)),
        rate=np.ones((steps + 1, lanes)),
        habit=np.ones((steps + 1, lanes)),
        per_hour=np.zeros((hours, lanes + APART), np.int32),
        cell=np.zeros((SHEETS * BANDS, lanes, 2), np.int32),
        scratch=np.zeros(lanes),
        list=np.zeros((2, lanes + 1), np.int32),
        team=np.zeros(size, np.int64),
        counts=np.zeros((3, lanes), np.int32),
    )


def _new_capped(program: Program, stage: int, lanes: int) -> Capped:
    capped = bool(program.caps.per_week[stage] >= 0 or program.caps.open[stage] >= 0)
    return Capped(*(np.zeros(lanes if capped else 0, np.int64) for _ in range(3)))


def _new_coached(program: Program, lanes: int) -> Coached:
    clock, coaching = program.clock, program.coaching
    weeks = clock.simulated_weeks
    by_step = (clock.steps + 1, weeks if coaching.rule in (BY_RESULT, PROCESS) else 0, lanes)
    return Coached(
        habits=np.zeros(lanes, np.int64),
        decided=np.zeros(by_step, np.int64),
        passed=np.zeros(by_step, np.int64),
        revenue=np.zeros(by_step[1:], np.int64),
        score=np.zeros(lanes),
        step=np.zeros(lanes, np.int64),
        order=np.zeros(lanes, np.uint32),
        session=np.zeros(lanes, np.int64),
    )
