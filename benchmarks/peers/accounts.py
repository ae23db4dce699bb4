"""What the NumPy peers of whole scenarios count, from lists of items: revenue in two accounts, meetings, quotas.

Items are lists in the order of seats, and of hours within a seat, so a period of one seat is a stretch of the list:
its sum is one of `reduceat`, and periods in which nothing happened cost nothing. A key is ``seat * HOURS + hour``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypedDict

import numpy as np

from benchmarks.peers.canonical import (
    DAYS_PER_WEEK,
    DEAL,
    HORIZONS,
    HOURS,
    HOURS_PER_DAY,
    QUOTA_PER_QUARTER,
    REPS,
    WEEKS,
    WEEKS_OF_MONTHS,
    Horizon,
    HorizonStatistics,
)
from benchmarks.peers.periods import Periods

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Counts = NDArray[np.int64]

CV_OF_DEALS: Final = 0.5
QUARTERS: Final = 4
MONTHS: Final = len(WEEKS_OF_MONTHS)
MONTH_OF_WEEK: Final = np.repeat(np.arange(MONTHS), WEEKS_OF_MONTHS)
MONTH_STARTS: Final = np.cumsum((0, *WEEKS_OF_MONTHS[:-1]))
PERIODS_OF_YEAR: Final[dict[Horizon, int]] = {
    "hour": HOURS,
    "day": WEEKS * DAYS_PER_WEEK,
    "week": WEEKS,
    "month": MONTHS,
    "quarter": QUARTERS,
    "year": 1,
}
BITS_OF_CENTS: Final = 32
"""A deal of 40 million dollars has not been seen: 8 standard deviations of its logarithm are 0.4 million."""


class ScenarioStatistics(TypedDict):
    """What a peer returns; money in dollars.

    `funnel` has the items that entered each stage per rep and week, calls first; `close` and `origin` the revenue of
    each horizon by the hour of the deal and by that of its call; `open_at_end` the items of each stage per rep.
    """

    rep_weeks: int
    funnel: list[float]
    value_of_call: float
    value_of_no: float
    p_quota: float
    p_quota_of_team: float
    open_at_end: list[float]
    close: dict[Horizon, HorizonStatistics]
    origin: dict[Horizon, HorizonStatistics]


def prices(rng: np.random.Generator, count: int) -> Counts:
    """Draw log-normal deals, in cents."""
    variance = np.log1p(CV_OF_DEALS**2)
    drawn = rng.standard_normal(count)
    drawn *= np.sqrt(variance)
    drawn += np.log(100 * DEAL) - variance / 2
    np.exp(drawn, out=drawn)
    drawn += 0.5
    return drawn.astype(np.int64)


def changes(keys: Counts) -> NDArray[np.bool_]:
    """Tell where a key differs from the one before it.

    Examples
    --------
    >>> changes(np.array([3, 3, 8]))
    array([ True, False,  True])
    """
    changed = np.ones(keys.size, np.bool_)
    np.not_equal(keys[1:], keys[:-1], out=changed[1:])
    return changed


def stretches(keys: Counts, values: Counts) -> tuple[Counts, Counts]:
    """Sum the values of equal keys, which stand side by side; return each key once, and its sum.

    Examples
    --------
    >>> stretches(np.array([3, 3, 8]), np.array([10, 1, 5]))
    (array([3, 8]), array([11,  5]))
    """
    starts = np.flatnonzero(changes(keys))
    if starts.size == 0:
        return keys, values
    return keys[starts], np.add.reduceat(values, starts)


def in_order(keys: Counts, cents: Counts) -> tuple[Counts, Counts]:
    """Put deals in the order of their keys: one sort of whole words is faster than an order and two gathers."""
    words = np.sort(keys << BITS_OF_CENTS | cents)
    return words >> BITS_OF_CENTS, words & ((1 << BITS_OF_CENTS) - 1)


@dataclass
class Account:
    """The revenue of one account, by period; without the horizon "call"."""

    horizons: dict[Horizon, Periods] = field(default_factory=lambda: {horizon: Periods() for horizon in HORIZONS})

    def add(self, keys: Counts, cents: Counts, seats: int) -> Counts:
        """Count the deals of so many seats, in the order of their keys; return the sum of each quarter of a seat."""
        self.horizons["call"].add_revenue(0, cents.astype(np.float64))
        by_quarter = np.zeros(seats * QUARTERS, np.int64)
        for horizon, periods in PERIODS_OF_YEAR.items():
            if horizon == "day":
                keys = keys // HOURS_PER_DAY
            elif horizon == "week":
                keys = keys // DAYS_PER_WEEK
            elif horizon == "month":
                seat = keys // WEEKS
                keys = seat * MONTHS + MONTH_OF_WEEK[keys - seat * WEEKS]
            elif horizon == "quarter":
                keys = keys // (MONTHS // QUARTERS)
            elif horizon == "year":
                keys = keys // QUARTERS
            keys, cents = stretches(keys, cents)
            self.horizons[horizon].add_revenue(seats * periods, cents.astype(np.float64))
            if horizon == "quarter":
                by_quarter[keys] = cents
        return by_quarter

    def describe(self, calls: int, meetings: dict[Horizon, Periods]) -> dict[Horizon, HorizonStatistics]:
        """Return the figures of every horizon, with those of the meetings, once."""
        self.horizons["call"].periods = calls
        for horizon, periods in self.horizons.items():
            periods.first_sum, periods.first_squares = meetings[horizon].first_sum, meetings[horizon].first_squares
        return {horizon: periods.describe() for horizon, periods in self.horizons.items()}


def pairs(keys: Counts) -> int:
    """Count the pairs of equal keys, which stand side by side: the sum of k (k - 1) / 2 over runs of k.

    Examples
    --------
    >>> pairs(np.array([3, 3, 3, 8, 9, 9]))
    4
    """
    total, distance = 0, 1
    while found := int(np.count_nonzero(keys[distance:] == keys[:-distance])):
        total += found
        distance += 1
    return total


def add_meetings(horizons: dict[Horizon, Periods], keys: Counts, seats: int) -> None:
    """Count the first successes of so many seats, given the keys of their calls in order."""
    horizons["hour"].first_squares += keys.size + 2 * pairs(keys)
    days = np.bincount(keys // HOURS_PER_DAY, minlength=seats * PERIODS_OF_YEAR["day"])
    weeks = days.reshape(seats, WEEKS, DAYS_PER_WEEK).sum(axis=2)
    months = np.add.reduceat(weeks, MONTH_STARTS, axis=1)
    quarters = months.reshape(seats, QUARTERS, MONTHS // QUARTERS).sum(axis=2)
    dense: dict[Horizon, Counts] = {
        "day": days,
        "week": weeks,
        "month": months,
        "quarter": quarters,
        "year": quarters.sum(axis=1),
    }
    for horizon, counts in dense.items():
        horizons[horizon].first_squares += int(np.square(counts).sum())
    horizons["call"].first_squares += keys.size
    for periods in horizons.values():
        periods.first_sum += keys.size


@dataclass
class Books:
    """All that a run of a scenario counts."""

    seats: int = 0
    calls: int = 0
    entered: Counts = field(default_factory=lambda: np.zeros(3, np.int64))
    still_open: Counts = field(default_factory=lambda: np.zeros(3, np.int64))
    close: Account = field(default_factory=Account)
    origin: Account = field(default_factory=Account)
    meetings: dict[Horizon, Periods] = field(default_factory=lambda: {horizon: Periods() for horizon in HORIZONS})
    quarters_at_quota: int = 0
    team_quarters_at_quota: int = 0

    def add_deals(self, account: Account, keys: Counts, cents: Counts, seats: int) -> None:
        """Count deals in one account, and the quotas that are reached where it is that by close."""
        quarters = account.add(keys, cents, seats)
        if account is self.close:
            quota = 100 * QUOTA_PER_QUARTER
            teams = quarters.reshape(-1, REPS, QUARTERS).sum(axis=1)
            self.quarters_at_quota += int(np.count_nonzero(quarters >= quota))
            self.team_quarters_at_quota += int(np.count_nonzero(teams >= REPS * quota))

    def describe(self) -> ScenarioStatistics:
        """Turn the counts into figures, once."""
        weeks, quarters = self.seats * WEEKS, self.seats * QUARTERS
        revenue = self.origin.horizons["call"].total / 100
        successes = self.meetings["call"].first_sum
        return {
            "rep_weeks": weeks,
            "funnel": [self.calls / weeks, *(int(count) / weeks for count in self.entered)],
            "value_of_call": revenue / self.calls,
            "value_of_no": revenue / (self.calls - successes),
            "p_quota": self.quarters_at_quota / quarters,
            "p_quota_of_team": self.team_quarters_at_quota * REPS / quarters,
            "open_at_end": [int(count) / self.seats for count in self.still_open],
            "close": self.close.describe(self.calls, self.meetings),
            "origin": self.origin.describe(self.calls, self.meetings),
        }
