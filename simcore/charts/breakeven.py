"""The picture of a break-even point: who is ahead at which value, and where the two tie."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simcore.base.text import printable
from simcore.charts.picture import Picture, estimated, exact, table, words
from simcore.charts.rows import Unit
from simcore.charts.shapes.curves import Curve, Marks, Point, curves
from simcore.charts.shapes.theme import Axis, Canvas
from simcore.charts.sweep import unit_of

if TYPE_CHECKING:
    from simcore.scenario.model import Scenario
    from simcore.studies.sweep.document import Breakeven, Evaluation


def breakeven_pictures(document: Breakeven, scenario: Scenario | None = None) -> list[Picture | None]:
    """Return the picture of where two strategies tie."""
    del scenario  # the document has all that is shown
    return [ties(document)]


def ties(document: Breakeven) -> Picture | None:
    """Return the difference of the two at every value that was tried; ``None`` where none was."""
    found = sorted(document.evaluations, key=lambda row: row.value)
    unit = unit_of(document.metric, document.currency, signed=True)
    points = [_point(row, unit, document.unit) for row in found if row.difference.estimate is not None]
    if not points:
        return None
    first, second = (printable(name) for name in document.strategies)
    shaded = " The shaded part holds the crossing." if document.roots else ""
    says = (
        f"{second} minus {first} at each value that was tried, with 95 % intervals; above the line {second} is ahead, "
        f"below it {first}. A hollow point tells no leader.{shaded}"
    )
    marks = Marks(
        level=0.0,
        places=[root.value for root in document.roots],
        spans=[(root.low, root.high) for root in document.roots if root.high > root.low],
    )
    title = f"{printable(document.path)}{f', {document.unit}' if document.unit else ''}"
    across, up = Axis(title, "~g"), Axis(f"difference in {printable(document.metric)}", "~s")
    lines = [(exact(row.value), estimated(row.difference), words(printable(row.ahead or "nobody"))) for row in found]
    return Picture(
        "ties",
        f"Where {second} and {first} tie",
        says,
        lambda width: curves([Curve(second, points)], Canvas(width), across, up, about=says, marks=marks),
        table((title, f"{second} minus {first}", "clearly ahead"), lines, left=0),
    )


def _point(row: Evaluation, unit: Unit, of_value: str) -> Point:
    value, low, high = row.difference.estimate or 0.0, row.difference.low, row.difference.high
    ends = "" if low is None or high is None else f" (95 % interval {unit.told(low)} to {unit.told(high)})"
    leads = "nobody is clearly ahead" if row.ahead is None else f"{printable(row.ahead)} is ahead"
    says = f"at {row.value:.6g}{of_value}: {unit.told(value)}{ends}, {leads}"
    bottom, top = (None if end is None else end * unit.scale for end in (low, high))
    return Point(row.value, value * unit.scale, bottom, top, says, hollow=row.ahead is None)
