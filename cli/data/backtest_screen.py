"""How good forecasts would have been, as text: no figure that is not in the document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rich.console import Group, RenderableType

from simcore.answers.numbers import count, counted, significant
from simcore.base.text import printable
from simcore.cli.screens.layout import conclusion, grid, note, spaced, titled
from simcore.cli.tables import Paragraph, fits

if TYPE_CHECKING:
    from simcore.forecasting.backtest_document import Backtest, Window

NAMES: Final = {
    "simcore": "simcore",
    "last_period": "as in the last period",
    "gamma_poisson": "discounted mean",
    "past_windows": "any window of the past",
    "stage_weighted": "stage-weighted pipeline",
}
"""What the methods are called on a screen."""
_WINDOWS: Final = 13
_THIRD: Final = 3
_BAR: Final = 40
_TENTH_BAR: Final = 30


def backtest_report(found: Backtest) -> RenderableType:
    """Return the report for 80 columns: the verdict, the methods, the last windows, where actual values fell."""
    parts = [Group(conclusion(_verdict(found)), *(Paragraph(line) for line in _told(found))), _methods(found)]
    parts += [_windows(found), _pit(found)]
    return Group(*spaced(parts))


def _verdict(found: Backtest) -> str:
    return f"{found.verdict[0].upper()}{found.verdict[1:]}."


def _told(found: Backtest) -> list[str]:
    own, naive = found.score("simcore"), found.best_naive
    what = {"wins": "wins", "value": "the value of wins", "successes": "successes"}[found.measure]
    origins = len({window.origin for window in found.windows})
    lines = []
    lines.append(
        f"Forecasts of {what} {_ahead(found)} ahead, from {counted(origins, 'origin')} "
        f"({counted(own.independent_windows, 'window')} that {'does' if own.independent_windows == 1 else 'do'} not "
        f"overlap), each from what was known before it: {100 * own.coverage:.0f} % of the intervals of "
        f"{100 * found.level:.0f} % held what came."
    )
    if naive.crps > 0.0:
        lines.append(
            f"Their score (CRPS) is {significant(own.crps / naive.crps, 2)} times that of the best method without a "
            f"model, {NAMES[naive.name]}."
        )
    if found.from_new_deals is not None:
        lines.append(
            f"{100 * found.from_new_deals:.0f} % of the forecast wins come from deals that were not there yet."
        )
    if found.horizon_weeks and found.history_weeks and found.horizon_weeks * _THIRD > found.history_weeks:
        lines.append("The horizon is longer than a third of the history: too little to learn from.")
    return lines


def _ahead(found: Backtest) -> str:
    weeks, calls = found.horizon_weeks, found.horizon_calls
    return counted(weeks, "week") if weeks is not None else counted(calls or 0, "call")


@fits
def _methods(found: Backtest) -> RenderableType:
    table = grid(["method", "covered", "CRPS", "width", "bias", "pinball"])
    for score in found.methods:
        table.add_row(
            NAMES[score.name],
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
