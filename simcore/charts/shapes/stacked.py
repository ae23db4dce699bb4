"""Bars that are made of parts: a row for each whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from simcore.charts.shapes.palette import colour
from simcore.charts.shapes.palette import series as shades_of
from simcore.charts.shapes.theme import Axis, Canvas, Spec, axis_of, chart, label, legend_of, names, speaking

if TYPE_CHECKING:
    from collections.abc import Sequence

HEIGHT = 36


class Slice(NamedTuple):
    """A part of a whole."""

    row: str
    part: str
    size: float
    says: str


def stacked(slices: Sequence[Slice], canvas: Canvas, axis: Axis, *, about: str) -> Spec:
    """Return a bar for each row, of its parts in the order in which they first appear."""
    parts = list(dict.fromkeys(label(each.part) for each in slices))
    order = list(dict.fromkeys(label(each.row) for each in slices))
    rows = [
        {"row": label(each.row), "part": label(each.part), "size": each.size, "says": each.says}
        | {"place": parts.index(label(each.part))}
        for each in slices
    ]
    bar = {
        "y": names("row", order, canvas),
        "x": {"field": "size", "type": "quantitative", "stack": "zero", "axis": axis_of(axis, canvas)},
        "order": {"field": "place", "type": "quantitative"},
        "fill": {
            "field": "part",
            "type": "nominal",
            "legend": legend_of(parts, canvas),
            "scale": {"domain": parts, "range": shades_of(len(parts))},
        },
    }
    # A line of paper parts what stands side by side: colours need not be told apart to see where one ends.
    shown = speaking("bar", bar, stroke=colour("paper"), strokeWidth=2)
    shown["mark"]["opacity"] = 1
    return chart([shown], canvas, HEIGHT * len(order), about, rows)
