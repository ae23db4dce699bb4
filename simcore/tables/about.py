"""The table that every answer has: what was asked, of what, and how much was played."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simcore.tables.layout import Layout
from simcore.tables.table import COUNT, LABEL, Cell, Row, Table

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from simcore.results.header import StudyHeader

ABOUT, SENTENCE, SENTENCES, INTERRUPTED = "about", "sentence", "sentences", "interrupted"
"""Names that every reader of tables may rely on: words that answer are the figure `SENTENCE`."""
_HEADER = {
    "format": LABEL,
    "scenario.seed": LABEL,
    "replications": COUNT,
    "reps": COUNT,
    "weeks": COUNT,
}
SPEED = frozenset({"seconds", "speed"})
"""What depends on the machine is in no table: the same question has the same tables everywhere."""


def about(
    found: StudyHeader,
    units: Mapping[str, str] | None = None,
    *,
    without: Collection[str] = (),
    keys: tuple[str, ...] = (),
) -> Table:
    """Return what a document says of itself, and the figures of its own that stand in no list.

    Parameters
    ----------
    units
        Those of the figures of its own.
    without
        Fields that are tables of their own.
    keys
        Fields that tell it apart from other documents of the same answer.
    """
    layout = Layout(type(found), keys, {**_HEADER, **(units or {})}, {*SPEED, *without})
    return layout.table(ABOUT, "About", [found], found.currency)


def sentences(parts: Iterable[tuple[str, Iterable[str]]]) -> Table:
    """Return sentences as a table, in the order of their parts."""
    rows = [
        Row((part, number), (Cell(text=text),)) for part, texts in parts for number, text in enumerate(texts, start=1)
    ]
    return Table(SENTENCES, "In words", ("part", "number"), (SENTENCE,), tuple(rows))
