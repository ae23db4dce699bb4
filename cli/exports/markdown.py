"""Tables as Markdown, as GitHub shows it: figures as on the screen, each with its error."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from simcore.answers.numbers import NONE, count, in_line, significant
from simcore.base.text import printable
from simcore.statistics.estimate import Estimate
from simcore.tables.about import ABOUT, INTERRUPTED, SENTENCE
from simcore.tables.table import COUNT, LABEL, RATIO, SHARE, YES, Cell

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from simcore.tables.table import Key, Table

_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_SPECIAL = re.compile(r"[\\`*_{}\[\]()#!|~$^=+\-.:@/]")
_QUIET = frozenset(" .-:/()+=")
"""Signs that mean something only at certain places, which `escaped` knows."""
_HEADINGS = {
    "p_zero": "P(no win)",
    "p_hit": "P(quota), rep",
    "p_hit_team": "P(quota), team",
    "p_quota": "P(quota), rep",
    "p_quota_team": "P(quota), team",
    "z": "distance in errors",
}
_HIDDEN_UNITS = frozenset({LABEL, COUNT, RATIO})
"""Units that the name of a figure tells already."""
_MOST_ROWS = 4
"""A table of so few rows and more figures has its figures down the page."""
_MORE = 2


def markdown_of(title: str, tables: Sequence[Table]) -> str:
    """Return an answer as Markdown: a heading, what it says in words, and every table that has rows.

    Columns in which nothing is defined are left out; what was asked, and of what, comes last.
    """
    parts = [f"### {escaped(title)}"]
    if _is_interrupted(tables):
        parts.append("**Interrupted: these are the figures of what was done until then.**")
    parts += _words(tables)
    for table in sorted(tables, key=lambda each: each.name == ABOUT):
        lines = list(_table(table))
        if lines:
            parts += [f"**{escaped(table.title)}**", "\n".join(lines)]
    parts += [_note(cell for table in tables for row in table.rows for cell in row.cells)]
    return "\n\n".join(filter(None, parts)) + "\n"


def _is_interrupted(tables: Iterable[Table]) -> bool:
    """Return whether an answer says of itself that it was stopped."""
    return any(
        name == INTERRUPTED and cell.text == YES
        for table in tables
        if table.name == ABOUT
        for row in table.rows
        for name, cell in zip(table.figures, row.cells, strict=True)
    )


def _note(cells: Iterable[Cell]) -> str:
    """Return what stands behind figures; empty where no figure has an error or an interval."""
    there = list(cells)
    said = []
    if any(cell.standard_error for cell in there):
        said.append("± is one Monte Carlo standard error.")
    if any(cell.estimated and cell.standard_error is None and cell.low is not None for cell in there):
        said.append("What never varied has a bound in its place (95 %).")
    if any(not cell.estimated and cell.low is not None for cell in there):
        said.append("A range in brackets is an interval (95 %).")
    return " ".join(said)


def _words(tables: Iterable[Table]) -> list[str]:
    """Return the sentences of an answer, a paragraph each."""
    found = [
        cell.text
        for table in tables
        for row in table.rows
        for name, cell in zip(table.figures, row.cells, strict=True)
        if name == SENTENCE
    ]
    return [escaped(text) for text in found if text is not None]


def _table(table: Table) -> Iterable[str]:
    """Return the lines of a table without its sentences; none if nothing is left."""
    kept = [
        place
        for place, name in enumerate(table.figures)
        if name != SENTENCE and any(row.cells[place] != Cell() for row in table.rows)
    ]
    if not table.rows or not kept:
        return []
    units = {place: _unit(row.cells[place] for row in table.rows) for place in kept}
    heads = [_heading(table.figures[place], units[place]) for place in kept]
    body = [[_cell(row.cells[place], units[place]) for place in kept] for row in table.rows]
    used = [place for place in range(len(table.keys)) if any(row.keys[place] != "" for row in table.rows)]
    keys = [_heading(table.keys[place], LABEL) for place in used]
    names = [[_key(row.keys[place]) for place in used] for row in table.rows]
    if len(table.rows) <= _MOST_ROWS and len(kept) > len(table.rows) + _MORE:
        across = [" / ".join(each) for each in names]
        sides = [[head, *(row[place] for row in body)] for place, head in enumerate(heads)]
        return _lines([" / ".join(keys), *across], sides, {0})
    texts = {
        len(keys) + column for column, place in enumerate(kept) if _is_text(row.cells[place] for row in table.rows)
    }
    lines = [[*name, *row] for name, row in zip(names, body, strict=True)]
    return _lines([*keys, *heads], lines, {*range(len(keys)), *texts})


def _lines(heads: Sequence[str], rows: Iterable[Sequence[str]], left: Collection[int]) -> list[str]:
    marks = [":--" if place in left else "--:" for place in range(len(heads))]
    return [f"| {' | '.join(cells)} |" for cells in (heads, marks, *rows)]


def _is_text(cells: Iterable[Cell]) -> bool:
    return all(cell.value is None for cell in cells)


def _unit(cells: Iterable[Cell]) -> str | None:
    """Return the unit that all figures of a column have; ``None`` if they differ."""
    found = {cell.unit for cell in cells if cell.value is not None}
    return found.pop() if len(found) == 1 else None if found else LABEL


def _heading(name: str, unit: str | None) -> str:
    shown = " ".join(_HEADINGS.get(part, part.replace("_", " ")) for part in name.split("."))
    told = unit is None or unit in _HIDDEN_UNITS or unit in shown.split()
    return escaped(shown if told else f"{shown}, {'%' if unit == SHARE else unit}")


def _key(key: Key) -> str:
    return escaped(key if isinstance(key, str) else _number(key))


def _cell(cell: Cell, unit: str | None) -> str:
    """Return a figure with its error, or words; the unit after it where the column has several."""
    if cell.text is not None:
        return escaped(cell.text)
    if cell.value is None:
        return NONE
    scale = 100.0 if cell.unit == SHARE else 1.0
    own = "" if unit is not None or cell.unit in _HIDDEN_UNITS else f" {'%' if cell.unit == SHARE else cell.unit}"
    if cell.estimated:
        figure = Estimate(estimate=cell.value, se=cell.standard_error, low=cell.low, high=cell.high)
        return escaped(in_line(figure, scale, own))
    text = _number(cell.value, scale)
    if cell.low is not None or cell.high is not None:
        ends = [NONE if end is None else _number(end, scale) for end in (cell.low, cell.high)]
        text += f" ({ends[0]} to {ends[1]})"
    return escaped(text + own)


def _number(value: float, scale: float = 1.0) -> str:
    return count(value) if isinstance(value, int) and scale == 1.0 else significant(value * scale)


def escaped(text: str) -> str:
    r"""Return a text on one line that Markdown shows as it is: no markup, no link, no HTML, no end of a cell.

    Examples
    --------
    >>> escaped("a|b `c` <script> 5 * 3 snake_case"), escaped("-5.2 ± 0.1"), escaped("[x](http://y)")
    ('a\\|b \\`c\\` &lt;script&gt; 5 \\* 3 snake\\_case', '-5.2 ± 0.1', '\\[x\\](http\\://y)')
    """
    found = []
    shown = printable(text)
    for place, sign in enumerate(shown):
        if sign in _ENTITIES:
            found.append(_ENTITIES[sign])
        elif _SPECIAL.fullmatch(sign) and (sign not in _QUIET or _means_something(shown, place)):
            found.append(f"\\{sign}")
        else:
            found.append(sign)
    return "".join(found)


def _means_something(text: str, place: int) -> bool:
    """Return whether a quiet sign would be markup: a bullet, a number of a list, a rule, an address."""
    sign, before, after = text[place], text[:place], text[place + 1 :]
    if sign == ":":
        return after.startswith("//")
    if sign == ".":
        return (before.isdigit() and after[:1] in ("", " ")) or before.lower().endswith("www")
    if sign in "-+=":
        return not before and not after[:1].isdigit()
    return sign == ")" and before.isdigit()
