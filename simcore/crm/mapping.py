"""The mapping file: which column means what, what stages are called, and what is left out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field, ValidationError

from simcore.base.errors import FileError, Problem, UsageError
from simcore.base.text import did_you_mean, printable, shorten
from simcore.crm.cells.refused import DataError
from simcore.quantities.fields import Complaint, Part, complaints_of
from simcore.scenario_files.yaml_problems import MAX_BYTES, decode
from simcore.scenario_files.yaml_tree import Tree, read

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

KEY = "simcore-map"
"""The key that says what the file is, and the version of its format."""


class DealColumns(Part):
    """Headers of the columns of deals, by what they mean."""

    id: str | None = Field(default=None, description="What tells deals apart. Left out: the number of the row.")
    owner: str | None = Field(default=None, description="The rep who has the deal.")
    created: str | None = Field(default=None, description="When it came into being.")
    closed: str | None = Field(default=None, description="When it was won or lost; of an open deal the planned day.")
    won_at: str | None = Field(default=None, description="When it was won, where that is a column of its own.")
    lost_at: str | None = Field(default=None, description="When it was lost, where that is a column of its own.")
    planned: str | None = Field(default=None, description="When it is planned to close, where that is a column.")
    outcome: str | None = Field(default=None, description="Open, won or lost.")
    is_won: str | None = Field(default=None, description="Whether it was won, yes or no.")
    is_closed: str | None = Field(default=None, description="Whether it is won or lost, yes or no.")
    stage: str | None = Field(default=None, description="The stage that it is in.")
    pipeline: str | None = Field(default=None, description="The pipeline, where one file holds several.")
    value: str | None = Field(default=None, description="What it is worth.")
    currency: str | None = Field(default=None, description="The code of its currency.")
    segment: str | None = Field(default=None, description="The part of the business that it belongs to.")
    probability: str | None = Field(default=None, description="The chance that the CRM gives it.")


class HistoryColumns(Part):
    """Headers of the columns of a history, by what they mean."""

    id: str | None = Field(default=None, description="The deal, as in the column of deals.")
    stage: str | None = Field(default=None, description="The stage that was entered.")
    entered: str | None = Field(default=None, description="When.")
    field: str | None = Field(default=None, description="What was changed, where a row is a change of any field.")
    old: str | None = Field(default=None, description="The value before the change.")
    new: str | None = Field(default=None, description="The value after it.")
    planned: str | None = Field(default=None, description="The planned day of closing, as it was then.")
    owner: str | None = Field(default=None, description="The rep who had the deal then.")


class CallColumns(Part):
    """Headers of the columns of a log of calls, by what they mean."""

    at: str | None = Field(default=None, description="When. Left out: the order of the rows.")
    rep: str | None = Field(default=None, description="Who called.")
    calls: str | None = Field(default=None, description="How many calls a row stands for. Left out: one.")
    successes: str | None = Field(default=None, description="How many of them led to the next stage.")
    outcome: str | None = Field(default=None, description="Whether the row's last call did, yes or no.")
    deal: str | None = Field(default=None, description="The deal that was called about.")


class ExportMap(Part):
    """What a mapping file says; all of it may be left out."""

    dialect: Literal["plain", "salesforce", "hubspot", "pipedrive"] | None = Field(
        default=None, description="Whose export it is. Left out: told from the headers."
    )
    deal: DealColumns = Field(default=DealColumns(), description="Columns of deals.")
    history: HistoryColumns = Field(default=HistoryColumns(), description="Columns of the history.")
    calls: CallColumns = Field(default=CallColumns(), description="Columns of the log of calls.")
    stages: dict[str, str] = Field(
        default_factory=dict, description="What the stages of the CRM are in a scenario; `won` and `lost` end a deal."
    )
    outcomes: dict[str, Literal["open", "won", "lost"]] = Field(
        default_factory=dict, description="What words of the column of outcomes say."
    )
    dates: Literal["iso", "dmy", "mdy"] | None = Field(
        default=None, description="Whether the day or the month comes first. Left out: told from the dates."
    )
    decimal: Literal[".", ","] | None = Field(
        default=None, description="The separator of decimals. Left out: told from the amounts."
    )
    timezone: str | None = Field(
        default=None, description="The zone of days, as Europe/Amsterdam. Left out: times with a zone stay in UTC."
    )
    sheets: dict[Literal["deals", "history", "calls"], str] = Field(
        default_factory=dict, description="Which sheet of a workbook is read, where it has several."
    )
    ignore: dict[str, list[str]] = Field(
        default_factory=dict, description="Rows to leave out: cells by the header of their column."
    )

    def complaints(self) -> Iterator[Complaint]:
        """Yield a complaint about a zone that nobody knows."""
        if self.timezone is not None:
            from zoneinfo import available_timezones  # noqa: PLC0415

            known = available_timezones()
            if self.timezone not in known:
                hint = did_you_mean(self.timezone, known)
                yield Complaint(("timezone",), "is no zone that is known", self.timezone, "Europe/Amsterdam", hint)

    def headers(self, part: Literal["deal", "history", "calls"]) -> dict[str, str]:
        """Return the headers that a part names, by what they mean."""
        columns: Part = getattr(self, part)
        named = {name: getattr(columns, name) for name in type(columns).model_fields}
        return {name: header for name, header in named.items() if header is not None}


def load_map(given: object) -> tuple[ExportMap, str]:
    """Return what a mapping file says, and its name for messages.

    Parameters
    ----------
    given
        A path, a mapping with the keys of the file, or None for none.

    Raises
    ------
    UsageError
        If it is neither.
    FileError
        If the file cannot be read.
    DataError
        With all that is wrong with it.

    Examples
    --------
    >>> load_map({"simcore-map": 1, "deal": {"owner": "Seller"}})[0].headers("deal")
    {'owner': 'Seller'}
    >>> load_map({"simcore-map": 1, "deal": {"ownr": "Seller"}})
    Traceback (most recent call last):
    simcore.DataError: map: deal.ownr: unknown key; allowed: id, owner, created, closed, won_at, ...
    """
    if given is None:
        return ExportMap(), "map"
    if isinstance(given, dict):
        return _validated(Tree(data=dict(given)), "map"), "map"
    if not isinstance(given, str | Path):
        raise UsageError((Problem("is no mapping", "map", value=type(given).__name__, allowed="a path, or a dict"),))
    name = printable(str(given))
    try:
        with Path(given).open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise FileError(f"cannot read {name}: {reason.lower()}") from error
    return _validated(read(decode(data, name), name), name), name


def _validated(tree: Tree, file: str) -> ExportMap:
    """Return the data of a mapping file as its model; raise with all problems at once."""
    if not isinstance(tree.data, dict):
        raise DataError((Problem("must be a mapping of keys such as simcore-map, deal and stages", file=file),))
    data: dict[str, Any] = dict(tree.data)
    problems = [_problem(complaint._replace(location=complaint.location), tree, file) for complaint, _ in tree.found]
    version = data.pop(KEY, None)
    if version != 1:
        hint = f"write {KEY}: 1 as the first line"
        line = tree.values[(KEY,)].line if (KEY,) in tree.values else 1
        problems.append(Problem("is missing" if version is None else "must be 1", KEY, file, line, hint=hint))
    try:
        found = ExportMap.model_validate(data)
    except ValidationError as error:
        problems += [_problem(complaint, tree, file) for complaint in complaints_of(error)]
        raise DataError(tuple(problems)) from None
    if problems:
        raise DataError(tuple(problems))
    return found


def _problem(complaint: Complaint, tree: Tree, file: str) -> Problem:
    """Return a complaint with its place in the file."""
    location = complaint.location
    marks = tree.keys if complaint.at_key else tree.values
    mark = marks.get(location) or next(
        (tree.values[location[:end]] for end in range(len(location), 0, -1) if location[:end] in tree.values), None
    )
    is_shown = complaint.value is not None and not complaint.at_key and not isinstance(complaint.value, dict | list)
    return Problem(
        complaint.message,
        ".".join(map(str, location)),
        file,
        None if mark is None else mark.line,
        None if mark is None else mark.column,
        value=shorten(complaint.value) if is_shown else None,
        allowed=complaint.allowed,
        hint=complaint.hint,
    )


def refuse_unknown_headers(mapped: Mapping[str, str], headers: Sequence[str], part: str, file: str, data: str) -> None:
    """Raise if a mapping file names headers that a file does not have, with the nearest one that it has.

    Parameters
    ----------
    mapped
        Headers by meaning.
    headers
        Those of the file.
    part
        The key of the mapping file.
    file, data
        Names of the mapping file and of the file.
    """
    problems = tuple(
        Problem(f"is no header of {data}", f"{part}.{meaning}", file, value=shorten(header),
                hint=did_you_mean(header, headers))
        for meaning, header in mapped.items()
        if header not in headers
    )  # fmt: skip
    if problems:
        raise DataError(problems)
