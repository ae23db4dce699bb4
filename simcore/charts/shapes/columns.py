"""Columns that stand on a line: weeks as they came, and how often an amount was reached."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from simcore.charts.shapes.palette import colour
from simcore.charts.shapes.theme import COLUMN, Axis, Canvas, Spec, as_is, axis_of, chart, layer, number, speaking

if TYPE_CHECKING:
    from collections.abc import Sequence

HEIGHT = 240
GAP = 0.08
"""Between two columns, as a part of their width."""


class Column(NamedTuple):
    """A column from one place of the horizontal axis to another."""

    start: float
    end: float
    size: float
    says: str
    shade: str = "first"
    """Its colour, by its name in the palette."""


def columns(
    found: Sequence[Column],
    canvas: Canvas,
    across: Axis,
    up: Axis,
    *,
    about: str,
    lines: Sequence[float] = (),
    empty: str | None = None,
    ghost: Sequence[Column] = (),
) -> Spec:
    """Return columns side by side.

    Parameters
    ----------
    lines
        Where dashed lines stand.
    empty
        The colour of the ring that marks a column of no height; without one it is not marked.
    ghost
        Columns of another run, to be seen as a grey outline over these.
    """
    rows = [_fields(each) for each in found]
    every = (*found, *ghost)
    domain = [min(each.start for each in every), max(each.end for each in every)]
    scale = {"domain": domain, "nice": False}
    x = {"scale": scale, "axis": axis_of(across, canvas, grid=False)}
    y = number("size", scale={"zero": True, "nice": True}, axis=axis_of(up, canvas))
    bar = {"x": number("from", **x), "x2": {"field": "to"}, "y": y, "y2": {"datum": 0}, "fill": as_is("shade")}
    layers = [layer("rect", bar)]
    if empty is not None:
        ring = {"x": number("middle"), "y": {"datum": 0, "type": "quantitative"}}
        holes = layer("point", ring, size=24, strokeWidth=1.5, filled=False, color=colour(empty))
        layers.append({**holes, "transform": [{"filter": "datum.size === 0"}]})
    if ghost:
        edge = {"x": number("place"), "y": number("size")}
        grey: Spec = {"interpolate": "step-after", "color": colour("muted"), "strokeWidth": 2}
        layers.append(layer("line", edge, _outline(ghost), **grey))
    if lines:
        dashed: Spec = {"color": colour("ink"), "strokeDash": [5, 4], "strokeWidth": 1.5}
        layers.append(layer("rule", {"x": number("line")}, [{"line": line} for line in lines], **dashed))
    layers.append(speaking("rect", {"x": number("start"), "x2": {"field": "end"}, **COLUMN}))
    return chart(layers, canvas, canvas.height(HEIGHT), about, rows)


def _outline(ghost: Sequence[Column]) -> list[dict[str, float]]:
    """Return the outline of columns from left to right, from the ground and back to it."""
    steps = [{"place": each.start, "size": each.size} for each in ghost]
    return [{"place": ghost[0].start, "size": 0.0}, *steps, {"place": ghost[-1].end, "size": 0.0}]


def _fields(column: Column) -> dict[str, str | float]:
    gap = GAP * (column.end - column.start) / 2.0
    return {
        "from": column.start + gap,
        "to": column.end - gap,
        "start": column.start,
        "end": column.end,
        "middle": (column.start + column.end) / 2.0,
        "size": column.size,
        "says": column.says,
        "shade": colour(column.shade),
    }
