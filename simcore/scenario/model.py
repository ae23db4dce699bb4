"""A scenario: the validated, frozen description of what is simulated.

`validate` turns plain data (mappings, lists, texts, numbers: what a scenario file holds) into a `Scenario`; reading
YAML is left to `simcore.scenario_files.scenario_file`. The parts have the names and meanings of the file's keys; see
docs/scenario-format.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainValidator, ValidationError

from simcore.base.drawn import Drawn, DrawsTable
from simcore.base.errors import Problem, ScenarioError
from simcore.base.shown import short, table
from simcore.base.text import brief, did_you_mean, shorten
from simcore.quantities.currency import foreign_amounts
from simcore.quantities.deals import Deal, DealField, FixedDeal, ListDeal, SpreadDeal
from simcore.quantities.distributions import Unsure
from simcore.quantities.fields import (
    MISSING,
    UNKNOWN_KEY,
    Complaint,
    Dotted,
    Length,
    Many,
    Part,
    Text,
    Unreadable,
    complaints_of,
    refused,
)
from simcore.quantities.inflow import Inflow, as_list, inflow_complaints
from simcore.quantities.lags import FixedLag, GammaLag, Lag, LogNormalLag, TableLag
from simcore.quantities.names import Name
from simcore.quantities.open_items import OpenItems, Start
from simcore.quantities.open_list import OpenList
from simcore.quantities.open_list_checks import entry_complaints, list_complaints
from simcore.quantities.quota import Quota, pace_complaints
from simcore.quantities.rates import Rate
from simcore.quantities.season import Season, season_complaints
from simcore.quantities.time import Calendar, Duration, Holiday, date_complaints, with_dates
from simcore.scenario.checks import consistency
from simcore.scenario.given import existing, path_of
from simcore.scenario.habits import Habit, Manager
from simcore.scenario.needs import Need
from simcore.scenario.parts import (
    MAX_STAGES,
    Cap,
    Horizon,
    Market,
    MarketStart,
    Plan,
    Ramp,
    Referrals,
    Run,
    Stage,
    Team,
    Title,
    Turnover,
    draws_complaints,
    open_stages,
    place_hint,
)
from simcore.scenario.people import LaterStep, OwnRate, Person, chain_complaints, people_complaints
from simcore.scenario.strategy import Channel, Drive, PullForward, Signals, Strategy, uncalled

__all__ = [
    "Calendar", "Cap", "Channel", "Deal", "Drive", "Duration", "FixedDeal", "FixedLag", "GammaLag",
    "Habit", "Holiday", "Horizon", "Inflow", "Lag", "ListDeal", "LogNormalLag", "Manager", "Market", "MarketStart",
    "Need", "OpenItems", "OwnRate", "Person", "Plan", "PullForward", "Quota", "Ramp", "Rate", "Referrals", "Run",
    "Scenario", "Season", "Signals", "SpreadDeal", "Stage", "Start", "Strategy", "TableLag", "Team", "Turnover",
    "validate", "with_strategy",
]  # fmt: skip


MAX_INFLOWS = 16
"""Maximum number of inflows."""


class _NamedDraws(BaseModel):
    """A table of draws by its file (only for the published schema)."""

    model_config = ConfigDict(extra="forbid", title="Draws of parameters", use_attribute_docstrings=True)
    draws: Annotated[str, Field(pattern=r"\.(csv|parquet)$")]
    """A CSV or Parquet file beside the scenario: a column for each number, named by its path, and rows of which world r
    takes row r modulo their number."""
    sha256: str | None = None
    """Of what it says: simcore then refuses a table that says something else."""


def _draws(given: object) -> DrawsTable:
    """Keep a table; that of a file was read with the scenario."""
    if isinstance(given, DrawsTable):
        return given
    if isinstance(given, Mapping) and "draws" in given:
        hint = "load the scenario from a file, or with load_scenario"
        raise refused("names draws that were not read: only a scenario file has files beside it", hint=hint)
    raise refused("must name a file of draws", allowed="{draws: team.draws.parquet}")


class Scenario(Part):
    """All that a run depends on; two equal scenarios give bit-identical results.

    Examples
    --------
    >>> scenario = validate({
    ...     "simcore": 1, "name": "Two steps", "deal": 5000,
    ...     "funnel": [
    ...         {"stage": "calls"}, {"stage": "meetings", "rate": 0.02}, {"stage": "wins", "rate": 0.1},
    ...     ],
    ... })
    >>> scenario.funnel[1].rate.mean, scenario.team.reps, scenario.run.strategy
    (0.02, 10, 'process')
    """

    model_config = ConfigDict(
        title="simcore scenario", json_schema_extra={"required": ["simcore", "name", "funnel", "deal"]}
    )

    simcore: Literal[1] = Field(default=1, description="Version of the scenario format.")
    name: Title = Field(description="Name of the scenario, shown in reports.")
    about: Annotated[Text, Length(0, 2000, "characters")] = Field(default="", description="One line for lists.")
    calendar: Calendar = Field(default=Calendar(), description="Working hours and holidays.")
    horizon: Horizon = Field(default=Horizon(), description="How long a world is simulated.")
    team: Team = Field(default=Team(), description="Seats, and how people come and go.")
    plan: Plan = Field(default=Plan(), description="The activity of a rep.")
    funnel: Annotated[Many[Stage], Length(2, MAX_STAGES, "stages")] = Field(
        description="Stages from the activity to the win, each with the step that leads into it."
    )
    market: Market | None = Field(
        default=None, description="A factor on rates that the whole team shares, week by week. Left out: none."
    )
    season: Annotated[dict[Name, Season], Length(1, MAX_STAGES, "seasons")] | None = Field(
        default=None,
        description="Factors on rates that come back every year, by stage; needs `calendar.start`. Left out: none.",
    )
    deal: DealField = Field(description="Value of a win: one amount, a distribution or a list.")
    quota: Quota | None = Field(default=None, description="What a rep should book in a period. Left out: no quota.")
    start: Start | None = Field(
        default=None, description="Items that are open at the start; not together with a warm-up. Left out: none."
    )
    referrals: Referrals | None = Field(default=None, description="New meetings that a win brings. Left out: none.")
    inflow: Annotated[
        Many[Inflow],
        Length(0, MAX_INFLOWS, "inflows"),
        BeforeValidator(as_list, json_schema_input_type=Many[Inflow] | Inflow),
    ] = Field(default=(), description="Items that come without a call, one inflow or a list of them. Left out: none.")
    manager: Manager | None = Field(default=None, description="Who coaches whom. Left out: nobody is coached.")
    strategies: Annotated[dict[Name, Strategy], Length(1, 100, "strategies")] = Field(
        default_factory=lambda: {"process": Strategy()},
        description="Ways in which reps react to results, by name. Left out: `process`, which follows the plan.",
    )
    knowledge: Annotated[DrawsTable, PlainValidator(_draws, json_schema_input_type=_NamedDraws)] | None = Field(
        default=None,
        description="Numbers of which every world has its own, by rows of a file beside the scenario. Left out: none.",
    )
    run: Run = Field(default=Run(), description="How many worlds, with which seed and which strategy.")

    @classmethod
    def complaints_about(cls, data: Mapping[str, object]) -> Iterator[Complaint]:
        """Yield complaints about parts that are inconsistent with each other."""
        yield from date_complaints(data)
        yield from foreign_amounts(data)
        yield from consistency(data)

    def complaints(self) -> Iterator[Complaint]:
        """Yield complaints about ages that no item reaches, what comes without a call, people and seasons."""
        open_in = open_stages(self.funnel, self.calendar)
        yield from entry_complaints(self.start.entries if self.start is not None else (), open_in, self.calendar)
        if self.start is not None and isinstance(self.start.open, OpenList):
            yield from list_complaints(self.start.open, open_in, self.team.reps, self.calendar)
        stages, idle = [stage.stage for stage in self.funnel], self.plan.calls_per_week == 0 and self.start is None
        yield from inflow_complaints(self.inflow, stages, self.calendar, idle=idle)
        if self.plan.calls_per_week == 0:
            yield from uncalled(self.strategies)
        warmup, planned = self.horizon.warmup_weeks, self.plan.calls_per_week
        yield from people_complaints(self.team, self.calendar, warmup, planned, stages[1:])
        if self.referrals is not None:
            yield from chain_complaints(self.team.people, self.referrals.per_win, self._later_steps())
        yield from season_complaints(self.season, [stage.stage for stage in self.funnel], self.calendar)
        yield from pace_complaints(self.quota, self.season)
        if self.knowledge is not None:
            referred = self.referrals is not None
            yield from draws_complaints(self.funnel, self.start, self.calendar, referred=referred)

    def _later_steps(self) -> dict[str, LaterStep]:
        """Return the steps after the first, by stage."""
        market = self.market
        stays = market is not None and market.persistence == 1.0 and market.start is not None
        level = market.start.level if market is not None and market.start is not None and stays else 1.0
        acts_on = market.acts_on if market is not None else ()
        return {
            each.stage: LaterStep(each.rate.mean, each.rate.rep_cv, level if each.stage in acts_on else 1.0)
            for each in self.funnel[2:]
            if each.rate is not None
        }

    @classmethod
    def _unknown(cls, key: str) -> Complaint:
        """Return the complaint about an unknown key, with the part that has such a key as a hint."""
        complaint = super()._unknown(key)
        return complaint if complaint.hint is not None else complaint._replace(hint=place_hint(key))

    @classmethod
    def _lift(cls, data: Mapping[str, object]) -> tuple[dict[str, object], dict[str, str]]:
        """Let `run.strategy` default to the first strategy; holidays of a country become dates, a last day weeks."""
        plain = {key: to_plain(value) for key, value in data.items()}
        strategies = plain.setdefault("strategies", {"process": {}})
        run = plain.setdefault("run", {})
        if isinstance(run, Mapping) and isinstance(strategies, Mapping) and strategies:
            plain["run"] = {"strategy": next(iter(strategies)), **run}
        return super()._lift(with_dates(plain))

    @property
    def strategy(self) -> Strategy:
        """The strategy that is run."""
        return self.strategies[self.run.strategy]

    @property
    def only_calls(self) -> bool:
        """Whether all items come of calls, or of wins: nothing is open at the start, and nothing flows in."""
        return self.start is None and not self.inflow

    @property
    def unsure(self) -> list[str]:
        """The paths of what is not known exactly."""
        rates = [f"funnel.{stage.stage}.rate" for stage in self.funnel if stage.rate is not None and stage.rate.law]
        known = [*rates, *([f"deal.{self.deal.amounts[0]}"] if self.deal.unsure is not None else [])]
        return [*known, *(name for name in self.drawn if name.removesuffix(".mean") not in known and name not in known)]

    @property
    def drawn(self) -> dict[str, Drawn]:
        """The numbers of which every replication has that of its row, by the names of their columns."""
        if self.knowledge is None:
            return {}
        return {each.name: each for each in _drawn_in((self.funnel, self.deal, self.market, self.inflow))}

    def _derive(self) -> dict[str, object]:
        """Leave out columns of draws that a number has taken the place of."""
        return {} if self.knowledge is None else {"knowledge": self.knowledge.only(self.drawn)}

    @property
    def unlike(self) -> bool:
        """Whether people of a team by name have anything of their own, so that seats differ."""
        return any(not person.bare for person in self.team.people or ())

    @property
    def mean_calls(self) -> float:
        """Planned calls of a seat in a full week, on average over the people."""
        planned, people = self.plan.calls_per_week, self.team.people
        return float(planned) if not people else sum(each.calls(planned) for each in people) / len(people)

    @property
    def quotas_differ(self) -> bool:
        """Whether the amount of a quota differs between seats or periods."""
        if self.quota is None:
            return False
        own = any(person.quota is not None or person.dated for person in self.team.people or ())
        return own or bool(self.quota.ramped) or self.quota.differs

    def without_names(self) -> Scenario:
        """Return the scenario with its people numbered: what is kept and shown where names were not asked for."""
        named = self.team.people
        if named is None:
            return self
        people = tuple(person.model_copy(update={"name": f"rep {seat}"}) for seat, person in enumerate(named, 1))
        return self.model_copy(update={"team": self.team.model_copy(update={"people": people})})

    @property
    def coached(self) -> bool:
        """Whether there are bad habits, or a manager who holds sessions."""
        managed = self.manager is not None and self.manager.rule != "nobody"
        return managed or any(stage.habit is not None for stage in self.funnel)

    def __repr__(self) -> str:
        """Return a summary of at most two lines; `resolved` returns everything."""
        return short("Scenario", self._shown_fields())

    __str__ = __repr__

    def _repr_html_(self) -> str:
        return table("Scenario", self._shown_fields())

    def _shown_fields(self) -> list[tuple[str, object]]:
        about = {"name": self.name, "reps": self.team.reps, "weeks": self.horizon.weeks, "seed": self.run.seed}
        names = {"stages": [stage.stage for stage in self.funnel], "strategies": list(self.strategies)}
        return [*about.items(), *names.items(), ("strategy", self.run.strategy)]

    def resolved(self, *, sources: bool = True) -> dict[str, Any]:
        """Return plain data in the file format, with all defaults; validating it gives an equal scenario.

        A list of open items from a file stays what it is: a mapping of its file and SHA-256, that holds the items.
        """
        resolved: dict[str, Any] = to_plain(self, sources=sources)
        return resolved


def _drawn_in(value: object) -> Iterator[Drawn]:
    """Yield the numbers in parts of a scenario of which every replication has its own."""
    if isinstance(value, Drawn):
        yield value
    elif isinstance(value, Duration):
        yield from _drawn_in(value.amount)
    elif isinstance(value, Part):
        for field in type(value).model_fields:
            yield from _drawn_in(getattr(value, field))
    elif isinstance(value, tuple):
        for entry in value:
            yield from _drawn_in(entry)


def _number(value: float) -> float:
    """Return a whole number as an integer, so that it is written without a decimal point."""
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) < 1e15 else value


def to_plain(value: object, *, sources: bool = True) -> Any:  # noqa: ANN401
    """Convert parts to mappings, tuples to lists and durations to text; omit absent values."""
    if isinstance(value, Part):
        plain: dict[str, object] = {}
        for field in sorted(type(value).model_fields, key="source".__eq__):
            entry = getattr(value, field)
            if entry is None or entry == () or field in value.derived or (field == "source" and not sources):
                continue
            plain[field] = to_plain(entry, sources=sources)
            if sources and field in value.sources:
                plain[field] = {"value": plain[field], "source": value.sources[field]}
        return plain
    if isinstance(value, Mapping) and not isinstance(value, OpenList | DrawsTable):
        return {key: to_plain(entry, sources=sources) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [to_plain(entry, sources=sources) for entry in value]
    if isinstance(value, Duration):
        return value if isinstance(value.amount, Drawn) else str(value)
    if isinstance(value, Unsure):
        return {"between": [_number(end) for end in value.ends]}
    return _number(value) if isinstance(value, float) and not isinstance(value, Dotted | Drawn) else value


class Place(NamedTuple):
    """A position in a file, from line 1 and column 1, and the value as written there."""

    file: str | None = None
    line: int | None = None
    column: int | None = None
    text: str | None = None


Locate = Callable[[Complaint], Place]
"""Returns the position in a file of a complaint."""


def as_problem(complaint: Complaint, data: object, locate: Locate) -> Problem:
    """Convert a complaint to a problem with path and position."""
    location = existing(complaint.location, data)
    place = locate(complaint._replace(location=location))
    is_shown = complaint.value is not None and not complaint.at_key
    if isinstance(complaint.value, Mapping | list | tuple):
        is_shown = complaint.message.startswith("must be")  # the type is wrong, not the content
    shown = shorten(place.text or complaint.value, quote=place.text is None) if is_shown else None
    at = path_of(location, data)
    wrong, allowed, hint = complaint.message, complaint.allowed, complaint.hint
    return Problem(wrong, at, place.file, place.line, place.column, shown, allowed, hint)


MAX_PROBLEMS = 100
"""Maximum number of problems reported at once: a file with more is probably not a scenario."""
_CONVERTED = 1000


def _without_echoes(found: list[Complaint]) -> list[Complaint]:
    """Drop complaints about a missing key where a misspelt key was reported with it as the hint."""
    meant = {(line.location[:-1], line.hint) for line in found if line.message == UNKNOWN_KEY}
    return [
        line
        for line in found
        if not line.message.startswith(MISSING)
        or (line.location[:-1], f"did you mean {line.location[-1]}?") not in meant
    ]


def validate(
    data: object,
    *,
    locate: Locate = lambda _: Place(),
    earlier: Sequence[Problem] = (),
) -> Scenario:
    """Validate the data of a scenario file.

    Parameters
    ----------
    data
        Mappings, lists, texts, numbers and ``None``, in the format of the file; parts may also be models.
    locate
        Returns the position in a file of a complaint; without it, problems have a path but no position.
    earlier
        Problems found earlier, while reading; they are reported together with those found here.

    Raises
    ------
    ScenarioError
        With all problems at once, in the order of the file; at most the first `MAX_PROBLEMS`.
    """
    problems = list(earlier)
    try:
        scenario = Scenario.model_validate(data)
    except ValidationError as error:
        found = [line for line in complaints_of(error) if not isinstance(line.value, Unreadable)]
        problems.extend(as_problem(line, data, locate) for line in _without_echoes(found)[:_CONVERTED])
    else:
        if not problems:
            return scenario
    unique = sorted(dict.fromkeys(problems), key=lambda problem: (problem.line or 0, problem.column or 0))
    if len(unique) > MAX_PROBLEMS:
        more = Problem("has more problems than these", file=unique[-1].file)
        unique = [*unique[:MAX_PROBLEMS], more]
    raise ScenarioError(tuple(unique))


def with_strategy(scenario: Scenario, name: str) -> Scenario:
    """Return the scenario with `run.strategy` set to another of its strategies.

    Raises
    ------
    ScenarioError
        If it has no strategy of that name; with the nearest name.
    """
    if name not in scenario.strategies:
        names = list(scenario.strategies)
        allowed, hint = ", ".join(names), did_you_mean(name, names)
        message = "is not a strategy of this file"
        raise ScenarioError((Problem(message, "run.strategy", value=brief(name), allowed=allowed, hint=hint),))
    return scenario.model_copy(update={"run": scenario.run.model_copy(update={"strategy": name})})
