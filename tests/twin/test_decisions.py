"""The twin's words and decisions against published vectors, exact fractions and SciPy."""

from __future__ import annotations

import math
import statistics
from fractions import Fraction

import pytest
from scipy import special

from tests.twin.decisions import (
    beta,
    binomial,
    normal_quantile,
    successes,
    take_slots,
    uniform,
    uniform53,
    yes,
)
from tests.twin.philox import Purpose, Source, Words, philox4x32
from tests.twin.spreads import entries, gamma

TOP = 2**32 - 1

# From Random123's tests/kat_vectors, Copyright 2010-2012 D. E. Shaw Research, BSD-3-Clause.
PHILOX_VECTORS: list[tuple[Words, tuple[int, int], Words]] = [
    ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    ((TOP, TOP, TOP, TOP), (TOP, TOP), (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
    (
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
        (0xA4093822, 0x299F31D0),
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
    ),
]


# Words and addresses


@pytest.mark.parametrize(("counter", "key", "expected"), PHILOX_VECTORS)
def test_philox_gives_the_published_words(counter: Words, key: tuple[int, int], expected: Words) -> None:
    assert philox4x32(counter, key) == expected


def test_philox_gives_the_number_that_the_cpp_standard_names() -> None:
    # C++26 [rand.predef]: the 10,000th output of a default philox4x32 (seed 20111115) is 1955073260. The seed
    # is the key's first word, the counter starts at 0, and each block gives its four words in order.
    block, place = divmod(10_000 - 1, 4)
    assert philox4x32((block, 0, 0, 0), (20111115, 0))[place] == 1955073260


def test_an_address_fills_the_counter_as_documented() -> None:
    source = Source(seed=0x0123456789ABCDEF, replication=0xFEDCBA9876543210)
    got = source.words(Purpose.VALUE, seat=0x1111, week=0x2222, item=0x3333, part=0x44)
    assert got == philox4x32((0x06443333, 0x11112222, 0x76543210, 0xFEDCBA98), (0x89ABCDEF, 0x01234567))


def test_late_steps_have_their_own_item() -> None:
    source = Source(1, 2)
    words = [source.of_step(Purpose.REP_RATE, step, seat=3, week=4) for step in range(1, 8)]
    early = source.words(Purpose.REP_RATE, seat=3, week=4, item=0)
    late = source.words(Purpose.REP_RATE, seat=3, week=4, item=1)
    assert words == [*early, *late[:3]]


@pytest.mark.parametrize("where", [{"week": 65536}, {"seat": 65536}, {"item": 65536}, {"part": 256}])
def test_an_address_out_of_range_is_refused(where: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="no such address"):
        Source(0, 0).words(Purpose.ITEM, **({"seat": 0, "week": 0} | where))


# From words to decisions


def test_uniforms_stay_inside_the_unit_interval() -> None:
    assert uniform(0) == 2.0**-33
    assert uniform(TOP) == 1.0 - 2.0**-33
    assert uniform53(0, 0) == 0.0
    assert uniform53(31, 63) == 0.0  # the lowest 5 and 6 bits are left out
    assert uniform53(32, 64) == (2**26 + 1) * 2.0**-53
    assert uniform53(TOP, TOP) == 1.0 - 2.0**-53


def test_yes_is_certain_at_one_and_impossible_at_zero() -> None:
    assert yes(TOP, 1.0)
    assert not yes(0, 0.0)
    assert yes(2**31 - 1, 0.5)
    assert not yes(2**31, 0.5)


@pytest.mark.parametrize("u", [2.0**-33, 1e-7, 0.01, 0.0749, 0.0751, 0.3, 0.5, 0.8, 0.925, 0.99, 1 - 2.0**-33])
def test_normal_quantile_agrees_with_others(u: float) -> None:
    assert normal_quantile(u) == pytest.approx(special.ndtri(u), rel=1e-14, abs=1e-300)
    assert normal_quantile(u) == pytest.approx(statistics.NormalDist().inv_cdf(u), rel=1e-15, abs=1e-300)


@pytest.mark.parametrize(("n", "p"), [(1, 0.5), (10, 0.02), (40, 0.3), (25, 0.7), (7, 0.999)])
def test_binomial_is_the_inverse_of_the_exact_distribution(n: int, p: float) -> None:
    exact = Fraction(p)
    below = Fraction(0)
    for k in range(n + 1):
        mass = math.comb(n, k) * exact**k * (1 - exact) ** (n - k)
        if mass > 1e-9:
            assert binomial(n, p, float(below + mass / 2)) == k
        below += mass


def test_binomial_at_the_ends() -> None:
    assert binomial(0, 0.3, 0.9) == 0
    assert binomial(50, 0.0, 1.0 - 2.0**-53) == 0
    assert binomial(50, 1.0, 0.0) == 50
    assert binomial(3, 0.5, 1.0 - 2.0**-53) == 3
    assert binomial(3, 0.6, 0.0) == 0


def test_a_large_week_is_drawn_in_parts() -> None:
    source = Source(7, 0)
    n, p = 2001, 0.3  # 600.3 expected: 4 parts of 500 calls and one more
    words = [source.words(Purpose.SUCCESSES, seat=5, week=6, part=i) for i in range(4)]
    sizes = [500, 500, 500, 501]
    expected = sum(binomial(m, p, uniform53(w[0], w[1])) for m, w in zip(sizes, words, strict=True))
    assert successes(source, 5, 6, n, p) == expected
    one = source.words(Purpose.SUCCESSES, seat=5, week=6)
    assert successes(source, 5, 6, 512, 0.5) == binomial(512, 0.5, uniform53(one[0], one[1]))


def test_slots_are_taken_as_by_a_full_shuffle() -> None:
    words = [philox4x32((k, 0, 0, 0), (1, 2))[0] for k in range(9)]
    places = list(range(12))
    for k, word in enumerate(words):
        j = k + (word * (12 - k) >> 32)
        places[k], places[j] = places[j], places[k]
    assert take_slots(12, words) == places[:9]
    assert sorted(take_slots(9, words)) == list(range(9))
    assert take_slots(3, [0, 0, 0]) == [0, 1, 2]
    assert take_slots(3, [TOP, TOP, TOP]) == [2, 0, 1]


def test_entries_follow_their_weights() -> None:
    draw = entries([10, 20, 30], [1, 0, 3])
    assert [draw(w) for w in (0, 2**30 - 1, 2**30, TOP)] == [10, 10, 30, 30]
    equal = entries([10, 20], None)
    assert [equal(w) for w in (2**31 - 1, 2**31)] == [10, 20]


@pytest.mark.parametrize("cv", [0.1, 0.5, 1.0, 2.0])
def test_gamma_and_beta_have_the_stated_moments(cv: float) -> None:
    words = [(2 * i + 1) << 18 for i in range(2**13)]  # the midpoints of 8,192 equal shares
    values = [gamma(50.0, cv)(w) for w in words]
    assert statistics.fmean(values) == pytest.approx(50.0, rel=2e-3)
    assert statistics.pstdev(values) == pytest.approx(50.0 * cv, rel=2e-2)
    rates = [beta(0.1, cv, w) for w in words]
    assert statistics.fmean(rates) == pytest.approx(0.1, rel=2e-3)
    assert statistics.pstdev(rates) == pytest.approx(0.1 * cv, rel=2e-2)
