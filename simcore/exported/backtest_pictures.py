"""Pictures of a backtest: intervals with what came, where it lies in its forecast, and every method's score."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from simcore.answers.numbers import significant
from simcore.base.text import printable
from simcore.charts.picture import Picture, exact, share, table, words
from simcore.charts.rows import Unit, between, forest_picture
from simcore.charts.shapes.columns import Column, columns
from simcore.charts.shapes.forest import Row
from simcore.charts.shapes.theme import Axis, Canvas
from simcore.exported.backtest_answer import METHODS

if TYPE_CHECKING:
    from simcore.forecasting.backtest_document import Backtest, Window

_MOST: Final = 40
"""Windows that are drawn, the last ones; the table has all of them."""


def backtest_pictures(found: Backtest) -> list[Picture | None]:
    """Return the pictures of a backtest."""
    return [_windows(found), _pit(found), _methods(found)]


def _held(window: Window) -> bool:
    return window.low <= window.actual <= window.high


def _windows(found: Backtest) -> Picture | None:
    shown = found.windows[-_MOST:]
    rows = []
    for window in shown:
        name = printable(window.origin if window.segment is None else f"{window.origin} {window.segment}")
        low, came, high = (significant(each, 3) for each in (window.low, window.actual, window.high))
        text = came if _held(window) else f"{came}: outside"
        says = f"{name}: {came} came, where {100 * found.level:.0f} % lay between {low} and {high}"
        shade = "first" if _held(window) else "second"
        rows.append(Row(name, window.actual, window.low, window.high, text, says, not _held(window), shade))
    lines = [
        (
            words(each.origin),
            words(printable(each.segment or "all")),
            exact(each.actual),
            exact(each.low),
            exact(each.median),
            exact(each.high),
            share(each.pit),
        )
        for each in found.windows
    ]
    last = f"The last {len(shown)} of {len(found.windows)} windows. " if len(shown) < len(found.windows) else ""
    says = f"{last}The line is the interval, the point what came: hollow, in another colour, where it lies outside."
    what = {"wins": "wins", "value": f"value of wins, {printable(found.currency)}", "successes": "successes"}
    headings = ("from", "segment", "came", "low", "median", "high", "place in its forecast")
    picture = ("windows", "Intervals, and what came", says)
    axis = Axis(what[found.measure].rstrip(", "))
    return forest_picture(picture, rows, axis, table(headings, lines, left=2), line=None)


def _pit(found: Backtest) -> Picture:
    tenths = [(f"{10 * tenth} to {10 * tenth + 10} %", number) for tenth, number in enumerate(found.pit)]
    bars = [
        Column(10.0 * tenth, 10.0 * tenth + 10.0, float(number), f"{name}: {number} windows")
        for tenth, (name, number) in enumerate(tenths)
    ]
    says = (
        "In which tenth of its forecast what came lies: even, if forecasts are calibrated; high ends, if they are too "
        "narrow; a hill, if they are too wide; a slope, if they are too low or too high."
    )
    across, up = Axis("place in the forecast, %", "d"), Axis("windows", "d")
    return Picture(
        "pit",
        "Where what came lies in its forecast",
        says,
        lambda width: columns(bars, Canvas(width), across, up, about=says),
        table(("tenth of the forecast", "windows"), [(words(name), exact(number)) for name, number in tenths]),
    )


def _methods(found: Backtest) -> Picture | None:
    rows = [
        between(
            METHODS[each.name], each.crps, None, None, Unit(), shade="second" if each.name == "simcore" else "first"
        )
        for each in found.methods
    ]
    lines = [
        (
            words(METHODS[each.name]),
            share(each.coverage),
            *(exact(figure, ".3f") for figure in (each.crps, each.width, each.bias, each.pinball)),
            exact(each.windows),
        )
        for each in found.methods
    ]
    says = "The score (CRPS) of each method over what came in the mean: the lower, the better."
    headings = ("method", "covered", "CRPS", "width", "bias", "pinball", "windows")
    name = ("methods", "Beside methods without a model", says)
    return forest_picture(name, rows, Axis("CRPS"), table(headings, lines), bars=True)
