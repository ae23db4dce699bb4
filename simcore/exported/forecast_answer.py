"""The answer of a forecast: what may come by a day, how sure that is, and what a reader must know."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from simcore.answers.answer import Answer, KeyFigure
from simcore.answers.numbers import count, counted, significant
from simcore.results.sentences import chance, money

if TYPE_CHECKING:
    from simcore.forecasting.forecast_document import Forecast, Range

LAST_WORKING_DAY: Final = 32
SOURCES: Final = {
    "luck": "luck of single deals",
    "market": "the market: how well deals go in these weeks",
    "new deals": "how many deals come",
    "knowledge": "what so short a history leaves open",
    "weeks": "how weeks differ, new deals among it",
    "people": "who the reps are",
    "together": "these in company",
}
"""What the width is made of, in words."""
WEATHERS: Final = {0.1: "worse than in 9 of 10 worlds", 0.5: "in the middle", 0.9: "better than in 9 of 10 worlds"}
_CHANGED: Final = 0.05
_FEW_WEEKS: Final = 12


def forecast_answer(found: Forecast) -> Answer:
    """Return the answer of a forecast."""
    figures = [] if found.history_weeks is None else [KeyFigure("closed already", amount(found.closed, found))]
    figures += [
        KeyFigure(name, amount(each.median, found), f"{amount(each.low, found)} to {amount(each.high, found)}")
        for name, each in parts_of(found)
    ]
    return Answer(
        sentences=(forecast_sentence(found), *forecast_beside(found)),
        figures=tuple(figures),
        picture=None,
        cautions=tuple(forecast_warnings(found)),
        words=("luck", "market", "stage-weighted pipeline"),
    )


def source_words(source: str, found: Forecast) -> str:
    """Return what a source of the width is, in words."""
    if source == "knowledge" and found.history_weeks is None:
        return "what is not known of the figures"
    return SOURCES[source]


def parts_of(found: Forecast) -> list[tuple[str, Range]]:
    """Return what the total is made of, and the total."""
    return [
        (f"from {counted(found.open_deals, 'open deal')}", found.from_open),
        ("from deals not there yet", found.from_new),
        ("total", found.total),
    ]


def amount(value: float, found: Forecast) -> str:
    """Return wins as a count, values as money."""
    return count(round(value)) if found.measure == "wins" else money(value, found.currency)


def forecast_sentence(found: Forecast) -> str:
    """Return what may come by the day, in one sentence."""
    total = found.total
    median = counted(round(total.median), "win") if found.measure == "wins" else amount(total.median, found)
    told = (
        f"{median} by {found.by}; 9 in 10 replications end between {amount(total.low, found)} "
        f"and {amount(total.high, found)}"
    )
    if found.p_quota is None or found.quota is None:
        return f"{told}."
    return f"{told}; the chance of the quota of {amount(found.quota, found)} is {chance(found.p_quota)}."


def forecast_warnings(found: Forecast) -> list[str]:
    """Return what a reader must know before believing it."""
    lines = []
    if found.outside is not None:
        lines.append(f"The history no longer holds: {found.outside}.")
    if found.interrupted:
        lines.append("Stopped: what the width is made of was not worked out.")
    if found.history_weeks is not None and found.history_weeks < _FEW_WEEKS:
        lines.append(f"Only {found.history_weeks:.0f} weeks of history: how wide the range is, is itself uncertain.")
    return lines


def forecast_beside(found: Forecast) -> list[str]:
    """Return what stands beside it: the figure of a CRM, what has changed, what was left out."""
    lines = []
    if found.stage_weighted is not None:
        lines.append(
            f"The stage-weighted pipeline, as a CRM shows it, is {amount(found.stage_weighted, found)}: it asks not "
            "when a deal is won, leaves out deals that are not there yet, and has no range."
        )
    if found.market is not None and abs(found.market - 1.0) > _CHANGED:
        lines.append(f"Deals have lately been won at {significant(found.market, 3)} times the rate of the past.")
    if found.closing_days:
        days = ["the last working day" if day == LAST_WORKING_DAY else f"day {day}" for day in found.closing_days]
        lines.append(f"Many deals are closed on {' and '.join(days)} of a month, or on the Monday after.")
    if found.holidays:
        lines.append(f"Public holidays are those of {found.holidays}.")
    if found.without:
        lines.append(f"Taken as lost: {', '.join(found.without)}.")
    return [*lines, *_tested(found)]


def _tested(found: Forecast) -> list[str]:
    """Return how such forecasts held in a backtest."""
    tested = found.tested
    if found.history_weeks is None:
        left_out = "Of a scenario: what it leaves out is not in the range. How far forecasts of the deals themselves "
        return [f"{left_out}can be believed: simcore backtest with their files."]
    if tested is None:
        never = "Never tested: simcore backtest with the same files tells how far such forecasts can be believed, and "
        return [f"{never}--backtest shows it here."]
    what = "wins" if tested.measure == "wins" else "the value of wins"
    told = (
        f"Tested: of {counted(tested.windows, 'forecast')} of {what} {counted(tested.horizon_weeks, 'week')} ahead, "
        f"{100 * tested.coverage:.0f} % of the intervals of {100 * tested.level:.0f} % held what came "
        f"({counted(tested.independent_windows, 'window')} without overlap): {tested.verdict}."
    )
    other = [] if tested.same_history else [f"on another history (to {tested.as_of})"]
    other += [] if tested.measure == found.measure else ["of another measure"]
    other += [] if tested.horizon_weeks == found.weeks else [f"for another length than the {found.weeks} weeks here"]
    return [told, f"That test was {' and '.join(other)}."] if other else [told]
