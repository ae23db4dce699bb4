"""How the uniform at an address is obtained, and with what weight: all draws come through this module.

A source may take the words of a factor (the market, the people, the noise of the weeks, knowledge, the luck of the
draws) from another replication, or flip them (antithetic draws); see `Source` for what else it changes.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from simcore.compiled.jit import inlined, uint32, uint64
from simcore.random.philox import rounds

LUCK, MARKET, PEOPLE, NOISE, KNOWLEDGE = range(5)
"""The factors that draws belong to: who holds each seat and their own rates are the people's, what is not known of the
parameters knowledge; the luck's is all that is none of the others'."""
FACTORS = 5

_LOW = np.uint64(0xFFFFFFFF)


class Source(NamedTuple):
    """How the uniform at an address is obtained, and with what weight: `plain` for crude Monte Carlo."""

    shift: NDArray[np.int64]
    """int64[5]: by factor, the offset added to a replication's number to find the one whose words are used."""
    flip: NDArray[np.uint32]
    """uint32[5]: by factor, 0 or all ones: whether words are mirrored."""
    market: NDArray[np.uint32]
    """uint32[replications of the block, weeks]: words that replace the market's own in its first weeks; or empty."""
    start: NDArray[np.uint32]
    """uint32[replications of the block]: words for what is not known of the market before the run; or empty."""
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
        shift=np.zeros(FACTORS, np.int64),
        flip=np.zeros(FACTORS, np.uint32),
        market=np.empty((0, 0), np.uint32),
        start=np.empty(0, np.uint32),
        people=np.empty((0, 0, 0), np.uint32),
        successes=np.empty((0, 0, 0), np.int64),
        tilted=False,
        tilt=np.ones(steps + 1),
        tilt_weeks=np.zeros(2, np.int64),
    )


@inlined
def words_at(
    c0: np.uint32, c1: np.uint32, number: int, flip: np.uint32, k0: np.uint32, k1: np.uint32
) -> tuple[np.uint32, np.uint32, np.uint32, np.uint32]:
    """Return the four words at an address, of the factor that the decision belongs to.

    ``number``: of the replication whose words the factor takes, see `Source.shift`; ``flip``: what mirrors them, see
    `Source.flip`.
    """
    own = uint64(number)
    w0, w1, w2, w3 = rounds(c0, c1, uint32(own & _LOW), uint32(own >> np.uint64(32)), (k0, k1))
    return uint32(w0 ^ flip), uint32(w1 ^ flip), uint32(w2 ^ flip), uint32(w3 ^ flip)
