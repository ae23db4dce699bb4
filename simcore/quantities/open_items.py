"""Where a run starts: items that are open, given as entries or as a list of a file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Self

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, PlainValidator, TypeAdapter

from simcore.dates.days import parse_day
from simcore.quantities.deals import Money
from simcore.quantities.distributions import MAX_ENTRIES
from simcore.quantities.fields import (
    Complaint,
    Length,
    Many,
    Part,
    Range,
    Share,
    SourcedPart,
    Text,
    Unit,
    Whole,
    refused,
)
from simcore.quantities.names import Name
from simcore.quantities.open_list import OpenList, hour_of_day
from simcore.quantities.time import Calendar, Day, Duration


def _due(given: object) -> Duration | str:
    """Read when an item is due: a duration, or a day."""
    if isinstance(given, str) and _AS_A_DAY.match(given):
        return _A_DAY.validate_python(given)
    return _A_DURATION.validate_python(given)


_AS_A_DAY = re.compile(r"[0-9]{1,4}[-/.][0-9]{1,2}[-/.]", re.ASCII)
_A_DAY: TypeAdapter[str] = TypeAdapter(Day)
_A_DURATION: TypeAdapter[Duration] = TypeAdapter(Duration)
_DayText = Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")]
DueField = Annotated[Duration | str, PlainValidator(_due, json_schema_input_type=Duration | _DayText)]


class OpenItems(SourcedPart):
    """Items that are open in a stage at the start."""

    stage: Name = Field(description="Stage in which the items are; neither the first nor the last.")
    count: Annotated[Whole, Range(1, 65535), Unit("items")] = Field(default=1, description="Items like this.")
    rep: Annotated[Whole, Range(1, 65536), Unit("seat")] | None = Field(
        default=None, description="Seat that works them, from 1. Left out: so many in every seat."
    )
    id: Annotated[Text, Length(1, 200, "characters")] | None = Field(
        default=None, description="Tells the entry apart: no two have the same."
    )
    due: DueField | None = Field(
        default=None,
        description="When they are decided, from the start, or on which day. A day before `calendar.start` is overdue: "
        "they are still open, and decided as if it were left out. Left out: after a fresh lag.",
    )
    age: Duration | None = Field(
        default=None,
        description="How long they have been in the stage: their lag is then one that is at least so long. Not "
        "together with `due`. Left out: they begin to wait at the start.",
    )
    since: Day | None = Field(
        default=None,
        description="In place of `age`: the day on which they came into the stage. Where they are due on a day that "
        "lies ahead, it counts for nothing.",
    )
    probability: Share | None = Field(
        default=None,
        description="Chance to be won, if nothing better is known: it stands for the rates of all steps to come, and "
        "counts as an assumption. Left out: those rates.",
    )
    value: Money | None = Field(default=None, description="Value of the deal if won. Left out: drawn as for others.")

    @property
    def cells(self) -> dict[str, str]:
        """One such item as a row of a list."""
        keys = ("id", "stage", "rep", "since", "age", "due", "value", "probability")
        given = {name: getattr(self, name) for name in keys}
        return {name: str(value) for name, value in given.items() if value is not None}

    def due_hour(self, calendar: Calendar) -> int:
        """Return the hour in which they are due; -1 where none is given, or it is overdue."""
        if isinstance(self.due, str):
            ahead = self.due >= (calendar.start or "")
            return hour_of_day(parse_day(self.due).toordinal(), calendar) if ahead else -1
        return -1 if self.due is None else int(self.due.hours(calendar) + 0.5)

    def age_hours(self, calendar: Calendar) -> int:
        """Return for how many hours they have been in their stage at the start; 0 where that is not given."""
        if self.since is not None:
            began = hour_of_day(parse_day(self.since).toordinal(), calendar)
            return 0 if self.due_hour(calendar) >= 0 else max(0, -began)
        return 0 if self.age is None else int(self.age.hours(calendar) + 0.5)

    def complaints(self) -> Iterator[Complaint]:
        """Yield a complaint about an age that says nothing."""
        if self.age is not None and self.due is not None:
            message = "cannot be together with due, which says how long they wait"
            yield Complaint(("age",), message, hint="leave one of them out", at_key=True)
        if self.age is not None and self.since is not None:
            message = "says the same as since"
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

    def has_ages(self, stage: str, calendar: Calendar) -> bool:
        """Return whether any item that is open in a stage has waited there before the run."""
        if isinstance(self.open, OpenList):
            names = np.array(self.open.stages)[self.open.stage]
            return bool(((self.open.ages(calendar) > 0) & (names == stage)).any())
        return any(entry.stage == stage and entry.age_hours(calendar) > 0 for entry in self.entries)

    def with_more(self, entries: Iterable[OpenItems]) -> Self:
        """Return a start with more items after its own."""
        if not isinstance(self.open, OpenList):
            return self.of([*self.open, *entries])
        return self.of(self.open.followed_by([row for entry in entries for row in [entry.cells] * entry.count]))
