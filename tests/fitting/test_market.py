"""The market of a fit: told from decisions week by week, at the week in which a scenario lets it act."""

from __future__ import annotations

import numpy as np
import pytest

from simcore.fitting.market import LEAST_WEEKS, market_of
from simcore.fitting.paths import DROPPED, PASSED, Step
from simcore.fitting.waits import FittedStep

DAY = 7 * 120


def _step(market: np.ndarray[tuple[int], np.dtype[np.float64]], items: int = 40) -> tuple[Step, FittedStep]:
    """Return items that are decided in the week in which they come, at the rate 0.4 times the market."""
    random = np.random.default_rng(1)
    weeks = len(market)
    week = np.repeat(np.arange(weeks), items)
    ended = np.where(random.random(len(week)) < 0.4 * market[week], PASSED, DROPPED)
    nothing = np.zeros(len(week), dtype=np.int64)
    step = Step("stage", np.arange(len(week)), DAY - 7 * weeks + 7 * week + 3, nothing, ended, nothing)
    rate = float((ended == PASSED).mean())
    logit = np.log(rate / (1.0 - rate))
    error = 1.0 / np.sqrt(len(week) * rate * (1.0 - rate))
    draws = np.stack((logit + error * random.normal(size=300), *np.zeros((2, 300))), axis=1)
    return step, FittedStep("lognormal", None, np.array([logit, 0.0, 0.0]), draws, 0.0, {})


def _path(sd: float, persistence: float, weeks: int = 120) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    random = np.random.default_rng(7)
    level, found = sd * random.normal(), []
    for _ in range(weeks):
        found.append(np.exp(level - sd**2 / 2))
        level = persistence * level + sd * np.sqrt(1.0 - persistence**2) * random.normal()
    return np.array(found)


def test_a_market_that_comes_back_is_found() -> None:
    path = _path(0.25, 0.8)
    found = market_of(*_step(path), DAY, 1000, np.random.default_rng(2))
    assert found is not None
    assert not found.stays
    for draws, truth in ((found.size, 0.25), (found.persistence, 0.8), (found.level, np.log(path[-1]))):
        low, high = np.quantile(draws, (0.005, 0.995))
        assert low < truth < high


def test_a_level_that_does_not_come_back_is_found() -> None:
    path = np.exp(np.linspace(-0.45, 0.45, 120))
    found = market_of(*_step(path), DAY, 1000, np.random.default_rng(2))
    assert found is not None
    assert found.stays
    assert (found.persistence == 1.0).all()
    level, sd = found.start
    assert abs(np.log(level) - 0.45) < 0.2
    assert 0.02 < sd < 0.3


def test_without_a_market_little_is_left() -> None:
    found = market_of(*_step(np.ones(120)), DAY, 1000, np.random.default_rng(2))
    assert found is not None
    assert np.quantile(found.size, 0.5) < 0.08


@pytest.mark.parametrize("weeks", [3, LEAST_WEEKS - 1])
def test_too_few_weeks_tell_no_market(weeks: int) -> None:
    assert market_of(*_step(np.ones(weeks)), DAY, 100, np.random.default_rng(2)) is None
