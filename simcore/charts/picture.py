"""A picture of a document: what it says, how it is drawn, and the numbers that it is drawn from."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from simcore.answers.numbers import NONE, bound, figure

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from simcore.charts.shapes.theme import Spec
    from simcore.statistics.estimate import Estimate


class Number(NamedTuple):
    """A number as it is shown, and as it is."""

    text: str
    value: float


Cell = tuple[str | Number, ...]
"""What stands in a cell of a table: words and numbers in turn."""


class Table(NamedTuple):
    """The numbers behind a picture."""

    headings: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    left: int = 1
    """Columns of names, before those of numbers."""


class Picture(NamedTuple):
    """A picture of a document."""

    name: str
    """By which Python and a page know it."""
    title: str
    says: str
    """What it shows and how it is read, in a sentence or two."""
    draw: Callable[[int], Spec]
    """Returns the Vega-Lite specification of it for a width in pixels, axes included."""
    table: Table


def words(text: str) -> Cell:
    """Return a cell of words."""
    return (text,)


def exact(number: float | None, form: str = ",.10g") -> Cell:
    """Return a cell of a number that has no error.

    Examples
    --------
    >>> exact(1234.5), exact(None)
    ((Number(text='1,234.5', value=1234.5),), ('\u2013',))
    """
    return (NONE,) if number is None else (Number(f"{number:{form}}", number),)


def share(number: float | None, form: str = ".3g") -> Cell:
    """Return a cell of a share, in per cent."""
    return (NONE,) if number is None else (Number(f"{100.0 * number:{form}} %", number),)


def estimated(estimate: Estimate | None, *, percent: bool = False) -> Cell:
    """Return a cell of a figure with its error, to the digits that it supports; or with the bound that it has.

    Examples
    --------
    >>> from simcore.statistics.estimate import Estimate
    >>> text_of(estimated(Estimate(estimate=10002.34, se=14.2)))
    '10,002 ± 14'
    >>> text_of(estimated(Estimate(estimate=0.36791, se=0.0005), percent=True))
    '36.791 % ± 0.050'
    >>> text_of(estimated(Estimate(estimate=0.0, se=None, low=0.0, high=0.03), percent=True))
    '0.00 % (below 3.0 %)'
    """
    if estimate is None or estimate.estimate is None:
        return (NONE,)
    scale, unit = (100.0, " %") if percent else (1.0, "")
    value, error = estimate.estimate, estimate.se
    told = figure(value * scale, None if error is None else error * scale)
    cell: Cell = (Number(told.value + unit, value),)
    if error is not None and told.error:
        return (*cell, " ± ", Number(told.error, error))
    if error is None and estimate.low is not None and estimate.high is not None:
        limits = bound(value * scale, estimate.low * scale, estimate.high * scale)
        return (*cell, f" ({limits}{unit})") if limits else cell
    return cell


def interval(low: float | None, high: float | None, error: float | None = None, *, percent: bool = False) -> Cell:
    """Return a cell of both ends of an interval, to the digits that the error supports.

    Examples
    --------
    >>> text_of(interval(1204.1, 3391.2, 550.0)), text_of(interval(None, None))
    ('1,200 to 3,390', '\u2013')
    """
    if low is None or high is None:
        return (NONE,)
    scale, unit = (100.0, " %") if percent else (1.0, "")
    spread = error or (high - low) / 4.0 or None
    ends = [Number(figure(end * scale, spread and spread * scale).value + unit, end) for end in (low, high)]
    return (ends[0], " to ", ends[1])


def text_of(cell: Cell) -> str:
    """Return a cell as text."""
    return "".join(part if isinstance(part, str) else part.text for part in cell)


def table(headings: Sequence[str], rows: Sequence[Sequence[Cell]], *, left: int = 1) -> Table:
    """Return a table; every row must be as long as the headings.

    Raises
    ------
    ValueError
        If a row is not.
    """
    if any(len(row) != len(headings) for row in rows):
        raise ValueError(f"a row is not as long as the headings {tuple(headings)}")
    return Table(tuple(headings), tuple(tuple(row) for row in rows), left)
