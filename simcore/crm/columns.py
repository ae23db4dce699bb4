"""Deals, stage entries and calls as columns: NumPy arrays and Arrow texts, never an object per row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

NOWHERE, WON, LOST = -1, -2, -3
"""Codes of stages that are none: not known, or still there; the two ends of a deal."""
NEVER = np.datetime64("NaT", "s")


@dataclass(frozen=True, eq=False)
class Labels:
    """A column of words that repeat: owners, segments, currencies.

    Attributes
    ----------
    codes
        Shape (records,), int32: the place of the word in `names`; -1 for an empty cell.
    names
        The words.
    """

    codes: NDArray[np.int32]
    names: tuple[str, ...]

    def take(self, places: NDArray[np.int64]) -> Labels:
        """Return the column of some records, with the words that stand in it."""
        codes = self.codes[places]
        used, inverse = np.unique(codes, return_inverse=True)
        shift = int(len(used) > 0 and used[0] < 0)
        return Labels((inverse - shift).astype(np.int32), tuple(self.names[code] for code in used[shift:]))

    def renamed(self, names: Mapping[str, str]) -> Labels:
        """Return the column with other words; those that become the same are one, what becomes nothing is empty."""
        called = [names.get(name, name) for name in self.names]
        new = tuple(dict.fromkeys(filter(None, called)))
        places = {name: place for place, name in enumerate(new)}
        codes = np.array([*(places.get(name, -1) for name in called), -1], np.int32)
        return Labels(codes[self.codes], new)


def labels_of(cells: pa.Array | None, records: int) -> Labels:
    """Return a column of texts as labels, names in alphabetical order; all empty where there is no such column.

    Examples
    --------
    >>> found = labels_of(pa.array(["b", "", "a", "b"]), 4)
    >>> found.codes.tolist(), found.names
    ([1, -1, 0, 1], ('a', 'b'))
    """
    if cells is None:
        return Labels(np.full(records, -1, np.int32), ())
    encoded = pc.dictionary_encode(cells)
    words = encoded.dictionary.to_pylist()
    names = tuple(sorted(word for word in words if word))
    places = {name: place for place, name in enumerate(names)}
    codes = np.array([places.get(word, -1) for word in words], np.int32)
    return Labels(codes[np.asarray(encoded.indices)] if len(cells) else np.zeros(0, np.int32), names)


@dataclass(frozen=True, eq=False)
class Deals:
    """Deals, a record each, in the order of the file.

    Attributes
    ----------
    row
        Its row in the file, shape (deals,), int64.
    id
        What tells it apart, texts: the number of the row where the file says nothing.
    owner, segment, currency, pipeline
        Labels, shape (deals,).
    created, closed
        Local times, datetime64[s]: when it came into being; when it was won or lost, NaT of an open one.
    planned
        When an open one is planned to close: a wish, never a fact.
    outcome
        int8, `simcore.crm.cells.words.Outcome`: 0 open, 1 won, 2 lost.
    stage
        The stage that the file says, int32: a place in the stages of `DealData`; -1 unknown, -2 won, -3 lost.
    value
        In units of its currency, float64; NaN where the file says nothing.
    probability
        The chance that the CRM gives it, 0 to 1; NaN where it says none.
    pushed
        How often its planned day was moved to a later one, int32; -1 where no history says it.
    timely
        bool: that no event of it comes before its creation or after the as-of day. Others are left out of lags.
    whole_days
        Columns among ``created`` and ``closed`` that say the day only.
    """

    row: NDArray[np.int64]
    id: pa.Array
    owner: Labels
    created: NDArray[np.datetime64]
    closed: NDArray[np.datetime64]
    planned: NDArray[np.datetime64]
    outcome: NDArray[np.int8]
    stage: NDArray[np.int32]
    pipeline: Labels
    value: NDArray[np.float64]
    currency: Labels
    segment: Labels
    probability: NDArray[np.float64]
    pushed: NDArray[np.int32]
    timely: NDArray[np.bool_]
    whole_days: frozenset[str]

    def __len__(self) -> int:
        """Return the number of deals."""
        return len(self.row)

    def take(self, places: NDArray[np.int64]) -> Deals:
        """Return some deals, in the order given."""
        parts: dict[str, Any] = {name: getattr(self, name) for name in self.__dataclass_fields__}
        days = parts.pop("whole_days")
        taken = {name: part.take(pa.array(places) if name == "id" else places) for name, part in parts.items()}
        return Deals(**taken, whole_days=days)


@dataclass(frozen=True, eq=False)
class Events:
    """What a history says: that a deal entered a stage; sorted by deal, then by time, then by row.

    Attributes
    ----------
    row
        Its row in the file, int64; 0 where the file of deals says it.
    deal
        The place of the deal in `Deals`, int64.
    stage
        int32, a place in the stages of `DealData`; -2 won, -3 lost.
    entered
        Local time, datetime64[s].
    """

    row: NDArray[np.int64]
    deal: NDArray[np.int64]
    stage: NDArray[np.int32]
    entered: NDArray[np.datetime64]

    def __len__(self) -> int:
        """Return the number of events."""
        return len(self.row)

    def where(self, kept: NDArray[np.bool_]) -> Events:
        """Return some of the events."""
        return Events(self.row[kept], self.deal[kept], self.stage[kept], self.entered[kept])


@dataclass(frozen=True, eq=False)
class Handovers:
    """Deals that got another owner; sorted by deal, then by time.

    Attributes
    ----------
    row
        Its row in the file of the history, int64.
    deal
        The place of the deal in `Deals`, int64.
    at
        Local time, datetime64[s].
    before, after
        int32, places in `names`; -1 where the history does not say who it was.
    names
        The owners.
    """

    row: NDArray[np.int64]
    deal: NDArray[np.int64]
    at: NDArray[np.datetime64]
    before: NDArray[np.int32]
    after: NDArray[np.int32]
    names: tuple[str, ...]

    def __len__(self) -> int:
        """Return the number of changes."""
        return len(self.row)

    def where(self, kept: NDArray[np.bool_]) -> Handovers:
        """Return some of the changes."""
        return Handovers(
            self.row[kept], self.deal[kept], self.at[kept], self.before[kept], self.after[kept], self.names
        )


NO_HANDOVERS = Handovers(
    *(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, "M8[s]"), np.zeros(0, np.int32), np.zeros(0, np.int32)),
    (),
)
"""Where no history tells of owners."""


@dataclass(frozen=True, eq=False)
class StageEntries:
    """Stays of deals in stages, a record each; sorted by deal, then by time.

    Attributes
    ----------
    deal
        The place of the deal in `Deals`, int64.
    stage
        int32, a place in the stages of `DealData`.
    entered, left
        Local times, datetime64[s]; ``left`` is NaT while it is still there on the as-of day.
    to
        Where it went, int32: a stage; -2 won, -3 lost, -1 still there.
    visit
        int32: 1 for its first stay in that stage, 2 for the second ...
    owner
        Who had the deal when it entered, labels: the owner of today where no history says it.
    skipped
        bool: the stage was passed over, and counts as passed with a wait of 0.
    reopened
        bool: the deal was won or lost before, and came back.
    """

    deal: NDArray[np.int64]
    stage: NDArray[np.int32]
    entered: NDArray[np.datetime64]
    left: NDArray[np.datetime64]
    to: NDArray[np.int32]
    visit: NDArray[np.int32]
    skipped: NDArray[np.bool_]
    reopened: NDArray[np.bool_]
    owner: Labels

    def __len__(self) -> int:
        """Return the number of stays."""
        return len(self.deal)


@dataclass(frozen=True, eq=False)
class Calls:
    """A log of calls, a record for each row, in the order of the file.

    Attributes
    ----------
    row
        Its row in the file, int64.
    at
        Local time, datetime64[s]; NaT where the file has no times: then the order of rows is that of time.
    rep
        Who called, labels.
    calls, successes
        int64: how many calls, and how many of them led on.
    deal
        The place of the deal in `Deals`, int64; -1 where there is none.
    """

    row: NDArray[np.int64]
    at: NDArray[np.datetime64]
    rep: Labels
    calls: NDArray[np.int64]
    successes: NDArray[np.int64]
    deal: NDArray[np.int64]

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.row)
