"""Pictures of coaching: which step does most, what rules of coaching bring, and what only looks like it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simcore.answers.numbers import counted
from simcore.base.text import printable
from simcore.charts.picture import Picture, estimated, interval, table, words
from simcore.charts.rows import Unit, between, forest_picture, row_of
from simcore.charts.shapes.theme import Axis

if TYPE_CHECKING:
    from simcore.charts.shapes.forest import Row
    from simcore.scenario.model import Scenario
    from simcore.studies.coach.document import Coach
    from simcore.studies.coach.leverage_document import Effect, LeverRow
    from simcore.studies.coach.rules_document import Rules

_RULES = {
    "nobody": "nobody",
    "random": "by lot",
    "result": "the worst result",
    "process": "the worst step",
    "oracle": "the true bad habit",
}


def coach_pictures(document: Coach, scenario: Scenario | None = None) -> list[Picture | None]:
    """Return the pictures of coaching."""
    del scenario  # the document has all that is shown
    found = document.rules
    told = [] if found is None else [rule_gains(found, document.currency), illusion(found, document.currency)]
    return [tornado(document), *told]


def tornado(document: Coach) -> Picture | None:
    """Return what a tenth more of each figure does to revenue, the largest first."""
    found: list[tuple[LeverRow, Effect]] = [
        (row, row.revenue)
        for row in document.leverage.levers
        if row.change == "tenth" and row.revenue is not None and row.revenue.difference.estimate is not None
    ]
    found.sort(key=lambda pair: -abs(pair[1].difference.estimate or 0.0))
    unit = Unit(document.currency, signed=True)
    rows = [
        between(row.lever, effect.difference.estimate or 0.0, effect.low, effect.high, unit, line=0.0)
        for row, effect in found
    ]
    lines = [
        (
            words(printable(row.lever)),
            words(f"{printable(row.before)} to {printable(row.after)}"),
            estimated(effect.difference),
            interval(effect.low, effect.high, effect.difference.se),
            estimated(effect.relative, percent=True),
        )
        for row, effect in found
    ]
    says = (
        "What ten per cent more of one figure does to the revenue of a rep in a year, all else as it is (of lags and "
        "spreads: ten per cent less), with 95 % intervals. A hollow point is not told apart from nothing."
    )
    headings = ("figure", "change", "revenue of a rep-year", "95 % interval", "relative")
    axis = Axis(f"revenue of a rep-year, {printable(document.currency)}", "~s")
    numbers = table(headings, lines, left=2)
    return forest_picture(("tornado", "Which figure does most", says), rows, axis, numbers, bars=True)


def rule_gains(rules: Rules, currency: str) -> Picture | None:
    """Return what coaching by each rule brings over coaching nobody."""
    unit = Unit(currency, signed=True)
    rows: list[Row | None] = []
    lines = []
    for row in rules.rows:
        name = _RULES[row.rule]
        if row.gain is not None and row.gain.estimate is not None:
            rows.append(between(name, row.gain.estimate, row.gain_low, row.gain_high, unit, line=0.0))
        spread = None if row.gain is None else row.gain.se
        cells = (estimated(row.revenue), estimated(row.gain), interval(row.gain_low, row.gain_high, spread))
        lines.append((words(name), *cells, estimated(row.hits, percent=True), estimated(row.afflicted, percent=True)))
    says = (
        "What coaching brings a rep in a year by whom one coaches, over coaching nobody in the same worlds, with 95 % "
        f"intervals: {counted(rules.slots, 'session')} a week, the same for every rule."
    )
    headings = (
        "whom",
        "revenue of a rep-year",
        "over nobody",
        "95 % interval",
        "sessions that hit",
        "weeks with a habit",
    )
    axis = Axis(f"over nobody, {printable(currency)} a rep-year", "~s")
    return forest_picture(("rules", "Whom to coach", says), rows, axis, table(headings, lines), bars=True)


def illusion(rules: Rules, currency: str) -> Picture | None:
    """Return what a session seems to do, and what it does; ``None`` where nothing was coached."""
    weeks, unit = rules.looks_weeks, Unit(currency, signed=True)
    rows: list[Row | None] = []
    lines = []
    for row in rules.rows:
        if row.looks is None:
            continue
        name, looks = _RULES[row.rule], row.looks
        rows.append(row_of(f"{name}: seems", looks.seen, unit, line=0.0, shade="second"))
        rows.append(row_of(f"{name}: is", looks.did, unit, line=0.0))
        lines.append(
            (words(name), *(estimated(each) for each in (looks.before, looks.seen, looks.did, looks.illusion)))
        )
    says = (
        f"Revenue of a coached rep a week: the {weeks} weeks after a session minus the {weeks} before it (what it "
        "seems to do), and the same weeks of the same reps with and without coaching (what it does). Who is "
        "picked for a bad spell recovers from it anyway."
    )
    axis = Axis(f"revenue a week, {printable(currency)}", "~s")
    numbers = table(("whom", "before", "it seems", "it does", "illusion"), lines)
    return forest_picture(("illusion", "What a session seems to do, and does", says), rows, axis, numbers)
