"""The document of a backtest: what was forecast, what happened, and how good each method was."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from simcore.base.document import Document
from simcore.results.header import StudyHeader

Measure = Literal["wins", "value", "successes"]


class MethodScore(Document):
    """How good one method was over all windows; scores are divided by the mean of what happened in them."""

    name: str = Field(description="simcore, or one of the methods that need no model.")
    windows: int = Field(description="Forecasts that were scored: origins times segments.")
    independent_windows: int = Field(description="Origins whose windows do not overlap.")
    coverage: float = Field(description="Share of windows in which the interval held what happened.")
    crps: float = Field(description="Continuous ranked probability score: the lower, the better.")
    width: float = Field(description="Width of the interval.")
    bias: float = Field(description="Mean of the forecast less what happened.")
    pinball: float = Field(description="Pinball loss of the two ends of the interval and of the median.")


class Window(Document):
    """One forecast of simcore, and what happened."""

    origin: str = Field(
        description="The day before which all was known, YYYY-MM-DD; of a log of calls the number of the first call of "
        "the window."
    )
    segment: str | None = Field(description="null where all segments are forecast together.")
    actual: float
    low: float
    median: float
    high: float
    pit: float = Field(ge=0, le=1, description="Where in the forecast's distribution the actual value lies.")


class Backtest(StudyHeader):
    """How good forecasts would have been that knew what was known at the time."""

    document: Literal["backtest"] = "backtest"
    format: Literal[1] = 1
    as_of: str | None = Field(description="The last day of the history, YYYY-MM-DD; null of a log of calls.")
    deals: int = Field(description="Of a log of calls, the calls.")
    won: int = Field(description="Of a log of calls, those that led on.")
    history_weeks: float | None = Field(description="From the first deal to the last day; null of a log of calls.")
    holidays: str | None = Field(
        default=None, description="Whose public holidays were known, and the version of the library; null: none."
    )
    every_weeks: int | None = Field(description="Null of a log of calls.")
    horizon_weeks: int | None = Field(description="Null of a log of calls.")
    every_calls: int | None = Field(default=None, description="Calls from one origin to the next; null of deals.")
    horizon_calls: int | None = Field(default=None, description="Calls of a window; null of deals.")
    level: float = Field(gt=0, lt=1, description="Share of windows that an interval promises to cover.")
    measure: Measure
    by: Literal["segment"] | None = None
    methods: list[MethodScore]
    windows: list[Window] = Field(description="Of simcore.")
    pit: list[int] = Field(description="Windows by tenth of the forecast's distribution: even if calibrated.")
    from_new_deals: float | None = Field(
        description="Share of the forecast wins that come from deals which were not there yet; null if there is none."
    )
    verdict: str

    def score(self, name: str) -> MethodScore:
        """Return the row of a method."""
        return next(each for each in self.methods if each.name == name)

    @property
    def best_naive(self) -> MethodScore:
        """The method without a model that has the lowest CRPS."""
        return min((each for each in self.methods if each.name != "simcore"), key=lambda each: each.crps)
