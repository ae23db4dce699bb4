"""The tables of a sweep and of a break-even search."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simcore.studies.sweep.document import (
    Breakeven,
    BreakevenRoot,
    Evaluation,
    NotToldApart,
    Sweep,
    SweepFigure,
    SweepPoint,
    TiedRange,
)
from simcore.tables.about import about
from simcore.tables.layout import LOW_HIGH, Layout
from simcore.tables.run import metric_unit
from simcore.tables.table import RATIO, WEEKS, Row, Table

if TYPE_CHECKING:
    from collections.abc import Iterable

    from simcore.base.document import Document
    from simcore.tables.table import Key

_UNITS = {"": RATIO, "h": "hours", "d": "days", "w": WEEKS}


def sweep_tables(found: Sweep) -> list[Table]:
    """Return all figures of a sweep; each path is a key with its own name."""
    money, paths = found.currency, tuple(varied.path for varied in found.paths)
    by_metric = {metric: _figures(metric) for metric in found.metrics}
    rows = [
        Row((point.point, *point.values, each.strategy, each.metric), by_metric[each.metric].cells(each, money))
        for point in found.points
        for each in point.figures
    ]
    keys = ("point", *paths, "strategy", "metric")
    explodes = Layout(SweepPoint, (*paths, "point"), {}, {"values", "figures"})
    exploded = [(tuple(point.values), point) for point in found.points if point.exploded is not None]
    title = f"Figures, and differences to {found.strategies[0]} in the same worlds"
    return [
        about(found, without=("paths", "points")),
        Table("figures", title, keys, _figures("revenue").figures(), tuple(rows)),
        explodes.below("exploded", "Where a drive explodes", exploded, money),
    ]


def _figures(metric: str) -> Layout:
    unit = metric_unit(metric)
    return Layout(SweepFigure, ("strategy", "metric"), {"figure": unit, "difference": unit})


def breakeven_tables(found: Breakeven) -> list[Table]:
    """Return all figures of a search for where two strategies tie."""
    unit, along, money = metric_unit(found.metric), _UNITS[found.unit], found.currency
    ends = {"low": along, "high": along}
    roots = Layout(BreakevenRoot, ("part",), {"value": along}, (), {"value": LOW_HIGH})
    unclear = Layout(NotToldApart, ("part",), ends)
    tied = Layout(TiedRange, ("part",), ends)
    evaluations = [((each.value,), each) for each in found.evaluations]
    tried = Layout(Evaluation, ("at",), {"difference": unit}, {"value"})
    first, second = found.strategies
    lists = ("roots", "not_told_apart", "exactly_tied", "evaluations")
    return [
        about(found, {**ends, "at_low": unit, "at_high": unit}, without=lists),
        roots.below("roots", f"Where they tie along {found.path}", _numbered(found.roots), money),
        unclear.below("not_told_apart", "Where nobody is clearly ahead", _numbered(found.not_told_apart), money),
        tied.below("exactly_tied", "Where both do exactly the same", _numbered(found.exactly_tied), money),
        tried.below("evaluations", f"{second} less {first} over {found.path}", evaluations, money),
    ]


def _numbered(parts: Iterable[Document]) -> list[tuple[tuple[Key, ...], Document]]:
    return [((number,), part) for number, part in enumerate(parts, start=1)]
