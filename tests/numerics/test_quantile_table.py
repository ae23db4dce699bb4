"""Tabulated quantile functions against SciPy, exact moments, and each other."""

import hashlib
import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import special

from simcore.numerics import quantile_table
from simcore.numerics.normal import normal_quantile
from simcore.numerics.quantile_table import (
    COLUMNS,
    ROWS,
    QuantileTable,
    beta_quantile,
    build_beta,
    build_gamma,
    gamma_quantile,
    table_error,
)

PATIENT = settings(deadline=None)
"""The first call compiles, or loads from the cache."""

Array = NDArray[np.float64]
Case = tuple[Callable[[QuantileTable, float], float], QuantileTable]

Z = np.sort(np.random.default_rng(5).uniform(-6.34, 6.34, 3000))
GAMMA_CVS = [0.05, 0.1, 0.3, 0.5, 1.0, 1.7, 3.0]
BETAS = [
    (0.001, 0.05),
    (0.001, 1.0),
    (0.02, 0.25),
    (0.02, 1.0),
    (0.2, 0.25),
    (0.2, 1.0),
    (0.5, 0.05),
    (0.5, 0.5),
    (0.5, 0.99),
    (0.9, 0.1),
    (0.9, 0.3),
    (0.99, 0.05),
]
TABLES: list[Case] = [
    *((gamma_quantile, build_gamma(cv)) for cv in GAMMA_CVS),
    *((beta_quantile, build_beta(*b)) for b in BETAS),
]


def parameters(mean: float, cv: float) -> tuple[float, float]:
    n = (1.0 - mean) / (mean * cv * cv) - 1.0
    return mean * n, (1.0 - mean) * n


def gammas(table: QuantileTable, z: Array) -> Array:
    return np.array([gamma_quantile(table, x) for x in z])


def betas(table: QuantileTable, z: Array) -> Array:
    return np.array([beta_quantile(table, x) for x in z])


def true_gamma(cv: float, z: Array) -> Array:
    a = 1.0 / (cv * cv)
    lower = special.gammaincinv(a, special.ndtr(z))
    return np.asarray(np.where(z < 0.0, lower, special.gammainccinv(a, special.ndtr(-z))) / a)


def true_beta(mean: float, cv: float, z: Array) -> Array:
    a, b = parameters(mean, cv)
    return np.asarray(
        np.where(z < 0.0, special.betaincinv(a, b, special.ndtr(z)), special.betainccinv(a, b, special.ndtr(-z)))
    )


@pytest.mark.parametrize("cv", GAMMA_CVS)
def test_gamma_against_scipy(cv: float) -> None:
    table = build_gamma(cv)
    assert table.shape == (ROWS, COLUMNS)
    np.testing.assert_allclose(gammas(table, Z), true_gamma(cv, Z), rtol=1e-11, atol=1e-300)


@pytest.mark.parametrize(("mean", "cv"), BETAS)
def test_beta_against_scipy(mean: float, cv: float) -> None:
    found = betas(build_beta(mean, cv), Z)
    np.testing.assert_allclose(found, true_beta(mean, cv, Z), rtol=1e-11, atol=1e-300)
    assert found.max() <= 1.0


@pytest.mark.parametrize("cv", [5.0, 30.0, 300.0])
def test_extreme_gamma_against_scipy(cv: float) -> None:
    found, true = gammas(build_gamma(cv), Z), true_gamma(cv, Z)
    inside = true > 1e-300
    assert inside.sum() > 100
    np.testing.assert_allclose(found[inside], true[inside], rtol=1e-8)
    assert np.all(found[~inside] < 1e-290)


@pytest.mark.parametrize("ab", [(1e-3, 1e-3), (0.01, 1e-4), (1e-4, 0.01), (3e-4, 3.0), (0.2, 2e-5), (1e4, 1e8)])
def test_extreme_beta_against_scipy(ab: tuple[float, float]) -> None:
    a, b = ab
    mean, cv = a / (a + b), math.sqrt(b / (a * (a + b + 1.0)))
    found, true = betas(build_beta(mean, cv), Z), true_beta(mean, cv, Z)
    inside = true > 1e-300
    assert inside.sum() > 100
    np.testing.assert_allclose(found[inside], true[inside], rtol=1e-9)
    assert np.all(found[~inside] < 1e-290)


@pytest.mark.parametrize("cv", [1e-4, 1e-3, 1e-2])
def test_narrow_gamma_follows_its_expansion(cv: float) -> None:
    """Cornish and Fisher's expansion to the fifth order in cv (SciPy is off by 1e-9 here)."""
    z = np.linspace(-6.0, 6.0, 49)
    expansion = (
        1.0
        + cv * z
        + cv**2 * (z**2 - 1.0) / 3.0
        + cv**3 * (z**3 - 7.0 * z) / 36.0
        - cv**4 * (3.0 * z**4 + 7.0 * z**2 - 16.0) / 810.0
        + cv**5 * (9.0 * z**5 + 256.0 * z**3 - 433.0 * z) / 38880.0
    )
    np.testing.assert_allclose(gammas(build_gamma(cv), z), expansion, rtol=4e-16 + 20.0 * cv**6)


def test_closed_forms() -> None:
    """The exponential distribution, the uniform one, and Beta(a, 1): x^a."""
    z = np.linspace(-6.3, 6.3, 101)
    np.testing.assert_allclose(gammas(build_gamma(1.0), z), -special.log_ndtr(-z), rtol=1e-9)
    np.testing.assert_allclose(betas(build_beta(0.5, 3.0**-0.5), z), special.ndtr(z), rtol=4e-12)
    a = 0.25
    mean, cv = a / (a + 1.0), math.sqrt(1.0 / (a * (a + 2.0)))
    np.testing.assert_allclose(betas(build_beta(mean, cv), z), special.ndtr(z) ** (1.0 / a), rtol=2e-11)


NODES, WEIGHTS = np.polynomial.legendre.leggauss(20)


def moments(values: Array, weights: Array) -> tuple[float, float]:
    mean = float(values @ weights)
    return mean, float(((values - mean) ** 2) @ weights)


def rule() -> tuple[Array, Array]:
    """Gauss-Legendre points and weights for a standard normal z, on 265 pieces of [-6.625, 6.625]."""
    ends = np.linspace(-6.625, 6.625, 266)
    middle, half = (ends[1:] + ends[:-1]) / 2.0, (ends[1] - ends[0]) / 2.0
    z = (middle[:, None] + half * NODES).ravel()
    return z, np.tile(half * WEIGHTS, 265) * np.exp(-0.5 * z * z) / math.sqrt(2.0 * math.pi)


@pytest.mark.parametrize("cv", [0.05, 0.3, 0.5, 1.0])
def test_moments_of_the_gamma(cv: float) -> None:
    z, weights = rule()
    mean, variance = moments(gammas(build_gamma(cv), z), weights)
    assert mean == pytest.approx(1.0, rel=2e-9)
    assert variance == pytest.approx(cv * cv, rel=3e-8)


@pytest.mark.parametrize(("mean", "cv"), BETAS)
def test_moments_of_the_beta(mean: float, cv: float) -> None:
    z, weights = rule()
    found_mean, found_variance = moments(betas(build_beta(mean, cv), z), weights)
    assert found_mean == pytest.approx(mean, rel=2e-9)
    assert found_variance == pytest.approx((mean * cv) ** 2, rel=3e-8)


@PATIENT
@given(st.sampled_from(TABLES), st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1))
def test_quantiles_never_fall(case: Case, first: int, second: int) -> None:
    quantile, table = case
    low, high = sorted((first, second))
    z = [normal_quantile((word + 0.5) * 2.0**-32) for word in (low, high)]
    assert quantile(table, z[0]) <= quantile(table, z[1])


@PATIENT
@given(st.sampled_from(TABLES), st.integers(0, 423))
def test_curve_is_continuous_where_intervals_meet(case: Case, cell: int) -> None:
    table = case[1]
    z = -6.625 + cell / 32.0
    below, above = (quantile_table._curve(table, x) for x in (math.nextafter(z, -7.0), z))
    assert below == pytest.approx(above, rel=1e-14, abs=1e-14)


@PATIENT
@given(st.floats(-3.2, 2.3), st.floats(-6.34, 6.34))
def test_a_gamma_of_any_cv_is_finite_and_positive_or_zero(log_cv: float, z: float) -> None:
    table = build_gamma(10.0**log_cv)
    assert 0.0 <= gamma_quantile(table, z) < math.inf
    assert table_error(table) <= 1e-9


@PATIENT
@given(st.floats(1e-4, 0.9999), st.floats(1e-3, 0.999), st.floats(-6.34, 6.34))
def test_a_beta_of_any_kind_is_a_probability(mean: float, share: float, z: float) -> None:
    """``share`` is the cv as a share of the largest that a Beta with this mean has."""
    cv = share * math.sqrt((1.0 - mean) / mean)
    total = (1.0 - mean) / (mean * cv * cv) - 1.0
    # Beyond, tables are refused: see `test_beta_refuses`.
    assume(min(mean, 1.0 - mean) * total >= 1.1e-6)
    table = build_beta(mean, cv)
    assert 0.0 <= beta_quantile(table, z) <= 1.0
    assert table_error(table) <= 1e-7


def test_bits_are_the_same_on_every_machine() -> None:
    digest = hashlib.sha256()
    for cv in (0.001, 0.05, 0.5, 1.0, 3.0, 50.0):
        digest.update(build_gamma(cv).astype("<f8").tobytes())
    for mean, cv in BETAS:
        digest.update(build_beta(mean, cv).astype("<f8").tobytes())
    assert digest.hexdigest()[:16] == "fb27af05f7ba1d29"


def test_scores_beyond_the_table_are_cut() -> None:
    gamma, beta = build_gamma(0.7), build_beta(0.3, 0.2)
    for far in (6.7, 40.0, math.inf):
        assert gamma_quantile(gamma, far) == gamma_quantile(gamma, 6.625)
        assert beta_quantile(beta, -far) == beta_quantile(beta, -6.625)


def test_tables_stack() -> None:
    stack = np.stack([build_gamma(0.5), build_beta(0.2, 0.25)])
    assert gamma_quantile(stack[0], 0.3) == gamma_quantile(build_gamma(0.5), 0.3)
    assert beta_quantile(stack[1], 0.3) == beta_quantile(build_beta(0.2, 0.25), 0.3)


def test_mirrored_beta() -> None:
    left, right = build_beta(0.2, 0.5), build_beta(0.8, 0.125)
    for z in np.linspace(-6.0, 6.0, 25):
        assert beta_quantile(left, z) == pytest.approx(1.0 - beta_quantile(right, -z), abs=2e-12)


@pytest.mark.parametrize("cv", [0.0, -1.0, 9e-5, 1001.0, math.inf, math.nan])
def test_gamma_refuses(cv: float) -> None:
    with pytest.raises(ValueError, match=r"coefficient of variation from 0\.0001 to 1000, got"):
        build_gamma(cv)


@pytest.mark.parametrize(
    ("mean", "cv", "message"),
    [
        (0.0, 0.1, "a mean between 0 and 1, got 0"),
        (1.0, 0.1, "a mean between 0 and 1, got 1"),
        (math.nan, 0.1, "a mean between 0 and 1, got nan"),
        (0.5, 0.0, "between 0 and 1, got 0"),
        (0.5, 1.0, "between 0 and 1, got 1"),
        (0.2, 2.5, "between 0 and 2, got 2.5"),
        (0.5, math.nan, "between 0 and 1, got nan"),
        (0.5, 1e-7, "too extreme"),
        (0.5, 1.0 - 1e-9, "too extreme"),
    ],
)
def test_beta_refuses(mean: float, cv: float, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        build_beta(mean, cv)
