"""The result document: what ``--json`` prints and ``summary.json`` holds, with its published schema.

Every estimate is an `Estimate`: the figure, its Monte Carlo standard error and its 95 % interval. Money is in units of
the scenario's currency (not cents).
"""

from __future__ import annotations

from typing import Literal, NamedTuple

from pydantic import Field

from simcore.base.document import Document
from simcore.base.periods import Horizon
from simcore.results.header import StrategyHeader
from simcore.statistics.estimate import Estimate


class Size(NamedTuple):
    """How much was simulated; all counts exclude warm-up. See `Summary`."""

    replications: int
    reps: int
    weeks: int
    rep_weeks: int
    calls: int


class StageRow(Document):
    """How many items entered a stage."""

    stage: str
    per_rep_week: Estimate


class RevenueRow(Document):
    """Revenue of one rep in one period, over all reps, periods and replications."""

    mean: Estimate
    sd: Estimate
    cv: Estimate
    q05: Estimate
    q50: Estimate
    q95: Estimate
    p_zero: Estimate = Field(description="P(no win): share of periods without a deal.")


class FirstStepRow(Document):
    """Successes of the first step (meetings booked) of one rep in one period."""

    mean: Estimate
    sd: Estimate
    cv: Estimate


class AveragingRow(Document):
    """One horizon of the averaging pyramid."""

    horizon: Horizon
    periods: int = Field(description="Periods observed, over all reps and replications.")
    revenue: RevenueRow
    first_step: FirstStepRow


class Averaging(Document):
    """The averaging pyramid in both accounts; horizons that the run does not hold whole are left out."""

    close: list[AveragingRow] = Field(description="Revenue dated by the hour in which the deal closed.")
    origin: list[AveragingRow] = Field(description="Revenue dated by the hour of the call that began the deal.")


class Value(Document):
    """What a call is worth, and a "no"."""

    per_call: Estimate = Field(description="Revenue by origin over calls.")
    per_no: Estimate = Field(description="Revenue by origin over calls that did not succeed at the first step.")


class QuotaRow(Document):
    """Chance of reaching quota in one quota period, by close."""

    period: Literal["week", "month", "quarter", "year"]
    amount: float
    differ: bool = Field(
        default=False,
        description="Whether reps or periods have other amounts; `amount` is that of who has no other, a mean over "
        "periods.",
    )
    p_hit: Estimate | None = Field(description="Per rep who has a quota; null where the run holds no whole period.")
    p_hit_team: Estimate | None


class Ignorance(Document):
    """What is left open by what is not known exactly, however long or often the run."""

    worlds: int = Field(
        description="Worlds that were played twice: with the same parameters, and all else from elsewhere."
    )
    share: Estimate = Field(description="Of the variance of the team's revenue by close over worlds, in the whole run.")
    sd: Estimate = Field(
        description="Standard deviation, over what is not known, of the expected revenue of a rep in 52 weeks."
    )
    p_hit_sd: Estimate | None = Field(
        description="The same of the chance that a rep reaches quota; null without a whole quota period."
    )
    p_hit_team_sd: Estimate | None


class PersonRow(Document):
    """What one person's seat brings, whoever sits in it."""

    rep: int = Field(description="The seat, from 1: the place in the list of people.")
    name: str | None = Field(default=None, description="Only where names were asked for.")
    revenue: Estimate = Field(description="By close, of 52 weeks, from all counted weeks.")
    p_hit: Estimate | None = Field(description="Chance of quota in a period; null where the seat has none.")


class OpenRow(Document):
    """Items open after the last counted week, per rep."""

    stage: str = Field(description="The stage that they are in; for the first, bookings still to be held.")
    waiting_for: str = Field(description="The stage that they may become.")
    per_rep: Estimate


class TurnedAwayRow(Document):
    """Items turned away by a cap, per rep and week."""

    stage: str
    per_rep_week: Estimate


class NeedsRow(Document):
    """How deals end that need something: shares of all that end in counted weeks."""

    stage: str = Field(description="The stage that they may become.")
    promised: float = Field(description="The rate of the file: that of deals whose needs are all met.")
    won: Estimate
    surprises: Estimate = Field(description="Lost before the decision, when it showed that a need is not met.")
    disqualified: Estimate = Field(description="Given up after a check.")
    late_losses: Estimate = Field(description="Lost at the decision, with a need that is not met.")
    other_losses: Estimate = Field(description="Lost at the decision, with all needs met.")
    check_calls: Estimate = Field(description="Calls of a rep in a week that checks cost: they are not made.")


class ClippedRow(Document):
    """How often a limit of the model was hit, never in silence."""

    what: str = Field(description='"rate of STAGE", "lag" or "value"')
    count: int


class PrecisionRow(Document):
    """A precision that was asked for, and what was reached."""

    metric: str = Field(description="As `--precision` writes it: `revenue`, `p_quota`, `p_zero:quarter`, `q05:year`.")
    strategy: str | None = Field(
        description="In a comparison: the strategy whose difference to the baseline it is; else null."
    )
    wanted: float = Field(description="The half-width asked for; a share of the figure where `relative`.")
    relative: bool = Field(
        description="Whether half-widths are shares of the figure (in a comparison, the baseline's)."
    )
    confidence: float
    estimate: float
    low: float | None = Field(description="The interval: it holds the true figure with the stated confidence.")
    high: float | None
    reached: float | None = Field(description="Its half-width, as `wanted`; null where it has none.")
    met: bool
    needed: int | None = Field(description="About how many replications would have met it; null where met or unknown.")
    crude: int | None = Field(
        description="About how many replications of crude sampling (independent worlds) would have reached as much."
    )
    method: str | None = Field(
        default=None, description="The technique of variance reduction; null for replications as they are."
    )
    worlds: int | None = Field(default=None, description="Worlds that the technique took; null without one.")


class Precision(Document):
    """How a run came to its number of replications."""

    rows: list[PrecisionRow]
    ended: Literal["met", "replications", "seconds", "interrupted"] = Field(
        description="What ended it: every precision was met, a limit, or whoever ran it."
    )
    looks: int = Field(description="Looks at the intervals that were taken; each has its part of the confidence.")


class Speed(Document):
    """What the run took."""

    seconds: float = Field(description="Wall-clock seconds of simulation, compilation excluded.")
    compile_seconds: float = Field(description="Seconds to compile the kernels, or to load them from the cache.")
    rep_weeks_per_second: float
    threads: int


class AssumptionRow(Document):
    """One figure of the scenario and where it comes from."""

    path: str
    value: str
    source: str | None = Field(description="null: an assumption of whoever wrote the scenario.")


class Summary(StrategyHeader):
    """The result of one run."""

    document: Literal["result"] = "result"
    format: Literal[2] = Field(default=2, description="Version of this document's format.")
    rep_weeks: int = Field(description="replications x reps x weeks")
    calls: int = Field(description="Calls made in counted weeks, over all replications.")
    precision: Precision | None = Field(default=None, description="Null where replications were asked for.")
    funnel: list[StageRow]
    averaging: Averaging
    value: Value
    quota: QuotaRow | None
    unlike: bool = Field(
        default=False,
        description="Whether people have something of their own: figures of a rep are then of any of them, and spreads "
        "are also those between them.",
    )
    people: list[PersonRow] = Field(default=[], description="One by one, of a team by name of up to 1,000; else empty.")
    ignorance: Ignorance | None = Field(
        default=None, description="Null where everything is known exactly, or the run was interrupted."
    )
    open_at_end: list[OpenRow]
    turned_away: list[TurnedAwayRow] = Field(description="Empty where no stage has a cap.")
    needs: NeedsRow | None = Field(default=None, description="Null where deals need nothing.")
    clipped: list[ClippedRow] = Field(description="Only limits that were hit.")
    quantile_error_bound: float = Field(
        description="Largest relative error of a quantile by binning, on top of its standard error; 0 if exact."
    )
    speed: Speed
    assumptions: list[AssumptionRow]
    sentence: str = Field(description="The result in one plain sentence.")

    @property
    def size(self) -> Size:
        """How much was simulated, together."""
        return Size(self.replications, self.reps, self.weeks, self.rep_weeks, self.calls)
