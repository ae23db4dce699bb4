"""The posterior of a drifting level against what made the counts, and the paths against its law."""

from __future__ import annotations

import numpy as np
import pytest

from simcore.pipeline.drifting_level import LEVELS, drifting_level


def test_a_level_that_stands_still_is_found() -> None:
    random = np.random.default_rng(1)
    counts = random.poisson(100.0 * 1.3, 60).astype(np.float64)
    found = drifting_level(counts, np.full(60, 100.0))
    assert abs(found.mean() - 1.3) < 0.08
    assert found.weight @ found.spread < 0.08


def test_counts_that_differ_more_than_counts_do_widen_what_comes() -> None:
    random = np.random.default_rng(2)
    still = random.poisson(100.0, 60).astype(np.float64)
    noisy = random.poisson(100.0 * random.gamma(1 / 0.3**2, 0.3**2, 60)).astype(np.float64)
    spreads = [
        drifting_level(counts, np.full(60, 100.0)).paths(1, 4000, np.random.default_rng(3)).std()
        for counts in (still, noisy)
    ]
    assert spreads[0] < 0.12
    assert 0.2 < spreads[1] < 0.45


@pytest.mark.parametrize("factor", [0.5, 2.0])
def test_a_step_is_followed(factor: float) -> None:
    random = np.random.default_rng(4)
    expected = np.full(52, 80.0)
    counts = random.poisson(np.where(np.arange(52) < 44, 1.0, factor) * expected).astype(np.float64)
    found = drifting_level(counts, expected)
    assert abs(found.mean() / factor - 1.0) < 0.15


def test_beliefs_are_chances_and_paths_have_their_mean() -> None:
    counts = np.array([3.0, 5.0, 2.0, 8.0, 4.0, 6.0])
    found = drifting_level(counts, np.full(6, 5.0))
    assert found.weight.sum() == pytest.approx(1.0)
    assert np.allclose(found.today.sum(axis=1), 1.0)
    paths = found.paths(1, 40_000, np.random.default_rng(5))
    error = paths.std() / np.sqrt(40_000)
    # Levels are drawn within cells: the exponential's mean in a cell is a little above that of its centre.
    assert abs(paths.mean() - found.mean()) < 4.0 * error + 1e-3
    assert len(LEVELS) == found.today.shape[1]


def test_ranks_are_even_over_levels_of_its_own() -> None:
    """Simulation-based calibration of today's level (Talts et al. 2018): its rank among draws is uniform."""
    random = np.random.default_rng(6)
    ranks = []
    for _ in range(80):
        # Parameters of its priors, on its grid.
        from simcore.pipeline import drifting_level as module  # noqa: PLC0415

        steps, spreads = np.array(module.STEPS), np.array(module.SPREADS)
        step = random.choice(steps, p=_prior(steps, module.STEP_PRIOR))
        spread = random.choice(spreads, p=_prior(spreads, module.SPREAD_PRIOR))
        level = random.normal(0.0, module.START)
        counts = np.empty(15)
        for time in range(15):
            counts[time] = random.poisson(40.0 * np.exp(level) * random.gamma(spread**-2, spread**2))
            level += step * random.normal()
        found = module.drifting_level(counts, np.full(15, 40.0))
        today = found.weight @ found.today
        ranks.append(float(today[level > LEVELS].sum()))
    counted = np.histogram(ranks, 4, (0.0, 1.0))[0]
    chi2 = ((counted - 20.0) ** 2 / 20.0).sum()
    assert chi2 < 16.3  # 3 degrees of freedom, 1e-3


def _prior(values: np.ndarray, sd: float) -> np.ndarray:
    weights = np.exp(-0.5 * (values / sd) ** 2)
    return np.asarray(weights / weights.sum())
