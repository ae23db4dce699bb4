"""A row: replications of a block that are played side by side, and where their words come from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from simcore.kernels.detail import Detail
from simcore.kernels.rows.memory import Longs, Memory
from simcore.kernels.rows.words import draw_weeks, first_word
from simcore.program.layout import Program
from simcore.random.addresses import KNOWLEDGE as OF_KNOWLEDGE
from simcore.random.philox import Key
from simcore.random.streams import KNOWLEDGE, LUCK, MARKET, NOISE, PEOPLE


class Draws(NamedTuple):
    """Where the words of a factor come from, see `simcore.kernels.rows.words.draw_weeks`."""

    number: int
    flip: np.uint32
    k0: np.uint32
    k1: np.uint32


FAR = 1 << 38
"""A replication with such a number is one whose knowledge is taken from elsewhere: see `Source.shift`."""
ROW_OF_FAR = 128
"""The number of the parameter that says which row such a replication takes, see docs/randomness.md."""


def rows_taken(rows: int, draws: Draws, size: int) -> Longs:
    """Return the row of the draws that each replication takes: int64[size].

    Replication r takes row ``r mod rows``; one from far away takes any, so that it is like none of the run.

    Examples
    --------
    >>> rows_taken(3, Draws(5, np.uint32(0), np.uint32(1), np.uint32(2)), 4).tolist()
    [2, 0, 1, 2]
    """
    if draws.number < FAR:
        return (draws.number + np.arange(size, dtype=np.int64)) % rows
    words = np.empty((4, 1, size), np.uint32)
    draw_weeks(first_word(OF_KNOWLEDGE, ROW_OF_FAR), 0, 0, 1, size, *draws, *words)
    return (words[0, 0].astype(np.int64) * rows) >> 32


@dataclass(slots=True)
class Row:
    """What the kernels of a row work on."""

    program: Program
    memory: Memory
    bins: Longs
    """int64[sections, accounts * horizons, bins], see `simcore.kernels.rows.memory.bins_of_cells`."""
    clipped: Longs
    """int64[S + 3]"""
    detail: Detail
    """Of the row's replications alone, or empty arrays."""
    given_market: NDArray[np.uint32]
    given_start: NDArray[np.uint32]
    given_people: NDArray[np.uint32]
    given_successes: NDArray[np.int64]
    """Of the row's replications alone, or empty: see `simcore.random.streams.Source`."""
    first_group: int
    """The group of the first replication in the counters; those of the others follow."""
    size: int
    """Number of replications."""
    luck: Draws
    market: Draws
    people: Draws
    noise: Draws
    knowledge: Draws
    means: NDArray[np.float64]
    """float64[S + 1, size]: the mean rates of each replication, where some are not known exactly; or empty."""
    values: NDArray[np.float64]
    """float64[size]: the mean value of a deal of each replication in cents, where it is not known exactly; or empty."""
    rows: Longs
    """int64[size]: the row of the draws of each replication; or empty."""
    known_weeks: int = 0
    """Weeks of the market's path that are known."""


def new_row(program: Program, memory: Memory, bins: Longs, clipped: Longs, detail: Detail, key: Key, first: int,
            begin: int, size: int) -> Row:  # fmt: skip
    """Return the row of the replications ``begin .. begin + size - 1`` of a block that begins with number ``first``."""
    source, part = program.source, slice(begin, begin + size)
    luck, market, people, noise, knowledge = (
        Draws(first + begin + int(source.shift[factor]), source.flip[factor], *key)
        for factor in (LUCK, MARKET, PEOPLE, NOISE, KNOWLEDGE)
    )
    return Row(
        program, memory, bins, clipped,
        Detail._make(each[part] for each in detail),
        source.market[part], source.start[part], source.people[part], source.successes[part],
        (first + begin) % memory.counters.conduct.shape[1], size, luck, market, people, noise, knowledge,
        np.empty((0, 0)),
        np.empty(0),
        rows_taken(program.rows, knowledge, size) if program.rows > 0 else np.empty(0, np.int64),
    )  # fmt: skip


def sizes_of(first: int, count: int, most: int, groups: int) -> list[tuple[int, int]]:
    """Cut a block into rows of at most ``most`` that cross no multiple of ``groups``: where each begins, and its size.

    Examples
    --------
    >>> sizes_of(250, 20, 16, 256)
    [(0, 6), (6, 14)]
    """
    rows, begin = [], 0
    while begin < count:
        left = groups - (first + begin) % groups
        size = min(most, left, count - begin)
        rows.append((begin, size))
        begin += size
    return rows
