"""Gamma and Beta functions against SciPy and against 45-digit decimal arithmetic."""

import math
from decimal import Decimal, localcontext

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special

from simcore.numerics.gamma_beta import (
    Shape,
    beta_i,
    beta_shape,
    gamma_p,
    gamma_q,
    gamma_shape,
    log_density,
    log_density_slope,
    log_gamma,
    stirling_error,
    tail_probability,
    tail_quantile,
    tail_ratio,
)

PATIENT = settings(deadline=None)
"""The first call compiles, or loads from the cache."""

PI = Decimal("3.14159265358979323846264338327950288419716939937511")
BERNOULLI = [
    Decimal(above) / below
    for above, below in ((1, 6), (-1, 30), (1, 42), (-1, 30), (5, 66), (-691, 2730), (7, 6), (-3617, 510))
]

LOWER, UPPER = True, False
GAMMAS = [1.0 / (cv * cv) for cv in (0.001, 0.01, 0.1, 0.5, 1.0, 2.0, 5.0)]
BETAS = [
    (0.001, 0.001),
    (0.01, 1e-4),
    (3.01, 0.03),
    (0.5, 0.5),
    (2.0, 3.0),
    (40.0, 60.0),
    (1.0, 1e6),
    (400.0, 4e5),
    (1e6, 2.0),
]
SCORES = (-6.0, -3.0, -1.0, -0.1, 0.1, 1.0, 3.0, 6.0)
SHAPES = [gamma_shape(a) for a in GAMMAS] + [beta_shape(a, b) for a, b in BETAS]


def exact_log_gamma(a: Decimal) -> Decimal:
    below = Decimal(0)
    while a < 100:
        below += a.ln()
        a += 1
    total = (a - Decimal("0.5")) * a.ln() - a + (2 * PI).ln() / 2 - below
    for k, number in enumerate(BERNOULLI, 1):
        total += number / (2 * k * (2 * k - 1) * a ** (2 * k - 1))
    return total


def exact_gamma_p(a: float, x: float) -> Decimal:
    with localcontext(prec=45):
        shape, point = Decimal(a), Decimal(x)
        total = term = 1 / shape
        n = shape
        while term > total * Decimal("1e-30"):
            n += 1
            term = term * point / n
            total += term
        return total * (shape * point.ln() - point - exact_log_gamma(shape)).exp()


def exact_beta_i(a: float, b: float, x: float) -> Decimal:
    with localcontext(prec=45):
        first, second, point = Decimal(a), Decimal(b), Decimal(x)
        total = term = 1 / first
        n = 0
        while term > total * Decimal("1e-30"):
            term = term * point * (first + second + n) / (first + 1 + n)
            total += term
            n += 1
        log_beta = exact_log_gamma(first) + exact_log_gamma(second) - exact_log_gamma(first + second)
        return total * (first * point.ln() + second * (1 - point).ln() - log_beta).exp()


@pytest.mark.parametrize("a", [1e-6, 0.04, 0.5, 1.0, 1.5, 2.0, 9.99, 10.0, 33.3, 1e6, 1e12])
def test_log_gamma(a: float) -> None:
    with localcontext(prec=45):
        exact = exact_log_gamma(Decimal(a))
    assert abs(log_gamma(a) - float(exact)) <= 4e-15 * max(1.0, abs(float(exact)))


@pytest.mark.parametrize("a", [1e-6, 0.04, 0.5, 1.0, 3.3, 9.99, 10.0, 33.3, 1e6])
def test_stirling_error(a: float) -> None:
    with localcontext(prec=45):
        exact = Decimal(a)
        main = (exact - Decimal("0.5")) * exact.ln() - exact + (2 * PI).ln() / 2
        assert abs(Decimal(stirling_error(a)) - (exact_log_gamma(exact) - main)) < Decimal("3e-15")


@pytest.mark.parametrize("a", [0.04, 0.3, 1.0, 2.5, 10.0, 100.0, 1e4])
def test_incomplete_gamma_against_exact_arithmetic(a: float) -> None:
    for score in SCORES:
        x = a * math.exp(score * min(1.0, 1.0 / math.sqrt(a)))
        assert abs(Decimal(gamma_p(a, x)) / exact_gamma_p(a, x) - 1) < Decimal("1e-13"), x


@pytest.mark.parametrize("a", [0.04, 0.3, 1.0, 2.5, 10.0, 100.0])
def test_incomplete_gamma_against_scipy(a: float) -> None:
    x = a * np.exp(np.linspace(-4.0, 4.0, 81) * min(1.0, 1.0 / math.sqrt(a)))
    np.testing.assert_allclose([gamma_p(a, v) for v in x], special.gammainc(a, x), rtol=2e-13)
    np.testing.assert_allclose([gamma_q(a, v) for v in x], special.gammaincc(a, x), rtol=2e-13)


def test_incomplete_gamma_edges() -> None:
    assert gamma_p(2.0, 0.0) == 0.0
    assert gamma_q(2.0, 0.0) == 1.0
    assert gamma_p(0.001, 1e-300) == pytest.approx(float(special.gammainc(0.001, 1e-300)), rel=1e-13)
    assert gamma_p(3.0, 700.0) == 1.0


@pytest.mark.parametrize(("a", "b"), [(0.5, 0.5), (2.0, 3.0), (40.0, 60.0), (0.03, 3.0), (1.0, 997.0), (400.0, 3600.0)])
def test_incomplete_beta_against_exact_arithmetic(a: float, b: float) -> None:
    width = min(1.0, math.sqrt((a + b) / (a * b)))
    for score in SCORES:
        odds = a / b * math.exp(score * width)
        x = odds / (1.0 + odds)
        assert abs(Decimal(beta_i(a, b, x)) / exact_beta_i(a, b, x) - 1) < Decimal("2e-13"), x


@pytest.mark.parametrize(("a", "b"), [*BETAS[:6], (0.03, 3.01), (1e-4, 0.01)])
def test_incomplete_beta_against_scipy(a: float, b: float) -> None:
    x = np.array([1e-200, 1e-10, 0.01, 0.3, 0.5, 0.7, 0.99, 1.0 - 1e-10])
    np.testing.assert_allclose([beta_i(a, b, v) for v in x], special.betainc(a, b, x), rtol=2e-13, atol=1e-300)


def test_incomplete_beta_edges() -> None:
    assert beta_i(2.0, 3.0, 0.0) == 0.0
    assert beta_i(2.0, 3.0, 1.0) == 1.0


@pytest.mark.parametrize("shape", SHAPES)
def test_slope_is_the_derivative_of_the_log_density(shape: Shape) -> None:
    """By Richardson's extrapolated difference quotient."""
    spread = tail_ratio(shape, 0.0, LOWER)
    for s in (-2.0 * spread, -0.3 * spread, 0.0, 0.4 * spread, 1.5 * spread):
        h = 1e-3 * spread

        def quotient(step: float, at: float = s) -> float:
            return (log_density(shape, at + step) - log_density(shape, at - step)) / (2.0 * step)

        estimate = (4.0 * quotient(0.5 * h) - quotient(h)) / 3.0
        assert estimate == pytest.approx(log_density_slope(shape, s), rel=1e-5, abs=1e-6 / spread)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("lower", [True, False])
def test_quantile_inverts_the_tail_probability(shape: Shape, lower: bool) -> None:
    for tail in (2e-11, 1e-6, 0.01, 0.3, 0.5, 0.9):
        s = tail_quantile(shape, tail, lower)
        log_tail = log_density(shape, s) + math.log(tail_ratio(shape, s, lower))
        conditioning = (1.0 + abs(s)) / tail_ratio(shape, s, lower)
        assert abs(log_tail - math.log(tail)) <= 1e-12 + 4e-15 * conditioning


@pytest.mark.parametrize("shape", SHAPES)
def test_tails_add_up_to_one(shape: Shape) -> None:
    for tail in (1e-6, 0.2, 0.49):
        s = tail_quantile(shape, tail, LOWER)
        assert tail_probability(shape, s, LOWER) + tail_probability(shape, s, UPPER) == pytest.approx(1.0, abs=1e-15)
        assert tail_quantile(shape, 1.0 - tail, UPPER) == pytest.approx(
            s, rel=1e-9, abs=1e-14 * tail_ratio(shape, s, LOWER) / tail
        )


def test_log_quantile_of_a_tiny_shape_goes_on_where_the_quantile_underflows() -> None:
    """P(X <= x) is x^a / Gamma(a + 1) there."""
    a, tail = 1e-3, 1e-9
    s = tail_quantile(gamma_shape(a), tail, LOWER)
    assert s == pytest.approx((math.log(tail) + math.lgamma(1.0 + a)) / a - math.log(a), rel=1e-13)


@PATIENT
@given(
    st.floats(-3.0, 6.0),
    st.floats(-3.0, 6.0),
    st.floats(1e-9, 0.999),
    st.floats(1e-9, 0.999),
)
def test_beta_quantile_is_increasing(log_a: float, log_b: float, first: float, second: float) -> None:
    shape = beta_shape(10.0**log_a, 10.0**log_b)
    low, high = sorted((first, second))
    slack = 1e-13 * (1.0 + abs(tail_quantile(shape, low, LOWER)))
    assert tail_quantile(shape, low, LOWER) <= tail_quantile(shape, high, LOWER) + slack
