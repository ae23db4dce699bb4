"""The document of a comparison: what ``simcore compare --json`` prints, with its published schema.

Money is in units of the scenario's currency. A *difference* is the strategy minus the baseline in the same worlds; its
standard error is that of the pairs, and its 95 % interval follows from the t law (see `simcore.statistics.intervals`).
"""

from __future__ import annotations

from typing import Generic, Literal, TypeVar

from pydantic import Field

from simcore.base.document import Document
from simcore.base.periods import Horizon
from simcore.results.header import StudyHeader
from simcore.results.summary import Precision
from simcore.statistics.estimate import Estimate


class Interval(Estimate):
    """A figure of pairs of equal worlds, with its 95 % interval."""


E = TypeVar("E", bound=Estimate)


class FiguresOf(Document, Generic[E]):
    """What one strategy came to, or the difference to the baseline."""

    revenue: E = Field(description="Revenue by close of a rep in a year of 52 weeks.")
    p_quota: E | None = Field(description="Chance that a rep reaches quota in a period; null without a quota.")
    p_quota_team: E | None
    worst: E = Field(
        description="Revenue of a rep in a year, mean of the worst 5 % of worlds (of the team); "
        "null with 40 worlds or fewer: the tail then holds no more than two."
    )
    dry_weeks: E = Field(description="Share of rep-weeks without a deal.")
    longest_dry: E = Field(description="Longest run of weeks without a deal of a rep, in weeks.")
    discount: E = Field(description="Discount given by a rep in a year.")
    calls: E = Field(description="Calls of a rep in a week.")
    calls_above_plan: E = Field(description="Calls above those of the plan, hour by hour, of a rep in a week.")
    won: E | None = Field(
        default=None, description="Share of the deals that need something and end that are won; null without needs."
    )
    surprises: E | None = Field(default=None, description="Of these: lost before the decision, by surprise.")
    disqualified: E | None = Field(default=None, description="Of these: given up after a check.")
    late_losses: E | None = Field(default=None, description="Of these: lost at the decision, with a need not met.")
    check_calls: E | None = Field(default=None, description="Calls of a rep in a week that checks cost.")
    weeks_of_quarter: list[E] | None = Field(
        description="Share of bookings in each of the 13 weeks of the quarter; null in a run of fewer weeks, and with "
        "real months."
    )


class Figures(FiguresOf[Estimate]):
    """What one strategy came to, or the difference to the baseline."""


class Differences(FiguresOf[Interval]):
    """What one strategy came to, or the difference to the baseline."""


class StrategyFigures(Document):
    """A strategy and what it came to."""

    name: str
    figures: Figures


class VarianceRatio(Document):
    """Variance of a rep's revenue in a period, strategy over baseline."""

    horizon: Horizon
    ratio: Interval


class Contest(Document):
    """Who has more revenue in the same world."""

    what: Literal["world", "rep-quarter", "rep-year"]
    ahead: Interval = Field(description="Chance that the strategy has more revenue than the baseline.")
    level: Interval = Field(description="Chance that both have the same.")


class Source(Document):
    """A part of the difference in revenue; all parts sum to it."""

    what: str = Field(description="`calls`, the conversion into a stage (its name), or `value of a deal`.")
    amount: Interval
    share: float | None = Field(description="Of the difference; null where that is zero.")


class Attribution(Document):
    """What a channel of a drive adds to the difference: its Shapley value."""

    strategy: str
    drive: str
    channel: str
    amount: Estimate
    shown: float = Field(description="Rounded to the cent so that all sum to the difference, rounded to the cent.")


class AttributionTable(Document):
    """The difference in revenue, split over drives and channels."""

    rows: list[Attribution]
    total: float
    runs: int = Field(description="Combinations of channels that were simulated.")
    permutations: int | None = Field(
        description="Orders taken (the cyclic ones and their reverses); null where all combinations were."
    )


class Against(Document):
    """A strategy against the baseline."""

    name: str
    differences: Differences
    variance_ratios: list[VarianceRatio]
    contests: list[Contest]
    sources: list[Source] | None = Field(description="Null where a part of the funnel is empty.")
    verdict: Literal["ahead", "behind", "tied", "unknown"] = Field(
        description="By the 95 % interval of the difference in revenue; unknown with fewer than 8 replications."
    )
    replications_to_separate: int | None = Field(
        description="About how many would separate a tie, if the difference is what it seems; null if it is not tied."
    )
    pairing_gain: float | None = Field(
        description="How many times the replications independent worlds would have needed for the same error."
    )
    sentence: str
    over_optimism: Interval | None = Field(
        default=None,
        description="What would be claimed of the deals that end at the share that the baseline wins, over what is "
        "won: above 1 that rate is too hopeful here; null without needs.",
    )
    attribution: AttributionTable | None = Field(
        default=None, description="Null where it was not asked for, or was stopped before."
    )


class Comparison(StudyHeader):
    """Strategies of a scenario in the same worlds."""

    document: Literal["comparison"] = "comparison"
    format: Literal[2] = Field(default=2, description="Version of this document's format.")
    digests: dict[str, str] = Field(description="Of the scenario with each strategy: see the result document.")
    precision: Precision | None = Field(default=None, description="Of the differences; null where replications count.")
    baseline: str
    strategies: list[StrategyFigures]
    against: list[Against]
