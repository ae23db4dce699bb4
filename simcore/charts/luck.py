"""Pictures of luck: how long until a rep's own results say something, and what happens with nobody doing anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simcore.base.text import printable
from simcore.charts.picture import Picture, estimated, exact, share, table, text_of, words
from simcore.charts.rows import Unit, forest_picture, row_of
from simcore.charts.shapes.curves import Curve, Marks, Point, curves
from simcore.charts.shapes.theme import Axis, Canvas

if TYPE_CHECKING:
    from simcore.scenario.model import Scenario
    from simcore.statistics.estimate import Estimate
    from simcore.studies.luck.document import Luck, WeightRow


def luck_pictures(document: Luck, scenario: Scenario | None = None) -> list[Picture | None]:
    """Return the pictures of what is luck."""
    del scenario  # the document has all that is shown
    return [weights(document), dry_spells(document), next_quarter(document)]


def weights(document: Luck) -> Picture | None:
    """Return the weight that a rep's own results deserve, by weeks; ``None`` where reps do not differ."""
    if document.reliability is None:
        return None
    rows = [row for row in document.reliability.weights if row.differs]
    drawn = [Curve(_name(row), points) for row in rows if (points := _weights(row))]
    if not drawn:
        return None
    says = (
        "How much of a rep's own results to believe after so many weeks; the rest of the estimate should be the team's "
        "average. At the line both weigh the same. Bars are 95 % intervals."
    )
    if any((point.weight.estimate or 0.0) > 1.0 for row in rows for point in row.points):
        says += (
            " More than 100 % is where something, as a cap, holds results together: reps differ by more than they show."
        )
    across, up = Axis("weeks of own results", ",~f", log=True), Axis("weight of own results, %")
    lines = [
        (words(_name(row)), exact(point.weeks), estimated(point.weight, percent=True), share(point.known))
        for row in rows
        for point in row.points
    ]
    return Picture(
        "weight",
        "How long until results say something about the rep",
        says,
        lambda width: curves(drawn, Canvas(width), across, up, about=says, marks=Marks(level=50.0)),
        table(("measure", "weeks", "weight", "by chance alone"), lines),
    )


def _name(row: WeightRow) -> str:
    return printable(f"{row.measure}, {row.kind}" if row.kind == "per call" else row.measure)


def _weights(row: WeightRow) -> list[Point]:
    return [
        _point(float(point.weeks), point.weight, f"{_name(row)}, {point.weeks} weeks: weight")
        for point in row.points
        if point.weight.estimate is not None
    ]


def _point(x: float, found: Estimate, name: str) -> Point:
    """Return the point of a share, in per cent."""
    low, high = (None if end is None else 100.0 * end for end in (found.low, found.high))
    says = f"{name} {text_of(estimated(found, percent=True))}"
    return Point(x, 100.0 * (found.estimate or 0.0), low, high, says)


def dry_spells(document: Luck) -> Picture | None:
    """Return how likely a dry spell is in a sound process."""
    if document.streaks is None:
        return None
    rows = [row for row in document.streaks.dry if row.once_simulated.estimate is not None]
    if not rows:
        return None
    watched = document.streaks.weeks
    says = (
        f"How likely it is that a rep whose process is sound has so many weeks without a win in a row, at least once "
        f"in {watched} weeks; and that it happens in so many given weeks. Bars are 95 % intervals."
    )
    drawn = [
        Curve(
            f"at least once in {watched} weeks",
            [_point(float(row.weeks), row.once_simulated, f"{row.weeks} dry weeks once in {watched}:") for row in rows],
        ),
        Curve(
            "in given weeks",
            [
                _point(float(row.weeks), row.simulated, f"{row.weeks} given weeks all dry:")
                for row in rows
                if row.simulated.estimate is not None
            ],
        ),
    ]
    across, up = Axis("weeks without a win in a row", "d"), Axis("chance, %")
    lines = [
        (
            exact(row.weeks),
            estimated(row.once_simulated, percent=True),
            estimated(row.simulated, percent=True),
            estimated(row.ratio),
        )
        for row in rows
    ]
    return Picture(
        "dry",
        "A dry spell although nothing is wrong",
        says,
        lambda width: curves(drawn, Canvas(width), across, up, about=says),
        table(("weeks", f"once in {watched} weeks", "in given weeks", "evidence of a drop (ratio)"), lines, left=0),
    )


def next_quarter(document: Luck) -> Picture | None:
    """Return what the worst and the best tenth do in the next quarter, with nobody doing anything."""
    if document.regression is None:
        return None
    unit = Unit(document.currency, signed=True)
    who = {"bottom": "the worst tenth", "top": "the best tenth"}
    rows, lines = [], []
    for row in document.regression.tenths:
        rows.append(row_of(f"{who[row.who]}, this quarter", row.before, unit))
        rows.append(row_of(f"{who[row.who]}, the next", row.after, unit, line=0.0, shade="second"))
        cells = (row.before, row.after, row.change, row.coached_by_lot)
        lines.append((words(who[row.who]), *(estimated(cell) for cell in cells)))
    says = (
        "Revenue above or below the own team's mean of the reps who were worst and best in a quarter, and of the same "
        "reps in the next one. Nobody was coached or changed: what they return by is luck that did not last."
    )
    headings = ("who", "this quarter", "the next", "change", "more if coached by lot")
    axis = Axis(f"against the team's mean, {printable(document.currency)}", "~s")
    return forest_picture(
        ("return", "The next quarter, with nobody doing anything", says), rows, axis, table(headings, lines)
    )
