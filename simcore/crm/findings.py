"""What is wrong with an export: findings, each with its grade, its count, three examples by row, and what was done."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
from pydantic import Field

from simcore.base.document import Document
from simcore.base.text import brief

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray

Grade = Literal["E", "W"]
"""E: nothing can be fitted before it is mended. W: told, and dealt with as said."""
EXAMPLES = 3
"""Rows that are shown of each finding."""
_RISKY = ("=", "+", "-", "@", "\t", "\r")


class Example(Document):
    """A row for which a finding holds."""

    row: int = Field(description="From 1, as a spreadsheet counts.")
    column: str | None = Field(description="The header of the cell; null for the whole row.")
    id: str | None = Field(description="The deal; null where the row is none, or says none.")
    shape: str | None = Field(description="What the cell looks like: 9 for a digit, a for a letter; null for a row.")
    cell: str | None = Field(description="What stands in it; with names only.")
    name: str | None = Field(description="The account or the deal's name; with names only.")


class Finding(Document):
    """One thing that is wrong with the files, or worth knowing."""

    check: str = Field(description="Which check.")
    grade: Grade = Field(description="E: refused until it is mended; W: a warning.")
    file: str = Field(description="The file that it is about.")
    count: int = Field(description="Rows, deals or cells for which it holds; 1 for a whole file.")
    of: int | None = Field(description="Of so many; null where that says nothing.")
    what: str = Field(description="What was found, a sentence.")
    done: str = Field(description="What was done about it, or what can be.")
    examples: list[Example] = Field(description="Up to three, in the order of the file.")


class Where(NamedTuple):
    """The rows for which a finding holds."""

    rows: NDArray[np.int64]
    """In the order of the file."""
    column: str | None = None
    ids: Callable[[int], str | None] | None = None
    """Returns the deal of a row."""
    cell: Callable[[int], str | None] | None = None
    """Returns what stands in the cell, by the row."""


class Findings:
    """Collects findings.

    Parameters
    ----------
    name_of
        Returns the name of an account by the row of a file of deals, where names are asked for; else None.
    """

    def __init__(self, name_of: Callable[[int], str | None] | None = None) -> None:
        self.found: list[Finding] = []
        self.name_of = name_of
        self.with_names = name_of is not None

    def add(
        self,
        check: str,
        grade: Grade,
        file: str,
        what: str,
        done: str,
        *,
        where: Where | None = None,
        count: int | None = None,
        of: int | None = None,
    ) -> None:
        """Add a finding; its count is that of its rows where it is not said."""
        shown = [] if where is None else [self._example(int(row), where) for row in where.rows[:EXAMPLES]]
        rows = 1 if where is None else len(where.rows)
        number = rows if count is None else count
        self.found.append(
            Finding(check=check, grade=grade, file=file, count=number, of=of, what=what, done=done, examples=shown)
        )

    def _example(self, row: int, where: Where) -> Example:
        text = None if where.cell is None else where.cell(row)
        name = self.name_of(row) if self.name_of is not None and where.ids is not None else None
        return Example(
            row=row,
            column=None if where.column is None else escaped(where.column),
            id=None if where.ids is None else _escaped(where.ids(row)),
            shape=None if text is None else shape_of(text),
            cell=_escaped(text) if self.with_names else None,
            name=_escaped(name),
        )


def _escaped(text: str | None) -> str | None:
    return None if text is None else escaped(text)


def escaped(text: str) -> str:
    """Return a cell so that no spreadsheet takes it for a formula, short and without control characters.

    Examples
    --------
    >>> escaped("=1+1"), escaped("Acme")
    ("'=1+1", 'Acme')
    """
    shown = brief(text)
    return f"'{shown}" if shown.startswith(_RISKY) or text.startswith(_RISKY) else shown


def shape_of(text: str) -> str:
    """Return what a cell looks like without what it says.

    Examples
    --------
    >>> shape_of("31/12/2026 5 pm"), shape_of("Müller & Co")
    ('99/99/9999 9 aa', 'aaaaaa & aa')
    """
    return re.sub(r"[^\W\d_]", "a", re.sub(r"\d", "9", brief(text, 40)))


def plural(count: int, noun: str, many: str = "") -> str:
    """Return a number and its noun.

    Examples
    --------
    >>> plural(1, "deal"), plural(2000, "deal"), plural(2, "entry", "entries")
    ('1 deal', '2,000 deals', '2 entries')
    """
    return f"{count:,} {noun if count == 1 else many or noun + 's'}"


def percent(count: float, of: float) -> str:
    """Return a share in per cent, with a digit where it is small.

    Examples
    --------
    >>> percent(1, 3), percent(1, 300), percent(0, 0)
    ('33 %', '0.3 %', '0 %')
    """
    share = 100.0 * count / of if of else 0.0
    return f"{share:.0f} %" if share >= 10.0 or share == 0.0 else f"{share:.1f} %"


def in_order(rows: Iterable[int]) -> NDArray[np.int64]:
    """Return rows as an array, in the order of the file."""
    return np.unique(np.fromiter(rows, np.int64))
