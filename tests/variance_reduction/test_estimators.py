"""Pure estimators of variance reduction: factors known from textbooks, coverage, and planted mistakes."""

from __future__ import annotations

from math import e, exp, log, sqrt

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from simcore.variance_reduction.control_variates import adjusted, controlled
from simcore.variance_reduction.efficiency import efficiency, rate_of_error
from simcore.variance_reduction.estimators import (
    TechniqueEstimate,
    antithetic,
    crude,
    difference,
    pair_averages,
    randomised,
    stratified,
    t_interval,
    tilts_for_no_win,
    weighted,
)
from simcore.variance_reduction.sobol import sobol_normals, sobol_uniforms, to_words
from tests.support.statistical import DeviationError, check_mean, check_share_at_least

Floats = NDArray[np.float64]
N = 400_000
VAR_EXP = (e * e - 1.0) / 2.0 - (e - 1.0) ** 2
"""Var(e^U) = .2420 (Ross 2013, "Simulation", example 9c)."""


def uniforms(seed: int, *shape: int) -> Floats:
    return np.random.default_rng(seed).random(shape)


def variance(of: TechniqueEstimate) -> float:
    return of.standard_error**2 * of.units


def test_control_variate_on_exp_of_a_uniform() -> None:
    u = uniforms(1, N)
    found = controlled(np.exp(u), u[:, None], np.array([0.5])).estimate
    assert variance(found) / VAR_EXP == pytest.approx(0.0163, rel=0.05)
    assert abs(found.mean - (e - 1.0)) < 5.0 * found.standard_error


def test_antithetic_pairs_on_exp_of_a_uniform() -> None:
    """A pair costs two draws: its variance is held against half of that of one."""
    u = uniforms(2, N)
    found = antithetic(np.exp(u), np.exp(1.0 - u))
    assert variance(found) / (VAR_EXP / 2.0) == pytest.approx(0.0323, rel=0.05)


def test_common_random_numbers_on_a_bernoulli_difference() -> None:
    """Rates .20 and .22: (.16 + .1716) / (.02 - .02^2) = 16.9."""
    u, v = uniforms(3, N), uniforms(4, N)
    a, b, apart = (u < 0.22).astype(float), (u < 0.20).astype(float), (v < 0.20).astype(float)
    assert variance(difference(a, apart)) / variance(difference(a, b)) == pytest.approx(16.9, rel=0.05)


def test_shifted_normals_for_a_rare_event() -> None:
    """P(Z > 4) with draws around 4: p (1 - p) / (e^16 P(Z > 8) - p^2) is about 7,000."""
    z = np.random.default_rng(5).standard_normal(N) + 4.0
    found = weighted((z > 4.0).astype(float), 8.0 - 4.0 * z)
    p = float(stats.norm.sf(4.0))
    exact = p * (1.0 - p) / (exp(16.0) * float(stats.norm.sf(8.0)) - p * p)
    assert exact == pytest.approx(7000.0, rel=0.05)
    assert p * (1.0 - p) / variance(found.estimate) == pytest.approx(exact, rel=0.05)
    assert found.trusted
    assert abs(found.estimate.mean - p) < 5.0 * found.estimate.standard_error


SIZES = [2**k for k in range(7, 13)]


def slope(smooth: bool, *, points: str = "sobol") -> float:
    variances = []
    for n in SIZES:
        u = sobol_uniforms(n, 2, 60, seed=n) if points == "sobol" else uniforms(n, 60, n, 2)
        y = np.exp(u.prod(axis=2)) if smooth else (u[..., 0] ** 2 + u[..., 1] ** 2 < 1.0).astype(float)
        variances.append(randomised(y).standard_error ** 2)
    return rate_of_error(np.array(SIZES), np.array(variances)).slope


def test_scrambled_sobol_points_on_a_smooth_integrand_and_on_an_indicator() -> None:
    assert slope(smooth=True) == pytest.approx(-3.0, abs=0.3)
    assert slope(smooth=False) == pytest.approx(-1.5, abs=0.25)
    assert slope(smooth=True, points="random") == pytest.approx(-1.0, abs=0.2)


def test_strata_leave_only_what_varies_within_them() -> None:
    n = 4096
    u = (np.arange(n) // 2 + uniforms(6, n)) / (n // 2)
    shares = np.full(n // 2, 2.0 / n)
    found = stratified(np.exp(u), np.arange(n) // 2, shares)
    assert abs(found.mean - (e - 1.0)) < 6.0 * found.standard_error
    assert found.standard_error < 1e-3 * sqrt(VAR_EXP / n)


REPETITIONS = 4000
CASES = ("log-normal sums", "bernoulli difference", "share")


def repeated(case: str, seed: int) -> tuple[Floats, Floats, float, float]:
    """Return outputs and a control of many samples (float64[repetitions, n]), and what both are on average."""
    random = np.random.default_rng(seed)
    if case == "log-normal sums":
        z = random.standard_normal((REPETITIONS, 60, 12))
        return np.exp(0.5 * z).sum(axis=2), z.sum(axis=2), 12.0 * exp(0.125), 0.0
    u = random.random((REPETITIONS, 400 if case == "bernoulli difference" else 200))
    if case == "bernoulli difference":
        return (u < 0.22).astype(float) - (u < 0.20), u, 0.02, 0.5
    wins = stats.binom(26, 0.5).ppf(u)
    return (wins >= 13).astype(float), wins, float(stats.binom(26, 0.5).sf(12)), 13.0


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("with_control", [False, True])
def test_intervals_cover(case: str, with_control: bool) -> None:
    outputs, controls, truth, mean = repeated(case, 7)
    hits = 0
    for y, c in zip(outputs, controls, strict=True):
        estimate = controlled(y, c[:, None], np.array([mean])).estimate if with_control else crude(y)
        low, high = t_interval(estimate)
        hits += low <= truth <= high
    # A few Bernoulli differences in 400: their interval is that of the normal limit, and covers 93 %.
    floor = 0.92 if case == "bernoulli difference" else 0.94
    check_share_at_least(f"{case}, control {with_control}", hits, REPETITIONS, floor, detect=0.04)


def test_controls_are_unbiased_for_few_units() -> None:
    """Cross-fitted coefficients: no bias where a regression over all units has one."""
    random = np.random.default_rng(8)
    z = random.standard_normal((8_000, 12))
    means, regressed = [], []
    for row in z:
        y = row**3 + row**2
        means.append(controlled(y, row[:, None], np.zeros(1)).estimate.mean)
        slope_of_all = np.cov(y, row)[0, 1] / row.var(ddof=1)
        regressed.append(y.mean() - slope_of_all * row.mean())
    assert abs(np.mean(means) - 1.0) < abs(np.mean(regressed) - 1.0)
    check_mean("cross-fitted", np.array(means).reshape(200, 40).mean(axis=1), 1.0, detect=0.5)


def test_constant_and_repeated_controls_are_left_out() -> None:
    u = uniforms(9, 500)
    found = adjusted(u, np.column_stack([np.ones(500), u, 2.0 * u]), np.array([1.0, 0.5, 1.0]))
    assert found.used.tolist() == [False, True, False]
    assert found.values == pytest.approx(np.full(500, 0.5))


def test_the_tilt_for_no_win_leaves_no_variance() -> None:
    random = np.random.default_rng(10)
    rates = np.array([0.02, 0.2, 0.5])
    tilt = tilts_for_no_win(rates)
    items = random.binomial(500, rates[0], 2000)
    weights = np.zeros(2000)
    for world, count in enumerate(items):
        here = count
        for step, multiplier in zip(rates[1:], tilt, strict=True):
            passed = random.binomial(here, step * multiplier)
            if multiplier > 0.0:
                weights[world] -= passed * log(multiplier)
            weights[world] += (here - passed) * log((1.0 - step) / (1.0 - step * multiplier))
            here = passed
        assert here == 0
    assert weights == pytest.approx(items * log(0.9))


def test_weights_do_not_matter_where_nothing_is_seen() -> None:
    assert weighted([0.0, 1.0, 1.0], [800.0, 0.0, 0.0]).estimate.mean == pytest.approx(2.0 / 3.0)
    assert weighted([0.0, 1.0, 1.0], [-np.inf, 0.0, 0.0]).estimate.mean == pytest.approx(2.0 / 3.0)
    assert not weighted([0.0, 0.0], [0.0, 0.0]).trusted
    for bad in (np.nan, np.inf, 800.0):
        with pytest.raises(ValueError, match="weight"):
            weighted([1.0, 1.0], [bad, 0.0])


@pytest.mark.parametrize(
    "call",
    [
        lambda: crude([1.0]),
        lambda: crude([1.0, np.nan]),
        lambda: pair_averages([1.0], [1.0, 2.0]),
        lambda: difference([1.0, 2.0], [1.0, 2.0, 3.0]),
        lambda: stratified([1.0, 2.0], [0, 1], [0.5, 0.5]),
        lambda: stratified([1.0, 2.0, 3.0, 4.0], [0, 0, 1, 1], [0.5, 0.6]),
        lambda: controlled([1.0, 2.0], [[1.0], [2.0]], [1.5]),
        lambda: tilts_for_no_win([1.5]),
        lambda: sobol_uniforms(3, 1, 1, 0),
        lambda: to_words([1.5]),
        lambda: efficiency([0.0, 1.0], [1.0, 1.0], [1.0, 1.0], [1.0, 1.0]),
    ],
)
def test_bad_input_is_refused(call: object) -> None:
    assert callable(call)
    with pytest.raises(ValueError, match=r"\w"):
        call()


def test_efficiency_counts_cost_and_its_interval_covers() -> None:
    random = np.random.default_rng(11)
    hits = 0
    for _ in range(2000):
        crude_variances, variances = random.chisquare(200, 8) / 200, random.chisquare(200, 8) / 2000
        found = efficiency(crude_variances, np.ones(8), variances, 2.0 * np.ones(8))
        hits += found.low <= 5.0 <= found.high
    check_share_at_least("efficiency", hits, 2000, 0.94, detect=0.06)


def test_sobol_points_are_even_and_randomisations_do_not_depend_on_their_number() -> None:
    few, many = sobol_uniforms(64, 3, 2, 5), sobol_uniforms(64, 3, 4, 5)
    assert np.array_equal(few, many[:2])
    cells = np.floor(64 * few).astype(int)
    assert all(sorted(cells[r, :, d].tolist()) == list(range(64)) for r in range(2) for d in range(3))
    assert abs(float(sobol_normals(256, 1, 1, 1).mean())) < 0.01


# Planted mistakes.


def test_a_control_with_a_wrong_expectation_is_caught() -> None:
    u = uniforms(12, 20_000)
    right, wrong = (adjusted(np.exp(u), u[:, None], np.array([mean])) for mean in (0.5, 0.51))
    check_mean("right", right.values, e - 1.0, detect=0.01)
    with pytest.raises(DeviationError):
        check_mean("wrong", wrong.values, e - 1.0, detect=0.01)
    assert abs(right.shifts[0]) < 4.0 < abs(wrong.shifts[0])


def test_a_stratum_counted_twice_is_caught() -> None:
    n = 400
    means = {False: [], True: []}  # type: dict[bool, list[float]]
    for seed in range(400):
        where = np.arange(n) // 2
        u = (where + uniforms(seed, n)) / (n // 2)
        for planted in (False, True):
            v = np.where(where == 0, u + 0.5, u) if planted else u
            means[planted].append(stratified(np.exp(v), where, np.full(n // 2, 2.0 / n)).mean)
    check_mean("right", means[False], e - 1.0, detect=1e-3)
    with pytest.raises(DeviationError):
        check_mean("twice", means[True], e - 1.0, detect=1e-3)


def test_a_likelihood_ratio_left_out_is_caught() -> None:
    z = np.random.default_rng(13).standard_normal(20_000) + 2.0
    hit, p = (z > 2.0).astype(float), float(stats.norm.sf(2.0))
    check_mean("right", hit * np.exp(2.0 - 2.0 * z), p, detect=0.01)
    with pytest.raises(DeviationError):
        check_mean("left out", hit, p, detect=0.05)


def test_sobol_points_without_scrambling_are_caught() -> None:
    """Equal points in every randomisation: the error would be told as zero, and the mean is off."""
    from scipy.stats.qmc import Sobol  # noqa: PLC0415

    u = Sobol(2, scramble=False).random(64)
    same = randomised(np.broadcast_to(np.exp(u.sum(axis=1)), (8, 64)))
    low, high = t_interval(same)
    truth = (e - 1.0) ** 2
    assert not low <= truth <= high
    scrambled = randomised(np.exp(sobol_uniforms(64, 2, 8, 1).sum(axis=2)))
    low, high = t_interval(scrambled, 0.9999)
    assert low <= truth <= high
