"""The random words of a row: by week and replication, and by item."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simcore.compiled.jit import int64, kernel, uint32
from simcore.random.addresses import ITEM
from simcore.random.streams import words_at

Words = NDArray[np.uint32]


def first_word(purpose: int, item: int = 0) -> int:
    """Return `simcore.random.addresses.decision` as an integer of Python, for which nothing is compiled."""
    return purpose << 24 | item


@kernel
def draw_weeks(
    c0: int, rep: int, first_week: int, weeks: int, size: int, number: int, flip: np.uint32,
    k0: np.uint32, k1: np.uint32, x0: Words, x1: Words, x2: Words, x3: Words,
) -> None:  # fmt: skip
    """Draw the block of a decision of a seat in each week and replication of a row.

    Parameters
    ----------
    c0
        The decision, see `simcore.random.addresses.decision`.
    number, flip
        Of the factor that the decision belongs to: the number of the replication whose words the first one takes, and
        what mirrors them.
    x0, x1, x2, x3
        uint32[weeks or more, size or more] each.
    """
    for i in range(weeks):
        c1 = uint32((rep << 16) | (first_week + i))
        for r in range(size):
            x0[i, r], x1[i, r], x2[i, r], x3[i, r] = words_at(uint32(c0), c1, number + r, flip, k0, k1)


@kernel
def draw_items(
    n: int, purpose: int, c0: Words, c1: Words, who: Words, number: int, flip: np.uint32,
    k0: np.uint32, k1: np.uint32, x0: Words, x1: Words, x2: Words, x3: Words,
) -> None:  # fmt: skip
    """Draw the blocks of n items for a purpose; those open at the start have purposes of their own.

    ``c0``, ``c1``: uint32[n or more], their addresses for `ITEM`; ``who``: the replications in the row; ``x0`` to
    ``x3``: uint32[n or more] each.
    """
    other = uint32((purpose - ITEM) << 24)
    for i in range(n):
        at = uint32(c0[i] + other)
        x0[i], x1[i], x2[i], x3[i] = words_at(at, c1[i], number + int64(who[i]), flip, k0, k1)
