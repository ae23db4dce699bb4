"""The answer of a document: sentences, the figures that carry them, and one picture as data.

A screen draws it in characters, a page as a chart; neither needs to know the document. Names of a scenario stand in it
as they are: whoever shows them makes them safe.

Examples
--------
>>> from simcore import load_scenario, simulate
>>> found = answer_of(simulate(load_scenario("trust-the-process"), replications=50).summary)
>>> found.figures[0].label, found.picture.rows[-1].label
('revenue of a rep in a year', 'year')
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Literal, cast

from simcore.results.exported import EXPORTED, exported
from simcore.studies.study import STUDIES

if TYPE_CHECKING:
    from collections.abc import Callable

    from simcore.results.header import StudyHeader

Kind = Literal["bars", "intervals", "spans", "shares", "map"]
"""bars: from zero to a value. intervals: a value within its interval, hollow where it is not told apart from the mark.
spans: what lies between two ends around a value. shares: parts of a whole in each row. map: a mark in each cell of a
grid, the last row on top."""
Mark = Literal["ahead", "behind", "tied", "unknown", "explodes", "missing"]
"""What is known of a cell of a map."""


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """One figure that carries the answer, as text.

    Examples
    --------
    >>> KeyFigure("revenue of a rep in a year", "$521,000", "give or take $1,100").value
    '$521,000'
    """

    label: str
    """In words that a manager knows."""
    value: str
    """To three significant digits; `simcore.answers.figures.NOT_KNOWN` where the run does not tell."""
    error: str = ""
    """How well it is known: one standard error as "give or take", a bound, or that it is exact or not known."""


@dataclass(frozen=True, slots=True)
class PictureRow:
    """One row of a picture."""

    label: str
    value: float | None
    """In the unit of the picture; ``None`` where there is no figure."""
    low: float | None = None
    high: float | None = None
    """Ends of the interval or span; ``None`` where there are none."""
    shown: str = ""
    """The figure as text, to be set beside the row."""
    told_apart: bool = True
    """Whether the figure is told apart from the picture's mark; drawn hollow if not."""
    parts: tuple[float, ...] = ()
    """Of shares: one of 0 or more for each of the picture's parts."""
    marks: tuple[Mark, ...] = ()
    """Of a map: one for each column."""
    asked: bool = False
    """Whether it is the row that was asked for."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A small picture as data."""

    title: str
    kind: Kind
    rows: tuple[PictureRow, ...]
    mark: float | None = None
    """A value at which a line is drawn through all rows."""
    least: float | None = None
    most: float | None = None
    """Ends of the axis, beyond which rows are cut and end in an arrow; ``None``: so that all fits."""
    log: bool = False
    """Whether the axis is logarithmic."""
    parts: tuple[str, ...] = ()
    """Of shares: the name of each part."""
    columns: tuple[str, ...] = ()
    """Of a map: the value of each column."""
    legend: tuple[tuple[Mark, str], ...] = ()
    """Of a map: what its marks say."""
    note: str = ""
    """How it is read."""
    even: bool = False
    """Whether its rows are steps of one way: where there is too little room, some on the way are left out, never its
    ends. Of other pictures the last rows are."""

    def shortened(self, most: int) -> tuple[PictureRow, ...]:
        """Return so many rows, three at least, in their order; that which was asked for is among those of a way."""
        if not self.even:
            return self.rows[:most]
        places = places_of(len(self.rows), most)
        for place, row in enumerate(self.rows):
            if row.asked and place not in places:
                nearest = min(range(1, len(places) - 1), key=lambda at: abs(places[at] - place))
                places[nearest] = place
        return tuple(self.rows[place] for place in places)


def places_of(number: int, most: int) -> list[int]:
    """Return the places of so many of a number of rows at even distances, the first and the last among them.

    Examples
    --------
    >>> places_of(7, 4), places_of(3, 4)
    ([0, 2, 4, 6], [0, 1, 2])
    """
    if number <= most:
        return list(range(number))
    return [round(place * (number - 1) / (most - 1)) for place in range(most)]


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said first."""

    sentences: tuple[str, ...]
    """One to three; they carry their uncertainty."""
    figures: tuple[KeyFigure, ...]
    picture: Picture | None
    cautions: tuple[str, ...] = ()
    """What a reader must know before trusting it: stopped early, a precision not reached, limits that were hit."""
    words: tuple[str, ...] = ()
    """Words of it that the glossary explains."""


def answer_of(document: StudyHeader) -> Answer:
    """Return the answer of a document, whichever question it is of.

    Parameters
    ----------
    document
        Of a class that an entry of `simcore.studies.study.STUDIES` names, or of one that is about an export.
    """
    if document.document in EXPORTED:
        return cast("Answer", exported(document.document, "answer")(document))
    # The module of this package that answers is named after the command; in it stands ``NAME_answer``.
    name = STUDIES[document.document].command.split()[-1]
    answer = getattr(import_module(f"simcore.answers.{name}"), f"{name}_answer")
    return cast("Callable[[StudyHeader], Answer]", answer)(document)
