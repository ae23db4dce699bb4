"""NumPy: whole arrays of hours at a time, for many reps at once.

One binomial draw per hour with `numpy.random.Generator` over SFC64 (10.4 ns a draw where Philox takes 14.5 and
PCG64 11.7). What the arrays are made for:

* Hours of 12 and of 13 calls are drawn apart: with one number of calls, `binomial` keeps its set-up.
* Meetings are thinned as a list of items, each the index of its hour, not as another binomial draw per hour:
  most hours have none, and a binomial whose number of trials is an array starts anew for every element.
* The rep is the last axis, so that sums over hours, days and weeks add long contiguous rows.
* A batch of reps stays in the processor's cache.
* Squares are summed without a dot product: BLAS would start threads of its own, and lose by it.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

import numpy as np

from benchmarks.peers.canonical import (
    CALLS_OF_HOURS,
    DAYS_PER_WEEK,
    HOURS_PER_DAY,
    HOURS_PER_WEEK,
    MEETING_RATE,
    OPPORTUNITY_RATE,
    REPS,
    WEEKS,
    WEEKS_OF_MONTHS,
    WIN_RATE,
    Horizon,
    Statistics,
    WindowCounts,
    describe,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Counts = NDArray[np.int16]

BATCH: Final = 200
"""Years of one rep simulated at a time."""

HOURS_BY_CALLS: Final = {
    calls: np.flatnonzero(np.equal(CALLS_OF_HOURS, calls)) for calls in sorted(set(CALLS_OF_HOURS))
}
MONTH_STARTS: Final = np.cumsum((0, *WEEKS_OF_MONTHS[:-1]))


def draw_meetings(rng: np.random.Generator, years: int) -> Counts:
    """Meetings of every hour, shape (weeks, hours of a week, years)."""
    meetings = np.empty((WEEKS, HOURS_PER_WEEK, years), dtype=np.int16)
    for calls, hours in HOURS_BY_CALLS.items():
        meetings[:, hours] = rng.binomial(calls, MEETING_RATE, size=(WEEKS, hours.size, years))
    return meetings


def thin(rng: np.random.Generator, items: NDArray[np.intp], rate: float) -> NDArray[np.intp]:
    """Keep each item with probability ``rate``."""
    return items[rng.random(items.size) < rate]


def draw_wins(rng: np.random.Generator, meetings: Counts) -> tuple[int, Counts]:
    """Number of opportunities, and wins of every hour in the shape of ``meetings``."""
    flat = meetings.ravel()
    hours = np.flatnonzero(flat > 0)
    opportunities = thin(rng, np.repeat(hours, flat[hours]), OPPORTUNITY_RATE)
    wins = np.zeros_like(flat)
    np.add.at(wins, thin(rng, opportunities, WIN_RATE), np.int16(1))
    return opportunities.size, wins.reshape(meetings.shape)


def by_period(hours: Counts) -> dict[Horizon, Counts]:
    """Sum the hours, shape (weeks, hours of a week, years), to the periods of every horizon."""
    years = hours.shape[-1]
    days = hours.reshape(WEEKS, DAYS_PER_WEEK, HOURS_PER_DAY, years).sum(axis=2, dtype=np.int16)
    weeks = days.sum(axis=1, dtype=np.int16)
    months = np.add.reduceat(weeks, MONTH_STARTS, axis=0)
    quarters = months.reshape(4, 3, years).sum(axis=1, dtype=np.int16)
    year = quarters.sum(axis=0, dtype=np.int16)
    return {"hour": hours, "day": days, "week": weeks, "month": months, "quarter": quarters, "year": year}


def add(counts: WindowCounts, meetings: Counts, wins: Counts) -> None:
    """Count the periods of one horizon."""
    histogram = np.bincount(wins[wins > 0], minlength=1)
    histogram[0] = wins.size - histogram.sum()
    counts.wins.update({int(k): int(histogram[k]) for k in np.flatnonzero(histogram)})
    counts.first_sum += int(meetings.sum(dtype=np.int64))
    counts.first_squares += int(np.square(meetings, dtype=np.int32).sum(dtype=np.int64))


def simulate(replications: int, seed: int) -> Statistics:
    """Simulate the canonical scenario, one draw per hour.

    Parameters
    ----------
    replications
        Number of teams of 10 reps over 52 weeks, at least 1.
    seed
        Seed of the generator.
    """
    rng = np.random.Generator(np.random.SFC64(seed))
    counts: dict[Horizon, WindowCounts] = {}
    opportunities = 0
    years = replications * REPS
    for start in range(0, years, BATCH):
        meetings = draw_meetings(rng, min(BATCH, years - start))
        found, wins = draw_wins(rng, meetings)
        opportunities += found
        wins_of = by_period(wins)
        for horizon, meetings_of in by_period(meetings).items():
            add(counts.setdefault(horizon, WindowCounts(Counter())), meetings_of, wins_of[horizon])
    return describe(counts, opportunities)
