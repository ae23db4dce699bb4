"""Philox4x32-10 (Salmon, Moraes, Dror and Shaw 2011) in Python integers, and the addresses of draws."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache

MASK = 0xFFFFFFFF
Words = tuple[int, int, int, int]


@lru_cache(maxsize=4096)
def philox4x32(counter: Words, key: tuple[int, int], rounds: int = 10) -> Words:
    """Return the four 32-bit words of a counter under a key."""
    c0, c1, c2, c3 = counter
    k0, k1 = key
    for _ in range(rounds):
        a = 0xD2511F53 * c0
        b = 0xCD9E8D57 * c2
        c0, c1, c2, c3 = (b >> 32) ^ c1 ^ k0, b & MASK, (a >> 32) ^ c3 ^ k1, a & MASK
        k0 = (k0 + 0x9E3779B9) & MASK
        k1 = (k1 + 0xBB67AE85) & MASK
    return c0, c1, c2, c3


class Purpose(IntEnum):
    """What a draw is for."""

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
    HABIT = 14
    COACHING = 15
    KNOWLEDGE = 242


AT_START = 16
"""Added to a purpose for items that are open at the start."""


@dataclass(frozen=True)
class Source:
    """All random numbers of one replication."""

    seed: int
    replication: int

    def words(self, purpose: int, *, seat: int, week: int, item: int = 0, part: int = 0) -> Words:
        """Return the words of one address; an address out of range is refused."""
        if not (0 <= seat < 2**16 and 0 <= week < 2**16 and 0 <= item < 2**16 and 0 <= part < 2**8):
            raise ValueError(f"no such address: purpose {purpose}, {seat=}, {week=}, {item=}, {part=}")
        counter = (
            item | part << 16 | purpose << 24,
            week | seat << 16,
            self.replication & MASK,
            self.replication >> 32,
        )
        return philox4x32(counter, (self.seed & MASK, self.seed >> 32))

    def of_step(self, purpose: Purpose, step: int, *, seat: int, week: int) -> int:
        """Return the word of a step for REP_RATE, WEEK_NOISE and HABIT: item 0 holds steps 1-4, item 1 steps 5-7."""
        item, place = divmod(step - 1, 4)
        return self.words(purpose, seat=seat, week=week, item=item)[place]
