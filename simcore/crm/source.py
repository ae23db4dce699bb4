"""A file on its way to columns: its sheet, what its headers mean, and what of its cells cannot be read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import Field

from simcore.base.document import Document
from simcore.crm.cells.moments import read_moments
from simcore.crm.findings import Findings, Where, escaped, percent, plural

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from zoneinfo import ZoneInfo

    from numpy.typing import NDArray

    from simcore.crm.cells.amounts import Amounts
    from simcore.crm.cells.moments import Moments, Order
    from simcore.crm.cells.sheets import Sheet
    from simcore.crm.findings import Grade

_FEW = 0.01
"""Share of cells up to which what cannot be read is a warning."""
_DATES = "--dates dmy or --dates mdy says which comes first (in the mapping file: dates)"


class FileRead(Document):
    """A file, and how it was read."""

    file: str
    holds: str = Field(description="deals, history or calls.")
    dialect: str = Field(description="Whose export it was taken for; of a history, what its rows are.")
    encoding: str
    delimiter: str = Field(description="comma, semicolon, tab or bar.")
    header_row: int = Field(description="From 1; the rows before it were passed over.")
    rows: int = Field(description="Below the header, empty ones aside.")
    closing_rows: int = Field(description="Rows after the data that are none: totals, lines of a report.")
    ignored: int = Field(description="Rows that the mapping file leaves out.")
    columns: dict[str, str] = Field(description="The header that was read, by what it means.")
    unread: list[str] = Field(description="Headers that mean nothing that is read.")


@dataclass
class Source:
    """The rows of a file with the meaning of its columns.

    Attributes
    ----------
    sheet
        Its cells.
    headers
        Headers by meaning.
    findings
        Where what is wrong is told.
    ids
        What the column of ids says, by record.
    pipelines
        Those that the headers name.
    """

    sheet: Sheet
    headers: Mapping[str, str]
    findings: Findings
    holds: str
    dialect: str
    ignored: int = 0
    ids: pa.Array | None = field(default=None)
    pipelines: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        """The file."""
        return self.sheet.name

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.sheet.rows)

    def cells(self, meaning: str) -> pa.Array | None:
        """Return the cells of a column; None where the file has no such column."""
        header = self.headers.get(meaning)
        return None if header is None else self.sheet.columns[header]

    def empty(self, *meanings: str) -> NDArray[np.bool_]:
        """Return where the cells of some columns are all empty; columns that the file does not have are."""
        found = np.ones(len(self), bool)
        for cells in map(self.cells, meanings):
            if cells is not None:
                found &= np.asarray(pc.equal(cells, ""))
        return found

    def place_of(self, row: int) -> int:
        """Return the record of a row."""
        return int(np.searchsorted(self.sheet.rows, row))

    def id_of(self, row: int) -> str | None:
        """Return the deal of a row."""
        place = self.place_of(row)
        known = self.ids is not None and place < len(self) and self.sheet.rows[place] == row
        return self.ids[place].as_py() if known and self.ids is not None else None

    def where(self, mask: NDArray[np.bool_], header: str | None = None) -> Where:
        """Return the rows of a finding, each with its deal and, of a column, its cell."""
        cells = self.sheet.columns.get(header) if header is not None else None
        cell = None if cells is None else lambda row: str(cells[self.place_of(row)].as_py())
        return Where(self.sheet.rows[mask], header, self.id_of, cell, self.holds == "deals")

    def told(self) -> FileRead:
        """Return how the file was read."""
        opened = self.sheet.opened
        names = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
        return FileRead(
            file=self.name,
            holds=self.holds,
            dialect=self.dialect,
            encoding=opened.text.encoding,
            delimiter=names[opened.delimiter],
            header_row=opened.header_row,
            rows=len(self) + self.ignored,
            closing_rows=self.sheet.closing_rows,
            ignored=self.ignored,
            columns={meaning: escaped(header) for meaning, header in self.headers.items()},
            unread=[escaped(header) for header in opened.headers if header not in self.sheet.columns],
        )


def ids_of(cells: pa.Array | None, rows: NDArray[np.int64]) -> tuple[pa.Array, NDArray[np.bool_]]:
    """Return what tells records apart, and where the cell is empty.

    That is the cell; the number of the row where there is no such column, ``row 12`` where the cell is empty.
    """
    numbers = pc.cast(pa.array(rows), pa.string())
    if cells is None:
        return numbers, np.ones(len(rows), bool)
    empty = pc.equal(cells, "")
    # A number alone could be the id of another deal.
    return pc.if_else(empty, pc.binary_join_element_wise("row", numbers, " "), cells), np.asarray(empty)


def without_ignored(source: Source, ignore: Mapping[str, Iterable[str]]) -> None:
    """Leave out the rows that the mapping file does not want."""
    sheet = source.sheet
    wanted = np.ones(len(sheet.rows), bool)
    for header, values in ignore.items():
        if header in sheet.columns:
            wanted &= ~np.asarray(pc.is_in(sheet.columns[header], pa.array([*values], pa.string())))
    if wanted.all():
        return
    source.ignored = int(np.count_nonzero(~wanted))
    mask = pa.array(wanted)
    columns = {header: cells.filter(mask) for header, cells in sheet.columns.items()}
    source.sheet = type(sheet)(
        sheet.opened, sheet.rows[wanted], columns, sheet.ragged, sheet.controls, sheet.closing_rows
    )


def check_text(source: Source) -> None:
    """Tell of what no table should hold: control characters, ragged rows, formulas."""
    sheet, name, findings = source.sheet, source.name, source.findings
    if sheet.opened.text.controls_in_all:
        spots = sheet.controls
        where = Where(np.array([spot.row for spot in spots], np.int64), spots[0].column if spots else None)
        count = sheet.opened.text.controls_in_all
        what = f"{plural(count, 'character')} that no text should hold (NUL, control characters, broken UTF-8)"
        findings.add("characters", "E", name, what, "export the file anew, as UTF-8", where=where, count=count)
    if sheet.ragged.count:
        spots = tuple(sheet.ragged.spots)
        where = Where(np.array([spot.row for spot in spots], np.int64), spots[0].column if spots else None)
        what = f"{plural(sheet.ragged.count, 'row')} with more, or fewer, cells than the header has"
        done = "not read; a cell that holds the delimiter must stand in quotation marks"
        of = len(sheet.rows) + sheet.ragged.count
        findings.add("ragged-rows", "E", name, what, done, where=where, count=sheet.ragged.count, of=of)
    for meaning, header in source.headers.items():
        pattern = r"^[=@]" if meaning in _NUMERIC else r"^[=@+-]"
        mask = np.asarray(pc.match_substring_regex(sheet.columns[header], pattern))
        if mask.any():
            what = f"{plural(int(mask.sum()), 'cell')} that a spreadsheet would take for a formula"
            done = "read as text; an apostrophe stands before them wherever they are shown"
            findings.add("formula-cells", "W", name, what, done, where=source.where(mask, header), of=len(source))


_NUMERIC = ("value", "probability", "calls", "successes", "created", "closed")


def read_dates(
    source: Source, columns: Mapping[str, str], order: Order | None, zone: ZoneInfo | None
) -> dict[str, Moments]:
    """Read all date columns of a file, and tell of cells that are none.

    Parameters
    ----------
    columns
        Headers by a key that the result has, too.
    order, zone
        As `read_moments` has them.
    """
    found = read_moments({key: source.sheet.columns[header] for key, header in columns.items()}, order, zone)
    for key, moments in found.items():
        header = columns[key]
        if moments.ambiguous.any():
            count = int(moments.ambiguous.sum())
            what = f"{plural(count, 'date')} in which day and month can be confused"
            where = source.where(moments.ambiguous, header)
            source.findings.add("ambiguous-dates", "E", source.name, what, _DATES, where=where, of=len(source))
        tell_unreadable(source, header, moments.unreadable, "dates", "date")
    zoned = [escaped(columns[key]) for key, moments in found.items() if moments.zoned]
    if zoned and zone is None:
        what = f"times of {', '.join(zoned)} have a zone"
        done = "their days are those of UTC; timezone in the mapping file turns them to local ones"
        source.findings.add("utc-days", "W", source.name, what, done)
    return found


def tell_amounts(source: Source, meaning: str, amounts: Amounts) -> None:
    """Tell of cells of a column that are no numbers, or can be read in two ways."""
    header = source.headers[meaning]
    tell_unreadable(source, header, amounts.unreadable, "numbers", "number")
    if amounts.ambiguous.any():
        count = int(amounts.ambiguous.sum())
        what = f"{plural(count, 'number')} that can be read in two ways"
        done = "decimal in the mapping file says which sign stands before decimals"
        where = source.where(amounts.ambiguous, header)
        source.findings.add("ambiguous-numbers", "E", source.name, what, done, where=where, of=len(source))


def tell_unreadable(source: Source, header: str, mask: NDArray[np.bool_], many: str, one: str) -> None:
    """Tell of cells of a column that cannot be read, if there are any: what stands in them is not shown."""
    count = int(mask.sum())
    if not count:
        return
    grade: Grade = "E" if count > max(1.0, _FEW * len(source)) or count == len(source) else "W"
    what = f"{plural(count, 'cell')} of {escaped(header)} that {'is' if count == 1 else 'are'} no {one}"
    done = f"taken as empty; more than {percent(_FEW, 1)} of the rows are refused"
    where = source.where(mask, header)
    source.findings.add(f"unreadable-{many}", grade, source.name, what, done, where=where, of=len(source))
