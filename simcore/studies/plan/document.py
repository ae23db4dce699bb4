"""A plan made backward from a target, as a document: what ``simcore plan --json`` prints, with a published schema."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from simcore.base.document import Document
from simcore.results.header import StrategyHeader
from simcore.statistics.estimate import Estimate

What = Literal["holidays", "seats", "needs", "late", "checks", "inflow", "season"]


class PlanStage(Document):
    """How many items of a stage the arithmetic asks for."""

    stage: str
    count: float = Field(description="Of the team, for the whole target.")


class PlanLeftOut(Document):
    """Something that the arithmetic does not count."""

    what: What = Field(
        description="Hours that are not worked; calls that new reps and vacant seats do not make; wins that what deals "
        "need takes; deals of the period that close after its end; calls that checks of needs cost; what comes without "
        "a call; what the season takes of wins."
    )
    share: float | None = Field(
        description="Of the hours, of the calls of the plan, or of the deals of calls of the period; null where it has "
        "no closed form. Below 0 where a season adds."
    )
    words: str


class PlanArithmetic(Document):
    """The arithmetic that everyone does: the target divided by the mean deal and by every rate, backward."""

    stages: list[PlanStage] = Field(description="From wins back to calls.")
    calls: float = Field(description="Of the team, in the whole period.")
    per_week: float = Field(description="Of one rep in a full week of what is left of the period.")
    chance: Estimate | None = Field(description="Of reaching the target with these calls.")
    no_chance: str | None = Field(description="Why the chance is null, in words.")
    left_out: list[PlanLeftOut] = Field(
        description="What the arithmetic leaves out; the calls of a full week and the chance know of it."
    )


class PlanIgnorance(Document):
    """What is left open, with the plan of the file, by what is not known exactly."""

    worlds: int = Field(
        description="Worlds that were played twice: with the same parameters, and all else from elsewhere."
    )
    sd: Estimate = Field(description="Standard deviation, over what is not known, of the chance to reach the target.")
    share: Estimate = Field(description="Of the variance between worlds that reach the target and those that do not.")


class PlanAnswer(Document):
    """The least that reaches the target with the confidence asked for."""

    solve_for: str = Field(description="calls, reps, weeks, or the stage whose rate is sought.")
    estimate: float = Field(
        description="Calls of the team in the whole period (those made so far are among them), reps, weeks of the "
        "period, or the rate of the step into the stage."
    )
    interval: tuple[float, float | None] = Field(
        description="95 % confidence interval of the estimate; null where it has no upper end within what was tried."
    )
    per_week: float = Field(
        description="Calls of one rep in a full week of what is left of the period, rounded up: plan.calls_per_week."
    )
    calls: float = Field(description="Of the team in the whole period, at the estimate; under no ramp or vacancy.")
    chance: Estimate = Field(description="Of reaching the target at the estimate, in the same worlds.")


class PlanRow(Document):
    """What another confidence takes."""

    confidence: float
    estimate: float | None = Field(description="As in the answer; null where it is beyond what was tried.")
    low: float | None
    high: float | None = Field(description="The 95 % interval; null where an end is beyond what was tried.")
    per_week: float | None = Field(description="Calls of one rep in a full week, rounded up.")


class PlanCell(Document):
    """Calls of one rep a week that a team of some size needs in a period of some length."""

    reps: int
    weeks: int
    per_week: float | None = Field(description="Null: not within what was tried.")
    low: float | None
    high: float | None
    explodes: bool = Field(description="Whether a drive passes a limit of the engine at calls that would tell more.")
    worlds: int = Field(description="In which the cell was sought; that of the team and period asked is the answer.")


class PlanHere(Document):
    """Where the team stands within the period."""

    week: int = Field(description="Weeks of the period that are over.")
    weeks_left: int
    calls: int = Field(description="Made so far by the team.")
    won: float = Field(description="Revenue booked so far.")
    missing: float = Field(description="Revenue that the target still needs.")
    open: dict[str, int] = Field(description="Open items of the team by stage.")
    week_from_calls: bool = Field(description="Whether the week was worked out from the calls at the pace of the plan.")
    chance: Estimate | None = Field(description="With the plan of the file for the weeks that are left, if known.")
    rest_calls: float | None = Field(description="Calls of the team that the rest needs, where calls were sought.")


class PlanExact(Document):
    """The same answer from the binomial distribution, where it is exact."""

    estimate: float | None = Field(description="Null where it is beyond what was tried.")
    chance: float | None = Field(description="At the calls of the arithmetic (rounded up to whole calls of a rep).")


class PlanObstacle(Document):
    """Why no plan reaches the target."""

    tried: float = Field(description="The largest value that was tried, as in the answer.")
    chance: Estimate = Field(description="Of reaching the target there.")
    reasons: list[str] = Field(description="Reasons, each tested by removing it and trying the largest value again.")


class PlanPrecision(Document):
    """How well the answer is known."""

    wanted: float = Field(description="Half-width of the interval as a part of the estimate.")
    reached: float | None
    met: bool
    stated: bool = Field(description="Whether it was asked for; else it is an aim within a limit of cost.")


class BackwardPlan(StrategyHeader):
    """What it takes to reach a target with a stated confidence."""

    document: Literal["plan"] = "plan"
    format: Literal[2] = Field(default=2, description="Version of this document's format.")
    target: float = Field(description="Revenue by close of the whole team in the period.")
    confidence: float
    by: str = Field(description="The period: quarter, year or a number of weeks; `weeks` are its weeks.")
    solve_for: str
    calls_per_week: int = Field(description="Of one rep, as the file has it.")
    arithmetic: PlanArithmetic
    chance: Estimate | None = Field(
        description="Of reaching the target with the plan of the file; null: a drive explodes there, or interrupted."
    )
    ignorance: PlanIgnorance | None = Field(
        default=None, description="Null where everything is known exactly, or too few worlds were played."
    )
    answer: PlanAnswer | None = Field(description="Null if there is none, or it was not found before the end.")
    exact: PlanExact | None = Field(description="Null where it has no closed form.")
    table: list[PlanRow]
    frontier: list[PlanCell] = Field(description="Empty where it was not asked for.")
    here: PlanHere | None
    infeasible: PlanObstacle | None
    precision: PlanPrecision
    limits: list[str] = Field(description="Values that could not be tried as a drive explodes there, in words.")
    assumptions: list[str] = Field(description="What the answer takes for granted, in words.")
    sentence: str = Field(description="The answer in words.")
