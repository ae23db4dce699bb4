"""How text and tables are laid out: no part of a number and no letter of a name is ever cut.

A table that is too wide gets its long names onto more lines, then its figures with fewer digits, and is wider than
the page if that is not enough.
"""

from __future__ import annotations

import io
import re
from functools import wraps
from typing import TYPE_CHECKING, Any, ParamSpec

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.text import Text

from simcore.answers.numbers import MOST_DIGITS, at_most
from simcore.cli.plain import spelt

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_P = ParamSpec("_P")
_NAME = 16
"""A name is put onto more lines only where this much is left for each of them."""
_DIGITS = (MOST_DIGITS, 6, 5, 4)
"""Significant digits of the figures of a table, the more the better."""
_RULE = "─"
GLUE = "\u00a0"
"""A space at which no line is broken."""
_SPACES = re.compile("[ \\t\\n]+")


def wrapped(text: str, width: int, *, hard: bool = False) -> list[str]:
    """Return the lines of a text, broken at spaces only; a longer word has a line of its own, or more if ``hard``.

    Widths are those of a terminal, where some characters take two columns. A no-break space is no place to break.

    Examples
    --------
    >>> wrapped("one call, whatever happens", 10), wrapped("日本 日本", 5)
    (['one call,', 'whatever', 'happens'], ['日本', '日本'])
    >>> wrapped("an unbelievable name", 8, hard=True)
    ['an', 'unbeliev', 'able', 'name']
    """
    lines: list[str] = []
    words = text.split(" ")
    for word in (part for each in words for part in _pieces(each, width)) if hard else words:
        if lines and cell_len(lines[-1]) + 1 + cell_len(word) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def _pieces(word: str, width: int) -> list[str]:
    """Return a word in pieces of at most so many columns."""
    pieces = [""]
    for character in word:
        if pieces[-1] and cell_len(pieces[-1] + character) > width:
            pieces.append("")
        pieces[-1] += character
    return pieces


class Paragraph:
    """A paragraph, wrapped to the console's width but never between a number and its per cent sign.

    Parameters
    ----------
    hard
        Whether a word that is wider than the page is broken, as a name may be.
    """

    def __init__(self, text: str, style: str = "", *, hard: bool = False) -> None:
        self._text = text
        self._style = style
        self._hard = hard

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield the lines; no line breaks at the no-break spaces that stand in for a moment."""
        text = spelt(self._text, options.encoding)
        for sign in ("±", "+-"):
            text = text.replace(f"{sign} ", f"{sign}{GLUE}")
        lines = wrapped(_SPACES.sub(" ", text).replace(" %", f"{GLUE}%").strip(" "), options.max_width, hard=self._hard)
        yield as_it_is(Text("\n".join(lines).replace(GLUE, " "), style=self._style))


def as_it_is(text: Text) -> Text:
    """Return the text so that nothing of it is wrapped or cut."""
    text.no_wrap, text.overflow = True, "ignore"
    return text


class Grid:
    """A table: headings, a rule, and rows of cells; the first columns to the left, the others to the right.

    Parameters
    ----------
    headings
        Of all columns; none for a table without a head.
    left
        Columns to the left: names, which may go onto more lines.
    gap
        Spaces between columns.
    title
        A line above the table.
    """

    def __init__(self, headings: Sequence[str], *, left: int = 1, gap: int = 1, title: str = "") -> None:
        self._headings = [Text(heading, style="bold") for heading in headings]
        self._left = left
        self._gap = gap
        self._title = title
        self._rows: list[list[Text]] = []

    def add_row(self, *cells: Text | str) -> None:
        """Add a row; a cell may have more lines. Columns without a cell stay empty."""
        self._rows.append([cell if isinstance(cell, Text) else Text(cell) for cell in cells])

    def width(self, room: int, encoding: str = "utf-8", *, broken: bool = False) -> int:
        """Return the columns of a terminal that the table takes where there is room for so many.

        Parameters
        ----------
        broken
            Whether headings over figures may go onto more lines, which they do only where there is no other way.
        """
        widths = self._widths(self._spelt(encoding), room, broken=broken)
        return sum(widths) + self._gap * max(0, len(widths) - 1)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield the title and all lines of the table, as wide as they must be."""
        if self._title:
            yield Paragraph(self._title, style="bold")
        rows = self._spelt(options.encoding)
        widths = self._widths(rows, options.max_width, broken=True)
        lines: list[Text] = []
        if self._headings:
            rule = spelt(_RULE, options.encoding) * (sum(widths) + self._gap * (len(widths) - 1))
            lines = [*self._lines(rows.pop(0), widths, at_bottom=True), Text(rule)]
        lines += [line for row in rows for line in self._lines(row, widths)]
        yield as_it_is(Text("\n").join(lines))

    def _spelt(self, encoding: str) -> list[list[Text]]:
        """Return headings and rows in what the encoding knows, all of the same length."""
        rows = [self._headings, *self._rows] if self._headings else self._rows
        most = max(map(len, rows), default=0)
        return [[_spelt(cell, encoding) for cell in (*row, *[Text()] * (most - len(row)))] for row in rows]

    def _widths(self, rows: list[list[Text]], room: int, *, broken: bool) -> list[int]:
        """Return the width of each column; the widest names give way where there is too little room, then headings."""
        columns = list(zip(*rows, strict=True))
        widths = [max(_width(cell.plain) for cell in column) for column in columns]
        least = [
            max(_NAME, *(cell_len(word) for cell in column for word in cell.plain.split()), 0)
            for column in columns[: self._left]
        ]
        for _ in columns[: self._left]:
            over = sum(widths) + self._gap * (len(widths) - 1) - room
            place = max(range(len(least)), key=lambda column: widths[column] - least[column])
            if over > 0 and widths[place] > least[place]:
                widths[place] = max(least[place], widths[place] - over)
        if broken and self._headings:
            for place in sorted(range(self._left, len(columns)), key=lambda column: -widths[column]):
                heading, *cells = columns[place]
                over = sum(widths) + self._gap * (len(widths) - 1) - room
                # A figure is never broken, and no word of a heading.
                needed = max(0, *(cell_len(word) for word in heading.plain.split()), *(_width(c.plain) for c in cells))
                widths[place] = max(needed, widths[place] - max(0, over))
        return widths

    def _lines(self, row: list[Text], widths: list[int], *, at_bottom: bool = False) -> list[Text]:
        """Return the lines of one row, its cells at the top or at the bottom of them."""
        cells: list[list[Text]] = []
        for place, cell in enumerate(row):
            lines = list(cell.split("\n", allow_blank=True))
            names = place < self._left or at_bottom
            cells.append([part for line in lines for part in _broken(line, widths[place])] if names else lines)
        height, found = max(map(len, cells)), []
        if at_bottom:
            cells = [[*[Text()] * (height - len(lines)), *lines] for lines in cells]
        for number in range(height):
            line = Text()
            for place, parts in enumerate(cells):
                part = parts[number] if number < len(parts) else Text()
                space = " " * (widths[place] - cell_len(part.plain))
                line.append(" " * self._gap if place else "")
                line.append_text(Text.assemble(part, space) if place < self._left else Text.assemble(space, part))
            line.rstrip()
            found.append(line)
        return found


class Fitted:
    """What is built with as many digits as fit: the first of some ways to show it, then the same with fewer digits.

    Parameters
    ----------
    ways
        Functions that build a table, or a group with tables in it; better ones first.
    """

    def __init__(self, *ways: Callable[[], RenderableType]) -> None:
        self._ways = ways

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield the first that fits, or else the first, as wide as it is."""
        for digits in _DIGITS:
            for way in self._ways:
                with at_most(digits):
                    built = way()
                if widest(built, options) <= options.max_width:
                    yield built
                    return
        for digits in _DIGITS:
            with at_most(digits):
                built = self._ways[0]()
            if widest(built, options, broken=True) <= options.max_width:
                yield built
                return
        yield self._ways[0]()


def fits(build: Callable[_P, RenderableType]) -> Callable[_P, RenderableType]:
    """Let a function that builds a table build it with as many digits as fit, once it is known how much room there is.

    Examples
    --------
    >>> from simcore.answers.numbers import figure
    >>> @fits
    ... def table(number: float) -> Grid:
    ...     grid = Grid(["a name", "a figure"])
    ...     grid.add_row("it", figure(number, 0.12).inline())
    ...     return grid
    >>> print(lines_of(table(12345.6789), width=80))
    a name         a figure
    ───────────────────────
    it     12,345.68 ± 0.12
    >>> print(lines_of(table(12345.6789), width=22))
    a name       a figure
    ─────────────────────
    it     12,345.7 ± 0.1
    """

    @wraps(build)
    def later(*args: _P.args, **kwargs: _P.kwargs) -> RenderableType:
        return Fitted(lambda: build(*args, **kwargs))

    return later


def widest(part: RenderableType, options: ConsoleOptions, *, broken: bool = False) -> int:
    """Return the columns that the tables in a part of a report take; with headings on more lines if ``broken``."""
    if isinstance(part, Grid):
        return part.width(options.max_width, options.encoding, broken=broken)
    if isinstance(part, Group):
        return max((widest(each, options, broken=broken) for each in part.renderables), default=0)
    return 0


class _Page(io.StringIO):
    """Text that will go to a stream of an encoding."""

    def __init__(self, encoding: str) -> None:
        super().__init__()
        self._encoding = encoding

    def __getattribute__(self, name: str) -> Any:  # noqa: ANN401
        """Tell the encoding when rich asks for it: that of text in memory cannot be set."""
        return super().__getattribute__("_encoding" if name == "encoding" else name)


def lines_of(part: RenderableType, *, width: int, encoding: str = "utf-8") -> str:
    """Return a part of a report as plain text, without spaces at the ends of lines."""
    page = _Page(encoding)
    console = Console(file=page, width=width, color_system=None, markup=False, emoji=False, highlight=False)
    console.print(part, crop=False)
    return "\n".join(line.rstrip() for line in spelt(page.getvalue(), encoding).rstrip("\n").split("\n"))


def _width(text: str) -> int:
    return max(cell_len(line) for line in text.split("\n"))


def _spelt(text: Text, encoding: str) -> Text:
    """Return a text in what an encoding knows, with its styles."""
    plain = spelt(text.plain, encoding)
    if plain == text.plain:
        return text
    return Text.assemble(*(Text(spelt(part.plain, encoding), style=_style(part)) for part in text.divide(_ends(text))))


def _ends(text: Text) -> list[int]:
    return sorted({end for span in text.spans for end in (span.start, span.end) if 0 < end < len(text)})


def _style(part: Text) -> str:
    """Return the one style of a part that has no more."""
    return str(part.spans[0].style) if part.spans else str(part.style)


def _broken(line: Text, width: int) -> list[Text]:
    """Return a name on as many lines as it takes."""
    if cell_len(line.plain) <= width:
        return [line]
    places, reached = [], 0
    for words in wrapped(line.plain, width)[:-1]:
        reached += len(words) + 1
        places.append(reached)
    parts = list(line.divide(places))
    for part in parts:
        part.rstrip()
    return parts
