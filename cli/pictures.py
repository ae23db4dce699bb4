"""Pictures in characters: `simcore.answers.answer.Picture` drawn as wide as the page, in signs that its encoding knows.

A row has a label, the drawing and the figure as text. Names give way where there is too little room; no figure is cut.
"""

from __future__ import annotations

from math import log10
from typing import TYPE_CHECKING, NamedTuple

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from simcore.base.text import printable
from simcore.cli.plain import knows, spelt
from simcore.cli.tables import GLUE, Paragraph, as_it_is

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from simcore.answers.answer import Mark, Picture, PictureRow

_LABEL = 24
"""No label takes more columns than this, or than a third of the page."""
_LEAST = 8
"""A drawing has at least so many columns."""
_OPEN = 0.1
"""How far beyond all figures an interval without an end goes, as a part of the axis."""
_MAP: dict[Mark, str] = {"ahead": "+", "behind": "-", "tied": ".", "unknown": "?", "explodes": "!", "missing": " "}


class Signs(NamedTuple):
    """What a picture is drawn with."""

    block: str
    eighths: str
    """Blocks of 0 to 7 eighths of a column."""
    axis: str
    line: str
    crossing: str
    left: str
    right: str
    point: str
    hollow: str
    before: str
    beyond: str
    parts: str
    ellipsis: str


BLOCKS = Signs("█", " ▏▎▍▌▋▊▉", "│", "─", "┼", "├", "┤", "●", "○", "◄", "►", "░█▓▒+", "…")
ASCII = Signs("#", " " * 8, "|", "-", "+", "[", "]", "*", "o", "<", ">", ".#=~+", "...")


def signs_of(encoding: str) -> Signs:
    """Return signs that an encoding knows.

    Examples
    --------
    >>> signs_of("utf-8").block, signs_of("ascii").block, signs_of("latin-1").block
    ('█', '#', '#')
    """
    return BLOCKS if knows(encoding, "".join(BLOCKS)) else ASCII


def bar(size: float, zero: int, signs: Signs = BLOCKS) -> str:
    """Return a bar of ``size`` columns from an axis that stands after ``zero`` columns; eighths to the right only.

    Examples
    --------
    >>> bar(1.5, 2), bar(-2.0, 2), bar(1.5, 0, ASCII)
    ('  │█▌', '██│', '|##')
    """
    if size < 0.0:
        return (signs.block * min(zero, round(-size))).rjust(zero) + signs.axis
    if not signs.eighths.strip():
        return " " * zero + signs.axis + signs.block * round(size)
    whole, part = divmod(round(8.0 * size), 8)
    return " " * zero + signs.axis + signs.block * whole + (signs.eighths[part] if part else "")


def stacked_bar(parts: Iterable[tuple[str, float]], width: int) -> str:
    """Return a bar of ``width`` columns, divided in proportion to the parts: a mark and a size of 0 or more each.

    Examples
    --------
    >>> stacked_bar([("░", 1.0), ("█", 3.0)], 8), stacked_bar([("░", 0.0)], 8)
    ('░░██████', '')
    """
    parts = list(parts)
    whole = sum(size for _, size in parts) or 1.0
    text, reached = "", 0.0
    for mark, size in parts:
        reached += size
        text += mark * (round(width * reached / whole) - len(text))
    return text


def cut(text: str, columns: int, ellipsis: str = "…") -> str:
    """Return a name that takes no more columns, with an ellipsis if something of it is left out.

    Examples
    --------
    >>> cut("Trust the process", 10), cut("日本日本", 5), cut("short", 10)
    ('Trust the…', '日本…', 'short')
    """
    if cell_len(text) <= columns:
        return text
    kept = ""
    for character in text:
        if cell_len(kept + character) > columns - cell_len(ellipsis):
            break
        kept += character
    return kept.rstrip() + ellipsis


class Drawing:
    """A picture in as many columns as the page has.

    Parameters
    ----------
    picture
        What is drawn.
    rows
        Most rows that are drawn, three at least; all if not given. What is left out is said.
    """

    def __init__(self, picture: Picture, rows: int | None = None) -> None:
        self._picture = picture
        self._rows = picture.rows if rows is None else picture.shortened(rows)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield title, rows and how they are read."""
        picture, width = self._picture, options.max_width
        yield Paragraph(printable(picture.title), style="bold", hard=True)
        signs = signs_of(options.encoding)
        if picture.kind == "shares":
            parts = [f"{sign}{GLUE}{_glued(name)}" for sign, name in zip(signs.parts, picture.parts, strict=False)]
            yield Paragraph(f"{GLUE} ".join(parts))
        draw = _map if picture.kind == "map" else _lines
        lines = draw(picture, self._rows, width, options.encoding)
        yield as_it_is(Text("\n".join(lines)))
        legend = [f"{_MAP[mark]} {printable(words)}" for mark, words in picture.legend]
        if legend:
            yield Paragraph("; ".join(legend), hard=True)
        left = len(picture.rows) - len(self._rows)
        note = " ".join(part for part in (picture.note, f"{left} more: --details." if left else "") if part)
        if note:
            yield Paragraph(printable(note), style="dim", hard=True)


def _glued(name: str) -> str:
    """Return a name that stays on one line."""
    return printable(name).replace(" ", GLUE)


class Axis(NamedTuple):
    """Where values stand on a number of columns."""

    least: float
    most: float
    columns: int
    log: bool = False

    def place(self, value: float) -> float:
        """Return how many columns a value is from the left; below 0 or beyond the last where it is off the axis."""
        least, most, value = (self._scaled(each) for each in (self.least, self.most, value))
        return (value - least) / ((most - least) or 1.0) * (self.columns - 1)

    def column(self, value: float) -> int:
        """Return the column of a value, the first or the last where it is off the axis."""
        return min(self.columns - 1, max(0, round(self.place(value))))

    def _scaled(self, value: float) -> float:
        return log10(max(value, 1e-300)) if self.log else value


def _lines(picture: Picture, rows: Sequence[PictureRow], width: int, encoding: str) -> list[str]:
    signs = signs_of(encoding)
    names = [spelt(printable(row.label), encoding) for row in rows]
    room = min(_LABEL, width // 3)
    labels = [cut(name, room, signs.ellipsis) for name in names]
    left = max(map(cell_len, labels), default=0)
    shown = [spelt(printable(row.shown), encoding) for row in rows]
    right = max(map(cell_len, shown), default=0)
    columns = max(_LEAST, width - left - right - (4 if right else 2))
    drawn = _drawn(picture, rows, columns, signs)
    lines = []
    for label, text, figure in zip(labels, drawn, shown, strict=True):
        line = f"{label}{' ' * (left - cell_len(label))}  {text.ljust(columns)}"
        lines.append(f"{line}  {' ' * (right - cell_len(figure))}{figure}".rstrip())
    return lines


def _map(picture: Picture, rows: Sequence[PictureRow], width: int, encoding: str) -> list[str]:
    """Return a sign a cell, the last row on top, above the values of the columns."""
    labels = [spelt(printable(row.label), encoding) for row in rows]
    margin = max(map(cell_len, labels), default=0) + 2
    heads = [spelt(printable(head), encoding) for head in picture.columns]
    step = max(1, min(max(map(len, heads), default=0) + 1, (width - margin) // max(1, len(heads))))
    lines = [
        f"{' ' * (margin - 2 - cell_len(label))}{label}  "
        + "".join(f"{_MAP[mark]:<{step}}" for mark in row.marks).rstrip()
        for label, row in zip(reversed(labels), reversed(rows), strict=True)
    ]
    return [*lines, " " * margin + _heads(heads, step)]


def _heads(labels: Sequence[str], step: int) -> str:
    """Return the labels of columns, as many as fit without touching, the first and the last if possible."""
    line, last = labels[0], labels[-1]
    end = step * (len(labels) - 1) if step > len(last) else max(step * len(labels) - len(last), len(line) + 1)
    for number, label in enumerate(labels[1:-1], 1):
        place = number * step
        if len(line) < place and place + len(label) < end:
            line = f"{line:<{place}}{label}"
    return f"{line:<{end}}{last}" if len(labels) > 1 else line


def _drawn(picture: Picture, rows: Sequence[PictureRow], columns: int, signs: Signs) -> list[str]:
    """Return the drawing of each row."""
    if picture.kind == "shares":
        return [stacked_bar(zip(signs.parts, row.parts, strict=False), columns) for row in rows]
    if picture.kind == "bars":
        return _bars(picture, rows, columns, signs)
    axis = _axis(picture, columns)
    draw = _span if picture.kind == "spans" else _interval
    return [draw(row, picture.mark, axis, signs) for row in rows]


def _axis(picture: Picture, columns: int) -> Axis:
    """Return the axis on which all rows of a picture stand, those too that are not drawn."""
    values = [end for row in picture.rows for end in (row.value, row.low, row.high) if end is not None]
    if picture.mark is not None:
        values.append(picture.mark)
    if picture.log:
        values = [value for value in values if value > 0.0]
    least = min(values, default=0.0) if picture.least is None else picture.least
    most = max(values, default=1.0) if picture.most is None else picture.most
    # An interval without an end goes on to the end of the axis, which is beyond every figure then.
    room = _OPEN * (most - least) if picture.kind == "intervals" and not picture.log else 0.0
    if any(row.low is None and row.high is not None for row in picture.rows):
        least -= room
    if any(row.high is None and row.low is not None for row in picture.rows):
        most += room
    return Axis(least, most, columns, picture.log)


def _bars(picture: Picture, rows: Sequence[PictureRow], columns: int, signs: Signs) -> list[str]:
    sizes = [0.0 if row.value is None else row.value for row in picture.rows]
    least = min(0.0, *sizes) if picture.least is None else picture.least
    most = max(0.0, *sizes) if picture.most is None else picture.most
    span, last = (most - least) or 1.0, columns - 1
    zero = round(-least / span * last)
    room = last - zero  # the axis may be rounded to the right, and no bar is longer than the page for it
    return ["" if row.value is None else bar(min(row.value / span * last, room), zero, signs) for row in rows]


def _blank(mark: float | None, axis: Axis, signs: Signs) -> list[str]:
    line = [" "] * axis.columns
    if mark is not None:
        line[axis.column(mark)] = signs.axis
    return line


def _interval(row: PictureRow, mark: float | None, axis: Axis, signs: Signs) -> str:
    line = _blank(mark, axis, signs)
    if row.value is None:
        return "".join(line).rstrip()
    if row.low is not None or row.high is not None:
        low, high = (axis.least if row.low is None else row.low), (axis.most if row.high is None else row.high)
        first, last = axis.column(low), axis.column(high)
        for column in range(first, last + 1):
            line[column] = signs.crossing if line[column] == signs.axis else signs.line
        if last > first:
            line[first] = signs.before if row.low is None or axis.place(low) < -0.5 else signs.left
            line[last] = signs.beyond if row.high is None or axis.place(high) > axis.columns - 0.5 else signs.right
    line[axis.column(row.value)] = signs.point if row.told_apart else signs.hollow
    return "".join(line).rstrip()


def _span(row: PictureRow, mark: float | None, axis: Axis, signs: Signs) -> str:
    line = _blank(mark, axis, signs)
    if row.low is None or row.high is None:
        return "".join(line).rstrip()
    first, last = axis.column(row.low), axis.column(row.high)
    for column in range(first, last + 1):
        if line[column] != signs.axis:
            line[column] = signs.block
    if axis.place(row.high) > axis.columns - 0.5:
        line[last] = signs.beyond
    if axis.place(row.low) < -0.5:
        line[first] = signs.before
    return "".join(line).rstrip()
