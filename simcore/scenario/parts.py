"""The parts of a scenario that describe the world (team, funnel, market, quota, start, run), and where keys belong."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field

from simcore.base.text import printable
from simcore.scenario.deals import Money
from simcore.scenario.distributions import MAX_ENTRIES
from simcore.scenario.fields import (
    Amount,
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
    Whole,
    refused,
)
from simcore.scenario.habits import Habit, Manager
from simcore.scenario.lags import LagField
from simcore.scenario.metric import parse_metric
from simcore.scenario.precision_goal import DEFAULT, target_of
from simcore.scenario.time import Calendar, Duration

MAX_WEEKS = 5200
"""Maximum number of simulated weeks of a replication: a century."""
MAX_STAGES = 8
"""Maximum number of stages of a funnel."""
MAX_REFERRALS = 100
"""Maximum mean number of new meetings per win."""


def _name(value: str) -> str:
    if any(character in value for character in ".="):
        raise refused("must not hold a dot or an equals sign: names are part of a path")
    if value.isdigit():
        raise refused("must not be a number")
    return value


Name = Annotated[Text, Length(1, 40, "characters"), AfterValidator(_name)]
Title = Annotated[Text, Length(1, 120, "characters")]


class Horizon(Part):
    """How long a replication is."""

    weeks: Annotated[Whole, Range(1, MAX_WEEKS)] = Field(default=52, description="Counted weeks.")
    warmup_weeks: Annotated[Whole, Range(0, MAX_WEEKS)] = Field(default=0, description="Simulated before, not counted.")


class Ramp(SourcedPart):
    """Activity of a new rep: from `start` linearly to 1 in `weeks` weeks."""

    weeks: Annotated[Whole, Range(1, 520)]
    start: Share


class Turnover(SourcedPart):
    """Reps leave and are replaced."""

    yearly: Annotated[Number, Range(0, 1, above=True, below=True)] = Field(description="Chance to leave within a year.")
    vacancy_weeks: Annotated[Whole, Range(0, MAX_WEEKS)] = 0


class Team(Part):
    """The seats of a team."""

    reps: Annotated[Whole, Range(1, 65536)] = 10
    new: Annotated[Whole, Range(0, 65536)] = Field(
        default=0, description="Seats, from the first, with a new rep in week 0."
    )
    ramp: Ramp | None = None
    turnover: Turnover | None = None


class Plan(SourcedPart):
    """What a rep does in a week."""

    calls_per_week: Annotated[Whole, Range(1, 65535)] = 500


class Rate(SourcedPart):
    """The conversion rate of a step and its spreads; a plain number is its mean."""

    mean: Annotated[Number, Range(0, 1, above=True)]
    rep_cv: Annotated[Number, Range(0)] = Field(default=0.0, description="Spread between reps (Beta).")
    week_cv: Annotated[Number, Range(0, 5)] = Field(default=0.0, description="Spread between weeks (log-normal).")

    def complaints(self) -> Iterator[Complaint]:
        """Yield a complaint about a spread that no Beta distribution has."""
        limit = (1 - self.mean) / self.mean
        if self.rep_cv > 0 and self.rep_cv**2 >= limit:
            allowed = "0" if limit <= 0 else f"0, or up to but not including {math.sqrt(limit):.6g}"
            message = f"is more than a rate of {self.mean:.6g} can have (no Beta distribution has it)"
            yield Complaint(("rep_cv",), message, self.rep_cv, allowed)


def _as_rate(given: object) -> object:
    return {"mean": given} if isinstance(given, int | float | str) else given


_PlainRate = Annotated[float, Range(0, 1, above=True)] | NumberText

RateField = Annotated[Rate, BeforeValidator(_as_rate, json_schema_input_type=Rate | _PlainRate)]


class Cap(SourcedPart):
    """How many items a stage takes from one rep; more are turned away."""

    per_week: Annotated[Whole, Range(1, 65535)] | None = Field(default=None, description="New items a week.")
    open: Annotated[Whole, Range(1, 65535)] | None = Field(default=None, description="Items open at one time.")

    def complaints(self) -> Iterator[Complaint]:
        """Yield a complaint about a cap without limits."""
        if self.per_week is None and self.open is None:
            yield Complaint((), "caps nothing", allowed="{per_week: 20}, {open: 40} or both")


class Stage(Part):
    """A stage of the funnel and the step that leads into it; the first is the activity and has no step."""

    stage: Name
    rate: RateField | None = None
    lag: LagField | None = None
    cap: Cap | None = None
    habit: Habit | None = None


class Market(SourcedPart):
    """A factor on rates that the whole team shares: log-AR(1), weekly, mean one."""

    sd: Annotated[Number, Range(0, 3, above=True)] = Field(description="Standard deviation of its logarithm.")
    persistence: Annotated[Number, Range(0, 1, below=True)] = Field(description="Correlation of a week with the next.")
    acts_on: Annotated[Many[Name], Length(1, 7, "stages")] = Field(description="Stages whose step it acts on.")


class Quota(SourcedPart):
    """What one rep should book in a period."""

    per: Literal["week", "month", "quarter", "year"]
    amount: Annotated[Amount, Range(0.01, 1e12)]


class OpenItems(SourcedPart):
    """Items that are open in a stage at the start."""

    stage: Name
    count: Annotated[Whole, Range(1, 65535)] = 1
    rep: Annotated[Whole, Range(1, 65536)] | None = Field(
        default=None, description="Seat, from 1; left out: every seat."
    )
    due: Duration | None = Field(default=None, description="Left out: after a fresh lag.")
    value: Money | None = Field(default=None, description="Value if won; left out: drawn.")


class Start(Part):
    """Where a run starts that starts neither cold nor warmed up."""

    open: Annotated[Many[OpenItems], Length(1, MAX_ENTRIES, "entries")]

    @classmethod
    def of(cls, entries: Iterable[OpenItems]) -> Self:
        """Return a start with any number of entries: the limit for files does not apply to those that simcore adds."""
        return cls.model_construct(open=tuple(entries))


class Referrals(SourcedPart):
    """A win brings new meetings."""

    per_win: Annotated[Number, Range(0, MAX_REFERRALS, above=True)]
    lag: LagField | None = None


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

    replications: Annotated[Whole, Range(1, 2**40)] = Field(
        default=10_000, description="Where a precision is stated, only for sweeps and break-even points."
    )
    precision: (
        Annotated[
            dict[str, str],
            BeforeValidator(_precision, json_schema_input_type=dict[str, float | str]),
            Length(1, 20, "metrics"),
        ]
        | None
    ) = Field(default=None, description="Half-widths by metric; replications left out, too: revenue to 0.5 %.")
    seed: Annotated[Whole, Range(0, 2**64 - 1)] = 2026
    strategy: Name = Field(default="process", description="Left out: the first strategy of the file.")

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
    **{name: f"funnel.STAGE.{name}" for name in ("stage", "rate", "lag", "cap", "habit")},
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
