"""How a part of a document becomes a row: its fields in their order, parts of parts with a dot between the names."""

from __future__ import annotations

from types import UnionType
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin

from simcore.base.document import Document
from simcore.statistics.estimate import Estimate
from simcore.tables.table import LABEL, MONEY, NO, YES, Cell, Key, Row, Table, cell_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

_JOIN = "; "
"""Between the texts of a list in one cell."""


class Beside(NamedTuple):
    """Names of the fields that hold the error and the interval of the figure beside them; empty where there is none."""

    standard_error: str = ""
    low: str = ""
    high: str = ""
    interval: str = ""
    """Of a field that holds both ends."""


LOW_HIGH = Beside(low="low", high="high")


class Layout(NamedTuple):
    """How documents of one kind become rows of a table.

    Attributes
    ----------
    kind
        The class of the documents.
    keys
        What tells rows apart: first what a document does not know itself, then fields of it.
    units
        Unit of every figure, by its name; a number without one is an error. Of a part, ``name.*`` is that of all its
        figures.
    without
        Fields that are no figures of the row, such as lists that are tables of their own.
    beside
        By the name of a figure, without the parts it is in: where its error and its interval stand.
    """

    kind: type[Document]
    keys: tuple[str, ...] = ()
    units: Mapping[str, str] = {}
    without: Collection[str] = ()
    beside: Mapping[str, Beside] = {}

    def figures(self) -> tuple[str, ...]:
        """Return the names of the figures of a row, the same for all rows of the kind.

        Raises
        ------
        TypeError
            If a field can be no cell, and is not left out.
        """
        return tuple(self._names(self.kind, ""))

    def _names(self, kind: type[Document], at: str) -> Iterator[str]:
        hidden = {part for name, where in self.beside.items() if name in kind.model_fields for part in where}
        for name, field in kind.model_fields.items():
            whole = at + name
            if whole in self.without or whole in self.keys or name in hidden:
                continue
            inner = _bare(field.annotation)
            if isinstance(inner, type) and issubclass(inner, Document) and not issubclass(inner, Estimate):
                yield from self._names(inner, f"{whole}.")
            elif _fits_a_cell(inner):
                yield whole
            else:
                raise TypeError(f"{self.kind.__name__}.{whole} can be no cell: leave it out, and give it a table")

    def cells(self, part: Document, currency: str) -> tuple[Cell, ...]:
        """Return the cells of a row.

        Raises
        ------
        LookupError
            If a number has no unit.
        """
        return tuple(self._cell(part, name, currency) for name in self.figures())

    def _cell(self, part: Document, name: str, currency: str) -> Cell:
        above, _, last = name.rpartition(".")
        holder: Any = part
        for step in above.split(".") if above else ():
            holder = getattr(holder, step) if holder is not None else None
        if holder is None:
            return Cell()
        value = getattr(holder, last)
        if value is None:
            return self._with_interval(Cell(), holder, last)
        if isinstance(value, bool | str | list):
            return Cell(text=_words(value))
        unit = self._unit(name).replace(MONEY, currency, 1)
        if unit == LABEL:
            return Cell(text=str(value))
        shown = cell_of(value, unit) if isinstance(value, Estimate) else Cell(value, unit)
        return self._with_interval(shown, holder, last)

    def _unit(self, name: str) -> str:
        if name in self.units:
            return self.units[name]
        above = name.rpartition(".")[0]
        return self.units[f"{above}.*" if above else name]

    def _with_interval(self, cell: Cell, holder: Document, name: str) -> Cell:
        """Return the cell with what stands beside its figure."""
        where = self.beside.get(name)
        if where is None:
            return cell
        low, high = getattr(holder, where.interval) if where.interval else (None, None)
        found = {
            "standard_error": getattr(holder, where.standard_error, None),
            "low": getattr(holder, where.low, low),
            "high": getattr(holder, where.high, high),
        }
        return cell._replace(**{field: value for field, value in found.items() if value is not None})

    def table(self, name: str, title: str, parts: Iterable[Document | None], currency: str) -> Table:
        """Return the table of some parts, which know their keys; what is ``None`` is left out."""
        return self.below(name, title, (((), part) for part in parts if part is not None), currency)

    def below(self, name: str, title: str, parts: Iterable[tuple[tuple[Key, ...], Document]], currency: str) -> Table:
        """Return the table of some parts, each with those of its keys that it does not know itself."""
        own = [key for key in self.keys if key in self.kind.model_fields]
        rows = [
            Row((*outer, *(getattr(part, key) for key in own)), self.cells(part, currency)) for outer, part in parts
        ]
        return Table(name, title, self.keys, self.figures(), tuple(rows))


def _words(value: bool | str | list[str]) -> str:
    """Return what is no number as a text."""
    if isinstance(value, bool):
        return YES if value else NO
    return value if isinstance(value, str) else _JOIN.join(value)


def _bare(annotation: Any) -> Any:  # noqa: ANN401
    """Return the type of a field without ``None`` and without what is said about it."""
    while True:
        origin = get_origin(annotation)
        if origin is Annotated:
            annotation = get_args(annotation)[0]
        elif origin in (Union, UnionType):
            left = [each for each in get_args(annotation) if each is not type(None)]
            if len(left) > 1:
                return annotation
            annotation = left[0]
        else:
            return annotation


def _fits_a_cell(inner: Any) -> bool:  # noqa: ANN401
    if get_origin(inner) is list:
        element = _bare(get_args(inner)[0])
        return element is str or get_origin(element) is Literal
    return get_origin(inner) is Literal or (isinstance(inner, type) and issubclass(inner, str | int | float | Estimate))
