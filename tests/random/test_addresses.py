"""No two decisions have one address."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from simcore.random import addresses
from simcore.random.addresses import (
    MAX_ITEMS,
    MAX_PARTS,
    MAX_REPLICATIONS,
    MAX_REPS,
    MAX_WEEKS,
    decision,
    place,
)
from tests.twin.philox import AT_START, Purpose

QUICK = settings(derandomize=True, deadline=None)
"""The first call of a kernel compiles it, so no example has a deadline."""
Decision = tuple[int, int, int, int, int, int]
DECISIONS = st.tuples(
    st.integers(0, 31),
    st.integers(0, MAX_PARTS - 1),
    st.integers(0, MAX_ITEMS),
    st.integers(0, MAX_REPS - 1),
    st.integers(0, MAX_WEEKS - 1),
    st.integers(0, MAX_REPLICATIONS - 1),
)


OF_THE_WORLD = 240
"""Purposes from here on belong to no item."""


def counter_of(of: Decision) -> int:
    """Return the 128-bit counter of (purpose, part, item, rep, week, replication)."""
    purpose, part, item, rep, week, replication = of
    address = int(decision(purpose, part, item)) | int(place(rep, week)) << 32
    return address | replication << 64


@QUICK
@given(DECISIONS)
def test_an_address_tells_the_decision(of: Decision) -> None:
    """Every field can be read back, so different decisions have different addresses."""
    counter = counter_of(of)
    fields = [(24, 8), (16, 8), (0, 16), (48, 16), (32, 16), (64, 64)]
    assert tuple(counter >> shift & (1 << bits) - 1 for shift, bits in fields) == of


@QUICK
@given(st.lists(DECISIONS, min_size=2, max_size=50, unique=True))
def test_addresses_are_unique(decisions: list[Decision]) -> None:
    assert len({counter_of(of) for of in decisions}) == len(decisions)


def test_purposes_have_the_numbers_of_the_page() -> None:
    for purpose in Purpose:
        assert getattr(addresses, purpose.name) == purpose
    ordinary = {int(purpose) for purpose in Purpose}
    opened = {int(purpose) + addresses.OPEN_AT_START for purpose in Purpose if purpose < OF_THE_WORLD}
    assert addresses.OPEN_AT_START == AT_START
    assert not ordinary & opened
    assert max(opened) < OF_THE_WORLD


def test_words_are_32_bits_wide() -> None:
    assert isinstance(decision(26, 255, 65535), int | np.uint32)
    assert int(decision(26, 255, 65535)) == 26 << 24 | 0xFFFFFF
    assert int(place(65535, 65535)) == 2**32 - 1
