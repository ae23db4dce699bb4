"""The open items of a seat: stored by due hour, removed in that hour."""

from __future__ import annotations

import numpy as np

from simcore.compiled.jit import inlined, int64, kernel, uint32
from simcore.kernels.caps import pop, push
from simcore.kernels.funnel import lag_hours, other_purpose
from simcore.kernels.reactive.state import (
    C0,
    C1,
    DUE,
    FREE,
    MAX_OPEN,
    NEXT,
    PREVIOUS,
    PRICE,
    RESPONSE,
    WIN_FACTOR,
    Pool,
)
from simcore.program.layout import FIXED, Clock, Lags
from simcore.random.addresses import LAG, LAG_LATE, Stream
from simcore.random.streams import words_at

FAR_BITS = 21
"""Bits of an entry's number in the heap of what is due far away."""
_ENTRY = (1 << FAR_BITS) - 1


@inlined
def allocate(pool: Pool, at: int) -> int:
    """Return a free entry for an item, or -1 if there are too many open."""
    if pool.size[at, 0] > 0:
        pool.size[at, 0] -= 1
        item = int64(pool.link[at, pool.size[at, 0], FREE])
    else:
        item = pool.size[at, 2]
        if item >= min(MAX_OPEN, pool.link.shape[1] - 1):
            return -1
        pool.size[at, 2] += 1
    pool.factor[at, item, RESPONSE] = 1.0
    pool.factor[at, item, WIN_FACTOR] = 1.0
    pool.factor[at, item, PRICE] = 1.0
    return item


@inlined
def release(pool: Pool, at: int, item: int) -> None:
    """Give the entry of an item back that has come to its end."""
    pool.link[at, pool.size[at, 0], FREE] = item
    pool.size[at, 0] += 1


@kernel
def schedule(pool: Pool, at: int, item: int) -> None:
    """Store an item until its due hour: in the bucket of that hour or, far in the future, in the heap."""
    due = pool.number[at, item, DUE]
    bucket = pool.bucket[at]
    number = due if pool.span == 1 else due // pool.span
    if number >= bucket.shape[0]:
        push(pool.far[at], pool.size[at, 1], (due << FAR_BITS) | item)
        pool.size[at, 1] += 1
        return
    after = bucket[number]
    pool.link[at, item, NEXT] = after
    pool.link[at, item, PREVIOUS] = -1
    if after >= 0:
        pool.link[at, after, PREVIOUS] = item
    bucket[number] = item


@inlined
def pop_from_bucket(pool: Pool, at: int, number: int) -> int:
    """Take an item out of a bucket and return it; -1 if there is none."""
    item = int64(pool.bucket[at, number])
    if item >= 0:
        after = pool.link[at, item, NEXT]
        pool.bucket[at, number] = after
        if after >= 0:
            pool.link[at, after, PREVIOUS] = -1
    return item


@inlined
def remove_from_bucket(pool: Pool, at: int, item: int) -> None:
    """Take an item out of the bucket of its due hour, where a bucket is an hour."""
    before, after = pool.link[at, item, PREVIOUS], pool.link[at, item, NEXT]
    if before >= 0:
        pool.link[at, before, NEXT] = after
    else:
        pool.bucket[at, pool.number[at, item, DUE]] = after
    if after >= 0:
        pool.link[at, after, PREVIOUS] = before


@inlined
def next_far(pool: Pool, at: int) -> int:
    """Return the due hour of the first item that is due far away, or -1."""
    return pool.far[at, 0] >> FAR_BITS if pool.size[at, 1] > 0 else -1


@inlined
def pop_far(pool: Pool, at: int) -> int:
    """Take the first item out that is due far away."""
    item = pool.far[at, 0] & _ENTRY
    pop(pool.far[at], pool.size[at, 1])
    pool.size[at, 1] -= 1
    return item


@inlined
def word_of(pool: Pool, stream: Stream, at: int, item: int, purpose: int, number: int) -> np.uint32:
    """Return a word of an item's block for a purpose."""
    c0 = other_purpose(pool.words[at, item, C0], purpose)
    words = words_at(stream, c0, pool.words[at, item, C1])
    return words[number]


@kernel
def due_after(
    clock: Clock, lags: Lags, stream: Stream, pool: Pool, at: int, item: int, step: int, hour: int, stretch: float
) -> int:
    """Return the hour in which an item that waits for a step from ``hour`` on is due, not yet cut.

    Entry S + 1 of the lags is that of a referral, which takes the place of step 1.
    """
    word = uint32(0)
    if lags.lagged[step] and lags.kind[step] != FIXED:
        drawn = step if step <= clock.steps else 1
        word = word_of(pool, stream, at, item, LAG if drawn <= 4 else LAG_LATE, (drawn - 1) % 4)
    return hour + lag_hours(lags, word, step, stretch)
