"""NumPy: the scenario `real-team`: reps differ, weeks and the market move rates, people leave and new ones ramp up.

A cell is a week of a seat, with rates of its own; the cells of a batch stand seat after seat, so every list of items is
in its order and nothing is sorted. What makes it fast:

* Not one draw per call or hour. Each call of a cell has the hazard -log(1 - rate) and succeeds if a Poisson process
  has a point in it, which makes calls succeed independently at exactly that rate. Side by side the hazards of all
  cells are one line, and the points on it a running sum of exponentials: one draw, one product and one floor a meeting.
* Where the cells begin among the points is looked up once a cell, not once a meeting.
* Person follows person by geometric stays, not week by week; who ramps up finds the hour of a call in a table.

What it leaves out, and simcore does: any other scenario (a lag, a strategy), draws with addresses, standard errors,
counts of rates that are cut at 1, the points of revenue to the cent (here to $100).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from benchmarks.peers.accounts import Books, ScenarioStatistics, add_meetings, changes, prices
from benchmarks.peers.canonical import (
    CALLS_PER_WEEK,
    HOURS_PER_WEEK,
    MEETING_RATE,
    OPPORTUNITY_RATE,
    REPS,
    WEEKS,
    WIN_RATE,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Counts = NDArray[np.int64]

BATCH: Final = 24
"""Teams whose year is simulated at a time."""
RATES: Final = (MEETING_RATE, OPPORTUNITY_RATE, WIN_RATE)
REP_CV: Final = 0.10
WEEK_CV: Final = (0.30, 0.15, 0.10)
MARKET_SD: Final = 0.15
PERSISTENCE: Final = 0.95
ON_THE_MARKET: Final = (True, False, True)
LEAVING: Final = 1 - (1 - 0.30) ** (1 / 52)
"""Chance that a rep leaves before a week."""
VACANT_WEEKS: Final = 6
RAMP_WEEKS: Final = 13
RAMP_START: Final = 0.3
ONE: Final = 1 << 20
"""Full activity."""
WIDTH: Final = CALLS_PER_WEEK + 1
"""Calls for which a cell has room: rounding may put a point at the very end of a cell beyond its last call."""


def schedule() -> tuple[Counts, Counts]:
    """Calls of a week of each kind, and the hour of each: weeks 0 to 12 of a ramp, a full week, a vacant one.

    The carry of a person starts at 0, so what is left over from one week of the ramp to the next is the same for all.
    A full week takes the whole calls whatever is left over.
    """
    age = np.arange(RAMP_WEEKS)
    activity = np.floor((RAMP_START + (1 - RAMP_START) * age / RAMP_WEEKS) * ONE + 0.5).astype(np.int64)
    planned = np.arange(HOURS_PER_WEEK + 1) * CALLS_PER_WEEK // HOURS_PER_WEEK
    calls = np.zeros(RAMP_WEEKS + 2, np.int64)
    hours = np.full((RAMP_WEEKS + 2, WIDTH), HOURS_PER_WEEK - 1)
    carry = 0
    for week, pace in enumerate([*activity, ONE]):
        made = (carry + pace * planned) >> 20
        calls[week] = made[-1]
        hours[week, : made[-1]] = np.repeat(np.arange(HOURS_PER_WEEK), np.diff(made))
        carry = 0 if pace == ONE else (carry + pace * CALLS_PER_WEEK) % ONE
    return calls, hours.ravel()


CALLS, HOUR_OF_CALL = schedule()
FULL, VACANT = RAMP_WEEKS, RAMP_WEEKS + 1


def own_rates(rng: np.random.Generator, people: int) -> Floats:
    """Draw the rates of people, shape (3, people): Beta with the mean of the step and `REP_CV`."""
    drawn = np.empty((3, people))
    for step, mean in enumerate(RATES):
        both = (1 - mean) / (mean * REP_CV**2) - 1
        drawn[step] = rng.beta(mean * both, (1 - mean) * both, people)
    return drawn


class Seats(NamedTuple):
    """What is known of the cells beforehand."""

    rates: Floats
    """Own rates of whoever sits there, shape (3, seats, weeks)."""
    kind: Counts
    """The row of `CALLS` of each cell, shape (seats, weeks)."""


def staff(rng: np.random.Generator, seats: int) -> Seats:
    """Let people come and go for a year; whoever sits in a vacant seat makes no calls, so has no need of rates."""
    rates = np.repeat(own_rates(rng, seats)[:, :, np.newaxis], WEEKS, axis=2)
    kind = np.full((seats, WEEKS), FULL)
    week = np.arange(WEEKS)
    seat, leaves = np.arange(seats), rng.geometric(LEAVING, seats)
    while (going := np.flatnonzero(leaves < WEEKS)).size:
        seat, leaves = seat[going], leaves[going]
        age = week - (leaves + VACANT_WEEKS)[:, np.newaxis]
        kinds = np.where(age < 0, VACANT, np.minimum(age, FULL))
        later = age >= -VACANT_WEEKS
        kind[seat] = np.where(later, kinds, kind[seat])
        rates[:, seat] = np.where(later, own_rates(rng, seat.size)[:, :, np.newaxis], rates[:, seat])
        leaves = leaves + VACANT_WEEKS + rng.geometric(LEAVING, seat.size)
    return Seats(rates, kind)


def factors(rng: np.random.Generator, teams: int) -> Floats:
    """Draw the market, shape (teams, weeks): an autoregression of first order in the logarithm."""
    state = rng.standard_normal((WEEKS, teams))
    state[1:] *= np.sqrt(1 - PERSISTENCE**2)
    for week in range(1, WEEKS):
        state[week] += PERSISTENCE * state[week - 1]
    return np.exp(MARKET_SD * state.T - MARKET_SD**2 / 2)


def week_rates(rng: np.random.Generator, own: Floats, step: int, market: Floats) -> Floats:
    """Return the rates of a step in all cells, one after the other."""
    variance = np.log1p(WEEK_CV[step] ** 2)
    rates = rng.standard_normal(own.shape)
    rates *= np.sqrt(variance)
    rates -= variance / 2
    np.exp(rates, out=rates)
    rates *= own
    if ON_THE_MARKET[step]:
        by_team = rates.reshape(-1, REPS, WEEKS)
        by_team *= market[:, np.newaxis, :]
    np.minimum(rates, 1.0, out=rates)
    return rates.ravel()


def points(rng: np.random.Generator, length: float) -> Floats:
    """Draw a Poisson process of rate 1 from 0 to a length, in order."""
    drawn = np.zeros(0)
    last = 0.0
    while last < length:
        missing = length - last
        more = rng.standard_exponential(int(missing + 5 * missing**0.5) + 10)
        np.cumsum(more, out=more)
        more += last
        last = more[-1]
        drawn = np.concatenate((drawn, more)) if drawn.size else more
    return drawn[: np.searchsorted(drawn, length)]


def successes(rng: np.random.Generator, rates: Floats, kind: Counts) -> tuple[Counts, Counts]:
    """Return the cell and the hour of the week of every call that books a meeting."""
    # A rate of 1 has no hazard; at the rates of this scenario it takes 9 standard deviations.
    hazard = -np.log1p(-np.minimum(rates, 1 - 1e-12))
    lengths = CALLS[kind] * hazard
    ends = np.cumsum(lengths)
    drawn = points(rng, float(ends[-1]))
    cell = np.repeat(np.arange(rates.size), np.diff(np.searchsorted(drawn, ends), prepend=0))
    drawn -= (ends - lengths)[cell]
    drawn *= (1 / hazard)[cell]
    call = drawn.astype(np.int64)
    first = np.flatnonzero(changes(cell * WIDTH + call))
    cell = cell[first]
    return cell, HOUR_OF_CALL[(kind * WIDTH)[cell] + call[first]]


def play(rng: np.random.Generator, teams: int, books: Books) -> None:
    """Simulate a year of so many teams."""
    seats = teams * REPS
    own, kind = staff(rng, seats)
    kind = kind.ravel()
    market = factors(rng, teams)
    cell, hour = successes(rng, week_rates(rng, own[0], 0, market), kind)
    keys = cell * HOURS_PER_WEEK + hour
    add_meetings(books.meetings, keys, seats)
    books.entered[0] += keys.size
    for step in (1, 2):
        rates = week_rates(rng, own[step], step, market)
        passed = np.flatnonzero(rng.random(cell.size) < rates[cell])
        cell, keys = cell[passed], keys[passed]
        books.entered[step] += keys.size
    cents = prices(rng, keys.size)
    books.add_deals(books.close, keys, cents, seats)
    books.seats += seats
    books.calls += int(CALLS[kind].sum())


def simulate(replications: int, seed: int) -> ScenarioStatistics:
    """Simulate `real-team`. Without lags both accounts are one.

    Parameters
    ----------
    replications
        Number of teams of 10 seats over 52 weeks, at least 1.
    seed
        Seed of the generator.
    """
    rng = np.random.Generator(np.random.SFC64(seed))
    books = Books()
    for start in range(0, replications, BATCH):
        play(rng, min(BATCH, replications - start), books)
    books.origin = books.close
    return books.describe()
