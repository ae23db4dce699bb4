"""A grid of cells: each says its number, and its colour says on which side of a tie it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from simcore.charts.shapes.palette import FIELDS, colour
from simcore.charts.shapes.theme import Canvas, Spec, as_is, chart, layer, names, speaking

if TYPE_CHECKING:
    from collections.abc import Sequence

HEIGHT = 44


class Field(NamedTuple):
    """A cell of the grid."""

    across: str
    up: str
    value: float | None
    """From -1 to 1: how far below or above the tie; ``None`` where there is no figure."""
    text: str
    says: str
    level: bool = False
    """Whether it is not told apart from a tie: then it has neither side's colour."""


def heat(fields: Sequence[Field], canvas: Canvas, across: str, up: str, *, about: str) -> Spec:
    """Return the grid; columns and, from below, rows are in the order in which they first appear.

    Parameters
    ----------
    across, up
        Titles of the axes.
    """
    rows = [{**each._asdict(), "shade": colour(shade_of(each))} for each in fields]
    columns = list(dict.fromkeys(each.across for each in fields))
    lines = list(dict.fromkeys(each.up for each in fields))[::-1]
    quiet = {"labelAngle": 0, "grid": False, "ticks": False, "domain": False, "labelPadding": 6, "title": across}
    place = {
        "x": {"field": "across", "type": "nominal", "sort": columns, "axis": quiet},
        "y": names("up", lines, canvas),
    }
    small = canvas.narrow and len(columns) > 4
    layers = [
        layer("rect", {**place, "fill": as_is("shade")}, stroke=colour("muted"), strokeWidth=1),
        layer("text", {**place, "text": {"field": "text"}}, fontSize=9 if small else 12),
        speaking("rect", place),
    ]
    title = {"text": up, "anchor": "start", "fontSize": 12, "fontWeight": "normal", "color": colour("muted")}
    bands = {"scale": {"bandPaddingInner": 0.04, "bandPaddingOuter": 0.02}}
    whole = chart(layers, canvas, HEIGHT * len(lines), about, rows, title=title)
    return {**whole, "config": {**whole["config"], **bands}}


def shade_of(field: Field) -> str:
    """Return the colour of a cell, by its name in the palette.

    Examples
    --------
    >>> [shade_of(Field("", "", value, "", "")) for value in (-1.0, -0.2, 0.5, 1.0)]
    ['down-3', 'down-1', 'up-2', 'up-3']
    >>> shade_of(Field("", "", 0.5, "", "", level=True))
    'level'
    """
    if field.level or not field.value:
        return "level"
    middle = len(FIELDS) // 2
    step = min(middle, 1 + int(abs(field.value) * middle * 0.999999))
    return FIELDS[middle + step if field.value > 0 else middle - step]
