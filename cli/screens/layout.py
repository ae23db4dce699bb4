"""What all screens share: headers, headings, notes, cells of tables. No input or output."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.text import Text

from simcore.answers.numbers import NONE, known_bound, money_units, rounded
from simcore.base.document import Document
from simcore.base.text import printable
from simcore.cli.tables import Grid, Paragraph
from simcore.statistics.estimate import Estimate

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

FAINT, HEAD, ALARM = "dim", "bold", "yellow"
"""Styles on a terminal: what explains, what heads or concludes, and what warns."""


def spaced(parts: Iterable[RenderableType]) -> list[RenderableType]:
    """Return the parts with an empty line between each two."""
    spaced: list[RenderableType] = []
    for part in parts:
        spaced += [Text(), part] if spaced else [part]
    return spaced


def header(lines: Sequence[str], *, about: str = "") -> Group:
    """Return what stands before all figures: what was run, such as its digest; faint.

    Parameters
    ----------
    about
        A line of the scenario about itself.
    """
    parts = [Paragraph(printable(about))] if about else []
    return Group(*parts, *(note(line) for line in lines))


def heading(text: str) -> Text:
    """Return a line that heads a part of a report."""
    return Text(printable(text), style=HEAD)


def titled(title: str, body: RenderableType) -> Group:
    """Return a part of a report under its heading."""
    return Group(heading(title), body)


def note(text: str) -> Paragraph:
    """Return a paragraph that explains figures."""
    return Paragraph(text, style=FAINT)


def warning(text: str) -> Paragraph:
    """Return a paragraph that warns."""
    return Paragraph(text, style=ALARM)


def conclusion(text: str) -> Paragraph:
    """Return a sentence that answers the question."""
    return Paragraph(printable(text), style=HEAD)


def sentences(lines: Iterable[str]) -> Group:
    """Return sentences of a document, a paragraph for each."""
    return Group(*(Paragraph(printable(line)) for line in lines))


def grid(headings: Sequence[str], *, left: int = 1, title: str = "") -> Grid:
    """Return an empty table: the first ``left`` columns to the left, the others to the right."""
    return Grid(headings, left=left, title=title)


def listing(rows: Sequence[tuple[str, str]]) -> RenderableType:
    """Return names, each with a line about it."""
    table = Grid([], left=2, gap=2)
    for name, about in rows:
        table.add_row(heading(name), printable(about))
    return table


def inline(estimate: Estimate, *, scale: float = 1.0, unit: str = "") -> Text:
    """Return ``value ± error`` in one line, the error faint."""
    shown, limit = rounded(estimate, scale), known_bound(estimate, scale)
    text = Text(shown.value + ("" if estimate.estimate is None else unit))
    if shown.error or limit:
        text.append(f" ± {shown.error}" if shown.error else f" ({limit}{unit})", style=FAINT)
    return text


def stacked(estimate: Estimate, *, scale: float = 1.0) -> Text:
    """Return the value and, below it, its error."""
    shown, limit = rounded(estimate, scale), known_bound(estimate, scale)
    return Text(shown.value).append(f"\n± {shown.error}" if shown.error else f"\n{limit}", style=FAINT)


def percent(estimate: Estimate) -> Text:
    """Return a share in per cent with its error, in one line."""
    return inline(estimate, scale=100.0, unit=" %")


def cell(estimate: Estimate | None, *, scale: float = 1.0) -> Text:
    """Return ``value ± error``, or `simcore.answers.numbers.NONE` where there is no figure."""
    return Text(NONE) if estimate is None or estimate.estimate is None else inline(estimate, scale=scale)


def units_of(amounts: Iterable[Estimate], *, digits: int = 7) -> list[tuple[float, str]]:
    """Return units of money, size and name: the one in which the largest amount has few digits, then larger ones."""
    return money_units(max((abs(each.estimate) for each in amounts if each.estimate is not None), default=0.0), digits)


def note_on_errors(document: Document, replications: int) -> str:
    """Return what the figures behind ± are, and what stands in their place where there is none.

    Parameters
    ----------
    document
        The document that is shown.
    replications
        Behind each of its figures.
    """
    from simcore.statistics.intervals import LEAST_REPLICATIONS  # noqa: PLC0415 - `simcore scenarios` needs no NumPy

    if replications < 2:
        text = "One replication: no standard errors can be given."
    elif replications < LEAST_REPLICATIONS:
        text = f"± is one Monte Carlo standard error; fewer than {LEAST_REPLICATIONS} replications give no intervals."
    else:
        text = "± is one Monte Carlo standard error."
    if any(known_bound(each) for each in estimates_in(document)):
        text += " What never varied between the replications has a bound in its place (95 %)."
    return text


def estimates_in(part: object) -> Iterator[Estimate]:
    """Yield all estimates of a document."""
    if isinstance(part, Estimate):
        yield part
    elif isinstance(part, Document):
        for name in type(part).model_fields:
            yield from estimates_in(getattr(part, name))
    elif isinstance(part, list | tuple):
        for each in part:
            yield from estimates_in(each)
