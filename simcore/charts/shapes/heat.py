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


def heat(fields: Sequence[Field], canvas: Canvas, across: str, up: str, *, about: str, tie: bool = False) -> Spec:
    """Return the grid; columns and, from below, rows are in the order in which they first appear.

    Parameters
    ----------
    across, up
        Titles of the axes.
    tie
        Whether a thick line is drawn where the sign of the value changes from cell to cell.
    """
    rows = [{**each._asdict(), "shade": colour(shade_of(each))} for each in fields]
    columns = list(dict.fromkeys(each.across for each in fields))
    lines = list(dict.fromkeys(each.up for each in fields))[::-1]
    quiet = {"labelAngle": 0, "grid": False, "ticks": False, "domain": False, "labelPadding": 6, "title": across}
    place = {
        "x": {"field": "across", "type": "nominal", "sort": columns, "axis": quiet},
        "y": names("up", lines, canvas),
    }
    edges = _edges(fields, columns, lines) if tie else []
    small = canvas.narrow and len(columns) > 4
    layers = [
        layer("rect", {**place, "fill": as_is("shade")}, stroke=colour("muted"), strokeWidth=1),
        *(_line(place, edges, upright=upright) for upright in (True, False)),
        layer("text", {**place, "text": {"field": "text"}}, fontSize=9 if small else 12),
        speaking("rect", place),
    ]
    title = {"text": up, "anchor": "start", "fontSize": 12, "fontWeight": "normal", "color": colour("muted")}
    bands = {"scale": {"bandPaddingInner": 0.04, "bandPaddingOuter": 0.02}}
    whole = chart(layers, canvas, HEIGHT * len(lines), about, rows, title=title)
    return {**whole, "config": {**whole["config"], **bands}}


def _line(place: Spec, edges: Sequence[tuple[Field, bool]], *, upright: bool) -> Spec:
    """Return the edges of cells that stand upright, or lie."""
    rows = [{"across": field.across, "up": field.up} for field, stands in edges if stands == upright]
    along, beside = ("y", "x") if upright else ("x", "y")
    ends = {
        beside: {**place[beside], "bandPosition": 1.0 if upright else 0.0},
        along: {**place[along], "bandPosition": 0.0},
        f"{along}2": {"field": place[along]["field"], "bandPosition": 1.0},
    }
    return layer("rule", ends, rows, color=colour("ink"), strokeWidth=3)


def _edges(fields: Sequence[Field], columns: Sequence[str], lines: Sequence[str]) -> list[tuple[Field, bool]]:
    """Return the cells whose right (upright) or upper edge lies between values of different signs."""
    cells = {(field.across, field.up): field for field in fields}
    found = []
    for (across, up), field in cells.items():
        column, line = columns.index(across), lines.index(up)
        beside = [(columns[column + 1], up)] if column + 1 < len(columns) else []
        above = [(across, lines[line - 1])] if line else []
        for places, upright in ((beside, True), (above, False)):
            for place in places:
                other = cells.get(place)
                if other is not None and (field.value or 0.0) * (other.value or 0.0) < 0.0:
                    found.append((field, upright))
    return found


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
