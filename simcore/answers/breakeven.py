"""The answer of a break-even search: where two strategies tie, or who is ahead all along."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simcore.answers.answer import Answer, KeyFigure, Picture, PictureRow
from simcore.answers.figures import money_figure, share_figure
from simcore.answers.wording import STOPPED
from simcore.scenario.metric import CV, P_QUOTA, P_QUOTA_TEAM, P_ZERO, parse_metric
from simcore.studies.sweep.breakeven import shown_value

if TYPE_CHECKING:
    from simcore.statistics.estimate import Estimate
    from simcore.studies.sweep.document import Breakeven, Evaluation

_SHARES = (P_QUOTA, P_QUOTA_TEAM, P_ZERO, CV)
_MOST_ROWS = 12


def answer(found: Breakeven) -> Answer:
    """Return the answer of a break-even search."""
    return Answer(
        sentences=(found.sentence,),
        figures=tuple(_figures(found)),
        picture=_differences(found),
        cautions=(STOPPED,) if found.interrupted else (),
        words=("break-even", "common random numbers", "confidence interval"),
    )


def _figures(found: Breakeven) -> list[KeyFigure]:
    figures = []
    for root in found.roots[:3]:
        ends = f"{shown_value(found, root.low)} to {shown_value(found, root.high)} (95 % interval)"
        figures.append(KeyFigure(f"{found.path} at which the two tie", shown_value(found, root.value), ends))
    first, second = found.strategies
    for value, difference in ((found.low, found.at_low), (found.high, found.at_high)):
        if difference is not None:
            label = f"{second} less {first} at {shown_value(found, value)}"
            figures.append(_key(found, label, difference))
    return figures


def _key(found: Breakeven, label: str, figure: Estimate) -> KeyFigure:
    if parse_metric(found.metric).name in _SHARES:
        return share_figure(label, figure)
    return money_figure(label, figure, found.currency)


def _differences(found: Breakeven) -> Picture | None:
    scanned = sorted((each for each in found.evaluations if each.scan), key=lambda each: each.value)[:_MOST_ROWS]
    if not scanned:
        return None
    first, second = found.strategies
    return Picture(
        title=f"{second} less {first}, over {found.path}",
        kind="intervals",
        rows=tuple(_row(found, each) for each in scanned),
        mark=0.0,
        note="Lines are 95 % intervals of each value; a hollow point: nobody is clearly ahead, all values together.",
    )


def _row(found: Breakeven, each: Evaluation) -> PictureRow:
    difference, label = each.difference, shown_value(found, each.value)
    if difference.estimate is None:
        return PictureRow(label, None, shown="not known")
    text = _key(found, "", difference).value
    return PictureRow(label, difference.estimate, difference.low, difference.high, text, each.ahead is not None)
