"""Base class of published JSON documents: immutable, and without fields that their schema does not have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict

from simcore.base.shown import short, table


class Document(BaseModel):
    """A part of a published document.

    Documents are immutable. Two are equal if all their fields are, except those in `timings`.

    Examples
    --------
    >>> class Activity(Document):
    ...     calls: int
    ...     seconds: float
    >>> Activity(calls=5, seconds=0.1) == Activity(calls=5, seconds=0.2), Activity(calls=5, seconds=0.1)
    (True, Activity(calls=5, seconds=0.1))
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    timings: ClassVar[frozenset[str]] = frozenset({"compile_seconds", "rep_weeks_per_second", "seconds", "speed"})
    """Fields that depend on how fast the machine is."""

    def _fields(self) -> Iterator[tuple[str, Any]]:
        for name in type(self).model_fields:
            yield name, getattr(self, name)

    def _compared(self) -> tuple[object, ...]:
        return tuple(_fixed(value) for name, value in self._fields() if name not in self.timings)

    def __eq__(self, other: object) -> bool:
        """Compare all fields except timings."""
        if not isinstance(other, Document):
            return NotImplemented
        return type(self) is type(other) and self._compared() == other._compared()

    def __hash__(self) -> int:
        """Return a hash that is equal for equal documents."""
        return hash((type(self).__qualname__, self._compared()))

    def __repr__(self) -> str:
        """Return a summary of at most two lines."""
        return short(type(self).__name__, self._fields())

    __str__ = __repr__

    def _repr_html_(self) -> str:
        return table(type(self).__name__, self._fields())


def _fixed(value: object) -> object:
    """Return the value with lists and mappings replaced by tuples, so that it can be hashed."""
    if isinstance(value, Mapping):
        return tuple(sorted(((str(key), _fixed(entry)) for key, entry in value.items()), key=lambda pair: pair[0]))
    if isinstance(value, list | tuple):
        return tuple(_fixed(entry) for entry in value)
    return value


class PublishedDocument(Document):
    """A whole document with a published schema; it says which one it is."""

    document: str
    """Its name: that of its schema."""
    format: int
