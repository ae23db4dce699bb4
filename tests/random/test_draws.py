"""From words to decisions: exact thresholds, counts against SciPy, and slots."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats

from simcore.random.addresses import place
from simcore.random.draws import (
    binomial_in_parts,
    binomial_inverse,
    binomial_thresholds,
    count_at,
    guide_of,
    normal,
    parts_of,
    pick,
    take_slot,
    threshold,
    uniform32,
    uniform53,
)
from simcore.random.philox import split_seed
from tests.twin.decisions import successes, take_slots
from tests.twin.philox import Source

QUICK = settings(derandomize=True, deadline=None)
"""The first call of a kernel compiles it, so no example has a deadline."""
TOP = 2**32 - 1
TWO_53 = 2**53
WORDS = st.integers(0, TOP)


@QUICK
@given(WORDS)
def test_a_uniform_is_the_centre_of_its_cell(word: int) -> None:
    assert Fraction(uniform32(np.uint32(word))) == Fraction(2 * word + 1, 2**33)


@QUICK
@given(WORDS, WORDS)
def test_a_fine_uniform_has_27_and_26_bits(high: int, low: int) -> None:
    assert uniform53(np.uint32(high), np.uint32(low)) == (high >> 5 << 26) + (low >> 6)


@pytest.mark.parametrize(
    ("p", "expected"),
    [(0.0, 0), (1.0, 2**32), (0.5, 2**31), (2.0**-33, 1), (2.0**-34, 0), (1 - 2.0**-34, 2**32), (1 - 2.0**-32, TOP)],
)
def test_thresholds_at_the_edges(p: float, expected: int) -> None:
    assert threshold(p) == expected


@QUICK
@given(st.floats(0, 1))
def test_a_threshold_holds_a_probability_to_half_a_word(p: float) -> None:
    assert abs(Fraction(threshold(p)) - Fraction(p) * 2**32) <= Fraction(1, 2)


@pytest.mark.parametrize("word", [0, 1, 2**31 - 1, 2**31, TOP])
def test_a_normal_is_the_quantile_of_its_uniform(word: int) -> None:
    assert normal(np.uint32(word)) == pytest.approx(stats.norm.ppf((word + 0.5) / 2**32), rel=1e-14, abs=1e-16)


# Counts


@pytest.mark.parametrize("n", [1, 2, 7, 40, 500, 800])
@pytest.mark.parametrize("p", [1e-9, 1e-4, 0.02, 0.3, 0.5 - 1e-12, 0.5, 0.5 + 1e-12, 0.7, 0.98, 1 - 1e-9])
def test_a_count_is_the_binomial_quantile(n: int, p: float) -> None:
    """SciPy's distribution function is good to about 1e-13; a uniform nearer to a step than that may go either way."""
    if parts_of(n, p) > 1:
        p = 256 / n if p < 0.5 else 1 - 256 / n
    rng = np.random.default_rng(n)
    for u53 in [0, 1, TWO_53 // 2, TWO_53 - 1, *rng.integers(0, TWO_53, 60).tolist()]:
        u = u53 / TWO_53
        low, high = stats.binom.ppf([max(0.0, u - 1e-12), min(1.0, u + 1e-12)], n, p)
        assert max(low, 0) <= binomial_inverse(u53, n, p) <= high


def test_counts_at_rates_of_one_and_of_no_calls() -> None:
    assert [binomial_inverse(u53, 9, 1.0) for u53 in (0, TWO_53 - 1)] == [9, 9]
    assert [binomial_inverse(u53, 0, p) for u53 in (0, TWO_53 - 1) for p in (0.3, 0.8, 1.0)] == [0] * 6


@QUICK
@given(st.integers(0, TWO_53 - 1), st.integers(0, TWO_53 - 1), st.integers(1, 500), st.floats(1e-12, 1))
def test_a_count_grows_with_its_uniform(a: int, b: int, n: int, p: float) -> None:
    low, high = (binomial_inverse(u53, n, p) for u53 in sorted((a, b)))
    assert 0 <= low <= high <= n


@QUICK
@given(st.integers(1, 65535), st.floats(0, 1))
def test_a_week_is_cut_into_the_fewest_parts(n: int, p: float) -> None:
    parts = parts_of(n, p)
    mean = n * min(p, 1 - p)
    assert parts in [2**k for k in range(9)]
    assert mean <= 256 * parts or parts == 256
    assert parts == 1 or mean > 128 * parts


@pytest.mark.parametrize(("n", "p"), [(3000, 0.7), (600, 0.5), (65535, 0.02), (65535, 0.5), (1001, 0.26)])
def test_parts_are_drawn_as_documented(n: int, p: float) -> None:
    seed, replication, rep, week = 2**40 + 9, 2**33 + 1, 300, 4001
    parts = parts_of(n, p)
    assert parts > 1
    expected = successes(Source(seed, replication), rep, week, n, p)
    where = place(rep, week)
    assert binomial_in_parts(where, 0, n, p, parts, replication, np.uint32(0), *split_seed(seed)) == expected


@pytest.mark.parametrize(("n", "p"), [(500, 0.02), (1, 0.5), (512, 0.5), (65535, 1e-5), (40, 1e-12), (800, 0.3)])
def test_the_table_counts_as_inversion_does(n: int, p: float) -> None:
    thresholds = binomial_thresholds(n, p)
    guide = guide_of(thresholds)
    assert (np.diff(thresholds) >= 0).all()
    assert thresholds[-1] == TWO_53
    steps = {u53 for step in thresholds[:400].tolist() for u53 in (step - 1, step, step + 1)}
    cells = {u53 for top in range(256) for u53 in (top << 45, (top + 1 << 45) - 1)}
    random = np.random.default_rng(n).integers(0, TWO_53, 2000).tolist()
    for u53 in sorted(steps | cells | set(random) | {0, TWO_53 - 1}):
        if 0 <= u53 < TWO_53:
            assert count_at(u53, thresholds, guide) == binomial_inverse(u53, n, p)


# Lists and slots


@QUICK
@given(st.lists(st.integers(0, 2**32), min_size=0, max_size=6), WORDS)
def test_an_entry_is_the_first_whose_threshold_lies_above(edges: list[int], word: int) -> None:
    thresholds = np.array([*sorted(edges), 2**32], np.int64)
    expected = next(i for i, edge in enumerate(thresholds.tolist()) if word < edge)
    assert pick(np.uint32(word), thresholds) == expected


def taken(words: tuple[int, ...], n: int, slots: NDArray[np.int64] | None = None, tag: int = 1) -> tuple[int, ...]:
    """Return the slots that a week's words take; ``slots`` may hold an earlier shuffle with a lower tag."""
    slots = np.zeros(n, np.int64) if slots is None else slots
    return tuple(int(take_slot(np.uint32(word), k, n, tag, slots)) for k, word in enumerate(words))


@pytest.mark.parametrize("n", [1, 2, 5])
def test_every_order_of_slots_is_equally_likely(n: int) -> None:
    """One word from the middle of each of the n - k cells, for every k: each permutation comes exactly once."""
    cells = [[((2 * cell + 1) << 31) // (n - k) for cell in range(n - k)] for k in range(n)]
    orders = Counter(taken(words, n) for words in itertools.product(*cells))
    assert len(orders) == math.factorial(n)
    assert set(orders.values()) == {1}
    assert set(orders) == set(itertools.permutations(range(n)))


@QUICK
@given(st.lists(st.sampled_from([0, 1, 2**31, TOP]) | WORDS, min_size=1, max_size=60), st.integers(0, 40))
def test_slots_are_taken_without_replacement(words: list[int], spare: int) -> None:
    n = len(words) + spare
    assert len(set(taken(tuple(words), n))) == len(words)
    assert set(taken(tuple(words), n)) <= set(range(n))


@QUICK
@given(st.lists(st.lists(WORDS, max_size=30), max_size=6), st.integers(0, 5))
def test_a_new_shuffle_needs_no_clearing(weeks: list[list[int]], spare: int) -> None:
    slots = np.zeros(30 + spare, np.int64)
    for number, words in enumerate(weeks):
        n = len(words) + spare
        assert list(taken(tuple(words), n, slots, tag=1 + number * len(slots))) == take_slots(n, words)
