"""What may come by a day, as text: no figure that is not in the document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rich.console import Group, RenderableType

from simcore.answers.numbers import NONE, count
from simcore.base.text import printable
from simcore.cli.screens.layout import conclusion, grid, note, percent, spaced, titled, warning
from simcore.cli.tables import Paragraph, fits
from simcore.exported.forecast_answer import (
    WEATHERS,
    amount,
    forecast_beside,
    forecast_sentence,
    forecast_warnings,
    parts_of,
    source_words,
)

if TYPE_CHECKING:
    from simcore.forecasting.forecast_document import FanPoint, Forecast

_WEEKS: Final = 13
_BAR: Final = 40


def forecast_report(found: Forecast) -> RenderableType:
    """Return the report for 80 columns: a sentence, the parts, the fan, what the width is made of, deals, weather."""
    head = [conclusion(forecast_sentence(found)), *(warning(line) for line in forecast_warnings(found))]
    parts: list[RenderableType] = [Group(*head), _parts(found), _fan(found)]
    if found.width:
        parts.append(_width(found))
    if found.largest:
        parts.append(_deals(found))
    if found.weather:
        parts.append(_weather(found))
    parts.append(Group(*(Paragraph(printable(line)) for line in forecast_beside(found))))
    return Group(*spaced(parts))


@fits
def _parts(found: Forecast) -> RenderableType:
    table = grid(["", "5 %", "median", "95 %", "mean"])
    if found.history_weeks is not None:
        table.add_row(f"closed since {found.since}", "", amount(found.closed, found), "", "")
    for name, each in parts_of(found):
        ends = (amount(value, found) for value in (each.low, each.median, each.high))
        mean = each.mean.estimate
        table.add_row(name, *ends, NONE if mean is None else amount(mean, found))
    own = "rates, market and inflow" if found.history_weeks is not None else "luck, market and row of figures"
    said = f"{count(found.replications)} replications, each with {own} of its own."
    return Group(table, note(said))


@fits
def _fan(found: Forecast) -> RenderableType:
    step = -(-len(found.fan) // _WEEKS)
    shown = [*found.fan[::-step]][::-1]
    most = max(point.high for point in shown) or 1.0
    table = grid(["by", "", "5 %", "median", "95 %"], left=2)
    for point in shown:
        table.add_row(
            point.until, _bar(point, most), *(amount(each, found) for each in (point.low, point.median, point.high))
        )
    return titled("How it may add up", table)


def _bar(point: FanPoint, most: float) -> str:
    low, median, high = (round(each / most * (_BAR - 1)) for each in (point.low, point.median, point.high))
    cells = [" "] * low + ["="] * (high - low + 1)
    cells[median] = "|"
    return "".join(cells)


@fits
def _width(found: Forecast) -> RenderableType:
    table = grid(["What the width is made of", "share of the variance"])
    for part in sorted(found.width, key=lambda each: -(each.share.estimate or 0.0)):
        table.add_row(source_words(part.source, found), percent(part.share))
    return table


@fits
def _deals(found: Forecast) -> RenderableType:
    quota, ranged = found.quota is not None, found.largest[0].chance_low is not None
    headings = ["deal", "stage", "value", "chance", *(["90 %"] if ranged else [])]
    table = grid([*headings, *(["quota without"] if quota else [])], left=2)
    for deal in found.largest:
        low, high = deal.chance_low, deal.chance_high
        ends = [] if low is None or high is None else [f"{100 * low:.0f} to {100 * high:.0f} %"]
        without = [percent(deal.p_quota_without)] if deal.p_quota_without is not None else []
        table.add_row(
            printable(deal.id), printable(deal.stage), amount(deal.value, found), percent(deal.chance), *ends, *without
        )
    said = [note("90 %: of what is not known of rates and market; what is left of a chance is luck.")] if ranged else []
    return titled("Open deals that matter most", Group(table, *said))


@fits
def _weather(found: Forecast) -> RenderableType:
    table = grid(["the market until then", "wins over the past", "quota reached"])
    for row in found.weather:
        table.add_row(WEATHERS[row.market], f"x {row.factor:.2f}", percent(row.p_quota))
    return titled("Any weather", table)
