"""The answer of a backtest: its verdict, and how the forecasts did beside those without a model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from simcore.answers.answer import Answer, KeyFigure
from simcore.answers.numbers import counted, significant

if TYPE_CHECKING:
    from simcore.forecasting.backtest_document import Backtest

METHODS: Final = {
    "simcore": "simcore",
    "last_period": "as in the last period",
    "gamma_poisson": "discounted mean",
    "past_windows": "any window of the past",
    "stage_weighted": "stage-weighted pipeline",
}
"""What the methods are called."""
_THIRD: Final = 3


def backtest_answer(found: Backtest) -> Answer:
    """Return the answer of a backtest."""
    own = found.score("simcore")
    figures = (
        KeyFigure("intervals that held", f"{100 * own.coverage:.0f} %", f"promised: {100 * found.level:.0f} %"),
        KeyFigure("score (CRPS)", f"{own.crps:.3f}", f"{found.best_naive.crps:.3f} without a model"),
        KeyFigure("width of an interval", f"{own.width:.2f}", "of what came"),
        KeyFigure("windows that do not overlap", f"{own.independent_windows:,}"),
    )
    return Answer(
        sentences=(backtest_verdict(found), *backtest_told(found)),
        figures=figures,
        picture=None,
        cautions=("Stopped: some origins were not forecast from.",) if found.interrupted else (),
        words=("coverage", "CRPS", "stage-weighted pipeline"),
    )


def backtest_verdict(found: Backtest) -> str:
    """Return the verdict as a sentence."""
    return f"{found.verdict[0].upper()}{found.verdict[1:]}."


def backtest_told(found: Backtest) -> list[str]:
    """Return what was tested and how it came out, in sentences."""
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
            f"model, {METHODS[naive.name]}."
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
