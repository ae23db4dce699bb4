"""How good forecasts would have been, as text: no figure that is not in the document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rich.console import Group, RenderableType

from simcore.answers.numbers import count, significant
from simcore.base.text import printable
from simcore.cli.screens.layout import conclusion, grid, note, spaced, titled
from simcore.cli.tables import Paragraph, fits
from simcore.exported.backtest_answer import METHODS, backtest_told, backtest_verdict

if TYPE_CHECKING:
    from simcore.forecasting.backtest_document import Backtest, Window

_WINDOWS: Final = 13
_BAR: Final = 40
_TENTH_BAR: Final = 30


def backtest_report(found: Backtest) -> RenderableType:
    """Return the report for 80 columns: the verdict, the methods, the last windows, where actual values fell."""
    parts = [
        Group(conclusion(backtest_verdict(found)), *(Paragraph(line) for line in backtest_told(found))),
        _methods(found),
    ]
    parts += [_windows(found), _pit(found)]
    return Group(*spaced(parts))


@fits
def _methods(found: Backtest) -> RenderableType:
    table = grid(["method", "covered", "CRPS", "width", "bias", "pinball"])
    for score in found.methods:
        table.add_row(
            METHODS[score.name],
            f"{100 * score.coverage:.0f} %",
            *(f"{each:.3f}" for each in (score.crps, score.width)),
            f"{score.bias:+.3f}",
            f"{score.pinball:.3f}",
        )
    said = "All but coverage are shares of what came in the mean. The lower CRPS and pinball, the better the forecast."
    return Group(table, note(said))


@fits
def _windows(found: Backtest) -> RenderableType:
    """Return a line a window: the interval, and where what came lies in it or beside it."""
    shown = found.windows[-_WINDOWS:]
    most = max(max(each.high, each.actual) for each in shown) or 1.0
    named = any(window.segment is not None for window in shown)
    table = grid(
        ["from" if found.horizon_calls is None else "from call", *(["segment"] if named else []), "interval", "came"],
        left=3 if named else 2,
    )
    for window in shown:
        segment = [printable(window.segment or "")] if named else []
        table.add_row(window.origin, *segment, _bar(window, most, 24 if named else _BAR), _amount(window.actual))
    last = f"The last {len(shown)} of {count(len(found.windows))} windows" if len(shown) < len(found.windows) else ""
    title = last or "All windows"
    said = "= the interval, | its median, o what came, x what came where it is outside of the interval."
    return titled(title, Group(table, note(said)))


def _bar(window: Window, most: float, width: int) -> str:
    def place(value: float) -> int:
        return round(value / most * (width - 1))

    cells = [" "] * width
    for at in range(place(window.low), place(window.high) + 1):
        cells[at] = "="
    cells[place(window.median)] = "|"
    cells[place(window.actual)] = "o" if window.low <= window.actual <= window.high else "x"
    return "".join(cells).rstrip()


def _amount(value: float) -> str:
    return significant(value, 3)


@fits
def _pit(found: Backtest) -> RenderableType:
    """Return how many windows fell into each tenth of their forecast's distribution."""
    most = max(found.pit) or 1
    table = grid(["tenth of the forecast", "", "windows"], left=2)
    for tenth, windows in enumerate(found.pit):
        table.add_row(f"{10 * tenth} to {10 * tenth + 10} %", "#" * round(_TENTH_BAR * windows / most), count(windows))
    return titled("Where what came lies in its forecast (even, if calibrated)", table)
