"""A row for each figure: where it is, and the interval in which it may be."""

from __future__ import annotations

from json import dumps
from typing import TYPE_CHECKING, NamedTuple

from simcore.charts.shapes.palette import colour
from simcore.charts.shapes.theme import (
    ROW,
    Axis,
    Canvas,
    Spec,
    as_is,
    axis_of,
    chart,
    label,
    layer,
    names,
    number,
    scale_of,
    speaking,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

HEIGHT = 30
"""Of a row in pixels."""


class Row(NamedTuple):
    """A figure and its interval."""

    name: str
    value: float
    low: float | None
    high: float | None
    text: str
    """What stands at the end of the row."""
    says: str
    """The sentence of the row."""
    hollow: bool = False
    """Whether it is shown as not told apart from the line: its interval holds it."""
    shade: str = "first"
    """Its colour, by its name in the palette."""


def forest(
    rows: Sequence[Row], canvas: Canvas, axis: Axis, *, about: str, line: float | None = None, bars: bool = False
) -> Spec:
    """Return points with intervals, one row each, from the top.

    Parameters
    ----------
    line
        Where a line is drawn from top to bottom: what the figures are compared with.
    bars
        Whether a pale bar leads from the line to each point.
    """
    fields = [_fields(row, place) for place, row in enumerate(rows)]
    order = [str(place) for place in range(len(rows))]
    # Rows are told apart by their number: two may have one name.
    shown = f"{dumps([_lines(str(each['name']), canvas) for each in fields])}[+datum.value]"
    up = {"y": names("key", order, canvas, labelExpr=shown)}
    domain = _domain(rows, canvas, axis, line)
    across = {"scale": scale_of(axis, domain=domain), "axis": axis_of(axis, canvas, grid=not axis.log)}
    x, ink = number("value", **across), as_is("shade")
    layers = []
    if line is not None:
        rule = {"x": {"datum": line, "type": "quantitative", **across}}
        layers.append(layer("rule", rule, [{}], color=colour("muted"), strokeWidth=1.5))
    if bars and line is not None:
        bar = {**up, "x": x, "x2": {"datum": line}}
        outlined: Spec = {"color": colour("pale"), "stroke": colour("first"), "strokeWidth": 1, "height": {"band": 0.6}}
        layers.append(layer("bar", bar, **outlined))
    between = {**up, "x": number("low", **across), "x2": {"field": "high"}, "stroke": ink}
    layers += [
        layer("rule", between, strokeWidth=2.5),
        layer("point", {**up, "x": x, "stroke": ink, "fill": as_is("inside")}, size=80, strokeWidth=2),
        layer(
            "text",
            {**up, "x": {"datum": domain[1], "type": "quantitative"}, "text": {"field": "text"}},
            align="right",
            baseline="middle",
        ),
        speaking("bar", {**up, **ROW}),
    ]
    return chart(layers, canvas, HEIGHT * len(rows), about, fields)


def _fields(row: Row, place: int) -> dict[str, str | float]:
    shade = colour(row.shade)
    return {
        "key": str(place),
        "name": label(row.name),
        "value": row.value,
        "low": row.value if row.low is None else row.low,
        "high": row.value if row.high is None else row.high,
        "text": row.text,
        "says": row.says,
        "shade": shade,
        "inside": colour("paper") if row.hollow else shade,
    }


def _lines(name: str, canvas: Canvas) -> list[str]:
    """Return a name on one line, or on two where there is little room: cut, two rows could read the same.

    Examples
    --------
    >>> _lines("the worst tenth, this quarter", Canvas(343)), _lines("meetings", Canvas(343))
    (['the worst tenth,', 'this quarter'], ['meetings'])
    """
    gaps = [place for place, sign in enumerate(name) if sign == " "]
    if not canvas.narrow or len(name) <= 18 or not gaps:
        return [name]
    gap = min(gaps, key=lambda place: abs(place - len(name) / 2))
    return [name[:gap], name[gap + 1 :]]


def _domain(rows: Sequence[Row], canvas: Canvas, axis: Axis, line: float | None) -> list[float]:
    """Return the ends of the axis, with room for the texts to the right."""
    ends = [each for row in rows for each in (row.value, row.low, row.high) if each is not None]
    ends += [] if line is None else [line]
    low, high, room = min(ends), max(ends), 0.8 if canvas.narrow else 0.3
    if axis.log:
        ratio = high / low if high > low else 10.0
        return [low / ratio**0.04, high * ratio**room]
    span = (high - low) or abs(high) or 1.0
    return [low - 0.04 * span, high + room * span]
