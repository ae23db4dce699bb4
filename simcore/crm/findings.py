"""What is wrong with an export: findings, each with its grade, its count, three examples by row, and what was done."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal, NamedTuple

from pydantic import Field

from simcore.base.document import Document
from simcore.base.errors import Problem, ScenarioError
from simcore.base.text import brief

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import numpy as np
    from numpy.typing import NDArray

Grade = Literal["E", "W"]
"""E: nothing can be fitted before it is mended. W: told, and dealt with as said."""
EXAMPLES = 3
"""Rows that are shown of each finding."""
_RISKY = ("=", "+", "-", "@", "\t", "\r")


CHECKS: dict[str, str] = {
    "characters": "NUL, control characters and broken UTF-8, in any column",
    "ragged-rows": "rows with more, or fewer, cells than the header",
    "formula-cells": "cells that begin with = + - @, which a spreadsheet would run",
    "missing-columns": "a column without which something cannot be fitted",
    "missing-ids": "deals that nothing tells apart but their rows",
    "duplicate-ids": "an id in several rows, with different facts",
    "identical-rows": "rows that say the same",
    "ambiguous-dates": "dates such as 1/2/2026, where no date of the file says which comes first",
    "unreadable-dates": "cells that are no date",
    "utc-days": "times that have a zone, where the mapping file names none",
    "ambiguous-numbers": "numbers such as 1.234, where no cell of the column says what the sign parts",
    "unreadable-numbers": "cells that are no number",
    "unreadable-currencies": "cells that are no currency",
    "unknown-outcomes": "words that say neither open nor won nor lost, or neither yes nor no",
    "no-outcome": "nothing says what has become of the deals",
    "missing-days": "deals without a day of creation, or closed without a day",
    "time-travel": "events before the creation, after the end, or after the as-of day",
    "lone-last-day": "a last event that comes more than 90 days after the one before it",
    "no-history": "only the stage of today is known",
    "unknown-deals": "rows of a history whose deal is not among the deals",
    "without-history": "more than 2 % of the deals of which the history says nothing",
    "stages-on-one-day": "a history that says days only, and puts stages of a deal on one of them",
    "stages-skipped": "deals that passed over a stage which most go through",
    "moved-back": "deals that entered a stage again",
    "reopened": "deals that were won or lost and came back",
    "won-past-the-funnel": "more than 2 % of the wins that never were in the last stage before a win",
    "lost-between-steps": "more than 2 % of the open deals that are elsewhere than their history ends",
    "ended-and-open": "open deals whose history ends with a win or a loss",
    "no-losses": "ten wins or more, and not one loss",
    "jump-of-losses": "the share of losses jumps at a day",
    "long-open": "more than 5 % of the open deals are older than 99 % of the closed ones became",
    "bulk-closing": "more than 20 deals closed by one owner in one minute",
    "same-day-wins": "more than 30 % of the wins on the day of their creation",
    "missing-values": "open and won deals without a value",
    "values-not-positive": "open and won deals worth 0 or less",
    "large-deal": "one deal worth more than 20 % of all that was won",
    "currencies": "more than one currency",
    "unknown-owners": "deals without an owner",
    "owner-changes": "deals that got another owner",
    "integration-user": "an owner that looks like a program",
    "pipelines": "several pipelines in one file",
    "last-quarter": "wins of the last 13 weeks outside what the weeks before allow (99 %)",
    "few-wins": "fewer than 30 wins; E below 10",
    "few-weeks": "fewer than 20 weeks of history",
    "calls-unjoined": "calls that join less than 90 % of the deals",
    "more-successes-than-calls": "rows of calls with more successes than calls",
}
"""What is looked for, by the name of its check."""
LOUD = frozenset(("no-losses", "jump-of-losses", "last-quarter"))
"""Warnings that stand before all others: what is fitted on such a history does not hold for what comes."""


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
    of_deals: bool = False
    """Whether the rows are those of the file of deals, which has the names."""


class StageWord(Document):
    """A stage as the file of deals names it, and what it was taken for."""

    name: str
    taken_for: str = Field(description="`won`, `lost`, or the stage of the scenario.")
    deals: int = Field(description="That are in it.")


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
        """Add a finding of one of `CHECKS`; its count is that of its rows where it is not said."""
        if check not in CHECKS:
            message = f"no such check: {check}"
            raise ValueError(message)
        shown = [] if where is None else [self._example(int(row), where) for row in where.rows[:EXAMPLES]]
        rows = 1 if where is None else len(where.rows)
        number = rows if count is None else count
        self.found.append(
            Finding(check=check, grade=grade, file=file, count=number, of=of, what=what, done=done, examples=shown)
        )

    def _example(self, row: int, where: Where) -> Example:
        text = None if where.cell is None else where.cell(row)
        name = self.name_of(row) if self.name_of is not None and where.of_deals else None
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


def refuse_unusable(findings: Iterable[Finding]) -> None:
    """Raise what has to be mended first.

    Raises
    ------
    ScenarioError
        If there is a finding of grade E.
    """
    problems = [
        Problem(_with_place(each), each.check, each.file, hint=each.done) for each in findings if each.grade == "E"
    ]
    if problems:
        raise ScenarioError(tuple(problems))


def _with_place(finding: Finding) -> str:
    """Return what was found, with the row and the column of the first example."""
    if not finding.examples:
        return finding.what
    first = finding.examples[0]
    column = "" if first.column is None else f", column {first.column}"
    return f"{finding.what}: row {first.row}{column}"


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
