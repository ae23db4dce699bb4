"""What was fitted to an export, as text: no figure that is not in the document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Group, RenderableType

from simcore.answers.numbers import count, counted, significant
from simcore.base.text import printable
from simcore.cli.screens.layout import conclusion, grid, note, spaced, titled, warning
from simcore.cli.tables import Paragraph, fits

if TYPE_CHECKING:
    from simcore.fitting.document import Fit, FittedFigure


def fit_report(found: Fit) -> RenderableType:
    """Return the report for 80 columns: a sentence, the figures, the stages, the checks, what the data cannot tell."""
    head = [conclusion(_sentence(found)), *(warning(printable(line)) for line in _warnings(found))]
    parts: list[RenderableType] = [Group(*head), _figures(found), _stages(found)]
    if found.checks:
        parts.append(_checks(found))
    parts.append(titled("What the data cannot tell", Group(*(Paragraph(_line(line)) for line in found.not_told))))
    if found.done:
        parts.append(titled("What was made of the rest", Group(*(Paragraph(_line(line)) for line in found.done))))
    if found.files:
        parts.append(Paragraph(printable(f"Written: {', '.join(found.files)}.")))
    return Group(*spaced(parts))


def _line(text: str) -> str:
    return printable(f"{text[0].upper()}{text[1:]}.")


def _sentence(found: Fit) -> str:
    return printable(
        f"A scenario of {counted(max(found.reps, 1), 'rep')} from {counted(found.deals, 'deal')} to {found.as_of}: "
        f"{count(found.won)} won, {count(found.lost)} lost, {count(found.open_deals)} open."
    )


def _warnings(found: Fit) -> list[str]:
    lines = [f"{each[0].upper()}{each[1:]}." for each in found.warnings]
    failed = [check.name for check in found.checks if check.fails]
    if failed:
        lines.append(f"The model hardly ever shows what was seen: {'; '.join(failed)}.")
    if found.interrupted:
        lines.append("Stopped: the model was not checked.")
    return lines


def _shown(value: float, figure: FittedFigure) -> str:
    return f"{significant(value, 3)}{' days' if figure.unit == 'days' else ''}"


@fits
def _figures(found: Fit) -> RenderableType:
    table = grid(["figure", "mean", "90 %"], left=1)
    for figure in found.figures:
        ends = f"{significant(figure.low, 3)} to {_shown(figure.high, figure)}"
        table.add_row(printable(figure.path), significant(figure.mean, 3), ends)
    said = "Days are calendar days. The interval is what so many deals leave open; the file says what each rests on."
    return Group(table, note(said))


@fits
def _stages(found: Fit) -> RenderableType:
    table = grid(["deals in", "all", "passed", "lost", "open", "waits"], left=1)
    for stage in found.stages:
        waits = f"{stage.law}, {'alike' if stage.lost_law is None else f'lost: {stage.lost_law}'}"
        numbers = (stage.deals, stage.passed, stage.lost, stage.open)
        table.add_row(printable(stage.stage), *map(count, numbers), waits)
    return Group(table, note("Open deals are still there: counted as at risk, never as lost."))


@fits
def _checks(found: Fit) -> RenderableType:
    table = grid(["what", "seen", "the model shows", "p"], left=1)
    for check in found.checks:
        ends = f"{significant(check.low, 3)} to {significant(check.high, 3)}"
        table.add_row(printable(check.name), significant(check.observed, 3), ends, f"{check.p_value:.2f}")
    said = (
        "Chi-squares, of new deals variance over mean and correlation of weeks; 90 % of what the fitted model shows. "
        "A p near 0 or 1: it hardly ever shows what was seen."
    )
    return titled("Does the model show what was seen", Group(table, note(said)))
