"""NumPy: a strategy that reacts, played hour by hour for thousands of reps at a time.

The canonical scenario under the drive `urgency` of the scenario `quota-pressure`: at every decision a rep compares what
is booked with the share of the quarter that has gone; who is behind calls more, lets more meetings pass, wins fewer of
them and sells cheaper, at once. The rep is the axis of every array; hours follow one another, since what a rep does
in one depends on what came of those before. What makes it fast:

* Not one draw per hour. The rate of step 1 does not react, so the calls up to the next meeting are geometric, whatever
  their pace: one exponential per meeting, and one compare per hour. ``draws="hour"`` is the plain way, a binomial with
  an array of trial numbers, which makes the whole two and a half times as slow.
* Whatever concerns meetings, opportunities and wins is done on lists of items, as long as there are any.
* Arrays that all reps need are written in place and stay in the processor's second-level cache.
* A meeting is thinned by the largest rate first, and only what is left asks for its own rep's level.
* Sums over reps of a day's items are counts of a list (`bincount`), not scattered additions.

What it leaves out, and simcore does: any scenario but this one (another channel, a lag or another signal would all
have to be written), draws with addresses, so that strategies can share them, standard errors, calls above plan,
discounts given, dry spells, the share of each week in the quarter, P(quota) of the team. Activity is not rounded to
2^-20, and the 5, 50 and 95 % points of revenue are exact to $100 only.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import accumulate
from math import log1p
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

import numpy as np

from benchmarks.peers.canonical import (
    CALLS_OF_HOURS,
    DAYS_PER_WEEK,
    DEAL,
    HORIZONS,
    HOURS_PER_DAY,
    HOURS_PER_WEEK,
    MEETING_RATE,
    OPPORTUNITY_RATE,
    QUOTA_PER_QUARTER,
    REPS,
    WEEKS,
    WEEKS_OF_MONTHS,
    WEEKS_PER_QUARTER,
    WIN_RATE,
    Horizon,
    Statistics,
    deviation,
)
from benchmarks.peers.periods import Periods

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Counts = NDArray[np.int64]
    Indices = NDArray[np.intp]

Draws = Literal["meeting", "hour"]
Decides = Literal["hour", "day", "week"]
INTERVAL: Final[dict[Decides, int]] = {"hour": 1, "day": HOURS_PER_DAY, "week": HOURS_PER_WEEK}

GAIN: Final = 4.0
"""Of the signal `deadline`: (elapsed share of the quarter - booked / quota) x elapsed share."""
LEVEL: Final = (0.0, 2.0)
ACTIVITY: Final = 0.25
MOST_ACTIVITY: Final = 1.4
OPPORTUNITIES: Final = 0.15
WINS: Final = -0.15
DEAL_VALUE: Final = -0.10
"""Slopes of the channels; but for the activity no bound is reached."""

BATCH: Final = 32_768
"""Reps whose year is simulated at a time."""
HOURS_PER_QUARTER: Final = WEEKS_PER_QUARTER * HOURS_PER_WEEK
ENDS: Final[dict[Horizon, frozenset[int]]] = {
    "day": frozenset(range(1, WEEKS * DAYS_PER_WEEK + 1)),
    "week": frozenset(DAYS_PER_WEEK * week for week in range(1, WEEKS + 1)),
    "month": frozenset(DAYS_PER_WEEK * week for week in accumulate(WEEKS_OF_MONTHS)),
    "quarter": frozenset(DAYS_PER_WEEK * week for week in range(WEEKS_PER_QUARTER, WEEKS + 1, WEEKS_PER_QUARTER)),
    "year": frozenset({DAYS_PER_WEEK * WEEKS}),
}
"""The days, counted from 1, with which a period of each horizon ends; each is made of whole ones of that before."""
CALLS_PER_LOG: Final = -1.0 / log1p(-MEETING_RATE)
"""Scale at which an exponential, rounded up, is the geometric number of calls up to a success."""


class ReactiveStatistics(Statistics):
    """What the peer returns, with the figures that the steady ones have no need of."""

    calls_per_week: float
    wins_per_year_sd: float


@dataclass
class Tally:
    """All that a run counts."""

    horizons: dict[Horizon, Periods] = field(default_factory=lambda: {horizon: Periods() for horizon in HORIZONS})
    calls: int = 0
    opportunities: int = 0
    wins: int = 0
    wins_squared: int = 0
    quarters_at_quota: int = 0

    def describe(self) -> ReactiveStatistics:
        """Turn the counts into the statistics, once."""
        call, hour, week = (self.horizons[horizon] for horizon in ("call", "hour", "week"))
        call.periods = self.calls
        call.first_sum = call.first_squares = hour.first_sum = week.first_sum
        weeks, quarters, years = (self.horizons[horizon].periods for horizon in ("week", "quarter", "year"))
        return {
            "rep_weeks": weeks,
            "calls_per_week": self.calls / weeks,
            "meetings_per_week": self.horizons["week"].first_sum / weeks,
            "opportunities_per_week": self.opportunities / weeks,
            "wins_per_week": self.wins / weeks,
            "wins_per_year_sd": deviation(years, self.wins, self.wins_squared),
            "p_quota": self.quarters_at_quota / quarters,
            "horizons": {horizon: self.horizons[horizon].describe() for horizon in HORIZONS},
        }


class Team(NamedTuple):
    """What is known of every rep, float64[reps] each."""

    calls: Floats
    """Made so far, with the fraction of the one that is begun."""
    next_meeting: Floats
    """The number of the call that books the next meeting."""
    booked: Floats
    """This quarter, in cents."""
    level: Floats
    pace: Floats
    """Calls for one of the plan."""
    scratch: Floats


class Way(NamedTuple):
    """How a run is played."""

    interval: int
    """Hours from one decision to the next."""
    draws: Draws


class Found(NamedTuple):
    """What came of an hour or a day: an entry for each item, a rep perhaps twice."""

    met: Indices
    """The reps of the meetings."""
    sold: Indices
    """The reps of the wins."""
    price: Floats
    """Of each win, in cents."""
    hourly: Floats
    """Revenue of a rep in an hour, where there is any."""


def gaps(rng: np.random.Generator, count: int) -> Floats:
    """Draw the numbers of calls up to a success: geometric, at least 1."""
    drawn = rng.standard_exponential(count)
    drawn *= CALLS_PER_LOG
    np.floor(drawn, out=drawn)
    drawn += 1.0
    return drawn


def hire(rng: np.random.Generator, reps: int) -> Team:
    """Put everybody at the start of a year."""
    return Team(np.zeros(reps), gaps(rng, reps), np.zeros(reps), np.zeros(reps), np.ones(reps), np.empty(reps))


def decide(team: Team, elapsed: float) -> None:
    """Let everybody look at the board: level, and with it the pace of the calls."""
    level, pace = team.level, team.pace
    np.multiply(team.booked, -GAIN * elapsed / (100 * QUOTA_PER_QUARTER), out=level)
    level += GAIN * elapsed * elapsed
    np.maximum(level, LEVEL[0], out=level)
    np.minimum(level, LEVEL[1], out=level)
    np.multiply(level, ACTIVITY, out=pace)
    pace += 1.0
    np.minimum(pace, MOST_ACTIVITY, out=pace)


def call(rng: np.random.Generator, team: Team, planned: int) -> list[Indices]:
    """Make the calls of an hour; return the reps that book a meeting, those that book a second one, and so on."""
    np.multiply(team.pace, planned, out=team.scratch)
    calls, next_meeting = team.calls, team.next_meeting
    calls += team.scratch
    booked = []
    reps = np.flatnonzero(calls >= next_meeting)
    while reps.size:
        booked.append(reps)
        following = next_meeting[reps]
        following += gaps(rng, reps.size)
        next_meeting[reps] = following
        reps = reps[calls[reps] >= following]
    return booked


def call_plainly(rng: np.random.Generator, team: Team, planned: int) -> list[Indices]:
    """Do what `call` does with a binomial draw for every rep."""
    calls = team.calls
    before = np.floor(calls)
    calls += team.pace * planned
    meetings = rng.binomial((np.floor(calls) - before).astype(np.int64), MEETING_RATE)
    booked = []
    reps = np.flatnonzero(meetings > 0)
    while reps.size:
        booked.append(reps)
        reps = reps[meetings[reps] > len(booked)]
    return booked


CALLING: Final = {"meeting": call, "hour": call_plainly}


def sell(rng: np.random.Generator, team: Team, met: Indices, tally: Tally) -> Found:
    """Take the meetings of an hour through the funnel, and book what is won."""
    uniform = rng.random(met.size)
    maybe = np.flatnonzero(uniform < OPPORTUNITY_RATE * (1.0 + OPPORTUNITIES * LEVEL[1]))
    reps = met[maybe]
    level = team.level[reps]
    passed = uniform[maybe] < OPPORTUNITY_RATE + OPPORTUNITY_RATE * OPPORTUNITIES * level
    reps, level = reps[passed], level[passed]
    tally.opportunities += reps.size
    won = rng.random(reps.size) < WIN_RATE + WIN_RATE * WINS * level
    sold = reps[won]
    price = np.floor(100 * DEAL * (1.0 + DEAL_VALUE * level[won]) + 0.5)
    np.add.at(team.booked, sold, price)
    return Found(met, sold, price, price)


def play_hour(rng: np.random.Generator, team: Team, tally: Tally, planned: int, draws: Draws) -> Found:
    """Play an hour of everybody."""
    booked = CALLING[draws](rng, team, planned)
    found = sell(rng, team, np.concatenate(booked or [np.zeros(0, np.intp)]), tally)
    # The square of a count grows by 2k - 1 where it becomes k.
    tally.horizons["hour"].first_squares += sum((2 * k - 1) * reps.size for k, reps in enumerate(booked, 1))
    if len(booked) < 2:
        return found
    _, same = np.unique(found.sold, return_inverse=True)
    return found._replace(hourly=np.asarray(np.bincount(same, found.price), np.float64))


def play_day(rng: np.random.Generator, team: Team, tally: Tally, day: int, way: Way) -> Found:
    """Play the hours of a day."""
    hours = []
    for hour in range(day * HOURS_PER_DAY, (day + 1) * HOURS_PER_DAY):
        if hour % way.interval == 0:
            decide(team, hour % HOURS_PER_QUARTER / HOURS_PER_QUARTER)
        hours.append(play_hour(rng, team, tally, CALLS_OF_HOURS[hour % HOURS_PER_WEEK], way.draws))
    return Found(*map(np.concatenate, zip(*hours, strict=True)))


class Ledger(NamedTuple):
    """Sums of every rep over a period."""

    revenue: Floats
    meetings: Counts

    def add(self, other: Ledger) -> None:
        """Add what is in another one."""
        np.add(self.revenue, other.revenue, out=self.revenue)
        np.add(self.meetings, other.meetings, out=self.meetings)


def play_year(rng: np.random.Generator, reps: int, tally: Tally, way: Way) -> None:
    """Simulate a year of so many reps."""
    team, wins = hire(rng, reps), np.zeros(reps, np.int64)
    begun: dict[Horizon, Ledger] = {}
    for day in range(WEEKS * DAYS_PER_WEEK):
        if day % (WEEKS_PER_QUARTER * DAYS_PER_WEEK) == 0:
            team.booked.fill(0.0)
        found = play_day(rng, team, tally, day, way)
        tally.horizons["call"].add_revenue(0, found.price)
        tally.horizons["hour"].add_revenue(HOURS_PER_DAY * reps, found.hourly)
        wins += np.bincount(found.sold, minlength=reps)
        # Without a sale, bincount forgets that its weights are floats.
        revenue = np.asarray(np.bincount(found.sold, found.price, reps), np.float64)
        part = Ledger(revenue, np.bincount(found.met, minlength=reps))
        for horizon, ends in ENDS.items():
            if horizon in begun:
                part.add(begun.pop(horizon))
            if day + 1 not in ends:
                begun[horizon] = part
                break
            tally.horizons[horizon].add_revenue(reps, part.revenue[part.revenue > 0])
            tally.horizons[horizon].add_meetings(part.meetings)
            if horizon == "quarter":
                tally.quarters_at_quota += int((part.revenue >= 100 * QUOTA_PER_QUARTER).sum())
    tally.calls += int(np.floor(team.calls).sum())
    tally.wins += int(wins.sum())
    tally.wins_squared += int(np.square(wins).sum())


def simulate(replications: int, seed: int, decides: Decides = "hour", draws: Draws = "meeting") -> ReactiveStatistics:
    """Simulate the canonical scenario under `urgency`.

    Parameters
    ----------
    replications
        Number of teams of 10 reps over 52 weeks, at least 1.
    seed
        Seed of the generator.
    decides
        How often a rep looks at the board.
    draws
        One for every meeting, or one for every hour.
    """
    rng = np.random.Generator(np.random.SFC64(seed))
    tally, way = Tally(), Way(INTERVAL[decides], draws)
    years = replications * REPS
    for start in range(0, years, BATCH):
        play_year(rng, min(BATCH, years - start), tally, way)
    return tally.describe()
