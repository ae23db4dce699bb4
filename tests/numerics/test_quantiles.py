"""Student's t and Beta quantiles against closed forms, tables, SciPy and the distribution functions."""

from __future__ import annotations

import math
from math import inf, nan, pi, sqrt, tan

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special

from simcore.numerics.gamma_beta import beta_i, gamma_shape, tail_quantile
from simcore.numerics.normal import normal_quantile
from simcore.numerics.quantiles import LARGE, beta_i_inverse, t_quantile

PATIENT = settings(deadline=None)
"""The first call compiles, or loads from the cache."""
DEGREES = (1, 1.5, 2, 2.06, 3, 4, 5, 7, 10, 19, 31, 63, 100, 255, 1e3, 1e4, LARGE - 1, LARGE, LARGE + 1, 3e5, 1e6)
LEVELS = (0.51, 0.6, 0.7, 0.74, 0.75, 0.76, 0.8, 0.9, 0.95, 0.975, 0.99, 0.995, 0.999, 1 - 1e-6, 1 - 1e-9)
TABLE = {
    1: (3.078, 6.314, 12.71, 31.82, 63.66),
    2: (1.886, 2.920, 4.303, 6.965, 9.925),
    7: (1.415, 1.895, 2.365, 2.998, 3.499),
    30: (1.310, 1.697, 2.042, 2.457, 2.750),
    120: (1.289, 1.658, 1.980, 2.358, 2.617),
    inf: (1.282, 1.645, 1.960, 2.326, 2.576),
}
"""Quantiles at .9, .95, .975, .99 and .995, as printed in tables (Fisher and Yates 1963, table III)."""


def near(expected: float | tuple[float, ...], rel: float) -> object:
    """Return what equals a value within a relative error alone: pytest adds an absolute one of 1e-12 otherwise."""
    return pytest.approx(expected, rel=rel, abs=0.0)


def test_t_quantiles_are_those_of_scipy() -> None:
    for degrees in DEGREES:
        for p in LEVELS:
            assert t_quantile(p, degrees) == near(special.stdtrit(degrees, p), 1e-12), (degrees, p)


@pytest.mark.parametrize("degrees", TABLE)
def test_t_quantiles_are_those_of_tables(degrees: float) -> None:
    found = [t_quantile(p, degrees) for p in (0.9, 0.95, 0.975, 0.99, 0.995)]
    assert found == near(TABLE[degrees], 5e-4)


@pytest.mark.parametrize("p", [0.5 + 1e-12, 0.5 + 1e-6, 0.501, 0.6, 0.75, 0.9, 0.975])
def test_t_quantiles_of_few_degrees_are_their_closed_forms(p: float) -> None:
    """Also next to the median, where SciPy loses up to half of its digits."""
    centre = 2.0 * p - 1.0
    assert t_quantile(p, 1) == near(tan(pi * (p - 0.5)), 1e-13)
    assert t_quantile(p, 2) == near(centre * sqrt(2.0 / (1.0 - centre**2)), 1e-13)


def test_far_tails_keep_their_digits() -> None:
    """For one degree of freedom the quantile is -1 / tan(pi p)."""
    for p in (1e-3, 1e-9, 1e-30, 1e-200):
        assert t_quantile(p, 1) == near(-1.0 / tan(pi * p), 1e-13)
    assert t_quantile(1e-30, inf) == normal_quantile(1e-30)


def test_both_formulas_meet() -> None:
    for p in LEVELS:
        below, above = t_quantile(p, LARGE * (1.0 - 1e-15)), t_quantile(p, LARGE)
        assert below == near(above, 2e-14)
        assert t_quantile(p, inf) == near(special.ndtri(p), 1e-13)


@PATIENT
@given(st.floats(1e-9, 0.5), st.floats(0.01, 1e7))
def test_t_quantiles_are_symmetric_and_rise(p: float, degrees: float) -> None:
    q = 1.0 - p
    if 1.0 - q == p:
        assert t_quantile(p, degrees) == -t_quantile(q, degrees)
    assert t_quantile(p, degrees) <= t_quantile(min(0.5, p * 1.01), degrees) <= 0.0


def test_ends_and_refusals_of_t() -> None:
    assert (t_quantile(0.0, 3), t_quantile(0.5, 3), t_quantile(1.0, 3)) == (-inf, 0.0, inf)
    for p, degrees in ((-0.1, 3.0), (1.1, 3.0), (nan, 3.0), (0.5, 0.0), (0.5, -1.0), (0.5, nan)):
        with pytest.raises(ValueError, match="a t quantile has"):
            t_quantile(p, degrees)


@pytest.mark.parametrize("a", [0.5, 1.0, 2.0, 3.3, 10.0, 100.0, 1e4])
@pytest.mark.parametrize("b", [0.5, 1.0, 2.2, 30.0, 1e3, 1e4])
def test_beta_quantiles_are_those_of_scipy(a: float, b: float) -> None:
    for p in (1e-6, 0.025, 0.2, 0.5, 0.7, 0.975, 1 - 1e-6):
        assert beta_i_inverse(a, b, p) == near(special.betaincinv(a, b, p), 1e-12), p


def test_beta_quantiles_of_rare_events_are_those_of_a_gamma() -> None:
    """Of hits in very many trials; SciPy keeps eight digits there."""
    for hits, p in ((2.0, 0.7), (10.0, 0.975), (10.0, 0.025)):
        tail, lower = (p, True) if p <= 0.5 else (1.0 - p, False)
        poisson = hits * math.exp(tail_quantile(gamma_shape(hits), tail, lower))
        assert beta_i_inverse(hits, 1e14, p) * 1e14 == near(poisson, 1e-11)


def test_beta_quantiles_of_powers_are_their_closed_forms() -> None:
    for n in (1.0, 7.0, 1e6):
        for p in (1e-12, 0.025, 0.5, 0.975):
            assert beta_i_inverse(n, 1.0, p) == near(p ** (1.0 / n), 1e-13)
            assert beta_i_inverse(1.0, n, p) == near(-math.expm1(math.log1p(-p) / n), 1e-13)


@PATIENT
@given(st.floats(0.1, 1e4), st.floats(0.1, 1e4), st.floats(1e-6, 1 - 1e-6))
def test_beta_quantiles_invert_the_distribution_function(a: float, b: float, p: float) -> None:
    x = beta_i_inverse(a, b, p)
    around = [beta_i(a, b, float(each)) for each in (np.nextafter(x, 0.0), np.nextafter(x, 1.0))]
    slack = 1e-12
    assert around[0] * (1.0 - slack) <= p <= around[1] + slack


def test_intervals_of_clopper_and_pearson_are_those_of_tables() -> None:
    """95 % intervals of 1, 5 and 9 hits in 10 (Clopper and Pearson 1934; exact to four digits)."""
    for hits, low, high in ((1, 0.0025, 0.4450), (5, 0.1871, 0.8129), (9, 0.5550, 0.9975)):
        ends = beta_i_inverse(hits, 11 - hits, 0.025), beta_i_inverse(hits + 1, 10 - hits, 0.975)
        assert ends == pytest.approx((low, high), abs=5e-5)


def test_ends_and_refusals_of_beta() -> None:
    assert (beta_i_inverse(2.0, 3.0, 0.0), beta_i_inverse(2.0, 3.0, 1.0)) == (0.0, 1.0)
    assert beta_i_inverse(1e-3, 1e9, 0.025) == 0.0
    assert beta_i_inverse(1e9, 1e-3, 0.975) == 1.0
    for a, b, p in ((0.0, 1.0, 0.5), (1.0, -1.0, 0.5), (inf, 1.0, 0.5), (1.0, nan, 0.5), (1.0, 1.0, 1.5)):
        with pytest.raises(ValueError, match="a Beta quantile has"):
            beta_i_inverse(a, b, p)
