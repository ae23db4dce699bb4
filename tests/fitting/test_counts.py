"""Weekly counts: their mean and spread, and steps of the mean."""

from __future__ import annotations

import numpy as np
import pytest

from simcore.fitting.counts import weekly, weekly_counts


def test_only_whole_weeks_before_a_day_count() -> None:
    assert weekly_counts(np.array([0, 5, 13, 14, 15]), 17).tolist() == [1, 3]
    assert weekly_counts(np.zeros(0, dtype=np.int64), 17).tolist() == []


@pytest.mark.parametrize("cv", [0.0, 0.4])
def test_mean_and_spread_are_found(cv: float) -> None:
    random = np.random.default_rng(2)
    means = 20.0 * (random.gamma(cv**-2.0, cv**2, 150) if cv else np.ones(150))
    found = weekly(random.poisson(means).astype(np.int64), 500, random)
    assert found.since == 0
    assert abs(found.mean.mean() - 20.0) < 4.0 * found.mean.std()
    low, high = np.quantile(found.cv, (0.005, 0.995))
    assert low < max(cv, 0.03) < high


def test_a_step_of_the_mean_leaves_what_came_before_out() -> None:
    random = np.random.default_rng(3)
    counts = np.concatenate((random.poisson(12.0, 40), random.poisson(25.0, 30))).astype(np.int64)
    found = weekly(counts, 500, random)
    assert abs(found.since - 40) <= 1
    assert abs(found.mean.mean() - 25.0) < 4.0 * found.mean.std()


def test_steps_are_seldom_found_where_there_is_none() -> None:
    """Of 100 series without one, fewer than five have a step."""
    random = np.random.default_rng(4)
    found = [weekly(random.poisson(15.0 * random.gamma(11.0, 1 / 11.0, 60)), 10, random).since for _ in range(100)]
    assert sum(each > 0 for each in found) < 5
