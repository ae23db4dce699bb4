"""A list of open items from a file: columns in place of an object each, and what pins its content."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from simcore.base.money import cents
from simcore.dates.days import DAYS_OF_WEEK, parse_day

if TYPE_CHECKING:
    from simcore.quantities.time import Calendar

COLUMNS = ("id", "stage", "rep", "since", "age", "due", "value", "probability")
"""In the order in which a list is written."""
UNITS = ("h", "d", "w", "cd")
"""Of a duration, by number."""
NO_DAY, ANY_SEAT = 0, 0
DURATION = re.compile(r"([0-9]+(?:\.[0-9]+)?|\.[0-9]+)(h|d|w|cd)?", re.ASCII)
"""A duration in a cell; without a unit it counts working days."""

Longs = NDArray[np.int64]


class Spans(NamedTuple):
    """Durations or days: one of them a row, or none."""

    amount: NDArray[np.float64]
    """Of a duration; NaN where there is none."""
    unit: NDArray[np.int8]
    """Its number in `UNITS`."""
    day: Longs
    """Of a day the proleptic ordinal (`datetime.date.toordinal`), or `NO_DAY`."""

    def hours(self, calendar: Calendar) -> Longs:
        """Return whole working hours from the Monday of the first counted week; those of durations as they are.

        -1 where a row has neither. A day before that Monday is below 0; of a weekend, the hour of the next working day.
        """
        per_week, per_day = calendar.hours_per_week, calendar.hours_per_day
        factor = np.array([1.0, per_day, per_week, per_week / DAYS_OF_WEEK])
        given = ~np.isnan(self.amount)
        found = np.full(len(self.amount), -1, np.int64)
        found[given] = np.floor(self.amount[given] * factor[self.unit[given]] + 0.5)
        if calendar.monday is not None and (self.day != NO_DAY).any():
            week, weekday = np.divmod(self.day - calendar.monday.toordinal(), DAYS_OF_WEEK)
            hours = (week * calendar.days_per_week + np.minimum(weekday, calendar.days_per_week)) * per_day
            found = np.where(self.day != NO_DAY, hours, found)
        return found


class OpenList(Mapping[str, str]):
    """Items that are open at the start, a row each; as data, the file and the SHA-256 of what it says.

    Two lists that say the same are equal, whatever their files look like: the SHA-256 is that of `text`.

    Attributes
    ----------
    file
        Name of the file that it comes from.
    text
        The list as CSV, with its columns in the order of `COLUMNS`, cells without spaces around them, and lines that
        end in a line feed.
    stages, stage
        Names of stages, and the place of each row's among them: int64[rows].
    rep
        int64[rows]: its seat, from 1, or `ANY_SEAT`: one in every seat.
    since, age, due
        `Spans` of the rows.
    value
        int64[rows]: in cents, or -1.
    probability
        float64[rows]: chance to be won, or -1: by the rates of the steps to come.
    lines
        int64[rows]: on which line of the file each row stands.
    """

    def __init__(self, file: str, columns: Mapping[str, Sequence[str]], lines: Sequence[int]) -> None:
        """Take the cells of a list by column, which are known to be readable."""
        names = [name for name in COLUMNS if name in columns]
        written = io.StringIO()
        writer = csv.writer(written, lineterminator="\n")
        writer.writerow(names)
        writer.writerows(zip(*(columns[name] for name in names), strict=True))
        self.file, self.text, self.lines = file, written.getvalue(), np.array(lines, np.int64)
        self._columns, rows = dict(columns), len(lines)
        nothing = [""] * rows
        self.stages = tuple(dict.fromkeys(columns["stage"]))
        number = {name: place for place, name in enumerate(self.stages)}
        self.stage: Longs = np.array([number[name] for name in columns["stage"]], np.int64)
        self.rep: Longs = np.array([int(cell or ANY_SEAT) for cell in columns.get("rep", nothing)], np.int64)
        self.since, self.age, self.due = (_spans(columns.get(name, nothing)) for name in ("since", "age", "due"))
        self.value: Longs = np.array([cents(float(c)) if c else -1 for c in columns.get("value", nothing)], np.int64)
        chances = columns.get("probability", nothing)
        self.probability = np.array([float(cell) if cell else -1.0 for cell in chances], np.float64)
        self.sha256 = hashlib.sha256(self.text.encode()).hexdigest()

    def __len__(self) -> int:
        """Return 2: as data, a list is a file and a SHA-256."""
        return 2

    def __iter__(self) -> Iterator[str]:
        """Yield the keys of what the list is as data."""
        return iter(("file", "sha256"))

    def __getitem__(self, key: str) -> str:
        """Return what the list is as data."""
        return {"file": self.file, "sha256": self.sha256}[key]

    def __hash__(self) -> int:
        """Return a hash that is equal for equal lists."""
        return hash(self.sha256)

    def __eq__(self, other: object) -> bool:
        """Whether another list says the same."""
        return isinstance(other, OpenList) and other.sha256 == self.sha256

    def __deepcopy__(self, memo: object) -> OpenList:
        """Return the list itself: it does not change."""
        return self

    def __repr__(self) -> str:
        """Return the file, the number of items and the beginning of the SHA-256."""
        return f"OpenList({self.file!r}, {self.rows} items, {self.sha256[:8]})"

    @property
    def rows(self) -> int:
        """How many items there are."""
        return len(self.stage)

    def ages(self, calendar: Calendar) -> Longs:
        """Return for how many hours each item has been in its stage at the start: int64[rows]; 0 is none given."""
        since, age = self.since.hours(calendar), self.age.hours(calendar)
        return np.maximum(np.where(self.since.day != NO_DAY, -since, age), 0)

    def dues(self, calendar: Calendar) -> Longs:
        """Return the hour in which each item is due: int64[rows]; -1 where nothing is given, or it is overdue."""
        due, begins = self.due.hours(calendar), first_day(calendar)
        overdue = (self.due.day != NO_DAY) & (self.due.day < begins)
        return np.where(overdue, -1, np.maximum(due, -1))

    @property
    def dated(self) -> bool:
        """Whether any row has a day."""
        return bool((self.since.day != NO_DAY).any() or (self.due.day != NO_DAY).any())

    def named(self, file: str) -> OpenList:
        """Return the same list as one of another file."""
        return OpenList(file, self._columns, self.lines.tolist())

    def cells(self, name: str) -> list[str]:
        """Return the cells of a column; empty ones where there is no such column."""
        return list(self._columns.get(name, [""] * self.rows))

    def replaced(self, columns: Mapping[str, Sequence[str]]) -> OpenList:
        """Return the list with other cells in some columns."""
        return OpenList(self.file, {**self._columns, **columns}, self.lines.tolist())

    def followed_by(self, more: Sequence[Mapping[str, str]]) -> OpenList:
        """Return a list with more rows, given as cells by column."""
        nothing = [""] * self.rows
        names = [name for name in COLUMNS if name in self._columns or any(name in row for row in more)]
        columns = {name: [*self._columns.get(name, nothing), *(row.get(name, "") for row in more)] for name in names}
        return OpenList(self.file, columns, [*self.lines.tolist(), *[0] * len(more)])

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:  # noqa: ANN401
        return core_schema.is_instance_schema(cls)


def hour_of_day(day: int, calendar: Calendar) -> int:
    """Return the first working hour of a day, given as its ordinal, from the Monday of the first counted week."""
    spans = Spans(np.array([np.nan]), np.zeros(1, np.int8), np.array([day]))
    return int(spans.hours(calendar)[0])


def first_day(calendar: Calendar) -> int:
    """Return the ordinal of the first day that counts; 0 without dates."""
    return 0 if calendar.start is None else parse_day(calendar.start).toordinal()


def _spans(cells: Sequence[str]) -> Spans:
    """Read the cells of a column of durations and days."""
    known: dict[str, tuple[float, int, int]] = {"": (np.nan, 0, NO_DAY)}
    rows = [known.get(cell) or known.setdefault(cell, _span(cell)) for cell in cells]
    amount, unit, day = zip(*rows, strict=True) if rows else ((), (), ())
    return Spans(np.array(amount, np.float64), np.array(unit, np.int8), np.array(day, np.int64))


def _span(cell: str) -> tuple[float, int, int]:
    match = DURATION.fullmatch(cell)
    if match is None:
        return np.nan, 0, date.fromisoformat(cell).toordinal()
    return float(match[1]), UNITS.index(match[2] or "d"), NO_DAY
