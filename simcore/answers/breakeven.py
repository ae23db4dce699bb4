"""The answer of a break-even search: where two strategies tie, or who is ahead all along."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simcore.answers.answer import Answer, KeyFigure, Picture, PictureRow, places_of
from simcore.answers.figures import NOT_KNOWN
from simcore.answers.metrics import figure_of, title_of
from simcore.answers.wording import cautions_of
from simcore.studies.sweep.breakeven import shown_value

if TYPE_CHECKING:
    from simcore.studies.sweep.document import Breakeven, Evaluation

_MOST_ROWS = 11
_MOST_ROOTS = 3


def breakeven_answer(found: Breakeven) -> Answer:
    """Return the answer of a break-even search."""
    return Answer(
        sentences=(found.sentence,),
        figures=tuple(_figures(found)),
        picture=_differences(found),
        cautions=tuple(cautions_of(found)),
        words=("break-even", "common random numbers", "confidence interval"),
    )


def _figures(found: Breakeven) -> list[KeyFigure]:
    figures = []
    for root in found.roots[:_MOST_ROOTS]:
        ends = f"between {shown_value(found, root.low)} and {shown_value(found, root.high)} (95 %)"
        figures.append(KeyFigure(f"the two tie at {found.path}", shown_value(found, root.value), ends))
    first, second = found.strategies
    for value, difference in ((found.low, found.at_low), (found.high, found.at_high)):
        if difference is not None:
            label = f"{second} less {first} at {shown_value(found, value)}"
            figures.append(figure_of(label, difference, found.metric, found.currency))
    return figures


def _differences(found: Breakeven) -> Picture | None:
    scanned = sorted((each for each in found.evaluations if each.scan), key=lambda each: each.value)
    if not scanned:
        return None
    scanned = [scanned[place] for place in places_of(len(scanned), _MOST_ROWS)]
    first, second = found.strategies
    return Picture(
        title=f"{title_of(found.metric)}: {second} less {first}, over {found.path}",
        kind="intervals",
        rows=tuple(_row(found, each) for each in scanned),
        mark=0.0,
        note="Lines are 95 % intervals of each value; hollow: nobody is clearly ahead, judged at all values together.",
        even=True,
    )


def _row(found: Breakeven, each: Evaluation) -> PictureRow:
    difference, label = each.difference, shown_value(found, each.value)
    if difference.estimate is None:
        return PictureRow(label, None, shown=NOT_KNOWN)
    text = figure_of("", difference, found.metric, found.currency).value
    return PictureRow(label, difference.estimate, difference.low, difference.high, text, each.ahead is not None)
