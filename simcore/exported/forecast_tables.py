"""The tables of a forecast."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simcore.exported.forecast_answer import forecast_answer
from simcore.forecasting.forecast_document import DealChance, FanPoint, Range, Weather, WidthPart
from simcore.tables.about import about, sentences
from simcore.tables.layout import Layout
from simcore.tables.table import COUNT, MONEY, RATIO, SHARE, WEEKS, Cell, Row, Table

if TYPE_CHECKING:
    from simcore.forecasting.forecast_document import Forecast

_LISTS = ("from_open", "from_new", "total", "fan", "width", "largest", "weather", "closing_days")
_CHANCES = {"chance": SHARE, "chance_low": SHARE, "chance_high": SHARE, "p_quota_without": SHARE}


def forecast_tables(found: Forecast) -> list[Table]:
    """Return all figures of a forecast."""
    unit = COUNT if found.measure == "wins" else MONEY
    # Values of an export that names no currency are in whatever it counts them in.
    money = found.currency or "value"
    ranged = dict.fromkeys(("low", "median", "high", "mean"), unit)
    own = {"quota": unit, "closed": unit, "stage_weighted": unit, "history_weeks": WEEKS, "market": RATIO}
    own |= {"tested.coverage": SHARE, "tested.level": SHARE, "tested.horizon_weeks": WEEKS, "tested.*": COUNT}
    own |= {"deals": COUNT, "open_deals": COUNT, "p_quota": SHARE}
    parts = (("open deals", found.from_open), ("deals not there yet", found.from_new), ("total", found.total))
    answer = forecast_answer(found)
    days = tuple(Row((number,), (Cell(text=str(day)),)) for number, day in enumerate(found.closing_days, start=1))
    return [
        about(found, own, without=_LISTS),
        Layout(Range, ("part",), ranged).below("parts", "What it is made of", (((n,), r) for n, r in parts), money),
        Layout(FanPoint, ("until",), ranged).table("fan", "How it may add up", found.fan, money),
        Layout(WidthPart, ("source",), {"share": SHARE}).table(
            "width", "What the width is made of", found.width, money
        ),
        Layout(DealChance, ("id",), {"value": unit, **_CHANCES}).table(
            "largest", "Open deals that matter most", found.largest, money
        ),
        Layout(Weather, ("market",), {"factor": RATIO, "p_quota": SHARE}).table(
            "weather", "Any weather", found.weather, money
        ),
        Table("closing_days", "Days of a month on which many are closed", ("number",), ("day",), days),
        sentences((("answer", answer.sentences), ("cautions", answer.cautions))),
    ]
