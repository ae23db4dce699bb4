"""Scores against their definitions, and against the closed form of the normal law."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from simcore.forecasting.scores import crps, pinball, pit


@pytest.mark.parametrize("seed", range(5))
def test_crps_is_its_definition(seed: int) -> None:
    random = np.random.default_rng(seed)
    sample, actual = random.poisson(4.0, 37).astype(np.float64), float(random.poisson(4.0))
    pairs = np.abs(sample[:, None] - sample[None, :]).mean()
    assert crps(sample, actual) == pytest.approx(np.abs(sample - actual).mean() - pairs / 2.0)


@pytest.mark.parametrize("actual", [-1.0, 0.3, 2.5])
def test_crps_of_a_normal_forecast(actual: float) -> None:
    """Gneiting and Raftery 2007: y (2 F(y) - 1) + 2 f(y) - 1 / sqrt(pi)."""
    sample = stats.norm.ppf((np.arange(20_000) + 0.5) / 20_000)
    exact = actual * (2.0 * stats.norm.cdf(actual) - 1.0) + 2.0 * stats.norm.pdf(actual) - 1.0 / np.sqrt(np.pi)
    assert crps(sample, actual) == pytest.approx(exact, abs=2e-4)


def test_the_true_quantile_has_the_lowest_pinball_loss() -> None:
    actual = np.random.default_rng(1).normal(size=20_000)
    losses = [np.mean([pinball(guess, each, 0.9) for each in actual]) for guess in (0.9, stats.norm.ppf(0.9), 1.7)]
    assert losses[1] == min(losses)


def test_crps_is_twice_the_mean_pinball_loss() -> None:
    sample = np.random.default_rng(2).normal(size=4000)
    levels = (np.arange(500) + 0.5) / 500
    losses = [pinball(float(np.quantile(sample, level)), 0.4, float(level)) for level in levels]
    assert 2.0 * np.mean(losses) == pytest.approx(crps(sample, 0.4), rel=0.01)


def test_calibrated_counts_have_even_pit() -> None:
    random = np.random.default_rng(3)
    places = [
        pit(random.poisson(3.0, 500).astype(float), float(random.poisson(3.0)), random.random()) for _ in range(800)
    ]
    assert stats.kstest(places, "uniform").pvalue > 1e-3
