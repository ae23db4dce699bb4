"""Which step to improve, as a part of a document."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from simcore.base.document import Document
from simcore.statistics.estimate import Estimate

Change = Literal["point", "tenth"]
"""A percentage point more; or a tenth: ten per cent more, of lags and spreads less."""
Kind = Literal["rate", "calls", "deal", "lag", "spread", "referrals", "checks"]
Measure = Literal["revenue", "revenue_origin", "p_quota"]
"""Revenue per rep-year by close, by origin; the chance that a rep reaches quota in a quota period."""


class Effect(Document):
    """What a change does to a figure, in the same worlds."""

    difference: Estimate = Field(description="Changed minus unchanged; the error is that of pairs of equal worlds.")
    low: float | None = Field(description="The 95 % interval.")
    high: float | None
    relative: Estimate | None = Field(description="As a share of the unchanged figure; null for a chance.")
    exact: float | None = Field(
        description="The closed form: of revenue the relative change, of a chance the difference. Null without one."
    )


class LeverRow(Document):
    """One figure of the process, a point or a tenth better."""

    lever: str
    kind: Kind
    change: Change
    path: str
    before: str
    after: str
    problem: str | None = Field(description="Why the change cannot be made; then there are no effects.")
    cut: bool = Field(description="Whether the rate would have gone beyond 1, and was set to 1.")
    clipped: int = Field(
        description="Decisions of the step itself at a rate cut at 1, beyond those of the unchanged process: those of "
        "later steps, which get more items, are not among them. 0 of what is no rate."
    )
    why: str | None = Field(description="Why the chance of quota is the same in every world, where it must be.")
    revenue: Effect | None = Field(description="Per rep-year, by close.")
    revenue_origin: Effect | None = Field(description="The same by origin; null where it is the same by close.")
    p_quota: Effect | None = Field(description="Null where the run holds no whole quota period.")


class Ranking(Document):
    """Which step's rate does most, of one change and one figure."""

    change: Change
    measure: Measure
    best: str = Field(description="The stage whose step has the largest effect in these worlds.")
    tied: list[str] = Field(
        description="Stages whose step cannot be told from it: the paired difference is within its interval, "
        "at 95 % for all together (Bonferroni)."
    )
    steps: int = Field(description="Steps that were compared with each other.")
    all_alike: bool = Field(description="Whether closed forms say that the steps are exactly alike.")


class Allocation(Document):
    """Hours for each step, and what they come to in fresh worlds."""

    hours: list[int] = Field(description="By step, in the order of `steps`.")
    rates: list[float] = Field(description="The rates that they lead to.")
    effect: Effect


class HoursPlan(Document):
    """The best use of a number of coaching hours."""

    hours: int
    lot: int = Field(description="Hours that are given out at a time.")
    measure: Measure
    steps: list[str] = Field(description="Stages whose step can be coached.")
    effects: list[str] = Field(description="What an hour does, by step, as it was stated.")
    fading: float = Field(description="Each further hour on a step brings so much less than the one before it.")
    looked_at: int = Field(description="Ways of giving out the hours that were run; of some of them, if greedily.")
    exhaustive: bool = Field(description="Whether these are all ways; if not, hours were given out greedily.")
    greedy_agrees: bool | None = Field(
        description="Whether giving out lot by lot finds the same; null if not exhaustive."
    )
    best: Allocation
    even: Allocation = Field(description="The hours spread evenly over the steps, in the same fresh worlds.")
    over_even: Effect = Field(description="The best minus the even way, in the same fresh worlds.")
    tied: int = Field(
        description="Other ways that cannot be told from the best one where it was chosen, at 95 % for all together."
    )
    exact_best: list[int] | None = Field(
        description="The best way by the closed form of the mean; null where none holds."
    )


class Leverage(Document):
    """Which step to improve."""

    reps: int
    replications: int = Field(description="Worlds; the same for every change.")
    revenue: Estimate = Field(description="Of the unchanged process, per rep-year, by close.")
    revenue_origin: Estimate | None
    p_quota: Estimate | None
    levers: list[LeverRow]
    rankings: list[Ranking]
    hours: HoursPlan | None = Field(description="Null where no hours were asked about.")
    interrupted: bool
    sentences: list[str] = Field(description="What follows, in plain words.")
