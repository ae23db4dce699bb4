"""Numbers of which every replication has one of its own: columns of a table of draws beside a scenario."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

Floats = NDArray[np.float64]


class Drawn(float):
    """A number of which every replication has one of its own, that of its row; as a number, the mean of all rows.

    Examples
    --------
    >>> rate = Drawn("funnel.meetings.rate", 0.02, np.array([0.01, 0.04]))
    >>> float(rate), rate, rate == 0.025
    (0.025, 0.02, False)
    """

    name: str
    """Of its column."""
    given: object
    """What stands in its place in the scenario file."""
    column: Floats
    """float64[rows]: read only."""

    def __new__(cls, name: str, given: object, column: Floats) -> Self:
        """Return the number of a column."""
        kept = np.array(column, np.float64)
        kept.setflags(write=False)
        found = super().__new__(cls, math.fsum(kept.tolist()) / len(kept))
        found.name, found.given, found.column = name, given, kept
        return found

    @property
    def sha256(self) -> str:
        """The SHA-256 of its values."""
        return hashlib.sha256(self.column.astype("<f8").tobytes()).hexdigest()

    def times(self, factor: float) -> Drawn:
        """Return it multiplied by a factor in every row."""
        return Drawn(self.name, float(self) * factor, self.column * factor)

    def __eq__(self, other: object) -> bool:
        """Return whether the other is a number with the same rows."""
        return isinstance(other, Drawn) and np.array_equal(self.column, other.column)

    def __hash__(self) -> int:
        """Return a hash that is equal for equal rows."""
        return hash(float(self))

    def __repr__(self) -> str:
        """Return what the scenario file has."""
        return str(self.given)

    def __copy__(self) -> Self:
        """Return the number itself: it does not change."""
        return self

    def __deepcopy__(self, memo: object) -> Self:
        """Return the number itself."""
        return self

    def __reduce__(self) -> tuple[type[Drawn], tuple[str, object, Floats]]:
        """Return what it is made of."""
        return Drawn, (self.name, self.given, self.column)


class DrawsTable(Mapping[str, str]):
    """Rows of parameters, of which replication r takes row ``r mod rows``; as data, the file and the SHA-256.

    The SHA-256 is that of the names in ascending order, parted by commas and ended by a line feed, and of the values of
    all columns in that order, each as 8 bytes, little end first. Two tables that say the same are equal, whatever their
    files look like.
    """

    def __init__(self, file: str, columns: Mapping[str, Floats]) -> None:
        """Take the columns by name, float64[rows] each."""
        self.file, self.columns = file, {name: columns[name] for name in sorted(columns)}
        total = hashlib.sha256((",".join(self.columns) + "\n").encode())
        for column in self.columns.values():
            total.update(np.asarray(column).astype("<f8").tobytes())
        self.sha256 = total.hexdigest()

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return len(next(iter(self.columns.values())))

    @property
    def text(self) -> str:
        """The table as CSV, which reads back to the last bit."""
        rows = zip(*(column.tolist() for column in self.columns.values()), strict=True)
        return "\n".join([",".join(self.columns), *(",".join(map(repr, row)) for row in rows)]) + "\n"

    def only(self, names: Iterable[str]) -> DrawsTable | None:
        """Return the table with these columns only; ``None`` if that leaves none."""
        kept = {name: column for name, column in self.columns.items() if name in set(names)}
        return DrawsTable(self.file, kept) if kept else None

    def __len__(self) -> int:
        """Return 2: as data, a table is a file and a SHA-256."""
        return 2

    def __iter__(self) -> Iterator[str]:
        """Yield the keys of what the table is as data."""
        return iter(("draws", "sha256"))

    def __getitem__(self, key: str) -> str:
        """Return what the table is as data."""
        return {"draws": self.file, "sha256": self.sha256}[key]

    def __hash__(self) -> int:
        """Return a hash that is equal for equal tables."""
        return hash(self.sha256)

    def __eq__(self, other: object) -> bool:
        """Whether another table says the same."""
        return isinstance(other, DrawsTable) and other.sha256 == self.sha256

    def __deepcopy__(self, memo: object) -> DrawsTable:
        """Return the table itself: it does not change."""
        return self

    def __repr__(self) -> str:
        """Return the file, the size and the beginning of the SHA-256."""
        return f"DrawsTable({self.file!r}, {self.rows} rows of {len(self.columns)}, {self.sha256[:8]})"

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:  # noqa: ANN401
        return core_schema.is_instance_schema(cls)
