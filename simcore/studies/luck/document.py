"""How much of a rep's results is luck, and how much is skill, as a document."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from simcore.base.document import Document
from simcore.results.header import StrategyHeader
from simcore.statistics.estimate import Estimate


class Skipped(Document):
    """A part that this scenario does not have, and why."""

    part: str
    reason: str


class WeightPoint(Document):
    """The weight of a rep's own results of this many weeks, with the rest on the team's rate."""

    weeks: int
    weight: Estimate = Field(description="Simulated, with everything that the scenario has.")
    known: float = Field(description="n / (n + E[q(1-q)] / Var(q)): known answer 10, chance alone, at base rates.")
    exact: float | None = Field(description="In closed form with week noise and market; null where there is none.")
    reliability: Estimate = Field(description="Squared correlation of own results and true rate within a team.")


class WeeksUntil(Document):
    """Weeks of a rep's own results needed for a given credibility weight."""

    weight: float
    weeks: Estimate = Field(description="Simulated; null where the run does not tell.")
    beyond_run: bool = Field(description="Extrapolated beyond the weeks of the run.")
    known: float | None = Field(description="Known answer 10; null: never.")


class WeightRow(Document):
    """How long until a rep's own figure of one kind means something."""

    measure: str
    kind: Literal["per call", "step", "revenue"]
    differs: bool = Field(description="Whether reps differ in the true rate; if not, own results never mean anything.")
    half_trials: float | None = Field(description="Trials for the weight 1/2 (known answer 10); null: never.")
    trials_per_week: float = Field(description="Expected under the plan at base rates.")
    points: list[WeightPoint]
    until: list[WeeksUntil]


class PairRow(Document):
    """Two random reps of a team, who truly differ: and whether the better one is ahead."""

    horizon: str
    measure: str
    ahead: Estimate
    tied: Estimate
    behind: Estimate


class RankingRow(Document):
    """A ranking of a team by revenue of one period."""

    horizon: str
    luck: Estimate = Field(description="Share of the spread within a team that is not the true rates'; 1: all luck.")
    overlap: Estimate = Field(description="Share of the observed top quarter of a team that is truly in it.")
    overlap_by_chance: float = Field(description="The same for a ranking by lot.")


class Retest(Document):
    """Two consecutive periods of the same reps."""

    quarters: Estimate = Field(description="Correlation within teams of a quarter's revenue with the next one's.")
    quarters_exact: float | None = Field(description="In closed form, without a market that moves; else null.")
    half_years: Estimate | None = Field(description="The same of two half-years; null if the run holds none.")
    half_years_foretold: Estimate = Field(description="Predicted from the quarters by the Spearman-Brown formula.")
    quarters_for_80: Estimate = Field(
        description="Quarters to pool for a reliability of 0.8; null: never, or not seen."
    )


class Reliability(Document):
    """How long until a rep's own results mean something."""

    weights: list[WeightRow]
    pairs: list[PairRow]
    rankings: list[RankingRow]
    retest: Retest | None


class RunRow(Document):
    """Longest run of failures of one rep."""

    unit: Literal["call", "hour", "day", "week"]
    without: str = Field(description="What none of these tries brings.")
    tries: int = Field(description="Calls, or hours, days, weeks with calls, under the plan.")
    mean: float = Field(
        description="Expected longest run, exactly, at base rates, where all calls are made and nothing takes time."
    )
    q05: int
    q95: int
    differing: float | None = Field(description="The same over reps as they differ; null for calls.")
    simulated: Estimate | None = Field(description="From the rep-weeks, with everything; null but for weeks.")


class DryRow(Document):
    """The chance of `weeks` weeks without a win from a sound process."""

    weeks: int
    exact: float = Field(description="Of this many given weeks, at base rates where nothing takes time.")
    differing: float = Field(description="The same over reps as they differ.")
    simulated: Estimate = Field(description="The same in the worlds, with everything.")
    once_exact: float = Field(description="At least once in the weeks watched, at base rates.")
    once_simulated: Estimate
    ratio_exact: float = Field(description="Likelihood ratio of the drop against the sound process, at base rates.")
    ratio: Estimate = Field(description="The same in the worlds with and without the drop; null where too few are dry.")


class ReachRow(Document):
    """When dry weeks are evidence."""

    ratio: float
    weeks_exact: int = Field(description="Dry weeks that reach the likelihood ratio, at base rates.")
    weeks: int | None = Field(
        description="The first of the table whose simulated ratio does, minus two errors; null: none."
    )
    unsure_weeks: int | None = Field(
        description="Where there is none: the first of the table whose simulated ratio reaches it, but not minus two "
        "errors; null: none."
    )
    unsure_ratio: Estimate | None = Field(description="The simulated ratio there.")


class EvidenceRow(Document):
    """How fast counts tell a drop, by what is counted."""

    measure: str
    kind: Literal["result", "process"]
    per_week: Estimate = Field(description="Mean logarithm of the likelihood ratio a week, in worlds with the drop.")
    per_week_exact: float = Field(description="Kullback and Leibler's information a week, at base rates.")
    weeks_to_10: float = Field(description="ln 10 over the exact information.")
    later_by: float = Field(description="Mean weeks from the step until it shows here: lags.")
    found_in_a_quarter: Estimate = Field(
        description="Share of reps with the drop whose ratio passes 10 in 13 weeks; null for a step that takes time."
    )
    found: Estimate = Field(description="The same in the weeks watched.")
    false_alarms: Estimate = Field(description="Share of sound reps whose ratio passes 10 in the weeks watched.")


class Streaks(Document):
    """Streaks of a sound process, and when they are evidence."""

    weeks: int = Field(description="Weeks watched: a year, or the run if it is shorter.")
    runs: list[RunRow]
    drop_stage: str
    drop_factor: float = Field(description="By which the rate of the step into the stage is multiplied.")
    dry: list[DryRow]
    reach: list[ReachRow]
    evidence: list[EvidenceRow]


class TenthRow(Document):
    """A tenth of the reps by one quarter's revenue against their team, and what it does in the next."""

    who: Literal["bottom", "top"]
    before: Estimate = Field(description="Mean revenue above the own team's mean in the quarter.")
    after: Estimate = Field(description="The same in the next quarter.")
    change: Estimate = Field(description="After minus before: what nobody did.")
    normal: Estimate = Field(description="(1 - r) x 1.755 sd, the change if results were normal.")
    coached_by_lot: Estimate = Field(
        description="Change of the half that a lot 'coaches', without any effect, minus that of the other half."
    )


class Regression(Document):
    """Regression to the mean, with nobody doing anything."""

    mean: Estimate = Field(description="Revenue of a rep in a quarter.")
    spread: Estimate = Field(description="Standard deviation of a quarter's revenue within teams.")
    correlation: Estimate = Field(description="Of a quarter's revenue with the next one's, within teams.")
    tenths: list[TenthRow]


class RuleRow(Document):
    """Whom a rule dismisses, of reps who would all have stayed."""

    rule: str
    dismissed: Estimate = Field(description="Share of reps in the weeks of the run.")
    sound_dismissed: Estimate = Field(description="Share of the sound reps who go; null without any.")
    weak_kept: Estimate = Field(description="Share of the weak reps who stay; null without any.")
    sound_among: Estimate = Field(description="Share of the dismissed who are sound; null without any.")
    attainment: Estimate = Field(description="Mean true attainment of the dismissed; null without any.")
    first_year: Estimate = Field(
        description="Revenue that a dismissal brings in the 52 weeks after it, mostly below 0."
    )
    later_years: Estimate = Field(description="The same in each year after that.")
    pays_after: Estimate = Field(description="Weeks until a dismissal has paid for itself; null: never, or not seen.")


class Dismissal(Document):
    """Dismissal on results, and on process measures with as many dismissals."""

    below: float
    quarters: int
    weak_below: float = Field(description="True expected attainment below which a rep counts as weak.")
    quota: float = Field(description="Of a quarter.")
    weak: Estimate = Field(description="Share of reps who are truly weak.")
    vacancy_weeks: int
    ramp_weeks: int
    ramp_start: float
    assumed: list[str] = Field(description="Figures of the cost that the scenario does not have.")
    rules: list[RuleRow]


class AgainstRow(Document):
    """The person who is asked about, and another one: whose period brings more."""

    horizon: str
    rep: int = Field(description="The other one's seat, from 1.")
    name: str | None = Field(default=None, description="Only where names were asked for.")
    ahead: Estimate
    tied: Estimate
    behind: Estimate


class Luck(StrategyHeader):
    """How much of a rep's results is luck, and how much is skill."""

    document: Literal["luck"] = "luck"
    format: Literal[2] = Field(default=2, description="Version of this document's format.")
    differ: list[str] = Field(description="Stages whose step has a spread between reps.")
    habits: list[str] = Field(
        description="Stages whose step can have a bad habit: no part of a rep's own rate, and counted as luck."
    )
    reliability: Reliability | None
    streaks: Streaks | None
    regression: Regression | None
    dismissal: Dismissal | None
    unlike: bool = Field(
        default=False, description="Whether people have something of their own: who is better is then in the file."
    )
    who: int | None = Field(default=None, description="The seat, from 1, of the person who is asked about; else null.")
    who_name: str | None = Field(default=None, description="Only where names were asked for.")
    people: list[AgainstRow] = Field(
        default=[], description="That person against each other one, in periods with both at full activity."
    )
    skipped: list[Skipped]
