"""Tables of figures: rows that keys tell apart, and cells that know their unit, their error and their interval."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from simcore.statistics.estimate import Estimate

MONEY = "money"
"""Units of the currency of the scenario; a table says its code, such as ``EUR``."""
MONEY_SQUARED = "money^2"
SHARE = "share"
"""A part of one: 0.25 is 25 %."""
COUNT = "count"
"""So many of what the figure is named after."""
WEEKS = "weeks"
RATIO = "ratio"
"""A number without a unit, such as a quotient or a power."""
LABEL = ""
"""The unit of words, and of numbers that only identify something, such as a seed."""
YES, NO = "yes", "no"
"""What is or is not so, as a text."""
Key = str | int | float
"""What tells rows apart: a stage, a horizon, the value of a path."""


class Cell(NamedTuple):
    """A figure; or words, where `text` is not ``None``. All ``None``: not defined here.

    Attributes
    ----------
    unit
        ``share``, ``count``, ``weeks``, ``ratio``, the code of a currency and so on; empty for words.
    low, high
        Ends of its interval, at 95 % where the table says nothing else.
    estimated
        Whether replications tell it, so that its digits are those that its error supports.
    """

    value: float | None = None
    unit: str = LABEL
    standard_error: float | None = None
    low: float | None = None
    high: float | None = None
    text: str | None = None
    estimated: bool = False


def cell_of(figure: Estimate | None, unit: str) -> Cell:
    """Return an estimate as a cell."""
    return Cell() if figure is None else Cell(figure.estimate, unit, figure.se, figure.low, figure.high, estimated=True)


class Row(NamedTuple):
    """A row: its keys, and a cell for each figure of the table."""

    keys: tuple[Key, ...]
    cells: tuple[Cell, ...]


class Table(NamedTuple):
    """A table of an answer.

    Attributes
    ----------
    name
        What it is called in a file; unique among the tables of an answer.
    title
        What it is called on a page.
    keys, figures
        Names of what tells rows apart, and of the figures of each row: letters, digits, ``_`` and ``.`` only, but for
        the paths of a sweep.
    """

    name: str
    title: str
    keys: tuple[str, ...]
    figures: tuple[str, ...]
    rows: tuple[Row, ...]


def joined(several: Iterable[list[Table]]) -> list[Table]:
    """Return the tables of several answers to one question as one list: rows of tables with the same name together.

    Examples
    --------
    >>> one = Table("quota", "Quota", ("metric",), ("chance",), (Row(("a",), (Cell(0.5, SHARE),)),))
    >>> [len(table.rows) for table in joined([[one], [one]])]
    [2]
    """
    found: dict[str, Table] = {}
    for tables in several:
        for table in tables:
            before = found.get(table.name)
            found[table.name] = table if before is None else before._replace(rows=before.rows + table.rows)
    return list(found.values())
