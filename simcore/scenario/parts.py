"""The parts of a scenario that describe the world (team, funnel, market, quota, start, run), and where keys belong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import pairwise
from typing import Annotated, Literal

import numpy as np
from pydantic import BeforeValidator, Field

from simcore.base.drawn import Drawn
from simcore.base.text import printable
from simcore.quantities.fields import (
    MISSING,
    Complaint,
    Length,
    Many,
    Number,
    NumberText,
    Part,
    Range,
    Share,
    SourcedPart,
    Text,
    Unit,
    Whole,
    refused,
)
from simcore.quantities.lags import MAX_LAG_WEEKS, Closing, Lag, LagField, LogNormalLag, hours_by_row
from simcore.quantities.names import Name
from simcore.quantities.open_items import Start
from simcore.quantities.open_list_checks import Waits
from simcore.quantities.quota import Quota
from simcore.quantities.rates import RateField
from simcore.quantities.time import Calendar, Day, Duration
from simcore.scenario.habits import Habit, Manager
from simcore.scenario.metric import parse_metric
from simcore.scenario.needs import MAX_NEEDS, Need
from simcore.scenario.people import People, name_complaints, team_complaints
from simcore.scenario.precision_goal import DEFAULT, target_of

LEAST_REACHED = 1e-6
"""Least share of items that must wait as long as an item at the start has."""
MAX_WEEKS = 5200
"""Maximum number of simulated weeks of a replication: a century."""
MAX_STAGES = 8
"""Maximum number of stages of a funnel."""
MAX_REFERRALS = 100
"""Maximum mean number of new meetings per win."""


Title = Annotated[Text, Length(1, 120, "characters")]


class Horizon(Part):
    """How long a replication is."""

    weeks: Annotated[Whole, Range(1, MAX_WEEKS), Unit("weeks")] = Field(
        default=52, description="Counted weeks; the weeks of the warm-up come before them."
    )
    warmup_weeks: Annotated[Whole, Range(0, MAX_WEEKS), Unit("weeks")] = Field(
        default=0, description="Weeks that are simulated first and not counted, so that the pipeline is not empty."
    )
    until: Day | None = Field(
        default=None, description="In place of `weeks`: the last day; its week is the last. Needs `calendar.start`."
    )


class Ramp(SourcedPart):
    """Activity of a new rep: from `start` linearly to 1 in `weeks` weeks."""

    weeks: Annotated[Whole, Range(1, 520), Unit("weeks")] = Field(description="Until a new rep makes all calls.")
    start: Share = Field(description="Share of the planned calls that a new rep makes in the first week.")


class Turnover(SourcedPart):
    """Reps leave and are replaced."""

    yearly: Annotated[Number, Range(0, 1, above=True, below=True), Unit("chance")] = Field(
        description="Chance of a rep to leave within a year."
    )
    vacancy_weeks: Annotated[Whole, Range(0, MAX_WEEKS), Unit("weeks")] = Field(
        default=0, description="Until the next rep starts in the seat."
    )


class Team(Part):
    """The seats of a team."""

    reps: Annotated[Whole, Range(1, 65536), Unit("seats")] = Field(default=10, description="Seats of the team.")
    new: Annotated[Whole, Range(0, 65536), Unit("seats")] = Field(
        default=0, description="So many seats, from the first, have a new rep in week 0; up to `reps`."
    )
    ramp: Ramp | None = Field(
        default=None, description="How a new rep comes to make all calls; needs `turnover` or `new`. Left out: at once."
    )
    turnover: Turnover | None = Field(default=None, description="How reps leave and are replaced. Left out: nobody.")
    people: People | None = Field(
        default=None,
        description="In place of `reps`: the people by name, one for each seat, in the order of the seats.",
    )

    @property
    def derived(self) -> frozenset[str]:
        """The number of seats follows from the people, where they are named."""
        return frozenset() if self.people is None else frozenset({"reps", "new"})

    def _derive(self) -> dict[str, object]:
        """Return the number of seats."""
        return {} if self.people is None else {"reps": len(self.people)}

    @classmethod
    def complaints_about(cls, data: Mapping[str, object]) -> Iterator[Complaint]:
        """Yield complaints about seats that are said in two ways."""
        return team_complaints(data)

    def complaints(self) -> Iterator[Complaint]:
        """Yield complaints about people of one name."""
        return name_complaints(self.people or ())


class Plan(SourcedPart):
    """What a rep does in a week."""

    calls_per_week: Annotated[Whole, Range(0, 65535), Unit("calls")] = Field(
        default=500,
        description="Calls (or other activities of the first stage) of a rep in a week; 0 where there is an inflow, or "
        "a list of open items.",
    )


class Cap(SourcedPart):
    """How many items a stage takes from one rep; more are turned away."""

    per_week: Annotated[Whole, Range(1, 65535), Unit("items")] | None = Field(
        default=None, description="Most new items of a rep in a week. Left out: no limit."
    )
    open: Annotated[Whole, Range(1, 65535), Unit("items")] | None = Field(
        default=None, description="Most items of a rep that are open at one time. Left out: no limit."
    )

    def complaints(self) -> Iterator[Complaint]:
        """Yield a complaint about a cap without limits."""
        if self.per_week is None and self.open is None:
            yield Complaint((), "caps nothing", allowed="{per_week: 20}, {open: 40} or both")


class Stage(Part):
    """A stage of the funnel and the step that leads into it; the first is the activity and has no step."""

    stage: Name = Field(description="Name of the stage; its step has the same name.")
    rate: RateField | None = Field(
        default=None, description="Conversion rate of the step into the stage; needed in all stages but the first."
    )
    lag: LagField | None = Field(
        default=None, description="Wait before the step is decided; of the first step, until the meeting is held."
    )
    lost_lag: LagField | None = Field(
        default=None,
        description="Wait of those that will be lost, where it is another: the step is then decided at entry, and "
        "`lag` is the wait of those that pass. Not of the first step. Left out: all wait alike.",
    )
    closing: Closing | None = Field(
        default=None,
        description="Days on which decisions of the step fall together. Not of the first step. Left out: there are "
        "none.",
    )
    cap: Cap | None = Field(default=None, description="Most items that the stage takes from a rep; not of the last.")
    habit: Habit | None = Field(default=None, description="Bad habit at the step. Left out: there is none.")
    needs: Annotated[dict[Name, Need], Length(1, MAX_NEEDS, "needs")] | None = Field(
        default=None,
        description="What a deal needs to be won at `rate`, by name; not of the first step, of one step only. "
        "Left out: nothing.",
    )

    def complaints(self) -> Iterator[Complaint]:
        """Yield a complaint about two accounts of how a deal ends."""
        if self.needs is not None and self.lost_lag is not None:
            message = "cannot be together with needs: it decides at entry how a deal will end, and needs while it waits"
            yield Complaint(("lost_lag",), message, at_key=True)
        if self.needs is not None and self.closing is not None:
            message = "cannot be together with needs: a gap may show while a deal waits for such a day"
            yield Complaint(("closing",), message, at_key=True)


class MarketStart(SourcedPart):
    """What is known of the market's factor in the week before a run; a plain number is its level."""

    level: Annotated[Number, Range(0, 10, above=True), Unit("number")] = Field(
        description="Factor in the week before the run, as its mean; `start: 0.9` is short for it."
    )
    sd: Annotated[Number, Range(0, 3), Unit("number")] = Field(
        default=0.0, description="Uncertainty of that level: standard deviation of its logarithm; 0: it is known."
    )


def _as_market_start(given: object) -> object:
    return {"level": given} if isinstance(given, int | float | str) else given


_PlainLevel = Annotated[float, Range(0, 10, above=True), Unit("number")] | NumberText


class Market(SourcedPart):
    """A factor on rates that the whole team shares, week by week: it comes back to one, or drifts where it likes."""

    sd: Annotated[Number, Range(0, 3, above=True), Unit("number")] | None = Field(
        default=None,
        description="Standard deviation of the logarithm of the factor: 0.1 is about 10 % up or down. Needed below a "
        "persistence of 1; with 1 there is none, and `step` takes its place.",
    )
    persistence: Annotated[Number, Range(0, 1), Unit("correlation")] = Field(
        description="Correlation of that logarithm in a week with the week before; 0: every week is new, 1: the level "
        "does not come back."
    )
    step: Annotated[Number, Range(0, 1, above=True), Unit("number")] | None = Field(
        default=None,
        description="With a persistence of 1, and only then: standard deviation of a week's step of the logarithm.",
    )
    acts_on: Annotated[Many[Name], Length(1, 7, "stages")] = Field(
        description="Stages, after the first, whose rates the market multiplies."
    )
    start: (
        Annotated[MarketStart, BeforeValidator(_as_market_start, json_schema_input_type=MarketStart | _PlainLevel)]
        | None
    ) = Field(
        default=None,
        description="Level in the week before the run. Left out: any week of such a market; with a persistence of 1, "
        "a level of 1.",
    )

    @property
    def swing(self) -> Literal["sd", "step"]:
        """The key that says how much the market moves."""
        return "sd" if self.persistence < 1.0 else "step"

    def complaints(self) -> Iterator[Complaint]:
        """Yield complaints about the key that says how much it moves, and about a level that is forgotten at once."""
        needed, other = ("sd", "step") if self.persistence < 1.0 else ("step", "sd")
        below = "below 1 the market comes back" if needed == "sd" else "of 1 the level does not come back"
        why = f"with a persistence {below}, and {needed} says how much it moves"
        if getattr(self, needed) is None:
            yield Complaint((needed,), f"{MISSING}: {why}")
        if getattr(self, other) is not None:
            yield Complaint((other,), f"is not for this market: {why}", hint=f"leave {other} out", at_key=True)
        if self.start is not None and self.persistence == 0.0:
            message = "would do nothing: with a persistence of 0 every week is new"
            yield Complaint(("start",), message, hint="give it a persistence, or leave start out", at_key=True)


def longest_wait(step: Stage, calendar: Calendar) -> int:
    """Return for how many hours one in a million items waits for a step, by the law of either end."""
    laws = [step.lag, step.lost_lag]
    # At a rate of 1 nothing is lost, and nothing waits as what is lost does.
    laws = laws[:1] if laws[1] is None or (step.rate is not None and step.rate.mean == 1.0) else laws
    waits = [np.ones(1) if law is None else law.chances_by_hour(calendar) for law in laws]
    return max(int((wait[::-1].cumsum()[::-1] >= LEAST_REACHED).sum()) - 1 for wait in waits)


def draws_complaints(
    funnel: Sequence[Stage], start: Start | None, calendar: Calendar, *, referred: bool
) -> Iterator[Complaint]:
    """Yield complaints about draws that do not fit together, or that the engine cannot play.

    ``referred``: whether wins bring referrals.
    """
    for step in funnel[2:] if referred else ():
        if step.rate is not None and isinstance(step.rate.mean, Drawn):
            message = f"has rows for the rate of {step.stage}: with referrals a chain of them might not end"
            yield Complaint(("knowledge",), message, hint="give that rate a number")
    for before, step in pairwise(funnel):
        for key, lag in (("lag", step.lag), ("lost_lag", step.lost_lag)):
            name = f"funnel.{step.stage}.{key}"
            if lag is not None and lag.drawn(calendar) is not None:
                yield from _drawn_lag(name, lag, calendar)
                if start is not None and start.has_ages(before.stage, calendar):
                    message = f"has rows for {name}, and items of {before.stage} that are open at the start have ages"
                    yield Complaint(("knowledge",), message, hint="what is left of a wait has one law")


def _drawn_lag(name: str, lag: Lag, calendar: Calendar) -> Iterator[Complaint]:
    """Yield complaints about a lag of which every world has its own."""
    if isinstance(lag, LogNormalLag):
        ends = [hours_by_row(each, calendar) for each in (lag.median, lag.p90)]
        known = (lag.median.hours(calendar), lag.p90.hours(calendar))
        median, p90 = (at if each is None else each for each, at in zip(ends, known, strict=True))
        below = np.flatnonzero(np.broadcast_to(np.asarray(p90 <= median), len(next(e for e in ends if e is not None))))
        if len(below):
            message = f"has a p90 of {name} in row {below[0] + 1} that is not longer than the median"
            yield Complaint(("knowledge",), message, hint="draw both, or neither")
    longest = MAX_LAG_WEEKS * calendar.hours_per_week
    for key in type(lag).model_fields:
        duration = getattr(lag, key)
        hours = hours_by_row(duration, calendar) if isinstance(duration, Duration) else None
        if hours is not None and float(hours.max()) > longest:
            message = f"has a {key} of {name} in row {int(hours.argmax()) + 1} that is longer than five years"
            yield Complaint(("knowledge",), message, allowed=f"up to {MAX_LAG_WEEKS}w")


def open_stages(funnel: Sequence[Stage], calendar: Calendar) -> dict[str, Waits]:
    """Return the stages in which items may be open."""
    return {
        before.stage: Waits(step.stage, partial(longest_wait, step, calendar) if step.needs is None else None)
        for before, step in pairwise(funnel[1:])
    }


class Referrals(SourcedPart):
    """A win brings new meetings."""

    per_win: Annotated[Number, Range(0, MAX_REFERRALS, above=True), Unit("meetings")] = Field(
        description="New items of the second stage that a win brings on average, without a call."
    )
    lag: LagField | None = Field(default=None, description="Wait of each from the win. Left out: the next hour.")


def _precision(value: object) -> object:
    """Return every precision by metric, as `simcore.scenario.precision_goal` writes it."""
    if not isinstance(value, Mapping):
        return value
    targets = []
    for name, wanted in value.items():
        if isinstance(wanted, bool) or not isinstance(wanted, str | int | float):
            raise refused("a precision must be a half-width", allowed='0.01, "0.5%" or "0.01@0.99"')
        try:
            targets.append(target_of(parse_metric(printable(str(name))), printable(str(wanted))))
        except ValueError as error:
            raise refused(f"has no such precision: {error}") from None
    metrics = [str(target.metric) for target in targets]
    if len(set(metrics)) < len(metrics):
        raise refused("states the precision of a metric twice")
    return {metric: target.precision for metric, target in zip(metrics, targets, strict=True)}


class Run(Part):
    """How often, with which seed and which strategy."""

    replications: Annotated[Whole, Range(1, 2**40), Unit("worlds")] = Field(
        default=10_000,
        description="Worlds that are simulated. Where a precision is stated, only for sweeps and break-even points.",
    )
    precision: (
        Annotated[
            dict[str, str],
            BeforeValidator(_precision, json_schema_input_type=dict[str, float | str]),
            Length(1, 20, "metrics"),
        ]
        | None
    ) = Field(
        default=None,
        description="Half-widths of intervals by metric, which `run` and `compare` go on to reach. Left out, and "
        "`replications` too: revenue to 0.5 %.",
    )
    seed: Annotated[Whole, Range(0, 2**64 - 1), Unit("number")] = Field(
        default=2026, description="From which all random numbers come: the same seed, the same worlds."
    )
    strategy: Name = Field(default="process", description="Strategy that is run. Left out: the first one of the file.")

    @classmethod
    def _lift(cls, data: Mapping[str, object]) -> tuple[dict[str, object], dict[str, str]]:
        """Give a run that states neither replications nor a precision the default precision of revenue."""
        plain = dict(data)
        if plain.get("replications") is None and plain.get("precision") is None:
            plain["precision"] = dict([DEFAULT.split("=")])
        return super()._lift(plain)


_PLACES = {
    **{name: f"{part}.{name}" for part, kind in (
        ("calendar", Calendar), ("horizon", Horizon), ("team", Team), ("plan", Plan), ("market", Market),
        ("quota", Quota), ("manager", Manager), ("run", Run)) for name in kind.model_fields if name != "source"},
    **{name: f"funnel.STAGE.{name}" for name in ("stage", "rate", "lag", "lost_lag", "cap", "habit", "needs")},
    "currency": "deal.currency", "per_win": "referrals.per_win", "turnover": "team.turnover", "ramp": "team.ramp",
}  # fmt: skip
"""Where keys belong that are often written one level too high: usually only their indentation is wrong."""


def place_hint(key: str) -> str | None:
    """Return a hint for a key that is not top-level: the part that has it; ``None`` if no part has.

    Examples
    --------
    >>> place_hint("reps")
    'did you mean team.reps? To belong to team, it is indented under it'
    """
    place = _PLACES.get(key)
    if place is None:
        return None
    return f"did you mean {place}? To belong to {place.rpartition('.')[0]}, it is indented under it"
