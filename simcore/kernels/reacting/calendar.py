"""The calendar of open items: put away until they are due, by bucket of hours, in chunks that are read in order."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simcore.compiled.jit import inlined, int64, kernel, uint32, uint64
from simcore.kernels.reacting.state import (
    C0,
    C1,
    CHUNK,
    CHUNK_BITS,
    DEAD,
    ENTRY_DUE,
    ENTRY_GIVEN,
    ENTRY_LANE,
    ENTRY_ORIGIN,
    ENTRY_RESPONSE,
    GIVEN,
    HOUR,
    LANE,
    ORIGIN,
    STEP_2,
)

Floats = NDArray[np.float64]
Integers = NDArray[np.int32]
Longs = NDArray[np.int64]
Words = NDArray[np.uint32]


@inlined
def bucket_of(due: int, span: int, buckets: int) -> int:
    """Return the bucket of a due hour; the last one holds all that is due later still."""
    return min(due if span == 1 else due // span, buckets - 1)


@inlined
def new_entry(
    bucket: int, stage: int, size: Longs, free: Integers, following: Integers, chunks: Integers, count: Integers
) -> int:
    """Return the number of a new entry at the end of a bucket and stage."""
    k = int64(count[bucket, stage])
    count[bucket, stage] = k + 1
    if k & (CHUNK - 1) != 0:
        return int64(chunks[1, bucket, stage]) << CHUNK_BITS | (k & (CHUNK - 1))
    if size[0] > 0:
        size[0] -= 1
        chunk = int64(free[uint64(size[0])])
    else:
        chunk = size[1]
        size[1] += 1
    following[uint64(chunk)] = -1
    if k == 0:
        chunks[0, bucket, stage] = chunk
    else:
        following[uint64(chunks[1, bucket, stage])] = chunk
    chunks[1, bucket, stage] = chunk
    return chunk << CHUNK_BITS


@inlined
def read_entry(entry: np.uint64, i: np.uint64, entries: Words, words: Words, hours: Integers, response: Floats) -> None:
    """Copy an entry to place i of a list."""
    words[LANE, i], words[C0, i], words[C1, i] = entries[entry, 0], entries[entry, 1], entries[entry, 2]
    for k in range(3):
        words[STEP_2 + k, i] = entries[entry, 3 + k]
    hours[HOUR, i] = int64(entries[entry, ENTRY_DUE])
    hours[ORIGIN, i] = int64(entries[entry, ENTRY_ORIGIN]) - 1
    hours[GIVEN, i] = int64(entries[entry, ENTRY_GIVEN]) - 1
    high = uint64(entries[entry, ENTRY_RESPONSE + 1]) << uint64(32)
    response[i] = uint64(high | uint64(entries[entry, ENTRY_RESPONSE])).view(np.float64)


@kernel
def put_away(
    n: int, stage: int, span: int, base: int, places: Integers, due: Integers, words: Words, hours: Integers,
    response: Floats, size: Longs, free: Integers, following: Integers, chunks: Integers, count: Integers,
    entries: Words, numbers: Integers,
) -> None:  # fmt: skip
    """Put n items away until they are due.

    Parameters
    ----------
    base
        The hour with which the buckets begin.
    places
        int32, where the items are in ``words`` (uint32[8, ..]), ``hours`` (int32[6, ..]) and ``response`` (float64).
    due
        int32, by place: the hours in which they are due.
    numbers
        int32[n or more], filled with the numbers of their entries. For the others see
        `simcore.kernels.reacting.state.Calendar`.
    """
    for j in range(n):
        i = uint64(places[j])
        bucket = bucket_of(int64(due[i]) - base, span, count.shape[0])
        at = new_entry(bucket, stage, size, free, following, chunks, count)
        numbers[j] = at
        entry = uint64(at)
        entries[entry, 0], entries[entry, 1], entries[entry, 2] = words[LANE, i], words[C0, i], words[C1, i]
        for k in range(3):
            entries[entry, 3 + k] = words[STEP_2 + k, i]
        entries[entry, ENTRY_DUE] = uint32(due[i])
        entries[entry, ENTRY_ORIGIN] = uint32(int64(hours[ORIGIN, i]) + 1)
        entries[entry, ENTRY_GIVEN] = uint32(int64(hours[GIVEN, i]) + 1)
        bits = np.float64(response[i]).view(np.uint64)
        entries[entry, ENTRY_RESPONSE] = uint32(bits & uint64(0xFFFFFFFF))
        entries[entry, ENTRY_RESPONSE + 1] = uint32(bits >> uint64(32))


@kernel
def take_due(
    n: int, bucket: int, stage: int, words: Words, hours: Integers, response: Floats, size: Longs, free: Integers,
    following: Integers, chunks: Integers, count: Integers, entries: Words,
) -> int:  # fmt: skip
    """Take all items of a bucket and stage out, and add them to a list of n; return how many it has."""
    left, chunk = int64(count[bucket, stage]), int64(chunks[0, bucket, stage])
    count[bucket, stage] = 0
    while left > 0:
        for k in range(min(left, CHUNK)):
            entry = uint64((chunk << CHUNK_BITS) | k)
            read_entry(entry, uint64(n), entries, words, hours, response)
            n += entries[entry, ENTRY_LANE] != DEAD
        after = int64(following[uint64(chunk)])
        free[uint64(size[0])] = chunk
        size[0] += 1
        left -= CHUNK
        chunk = after
    return n


@kernel
def lanes_due(
    bucket: int, stage: int, following: Integers, chunks: Integers, count: Integers, entries: Words, open_now: Longs
) -> None:
    """Let what is due in a bucket at a stage leave it: int64[lanes], the items that are open in the stage."""
    left, chunk = int64(count[bucket, stage]), int64(chunks[0, bucket, stage])
    while left > 0:
        for k in range(min(left, CHUNK)):
            lane = entries[uint64((chunk << CHUNK_BITS) | k), ENTRY_LANE]
            if lane != DEAD:
                open_now[uint64(lane)] -= 1
        left -= CHUNK
        chunk = int64(following[uint64(chunk)])


@kernel
def list_entries(
    begin: int, end: int, stage: int, following: Integers, chunks: Integers, count: Integers, entries: Words,
    listed: Integers,
) -> int:  # fmt: skip
    """List the entries of a stage in the buckets ``begin .. end - 1``; return how many there are.

    ``listed``: int32, how many, and their numbers, as far as there is room.
    """
    n = 0
    for bucket in range(begin, end):
        left, chunk = int64(count[bucket, stage]), int64(chunks[0, bucket, stage])
        while left > 0:
            for k in range(min(left, CHUNK)):
                entry = (chunk << CHUNK_BITS) | k
                if entries[uint64(entry), ENTRY_LANE] != DEAD:
                    n += 1
                    if n < listed.shape[0]:
                        listed[n] = entry
            left -= CHUNK
            chunk = int64(following[uint64(chunk)])
    listed[0] = min(n, listed.shape[0] - 1)
    return n


@kernel
def read_entries(
    n: int, first: int, numbers: Integers, entries: Words, words: Words, hours: Integers, response: Floats
) -> None:
    """Copy n entries of the calendar to a list, from a first place on."""
    for i in range(n):
        read_entry(uint64(numbers[i]), uint64(first + i), entries, words, hours, response)


@kernel
def next_due(bucket: int, following: Integers, chunks: Integers, count: Integers, entries: Words) -> int:
    """Return the earliest due hour of a bucket, or -1."""
    least = -1
    for stage in range(count.shape[1]):
        left, chunk = int64(count[bucket, stage]), int64(chunks[0, bucket, stage])
        while left > 0:
            for k in range(min(left, CHUNK)):
                entry = uint64((chunk << CHUNK_BITS) | k)
                if entries[entry, ENTRY_LANE] != DEAD:
                    due = int64(entries[entry, ENTRY_DUE])
                    least = due if least < 0 else min(least, due)
            left -= CHUNK
            chunk = int64(following[uint64(chunk)])
    return least
