"""The tables of a backtest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simcore.exported.backtest_answer import backtest_answer
from simcore.forecasting.backtest_document import MethodScore, Window
from simcore.tables.about import about, sentences
from simcore.tables.layout import Layout
from simcore.tables.table import COUNT, MONEY, RATIO, SHARE, WEEKS, Cell, Row, Table

if TYPE_CHECKING:
    from simcore.forecasting.backtest_document import Backtest

_LISTS = ("methods", "windows", "pit")
_OWN = dict.fromkeys(("deals", "won", "every_calls", "horizon_calls"), COUNT) | dict.fromkeys(
    ("history_weeks", "every_weeks", "horizon_weeks"), WEEKS
)
_SCORES = dict.fromkeys(("crps", "width", "bias", "pinball"), RATIO)
METHODS = Layout(MethodScore, ("name",), {"windows": COUNT, "independent_windows": COUNT, "coverage": SHARE, **_SCORES})


def backtest_tables(found: Backtest) -> list[Table]:
    """Return all figures of a backtest."""
    money = found.currency or "value"
    unit = MONEY if found.measure == "value" else COUNT
    ranged = dict.fromkeys(("actual", "low", "median", "high"), unit)
    windows = Layout(Window, ("window",), {**ranged, "pit": SHARE})
    numbered = (((number,), window) for number, window in enumerate(found.windows, start=1))
    tenths = tuple(Row((tenth,), (Cell(number, COUNT),)) for tenth, number in enumerate(found.pit, start=1))
    answer = backtest_answer(found)
    return [
        about(found, {**_OWN, "level": SHARE, "from_new_deals": SHARE}, without=_LISTS),
        METHODS.table("methods", "How good each method was", found.methods, money),
        windows.below("windows", "Intervals, and what came", numbered, money),
        Table("pit", "Where what came lies in its forecast", ("tenth",), ("windows",), tenths),
        sentences((("answer", answer.sentences), ("cautions", answer.cautions))),
    ]
