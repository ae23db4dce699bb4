"""The law of values, and reps that are pooled."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import logit

from simcore.fitting.spread import pooled
from simcore.fitting.values import values_of
from simcore.pipeline.history import Floats


@pytest.mark.parametrize("shape", ["lognormal", "gamma"])
def test_the_law_that_made_values_is_taken(shape: str) -> None:
    random = np.random.default_rng(1)
    sigma = np.sqrt(np.log1p(0.8**2))
    made = np.exp(sigma * random.normal(size=600) - sigma**2 / 2) if shape == "lognormal" else None
    made = random.gamma(1 / 0.64, 0.64, 600) if made is None else made
    found = values_of(5000.0 * made, 400, random)
    assert found is not None
    assert found.shape == shape
    for draws, truth in ((found.mean, 5000.0), (found.cv, 0.8)):
        assert abs(draws.mean() - truth) < 4.0 * draws.std()


def test_values_that_are_all_alike_are_fixed_and_none_is_none() -> None:
    random = np.random.default_rng(1)
    found = values_of(np.array([99.0, 99.0, np.nan]), 10, random)
    assert found is not None
    assert (found.shape, found.mean.tolist(), found.known) == ("fixed", [99.0] * 10, 2)
    assert values_of(np.array([np.nan, 0.0, -3.0]), 10, random) is None


@pytest.mark.parametrize("cv", [0.0, 0.3])
def test_reps_are_pooled_as_far_as_they_are_alike(cv: float) -> None:
    random = np.random.default_rng(3)
    reps, items, rate = 40, 80, 0.3
    size = (1.0 - rate) / (rate * max(cv, 1e-3) ** 2) - 1.0
    passed = random.binomial(items, random.beta(rate * size, (1.0 - rate) * size, reps)).astype(np.float64)

    def likelihood(rates: Floats) -> Floats:
        found: Floats = np.outer(passed, np.log(rates)) + np.outer(items - passed, np.log1p(-rates))
        return found

    share = passed.sum() / (reps * items)
    found = pooled(
        likelihood, float(logit(share)), 1.0 / np.sqrt(reps * items * share * (1.0 - share)), reps, 800, random
    )
    low, high = np.quantile(found.cv, (0.005, 0.995))
    assert low < max(cv, 0.02) < high
    assert abs(found.rate.mean() - rate) < 4.0 * found.rate.std()
