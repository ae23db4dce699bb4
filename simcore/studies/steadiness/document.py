"""What the variance of results is made of, as a document."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from simcore.base.document import Document
from simcore.results.header import StrategyHeader
from simcore.statistics.estimate import Estimate

Part = Literal["luck", "people", "market", "week noise", "knowledge", "reaction"]
PARTS: tuple[Part, ...] = ("luck", "people", "market", "week noise", "knowledge", "reaction")
"""The parts of a variance, in the order in which they are shown; knowledge only where a scenario has it."""


class SteadinessPart(Document):
    """What one source of variance adds to the results of a rep at one horizon."""

    part: Part
    variance: Estimate = Field(description="In squared units of the currency; that of reaction may be negative.")
    share: Estimate = Field(description="Of the whole.")
    cv: Estimate = Field(description="Its root over the mean; negative where the variance is; null without a mean.")


class SteadinessRow(Document):
    """The variance of a rep's revenue (by close) in one window of a horizon, over worlds."""

    horizon: str
    mean: Estimate
    variance: Estimate = Field(description="Of one window of one rep, averaged over windows and reps.")
    cv: Estimate
    parts: list[SteadinessPart] = Field(
        description="They sum to the variance; knowledge is among them where a parameter is not known exactly."
    )


class SteadinessFall(Document):
    """How a part falls with time: the power of the window's length by which its cv changes."""

    part: Part
    until: str = Field(description="The longest horizon that shows it; from the week on.")
    power: Estimate = Field(description="-1/2 averages out, 0 never does.")


class Steadiness(StrategyHeader):
    """What averages out and what never does."""

    document: Literal["steadiness"] = "steadiness"
    format: Literal[2] = Field(default=2, description="Version of this document's format.")
    active: list[Part] = Field(description="Parts that the scenario has; all others are 0.")
    even_within_week: bool = Field(
        description="Whether revenue was taken as even within a week, to split hours and days; exact where nothing "
        "takes time."
    )
    drifts: bool = Field(
        default=False, description="Whether the market does not come back: the later a week, the less is known of it."
    )
    seasonal: bool = Field(
        default=False, description="Whether rates have a season: it is known, the same in all worlds, and in no part."
    )
    rows: list[SteadinessRow]
    falls: list[SteadinessFall]
