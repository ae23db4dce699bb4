"""The generator against published words, and its vectorised form against the plain one."""

from __future__ import annotations

import numpy as np
import pytest

from simcore.kernels.rows.words import draw_items
from simcore.random.addresses import ITEM
from simcore.random.philox import block, split_seed
from tests.twin.philox import Words, philox4x32

TOP = 2**32 - 1
# From Random123's tests/kat_vectors, Copyright 2010-2012 D. E. Shaw Research, BSD-3-Clause: philox4x32, 10 rounds.
VECTORS: list[tuple[Words, tuple[int, int], Words]] = [
    ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    ((TOP, TOP, TOP, TOP), (TOP, TOP), (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
    (
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
        (0xA4093822, 0x299F31D0),
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
    ),
]


def words(counter: Words, seed: int) -> Words:
    """Return the words of a counter under a seed as plain integers."""
    c0, c1, c2, c3 = (np.uint32(word) for word in counter)
    x0, x1, x2, x3 = block(c0, c1, c2, c3, split_seed(seed))
    return int(x0), int(x1), int(x2), int(x3)


@pytest.mark.parametrize(("counter", "key", "expected"), VECTORS)
def test_published_words(counter: Words, key: tuple[int, int], expected: Words) -> None:
    assert words(counter, key[0] | key[1] << 32) == expected


def test_the_number_that_the_cpp_standard_names() -> None:
    # C++26 [rand.predef]: the 10,000th output of a default philox4x32 (seed 20111115) is 1955073260. The seed is the
    # key's first word, the counter starts at 0, and each block gives its four words in order.
    index, place = divmod(10_000 - 1, 4)
    assert words((index, 0, 0, 0), 20111115)[place] == 1955073260


@pytest.mark.parametrize("size", [0, 1, 7, 8, 9, 1000])
def test_many_blocks_at_once_are_the_same_blocks(size: int) -> None:
    """By the loop in which items are drawn, each of its own replication."""
    rng = np.random.default_rng(size)
    c0, c1 = (rng.integers(0, 2**32, size, np.uint32) for _ in range(2))
    c2, c3, seed = 0x89ABCDEF, 0x01234567, 0xFEDCBA9876543210
    own, number, out = np.zeros(size, np.uint32), c2 | c3 << 32, np.zeros((4, size), np.uint32)
    key = (seed & TOP, seed >> 32)
    expected = [philox4x32((int(a), int(b), c2, c3), key) for a, b in zip(c0, c1, strict=True)]
    for flip in (0, TOP):
        draw_items(size, ITEM, c0, c1, own, number, np.uint32(flip), *split_seed(seed), *out)
        assert list(zip(*(column.tolist() for column in out), strict=True)) == [
            tuple(word ^ flip for word in each) for each in expected
        ]


@pytest.mark.parametrize("seed", [-1, 2**64])
def test_a_seed_out_of_range_is_refused(seed: int) -> None:
    with pytest.raises(ValueError, match="a seed is an integer from 0"):
        split_seed(seed)


def test_the_key_is_the_seed_low_word_first() -> None:
    assert [int(word) for word in split_seed(0x0123456789ABCDEF)] == [0x89ABCDEF, 0x01234567]
