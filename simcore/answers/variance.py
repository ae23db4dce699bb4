"""The answer of a benchmark of variance reduction: which technique is worth its cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simcore.answers.answer import Answer, KeyFigure, Picture, PictureRow
from simcore.answers.numbers import significant
from simcore.answers.wording import STOPPED

if TYPE_CHECKING:
    from simcore.variance_reduction.document import TechniqueRow, VarianceBench


def answer(found: VarianceBench) -> Answer:
    """Return the answer of a benchmark."""
    return Answer(
        sentences=(found.advice,),
        figures=tuple(_figures(found)),
        picture=_gains(found),
        cautions=(STOPPED,) if found.interrupted else (),
        words=("variance reduction", "control variate", "efficiency"),
    )


def _figures(found: VarianceBench) -> list[KeyFigure]:
    return [
        KeyFigure(row.technique, "no variance is left" if row.exact else _times(row), _refusal(row))
        for row in found.rows
        if row.technique == found.recommended
    ]


def _times(row: TechniqueRow) -> str:
    return "not known" if row.efficiency is None else f"{significant(row.efficiency.ratio, 3)} times as fast"


def _refusal(row: TechniqueRow) -> str:
    if row.efficiency is None:
        return row.refused or ""
    return f"{significant(row.efficiency.low, 3)} to {significant(row.efficiency.high, 3)} (95 % interval)"


def _gains(found: VarianceBench) -> Picture:
    rows = []
    for row in found.rows:
        gain = row.efficiency
        if gain is None:
            rows.append(PictureRow(row.technique, None, shown="exact" if row.exact else row.verdict))
        else:
            apart = row.verdict in ("helps", "hurts")
            shown = f"{significant(gain.ratio, 3)} ({row.verdict})"
            rows.append(PictureRow(row.technique, gain.ratio, gain.low, gain.high, shown, told_apart=apart))
    return Picture(
        title=f"How many times as fast as plain Monte Carlo, {found.metric}",
        kind="intervals",
        rows=tuple(rows),
        mark=1.0,
        note="Lines are 95 % intervals; a hollow point makes no difference that can be told.",
    )
