"""The normal distribution against SciPy and against 40-digit decimal arithmetic."""

import hashlib
import math
import struct
from decimal import Context, Decimal, localcontext

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from simcore.numerics.normal import normal_cdf, normal_density, normal_quantile

PATIENT = settings(deadline=None)
"""The first call compiles, or loads from the cache."""

DIGITS = Context(prec=50)
PI = Decimal("3.14159265358979323846264338327950288419716939937511")

WORDS = st.integers(0, 2**32 - 1)


def uniform(word: int) -> float:
    return (word + 0.5) * 2.0**-32


def exact_density(z: Decimal) -> Decimal:
    with localcontext(DIGITS):
        return (-z * z / 2).exp() / (2 * PI).sqrt()


def exact_cdf(z: Decimal) -> Decimal:
    """Marsaglia's series in 50 digits."""
    with localcontext(DIGITS):
        total = term = z
        odd = 1
        while abs(term) > Decimal("1e-48"):
            odd += 2
            term = term * z * z / odd
            total += term
        return Decimal("0.5") + exact_density(z) * total


EDGES = [0, 1, 2**31 - 1, 2**31, 2**32 - 1, int(0.075 * 2**32), int(0.925 * 2**32)]
SAMPLE = [int(x) for x in np.random.default_rng(3).integers(0, 2**32, 300)] + EDGES


def test_quantile_against_exact_arithmetic() -> None:
    for word in SAMPLE:
        u = uniform(word)
        z = Decimal(normal_quantile(u))
        error = (exact_cdf(z) - Decimal(u)) / (exact_density(z) * z)
        assert abs(error) < Decimal("1.2e-15"), word


def test_quantile_against_scipy() -> None:
    u = (np.random.default_rng(4).integers(0, 2**32, 20_000) + 0.5) * 2.0**-32
    mine = np.array([normal_quantile(x) for x in u])
    np.testing.assert_allclose(mine, stats.norm.ppf(u), rtol=2e-15, atol=0.0)


def test_quantile_far_out() -> None:
    u = np.array([2.0**-53, 1e-20, 1e-100, 1e-300])
    mine = [normal_quantile(x) for x in u]
    np.testing.assert_allclose(mine, stats.norm.ppf(u), rtol=1e-14)


def test_quantile_edges() -> None:
    assert normal_quantile(0.0) == -math.inf
    assert normal_quantile(1.0) == math.inf
    assert normal_quantile(0.5) == 0.0
    assert all(math.isnan(normal_quantile(u)) for u in (-0.1, 1.1, math.nan))


@PATIENT
@given(WORDS)
def test_quantile_is_antisymmetric(word: int) -> None:
    assert normal_quantile(uniform(word)) == -normal_quantile(uniform(2**32 - 1 - word))


@PATIENT
@given(WORDS, WORDS)
def test_quantile_is_increasing(first: int, second: int) -> None:
    low, high = sorted((first, second))
    assert normal_quantile(uniform(low)) <= normal_quantile(uniform(high))


def test_quantile_bits_are_the_same_on_every_machine() -> None:
    z = [normal_quantile((i + 0.5) / 20_000) for i in range(20_000)]
    assert hashlib.sha256(struct.pack("<20000d", *z)).hexdigest()[:16] == "ee0d8c47f2edf97c"


@pytest.mark.parametrize("z", [-8.0, -6.625, -3.7, -2.0, -1.999, -0.5, 1e-9, 0.3, 1.9, 2.1, 5.0])
def test_cdf_against_exact_arithmetic(z: float) -> None:
    exact = exact_cdf(Decimal(z))
    assert abs(Decimal(normal_cdf(z)) / exact - 1) < Decimal("2e-14")


def test_cdf_of_the_quantile_is_the_identity() -> None:
    u = np.geomspace(1e-12, 0.5, 500)
    np.testing.assert_allclose([normal_cdf(normal_quantile(x)) for x in u], u, rtol=3e-14)


def test_density() -> None:
    z = np.linspace(-8.0, 8.0, 101)
    np.testing.assert_allclose([normal_density(x) for x in z], stats.norm.pdf(z), rtol=1e-14)
