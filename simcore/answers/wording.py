"""Clauses that several answers share: who was played, what was stopped, what a precision came to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from simcore.answers.answer import KeyFigure
from simcore.answers.metrics import is_share
from simcore.answers.numbers import count, counted, significant
from simcore.results.sentences import amounts, money
from simcore.statistics.intervals import LEAST_REPLICATIONS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simcore.results.header import StudyHeader
    from simcore.results.summary import Precision, PrecisionRow

STOPPED = "Interrupted: all figures are those of the worlds that were done."
PART_OF_SEASON = (
    "Rates have a season, and the run holds no whole year: what is told of a year is what these weeks bring, scaled up."
)
_MOST_PRECISIONS = 2


def capital(text: str) -> str:
    """Return a text with a capital at its start.

    Examples
    --------
    >>> capital("an hour"), capital("")
    ('An hour', '')
    """
    return text[:1].upper() + text[1:]


def cautions_of(found: StudyHeader) -> list[str]:
    """Return what a reader must know first: that it was stopped, or that its year is a part of a season."""
    return [*([STOPPED] if found.interrupted else []), *([PART_OF_SEASON] if found.part_of_season else [])]


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


def precision_figures(found: Precision | None, currency: str, baseline: str | None = None) -> list[KeyFigure]:
    """Return the first figures that a precision was asked for, and how well they are known.

    Parameters
    ----------
    found
        The precisions; ``None`` where none was asked for.
    currency
        ISO 4217 code.
    baseline
        In a comparison: the strategy that figures are differences from.
    """
    rows = [] if found is None else found.rows[:_MOST_PRECISIONS]
    return [_precise(row, currency, baseline) for row in rows]


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
    unseen = [row for row in missed if row.relative and row.estimate == 0.0]
    if unseen and found.ended == "replications":
        listed = ", ".join(map(_named, unseen[:_MOST_PRECISIONS]))
        return [f"Not as precise as asked for: nothing was seen of {listed}, so how many worlds it takes is not known."]
    return [f"Not as precise as asked for{ended}: {names}{more}."]


def _named(row: PrecisionRow) -> str:
    return row.metric if row.strategy is None else f"{row.metric} of {row.strategy}"


def _precise(row: PrecisionRow, currency: str, baseline: str | None) -> KeyFigure:
    """Return a figure with its interval, whose half-width is what was asked for."""
    less = f" less {baseline}" if row.strategy is not None and baseline is not None else ""
    label = f"{_named(row)}{less}, asked to {_width(row.wanted, row, currency)}"
    shown = _amount(row.estimate, row, currency)
    if row.low is None or row.high is None or row.reached is None:
        return KeyFigure(label, shown, "no interval yet")
    sure = f"({100.0 * row.confidence:.4g} % interval)"
    if less:
        return KeyFigure(label, shown, f"{_ends(row.low, row.high, row, currency)} {sure}")
    return KeyFigure(label, shown, f"known to {_width(row.reached, row, currency)} {sure}")


def _amount(value: float, row: PrecisionRow, currency: str) -> str:
    """Return a figure, or a difference, of the metric of a precision to three digits."""
    if not is_share(row.metric):
        return money(value, currency)
    return f"{significant(100.0 * value, 3)} %" if row.strategy is None else _points(value)


def _ends(low: float, high: float, row: PrecisionRow, currency: str) -> str:
    if is_share(row.metric):
        return f"{significant(100.0 * low, 3)} to {_points(high)}"
    return amounts(low, high, currency, signed=True)


def _width(width: float, row: PrecisionRow, currency: str) -> str:
    """Return a half-width: a part of the figure, points of a share, or money."""
    if row.relative:
        return f"{significant(100.0 * width, 3)} %"
    return _points(width) if is_share(row.metric) else money(width, currency)


def _points(share: float) -> str:
    text = significant(100.0 * share, 3)
    return f"{text} point{'' if text in ('1', '-1') else 's'}"
