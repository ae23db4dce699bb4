"""NumPy: the plan of the scenario `quota-pressure`: lags in every step, a year of warm-up, log-normal deals.

Nothing differs between reps or weeks, so the calls of a batch of seats are one line, seat after seat, for the warm-up
and one for the counted year, and every list of items is in its order. What makes it fast:

* Not one draw per call, hour or week: one exponential per meeting, rounded up, is the geometric number of calls up to
  the next success, and a running sum puts them on the line.
* Lags are drawn for opportunities, not for the meetings that come to nothing. Those of lost meetings matter only to the
  items that are open at the end, so they are drawn for the last weeks alone.
* The account by origin needs no sort; that by close needs one, of words that carry the price with the hour.

What it leaves out, and simcore does: any other scenario, strategies, draws with addresses, standard errors, the points
of revenue to the cent (here to $100).
"""

from __future__ import annotations

from math import log
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from benchmarks.peers.accounts import Books, ScenarioStatistics, add_meetings, in_order, prices
from benchmarks.peers.canonical import (
    CALLS_PER_WEEK,
    HOURS,
    HOURS_PER_DAY,
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

BATCH: Final = 240
"""Seats whose two years are simulated at a time."""
WARMUP, COUNTED = -1, 0
"""The two years."""
CALLS: Final = WEEKS * CALLS_PER_WEEK
"""Calls of a seat in a year."""
CALLS_PER_LOG: Final = -1.0 / np.log1p(-MEETING_RATE)

MEETING_LAG: Final = HOURS_PER_WEEK
OPPORTUNITY_SHAPE: Final = 1 / 0.5**2
OPPORTUNITY_SCALE: Final = 2 * HOURS_PER_WEEK / OPPORTUNITY_SHAPE
WIN_MEDIAN: Final = 30 * HOURS_PER_DAY
WIN_SIGMA: Final = log(75 / 30) / 1.2815515655446004
LAST_WEEKS: Final = 16
"""A meeting is not open for longer: that would be 32 scales of a gamma of shape 4, 4 in 10^11."""


def successes(rng: np.random.Generator, seats: int) -> Counts:
    """Return the numbers of the calls, from 0 over all seats, that book a meeting."""
    calls = seats * CALLS
    expected = MEETING_RATE * calls
    drawn = np.zeros(0)
    last = -1.0
    while last < calls:
        missing = max(calls - 1 - last, 0.0) / calls * expected
        gaps = rng.standard_exponential(int(missing + 5 * missing**0.5) + 10)
        gaps *= CALLS_PER_LOG
        np.ceil(gaps, out=gaps)
        np.cumsum(gaps, out=gaps)
        gaps += last
        last = gaps[-1]
        drawn = np.concatenate((drawn, gaps)) if drawn.size else gaps
    return drawn[: np.searchsorted(drawn, calls)].astype(np.int64)


def opportunity_lags(rng: np.random.Generator, count: int) -> Counts:
    """Draw the hours that a meeting is open."""
    drawn = rng.standard_gamma(OPPORTUNITY_SHAPE, count)
    drawn *= OPPORTUNITY_SCALE
    drawn += 0.5
    return drawn.astype(np.int64)


def win_lags(rng: np.random.Generator, count: int) -> Counts:
    """Draw the hours that an opportunity is open."""
    drawn = rng.standard_normal(count)
    drawn *= WIN_SIGMA
    drawn += log(WIN_MEDIAN)
    np.exp(drawn, out=drawn)
    drawn += 0.5
    return drawn.astype(np.int64)


class Opportunities(NamedTuple):
    """Meetings that become opportunities: a number for each."""

    seat: Counts
    hour: Counts
    """Of the call, from the first counted one: below 0 in the warm-up."""


def call(rng: np.random.Generator, seats: int, year: int, books: Books) -> Opportunities:
    """Make the calls of a year, -1 for the warm-up and 0 for the counted one; return what passes the second step."""
    keys = ((successes(rng, seats) + 1) * HOURS_PER_WEEK - 1) // CALLS_PER_WEEK
    seat = keys // HOURS
    hour = keys - seat * HOURS
    passed = rng.random(keys.size) < OPPORTUNITY_RATE
    late = int(np.count_nonzero(hour >= HOURS - MEETING_LAG))
    if year == COUNTED:
        add_meetings(books.meetings, keys, seats)
        books.entered[0] += keys.size - late
        books.still_open[0] += late
        books.still_open[1] += lost_and_open(rng, hour, passed)
    else:
        books.entered[0] += late
    where = np.flatnonzero(passed)
    return Opportunities(seat[where], hour[where] + year * HOURS)


def lost_and_open(rng: np.random.Generator, hour: Counts, passed: NDArray[np.bool_]) -> int:
    """Count the meetings that have been held, will come to nothing, and are open at the end."""
    end = HOURS - MEETING_LAG
    recent = (hour >= end - LAST_WEEKS * HOURS_PER_WEEK) & (hour < end) & ~passed
    called = hour[np.flatnonzero(recent)]
    return int(np.count_nonzero(called + opportunity_lags(rng, called.size) >= end))


def counted(hours: Counts) -> NDArray[np.bool_]:
    """Tell which hours are counted."""
    return (hours >= 0) & (hours < HOURS)


def play(rng: np.random.Generator, seats: int, books: Books) -> None:
    """Simulate two years of so many seats."""
    years = [call(rng, seats, year, books) for year in (WARMUP, COUNTED)]
    seat, hour = (np.concatenate(column) for column in zip(*years, strict=True))
    met = hour + MEETING_LAG
    opened = met + opportunity_lags(rng, hour.size)
    decided = opened + win_lags(rng, hour.size)
    books.entered[1] += np.count_nonzero(counted(opened))
    books.still_open[1] += np.count_nonzero((met < HOURS) & (opened >= HOURS))
    books.still_open[2] += np.count_nonzero((opened < HOURS) & (decided >= HOURS))

    won = np.flatnonzero(rng.random(hour.size) < WIN_RATE)
    seat, hour, decided, cents = seat[won], hour[won], decided[won], prices(rng, won.size)
    inside = np.flatnonzero(counted(decided))
    books.entered[2] += inside.size
    books.add_deals(books.close, *in_order((seat * HOURS + decided)[inside], cents[inside]), seats)
    began = np.flatnonzero(hour >= 0)
    books.add_deals(books.origin, (seat * HOURS + hour)[began], cents[began], seats)
    books.seats += seats
    books.calls += seats * CALLS


def simulate(replications: int, seed: int) -> ScenarioStatistics:
    """Simulate the plan of `quota-pressure`.

    Parameters
    ----------
    replications
        Number of teams of 10 reps over 104 weeks, of which 52 are counted, at least 1.
    seed
        Seed of the generator.
    """
    rng = np.random.Generator(np.random.SFC64(seed))
    books = Books()
    seats = replications * REPS
    for start in range(0, seats, BATCH):
        play(rng, min(BATCH, seats - start), books)
    return books.describe()
