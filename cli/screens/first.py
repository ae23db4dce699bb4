"""The first screen of every answer: sentences, the figures that carry them, a picture, and how to see more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.text import Text

from simcore.answers.answer import KeyFigure
from simcore.answers.numbers import counted
from simcore.base.text import printable
from simcore.cli.pictures import Drawing
from simcore.cli.plain import spelt
from simcore.cli.screens.layout import ALARM, FAINT, HEAD, spaced
from simcore.cli.tables import Paragraph, as_it_is, wrapped

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from simcore.answers.answer import Answer
    from simcore.results.header import StudyHeader

LINES, NARROW_LINES = 23, 32
"""Most lines of a first screen: two less than a small window has, since what a run took and where it is kept follow. A
page of fewer than 80 columns may have more."""
_WIDE = 80
_MORE = "All figures: --details. Words: simcore explain."
_FIGURES, _ROWS = 2, 3
"""Fewest key figures, and rows of a picture, that are left where there are too many lines."""


class FirstScreen:
    """An answer on one screen; with details below it, as long as it must be.

    Parameters
    ----------
    document
        What was played: its name, worlds and seed head the screen.
    answer
        What is shown.
    cautions
        What a reader must know beside the cautions of the answer.
    details
        All else, where it was asked for.
    """

    def __init__(
        self,
        document: StudyHeader,
        answer: Answer,
        *,
        cautions: Sequence[str] = (),
        details: RenderableType | None = None,
    ) -> None:
        self._document = document
        self._answer = answer
        self._cautions = [*answer.cautions, *cautions]
        self._details = details

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield the parts: fewer figures, and then fewer rows of the picture, where they are more than a screen."""
        if self._details is not None:
            yield self._screen(None, None)
            yield Text()
            yield self._details
            return
        most = LINES if options.max_width >= _WIDE else NARROW_LINES
        for figures, rows in self._sizes():
            shown = self._screen(figures, rows)
            if len(console.render_lines(shown, options, pad=False)) <= most:
                break
        yield shown

    def _sizes(self) -> Iterator[tuple[int | None, int | None]]:
        """Yield how many figures and rows of the picture are shown, the most first."""
        yield None, None
        for figures in range(len(self._answer.figures) - 1, _FIGURES - 1, -1):
            yield figures, None
        picture = self._answer.picture
        rows = 0 if picture is None or picture.kind == "map" else len(picture.rows)
        for number in range(rows - 1, _ROWS - 1, -1):
            yield _FIGURES, number

    def _screen(self, figures: int | None, rows: int | None) -> Group:
        answer = self._answer
        parts: list[RenderableType] = [
            Group(_head(self._document), *(Paragraph(printable(each), hard=True) for each in answer.sentences))
        ]
        if answer.figures:
            parts.append(_Figures(answer.figures[:figures]))
        if answer.picture is not None:
            parts.append(Drawing(answer.picture, rows))
        end: list[RenderableType] = [Paragraph(printable(each), style=ALARM, hard=True) for each in self._cautions]
        if self._details is None:
            end.append(Paragraph(_MORE, style=FAINT))
        return Group(*spaced([*parts, Group(*end)]))


def _head(document: StudyHeader) -> Paragraph:
    """Return who was played, in one line where it fits."""
    identity = document.scenario
    strategy = f", {identity.strategy}" if len(identity.strategies) == 1 else ""
    worlds = f"{counted(document.replications, 'world')} of {counted(document.reps, 'rep')}"
    text = f"{identity.name}{strategy}: {worlds} over {document.span}, seed {identity.seed}"
    return Paragraph(printable(text), style=HEAD, hard=True)


_NARROW = 16
"""A label has at least so many columns."""


class _Figures:
    """Key figures under each other: what it is, the figure, how well it is known."""

    def __init__(self, figures: Sequence[KeyFigure]) -> None:
        self._figures = figures

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield a line for each; a label that is too long goes onto more lines."""
        texts = [(each.label, each.value, each.error) for each in self._figures]
        rows = [[spelt(printable(text), options.encoding) for text in row] for row in texts]
        value, error = (max(cell_len(row[place]) for row in rows) for place in (1, 2))
        room = options.max_width - value - error - 6
        below = room < _NARROW  # an error that has no room beside its figure stands below it
        room = max(_NARROW, options.max_width - value - 4 if below else room)
        lines = []
        for label, figure, near in rows:
            first, *others = wrapped(label, room, hard=True)
            lines.append((first, figure, "" if below else near))
            lines += [(other, "", "") for other in others]
            if below and near:
                lines += [(f"  {part}", "", "") for part in wrapped(near, options.max_width - 4, hard=True)]
        left = max(cell_len(line[0]) for line in lines)
        text = Text()
        for place, (label, figure, near) in enumerate(lines):
            line = Text(f"  {label}{' ' * (left - cell_len(label))}  {' ' * (value - cell_len(figure))}")
            line.append(figure, style=HEAD).append(f"  {near}" if near else "", style=FAINT)
            line.rstrip()
            text.append("\n" if place else "").append_text(line)
        yield as_it_is(text)
