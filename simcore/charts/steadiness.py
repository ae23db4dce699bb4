"""The picture of steadiness: what the variance of results is made of, by the length of time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simcore.charts.picture import Picture, estimated, table, text_of, words
from simcore.charts.shapes.stacked import Slice, stacked
from simcore.charts.shapes.theme import Axis, Canvas

if TYPE_CHECKING:
    from simcore.scenario.model import Scenario
    from simcore.studies.steadiness.document import Steadiness


def steadiness_pictures(document: Steadiness, scenario: Scenario | None = None) -> list[Picture | None]:
    """Return the picture of what averages out."""
    del scenario  # the document has all that is shown
    return [parts(document)]


def parts(document: Steadiness) -> Picture | None:
    """Return the parts of the variance at each horizon; ``None`` where nothing varies."""
    slices, lines, below = [], [], False
    for row in document.rows:
        for part in row.parts:
            cell = estimated(part.share, percent=True)
            size = part.share.estimate
            if part.part in document.active and size is not None:
                below = below or size < 0.0
                says = f"{row.horizon}: {part.part} {text_of(cell)} of the variance"
                slices.append(Slice(row.horizon, part.part, 100.0 * max(0.0, size), says))
            if part.part in document.active:
                lines.append((words(row.horizon), words(part.part), cell, estimated(part.cv, percent=True)))
    if not slices:
        return None
    negative = " A part below zero, which makes results steadier, is not drawn." if below else ""
    says = (
        "What the variance of a rep's revenue is made of, from the hour to the year: what averages out fades, what "
        f"never does takes over.{negative}"
    )
    axis = Axis("% of the variance")
    return Picture(
        "parts",
        "What averages out, and what never does",
        says,
        lambda width: stacked(slices, Canvas(width), axis, about=says),
        table(("period", "part", "share of the variance", "as a cv"), lines, left=2),
    )
