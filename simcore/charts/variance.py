"""The picture of techniques of variance reduction: how many times faster each reaches the same error."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simcore.base.text import printable
from simcore.charts.picture import Picture, exact, interval, table, words
from simcore.charts.rows import Unit, between, forest_picture
from simcore.charts.shapes.theme import Axis

if TYPE_CHECKING:
    from simcore.scenario.model import Scenario
    from simcore.variance_reduction.document import VarianceBench


def variance_pictures(document: VarianceBench, scenario: Scenario | None = None) -> list[Picture | None]:
    """Return the picture of the techniques."""
    del scenario  # the document has all that is shown
    return [gains(document)]


def gains(document: VarianceBench) -> Picture | None:
    """Return how many times as long plain Monte Carlo runs for the same error; ``None`` where nothing was measured."""
    unit = Unit(suffix=" times")
    rows = [
        between(row.technique, row.efficiency.ratio, row.efficiency.low, row.efficiency.high, unit, line=1.0)
        for row in document.rows
        if row.efficiency is not None and min(row.efficiency.ratio, row.efficiency.low) > 0.0
    ]
    lines = []
    for row in document.rows:
        gain = row.efficiency
        cells = (exact(row.estimate, ".6g"), exact(row.se, ".3g"), exact(None if gain is None else gain.ratio, ".3g"))
        ends = interval(None if gain is None else gain.low, None if gain is None else gain.high)
        lines.append((words(row.technique), words(row.refused or row.verdict), *cells, ends))
    says = (
        f"How many times as long plain Monte Carlo runs for the same error of {printable(document.metric)}, with 95 % "
        "intervals, on this machine at this time. A technique without a point was refused, or left no variance at all."
    )
    headings = ("technique", "verdict", "estimate", "error", "times as fast", "95 % interval")
    axis = Axis("times as fast as plain Monte Carlo", ",~f", log=True)
    title = f"What each technique gains: {printable(document.metric)}"
    return forest_picture(("gains", title, says), rows, axis, table(headings, lines, left=2), line=1.0)
