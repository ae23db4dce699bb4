"""What the variance of results is made of, as text: two tables; no figure that is not in the document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Group, RenderableType

from simcore.answers.numbers import NONE, count, significant
from simcore.answers.steadiness import verdicts
from simcore.cli.screens.layout import grid, inline, note, spaced
from simcore.cli.tables import Paragraph, fits

if TYPE_CHECKING:
    from simcore.statistics.estimate import Estimate
    from simcore.studies.steadiness.document import Steadiness, SteadinessPart


def steadiness_details(found: Steadiness) -> RenderableType:
    """Return the decomposition as text for 80 columns."""
    parts = [_shares(found), _sizes(found), Group(*(Paragraph(line) for line in verdicts(found))), note(_note(found))]
    return Group(*spaced(parts))


def _active(found: Steadiness, parts: list[SteadinessPart]) -> list[SteadinessPart]:
    return [part for part in parts if part.part in found.active]


@fits
def _shares(found: Steadiness) -> RenderableType:
    table = grid(["share of variance, %", *found.active])
    for row in found.rows:
        cells = [inline(part.share, scale=100.0).plain for part in _active(found, row.parts)]
        table.add_row(row.horizon, *cells)
    return table


@fits
def _sizes(found: Steadiness) -> RenderableType:
    table = grid(["sd in % of the mean", f"mean, {found.currency}", "all", *found.active])
    for row in found.rows:
        cells = [_percent(part.cv) for part in _active(found, row.parts)]
        table.add_row(
            row.horizon,
            inline(row.mean),
            _percent(row.cv),
            *cells,
        )
    return table


def _percent(cv: Estimate) -> str:
    return NONE if cv.estimate is None else significant(100.0 * cv.estimate, 3)


def _note(found: Steadiness) -> str:
    even = (
        " Hours and days are split as if revenue were even within a week, since deals close some time after the call."
        if found.even_within_week
        else ""
    )
    return (
        f"{count(found.replications)} worlds, seed {found.seed}. The variance is that of one window of one rep over "
        "worlds, averaged over the windows of the run: what the calendar and the ramp make of it is no part of it. "
        f"Parts sum to the whole; errors are one standard error; those of the second table are in --json.{even}"
    )
