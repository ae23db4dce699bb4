"""The parts of a scenario that describe the world (team, funnel, market, quota, start, run), and where keys belong."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PlainValidator, TypeAdapter

from simcore.base.text import printable
from simcore.quantities.deals import Money
from simcore.quantities.distributions import MAX_ENTRIES
from simcore.quantities.fields import (
    MISSING,
    Amount,
    Complaint,
    Length,
    Location,
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
from simcore.quantities.lags import LagField
from simcore.quantities.open_list import OpenList
from simcore.quantities.rates import RateField
from simcore.quantities.time import Calendar, Day, Duration
from simcore.scenario.habits import Habit, Manager
from simcore.scenario.metric import parse_metric
from simcore.scenario.needs import MAX_NEEDS, Need
from simcore.scenario.precision_goal import DEFAULT, target_of

LEAST_REACHED = 1e-6
"""Least share of items that must wait as long as an item at the start has."""
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


class Quota(SourcedPart):
    """What one rep should book in a period."""

    per: Literal["week", "month", "quarter", "year"] = Field(description="Period in which it is to be booked.")
    amount: Annotated[Amount, Range(0.01, 1e12), Unit("money")] = Field(
        description="Revenue by close that a rep should book in each period."
    )


class OpenItems(SourcedPart):
    """Items that are open in a stage at the start."""

    stage: Name = Field(description="Stage in which the items are; neither the first nor the last.")
    count: Annotated[Whole, Range(1, 65535), Unit("items")] = Field(default=1, description="Items like this.")
    rep: Annotated[Whole, Range(1, 65536), Unit("seat")] | None = Field(
        default=None, description="Seat that works them, from 1. Left out: so many in every seat."
    )
    due: Duration | None = Field(
        default=None, description="When they are decided, from the start. Left out: after a fresh lag."
    )
    age: Duration | None = Field(
        default=None,
        description="How long they have been in the stage: their lag is then one that is at least so long. Not "
        "together with `due`. Left out: they begin to wait at the start.",
    )
    value: Money | None = Field(default=None, description="Value of the deal if won. Left out: drawn as for others.")

    @property
    def cells(self) -> dict[str, str]:
        """One such item as a row of a list."""
        given = {"stage": self.stage, "rep": self.rep, "age": self.age, "due": self.due, "value": self.value}
        return {name: str(value) for name, value in given.items() if value is not None}

    def complaints(self) -> Iterator[Complaint]:
        """Yield a complaint about an age that says nothing."""
        if self.age is not None and self.due is not None:
            message = "cannot be together with due, which says how long they wait"
            yield Complaint(("age",), message, hint="leave one of them out", at_key=True)


_Entries: TypeAdapter[tuple[OpenItems, ...]] = TypeAdapter(
    Annotated[Many[OpenItems], Length(1, MAX_ENTRIES, "entries")]
)


def _open(given: object) -> tuple[OpenItems, ...] | OpenList:
    """Read entries; a list of a file was read with the scenario."""
    if isinstance(given, OpenList):
        return given
    if isinstance(given, str) or (isinstance(given, Mapping) and given.keys() & {"file", "sha256"}):
        hint = "load the scenario from a file, or with load_scenario"
        raise refused("names a list that was not read: only a scenario file has files beside it", hint=hint)
    return _Entries.validate_python(given)


class _NamedList(BaseModel):
    """A list of open items by its file (only for the published schema)."""

    model_config = ConfigDict(extra="forbid", title="List of open items", use_attribute_docstrings=True)
    file: str
    """A CSV or Parquet file beside the scenario."""
    sha256: str | None = None
    """Of what it says: simcore then refuses a list that says something else."""


class Start(Part):
    """Where a run starts that starts neither cold nor warmed up."""

    open: Annotated[
        tuple[OpenItems, ...] | OpenList,
        PlainValidator(
            _open,
            json_schema_input_type=Annotated[tuple[OpenItems, ...], Length(1, MAX_ENTRIES, "entries")]
            | _NamedList
            | Annotated[str, Field(pattern=r"\.(csv|parquet)$")],
        ),
    ] = Field(
        description="Items that are open at the start, today's pipeline: entries, or the name of a CSV or Parquet file "
        "beside the scenario with a row for each item."
    )

    @classmethod
    def of(cls, entries: Iterable[OpenItems] | OpenList) -> Self:
        """Return a start with any number of entries: the limit for files does not apply to those that simcore adds."""
        return cls.model_construct(open=entries if isinstance(entries, OpenList) else tuple(entries))

    @property
    def entries(self) -> tuple[OpenItems, ...]:
        """The entries; none where there is a list."""
        return () if isinstance(self.open, OpenList) else self.open

    def with_more(self, entries: Iterable[OpenItems]) -> Self:
        """Return a start with more items after its own."""
        if not isinstance(self.open, OpenList):
            return self.of([*self.open, *entries])
        return self.of(self.open.followed_by([row for entry in entries for row in [entry.cells] * entry.count]))


def age_complaints(funnel: Sequence[Stage], start: Start | None, calendar: Calendar) -> Iterator[Complaint]:
    """Yield complaints about items that are open at the start and older than (nearly) any item gets."""
    names = [stage.stage for stage in funnel]
    longest: dict[int, int] = {}
    for index, entry in enumerate(start.entries if start else ()):
        if entry.age is None or entry.stage not in names[1:-1]:
            continue  # a stage that is none is reported elsewhere
        step = names.index(entry.stage) + 1
        location: Location = ("start", "open", index, "age")
        if funnel[step].needs is not None:
            message = f"cannot be given where {names[step]} have needs: it would tell how they stand"
            yield Complaint(location, message, at_key=True)
            continue
        if step not in longest:
            longest[step] = longest_wait(funnel[step], calendar)
        if int(entry.age.hours(calendar) + 0.5) > longest[step]:
            message = f"is longer than items wait for {names[step]}: not one in a million is open then"
            yield Complaint(location, message, str(entry.age), f"up to {longest[step]}h")


def longest_wait(step: Stage, calendar: Calendar) -> int:
    """Return for how many hours one in a million items waits for a step, by the law of either end."""
    import numpy as np  # noqa: PLC0415

    laws = [step.lag, step.lost_lag]
    # At a rate of 1 nothing is lost, and nothing waits as what is lost does.
    laws = laws[:1] if laws[1] is None or (step.rate is not None and step.rate.mean == 1.0) else laws
    waits = [np.ones(1) if law is None else law.chances_by_hour(calendar) for law in laws]
    return max(int((wait[::-1].cumsum()[::-1] >= LEAST_REACHED).sum()) - 1 for wait in waits)


def open_stages(funnel: Sequence[Stage], calendar: Calendar) -> dict[str, Callable[[], int] | str]:
    """Return the stages in which items may be open: the longest wait in each, or why an age is not for it."""
    found: dict[str, Callable[[], int] | str] = {}
    for before, step in pairwise(funnel[1:]):
        why = f"has ages of items that wait for {step.stage}, whose needs an age would tell"
        found[before.stage] = partial(longest_wait, step, calendar) if step.needs is None else why
    return found


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
