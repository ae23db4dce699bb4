"""The address of every draw: which decision of which rep, week and replication it belongs to.

The layout is spelled out in ``docs/randomness.md``; changing it changes every result.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from simcore.compiled.jit import inlined, uint32, uint64
from simcore.random.philox import Factor

SUCCESSES = 1
ITEM = 2
ITEM_LATE = 3
LAG = 4
LAG_LATE = 5
VALUE = 6
MARKET = 7
REP_RATE = 8
WEEK_NOISE = 9
TURNOVER = 10
REFERRAL = 11
THIN = 12
PULL = 13
HABIT = 14
COACHING = 15

OPEN_AT_START = 16
"""Added to an item's purposes for the items that are open when a run starts."""
REFERRED = 32
"""The same for referrals."""

MAX_REPS = 1 << 16
MAX_WEEKS = 1 << 16
MAX_ITEMS = (1 << 16) - 1
MAX_REPLICATIONS = 1 << 40
MAX_PARTS = 1 << 8

_LOW = np.uint64(0xFFFFFFFF)


class Stream(NamedTuple):
    """What all draws of one replication share: the key, and the factors, usually all with the replication's number.

    `market`; `people`: who holds each seat, and their own rates; `noise` of the weeks; `luck`: all other draws.
    """

    key: tuple[np.uint32, np.uint32]
    luck: Factor
    market: Factor
    people: Factor
    noise: Factor


@inlined
def factor_of(replication: int, flip: np.uint32) -> Factor:
    """Return the factor of a replication, with its words flipped by `flip`."""
    number = uint64(replication)
    return Factor(uint32(number & _LOW), uint32(number >> np.uint64(32)), flip)


@inlined
def stream_of(key: tuple[np.uint32, np.uint32], replication: int) -> Stream:
    """Return the stream of one replication, with all factors from that replication."""
    own = factor_of(replication, uint32(0))
    return Stream(key, own, own, own, own)


@inlined
def decision(purpose: int, part: int, item: int) -> np.uint32:
    """Return the first counter word: which decision it is (uint32)."""
    return uint32((purpose << 24) | (part << 16) | item)


@inlined
def place(rep: int, week: int) -> np.uint32:
    """Return the second counter word: whose decision it is, and in which week (uint32)."""
    return uint32((rep << 16) | week)
