"""Reads the draws of parameters that lie beside a scenario, and puts them in the place of its numbers.

A table has a column for each number, named by the path that ``--set`` takes, and a row for each draw. Each column
stands in the data of the scenario where its number stood: whatever takes the number's place later takes the column's.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from simcore.base.drawn import Drawn, DrawsTable
from simcore.base.errors import Problem, ScenarioError
from simcore.base.text import brief, did_you_mean, printable, shorten
from simcore.dates.days import DAYS_OF_WEEK
from simcore.quantities.fields import Location, Range, Unreadable
from simcore.quantities.inflow import MAX_PER_WEEK
from simcore.quantities.lags import MAX_LAG_WEEKS
from simcore.quantities.time import Duration
from simcore.scenario.given import entries, mapping, stage_names
from simcore.scenario_files.beside import Beside
from simcore.scenario_files.paths import number_paths

Floats = NDArray[np.float64]

MAX_ROWS = 100_000
"""Maximum number of rows of a table."""
MAX_COLUMNS = 200
MAX_BYTES = 1 << 26
"""Maximum size of a table."""
MAX_PROBLEMS = 20
_NUMBER = re.compile(r"[+-]?(?:[0-9]{1,20}(?:\.[0-9]{0,30})?|\.[0-9]{1,30})(?:[eE][+-]?[0-9]{1,3})?", re.ASCII)
_SERVED = re.compile(
    r"funnel\.[^.]+\.(rate(\.mean)?|(lost_)?lag(\.(fixed|median|p90|mean))?)|deal(\.(fixed|mean))?"
    r"|market\.(sd|step|persistence|start(\.(level|sd))?)|inflow\.([0-9]+\.)?per_week"
)
_WHERE = "knowledge.draws"
_FORM = "{draws: team.draws.parquet}, perhaps with sha256"
_BESIDE = Beside(
    _WHERE, "a CSV or Parquet file: team.draws.parquet", "names no draws beside the scenario", MAX_BYTES, MAX_ROWS,
    "a thousand draws say as much: more worlds take them again",
)  # fmt: skip
_DAYS = Range(0, MAX_LAG_WEEKS * DAYS_OF_WEEK)
_LAGS = {"fixed": _DAYS, "median": Range(0, _DAYS.high, above=True), "p90": Range(0, _DAYS.high, above=True),
         "mean": Range(0, _DAYS.high, above=True)}  # fmt: skip
_RATE, _VALUE = Range(0, 1, above=True), Range(0.01, 1e9)
_MARKET = {"sd": Range(0, 3, above=True), "step": Range(0, 1, above=True)}
_LEVEL, _LEVEL_SD = Range(0, 10, above=True), Range(0, 3)


class Spot(NamedTuple):
    """Where a number of a scenario stands."""

    holder: dict[str, Any]
    key: str
    location: Location
    """Keys and indices from the root."""
    allowed: Range
    """Of its values."""
    is_time: bool = False
    """Whether it is a duration; a column then counts working days."""


def with_draws(data: dict[str, object], folder: Path, overridden: Sequence[Location] = ()) -> list[Problem]:
    """Put the columns of the table that `knowledge` names in the places of their numbers; return what is wrong.

    A column whose number was set (``overridden``) is left out. In the data, `knowledge` becomes the table.
    """
    given = data.get("knowledge")
    if given is None:
        return []
    try:
        table = given if isinstance(given, DrawsTable) else _named(given, folder)
        data["knowledge"] = _placed(data, table, overridden)
    except ScenarioError as error:
        data["knowledge"] = Unreadable()
        return list(error.problems)
    return []


def _named(given: object, folder: Path) -> DrawsTable:
    name = given.get("draws") if isinstance(given, Mapping) else None
    stated = given.get("sha256") if isinstance(given, Mapping) else None
    if not isinstance(given, Mapping) or given.keys() - {"draws", "sha256"} or not isinstance(name, str):
        raise ScenarioError((Problem("does not name a file of draws", "knowledge", allowed=_FORM),))
    if not isinstance(stated, str | None):
        raise ScenarioError((Problem("must be a text", "knowledge.sha256", value=shorten(stated), allowed=_FORM),))
    table = read_draws(folder, name)
    if stated is not None and stated != table.sha256:
        hint = f"leave sha256 out to take it as it is now ({table.sha256[:12]}...)"
        message = f"{printable(name)} does not say what it said when its SHA-256 was written down"
        raise _BESIDE.refusal(message, hint=hint)
    return table


def read_draws(folder: Path, name: str) -> DrawsTable:
    """Read the table of a file in a folder; whether a scenario has such numbers is not asked.

    Raises
    ------
    ScenarioError
        With what is wrong with it, at most the first 20 problems.
    """
    raw, file = _BESIDE.read(folder, name)
    columns = _parquet(raw, file) if _BESIDE.is_parquet(name) else _csv(raw, file)
    if not columns:
        raise ScenarioError((Problem("has no columns", file=file),))
    if len(next(iter(columns.values()))) == 0:
        raise ScenarioError((Problem("has no rows", file=file),))
    problems = [
        Problem("must be finite", brief(name), file, int(np.argmin(np.isfinite(column))) + 2)
        for name, column in columns.items()
        if not np.isfinite(column).all()
    ]
    if problems:
        raise ScenarioError(tuple(problems[:MAX_PROBLEMS]))
    return DrawsTable(file, columns)


def _header(names: Sequence[str], file: str) -> None:
    if len(names) > MAX_COLUMNS:
        raise ScenarioError((Problem(f"has {len(names):,} columns", file=file, allowed=f"up to {MAX_COLUMNS}"),))
    twice = [place for place, name in enumerate(names) if name in names[:place]]
    if twice:
        place = twice[0]
        raise ScenarioError(
            (Problem("names a column twice", file=file, line=1, column=place + 1, value=brief(names[place])),)
        )


def _csv(raw: bytes, file: str) -> dict[str, Floats]:
    rows = _BESIDE.csv_rows(raw, file)
    header = next(rows, None)
    if header is None:
        raise ScenarioError((Problem("is empty", file=file, hint="its first line names the columns"),))
    names = [cell.strip() for cell in header.cells]
    _header(names, file)
    columns: list[list[float]] = [[] for _ in names]
    problems: list[Problem] = []
    for line, cells in rows:
        if len(cells) != len(names):
            problems.append(Problem(f"has {len(cells)} cells, the first line {len(names)}", file=file, line=line))
        else:
            for place, (name, cell) in enumerate(zip(names, cells, strict=True)):
                number = _number(cell)
                if isinstance(number, str):
                    at = (file, line, place + 1)
                    problems.append(Problem(number, brief(name), *at, shorten(cell) if cell.strip() else None))
                else:
                    columns[place].append(number)
        if len(problems) >= MAX_PROBLEMS:
            problems.append(Problem("has more problems than these", file=file, line=line))
            break
    if problems:
        raise ScenarioError(tuple(problems))
    return {name: np.array(column, np.float64) for name, column in zip(names, columns, strict=True)}


def _number(cell: str) -> float | str:
    """Return the number in a cell, or what is wrong with it."""
    if not cell.strip():
        return "is missing"
    return float(cell) if _NUMBER.fullmatch(cell.strip()) else "must be a number"


def _parquet(raw: bytes, file: str) -> dict[str, Floats]:
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.compute as pc  # noqa: PLC0415
    import pyarrow.parquet as pq  # noqa: PLC0415

    try:
        opened = pq.ParquetFile(pa.BufferReader(raw))
        if opened.metadata.num_rows > MAX_ROWS:
            raise _BESIDE.too_many(opened.metadata.num_rows, file)
        names = list(opened.schema_arrow.names)
        _header(names, file)
        kinds = {name: opened.schema_arrow.field(name).type for name in names}
        wrong = [name for name, kind in kinds.items() if not (pa.types.is_floating(kind) or pa.types.is_integer(kind))]
        if wrong:
            told = [Problem("must be a column of numbers", brief(name), file, value=str(kinds[name])) for name in wrong]
            raise ScenarioError(tuple(told[:MAX_PROBLEMS]))
        table = opened.read()
    except (pa.ArrowException, OSError) as error:
        hint = printable(str(error)).splitlines()[0][:100]
        raise ScenarioError((Problem("is not a Parquet file that can be read", file=file, hint=hint),)) from None
    missing = [
        Problem("is missing", brief(name), file, pc.index(table[name].is_null(), value=True).as_py() + 2)
        for name in names
        if table[name].null_count
    ]
    if missing:
        raise ScenarioError(tuple(missing[:MAX_PROBLEMS]))
    return {name: table[name].cast(pa.float64(), safe=False).to_numpy() for name in names}


def spots(data: Mapping[str, Any]) -> dict[str, Spot]:
    """Return where the numbers stand that draws may have rows of, by the names of their columns.

    Examples
    --------
    >>> found = spots({"funnel": [{"stage": "calls"}, {"stage": "wins", "rate": 0.2, "lag": "2d"}], "deal": 100})
    >>> list(found)
    ['funnel.wins.rate.mean', 'funnel.wins.rate', 'funnel.wins.lag.fixed', 'funnel.wins.lag', 'deal.fixed', 'deal']
    """
    found: dict[str, Spot] = {}
    names = stage_names(data)
    for place, stage in entries(data, "funnel"):
        at: Location = ("funnel", place)
        name = f"funnel.{names[place]}"
        _add(found, f"{name}.rate", stage, "rate", at, {"mean": _RATE}, "mean")
        for key in ("lag", "lost_lag"):
            _add(found, f"{name}.{key}", stage, key, at, _LAGS, "fixed", is_time=True)
    _add(found, "deal", data, "deal", (), {"fixed": _VALUE, "mean": _VALUE}, "fixed")
    market = mapping(data, "market")
    for key, allowed in _MARKET.items():
        _add_number(found, [f"market.{key}"], market, key, ("market",), allowed)
    if market.get("step") is None:  # else it does not come back, in any row
        _add_number(found, ["market.persistence"], market, "persistence", ("market",), Range(0, 1, below=True))
    _add(found, "market.start", market, "start", ("market",), {"level": _LEVEL, "sd": _LEVEL_SD}, "level")
    _add_inflow(found, data)
    return found


def _add_inflow(found: dict[str, Spot], data: Mapping[str, Any]) -> None:
    given = data.get("inflow")
    several = [given] if isinstance(given, Mapping) else list(given) if isinstance(given, list | tuple) else []
    for place, each in enumerate(several):
        if isinstance(each, Mapping) and not _is_table(each.get("per_week")):
            alone = ["inflow.per_week"] if len(several) == 1 else []
            at: Location = ("inflow",) if isinstance(given, Mapping) else ("inflow", place)
            names = [f"inflow.{place + 1}.per_week", *alone]
            _add_number(found, names, each, "per_week", at, Range(0, MAX_PER_WEEK, above=True))


def _is_table(value: object) -> bool:
    return isinstance(value, Mapping) and "value" not in value


def _add(
    found: dict[str, Spot], name: str, holder: Mapping[str, Any], key: str, at: Location, parts: Mapping[str, Range],
    short: str, *, is_time: bool = False,
) -> None:  # fmt: skip
    """Add the numbers of a part, or the one number that stands for it."""
    here = holder.get(key)
    if not isinstance(here, Mapping) or "value" in here:
        _add_number(found, [f"{name}.{short}", name], holder, key, at, parts[short], is_time=is_time)
        return
    for part, allowed in parts.items():
        names = [f"{name}.{part}", *([name] if part == short else [])]
        _add_number(found, names, here, part, (*at, key), allowed, is_time=is_time)


def _add_number(
    found: dict[str, Spot], names: Sequence[str], holder: Mapping[str, Any], key: str, at: Location, allowed: Range, *,
    is_time: bool = False,
) -> None:  # fmt: skip
    here = holder.get(key)
    if here is None:
        return
    if isinstance(here, Mapping):
        if "value" not in here:
            return
        holder, key, at = here, "value", (*at, key)
    spot = Spot(cast("dict[str, Any]", holder), key, (*at, key), allowed, is_time)
    found.update(dict.fromkeys(names, spot))


def _placed(data: dict[str, object], table: DrawsTable, overridden: Sequence[Location]) -> DrawsTable | None:
    """Put the columns of a table in place; return the table without those whose number was set."""
    here = spots(data)
    # A number that was read before may since stand in a longer form.
    placed = {number.name: spot for spot in here.values() if (number := _drawn_at(spot)) is not None}
    here |= placed
    kept: dict[str, Floats] = {}
    taken: dict[Location, str] = {}
    problems: list[Problem] = []
    for name, column in table.columns.items():
        spot = here.get(name)
        if spot is None:
            if not _was_set(name, data, overridden):
                problems.append(_unknown(name, data, list(here), table.file))
            continue
        if any(_within(spot.location, changed) for changed in overridden):
            continue
        wrong = [row for row in (int(column.argmin()), int(column.argmax())) if float(column[row]) not in spot.allowed]
        if spot.location in taken:
            problems.append(Problem(f"is the number of {taken[spot.location]} too", brief(name), table.file, 1))
        elif wrong:
            value = f"{column[wrong[0]]:.15g}"
            told = (brief(name), table.file, wrong[0] + 2)
            problems.append(Problem("is out of range", *told, value=value, allowed=_allowed(spot)))
        else:
            taken[spot.location] = name
            kept[name] = column
            _put(spot, name, column)
    if problems:
        raise ScenarioError(tuple(problems[:MAX_PROBLEMS]))
    return DrawsTable(table.file, kept) if kept else None


def _put(spot: Spot, name: str, column: Floats) -> None:
    """Put a column in place of its number; one that is the same in all rows is a number as others."""
    before = spot.holder[spot.key]
    if _drawn_at(spot) is not None:
        return
    first = float(column[0])
    if (column == first).all():
        spot.holder[spot.key] = Duration(first, "d") if spot.is_time else first
        return
    number = Drawn(name, before, column)
    spot.holder[spot.key] = Duration(number, "d") if spot.is_time else number


def _drawn_at(spot: Spot) -> Drawn | None:
    """Return the column that stands at a place already."""
    here = spot.holder[spot.key]
    number = here.amount if isinstance(here, Duration) else here
    return number if isinstance(number, Drawn) else None


def _allowed(spot: Spot) -> str:
    return f"{spot.allowed}, in working days" if spot.is_time else str(spot.allowed)


def _within(location: Location, changed: Location) -> bool:
    """Return whether one of two locations is, or is part of, the other."""
    both = min(len(location), len(changed))
    return location[:both] == changed[:both]


def _was_set(name: str, data: Mapping[str, object], overridden: Sequence[Location]) -> bool:
    """Return whether what a column was the number of was set as a whole, and no longer has it."""
    names = stage_names(data)
    for changed in overridden:
        words = [
            names[word] if isinstance(word, int) and place == 1 and changed[0] == "funnel" else str(word)
            for place, word in enumerate(changed)
        ]
        if name == ".".join(words) or name.startswith(".".join(words) + "."):
            return True
    return False


def _unknown(name: str, data: Mapping[str, object], served: Sequence[str], file: str) -> Problem:
    """Return what is wrong with a column that is none."""
    short = [each for each in served if not any(each.startswith(f"{other}.") for other in served)]
    shared = name in number_paths(data)
    message = "is a number that all worlds share" if shared else "is no number of this scenario that draws can have"
    if shared and _SERVED.fullmatch(name):
        message = "is not given by a number in the scenario"
    hint = None if shared else did_you_mean(name, served)
    return Problem(message, brief(name), file, 1, allowed=", ".join(short), hint=hint)
