"""Tables in long form, a line for each figure, and as CSV: for spreadsheets, pandas, R and databases.

What is written is safe to open in a spreadsheet: no text of a scenario can become a formula there.
"""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING

from simcore.base.text import printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from simcore.tables.table import Key, Row, Table

TABLE = "table"
FIGURE = ("figure", "unit", "value", "standard_error", "low", "high", "text")
"""The columns after those of the keys."""
RESERVED = frozenset({TABLE, *FIGURE})
"""Names that no key may have."""
_FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""How what a spreadsheet takes for a formula begins; some also take the full-width forms."""
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?%?", re.ASCII)
_GUARD = "'"
"""What a spreadsheet takes for "this is text"."""


def columns(tables: Sequence[Table]) -> tuple[str, ...]:
    """Return the columns of the long form: the table, every key of any table, and `FIGURE`.

    Examples
    --------
    >>> from simcore.tables.table import Table
    >>> columns([Table("funnel", "Funnel", ("stage",), ("per_rep_week",), ())])
    ('table', 'stage', 'figure', 'unit', 'value', 'standard_error', 'low', 'high', 'text')
    """
    keys = dict.fromkeys(key for table in tables for key in table.keys)
    return (TABLE, *keys, *FIGURE)


def lines(tables: Sequence[Table]) -> Iterator[dict[str, Key | None]]:
    """Yield a line for each figure of each row, by column; ``None`` where a column says nothing of it.

    Examples
    --------
    >>> from simcore.tables.table import SHARE, Cell, Row, Table
    >>> quota = Table("quota", "Quota", ("period",), ("p_hit",), (Row(("month",), (Cell(0.5, SHARE, 0.1),)),))
    >>> [(line["period"], line["figure"], line["value"], line["low"]) for line in lines([quota])]
    [('month', 'p_hit', 0.5, None)]
    """
    empty: dict[str, Key | None] = dict.fromkeys(columns(tables))
    for table in tables:
        for row in table.rows:
            keys = dict(zip(table.keys, row.keys, strict=True))
            for figure, line in _figures(table, row):
                yield {**empty, TABLE: table.name, **keys, "figure": figure, **line}


def _figures(table: Table, row: Row) -> Iterator[tuple[str, dict[str, Key | None]]]:
    for figure, cell in zip(table.figures, row.cells, strict=True):
        yield figure, {name: value for name, value in cell._asdict().items() if name in FIGURE}


def csv_of(tables: Sequence[Table]) -> str:
    """Return tables as CSV: a line of headings, then a line for each figure.

    As RFC 4180 says, but that lines end in a line feed alone. Numbers have all their digits.
    """
    text = io.StringIO()
    names = columns(tables)
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([_safe(name) for name in names])
    for line in lines(tables):
        writer.writerow([_written(line[name]) for name in names])
    return text.getvalue()


def _written(value: Key | None) -> str:
    if value is None:
        return ""
    return _safe(value) if isinstance(value, str) else repr(value)


def _safe(text: str) -> str:
    r"""Return a text on one line that no spreadsheet takes for a formula; a number stays one.

    Examples
    --------
    >>> _safe("=1+2"), _safe("-0.5"), _safe("-2+3"), _safe("\t@SUM(A1)")
    ("'=1+2", '-0.5', "'-2+3", "'@SUM(A1)")
    """
    shown = printable(text)
    return _GUARD + shown if shown.startswith(_FORMULA) and not _NUMBER.fullmatch(shown) else shown
