"""Reads people by name from a table beside a scenario file: comma-separated, one person a row, exact headers.

The table becomes the list that `team.people` may hold in its place; cells are read as the values of a scenario file
are. A cell that a spreadsheet would take for a formula is refused, whatever it holds.
"""

from __future__ import annotations

import csv
import re
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from simcore.base.errors import FileError, Problem, ScenarioError
from simcore.base.text import brief, did_you_mean, printable
from simcore.scenario.people import FORMULA, MAX_PEOPLE, Person
from simcore.scenario_files.yaml_problems import decode

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MAX_BYTES = 1 << 24
"""Largest size of a table."""
MAX_CELL = 200
"""Most characters of a cell."""
PLAIN = tuple(name for name in Person.model_fields if name not in ("rates", "source"))
"""Columns that are keys of a person."""
BY_STAGE = {"rate": "mean", "successes": "successes", "trials": "trials"}
"""Columns that are keys of the person's rate of a stage, which follows after a dot."""
_NUMBER = re.compile(r"[+-]?[0-9.]", re.ASCII)
_TRUTH = {"true": True, "false": False}


class Table(NamedTuple):
    """The people of a table, and where they stand in it."""

    file: str
    people: list[dict[str, object]]
    lines: list[int]
    """The line of each person, from 1."""


def people_beside(named: str, folder: Path, scenario_file: str, stages: Sequence[str]) -> Table:
    """Return the people of a table in the folder of a scenario file.

    Parameters
    ----------
    named
        Its name, as `team.people` has it: of a file in that folder, not a path.
    folder, scenario_file
        Where it lies, and the name of the scenario file that names it.
    stages
        Names of the stages that may have rates.

    Raises
    ------
    ScenarioError
        With all that is wrong with the table, by line and column.
    FileError
        If it cannot be read.
    """
    if Path(named).name != named or named in ("", ".", "..") or "\\" in named:
        message, allowed = "is not the name of a file beside the scenario file", "a name such as people.csv"
        raise ScenarioError((Problem(message, "team.people", value=brief(named), allowed=allowed),))
    path = folder / named
    file = printable(str(path))
    try:
        with path.open("rb") as opened:
            raw = opened.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise FileError(f"cannot read {file}, the people of {scenario_file}: {reason}") from error
    return people_of(raw, file, stages)


def people_of(raw: bytes, file: str, stages: Sequence[str]) -> Table:
    r"""Return the people of a table.

    Raises
    ------
    ScenarioError
        With all that is wrong with it, by line and column.

    Examples
    --------
    >>> people_of(b"name,share,rate.wins\nAnn,,0.3\nBo,60%,\n", "people.csv", ["wins"]).people
    [{'name': 'Ann', 'rates': {'wins': {'mean': '0.3'}}}, {'name': 'Bo', 'share': '60%'}]
    """
    text = decode(raw, file, most=MAX_BYTES, what="a table of people").removeprefix("\ufeff")
    if "\0" in text:
        raise ScenarioError((Problem("holds a zero byte: it is no table", file=file),))
    return _Reader(file, stages).read(text)


class _Reader:
    """Reads one table, and notes what is wrong with it."""

    def __init__(self, file: str, stages: Sequence[str]) -> None:
        self._file, self._stages = file, stages
        self._problems: list[Problem] = []
        self._first: dict[str, int] = {}

    def read(self, text: str) -> Table:
        """Return the people."""
        table = Table(self._file, [], [])
        try:
            for line, row, columns in self._rows(text):
                person = self._person(line, row, columns)
                table.people.append(person)
                table.lines.append(line)
        except csv.Error as error:
            self._note(f"cannot be read as comma-separated: {error}", None, None)
        if not table.people and not self._problems:
            self._note("names nobody", 1, None)
        if self._problems:
            raise ScenarioError(tuple(self._problems[:100]))
        return table

    def _rows(self, text: str) -> Iterator[tuple[int, list[str], list[str]]]:
        reader = csv.reader(StringIO(text, newline=""), strict=True)
        columns: list[str] | None = None
        people = 0
        for row in reader:
            line = reader.line_num
            if not row or all(not cell.strip() for cell in row):
                continue
            if columns is None:
                columns = self._headers(row, line)
                if self._problems:
                    return
                continue
            people += 1
            if people > MAX_PEOPLE:
                self._note(f"names more than {MAX_PEOPLE:,} people", line, None)
                return
            if len(row) != len(columns):
                message = f"has {len(row)} cells, and there are {len(columns)} columns"
                self._note(message, line, None, hint="a cell with a comma in it stands in double quotes")
                continue
            yield line, row, columns

    def _headers(self, row: list[str], line: int) -> list[str]:
        known = [*PLAIN, *(f"{key}.{stage}" for stage in self._stages for key in BY_STAGE)]
        columns = [cell.strip() for cell in row]
        for place, name in enumerate(columns, 1):
            if name not in known:
                hint = did_you_mean(name, known) if name else None
                self._note("is no column of people", line, place, brief(name), ", ".join(known), hint)
            elif name in columns[: place - 1]:
                self._note("is a column twice", line, place, name)
        if "name" not in columns:
            self._note("has no column name", line, None, hint="the first line says what the columns are")
        return columns

    def _person(self, line: int, row: list[str], columns: list[str]) -> dict[str, object]:
        person: dict[str, object] = {}
        rates: dict[str, dict[str, object]] = {}
        for place, (column, given) in enumerate(zip(columns, row, strict=True), 1):
            cell = given.strip()
            if not cell:
                continue
            if len(cell) > MAX_CELL:
                self._note(f"has {len(cell):,} characters", line, place, None, f"up to {MAX_CELL}")
            elif cell.startswith(FORMULA) and not (column != "name" and _NUMBER.match(cell)):
                hint = "write the value; a name, without the first character"
                self._note("begins like a formula of a spreadsheet", line, place, brief(cell), None, hint)
            elif column == "refill":
                if cell.lower() not in _TRUTH:
                    self._note("must be true or false", line, place, brief(cell))
                person[column] = _TRUTH.get(cell.lower(), False)
            elif column in PLAIN:
                person[column] = cell
            else:
                key, _, stage = column.partition(".")
                rates.setdefault(stage, {})[BY_STAGE[key]] = cell
        if rates:
            person["rates"] = rates
        at = columns.index("name")
        if not row[at].strip():
            self._note("is missing: each person has a name", line, at + 1)
        elif "name" in person:
            self._note_name(row[at], line, at + 1)
        return person

    def _note_name(self, name: str, line: int, place: int) -> None:
        known = printable(name.strip())
        if known in self._first:
            self._note(f"is the name of line {self._first[known]} too: names must differ", line, place, brief(known))
        self._first.setdefault(known, line)

    def _note(
        self,
        message: str,
        line: int | None,
        column: int | None,
        value: str | None = None,
        allowed: str | None = None,
        hint: str | None = None,
    ) -> None:
        """Note what is wrong in a line and a column, both from 1."""
        path = "team.people"
        self._problems.append(Problem(message, path, self._file, line, column, value, allowed, hint))
