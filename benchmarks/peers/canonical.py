"""The canonical scenario and the statistics that every peer must deliver.

10 identical reps make 500 calls in each of 52 weeks of 40 hours; 2 % of the calls become meetings, 20 % of
those opportunities, 50 % of those wins of $10,000, without lags. A peer counts, and `describe` turns its
counts into figures: all figures are functions of exact integer counts.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from itertools import accumulate
from math import sqrt
from typing import TYPE_CHECKING, Final, Literal, TypedDict, get_args

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Horizon = Literal["call", "hour", "day", "week", "month", "quarter", "year"]
HORIZONS: Final[tuple[Horizon, ...]] = get_args(Horizon)

REPS: Final = 10
HOURS_PER_DAY: Final = 8
DAYS_PER_WEEK: Final = 5
HOURS_PER_WEEK: Final = HOURS_PER_DAY * DAYS_PER_WEEK
WEEKS_OF_MONTHS: Final = (4, 4, 5) * 4
WEEKS_PER_QUARTER: Final = 13
WEEKS: Final = 52
HOURS: Final = WEEKS * HOURS_PER_WEEK
CALLS_PER_WEEK: Final = 500
CALLS_OF_HOURS: Final = tuple(
    (hour + 1) * CALLS_PER_WEEK // HOURS_PER_WEEK - hour * CALLS_PER_WEEK // HOURS_PER_WEEK
    for hour in range(HOURS_PER_WEEK)
)
"""Calls in each hour of a week: 12 and 13 in turn."""

MEETING_RATE: Final = 0.02
OPPORTUNITY_RATE: Final = 0.20
WIN_RATE: Final = 0.50
DEAL: Final = 10_000
QUOTA_PER_QUARTER: Final = 130_000
REP_WEEKS_PER_REPLICATION: Final = REPS * WEEKS


class HorizonStatistics(TypedDict):
    """What is known about one rep in one period; revenue in dollars, first step in meetings."""

    mean: float
    sd: float
    p_zero: float
    q05: float
    q50: float
    q95: float
    first_mean: float
    first_sd: float


class Statistics(TypedDict):
    """What a peer returns."""

    rep_weeks: int
    meetings_per_week: float
    opportunities_per_week: float
    wins_per_week: float
    p_quota: float
    horizons: dict[Horizon, HorizonStatistics]


@dataclass
class WindowCounts:
    """Counts over the periods of one horizon.

    Attributes
    ----------
    wins
        ``wins[k]`` is the number of periods with k wins.
    first_sum, first_squares
        Meetings, and squares of the meetings of a period, summed over all periods.
    """

    wins: Counter[int] = field(default_factory=Counter)
    first_sum: int = 0
    first_squares: int = 0

    @property
    def windows(self) -> int:
        """Number of periods."""
        return self.wins.total()

    def add(self, meetings: Sequence[int], wins: Sequence[int]) -> None:
        """Count periods, given the meetings and the wins of each."""
        self.wins.update(wins)
        self.first_sum += sum(meetings)
        self.first_squares += sum([count * count for count in meetings])


def calls_as_windows(calls: int, meetings: int, wins: int) -> WindowCounts:
    """Counts of the horizon "call": a call has at most one meeting and at most one win."""
    return WindowCounts(Counter({0: calls - wins, 1: wins}), meetings, meetings)


def deviation(windows: int, total: int, squares: int) -> float:
    """Sample standard deviation from exact sums over ``windows`` >= 2 periods.

    Examples
    --------
    >>> deviation(3, 1 + 2 + 3, 1 + 4 + 9)
    1.0
    """
    return sqrt((windows * squares - total * total) / (windows * (windows - 1)))


def quantile(counts: Mapping[int, int], probability: float) -> int:
    """Return the least k whose share of periods with at most k wins reaches ``probability``.

    Examples
    --------
    >>> quantile({0: 37, 1: 37, 2: 26}, 0.5)
    1
    """
    keys = sorted(counts)
    total = sum(counts.values())
    reached = accumulate(counts[key] for key in keys)
    return next(key for key, below in zip(keys, reached, strict=True) if below >= probability * total)


def describe_horizon(counts: WindowCounts) -> HorizonStatistics:
    """Turn the counts of one horizon into its figures; at least two periods."""
    total = sum(k * n for k, n in counts.wins.items())
    squares = sum(k * k * n for k, n in counts.wins.items())
    windows = counts.windows
    return {
        "mean": DEAL * total / windows,
        "sd": DEAL * deviation(windows, total, squares),
        "p_zero": counts.wins.get(0, 0) / windows,
        "q05": float(DEAL * quantile(counts.wins, 0.05)),
        "q50": float(DEAL * quantile(counts.wins, 0.50)),
        "q95": float(DEAL * quantile(counts.wins, 0.95)),
        "first_mean": counts.first_sum / windows,
        "first_sd": deviation(windows, counts.first_sum, counts.first_squares),
    }


def describe(counts: Mapping[Horizon, WindowCounts], opportunities: int) -> Statistics:
    """Turn the counts of a run into its statistics.

    Parameters
    ----------
    counts
        Counts of every horizon from the hour to the year.
    opportunities
        Number of opportunities in the run.
    """
    weeks = counts["week"]
    wins = sum(k * n for k, n in weeks.wins.items())
    calls = calls_as_windows(weeks.windows * CALLS_PER_WEEK, weeks.first_sum, wins)
    quarters = counts["quarter"].wins
    reached = sum(n for k, n in quarters.items() if k * DEAL >= QUOTA_PER_QUARTER)
    return {
        "rep_weeks": weeks.windows,
        "meetings_per_week": weeks.first_sum / weeks.windows,
        "opportunities_per_week": opportunities / weeks.windows,
        "wins_per_week": wins / weeks.windows,
        "p_quota": reached / quarters.total(),
        "horizons": {
            horizon: describe_horizon(calls if horizon == "call" else counts[horizon]) for horizon in HORIZONS
        },
    }


def sums(values: Sequence[int], lengths: Sequence[int]) -> list[int]:
    """Sums of consecutive stretches of ``values``.

    Examples
    --------
    >>> sums([1, 2, 3, 4, 5], (2, 3))
    [3, 12]
    """
    ends = list(accumulate(lengths))
    return [sum(values[end - length : end]) for end, length in zip(ends, lengths, strict=True)]


PERIODS: Final[tuple[tuple[Horizon, tuple[int, ...]], ...]] = (
    ("day", (HOURS_PER_DAY,) * (WEEKS * DAYS_PER_WEEK)),
    ("week", (DAYS_PER_WEEK,) * WEEKS),
    ("month", WEEKS_OF_MONTHS),
    ("quarter", (3,) * 4),
    ("year", (4,)),
)
"""Each horizon of a year and its length in periods of the horizon before it, from the day on."""


class YearTally:
    """Counts of the peers that hold a year of one rep in lists: SimPy and plain Python."""

    def __init__(self) -> None:
        self.counts: dict[Horizon, WindowCounts] = {h: WindowCounts() for h in HORIZONS if h != "call"}
        self.opportunities = 0

    def add(self, meetings: Sequence[int], opportunities: int, wins: Sequence[int]) -> None:
        """Count a year of one rep, given meetings and wins of its 2,080 hours."""
        self.opportunities += opportunities
        self.counts["hour"].add(meetings, wins)
        for horizon, lengths in PERIODS:
            meetings, wins = sums(meetings, lengths), sums(wins, lengths)
            self.counts[horizon].add(meetings, wins)

    def statistics(self) -> Statistics:
        """Figures of all years so far."""
        return describe(self.counts, self.opportunities)
