"""A fan: the middle of what may come, and how far it spreads, week by week."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from simcore.charts.shapes.palette import colour
from simcore.charts.shapes.theme import COLUMN, Axis, Canvas, Spec, axis_of, chart, layer, number, speaking

if TYPE_CHECKING:
    from collections.abc import Sequence

HEIGHT = 300


class Spoke(NamedTuple):
    """What may have come by a week: quantiles of 5, 25, 50, 75 and 95 %."""

    week: int
    lowest: float
    low: float
    middle: float
    high: float
    highest: float
    says: str
    line: float | None = None
    """What would have to have come by then."""


def fan(spokes: Sequence[Spoke], canvas: Canvas, across: Axis, up: Axis, *, about: str) -> Spec:
    """Return bands of 90 and 50 %, the median, and what would have to have come as a dashed line."""
    rows = [{**each._asdict(), "from": each.week - 0.5, "to": each.week + 0.5} for each in spokes]
    scale = {"domain": [spokes[0].week - 0.5, spokes[-1].week + 0.5], "nice": False}
    x = number("week", scale=scale, axis=axis_of(across, canvas, grid=False))
    y = {"axis": axis_of(up, canvas), "scale": {"zero": True, "nice": True}}
    edge: Spec = {"color": colour("first"), "strokeWidth": 1}
    layers = [
        layer("area", {"x": x, "y": number("lowest", **y), "y2": {"field": "highest"}}, color=colour("paler")),
        layer("area", {"x": x, "y": number("low"), "y2": {"field": "high"}}, color=colour("pale")),
        *(layer("line", {"x": x, "y": number(name)}, **edge) for name in ("lowest", "low", "high", "highest")),
        layer("line", {"x": x, "y": number("middle")}, strokeWidth=3, color=colour("first")),
    ]
    if any(each.line is not None for each in spokes):
        dashed: Spec = {"strokeWidth": 2, "strokeDash": [7, 5], "color": colour("second")}
        layers.append(layer("line", {"x": x, "y": number("line")}, **dashed))
    layers.append(speaking("rect", {"x": number("from", scale=scale), "x2": {"field": "to"}, **COLUMN}))
    return chart(layers, canvas, canvas.height(HEIGHT), about, rows)
