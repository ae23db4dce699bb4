"""What forecasts are made from: a history, how far it goes, and what it is called."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simcore.pipeline.history import History


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """A history, and what documents say of it.

    Attributes
    ----------
    as_of
        The last day of the history, in days since 1970-01-01: all that happened on it is there.
    name
        Of the file, without its ending.
    digest
        SHA-256 of all that was read, hexadecimal.
    currency
        Of all values.
    owners
        How many people the deals belong to; 0 where it is not known.
    """

    history: History
    as_of: int
    name: str
    digest: str
    currency: str = ""
    owners: int = 0


def day_text(day: int) -> str:
    """Return a day since 1970-01-01 as YYYY-MM-DD.

    Examples
    --------
    >>> day_text(0)
    '1970-01-01'
    """
    return str(np.datetime64(day, "D"))
