"""People by name: what one person has of their own, and from when to when they are there."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, timedelta
from math import prod
from typing import Annotated, NamedTuple, Protocol

from pydantic import AfterValidator, BeforeValidator, Field

from simcore.base.text import brief, did_you_mean
from simcore.dates.days import DAYS_OF_WEEK, WEEKDAYS, NotADayError, monday_of, parse_day
from simcore.dates.short_forms import FIRST_DAY, UNDATED
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
    SourcedPart,
    Text,
    Unit,
    Whole,
    refused,
)
from simcore.quantities.time import Calendar
from simcore.scenario.referral_chains import RARE, endless

MAX_PEOPLE = 65536
"""Most people of a team: as many as seats."""
FARTHEST = 5200
"""Most weeks before or after the beginning of a run."""
WHEN_FORM = "whole weeks such as 9w, or a day as YYYY-MM-DD"
FORMULA = ("=", "+", "-", "@")
"""What spreadsheets take for the beginning of a formula."""

_WEEKS = re.compile(r"(-?[0-9]{1,5})w", re.ASCII)


def _person(name: str) -> str:
    if name.startswith(FORMULA):
        raise refused("begins like a formula of a spreadsheet", hint="write it without the first character")
    if name.strip().isdigit():
        raise refused("must not be a number: seats have numbers")
    return name


PersonName = Annotated[Text, Length(1, 40, "characters"), AfterValidator(_person)]


def _when(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    if value == 0 and not isinstance(value, bool):
        return "0w"
    return value


def _readable(text: str) -> str:
    match = _WEEKS.fullmatch(text)
    if match is not None:
        if abs(int(match[1])) > FARTHEST:
            raise refused("is out of range", allowed=f"-{FARTHEST}w to {FARTHEST}w")
        return f"{int(match[1])}w"
    try:
        return parse_day(text).isoformat()
    except NotADayError as error:
        raise refused("must be whole weeks or a day", allowed=WHEN_FORM, hint=error.hint) from None


When = Annotated[
    str,
    BeforeValidator(
        _when,
        json_schema_input_type=Annotated[str, Field(pattern=r"^(-?[0-9]{1,4}w|[0-9]{4}-[0-9]{2}-[0-9]{2})$")],
    ),
    AfterValidator(_readable),
    Unit("week"),
]
"""A week as text: counted from the first counted one, as 9w or -20w, or by a day."""


def week_of(when: str, calendar: Calendar) -> int:
    """Return the week that begins then, counted from the first counted one: that of the first Monday on or after a day.

    Raises
    ------
    ValueError
        For a day, where no week has a date.

    Examples
    --------
    >>> dated = Calendar(start="2026-10-05")
    >>> week_of("-20w", dated), week_of("2026-10-05", dated), week_of("2026-10-06", dated)
    (-20, 0, 1)
    """
    match = _WEEKS.fullmatch(when)
    if match is not None:
        return int(match[1])
    if calendar.monday is None:
        raise ValueError(UNDATED)
    return -((calendar.monday - parse_day(when)).days // DAYS_OF_WEEK)


def moved_to(when: str) -> str | None:
    """Return why a day is moved to a Monday, and to which; ``None`` where it is one, or no day.

    Examples
    --------
    >>> moved_to("2026-10-06")
    '2026-10-06 is a Tuesday: from Monday 2026-10-12 on'
    """
    if _WEEKS.fullmatch(when):
        return None
    day = parse_day(when)
    if day.weekday() == 0:
        return None
    monday = monday_of(day) + timedelta(days=DAYS_OF_WEEK)
    return f"{day} is a {WEEKDAYS[day.weekday()]}: from Monday {monday} on"


class OwnRate(SourcedPart):
    """A person's own rate of a step: a number, or what was counted of the person."""

    mean: Annotated[Number, Range(0, 1, above=True), Unit("chance")] | None = Field(
        default=None, description="The rate itself; a plain number is short for it."
    )
    successes: Annotated[Whole, Range(0, 1e9), Unit("items")] | None = Field(
        default=None, description="In place of `mean`: so many of the person's `trials` passed."
    )
    trials: Annotated[Whole, Range(1, 1e9), Unit("items")] | None = Field(
        default=None, description="Items of the person that were decided."
    )

    def complaints(self) -> Iterator[Complaint]:
        """Yield complaints about a rate that is given twice, by half, or not at all."""
        counts = (self.successes, self.trials)
        allowed = "0.03, or {successes: 10, trials: 20}"
        if self.mean is not None and counts != (None, None):
            yield Complaint((), "is given twice, by mean and by counts", allowed=allowed)
        elif self.mean is None and counts == (None, None):
            yield Complaint((), "says nothing", allowed=allowed)
        elif self.mean is None and None in counts:
            missing = "successes" if self.successes is None else "trials"
            yield Complaint((missing,), MISSING, allowed="both, as in {successes: 10, trials: 20}")
        elif self.successes is not None and self.trials is not None and self.successes > self.trials:
            yield Complaint(("successes",), "is more than the trials", self.successes, f"0 to {self.trials}")


def _as_own_rate(given: object) -> object:
    if isinstance(given, int | float | str):
        return {"mean": given}
    if isinstance(given, Mapping) and "value" in given and given.keys() <= {"value", "source"}:
        return {("mean" if key == "value" else key): value for key, value in given.items()}
    return given


_PlainRate = Annotated[float, Range(0, 1, above=True), Unit("chance")] | NumberText
OwnRateField = Annotated[OwnRate, BeforeValidator(_as_own_rate, json_schema_input_type=OwnRate | _PlainRate)]


class Person(SourcedPart):
    """A person, and the seat that is theirs at first; what is left out is the team's."""

    name: PersonName = Field(description="Name of the person; no other has it.")
    starts: When | None = Field(
        default=None,
        description="Week in which the person is new, from the first counted one (`9w`), or a day: the Monday on or "
        "after it. The seat is vacant before. Left out: is there, and experienced.",
    )
    started: When | None = Field(
        default=None,
        description="In place of `starts`: when the person was new, before the first counted week (`-20w`).",
    )
    leaves: When | None = Field(
        default=None, description="Leaves before this week, whatever chance says; a week or a day as in `starts`."
    )
    refill: bool | None = Field(
        default=None,
        description="Whether somebody follows a person who `leaves`. Left out: if the team has `turnover`.",
    )
    calls_per_week: Annotated[Whole, Range(1, 65535), Unit("calls")] | None = Field(
        default=None, description="Calls of the person in a week. Left out: those of the plan."
    )
    share: Annotated[Number, Range(0, 1, above=True), Unit("share")] | None = Field(
        default=None,
        description="Share of these calls that the person makes: 0.6 works three days of five. Left out: all.",
    )
    rates: dict[Text, OwnRateField] | None = Field(
        default=None, description="Own rates, by stage. Left out: drawn as those of all."
    )
    quota: Annotated[Amount, Range(0, 1e12), Unit("money")] | None = Field(
        default=None, description="In place of `quota.amount`; 0: the person has none."
    )
    turnover: Annotated[Number, Range(0, 1, below=True), Unit("chance")] | None = Field(
        default=None,
        description="Chance of the person to leave within a year, in place of `team.turnover.yearly`; 0: stays.",
    )

    @property
    def bare(self) -> bool:
        """Whether the person has nothing but a name."""
        fields = type(self).model_fields.items()
        return all(getattr(self, name) == field.default for name, field in fields if name != "name")

    @property
    def dated(self) -> bool:
        """Whether the person comes or leaves by plan."""
        return (self.starts, self.started, self.leaves) != (None, None, None)

    def calls(self, planned: int) -> int:
        """Return the calls in a week, if the team's plan has so many."""
        return int((self.calls_per_week or planned) * (1.0 if self.share is None else self.share) + 0.5)

    def complaints(self) -> Iterator[Complaint]:
        """Yield complaints about times that conflict."""
        if self.starts is not None and self.started is not None:
            message = "says when somebody came who is there already: not together with starts"
            yield Complaint(("started",), message, hint="leave one of them out", at_key=True)
        if self.refill is not None and self.leaves is None:
            message = "says who follows, and nobody leaves"
            yield Complaint(("refill",), message, hint="add leaves, or leave refill out", at_key=True)


def team_complaints(data: Mapping[str, object]) -> Iterator[Complaint]:
    """Yield complaints about the data of a team that names its people and says the same in another way."""
    if data.get("people") is None:
        return
    for key, hint in (
        ("reps", "there are as many as there are people: leave reps out"),
        ("new", "say of each who is new: started: 0w"),
    ):
        if data.get(key) not in (None, 0):
            yield Complaint((key,), "cannot be together with people", hint=hint, at_key=True)


def name_complaints(people: Sequence[Person]) -> Iterator[Complaint]:
    """Yield complaints about names that two people have."""
    first: dict[str, int] = {}
    for place, person in enumerate(people):
        if person.name in first:
            message = f"is the name of person {first[person.name] + 1} too: names must differ"
            yield Complaint(("people", place, "name"), message, person.name)
        first.setdefault(person.name, place)


People = Annotated[Many[Person], Length(1, MAX_PEOPLE, "people")]


class HasPeople(Protocol):
    """A team: what its people may say depends on it."""

    @property
    def people(self) -> tuple[Person, ...] | None: ...  # noqa: D102
    @property
    def turnover(self) -> Part | None: ...  # noqa: D102
    @property
    def ramp(self) -> Part | None: ...  # noqa: D102


def people_complaints(
    team: HasPeople, calendar: Calendar, warmup_weeks: int, planned: int, stages: Sequence[str]
) -> Iterator[Complaint]:
    """Yield complaints about people that involve other parts of a scenario; ``stages``: those after the first."""
    for place, person in enumerate(team.people or ()):
        here: Location = ("team", "people", place)
        for stage in person.rates or ():
            if stage not in stages:
                hint = did_you_mean(stage, stages)
                yield Complaint(
                    (*here, "rates", stage), "is not a stage with a rate", stage, ", ".join(stages), hint, at_key=True
                )
        if person.calls(planned) == 0 and (person.calls_per_week or planned) > 0:
            yield Complaint((*here, "share"), "leaves no call in a week", person.share)
        if person.turnover is not None and team.turnover is None:
            message = "needs team.turnover, which says who follows"
            yield Complaint((*here, "turnover"), message, person.turnover)
        own = [key for key in ("calls_per_week", "share", "quota") if getattr(person, key) is not None]
        if own and team.turnover is not None and person.turnover != 0.0:
            message = "is the person's, and who follows at random would have that of the team in an unknown week"
            hint = "add turnover: 0, and leaves where the person will go"
            yield Complaint((*here, own[0]), message, getattr(person, own[0]), hint=hint)
        yield from _time_complaints(person, here, calendar, warmup_weeks)


class LaterStep(NamedTuple):
    """A step after the first: mean and cv of its rate, and the level that a market without return starts from."""

    mean: float
    cv: float
    level: float


def chain_complaints(
    people: Sequence[Person] | None, per_win: float, later: Mapping[str, LaterStep]
) -> Iterator[Complaint]:
    """Yield complaints about people whose own rates would let a chain of referrals go on for ever.

    Parameters
    ----------
    people
        Of the team.
    per_win
        Mean number of referrals of a win.
    later
        The steps after the first, by stage.
    """
    for place, person in enumerate(people or ()):
        own = {stage: rate for stage, rate in (person.rates or {}).items() if stage in later}
        counted = next((stage for stage, rate in own.items() if rate.mean is None), None)
        here: Location = ("team", "people", place, "rates")
        if counted is not None:
            message = "cannot be counts together with referrals: no chain of them may go on for ever"
            yield Complaint((*here, counted), message, hint="give the rate as a number")
            continue
        known = {stage: (rate.mean or 0.0, 0.0) for stage, rate in own.items()}
        steps = [known.get(stage, (step.mean, step.cv)) for stage, step in later.items()]
        level = prod(step.level for step in later.values())
        if own and endless(per_win * level, steps) > RARE:
            message = "would let a win bring a win or more by referrals, so that their chain does not end"
            yield Complaint((*here, next(iter(own))), message, hint="lower it, or referrals.per_win")


def _time_complaints(person: Person, here: Location, calendar: Calendar, warmup_weeks: int) -> Iterator[Complaint]:
    weeks: dict[str, int] = {}
    for key in ("starts", "started", "leaves"):
        when = getattr(person, key)
        if when is None:
            continue
        if calendar.monday is None and not _WEEKS.fullmatch(when):
            yield Complaint((*here, key), UNDATED, brief(when), hint=FIRST_DAY)
        else:
            weeks[key] = week_of(when, calendar)
    if weeks.get("started", -1) > 0:
        message = "is after the first counted week"
        yield Complaint((*here, "started"), message, person.started, "0w or earlier", "write starts")
    if weeks.get("starts", 0) < 0:
        message = "is before the first counted week"
        yield Complaint((*here, "starts"), message, person.starts, "0w or later", "write started")
    if weeks.get("leaves", 0) < 0:
        message = "is before the first counted week"
        hint = "leave the person out, or leaves: 0w"
        yield Complaint((*here, "leaves"), message, person.leaves, "0w or later", hint)
    elif "leaves" in weeks and "starts" in weeks and weeks["leaves"] <= weeks["starts"]:
        yield Complaint((*here, "leaves"), "is not after the start", person.leaves, f"after {person.starts}")
    elif weeks.get("leaves") == 0 and weeks.get("started") == 0 and warmup_weeks == 0:
        yield Complaint((*here, "leaves"), "is not after the start", person.leaves, f"after {person.started}")


def notes(people: Sequence[Person] | None, spread: Collection[str]) -> list[str]:
    """Return what of people is read otherwise than one might think; ``spread``: stages whose rate differs between reps.

    Examples
    --------
    >>> counted = Person(name="Ann", starts="2026-10-06", rates={"wins": {"successes": 1, "trials": 9}})
    >>> for note in notes([counted], []):
    ...     print(note)
    team.people.1.starts: 2026-10-06 is a Tuesday: from Monday 2026-10-12 on
    team.people.1.rates.wins: counts change nothing without a spread between reps (rep_cv)
    """
    found = []
    for place, person in enumerate(people or (), 1):
        times = ((key, getattr(person, key)) for key in ("starts", "started", "leaves"))
        moved = ((key, moved_to(when)) for key, when in times if when is not None)
        found += [f"team.people.{place}.{key}: {why}" for key, why in moved if why is not None]
        found += [
            f"team.people.{place}.rates.{stage}: counts change nothing without a spread between reps (rep_cv)"
            for stage, rate in (person.rates or {}).items()
            if rate.mean is None and stage not in spread
        ]
    return found


def seated_elsewhere(people: Sequence[Person] | None, others: Sequence[Person] | None, file: str) -> list[str]:
    """Return who sits in another seat in another file: differences between the two are then differences in luck, too.

    Examples
    --------
    >>> ann, bo = Person(name="Ann"), Person(name="Bo")
    >>> seated_elsewhere([ann, bo], [bo, ann], "b.yaml")
    ['team.people.1: sits in seat 2 in b.yaml, in other luck', 'team.people.2: sits in seat 1 in b.yaml, in other luck']
    """
    there = {person.name: place for place, person in enumerate(others or (), 1)}
    return [
        f"team.people.{place}: sits in seat {there[person.name]} in {file}, in other luck"
        for place, person in enumerate(people or (), 1)
        if there.get(person.name, place) != place
    ]


def parts_of_people(people: Sequence[Person] | None) -> list[tuple[Part | None, str]]:
    """Return all parts with figures of people, with their paths."""
    found: list[tuple[Part | None, str]] = []
    for place, person in enumerate(people or (), 1):
        at = f"team.people.{place}"
        if person.bare:
            continue
        found.append((person, at))
        found += [(rate, f"{at}.rates.{stage}") for stage, rate in (person.rates or {}).items()]
    return found
