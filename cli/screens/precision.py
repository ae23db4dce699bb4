"""What was asked of a run's precision, and what was reached: a table and a line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.text import Text

from simcore.answers.numbers import NONE, count, significant
from simcore.base.text import printable
from simcore.cli.screens.layout import ALARM, grid, note, titled, warning
from simcore.cli.tables import fits

if TYPE_CHECKING:
    from simcore.results.summary import Precision, PrecisionRow

_ENDED = {
    "met": "",
    "replications": "The limit of replications ended the run.",
    "seconds": "The limit of time ended the run.",
    "interrupted": "The run was interrupted.",
}


@fits
def precision_part(precision: Precision, replications: int) -> RenderableType:
    """Return the part of a report that tells of the precision, made for 80 columns."""
    table = grid(["precision of", "asked", "reached", "interval", "confidence"])
    for row in precision.rows:
        table.add_row(
            _name(row),
            _within(row.wanted, relative=row.relative),
            Text(
                NONE if row.reached is None else _within(row.reached, relative=row.relative),
                style="" if row.met else ALARM,
            ),
            _interval(row),
            f"{100 * row.confidence:.6g} %",
        )
    met = all(row.met for row in precision.rows)
    parts: list[RenderableType] = [table]
    notes = _notes(precision, replications)
    if notes:
        parts.append((note if met else warning)(" ".join(notes)))
    by = sorted({row.method for row in precision.rows if row.method is not None})
    worlds = sum(row.worlds or 0 for row in precision.rows)
    how = f"{count(worlds)} worlds by {', '.join(by)}" if by else f"{count(replications)} replications"
    return titled(f"{how}: {'' if met else 'not '}precise enough", Group(*parts))


def _notes(precision: Precision, replications: int) -> list[str]:
    """Return what ended the run, what it would have needed, and what crude sampling would have."""
    notes = [_ENDED[precision.ended]] if _ENDED[precision.ended] else []
    lacking = [f"{_name(row)} about {_rounded(row.needed)}" for row in precision.rows if row.needed is not None]
    if lacking:
        notes.append(f"Replications needed: {'; '.join(lacking)}.")
    unknown = [_name(row) for row in precision.rows if row.low is None or row.high is None]
    if unknown:
        notes.append(f"Too little was seen for an interval: {', '.join(unknown)}.")
    more = [
        f"{_name(row)} about {_rounded(row.crude - (row.worlds or replications))}"
        for row in precision.rows
        if row.crude is not None and row.crude > (row.worlds or replications)
    ]
    if more:
        notes.append(f"Independent worlds would have needed more replications to know as much: {'; '.join(more)}.")
    if any(row.method is not None for row in precision.rows):
        notes.append(f"All else that is shown comes from {count(replications)} plain replications.")
    return notes


def _name(row: PrecisionRow) -> str:
    return printable(row.metric if row.strategy is None else f"{row.metric}, {row.strategy}")


def _within(width: float, *, relative: bool) -> str:
    """Return a half-width to three digits; not behind ±, where one standard error stands."""
    return f"within {significant(100 * width, 3)} %" if relative else f"within {significant(width, 3)}"


def _interval(row: PrecisionRow) -> str:
    if row.low is None or row.high is None:
        return NONE
    return f"{significant(row.low, 5)} to {significant(row.high, 5)}"


def _rounded(number: int) -> str:
    """Return a number to two significant digits."""
    return significant(float(number), 2)
