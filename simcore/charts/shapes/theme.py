"""What all charts share: sizes, fonts, quiet axes, and the marks that carry sentences.

Charts are written as Vega-Lite specifications, plain mappings: a report is then made without Altair, which takes longer
to copy a chart than to describe it. Vega-Lite's own defaults would not do: ticks and points are translucent, charts of
one page differ in width, every mark and axis is read out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from simcore.base.text import printable
from simcore.charts.shapes.palette import colour

Spec = dict[str, Any]
"""A part of a Vega-Lite specification."""

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
"""Which language a specification is written in; nothing is loaded from there."""
WIDE, NARROW = 736, 343
"""Widths of a chart in pixels, axes included: on a page, and on a telephone."""
FONT = "Liberation Sans, Arial, Helvetica, sans-serif"
"""The first is what text is measured with: the program that draws brings it along; browsers have one as wide."""
LONGEST_LABEL = 40
"""Characters of a name on an axis; the table of the picture has all of it."""
_TEXT = 12
_SYMBOL, _SIGN = 48, 6.2
"""Pixels that a symbol of a legend takes with the gaps around it, and that a character does."""


class Axis(NamedTuple):
    """What stands along an axis of numbers."""

    title: str = ""
    form: str = ",~f"
    """The numbers, in the notation of d3-format."""
    log: bool = False


class Canvas(NamedTuple):
    """The room for a chart."""

    width: int
    """In pixels, axes included."""

    @property
    def narrow(self) -> bool:
        """Whether it is that of a telephone."""
        return self.width < 500

    @property
    def ticks(self) -> int:
        """About how many numbers an axis has room for."""
        return 4 if self.narrow else 7

    def height(self, wide: int) -> int:
        """Return the height of what is as high as this on a page."""
        return wide - 60 if self.narrow else wide


def label(name: str) -> str:
    """Return a name from a scenario for an axis or a legend: on one line, and not too long."""
    text = printable(name)
    return text if len(text) <= LONGEST_LABEL else f"{text[: LONGEST_LABEL - 1]}\u2026"


def layer(mark: str, encoding: Spec, rows: Sequence[Mapping[str, Any]] | None = None, **how: Any) -> Spec:  # noqa: ANN401
    """Return a layer of marks that nobody reads out.

    Parameters
    ----------
    mark
        Its type, as ``bar``.
    encoding
        Its channels, as ``{"x": {"field": "value", "type": "quantitative"}}``.
    rows
        Its own data; those of the chart if not given.
    how
        More of the mark, as ``strokeWidth``.
    """
    data = {} if rows is None else {"data": {"values": list(rows)}}
    return {**data, "mark": {"type": mark, "aria": False, "opacity": 1, **how}, "encoding": encoding}


def speaking(mark: str, encoding: Spec, **how: Any) -> Spec:  # noqa: ANN401
    """Return a layer of transparent marks that carry the sentences of the field ``says``.

    They are as large as what may be pointed at: a mark of 4 pixels is hard to hit.
    """
    told = {"description": {"field": "says"}, "tooltip": {"field": "says", "title": " "}}
    found = layer(mark, {**encoding, **told}, **how)
    found["mark"].update(aria=True, opacity=0)
    return found


def number(field: str, **more: Any) -> Spec:  # noqa: ANN401
    """Return a channel of a field of numbers."""
    return {"field": field, "type": "quantitative", **more}


def names(field: str, order: Sequence[str], canvas: Canvas, **axis: Any) -> Spec:  # noqa: ANN401
    """Return a channel of a field of names, from the top in this order, without lines."""
    quiet = {"title": None, "grid": False, "ticks": False, "domain": False, "labelPadding": 8}
    limit = 110 if canvas.narrow else 230
    return {"field": field, "type": "nominal", "sort": list(order), "axis": {**quiet, "labelLimit": limit, **axis}}


def axis_of(axis: Axis, canvas: Canvas, **more: Any) -> Spec:  # noqa: ANN401
    """Return an axis of numbers."""
    # With a prefix for thousands, d3 would call nothing "0k".
    zero = {"labelExpr": "datum.value === 0 ? '0' : datum.label"} if axis.form.endswith("s") else {}
    return {"title": axis.title or None, "format": axis.form, "tickCount": canvas.ticks, **zero, **more}


def scale_of(axis: Axis, **more: Any) -> Spec:  # noqa: ANN401
    """Return the scale of an axis of numbers."""
    return {"type": "log" if axis.log else "linear", "nice": False, **more}


def legend_of(series: Sequence[str], canvas: Canvas, **more: Any) -> Spec:  # noqa: ANN401
    """Return a legend in as many columns as there is room for: on one line it would run off a telephone.

    Examples
    --------
    >>> legend_of(["at least once in 52 weeks", "in given weeks"], Canvas(NARROW))
    {'columns': 1}
    """
    widest = _SYMBOL + _SIGN * max(map(len, series))
    return {"columns": max(1, min(len(series), int(canvas.width // widest))), **more}


def as_is(field: str) -> Spec:
    """Return a channel whose field holds colours."""
    return {"field": field, "type": "nominal", "scale": None}


ROW: Spec = {"x": {"value": 0}, "x2": {"value": "width"}}
"""Channels of a mark that is as wide as the chart."""
COLUMN: Spec = {"y": {"value": 0}, "y2": {"value": "height"}}
"""Channels of a mark that is as high as the chart."""


def chart(
    layers: Sequence[Spec],
    canvas: Canvas,
    height: int,
    about: str,
    rows: Sequence[Mapping[str, Any]] = (),
    **more: Any,  # noqa: ANN401
) -> Spec:
    """Return a whole chart.

    Parameters
    ----------
    height
        Of the marks, in pixels; axes come on top of it.
    about
        What it shows, for those who do not see it.
    rows
        The data of layers that have none of their own.
    """
    return {
        "$schema": SCHEMA,
        "description": about,
        "width": canvas.width,
        "height": height,
        "background": "transparent",
        "padding": {"left": 2, "right": 12, "top": 6, "bottom": 4},
        "autosize": {"type": "fit-x", "contains": "padding"},
        "config": CONFIG,
        "data": {"values": list(rows)},
        "layer": list(layers),
        **more,
    }


CONFIG: Spec = {
    "font": FONT,
    "view": {"stroke": None},
    "axis": {
        "aria": False,
        "labelColor": colour("muted"),
        "titleColor": colour("muted"),
        "labelFontSize": _TEXT,
        "titleFontSize": _TEXT,
        "titleFontWeight": "normal",
        "titlePadding": 8,
        "labelOverlap": "greedy",
        "gridColor": colour("line"),
        "tickColor": colour("line"),
        "domainColor": colour("muted"),
    },
    "axisY": {"labelColor": colour("ink")},
    "legend": {
        "aria": False,
        "orient": "top",
        "title": None,
        "labelColor": colour("ink"),
        "labelFontSize": _TEXT,
        "labelLimit": 260,
        "symbolOpacity": 1,
        "symbolStrokeWidth": 2,
        "columnPadding": 24,
    },
    "text": {"font": FONT, "fontSize": _TEXT, "color": colour("ink")},
    "scale": {"bandPaddingInner": 0.25, "bandPaddingOuter": 0.1},
}
