"""The answer of a benchmark of variance reduction: which technique is worth its cost."""

from __future__ import annotations

from math import floor, log10
from typing import TYPE_CHECKING

from simcore.answers.answer import Answer, KeyFigure, Picture, PictureRow
from simcore.answers.numbers import significant
from simcore.answers.wording import STOPPED

if TYPE_CHECKING:
    from simcore.variance_reduction.document import Gain, TechniqueRow, VarianceBench

_MOST_ROWS = 9


def variance_answer(found: VarianceBench) -> Answer:
    """Return the answer of a benchmark."""
    cautions = [STOPPED] if found.interrupted else []
    untrusted = [row.technique for row in found.rows if row.verdict == "untrusted"]
    if untrusted:
        cautions.append(f"Not to be trusted here, having seen too little or disagreeing: {', '.join(untrusted)}.")
    return Answer(
        sentences=(found.advice,),
        figures=tuple(_figures(found)),
        picture=_gains(found),
        cautions=tuple(cautions),
        words=("variance reduction", "control variate", "efficiency"),
    )


def times(ratio: float) -> str:
    """Return a ratio to three digits: 0.850, 12.3, 4,720, 1.56e5.

    Examples
    --------
    >>> times(0.85), times(12.3), times(4720.0), times(156_000.0)
    ('0.850', '12.3', '4,720', '1.56e5')
    """
    if ratio >= 99_995 or ratio < 0.001:
        mantissa, exponent = f"{ratio:.2e}".split("e")
        return f"{mantissa}e{int(exponent)}"
    return significant(ratio, 3) if ratio >= 99.95 else f"{ratio:.{2 - floor(log10(ratio))}f}"


def _figures(found: VarianceBench) -> list[KeyFigure]:
    """Return what the best technique gains, and how many techniques help, hurt and cannot be used."""
    best = next((row for row in found.rows if row.technique == found.recommended), None)
    figures = []
    if best is not None and best.efficiency is not None:
        ends = f"{times(best.efficiency.low)} to {times(best.efficiency.high)} (95 % interval)"
        figures.append(KeyFigure(f"{best.technique}: times as fast", times(best.efficiency.ratio), ends))
    counts = {"help": "helps", "hurt": "hurts", "make no difference": "no difference", "cannot be used": "refused"}
    for words, verdict in counts.items():
        number = sum(row.verdict == verdict for row in found.rows)
        if number:
            figures.append(KeyFigure(f"techniques that {words}", str(number)))
    return figures


def _gains(found: VarianceBench) -> Picture | None:
    """Return the gain of each technique on a logarithmic scale, the largest first."""
    gains = {row: row.efficiency for row in found.rows if row.efficiency is not None and row.trusted}
    if not gains:
        return None
    ordered = sorted(gains.items(), key=lambda each: -each[1].ratio)[:_MOST_ROWS]
    return Picture(
        title=f"How many times as long plain Monte Carlo runs for the same error: {found.metric}",
        kind="intervals",
        rows=tuple(_row(row, gain) for row, gain in ordered),
        mark=1.0,
        log=True,
        note="Lines are 95 % intervals, on a logarithmic scale; hollow: not told apart from no difference.",
    )


def _row(row: TechniqueRow, gain: Gain) -> PictureRow:
    name = row.technique.replace("conditional + ", "cond. + ")
    apart = row.verdict not in ("crude", "no difference")
    return PictureRow(name, gain.ratio, gain.low, gain.high, times(gain.ratio), told_apart=apart)
