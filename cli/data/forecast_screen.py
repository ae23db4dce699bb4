"""What may come by a day, as text: no figure that is not in the document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rich.console import Group, RenderableType

from simcore.answers.numbers import NONE, count, counted, significant
from simcore.base.text import printable
from simcore.cli.screens.layout import conclusion, grid, note, percent, spaced, titled, warning
from simcore.cli.tables import Paragraph, fits
from simcore.results.sentences import chance, money

if TYPE_CHECKING:
    from simcore.forecasting.forecast_document import FanPoint, Forecast, Range

LAST_WORKING_DAY: Final = 32
_WEEKS: Final = 13
_BAR: Final = 40
_CHANGED: Final = 0.05
_FEW_WEEKS: Final = 12


def forecast_report(found: Forecast) -> RenderableType:
    """Return the report for 80 columns: a sentence, the parts, the fan, what the width is made of, deals, weather."""
    head = [conclusion(_sentence(found)), *(warning(line) for line in _warnings(found))]
    parts: list[RenderableType] = [Group(*head), _parts(found), _fan(found)]
    if found.width:
        parts.append(_width(found))
    if found.largest:
        parts.append(_deals(found))
    if found.weather:
        parts.append(_weather(found))
    parts.append(Group(*(Paragraph(line) for line in _beside(found))))
    return Group(*spaced(parts))


def _amount(value: float, found: Forecast) -> str:
    return counted(round(value), "win") if found.measure == "wins" else money(value, found.currency)


def _short(value: float, found: Forecast) -> str:
    return count(round(value)) if found.measure == "wins" else money(value, found.currency)


def _sentence(found: Forecast) -> str:
    total = found.total
    told = (
        f"{_amount(total.median, found)} by {found.by}; 9 in 10 replications end between {_short(total.low, found)} "
        f"and {_short(total.high, found)}"
    )
    if found.p_quota is None or found.quota is None:
        return f"{told}."
    return f"{told}; the chance of the quota of {_short(found.quota, found)} is {chance(found.p_quota)}."


def _warnings(found: Forecast) -> list[str]:
    lines = []
    if found.outside is not None:
        lines.append(f"The history no longer holds: {found.outside}.")
    if found.interrupted:
        lines.append("Stopped: what the width is made of was not worked out.")
    if found.history_weeks < _FEW_WEEKS:
        lines.append(f"Only {found.history_weeks:.0f} weeks of history: how wide the range is, is itself uncertain.")
    return lines


@fits
def _parts(found: Forecast) -> RenderableType:
    table = grid(["", "5 %", "median", "95 %", "mean"])
    table.add_row(f"closed since {found.since}", "", _short(found.closed, found), "", "")
    rows: list[tuple[str, Range]] = [
        (f"from {counted(found.open_deals, 'open deal')}", found.from_open),
        ("from deals not there yet", found.from_new),
        ("total", found.total),
    ]
    for name, each in rows:
        ends = (_short(value, found) for value in (each.low, each.median, each.high))
        mean = each.mean.estimate
        table.add_row(name, *ends, NONE if mean is None else _short(mean, found))
    said = f"{count(found.replications)} replications, each with rates, market and inflow of its own."
    return Group(table, note(said))


@fits
def _fan(found: Forecast) -> RenderableType:
    step = -(-len(found.fan) // _WEEKS)
    shown = [*found.fan[::-step]][::-1]
    most = max(point.high for point in shown) or 1.0
    table = grid(["by", "", "5 %", "median", "95 %"], left=2)
    for point in shown:
        table.add_row(
            point.until, _bar(point, most), *(_short(each, found) for each in (point.low, point.median, point.high))
        )
    return titled("How it may add up", table)


def _bar(point: FanPoint, most: float) -> str:
    low, median, high = (round(each / most * (_BAR - 1)) for each in (point.low, point.median, point.high))
    cells = [" "] * low + ["="] * (high - low + 1)
    cells[median] = "|"
    return "".join(cells)


@fits
def _width(found: Forecast) -> RenderableType:
    names = {
        "luck": "luck of single deals",
        "market": "the market: how well deals go in these weeks",
        "new deals": "how many deals come",
        "knowledge": "what so short a history leaves open",
        "together": "these in company",
    }
    table = grid(["What the width is made of", "share of the variance"])
    for part in sorted(found.width, key=lambda each: -(each.share.estimate or 0.0)):
        table.add_row(names[part.source], percent(part.share))
    return table


@fits
def _deals(found: Forecast) -> RenderableType:
    quota = found.quota is not None
    headings = ["deal", "stage", "value", "chance", "90 %", *(["quota without"] if quota else [])]
    table = grid(headings, left=2)
    for deal in found.largest:
        ends = f"{100 * deal.chance_low:.0f} to {100 * deal.chance_high:.0f} %"
        without = [percent(deal.p_quota_without)] if deal.p_quota_without is not None else []
        table.add_row(
            printable(deal.id), printable(deal.stage), _short(deal.value, found), percent(deal.chance), ends, *without
        )
    said = "90 %: of what is not known of rates and market; what is left of a chance is luck."
    return titled("Open deals that matter most", Group(table, note(said)))


@fits
def _weather(found: Forecast) -> RenderableType:
    table = grid(["the market until then", "wins over the past", "quota reached"])
    names = {0.1: "worse than in 9 of 10 worlds", 0.5: "in the middle", 0.9: "better than in 9 of 10 worlds"}
    for row in found.weather:
        table.add_row(names[row.market], f"x {row.factor:.2f}", percent(row.p_quota))
    return titled("Any weather", table)


def _beside(found: Forecast) -> list[str]:
    weighted = _short(found.stage_weighted, found)
    lines = []
    lines.append(
        f"The stage-weighted pipeline, as a CRM shows it, is {weighted}: it asks not when a deal is won, leaves out "
        "deals that are not there yet, and has no range."
    )
    if abs(found.market - 1.0) > _CHANGED:
        lines.append(f"Deals have lately been won at {significant(found.market, 3)} times the rate of the past.")
    if found.closing_days:
        days = ["the last working day" if day == LAST_WORKING_DAY else f"day {day}" for day in found.closing_days]
        lines.append(f"Many deals are closed on {' and '.join(days)} of a month, or on the Monday after.")
    if found.without:
        lines.append(f"Taken as lost: {', '.join(map(printable, found.without))}.")
    lines.append("How far such forecasts can be believed: simcore backtest with the same files.")
    return lines
