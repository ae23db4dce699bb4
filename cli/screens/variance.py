"""A benchmark of variance reduction as text: a table and notes; no figure that is not in the document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Group, RenderableType

from simcore.answers.numbers import NONE, count, figure, significant
from simcore.answers.variance import times
from simcore.cli.screens.layout import ALARM, grid, heading, note, spaced
from simcore.cli.tables import Paragraph, fits

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simcore.variance_reduction.document import TechniqueRow, VarianceBench

_EXACT = "exact"
_RARE = 1e-3
"""Smaller chances are shown with an exponent."""


def variance_details(found: VarianceBench) -> RenderableType:
    """Return all figures of a benchmark as text for 80 columns."""
    used = [row for row in found.rows if row.refused is None]
    parts: list[RenderableType] = [heading(_title(found)), _table(used)]
    words: list[RenderableType] = []
    for verdict, what in (("hurts", "It hurts here"), ("untrusted", "Saw too little, or does not agree")):
        names = [row.technique for row in used if row.verdict == verdict]
        if names:
            words.append(Paragraph(f"{what}: {', '.join(names)}.", style=ALARM if verdict == "untrusted" else ""))
    reasons: dict[str, list[str]] = {}
    for row in found.rows:
        if row.refused is not None:
            reasons.setdefault(row.refused, []).append(row.technique)
    words += [note(f"Not here: {', '.join(names)} ({reason}).") for reason, names in reasons.items()]
    return Group(*spaced([*parts, *([Group(*words)] if words else []), note(_note(found))]))


def _title(found: VarianceBench) -> str:
    what = found.metric
    if found.level is not None:
        window = found.metric.partition(":")[2]
        what = f"{what}, as the share of windows ({window}) with at most {significant(found.level)}"
    if len(found.strategies) > 1:
        what = f"{what}, {found.strategies[0]} - {found.strategies[1]}"
    return f"Variance reduction on {found.scenario.name}: {what}"


@fits
def _table(rows: Sequence[TechniqueRow]) -> RenderableType:
    table = grid(["technique", "estimate", "z", "variance", "us", "times crude", "n^"])
    for row in rows:
        gain, rate = row.efficiency, row.rate
        if row.verdict == "crude":
            gained = "1"
        elif gain is None:
            gained = _EXACT if row.exact else NONE
        else:
            gained = times(gain.ratio)
        table.add_row(
            _short(row.technique),
            _estimate(row),
            NONE if row.z is None else f"{round(row.z, 1) + 0.0:.1f}",
            _variance(row),
            NONE if row.microseconds is None else significant(row.microseconds, 3),
            gained,
            NONE if rate is None else f"{rate.slope:.2f}",
        )
    return table


def _variance(row: TechniqueRow) -> str:
    """Return the variance of a replication to two digits; nothing where nothing was seen to vary."""
    if row.variance is None or (row.variance == 0.0 and not row.exact):
        return NONE
    return "0" if row.exact else _scientific(row.variance, 2)


def _estimate(row: TechniqueRow) -> str:
    """Return the estimate with its error; a rare event as 2.23e-6 ± 1.2e-8."""
    if row.estimate is None or row.se is None or not 0.0 < abs(row.estimate) < _RARE:
        return figure(row.estimate, row.se).inline()
    return f"{_scientific(row.estimate, 3)} ± {_scientific(row.se, 1)}"


def _scientific(number: float, digits: int) -> str:
    mantissa, exponent = f"{number:.{digits - 1}e}".split("e")
    return f"{mantissa}e{int(exponent)}"


def _short(name: str) -> str:
    return name.replace("conditional + ", "cond. + ")


def _reference(number: float) -> str:
    return _scientific(number, 5) if 0.0 < abs(number) < _RARE else significant(number, 7)


def _note(found: VarianceBench) -> str:
    against = {
        "exact": f"z is the distance from the exact answer, {_reference(found.reference or 0.0)}",
        "crude": "z is the distance from crude Monte Carlo",
        "none": "nothing is exact here, and crude Monte Carlo saw too little to compare with",
    }[found.reference_is]
    computed = (
        " Crude Monte Carlo saw the event too seldom: its variance is that of independent windows at the best estimate."
        if found.crude_variance_is == "computed"
        else ""
    )
    return (
        f"{found.batches} batches of {count(found.batch)} worlds each, seed {found.seed}; {against}, in standard "
        "errors. variance, us: of one world, us of processor time. n^: the power of the number of worlds by which the "
        f"error falls, -0.5 for crude Monte Carlo.{computed}"
    )
