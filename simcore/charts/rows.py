"""Forests of estimates: of each row the figure at its end, its sentence, and whether it is told apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from simcore.answers.numbers import significant
from simcore.base.text import printable
from simcore.charts.picture import Picture, Table
from simcore.charts.shapes.forest import Row, forest
from simcore.charts.shapes.theme import Axis, Canvas
from simcore.results.sentences import money

if TYPE_CHECKING:
    from collections.abc import Iterable

    from simcore.statistics.estimate import Estimate


class Unit(NamedTuple):
    """What a figure is in, and how it is told."""

    currency: str = ""
    """Of money; empty for anything else."""
    scale: float = 1.0
    """By which it is multiplied."""
    suffix: str = ""
    signed: bool = False
    """Whether it is a difference, and has its sign."""

    def told(self, value: float) -> str:
        """Return a value as text, to three digits.

        Examples
        --------
        >>> Unit("USD", signed=True).told(1234.5), Unit(scale=100, suffix=" points", signed=True).told(-0.0512)
        ('+$1,230', '-5.12 points')
        """
        size = value * self.scale
        text = money(size, self.currency) if self.currency else f"{significant(size, 3)}{self.suffix}"
        return f"+{text}" if self.signed and size > 0 else text


def holds(low: float | None, high: float | None, value: float = 0.0) -> bool:
    """Tell whether an interval holds a value; one that is not known is said to.

    Examples
    --------
    >>> holds(-1.0, 2.0), holds(1.0, 2.0), holds(None, None)
    (True, False, True)
    """
    return low is None or high is None or low <= value <= high


def row_of(
    name: str, found: Estimate | None, unit: Unit, *, line: float | None = None, shade: str = "first"
) -> Row | None:
    """Return the row of an estimate; ``None`` where there is no figure.

    Parameters
    ----------
    line
        What it is compared with: the row is hollow where its interval holds that.
    """
    if found is None or found.estimate is None:
        return None
    low, high = found.low, found.high
    return between(name, found.estimate, low, high, unit, line=line, shade=shade)


def between(
    name: str,
    value: float,
    low: float | None,
    high: float | None,
    unit: Unit,
    *,
    line: float | None = None,
    shade: str = "first",
) -> Row:
    """Return the row of a figure with its interval."""
    text, scale = unit.told(value), unit.scale
    ends = "" if low is None or high is None else f" (95 % interval {unit.told(low)} to {unit.told(high)})"
    apart = line is None or not holds(low, high, line)
    tie = "" if apart else ", not told apart"
    shown = printable(name)
    return Row(
        shown,
        value * scale,
        None if low is None else low * scale,
        None if high is None else high * scale,
        text,
        f"{shown}: {text}{ends}{tie}",
        hollow=not apart,
        shade=shade,
    )


def forest_picture(
    picture: tuple[str, str, str],
    rows: Iterable[Row | None],
    axis: Axis,
    numbers: Table,
    *,
    line: float | None = 0.0,
    bars: bool = False,
) -> Picture | None:
    """Return a forest as a picture; ``None`` where no row has a figure.

    Parameters
    ----------
    picture
        Its name, title and sentence.
    """
    seen = [row for row in rows if row is not None]
    if not seen:
        return None
    name, title, says = picture
    return Picture(
        name, title, says, lambda width: forest(seen, Canvas(width), axis, about=says, line=line, bars=bars), numbers
    )
