"""Streaks and evidence as text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.text import Text

from simcore.answers.numbers import NONE, count, counted, significant
from simcore.base.text import printable
from simcore.cli.screens.layout import cell, grid, inline, percent, titled
from simcore.cli.tables import Paragraph, fits

if TYPE_CHECKING:
    from simcore.studies.luck.document import EvidenceRow, ReachRow, Streaks

_MOST_ROWS = 9


def streaks_part(found: Streaks) -> list[RenderableType]:
    """Return the parts on streaks for 80 columns."""
    span = "a year" if found.weeks == 52 else f"{found.weeks} weeks"
    drop = f"{printable(found.drop_stage)} x {found.drop_factor:g}"
    parts = (
        (f"The longest run in vain of {span}", _runs(found), _exactly()),
        ("Weeks without a win, and the evidence in them", _dry(found), _reach(found)),
        (f"How fast counts tell the drop ({drop})", _evidence(found), _read(found)),
    )
    return [titled(title, Group(table, Text(), Paragraph(words))) for title, table, words in parts]


@fits
def _runs(found: Streaks) -> RenderableType:
    table = grid(["without a success", "tries", "mean", "5 %", "95 %", "reps differ", "simulated"])
    for row in found.runs:
        cells = (significant(row.mean, 4), count(row.q05), count(row.q95))
        differing = NONE if row.differing is None else significant(row.differing, 4)
        name = f"{row.unit}s without {printable(row.without)}"
        table.add_row(name, count(row.tries), *cells, differing, cell(row.simulated))
    return table


def _exactly() -> str:
    return (
        "Expected longest run, and the lengths that it does not exceed 1 time in 20 and 19 times in 20: exact for a "
        "rep at base rates where nothing takes time. Reps differ: the expected one over reps as they are. Weeks are "
        "also simulated, with everything that the scenario has."
    )


@fits
def _dry(found: Streaks) -> RenderableType:
    table = grid(["weeks", "exact", "here", "ever", "here", "ratio", "here"])
    for row in found.dry[:_MOST_ROWS]:
        table.add_row(
            str(row.weeks),
            significant(100.0 * row.exact, 3),
            inline(row.simulated, scale=100.0),
            significant(100.0 * row.once_exact, 3),
            inline(row.once_simulated, scale=100.0),
            significant(row.ratio_exact, 3),
            inline(row.ratio),
        )
    return table


def _reach(found: Streaks) -> str:
    parts = [
        f"{row.ratio:g} after {counted(row.weeks_exact, 'dry week')} ({_reached_here(row)})" for row in found.reach
    ]
    return (
        f"Chances in %: that so many given weeks are dry, and that they ever are in {found.weeks} weeks. Ratio: how "
        f"many times as often they are where {printable(found.drop_stage)} have long come at {found.drop_factor:g} of "
        f"their rate. It reaches {', '.join(parts)}. 3 is a hint, 10 a reason to look, 30 strong. Exact is by chance "
        "alone at base rates, here is in these worlds: the first row of the table that is beyond the ratio by two "
        "errors."
    )


def _reached_here(row: ReachRow) -> str:
    """Return when the simulated ratio is reached, or how far these worlds can tell.

    Examples
    --------
    >>> from simcore.studies.luck.document import ReachRow
    >>> from simcore.statistics.estimate import Estimate
    >>> unsure = {"unsure_weeks": 10, "unsure_ratio": Estimate(estimate=41.8, se=6.2)}
    >>> _reached_here(ReachRow(ratio=30, weeks_exact=8, weeks=None, **unsure))
    'here 41.8 ± 6.2 after 10, which could be less'
    """
    if row.weeks is not None:
        return f"here {row.weeks}"
    if row.unsure_weeks is None or row.unsure_ratio is None:
        return "here not reached by a row of the table"
    ratio = inline(row.unsure_ratio).plain
    return f"here {ratio} after {row.unsure_weeks}, which could be less"


@fits
def _evidence(found: Streaks) -> RenderableType:
    table = grid(["counted", "log ratio a week", "exact", "weeks to 10", "found, quarter", "false alarms"])
    for row in found.evidence:
        table.add_row(
            row.kind,
            inline(row.per_week),
            significant(row.per_week_exact, 3),
            significant(row.weeks_to_10, 3),
            *(
                Text(NONE) if each.estimate is None else percent(each)
                for each in (row.found_in_a_quarter, row.false_alarms)
            ),
        )
    return table


def _read(found: Streaks) -> str:
    result, process = found.evidence[0], found.evidence[-1]
    what = f"Result: {printable(result.measure)}"
    if process is not result:
        times = process.per_week_exact / result.per_week_exact
        shown = significant(times, 2)
        much = "as much" if shown == "1" else f"{shown} times as much"
        what += f"; process: {printable(process.measure)}, the step's own counts, which tell {much} a week"
    return (
        f"{what}. An alarm is a ratio above 10. By chance alone at most one sound rep in ten ever has one: more false "
        f"alarms than that in {found.weeks} weeks come from what else is at work: "
        f"reps, weeks and a market that vary, a pipeline that is not full, referrals."
        f"{_unmatched(process)}{_lags(result, process)}"
    )


def _unmatched(process: EvidenceRow) -> str:
    if process.found.estimate is not None:
        return ""
    return (
        " Where the step takes time, weekly counts do not say which items were decided: its alarms are not simulated."
    )


def _lags(result: EvidenceRow, process: EvidenceRow) -> str:
    if result.later_by == 0.0:
        return ""
    return (
        f" A drop shows in the result {significant(result.later_by, 2)} weeks later on average, in the step's counts "
        f"{significant(process.later_by, 2)}."
    )
