"""Pictures of a sweep: a curve over one path, a map over two, and where strategies tie."""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from simcore.base.text import printable
from simcore.charts.picture import Cell, Picture, Table, estimated, table, text_of, words
from simcore.charts.rows import Unit, holds
from simcore.charts.shapes.curves import Curve, Marks, Point, curves
from simcore.charts.shapes.heat import Field, heat
from simcore.charts.shapes.theme import Axis, Canvas

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simcore.scenario.model import Scenario
    from simcore.statistics.estimate import Estimate
    from simcore.studies.sweep.document import Sweep, SweepFigure, SweepPoint

MOST_VALUES = 12
"""Of each path of a map that are drawn: more are too narrow to be read."""
MOST_POINTS = 60
"""Of a curve that are drawn."""
MOST_MARKS = 450
"""Cells and points of all pictures of a sweep: a page takes 1.2 kB for one and 0.6 kB for its numbers."""
_LESS_IS_AHEAD = ("sd", "cv", "p_zero")
_SHARES = ("p_quota", "p_quota_team", "p_zero", "cv")


class _Asked(NamedTuple):
    """What a picture shows: a metric of a strategy, as it is or against the baseline."""

    metric: str
    strategy: str
    against: bool


def unit_of(metric: str, currency: str, *, signed: bool) -> Unit:
    """Return the unit of a metric.

    Examples
    --------
    >>> unit_of("p_quota", "USD", signed=True).told(0.05), unit_of("revenue", "USD", signed=False).told(5000)
    ('+5 points', '$5,000')
    """
    if metric.partition(":")[0] in _SHARES:
        return Unit(scale=100.0, suffix=" points" if signed else " %", signed=signed)
    return Unit(currency, signed=signed)


def sweep_pictures(document: Sweep, scenario: Scenario | None = None) -> list[Picture | None]:
    """Return the pictures of a sweep: against the baseline where there are strategies, else as it is."""
    del scenario  # the document has all that is shown
    others = document.strategies[1:]
    asked = [
        _Asked(metric, name, against=bool(others))
        for metric in document.metrics
        for name in (others or document.strategies)
    ]
    draw = _maps if len(document.paths) > 1 else _curve
    found: list[Picture] = []
    marks = left_out = 0
    for picture, size in (drawn for each in asked for drawn in draw(document, each)):
        marks += size
        if found and (left_out or marks > MOST_MARKS):
            left_out += 1
        else:
            found.append(picture)
    if left_out:
        more = "picture is" if left_out == 1 else "pictures are"
        found[0] = found[0]._replace(says=f"{found[0].says} {left_out} more {more} left out: --csv has all numbers.")
    return list(found)


_THINNED = " Not all values are drawn, nor are their numbers listed: --csv has all."


def _numbers(document: Sweep, asked: _Asked, points: Sequence[SweepPoint]) -> Table:
    """Return the numbers of the points that a picture shows, and those of the baseline."""
    paths = [printable(path.path) for path in document.paths]
    named = (document.strategies[0], asked.strategy)
    share = asked.metric.partition(":")[0] in _SHARES
    lines: list[tuple[Cell, ...]] = []
    for point in points:
        values = [words(_told(value)) for value in point.values]
        if point.exploded is not None:
            lines.append((*values, words(printable(point.exploded)), *(words("\u2013") for _ in range(4))))
        for each in point.figures:
            if each.metric == asked.metric and each.strategy in named:
                cells = (estimated(each.figure, percent=share), estimated(each.difference, percent=share))
                lines.append(
                    (*values, words(printable(each.strategy)), words(each.metric), *cells, words(each.verdict or ""))
                )
    headings = (*paths, "strategy", "metric", "figure", "minus the baseline", "verdict")
    return table(headings, lines, left=len(paths) + 2)


def _told(value: float | str) -> str:
    return printable(value) if isinstance(value, str) else f"{value:,.6g}"


def _figure(point: SweepPoint, asked: _Asked) -> tuple[SweepFigure, Estimate] | None:
    """Return the entry of a point, and the estimate that is shown of it; ``None`` where there is none."""
    for each in point.figures:
        if (each.metric, each.strategy) == (asked.metric, asked.strategy):
            found = each.difference if asked.against else each.figure
            return None if found is None or found.estimate is None else (each, found)
    return None


def _named(document: Sweep, asked: _Asked) -> tuple[str, str, str]:
    """Return the name, title and first words of a picture."""
    strategy, base = printable(asked.strategy), printable(document.strategies[0])
    name = re.sub(r"\W+", "_", asked.metric)
    if len(document.strategies) > 2:
        name = f"{name}_{document.strategies.index(asked.strategy)}"
    if asked.against:
        return name, f"{asked.metric}: {strategy} against {base}", f"{asked.metric} of {strategy} minus that of {base}"
    return name, f"{asked.metric} of {strategy}", f"{asked.metric} of {strategy}"


def _curve(document: Sweep, asked: _Asked) -> list[tuple[Picture, int]]:
    """Return the figure over one path, and its size; where values are no numbers, they stand at even distances."""
    name, title, says = _named(document, asked)
    unit = unit_of(asked.metric, document.currency, signed=asked.against)
    path = document.paths[0]
    places, suffix = _places(path.values)
    kept = _spread_out(path.values, MOST_POINTS)
    shown = [point for point in document.points if point.values[0] in kept]
    points = []
    for point in shown:
        found = _figure(point, asked)
        if found is not None:
            points.append(_point(places[path.values.index(point.values[0])], point, found, unit, asked))
    if not points:
        return []
    tie = " The line is where they tie; a hollow point is not told apart from it." if asked.against else ""
    thinned = _THINNED if len(kept) < len(path.values) else ""
    says = f"{says}, by {printable(path.path)}, with 95 % intervals.{tie}{thinned}"
    across = Axis(f"{printable(path.path)}{suffix}", "~g")
    up, marks = Axis(_scale_title(unit, asked), "~s"), Marks(level=0.0 if asked.against else None)
    drawn = [Curve(printable(asked.strategy), points)]
    picture = Picture(
        *(name, title, says),
        lambda width: curves(drawn, Canvas(width), across, up, about=says, marks=marks),
        _numbers(document, asked, shown),
    )
    return [(picture, len(points))]


def _point(place: float, point: SweepPoint, found: tuple[SweepFigure, Estimate], unit: Unit, asked: _Asked) -> Point:
    shown, estimate = found
    value, low, high = estimate.estimate or 0.0, estimate.low, estimate.high
    bottom, top = (None if end is None else end * unit.scale for end in (low, high))
    share = asked.metric.partition(":")[0] in _SHARES
    verdict = f", {shown.verdict}" if asked.against and shown.verdict else ""
    says = f"{', '.join(map(_told, point.values))}: {text_of(estimated(estimate, percent=share))}{verdict}"
    return Point(place, value * unit.scale, bottom, top, says, hollow=asked.against and holds(low, high))


def _scale_title(unit: Unit, asked: _Asked) -> str:
    what = "difference" if asked.against else asked.metric
    return f"{what}, {unit.currency or unit.suffix.strip()}"


def _places(values: Sequence[float | str]) -> tuple[list[float], str]:
    """Return where values stand on an axis, and their unit, as ``" (d)"``.

    Examples
    --------
    >>> _places([1.0, 2.5]), _places(["10d", "20d"]), _places(["10d", "2w"])
    (([1.0, 2.5], ''), ([10.0, 20.0], ' (d)'), ([1.0, 2.0], ' (1st, 2nd ... value)'))
    """
    texts = [re.fullmatch(r"([\d.]+)([a-z]*)", str(value)) for value in values if isinstance(value, str)]
    if not texts:
        return [float(value) for value in values], ""
    units = {match[2] for match in texts if match is not None}
    if len(texts) == len(values) and None not in texts and len(units) == 1:
        return [float(match[1]) for match in texts if match is not None], f" ({units.pop()})"
    return [float(place) for place in range(1, len(values) + 1)], " (1st, 2nd ... value)"


def _maps(document: Sweep, asked: _Asked) -> list[tuple[Picture, int]]:
    """Return a map over the last two paths for each choice of the others, and its size."""
    name, title, says = _named(document, asked)
    unit = unit_of(asked.metric, document.currency, signed=asked.against)
    *others, up, across = (printable(path.path) for path in document.paths)
    kept = [_spread_out(path.values, MOST_VALUES) for path in document.paths[-2:]]
    thinned = any(len(chosen) < len(path.values) for chosen, path in zip(kept, document.paths[-2:], strict=True))
    found = []
    for number, (first, points) in enumerate(groupby(document.points, key=lambda point: point.values[:-2])):
        shown = [point for point in points if point.values[-2] in kept[0] and point.values[-1] in kept[1]]
        if not shown:
            continue
        fields = _fields(shown, unit, asked)
        where = ", ".join(f"{path} {_told(value)}" for path, value in zip(others, first, strict=True))
        at = f" at {where}" if where else ""
        told = f"{says}{at}. {_legend(asked)}"
        told += _THINNED if thinned else ""
        named = (f"{name}_{number}" if others else name, f"{title}{at}", told)
        numbers = _numbers(document, asked, shown)
        found.append((_map(named, fields, (across, up), numbers, tie=asked.against), len(fields)))
    return found


def _map(
    picture: tuple[str, str, str], fields: list[Field], axes: tuple[str, str], numbers: Table, *, tie: bool
) -> Picture:
    name, title, says = picture
    return Picture(name, title, says, lambda width: heat(fields, Canvas(width), *axes, about=says, tie=tie), numbers)


def _legend(asked: _Asked) -> str:
    if not asked.against:
        return "Blue is above the middle of what is shown, orange below; the stronger, the further."
    less = asked.metric.partition(":")[0] in _LESS_IS_AHEAD
    ahead = "less, which is ahead" if less else "more, which is ahead"
    return (
        f"Blue is {ahead}; orange is behind; grey is a tie: its 95 % interval holds zero. The thick line is where the "
        "sign of the difference changes."
    )


def _spread_out(values: Sequence[float | str], most: int) -> list[float | str]:
    """Return at most so many of the values, at even distances, the ends among them.

    Examples
    --------
    >>> _spread_out([1, 2, 3], 12), _spread_out(list(range(100)), 4)
    ([1, 2, 3], [0, 33, 66, 99])
    """
    if len(values) <= most:
        return list(values)
    step = (len(values) - 1) / (most - 1)
    return [values[round(step * place)] for place in range(most)]


def _fields(points: Sequence[SweepPoint], unit: Unit, asked: _Asked) -> list[Field]:
    figures = [_figure(point, asked) for point in points]
    values = [found[1].estimate or 0.0 for found in figures if found is not None]
    middle = 0.0 if asked.against or not values else (min(values) + max(values)) / 2.0
    far = max((abs(value - middle) for value in values), default=0.0) or 1.0
    turned = -1.0 if asked.against and asked.metric.partition(":")[0] in _LESS_IS_AHEAD else 1.0
    share = asked.metric.partition(":")[0] in _SHARES
    fields = []
    for point, found in zip(points, figures, strict=True):
        up, across = map(_told, point.values[-2:])
        where = f"{up}, {across}"
        if found is None:
            fields.append(Field(across, up, None, "\u2013", f"{where}: {printable(point.exploded or 'no figure')}"))
            continue
        shown, estimate = found
        value = estimate.estimate or 0.0
        verdict = f", {shown.verdict}" if asked.against and shown.verdict else ""
        says = f"{where}: {text_of(estimated(estimate, percent=share))}{verdict}"
        level = asked.against and holds(estimate.low, estimate.high)
        far_from = turned * (value - middle) / far
        fields.append(Field(across, up, far_from, _short(unit.told(value)), says, level))
    return fields


def _short(text: str) -> str:
    """Return an amount for a cell: thousands and millions as k and M.

    Examples
    --------
    >>> _short("+$12,300"), _short("$1,230,000"), _short("-5.12 points")
    ('+$12.3k', '$1.23M', '-5.12')
    """
    text = text.removesuffix(" points").removesuffix(" %")
    match = re.fullmatch(r"(\D*)([\d,]+)", text)
    if match is None:
        return text
    number = float(match[2].replace(",", ""))
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if number >= size:
            return f"{match[1]}{number / size:.3g}{letter}"
    return text
