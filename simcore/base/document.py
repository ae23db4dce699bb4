"""The base of what is published as JSON: fixed once it is made, and without a field that its schema lacks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict

from simcore.base.shown import short, table


class Document(BaseModel):
    """A part of a published document.

    Two are equal if they say the same; how long it took is not looked at. Nothing in one can be set anew.

    Examples
    --------
    >>> class Told(Document):
    ...     calls: int
    ...     seconds: float
    >>> Told(calls=5, seconds=0.1) == Told(calls=5, seconds=0.2), Told(calls=5, seconds=0.1)
    (True, Told(calls=5, seconds=0.1))
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    timings: ClassVar[frozenset[str]] = frozenset({"compile_seconds", "rep_weeks_per_second", "seconds", "speed"})
    """Fields that depend on how fast the machine is."""

    def _fields(self) -> Iterator[tuple[str, Any]]:
        for name in type(self).model_fields:
            yield name, getattr(self, name)

    def _said(self) -> tuple[object, ...]:
        return tuple(_fixed(value) for name, value in self._fields() if name not in self.timings)

    def __eq__(self, other: object) -> bool:
        """Whether both say the same, timings left out."""
        if not isinstance(other, Document):
            return NotImplemented
        return type(self) is type(other) and self._said() == other._said()

    def __hash__(self) -> int:
        """Return the same for equal documents."""
        return hash((type(self).__qualname__, self._said()))

    def __repr__(self) -> str:
        """Return it on two lines at most."""
        return short(type(self).__name__, self._fields())

    __str__ = __repr__

    def _repr_html_(self) -> str:
        return table(type(self).__name__, self._fields())


def _fixed(value: object) -> object:
    """Return a value with tuples for lists and mappings, which have a hash."""
    if isinstance(value, Mapping):
        return tuple(sorted(((str(key), _fixed(entry)) for key, entry in value.items()), key=lambda pair: pair[0]))
    if isinstance(value, list | tuple):
        return tuple(_fixed(entry) for entry in value)
    return value
