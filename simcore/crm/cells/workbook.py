"""From a workbook (.xlsx) to text: one of its sheets as CSV, numbers and dates in forms that can be read in one way.

The only module that knows python-calamine.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import zipfile
from typing import TYPE_CHECKING, Final

from simcore.base.errors import Problem
from simcore.base.text import did_you_mean, printable
from simcore.crm.cells.refused import DataError

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST_BYTES: Final = 256 * 2**20
"""Of all parts of a workbook, unpacked."""
MOST_CELLS: Final = 30_000_000
"""From A1 to the last cell of a sheet: a sheet is held with its empty cells."""
INSTALL: Final = 'pip install "simcore[xlsx]"'
_SHEET: Final = re.compile(r"xl/worksheets/[^/]+\.xml", re.IGNORECASE)
_ROW: Final = re.compile(rb'<(?:\w+:)?row\b[^>]*?\sr="([0-9]+)"')
_WIDE: Final = re.compile(rb'\sr="([A-Z]{2,3})[0-9]')
_AMBIGUOUS: Final = re.compile(r"^-?[0-9]{1,3}\.[0-9]{3}$")


def text_of_workbook(data: bytes, name: str, sheet: str | None = None) -> bytes:
    """Return a sheet of a workbook as CSV in UTF-8, row by row as a spreadsheet counts them.

    Parameters
    ----------
    data
        The file.
    name
        What it is called in messages.
    sheet
        Which sheet; without it the only one that holds something.

    Raises
    ------
    DataError
        If it is no workbook or a damaged or a locked one, if it is too large, if several sheets hold something and
        none is named, or if what reads workbooks is not installed.
    """
    _check(data, name)
    try:
        from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum  # noqa: PLC0415
    except ImportError:
        hint = f"{INSTALL} reads it; or save it as CSV (UTF-8)"
        problem = Problem("is a workbook, which one more package reads", file=name, hint=hint)
        raise DataError((problem,)) from None
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
            shown = [
                each.name
                for each in book.sheets_metadata
                if each.typ == SheetTypeEnum.WorkSheet and each.visible == SheetVisibleEnum.Visible
            ]
            rows = {each: book.get_sheet_by_name(each).to_python(skip_empty_area=False) for each in shown}
    except CalamineError as error:
        hint = "save it as CSV (UTF-8)"
        told = printable(str(error)).rstrip(".") or "damaged"
        raise DataError((Problem(f"is a workbook that cannot be read: {told}", file=name, hint=hint),)) from None
    return _csv(rows[_chosen([each for each in shown if rows[each]], name, sheet)])


def _check(data: bytes, name: str) -> None:
    """Refuse what is no workbook, and one that would take too much memory; nothing is unpacked for good."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            parts = packed.infolist()
            if "xl/workbook.xml" not in {part.filename for part in parts}:
                hint = "save it as .xlsx or as CSV (UTF-8), or pack it with gzip"
                raise DataError((Problem("is a packed file, and no workbook (.xlsx)", file=name, hint=hint),))
            size = sum(part.file_size for part in parts)
            if size > MOST_BYTES:
                raise _too_large(name, f"{size / 2**20:,.0f} MB unpacked", f"{MOST_BYTES >> 20} MB")
            for part in parts:
                if _SHEET.fullmatch(part.filename):
                    cells = _cells(packed.read(part))
                    if cells > MOST_CELLS:
                        raise _too_large(name, f"a sheet of {cells:,} cells", f"{MOST_CELLS:,} cells")
    except (zipfile.BadZipFile, zipfile.LargeZipFile, EOFError, OSError, NotImplementedError, RuntimeError) as error:
        told = printable(str(error)).rstrip(".")
        raise DataError((Problem(f"is packed, and damaged: {told}", file=name),)) from None


def _too_large(name: str, value: str, allowed: str) -> DataError:
    hint = "delete what is not needed, or save the sheet as CSV (UTF-8)"
    return DataError((Problem("is too large to be read", file=name, value=value, allowed=allowed, hint=hint),))


def _cells(sheet: bytes) -> int:
    """Return how many cells lie between A1 and the last one of a sheet, as far as rows and columns are named."""
    rows = max((int(found[1]) for found in _ROW.finditer(sheet)), default=1)
    columns = {found[1] for found in _WIDE.finditer(sheet)}
    return rows * max((_number(each) for each in columns), default=26)


def _number(letters: bytes) -> int:
    """Return the number of a column.

    Examples
    --------
    >>> _number(b"A"), _number(b"AA"), _number(b"XFD")
    (1, 27, 16384)
    """
    number = 0
    for letter in letters:
        number = 26 * number + letter - ord("A") + 1
    return number


def _chosen(filled: list[str], name: str, sheet: str | None) -> str:
    """Return the sheet that is to be read."""
    allowed = ", ".join(printable(each) for each in filled) or "no sheet holds anything"
    if sheet is not None:
        if sheet in filled:
            return sheet
        hint = did_you_mean(sheet, filled)
        raise DataError((Problem("has no such sheet", file=name, value=printable(sheet), allowed=allowed, hint=hint),))
    if len(filled) == 1:
        return filled[0]
    if not filled:
        raise DataError((Problem("is empty", file=name),))
    hint = "name one in the mapping file, as in sheets: {deals: " + printable(filled[0]) + "}"
    raise DataError((Problem("has several sheets", file=name, value=allowed, hint=hint),))


def _csv(rows: Iterable[Iterable[object]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerows([_cell(value) for value in row] for row in rows)
    return text.getvalue().encode("utf-8", "replace")


def _cell(value: object) -> str:
    """Return a cell as text.

    Examples
    --------
    >>> [_cell(value) for value in (1250000.0, 0.5, 1.234, True, dt.date(2026, 9, 30), "  x")]
    ['1250000', '0.5', '1.2340', 'true', '2026-09-30', '  x']
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return _number_text(value)
    if isinstance(value, dt.datetime):
        rounded = value + dt.timedelta(microseconds=500_000)
        midnight = not (rounded.hour or rounded.minute or rounded.second)
        return f"{rounded:%Y-%m-%d}" if midnight else f"{rounded:%Y-%m-%d %H:%M:%S}"
    return value.isoformat() if isinstance(value, dt.date) else str(value)


def _number_text(value: float) -> str:
    """Return a number with a point and no separators; never one that could be thousands."""
    if value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    text = repr(value) if "e" not in repr(value) else f"{value:.12f}".rstrip("0")
    return f"{text}0" if _AMBIGUOUS.match(text) else text
