"""The working memory of one thread for strategies that react: what the seats remember from hour to hour.

Seats that hear of each other are simulated together and have a *place* each; otherwise there is one place, used by one
seat after the other.
"""

from __future__ import annotations

from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from simcore.kernels.reactive.lookahead import Lookahead, new_lookahead
from simcore.kernels.workspace import (
    SPARE,
    STRIDE_CALLS,
    Detail,
    MarketPath,
    Scratch,
    Sums,
    Weeks,
    is_capped,
    new_scratch,
)
from simcore.program.layout import MOST, PROCESS, Program
from simcore.program.layout import RESULT as BY_RESULT
from simcore.program.tally import TallyArrays
from simcore.scenario.channels import ACTIVITY, channel_count
from simcore.scenario.signals import SIGNALS

_Number = TypeVar("_Number", bound=np.generic)

MAX_OPEN = 1 << 20
"""Most items of a seat that are open at once, and most that are referred to it."""
SHEETS = BANDS = 16

BOOKED, RESULT, MARK, UNANSWERED, CARRY, REFERRED_ITEMS, ACTIVE, LAST_BOOKING, PRESSED = KNOWN_COLUMNS = range(9)
"""Columns of `DriveState.known`."""
BAND, SHEET, SUCCESSES, DAY, CANDIDATES, DAY_NUMBER = STATE_COLUMNS = range(6)
"""Columns of `Candidates.state`: bands and sheets drawn, successes of the week and of the day, and candidates."""
STAGE, ORIGIN, DUE, KEY, GIVEN = NUMBER_COLUMNS = range(5)
"""Columns of `Pool.number`: the stage; the hour of the call or -1; the due hour; the place in the order of arrival;
for items open at the start, their number in `OpenItems`, else -1."""
RESPONSE, WIN_FACTOR, PRICE = FACTOR_COLUMNS = range(3)
"""Columns of `Pool.factor`: of the next step's rate, what a pull adds to it, and what it leaves of the price."""
NEXT, PREVIOUS, FREE = LINK_COLUMNS = range(3)
"""Columns of `Pool.link`: of the bucket, and the stack of free entries."""
C0, C1, STEP_WORDS = 0, 1, 2
"""Columns of `Pool.words`: the address, and the words of steps 2, 3 and 4."""
NO_BREACH, LEVEL, TOO_ACTIVE, TOO_RESPONSIVE, TOO_MANY_REFERRALS, TOO_MANY_OPEN, TOO_MANY_SUCCESSES = range(7)
"""`LimitBreach.what`, column 0."""


class DriveState(NamedTuple):
    """What each seat knows, the levels of its drives, and how it responds."""

    level: NDArray[np.float64]
    """float64[places, drives]"""
    response: NDArray[np.float64]
    """float64[places, channels]: by number, see `simcore.scenario.channels`."""
    signal: NDArray[np.float64]
    """float64[signals]: those of the seat that decides, by number, see `simcore.scenario.signals.SIGNALS`."""
    known: NDArray[np.int64]
    """int64[places, 9]: booked this period and in this interval (cents); the hour after the last deal; calls since the
    last booking; the carried fraction of a call; referrals; the activity of the interval, fixed point; the last hour
    of it with a booking, or -1; and whether the week has a session on the result."""


class Candidates(NamedTuple):
    """The calls of a week that may succeed, of each seat."""

    words: NDArray[np.uint32]
    """uint32[places, 6, candidates]: address and words of ITEM, see `simcore.kernels.workspace.C0`."""
    hour: NDArray[np.int32]
    """int32[places, candidates]: of the week."""
    rank: NDArray[np.int32]
    """int32[places, candidates]: place among the calls of its hour on its sheet."""
    chain: NDArray[np.int32]
    """int32[hours of a week]: the number of the chain that the candidates of each hour are in."""
    head: NDArray[np.int32]
    """int32[places, chains]: the first candidate of each chain, or -1."""
    next: NDArray[np.int32]
    """int32[places, candidates]: the next of the same chain, or -1."""
    cell: NDArray[np.int64]
    """int64[places, sheets, bands, 2]: a cell's first candidate, and how many it has."""
    state: NDArray[np.int64]
    """int64[places, 6]: see `BAND`."""
    before: NDArray[np.int64]
    """int64[places, hours of a week + 1]: the calls of the week before each hour without drives."""
    ramp_hour: NDArray[np.int32]
    """int32[calls]: for a week under a ramp."""
    slots: NDArray[np.int64]
    """int64[calls]: see `simcore.random.draws.take_slot`."""
    tag: NDArray[np.int64]
    """int64[1]: the next tag of ``slots``."""


class Strides(NamedTuple):
    """Where nothing needs the hours in turn: the weeks whose candidates at plan are drawn together."""

    weeks: Weeks
    per_hour: NDArray[np.int32]
    """int32[hours of a week]: bookings; zero between weeks."""
    lookahead: Lookahead


class Pool(NamedTuple):
    """The open items of each seat."""

    words: NDArray[np.uint32]
    """uint32[places, capacity, 5]"""
    number: NDArray[np.int64]
    """int64[places, capacity, 5]"""
    factor: NDArray[np.float64]
    """float64[places, capacity, 3]"""
    link: NDArray[np.int32]
    """int32[places, capacity, 3]"""
    size: NDArray[np.int64]
    """int64[places, 3]: entries given back, entries of ``far``, and entries ever used."""
    span: int
    """Hours of a bucket: 1 where the hours are simulated in turn, else the hours between two decisions."""
    bucket: NDArray[np.int32]
    """int32[places, buckets]: the first item due in each bucket of the run and as far as a pull reaches, or -1."""
    far: NDArray[np.int64]
    """int64[places, capacity]: a heap of due hours and entries of what is due later still."""
    open: NDArray[np.int64]
    """int64[places, S + 1, 3]: open items in a capped stage; the week, and the entries in it."""


class Hour(NamedTuple):
    """Working arrays of one hour of one seat."""

    due: NDArray[np.int32]
    here: NDArray[np.int32]
    arrived: NDArray[np.int32]
    spare: NDArray[np.int32]
    pulled: NDArray[np.int32]
    """int32[places, capacity]: what may be pulled forward in this window."""
    pull_state: NDArray[np.int64]
    """int64[places, 3]: the window's period end (0: none), the entries of ``pulled``, and how many were examined."""
    pull_share: NDArray[np.float64]
    """float64[places, pulls]: the shares of the hour before."""


class LimitBreach(NamedTuple):
    """The first limit that was exceeded."""

    what: NDArray[np.int64]
    """int64[5]: what, replication, seat, hour, drive."""
    level: NDArray[np.float64]
    """float64[2]: the level of the drive, and the figure that is too large."""


class Ledgers(NamedTuple):
    """Seats, deals and bookings of each place; see `Seat`, `Booked` and `Calls`."""

    person: NDArray[np.int64]
    activity: NDArray[np.int64]
    own_rate: NDArray[np.float64]
    rate: NDArray[np.float64]
    carry: NDArray[np.int64]
    booked: NDArray[np.int64]
    touched: NDArray[np.int32]
    n_touched: NDArray[np.int64]
    per_week: NDArray[np.int64]


class Coached(NamedTuple):
    """The habits of each seat, and what a manager sees of it."""

    habits: NDArray[np.int64]
    """int64[places]: bit s is set while the person has the habit at step s."""
    factor: NDArray[np.float64]
    """float64[places, S + 1]: what these habits leave of the rate of each step."""
    decided: NDArray[np.int64]
    """int64[places, S + 1, simulated weeks]: decisions of a step (calls, for step 1), if a manager uses them;
    else of no weeks."""
    passed: NDArray[np.int64]
    """int64[places, S + 1, simulated weeks]: how many of these decisions succeeded."""
    revenue: NDArray[np.int64]
    """int64[places, simulated weeks]: by close, in cents, if a manager uses it; else of no weeks."""
    score: NDArray[np.float64]
    """float64[places]: the lowest ones have a session."""
    step: NDArray[np.int64]
    """int64[places]: the step that a session would be on; 0: none, or no longer waiting for one."""
    order: NDArray[np.uint32]
    """uint32[places]: the order of equal scores."""
    session: NDArray[np.int64]
    """int64[places]: the session of the week, see `Detail.session`."""


class Memory(NamedTuple):
    """All working memory of one thread."""

    drives: DriveState
    candidates: Candidates
    strides: Strides
    pool: Pool
    hour: Hour
    breach: LimitBreach
    coached: Coached
    ledgers: Ledgers
    market: MarketPath
    sums: Sums


class ReactiveRun(NamedTuple):
    """What a block works on."""

    program: Program
    memory: Memory
    tally: TallyArrays
    detail: Detail


class ClockHour(NamedTuple):
    """The hour being simulated, and its week."""

    hour: int
    week: int


def in_turn(program: Program) -> bool:
    """Return whether the hours of a strategy that reacts must be simulated in turn.

    A cap and a pull look at all that is open in an hour, seats that hear of each other or are coached go on together,
    and habits change from week to week; otherwise the items of an interval have no bearing on each other, and each is
    followed on its own.
    """
    reaction = program.reaction
    return is_capped(program) or len(reaction.pull_drive) > 0 or reaction.lockstep or program.coaching.active


def stride_of(program: Program) -> int:
    """Return for how many weeks the candidates at plan are drawn together; 0 where the hours are simulated in turn."""
    weeks = min(program.clock.simulated_weeks, max(1, STRIDE_CALLS // program.plan.slot_hour.shape[1]))
    return 0 if in_turn(program) else int(weeks)


def most_candidates(program: Program) -> int:
    """Return the most candidates of a week: those of all the sheets that the largest activity can need."""
    reaction = program.reaction
    most = float(np.prod(reaction.change[reaction.change_channel == ACTIVITY, MOST]))
    # Under a ramp a sheet more is drawn.
    sheets = 1 + int(np.ceil(min(most, SHEETS - 1)))
    return int(program.plan.slot_hour.shape[1]) * sheets


def pool_capacity(program: Program) -> int:
    """Return the most items of a seat that have a place at once, and one more."""
    started = int(np.diff(program.start.first).max())
    referred = MAX_OPEN if program.reaction.referrals > 0.0 else 0
    return min(MAX_OPEN, program.clock.simulated_weeks * most_candidates(program) + started + referred) + 1


def places_of(program: Program) -> int:
    """Return how many seats are remembered at once."""
    return program.team.reps if program.reaction.lockstep else 1


def reach_hours(program: Program) -> int:
    """Return for how many hours due items are held in buckets: the run, and as far as a pull reaches beyond it."""
    reach = int(program.reaction.pull_hours.sum(axis=1).max(initial=0))
    periods = int(program.reaction.period_hours.max(initial=0))
    return program.clock.end_hour + (reach + periods if reach else 0)


def bucket_hours(program: Program) -> int:
    """Return the hours of a bucket of due items and of a chain of candidates."""
    return 1 if in_turn(program) else program.reaction.interval


def _new_candidates(program: Program, places: int) -> Candidates:
    calls, week = program.plan.slot_hour.shape[1], program.clock.hours_per_week
    most = most_candidates(program) + stride_of(program) * calls + 2 * SPARE
    chain = np.arange(week, dtype=np.int32) // bucket_hours(program)
    return Candidates(
        words=np.empty((places, 6, most), np.uint32),
        hour=np.empty((places, most), np.int32),
        rank=np.empty((places, most), np.int32),
        chain=chain,
        head=np.empty((places, int(chain[-1]) + 1), np.int32),
        next=np.empty((places, most), np.int32),
        cell=np.zeros((places, SHEETS, BANDS, 2), np.int64),
        state=np.zeros((places, len(STATE_COLUMNS)), np.int64),
        before=np.zeros((places, week + 1), np.int64),
        ramp_hour=np.empty(calls, np.int32),
        slots=np.zeros(calls, np.int64),
        tag=np.ones(1, np.int64),
    )


def _new_strides(program: Program) -> Strides:
    weeks, hours = stride_of(program), program.clock.hours_per_week
    return Strides(
        weeks=Weeks(
            words=np.empty((6, weeks), np.uint32),
            calls=np.empty(weeks, np.int64),
            successes=np.empty(weeks, np.int64),
            ramp_hour=np.empty((weeks, program.plan.slot_hour.shape[1]), np.int32),
        ),
        per_hour=np.zeros(hours, np.int32),
        lookahead=new_lookahead(program, wanted=weeks > 0),
    )


def _new_pool(program: Program, places: int, capacity: int) -> Pool:
    clock = program.clock
    return Pool(
        words=np.empty((places, capacity, 5), np.uint32),
        number=np.empty((places, capacity, len(NUMBER_COLUMNS)), np.int64),
        factor=np.empty((places, capacity, len(FACTOR_COLUMNS))),
        link=np.empty((places, capacity, len(LINK_COLUMNS)), np.int32),
        size=np.zeros((places, 3), np.int64),
        span=bucket_hours(program),
        bucket=np.full((places, reach_hours(program) // bucket_hours(program)), -1, np.int32),
        far=np.empty((places, capacity), np.int64),
        open=np.zeros((places, clock.steps + 1, 3), np.int64),
    )


def _new_hour(program: Program, places: int, capacity: int) -> Hour:
    pulls = len(program.reaction.pull_drive)
    return Hour(
        due=np.empty(capacity, np.int32),
        here=np.empty(capacity, np.int32),
        arrived=np.empty(capacity, np.int32),
        spare=np.empty(capacity, np.int32),
        pulled=np.empty((places, capacity if pulls else 0), np.int32),
        pull_state=np.zeros((places, 3), np.int64),
        pull_share=np.zeros((places, pulls)),
    )


def _new_ledgers(program: Program, places: int, scratch: Scratch) -> Ledgers:
    clock, seat, booked = program.clock, scratch.seat, scratch.booked

    def for_each(array: NDArray[_Number]) -> NDArray[_Number]:
        return np.repeat(array[None], places, axis=0)

    return Ledgers(
        person=for_each(seat.person),
        activity=for_each(seat.activity),
        own_rate=for_each(seat.own_rate),
        rate=for_each(seat.rate),
        carry=for_each(seat.carry),
        booked=for_each(booked.hours),
        touched=for_each(booked.touched),
        n_touched=for_each(booked.n_touched),
        per_week=np.zeros((places, clock.counted_weeks), np.int64),
    )


def _new_coached(program: Program, places: int) -> Coached:
    clock, coaching = program.clock, program.coaching
    looked_at = clock.simulated_weeks if coaching.rule in (BY_RESULT, PROCESS) else 0
    by_step = (places, clock.steps + 1, looked_at)
    return Coached(
        habits=np.zeros(places, np.int64),
        factor=np.ones((places, clock.steps + 1)),
        decided=np.zeros(by_step, np.int64),
        passed=np.zeros(by_step, np.int64),
        revenue=np.zeros((places, looked_at), np.int64),
        score=np.zeros(places),
        step=np.zeros(places, np.int64),
        order=np.zeros(places, np.uint32),
        session=np.zeros(places, np.int64),
    )


def new_memory(program: Program) -> Memory:
    """Allocate the working memory for a program."""
    clock, reaction = program.clock, program.reaction
    places, capacity = places_of(program), pool_capacity(program)
    scratch = new_scratch(program)
    return Memory(
        drives=DriveState(
            level=np.zeros((places, len(reaction.memory))),
            response=np.ones((places, channel_count(clock.steps))),
            signal=np.zeros(len(SIGNALS)),
            known=np.zeros((places, len(KNOWN_COLUMNS)), np.int64),
        ),
        candidates=_new_candidates(program, places),
        strides=_new_strides(program),
        pool=_new_pool(program, places, capacity),
        hour=_new_hour(program, places, capacity),
        breach=LimitBreach(np.zeros(5, np.int64), np.zeros(2)),
        coached=_new_coached(program, places),
        ledgers=_new_ledgers(program, places, scratch),
        market=scratch.market,
        sums=scratch.sums,
    )
