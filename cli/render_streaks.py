"""Streaks and evidence as text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.text import Text

from simcore.cli.numbers import NONE, count, significant
from simcore.cli.render import Paragraph, grid, inline, percent, titled
from simcore.text import printable
from simcore.words import share

if TYPE_CHECKING:
    from simcore.luck_document import DryRow, EvidenceRow, Streaks

_MOST_ROWS = 9


def streaks_part(found: Streaks) -> list[RenderableType]:
    """Return the parts on streaks for 80 columns."""
    span = "a year" if found.weeks == 52 else f"{found.weeks} weeks"
    drop = f"{printable(found.drop_stage)} x {found.drop_factor:g}"
    dry = titled("Weeks without a win, and the evidence in them", Group(_dry(found), Text(), Paragraph(_reach(found))))
    evidence = titled(
        f"How fast counts tell the drop ({drop})", Group(_evidence(found), Text(), Paragraph(_read(found)))
    )
    return [
        titled(f"The longest run in vain of {span}", Group(_runs(found), Text(), Paragraph(_exactly(found)))),
        dry,
        evidence,
    ]


def _runs(found: Streaks) -> RenderableType:
    table = grid(
        ["longest run of", "of", "expected", "1 in 20 below", "1 in 20 above", "reps as they differ", "simulated"]
    )
    for row in found.runs:
        cells = (significant(row.mean, 4), count(row.q05), count(row.q95))
        differing = NONE if row.differing is None else significant(row.differing, 4)
        simulated = Text(NONE) if row.simulated is None else inline(row.simulated)
        name = f"{row.unit}s without {printable(row.without)}"
        table.add_row(Text(name), Text(count(row.tries)), *map(Text, cells), Text(differing), simulated)
    return table


def _exactly(found: Streaks) -> str:
    del found
    return (
        "Exact for a rep at base rates where nothing takes time, and over reps as they differ; weeks also simulated, with "
        "everything that the scenario has."
    )


def _shown(rows: list[DryRow]) -> list[DryRow]:
    return rows[:_MOST_ROWS]


def _dry(found: Streaks) -> RenderableType:
    table = grid(["weeks", "these, exact", "simulated", "ever, exact", "simulated", "ratio, exact", "simulated"])
    for row in _shown(found.dry):
        table.add_row(
            Text(str(row.weeks)),
            Text(share(row.exact)),
            percent(row.simulated),
            Text(share(row.once_exact)),
            percent(row.once_simulated),
            Text(significant(row.ratio_exact, 3)),
            inline(row.ratio),
        )
    return table


def _reach(found: Streaks) -> str:
    parts = [
        f"{row.ratio:g} after {row.weeks_exact} (here {'more than the table has' if row.weeks is None else row.weeks})"
        for row in found.reach
    ]
    return (
        f"Ratio: how many times as often so many weeks are dry where {printable(found.drop_stage)} have long come at "
        f"{found.drop_factor:g} of their rate. By chance alone it reaches {', '.join(parts)} dry weeks; 3 is a hint, 10 a "
        "reason to look, 30 strong."
    )


def _evidence(found: Streaks) -> RenderableType:
    table = grid(["counted", "log ratio a week", "exact", "weeks to 10", "found in a quarter", "false alarms"])
    for row in found.evidence:
        table.add_row(
            Text(f"{printable(row.measure)} ({row.kind})"),
            inline(row.per_week),
            Text(significant(row.per_week_exact, 3)),
            Text(significant(row.weeks_to_10, 3)),
            percent(row.found_in_a_quarter),
            percent(row.false_alarms),
        )
    return table


def _read(found: Streaks) -> str:
    result, process = found.evidence
    times = process.per_week_exact / result.per_week_exact
    return (
        f"The step's own counts tell {significant(times, 2)} times as much a week as the result. An alarm is a ratio above "
        f"10; by chance alone at most one sound rep in ten has one, ever: more false alarms in {found.weeks} weeks than that "
        f"come from what else varies.{_lags(result, process)}"
    )


def _lags(result: EvidenceRow, process: EvidenceRow) -> str:
    if result.later_by == 0.0:
        return ""
    return (
        f" A drop shows in the result {significant(result.later_by, 2)} weeks later on average, in the step's counts "
        f"{significant(process.later_by, 2)}."
    )
