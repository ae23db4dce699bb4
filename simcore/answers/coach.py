"""The answer of coaching: whom to coach, which step to improve, and what each improvement does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simcore.answers.answer import Answer, KeyFigure, Picture, PictureRow
from simcore.answers.figures import money_figure, share_figure
from simcore.answers.numbers import significant
from simcore.answers.wording import STOPPED

if TYPE_CHECKING:
    from simcore.studies.coach.document import Coach
    from simcore.studies.coach.leverage_document import LeverRow

_MOST_ROWS = 8


def answer(found: Coach) -> Answer:
    """Return the answer of coaching."""
    return Answer(
        sentences=tuple(_sentences(found)),
        figures=tuple(_figures(found)),
        picture=_tornado(found),
        cautions=(STOPPED,) if found.interrupted else (),
        words=("tornado", "bad habit", "common random numbers"),
    )


def _sentences(found: Coach) -> list[str]:
    told = list(found.rules.words[:2]) if found.rules is not None else []
    return [*told, *found.leverage.sentences[: 3 - len(told)]]


def _figures(found: Coach) -> list[KeyFigure]:
    figures = [money_figure("revenue of a rep in a year, as it is", found.leverage.revenue, found.currency)]
    if found.leverage.p_quota is not None:
        figures.append(share_figure("chance of a rep to reach quota, as it is", found.leverage.p_quota))
    rules = [] if found.rules is None else found.rules.rows
    gains = [(row.rule, row.gain) for row in rules if row.gain is not None]
    return [*figures, *(money_figure(f"gain by coaching: {rule}", gain, found.currency) for rule, gain in gains)]


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
        note="In the same worlds; give or take behind each.",
    )


def _row(row: LeverRow) -> PictureRow:
    relative = None if row.revenue is None else row.revenue.relative
    if relative is None or relative.estimate is None:
        return PictureRow(row.lever, None)
    near = "" if not relative.se else f", give or take {significant(100.0 * relative.se, 2)}"
    shown = f"{significant(100.0 * relative.estimate, 3)} %{near}"
    return PictureRow(row.lever, relative.estimate, shown=shown)
