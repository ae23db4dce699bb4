"""Pictures of a comparison: differences, what else changes, when it is booked, and where the difference comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simcore.base.text import printable
from simcore.charts.picture import Cell, Picture, estimated, interval, share, table, text_of, words
from simcore.charts.rows import Unit, forest_picture, row_of
from simcore.charts.shapes.curves import Curve, Marks, Point, curves
from simcore.charts.shapes.theme import Axis, Canvas

if TYPE_CHECKING:
    from simcore.charts.shapes.forest import Row
    from simcore.scenario.model import Scenario
    from simcore.statistics.estimate import Estimate
    from simcore.studies.compare.document import Against, Comparison, StrategyFigures

_HOLLOW = "A hollow point is not told apart from no difference: its 95 % interval holds zero."
_POINTS = Unit(scale=100.0, suffix=" points", signed=True)
_CHANCES = ("p_quota", "p_quota_team", "dry_weeks")
_MEASURES = (
    ("revenue", "revenue of a rep-year", False),
    ("worst", "mean of the worst 5 % of worlds", False),
    ("p_quota", "a rep reaches quota", True),
    ("p_quota_team", "the team reaches quota", True),
    ("dry_weeks", "weeks without a win", True),
    ("longest_dry", "longest dry spell, weeks", False),
    ("calls", "calls of a rep-week", False),
    ("calls_above_plan", "calls above plan of a rep-week", False),
    ("discount", "discount of a rep-year", False),
    ("won", "deals won of those that end", True),
    ("surprises", "deals lost by surprise", True),
    ("disqualified", "deals given up after a check", True),
    ("late_losses", "deals lost late, a need not met", True),
    ("check_calls", "calls that checks cost a rep-week", False),
)
"""Figures of a strategy, what they are called, and whether they are shares."""


def compare_pictures(document: Comparison, scenario: Scenario | None = None) -> list[Picture | None]:
    """Return the pictures of a comparison."""
    del scenario  # the document has all that is shown
    return [differences(document), chances(document), bookings(document), sources(document), attribution(document)]


def differences(document: Comparison) -> Picture | None:
    """Return the difference in revenue of each strategy to the baseline, with the interval of pairs."""
    money, base = printable(document.currency), printable(document.baseline)
    unit = Unit(document.currency, signed=True)
    by_name = {row.name: row for row in document.strategies}
    lines = [line for each in document.against for line in _lines(by_name[document.baseline], by_name[each.name], each)]
    return forest_picture(
        (
            "differences",
            f"Revenue against {base}",
            f"Revenue of a rep in a year, minus that of {base} in the same worlds. {_HOLLOW}",
        ),
        [row_of(each.name, each.differences.revenue, unit, line=0.0) for each in document.against],
        Axis(f"difference, {money}", "~s"),
        table(("strategy", "figure", base, "its own", "difference", "95 % interval"), lines, left=2),
    )


def _lines(base: StrategyFigures, mine: StrategyFigures, against: Against) -> list[tuple[Cell, ...]]:
    """Return the figures of a strategy beside those of the baseline."""
    lines = []
    for field, label, percent in _MEASURES:
        cells = [getattr(each, field) for each in (base.figures, mine.figures, against.differences)]
        if None not in cells:
            apart = cells[2]
            told = [estimated(cell, percent=percent) for cell in cells]
            ends = interval(apart.low, apart.high, apart.se, percent=percent)
            lines.append((words(printable(mine.name)), words(label), *told, ends))
    return lines


def chances(document: Comparison) -> Picture | None:
    """Return by how many points chances change."""
    base, several = printable(document.baseline), len(document.against) > 1
    names = {field: label for field, label, _ in _MEASURES}
    rows: list[Row | None] = []
    lines = []
    for each in document.against:
        before = f"{printable(each.name)}: " if several else ""
        for field in _CHANCES:
            found = getattr(each.differences, field)
            rows.append(row_of(f"{before}{names[field]}", found, _POINTS, line=0.0))
            if found is not None:
                ends = interval(found.low, found.high, found.se, percent=True)
                lines.append((words(printable(each.name)), words(names[field]), estimated(found, percent=True), ends))
    says = f"Changes of chances against {base}, in percentage points. {_HOLLOW}"
    numbers = table(("strategy", "chance", "difference", "95 % interval"), lines, left=2)
    return forest_picture(("chances", "Quota and empty weeks", says), rows, Axis("percentage points", "~f"), numbers)


def bookings(document: Comparison) -> Picture | None:
    """Return in which week of the quarter bookings come; ``None`` in a run without one."""
    drawn, lines = [], []
    for each in document.strategies:
        shares = [found for found in each.figures.weeks_of_quarter or [] if found.estimate is not None]
        if len(shares) != 13:
            continue
        drawn.append(Curve(each.name, [_point(each.name, week, found) for week, found in enumerate(shares, start=1)]))
        lines.append((words(printable(each.name)), *(estimated(found, percent=True) for found in shares)))
    if not drawn:
        return None
    says = (
        "The share of a quarter's bookings that comes in each of its 13 weeks, with 95 % intervals. The line is an "
        "even share: a hockey stick lies below it for weeks, and above it at the end."
    )
    even = Marks(level=100.0 / 13.0)
    across, up = Axis("week of the quarter", "d"), Axis("% of the quarter's bookings")
    return Picture(
        "bookings",
        "When the quarter's bookings come",
        says,
        lambda width: curves(drawn, Canvas(width), across, up, about=says, marks=even),
        table(("strategy", *(f"week {week}" for week in range(1, 14))), lines),
    )


def _point(name: str, week: int, found: Estimate) -> Point:
    low, high = (None if end is None else 100.0 * end for end in (found.low, found.high))
    says = f"{printable(name)}, week {week}: {text_of(estimated(found, percent=True))} of the bookings"
    return Point(float(week), 100.0 * (found.estimate or 0.0), low, high, says)


def sources(document: Comparison) -> Picture | None:
    """Return what of the difference comes from calls, conversions and the value of deals."""
    several, unit = len(document.against) > 1, Unit(document.currency, signed=True)
    rows: list[Row | None] = []
    lines = []
    for each in document.against:
        before = f"{printable(each.name)}: " if several else ""
        for found in each.sources or []:
            rows.append(row_of(f"{before}{printable(found.what)}", found.amount, unit, line=0.0))
            ends = interval(found.amount.low, found.amount.high, found.amount.se)
            cells = (words(printable(each.name)), words(printable(found.what)), estimated(found.amount))
            lines.append((*cells, ends, share(found.share)))
    says = f"The difference in revenue, split over what changed: the parts sum to it. {_HOLLOW}"
    numbers = table(("strategy", "part", "amount", "95 % interval", "share of the difference"), lines, left=2)
    axis = Axis(f"part of the difference, {printable(document.currency)}", "~s")
    return forest_picture(("sources", "Where the difference comes from", says), rows, axis, numbers, bars=True)


def attribution(document: Comparison) -> Picture | None:
    """Return what each drive and channel adds to the difference; ``None`` where it was not asked for."""
    several, unit = len(document.against) > 1, Unit(document.currency, signed=True)
    rows: list[Row | None] = []
    lines = []
    for each in document.against:
        before = f"{printable(each.name)}: " if several else ""
        for found in each.attribution.rows if each.attribution is not None else []:
            name = f"{before}{printable(found.drive)}, {printable(found.channel)}"
            rows.append(row_of(name, found.amount, unit, line=0.0))
            cells = (words(printable(each.name)), words(printable(found.drive)), words(printable(found.channel)))
            ends = interval(found.amount.low, found.amount.high, found.amount.se)
            lines.append((*cells, estimated(found.amount), ends))
    says = (
        "What each drive adds to the difference through each thing that it changes: its Shapley value, the average "
        f"over all orders in which they could be switched on. {_HOLLOW}"
    )
    numbers = table(("strategy", "drive", "what it changes", "amount", "95 % interval"), lines, left=3)
    axis = Axis(f"part of the difference, {printable(document.currency)}", "~s")
    return forest_picture(("attribution", "Which reaction does it", says), rows, axis, numbers, bars=True)
