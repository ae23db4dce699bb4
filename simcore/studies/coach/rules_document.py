"""What rules of coaching came to, as a document."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from simcore.base.document import Document
from simcore.statistics.estimate import Estimate

RuleName = Literal["nobody", "random", "result", "process", "oracle"]


class LooksRow(Document):
    """Before and after the first session: what one sees, and what it did. Revenue of a coached rep a week."""

    before: Estimate = Field(description="In the weeks before the session.")
    seen: Estimate = Field(description="After minus before: how good the session looks.")
    did: Estimate = Field(description="After minus what the same reps, in the same weeks, had with no coaching at all.")
    illusion: Estimate = Field(description="What is seen and coaching did not do; `seen` is `did` plus `illusion`.")


class RuleRow(Document):
    """One rule of coaching."""

    rule: RuleName
    revenue: Estimate = Field(description="Of a rep in a year of 52 weeks, by close.")
    gain: Estimate | None = Field(description="Over nobody, in the same worlds; null for nobody.")
    gain_low: float | None = Field(description="Of the 95 % interval of the gain.")
    gain_high: float | None
    over_result: Estimate | None = Field(
        description="Over coaching the result, in the same worlds; of the rules that come after it."
    )
    sessions: Estimate = Field(description="Of the team, in a year of 52 weeks.")
    hits: Estimate = Field(description="Share of sessions on a bad habit that was there; null without sessions.")
    repaired: Estimate = Field(description="Share of sessions that ended one; null without sessions.")
    afflicted: Estimate = Field(description="Share of rep-weeks with a bad habit, after the sessions of the week.")
    weeks_to_repair: Estimate = Field(
        description="Weeks of bad habits for each repair: how long one lasts until coaching ends it; null if none did."
    )
    looks: LooksRow | None = Field(description="Null for nobody, and where the experiment had no session.")


class Rules(Document):
    """The rules of coaching in the same worlds."""

    slots: int = Field(description="Sessions a week.")
    repair: float = Field(description="Chance that a session ends a habit at its step: the same for every rule.")
    window_weeks: int = Field(description="Weeks that a manager looks back.")
    assumed: bool = Field(description="Whether the scenario names no manager, and these are assumed.")
    replications: int = Field(description="Worlds of each rule.")
    looks_weeks: int = Field(description="Weeks before, and after, of the before-after comparison.")
    rows: list[RuleRow]
    words: list[str] = Field(description="What follows, in sentences.")
    interrupted: bool
