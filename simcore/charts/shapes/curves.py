"""Lines over an axis of numbers, with the interval of every point."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from simcore.charts.shapes.palette import colour
from simcore.charts.shapes.palette import series as shades_of
from simcore.charts.shapes.theme import (
    Axis,
    Canvas,
    Spec,
    as_is,
    axis_of,
    chart,
    label,
    layer,
    legend_of,
    number,
    scale_of,
    speaking,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

HEIGHT = 300
SYMBOLS = ("circle", "square", "triangle-up", "diamond", "cross")
"""Of series, beside their colours: nothing is told by colour alone."""


class Point(NamedTuple):
    """A point of a line, and its interval."""

    x: float
    y: float
    low: float | None
    high: float | None
    says: str
    hollow: bool = False
    """Whether it is shown as not told apart from the level: its interval holds it."""


class Curve(NamedTuple):
    """A line and its name."""

    name: str
    points: Sequence[Point]


class Marks(NamedTuple):
    """What is drawn behind the lines."""

    level: float | None = None
    """A value of the vertical axis, as that at which two strategies tie."""
    places: Sequence[float] = ()
    """Values of the horizontal axis."""
    spans: Sequence[tuple[float, float]] = ()
    """Parts of the horizontal axis that are shaded."""


def curves(
    found: Sequence[Curve], canvas: Canvas, across: Axis, up: Axis, *, about: str, marks: Marks | None = None
) -> Spec:
    """Return lines with points and intervals; each point carries its sentence.

    Parameters
    ----------
    across, up
        The horizontal and the vertical axis.
    """
    order = list(dict.fromkeys(label(each.name) for each in found))
    shades = dict(zip(order, shades_of(len(order)), strict=True))
    rows = [_fields(label(each.name), point, shades[label(each.name)]) for each in found for point in each.points]
    x = number("x", scale=scale_of(across, padding=14), axis=axis_of(across, canvas, grid=False))
    scale = scale_of(up, zero=False, padding=8)
    y = number("y", scale=scale, axis=axis_of(up, canvas))
    legend = legend_of(order, canvas, symbolFillColor=colour("paper")) if len(order) > 1 else None
    by_name = {"field": "series", "type": "nominal", "legend": legend}
    ink = {**by_name, "scale": {"domain": order, "range": list(shades.values())}}
    shape = {**by_name, "scale": {"domain": order, "range": [SYMBOLS[place % 5] for place in range(len(order))]}}
    place = {"x": x, "y": y}
    ends = {"x": x, "y": number("low", scale=scale, axis=axis_of(up, canvas)), "y2": {"field": "high"}}
    # A chart of one line has no legend, and so no second channel beside the colour.
    shaped: Spec = {"shape": shape} if len(order) > 1 else {}
    layers = [
        *_behind(marks or Marks()),
        layer("line", {**place, "stroke": ink}, strokeWidth=2),
        layer("rule", {**ends, "stroke": ink}, strokeWidth=2),
        layer("point", {**place, "stroke": ink, "fill": as_is("inside"), **shaped}, size=60, strokeWidth=2),
        speaking("point", place, size=420),
    ]
    return chart(layers, canvas, canvas.height(HEIGHT), about, rows)


def _behind(marks: Marks) -> list[Spec]:
    layers = []
    if marks.spans:
        spans = [{"from": low, "to": high} for low, high in marks.spans]
        shaded: Spec = {"color": colour("pale"), "stroke": colour("first"), "strokeWidth": 1}
        layers.append(layer("rect", {"x": number("from"), "x2": {"field": "to"}}, spans, **shaded))
    if marks.level is not None:
        level = {"y": {"datum": marks.level, "type": "quantitative"}}
        layers.append(layer("rule", level, [{}], color=colour("ink"), strokeWidth=1.5))
    if marks.places:
        places = [{"place": place} for place in marks.places]
        dashed: Spec = {"color": colour("muted"), "strokeDash": [5, 4], "strokeWidth": 1.5}
        layers.append(layer("rule", {"x": number("place")}, places, **dashed))
    return layers


def _fields(name: str, point: Point, shade: str) -> dict[str, str | float]:
    return {
        "series": name,
        "x": point.x,
        "y": point.y,
        "low": point.y if point.low is None else point.low,
        "high": point.y if point.high is None else point.high,
        "says": point.says,
        "inside": colour("paper") if point.hollow else shade,
    }
