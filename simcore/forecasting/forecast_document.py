"""The document of a forecast: what may come until a day, what the width is made of, and which deals matter."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from simcore.base.document import Document
from simcore.results.header import StudyHeader
from simcore.statistics.estimate import Estimate


class Range(Document):
    """A figure that is not known yet, by the replications of a forecast."""

    low: float = Field(description="Nineteen in twenty replications are above it.")
    median: float
    high: float = Field(description="Nineteen in twenty are below it.")
    mean: Estimate = Field(description="With the error of the simulation, not that of the forecast.")


class FanPoint(Document):
    """What has come by a day, that which was closed already included."""

    until: str = Field(description="The evening of this day, YYYY-MM-DD.")
    low: float
    median: float
    high: float


class WidthPart(Document):
    """A share of the variance of the total."""

    source: Literal["luck", "market", "new deals", "knowledge", "weeks", "people", "together"] = Field(
        description="weeks and people are of a scenario: what differs between its weeks, new deals among it, and reps."
    )
    share: Estimate = Field(description="0 .. 1; 'together' is what the others do in company, the rest up to 1.")


class DealChance(Document):
    """One open deal."""

    id: str
    stage: str
    segment: str | None = Field(description="Null of a scenario.")
    value: float
    chance: Estimate = Field(description="That it is won by the day, with the error of the simulation.")
    chance_low: float | None = Field(
        description="Low end of 90 % of what is not known of rates and market; null of a scenario."
    )
    chance_high: float | None
    p_quota_without: Estimate | None = Field(description="Chance of the quota if it were lost today.")


class Weather(Document):
    """The chance of the quota in a market that is worse or better than now."""

    market: float = Field(description="Quantile of the market's mean until the day.")
    factor: float = Field(description="Wins in that market over wins in the market of the history.")
    p_quota: Estimate


class Tested(Document):
    """How forecasts of that kind held in a backtest."""

    coverage: float = Field(description="Share of windows whose interval held what came.")
    level: float = Field(description="Share that the intervals promised to cover.")
    windows: int
    independent_windows: int = Field(description="Origins whose windows do not overlap.")
    horizon_weeks: int
    measure: Literal["wins", "value"]
    as_of: str = Field(description="The evening on which its history stood, YYYY-MM-DD.")
    same_history: bool = Field(description="Whether that is the history of this forecast.")
    verdict: str


class Forecast(StudyHeader):
    """What may come until a day, from deals that are open and from those that are not there yet."""

    document: Literal["forecast"] = "forecast"
    format: Literal[1] = 1
    as_of: str = Field(description="The evening on which the history stands, YYYY-MM-DD.")
    since: str = Field(description="The first day of the period; what was won since then is closed already.")
    by: str = Field(description="The last day of the period.")
    measure: Literal["wins", "value"]
    deals: int | None = Field(description="Of the history; null of a scenario.")
    history_weeks: float | None = Field(
        description="Weeks from the first deal to the last day of the history; null of a scenario."
    )
    holidays: str | None = Field(
        default=None, description="Whose public holidays were known, and the version of the library; null: none."
    )
    open_deals: int
    without: list[str] = Field(description="Open deals that were taken as lost today.")
    quota: float | None
    closed: float = Field(description="Won in the period already.")
    from_open: Range
    from_new: Range = Field(description="From deals that are not there yet.")
    total: Range
    p_quota: Estimate | None = Field(description="Chance that the total is the quota at least.")
    fan: list[FanPoint]
    width: list[WidthPart] = Field(description="What the variance of the total is made of; empty if there is none.")
    largest: list[DealChance] = Field(description="Open deals that matter most, ten at most.")
    weather: list[Weather]
    stage_weighted: float | None = Field(
        description="Closed already, and every open deal times the win rate of its stage; null of a scenario without a "
        "list of them."
    )
    market: float | None = Field(description="The market today, over that of the history; null of a scenario.")
    outside: str | None = Field(description="Where the last quarter lies outside of what was learned; null if not.")
    tested: Tested | None = Field(default=None, description="The backtest that was given; null: never tested.")
    closing_days: list[int] = Field(description="Days of the month on which many deals are closed; 32 is the last.")
