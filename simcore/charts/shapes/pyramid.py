"""The averaging pyramid: revenue over its own mean, a row for each period, from the shortest to the longest."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from simcore.charts.shapes.palette import colour
from simcore.charts.shapes.theme import ROW, Axis, Canvas, Spec, axis_of, chart, layer, names, number, speaking

if TYPE_CHECKING:
    from collections.abc import Sequence

FARTHEST = 5.0
"""Times the mean that the axis shows at most; a bar that goes beyond it ends in an arrow."""
HEIGHT = 34


class Level(NamedTuple):
    """A period, and what it brings as a multiple of its own mean."""

    name: str
    low: float
    """One period in 20 is below it."""
    middle: float
    high: float
    """One period in 20 is above it."""
    swing: str
    """The standard deviation over the mean, as text."""
    says: str


def pyramid(levels: Sequence[Level], canvas: Canvas, *, about: str, ghost: Sequence[Level] = ()) -> Spec:
    """Return a bar for each period from its 5 % to its 95 % quantile, with its median, over its mean.

    Parameters
    ----------
    ghost
        Levels of another run, to be seen behind these in grey.
    """
    farthest = min(FARTHEST, max(2.0, *(level.high for level in (*levels, *ghost))))
    edge = farthest * (1.45 if canvas.narrow else 1.2)
    rows = [{**level._asdict(), "end": min(level.high, farthest), "beyond": level.high > farthest} for level in levels]
    up = {"y": names("name", [level.name for level in levels], canvas)}
    axis = Axis("revenue, as a multiple of the period's own mean")
    steps = [step for step in range(6) if step <= farthest]
    across = {"scale": {"domain": [0, edge], "nice": False}, "axis": axis_of(axis, canvas, values=steps)}
    mean = {"x": {"datum": 1, "type": "quantitative", **across}}
    middle = {**up, "x": number("middle")}
    arrow = layer(
        "point", {**up, "x": number("end")}, shape="triangle-right", size=90, filled=True, color=colour("first")
    )
    layers = [
        layer("rule", mean, [{}], color=colour("muted"), strokeWidth=1.5, strokeDash=[5, 4]),
        *_behind(ghost, farthest, {**up, "x": number("low", **across), "x2": {"field": "end"}}),
        layer(
            "bar",
            {**up, "x": number("low", **across), "x2": {"field": "end"}},
            color=colour("pale"),
            stroke=colour("first"),
            strokeWidth=1.5,
        ),
        # The mark of the middle has a halo of paper, so that it is seen on the edge of a bar, too.
        layer("tick", middle, thickness=6, size=24, color=colour("paper"), orient="vertical"),
        layer("tick", middle, thickness=3, size=22, color=colour("ink"), orient="vertical"),
        {**arrow, "transform": [{"filter": "datum.beyond"}]},
        layer(
            "text",
            {**up, "x": {"datum": edge, "type": "quantitative"}, "text": {"field": "swing"}},
            align="right",
            baseline="middle",
        ),
        speaking("bar", {**up, **ROW}),
    ]
    return chart(layers, canvas, HEIGHT * len(levels), about, rows)


def _behind(ghost: Sequence[Level], farthest: float, place: Spec) -> list[Spec]:
    """Return the bars of another run: outlines in grey, higher than the bars before them, so that both are seen."""
    rows = [{"name": level.name, "low": level.low, "end": min(level.high, farthest)} for level in ghost]
    outline: Spec = {"fill": colour("level"), "stroke": colour("muted"), "strokeWidth": 1, "height": {"band": 1.25}}
    return [layer("bar", place, rows, **outline)] if rows else []
