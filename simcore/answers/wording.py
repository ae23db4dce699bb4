"""Clauses that several answers share: who was played, what was stopped, what a precision came to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from simcore.answers.answer import KeyFigure
from simcore.answers.numbers import count, counted, significant
from simcore.statistics.intervals import LEAST_REPLICATIONS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simcore.results.summary import Precision, PrecisionRow

STOPPED = "Interrupted: all figures are those of the worlds that were done."
_MOST_PRECISIONS = 2


def capital(text: str) -> str:
    """Return a text with a capital at its start.

    Examples
    --------
    >>> capital("an hour"), capital("")
    ('An hour', '')
    """
    return text[:1].upper() + text[1:]


class _Sourced(Protocol):
    """A figure of a scenario, with its source."""

    @property
    def source(self) -> str | None: ...


def assumed(rows: Sequence[_Sourced]) -> str:
    """Return how many figures of a scenario have no source; empty if all have one."""
    without = sum(row.source is None for row in rows)
    if not without:
        return ""
    verb = "is an assumption" if without == 1 else "are assumptions"
    return f"{count(without)} of {counted(len(rows), 'figure')} {verb} without a source: see `simcore check`."


def few_worlds(replications: int) -> str:
    """Return that worlds are too few for intervals; empty if they are not.

    Examples
    --------
    >>> few_worlds(1), few_worlds(8)
    ('Only 1 world: too few to know errors and intervals.', '')
    """
    if replications >= LEAST_REPLICATIONS:
        return ""
    return f"Only {counted(replications, 'world')}: too few to know errors and intervals."


def precision_figures(found: Precision | None) -> list[KeyFigure]:
    """Return the first figures that a precision was asked for, with their intervals."""
    return [_precise(row) for row in ([] if found is None else found.rows[:_MOST_PRECISIONS])]


def precision_cautions(found: Precision | None) -> list[str]:
    """Return what was asked for and not reached, and what ended the run instead."""
    if found is None:
        return []
    missed = [row for row in found.rows if not row.met]
    if not missed:
        return []
    ended = {
        "met": "",
        "replications": " with the most replications allowed",
        "seconds": " within the time allowed",
        "interrupted": " before it was interrupted",
    }[found.ended]
    names = ", ".join(_named(row) for row in missed[:_MOST_PRECISIONS])
    more = f" and {len(missed) - _MOST_PRECISIONS} more" if len(missed) > _MOST_PRECISIONS else ""
    return [f"Not as precise as asked for{ended}: {names}{more}."]


def _named(row: PrecisionRow) -> str:
    return row.metric if row.strategy is None else f"{row.metric} of {row.strategy}"


def _precise(row: PrecisionRow) -> KeyFigure:
    value = significant(row.estimate, 5)
    if row.low is None or row.high is None or row.reached is None:
        return KeyFigure(f"{_named(row)}, asked to {_width(row.wanted, row)}", value, "no interval yet")
    ends = f"{significant(row.low, 5)} to {significant(row.high, 5)}"
    close = f"{ends} ({100.0 * row.confidence:.4g} % interval)"
    return KeyFigure(f"{_named(row)}, asked to {_width(row.wanted, row)}", value, close)


def _width(width: float, row: PrecisionRow) -> str:
    return f"{significant(100.0 * width, 3)} %" if row.relative else significant(width, 3)
