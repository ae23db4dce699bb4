"""How the uniform at an address is obtained, and with what weight: all draws come through this module.

A source may take the words of a factor (the market, the people, the noise of the weeks, the luck of the draws) from
another replication, or flip them (antithetic draws); see `Source` for what else it changes.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from simcore.compiled.jit import inlined
from simcore.random.addresses import Stream, factor_of
from simcore.random.philox import Factor, Key, block, fill_blocks

LUCK, MARKET, PEOPLE, NOISE = range(4)
"""The factors that draws belong to, see `simcore.random.addresses.Stream`."""


class Source(NamedTuple):
    """How the uniform at an address is obtained, and with what weight: `plain` for crude Monte Carlo."""

    shift: NDArray[np.int64]
    """int64[4]: by factor, the offset added to a replication's number to find the one whose words are used."""
    flip: NDArray[np.uint32]
    """uint32[4]: by factor, 0 or all ones: whether words are mirrored."""
    market: NDArray[np.uint32]
    """uint32[replications of the block, weeks]: words that replace the market's own in its first weeks; or empty."""
    people: NDArray[np.uint32]
    """uint32[replications of the block, reps, S + 1]: words for the own rates of each seat's first holder; or empty."""
    successes: NDArray[np.int64]
    """int64[replications of the block, reps, simulated weeks]: successes of step 1 of the weeks' calls, from another
    sampler of counts; or empty."""
    tilted: bool
    """Whether steps are decided at tilted rates (importance sampling); a seat's weight is then its likelihood ratio."""
    tilt: NDArray[np.float64]
    """float64[S + 1]: factors, at most 1, of the rates of steps 2 to S after these are cut at 1."""
    tilt_weeks: NDArray[np.int64]
    """int64[2]: the first simulated week with tilted rates, and the week after the last."""


def plain(steps: int) -> Source:
    """Return the source of crude Monte Carlo: every word from its own address, every weight 1."""
    return Source(
        shift=np.zeros(4, np.int64),
        flip=np.zeros(4, np.uint32),
        market=np.empty((0, 0), np.uint32),
        people=np.empty((0, 0, 0), np.uint32),
        successes=np.empty((0, 0, 0), np.int64),
        tilted=False,
        tilt=np.ones(steps + 1),
        tilt_weeks=np.zeros(2, np.int64),
    )


@inlined
def stream_from(source: Source, key: Key, replication: int) -> Stream:
    """Return the stream of one replication of a source."""
    shift, flip = source.shift, source.flip
    return Stream(
        key,
        factor_of(replication + shift[LUCK], flip[LUCK]),
        factor_of(replication + shift[MARKET], flip[MARKET]),
        factor_of(replication + shift[PEOPLE], flip[PEOPLE]),
        factor_of(replication + shift[NOISE], flip[NOISE]),
    )


@inlined
def words_of(
    key: Key, factor: Factor, c0: np.uint32, c1: np.uint32
) -> tuple[np.uint32, np.uint32, np.uint32, np.uint32]:
    """Return the four words of a factor at an address."""
    x0, x1, x2, x3 = block(c0, c1, factor.c2, factor.c3, key)
    return x0 ^ factor.flip, x1 ^ factor.flip, x2 ^ factor.flip, x3 ^ factor.flip


@inlined
def words_at(stream: Stream, c0: np.uint32, c1: np.uint32) -> tuple[np.uint32, np.uint32, np.uint32, np.uint32]:
    """Return the four words of luck at an address."""
    return words_of(stream.key, stream.luck, c0, c1)


@inlined
def fill_words(
    stream: Stream,
    c0: NDArray[np.uint32],
    c1: NDArray[np.uint32],
    x0: NDArray[np.uint32],
    x1: NDArray[np.uint32],
    x2: NDArray[np.uint32],
    x3: NDArray[np.uint32],
) -> None:
    """Fill ``x0 .. x3`` with the words of luck at many addresses; all arrays have the same length."""
    fill_blocks(c0, c1, stream.luck, stream.key, x0, x1, x2, x3)
