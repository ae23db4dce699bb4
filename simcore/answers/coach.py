"""The answer of coaching: whom to coach, which step to improve, and what each improvement does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simcore.answers.answer import Answer, KeyFigure, Picture, PictureRow
from simcore.answers.figures import in_percent_of, money_figure, share_figure
from simcore.answers.numbers import significant
from simcore.answers.wording import cautions_of
from simcore.studies.coach.sentences import hours_sentences, ranking_sentence

if TYPE_CHECKING:
    from simcore.studies.coach.document import Coach
    from simcore.studies.coach.leverage_document import LeverRow

_MOST_ROWS = 8
_MOST_SENTENCES = 3
_ROUNDING = 1e-6
"""An error so small a part of its figure comes of cents and last bits: the figure is the same in every world."""


def coach_answer(found: Coach) -> Answer:
    """Return the answer of coaching."""
    return Answer(
        sentences=tuple(_sentences(found)),
        figures=tuple(_figures(found)),
        picture=_tornado(found),
        cautions=tuple(cautions_of(found)),
        words=("tornado", "bad habit", "common random numbers"),
    )


def _sentences(found: Coach) -> list[str]:
    """Return whom to coach, or in what: the hours that were asked about, the rules, then the steps."""
    told = [] if found.leverage.hours is None else hours_sentences(found.leverage.hours)[:2]
    if found.rules is not None:
        told += found.rules.words[: 2 - len(told) // 2]
    by_revenue = [ranking_sentence(each) for each in found.leverage.rankings if each.measure == "revenue"]
    return [*told, *by_revenue][:_MOST_SENTENCES] or [_unranked(found)]


def _unranked(found: Coach) -> str:
    """Say why no step is told to be the best: there is one, or these worlds do not tell."""
    rates = [row for row in found.leverage.levers if row.kind == "rate" and row.change == "tenth"]
    if found.leverage.interrupted or len(rates) != 1:
        return "These worlds do not tell which step to improve."
    told = _row(rates[0])
    if not told.shown:
        return "There is one step, so none to choose, and its rate cannot be raised by a tenth."
    return f"There is one step, so none to choose: a tenth more of its rate changes mean revenue by {told.shown}."


def _figures(found: Coach) -> list[KeyFigure]:
    rules = [] if found.rules is None else [row for row in found.rules.rows if row.rule in ("process", "result")]
    gains = [(row.rule, row.gain) for row in rules if row.gain is not None]
    figures = [money_figure(f"gain of a rep-year by coaching the {rule}", gain, found.currency) for rule, gain in gains]
    figures.append(money_figure("revenue of a rep in a year, as it is", found.leverage.revenue, found.currency))
    if found.leverage.p_quota is not None:
        figures.append(share_figure("chance of a rep to reach quota, as it is", found.leverage.p_quota))
    return figures


def _tornado(found: Coach) -> Picture | None:
    rows = [_row(row) for row in found.leverage.levers if row.change == "tenth" and row.revenue is not None]
    rows = sorted((row for row in rows if row.value is not None), key=lambda row: -(row.value or 0.0))[:_MOST_ROWS]
    if not rows:
        return None
    return Picture(
        title="What ten per cent better does to revenue",
        kind="bars",
        rows=tuple(rows),
        mark=0.0,
        note="Each in the same worlds as they are.",
    )


def _row(row: LeverRow) -> PictureRow:
    relative = None if row.revenue is None else row.revenue.relative
    if relative is None or relative.estimate is None:
        return PictureRow(row.lever, None)
    if relative.se is None or relative.se < _ROUNDING * abs(relative.estimate):
        # The same in every world, as of a deal that is worth more.
        return PictureRow(row.lever, relative.estimate, shown=f"{significant(100.0 * relative.estimate, 3)} %")
    return PictureRow(row.lever, relative.estimate, shown=in_percent_of(relative))
