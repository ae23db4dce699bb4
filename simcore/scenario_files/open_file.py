"""Reads the list of open items that lies beside a scenario: a CSV or a Parquet file that nobody need trust."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple, cast

from simcore.base.errors import Problem, ScenarioError, UsageError
from simcore.base.money import cents
from simcore.base.spelling import Kind, read_number
from simcore.base.text import brief, did_you_mean, printable, shorten
from simcore.dates.days import DAY_FORM, NotADayError, parse_day
from simcore.quantities.fields import Unreadable
from simcore.quantities.open_list import COLUMNS, DURATION, OpenList
from simcore.scenario_files.beside import Beside, Row

MAX_BYTES = 1 << 24
"""Maximum size of a list."""
MAX_ROWS = 100_000
"""Maximum number of items of a list."""
MAX_CELL = 200
"""Maximum number of characters of a cell."""
MAX_PROBLEMS = 20
"""Maximum number of problems that are told."""
MAX_SEATS = 65536
MAX_VALUE = 1e9
_FORMULA = re.compile(r"[=+@\t\r-]")
_PLAIN = re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,4})?", re.ASCII)
_SEAT = re.compile(r"[1-9][0-9]{0,4}", re.ASCII)
_DUE_FORM = f"{DAY_FORM}; or a number and h, d, w or cd"
_WHERE = "start.open"
_BESIDE = Beside(
    _WHERE, "a CSV or Parquet file: open.csv", "names no list beside the scenario", MAX_BYTES, MAX_ROWS,
    "an export of what is open, without what was closed",
)  # fmt: skip


class Refused(NamedTuple):
    """What is wrong with a cell."""

    message: str
    allowed: str | None = None
    hint: str | None = None


def with_open_list(data: dict[str, object], folder: Path) -> list[Problem]:
    """Put the list that `start.open` names in its place in the data of a scenario; return what is wrong with it.

    A list is named by its file, beside the scenario, or by ``{file, sha256}``; then the file must say what it said.
    """
    start = data.get("start")
    given = start.get("open") if isinstance(start, Mapping) else None
    seats = _seats_by_name(data)
    for entry in given if isinstance(given, list) else ():
        if isinstance(entry, dict) and isinstance(entry.get("rep"), str):
            entry["rep"] = seats.get(entry["rep"], entry["rep"])
    named = isinstance(given, str) or (isinstance(given, Mapping) and bool(given.keys() & {"file", "sha256"}))
    if not isinstance(start, dict) or isinstance(given, OpenList) or not named:
        return []
    try:
        start["open"] = _listed(cast("str | Mapping[str, object]", given), folder, seats)
    except ScenarioError as error:
        start["open"] = Unreadable()
        return list(error.problems)
    return []


def _seats_by_name(data: Mapping[str, object]) -> dict[str, int]:
    """Return the numbers of the seats of `team.people` by the names of who sits there first."""
    team = data.get("team")
    people = team.get("people") if isinstance(team, Mapping) else None
    names = (
        [each.get("name") if isinstance(each, Mapping) else each for each in people] if isinstance(people, list) else []
    )
    return {name: place for place, name in enumerate(names, start=1) if isinstance(name, str)}


def _refuse(message: str, **more: str | int | None) -> ScenarioError:
    return ScenarioError((Problem(message, _WHERE, **more),))  # type: ignore[arg-type]


def _listed(given: str | Mapping[str, object], folder: Path, seats: Mapping[str, int]) -> OpenList:
    if isinstance(given, str):
        return read_open_list(folder, given, seats)
    name, stated = given.get("file"), given.get("sha256")
    if given.keys() - {"file", "sha256"} or not isinstance(name, str) or not isinstance(stated, str | None):
        allowed = "a list of entries, the name of a file, or {file: open.csv, sha256: ...}"
        raise _refuse("is neither a list of entries nor a file", allowed=allowed)
    found = read_open_list(folder, name, seats)
    if stated is not None and stated != found.sha256:
        hint = f"leave sha256 out to take it as it is now ({found.sha256[:12]}...)"
        raise _refuse(f"{printable(name)} does not say what it said when its SHA-256 was written down", hint=hint)
    return found


def read_open_list(folder: Path, name: str, seats: Mapping[str, int] = MappingProxyType({})) -> OpenList:
    """Read the list of a file in a folder; ``seats``: their numbers by the names of people, which never stay in it.

    Raises
    ------
    ScenarioError
        With all that is wrong with it, at most the first 20 problems, each with its line and column.
    """
    raw, file = _BESIDE.read(folder, name)
    rows = _parquet_rows(raw, file) if _BESIDE.is_parquet(name) else _BESIDE.csv_rows(raw, file)
    return _checked(rows, file, seats)


def _parquet_rows(raw: bytes, file: str) -> Iterator[Row]:
    """Yield the header and the rows of a Parquet file, as text; its rows are counted from 1 after the header."""
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.compute as pc  # noqa: PLC0415
    import pyarrow.parquet as pq  # noqa: PLC0415

    try:
        opened = pq.ParquetFile(pa.BufferReader(raw))
        if opened.metadata.num_rows > MAX_ROWS:
            raise _BESIDE.too_many(opened.metadata.num_rows, file)
        wanted = [name for name in opened.schema_arrow.names if name in COLUMNS]
        kinds = [opened.schema_arrow.field(name).type for name in wanted]
        if any(pa.types.is_nested(kind) or pa.types.is_binary(kind) for kind in kinds):
            raise ScenarioError((Problem("has a column that is neither text, number nor day", file=file),))
        table = opened.read(columns=wanted)
        yield Row(1, list(opened.schema_arrow.names))
        columns = []
        for name in opened.schema_arrow.names:
            if name in wanted:
                column = table[name]
                column = column.cast(pa.date32()) if pa.types.is_timestamp(column.type) else column
                cells = pc.fill_null(column.cast(pa.string()), "").to_pylist()
                columns.append([cell.removesuffix(".0") for cell in cells])
            else:
                columns.append([""] * table.num_rows)
    except (pa.ArrowException, OSError) as error:
        hint = printable(str(error)).splitlines()[0][:100]
        raise ScenarioError((Problem("is not a Parquet file that can be read", file=file, hint=hint),)) from None
    for number, cells in enumerate(zip(*columns, strict=True), start=2):
        yield Row(number, list(cells))


def _checked(rows: Iterator[Row], file: str, seats: Mapping[str, int]) -> OpenList:
    """Check the cells of a list, and make it."""
    header = next(rows, None)
    if header is None:
        hint = f"its first line names columns: {', '.join(COLUMNS)}"
        raise ScenarioError((Problem("is empty", file=file, hint=hint),))
    names = _names(header, file)
    problems: list[Problem] = []
    lines: list[int] = []
    columns: list[list[str]] = [[] for _ in names]
    known: list[dict[str, str | Refused]] = [{} for _ in names]
    if "rep" in names:
        known[names.index("rep")].update({name: str(number) for name, number in seats.items()})
    ids: dict[str, int] = {}
    for line, cells in rows:
        if len(cells) != len(names):
            message = f"has {len(cells)} cells, the first line {len(names)}"
            problems.append(Problem(message, file=file, line=line))
        else:
            problems += _take(line, cells, names, columns, known, ids, file)
            lines.append(line)
        if len(problems) >= MAX_PROBLEMS:
            more = Problem("has more problems than these", file=file, line=line)
            raise ScenarioError((*problems[:MAX_PROBLEMS], more))
    if problems:
        raise ScenarioError(tuple(problems))
    if not lines:
        raise ScenarioError((Problem("has no rows", file=file),))
    return OpenList(file, dict(zip(names, columns, strict=True)), lines)


def _names(header: Row, file: str) -> list[str]:
    """Return the names of the columns."""
    names = [cell.strip() for cell in header.cells]
    problems = []
    for place, name in enumerate(names, start=1):
        if name in names[: place - 1]:
            problems.append(Problem("names a column twice", file=file, line=1, column=place, value=brief(name)))
        elif name not in COLUMNS:
            hint = did_you_mean(name, COLUMNS) or _delimiter(name)
            problem = Problem("unknown column", file=file, line=1, column=place, value=shorten(name),
                              allowed=", ".join(COLUMNS), hint=hint)  # fmt: skip
            problems.append(problem)
    if "stage" not in names and not problems:
        problems.append(Problem("has no column stage", file=file, line=1, allowed=", ".join(COLUMNS)))
    if "since" in names and "age" in names:
        message = "has two columns for how long items have been in their stage: since and age"
        problems.append(Problem(message, file=file, line=1, hint="leave one of them out"))
    if problems:
        raise ScenarioError(tuple(problems[:MAX_PROBLEMS]))
    return names


def _delimiter(name: str) -> str | None:
    return "its columns are parted by commas" if ";" in name or "\t" in name else None


def _take(
    line: int, cells: list[str], names: list[str], columns: list[list[str]], known: list[dict[str, str | Refused]],
    ids: dict[str, int], file: str,
) -> Iterator[Problem]:  # fmt: skip
    """Add the cells of a row to the columns, and yield what is wrong with them."""
    for place, (name, cell) in enumerate(zip(names, cells, strict=True)):
        read = known[place].get(cell)
        if read is None:
            read = _read(name, cell.strip())
            if name != "id":
                known[place][cell] = read
        if isinstance(read, Refused):
            told = (read.message, name, file, line, place + 1, shorten(cell))
            yield Problem(*told, allowed=read.allowed, hint=read.hint)
            columns[place].append("")
            continue
        columns[place].append(read)
        if name == "id" and read:
            if read in ids:
                message = f"is the id of line {ids[read]} too: an item is listed once"
                yield Problem(message, name, file, line, place + 1, shorten(read))
            ids.setdefault(read, line)


def _read(name: str, cell: str) -> str | Refused:
    """Return a cell as the list has it, or what is wrong with it."""
    if len(cell) > MAX_CELL:
        return Refused("is too long", f"up to {MAX_CELL} characters")
    if _FORMULA.match(cell):
        return Refused("begins as a formula does", hint="a table holds texts, numbers and days, none with a sign")
    if not cell:
        return Refused("is missing") if name == "stage" else ""
    if not (cell.isascii() and cell.isprintable()) and printable(cell) != cell:
        return Refused("holds control characters")
    return _READERS[name](cell)


def _text(cell: str) -> str:
    return cell


def _seat(cell: str) -> str | Refused:
    if _SEAT.fullmatch(cell) and int(cell) <= MAX_SEATS:
        return cell
    return Refused("must be the number of a seat, or a name of team.people", f"1 to {MAX_SEATS}")


def _day(cell: str) -> str | Refused:
    try:
        return parse_day(cell).isoformat()
    except NotADayError as error:
        return Refused("must be a day", DAY_FORM, error.hint)


def _age(cell: str) -> str | Refused:
    if DURATION.fullmatch(cell) and len(cell) <= 20:
        return cell
    return Refused("must be a duration", "a number and h, d, w or cd, such as 30cd; days go to the column since")


def _due(cell: str) -> str | Refused:
    if DURATION.fullmatch(cell) and len(cell) <= 20:
        return cell
    found = _day(cell)
    if isinstance(found, Refused):
        return found._replace(message="must be a day or a duration", allowed=_DUE_FORM)
    return found


def _value(cell: str) -> str | Refused:
    try:
        number = float(cell) if _PLAIN.fullmatch(cell) else float(read_number(cell, Kind.AMOUNT).value)
    except UsageError as error:
        problem = error.problems[0]
        return Refused(problem.message.replace("is not", "must be", 1), problem.allowed, problem.hint)
    if not 0.01 <= number <= MAX_VALUE:
        return Refused("is out of range", "0.01 to 1000000000")
    whole, part = divmod(cents(number), 100)
    return f"{whole}.{part:02d}" if part else str(whole)


def _probability(cell: str) -> str | Refused:
    try:
        number = float(read_number(cell, Kind.NUMBER).value)
    except UsageError as error:
        problem = error.problems[0]
        return Refused(problem.message.replace("is not", "must be", 1), problem.allowed, problem.hint)
    return repr(number) if 0.0 <= number <= 1.0 else Refused("is out of range", "0 to 1, or 0% to 100%")


_READERS: dict[str, Callable[[str], str | Refused]] = {
    "id": _text, "stage": _text, "rep": _seat, "since": _day, "age": _age, "due": _due, "value": _value,
    "probability": _probability,
}  # fmt: skip
