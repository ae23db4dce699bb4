"""The search for a quantile of thresholds: the grid, the order statistics, their coverage, and a planted mistake."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy import stats

from simcore.studies.plan.quantile_search import Curve, Orders, grid_place, grid_value, orders
from tests.support.statistical import DeviationError, check_share

PLACES = [0, 1, 9_999, 10_000, 10_001, 18_999, 19_000, 50_000]


@pytest.mark.parametrize("place", PLACES)
def test_a_value_of_the_grid_has_its_place(place: int) -> None:
    assert grid_place(grid_value(place)) == place
    assert grid_value(place) < grid_value(place + 1)
    assert grid_place(grid_value(place + 1) - 1) == place


@pytest.mark.parametrize("worlds", [10, 64, 500, 10_000])
@pytest.mark.parametrize("confidence", [0.05, 0.5, 0.8, 0.99])
def test_orders_are_the_narrowest_that_hold(worlds: int, confidence: float) -> None:
    low, middle, high = orders(worlds, confidence)
    assert low <= middle <= high <= worlds + 1
    assert stats.binom.cdf(low - 1, worlds, confidence) <= 0.025 < stats.binom.cdf(low, worlds, confidence)
    assert stats.binom.sf(high - 1, worlds, confidence) <= 0.025 < stats.binom.sf(high - 2, worlds, confidence)
    assert middle / worlds >= confidence - 1e-12
    assert middle == 1 or (middle - 1) / worlds < confidence


@pytest.mark.parametrize("scale", [3.0, 50.0, 6000.0, 5e6])
def test_the_least_value_is_found_with_few_looks(scale: float) -> None:
    thresholds = np.ceil(scale * np.exp(0.2 * np.random.default_rng(5).standard_normal(1000)))
    looks: list[int] = []

    def count(place: int) -> int:
        looks.append(place)
        return int((thresholds <= grid_value(place)).sum())

    curve = Curve(count, 1000, grid_place(1e9))
    for wanted in (1, 200, 800, 1000):
        place = curve.least(wanted, near=grid_place(scale / 3))
        assert place is not None
        value = np.sort(thresholds)[wanted - 1]
        assert grid_value(place - 1) < value <= grid_value(place)
        bounds = curve.between(wanted)
        assert bounds is not None
        assert grid_value(place - 1) <= bounds <= grid_value(place) * 1.0000001
    assert len(looks) == len(set(looks)) < 80
    assert curve.least(1001, near=1) is None
    assert curve.least(0, near=5) == 0


def covered(pick: Callable[[int, float], Orders]) -> int:
    """Return in how many of 2,000 samples the interval holds the least calls for five wins with a chance of 0.8."""
    wins, q, confidence, worlds = 5, 0.04, 0.8, 150
    truth = next(n for n in range(1, 999) if stats.binom.sf(wins - 1, n, q) >= confidence)
    rng = np.random.default_rng(11)
    # The calls until the fifth win: the threshold of a world without lags.
    thresholds = np.sort(rng.negative_binomial(wins, q, (2000, worlds)) + wins, axis=1)
    low, _, high = pick(worlds, confidence)
    return int(((thresholds[:, low - 1] <= truth) & (truth <= thresholds[:, high - 1])).sum())


def coverage() -> float:
    """Return the exact chance of that, but for the one calls's width of the truth."""
    low, _, high = orders(150, 0.8)
    return float(stats.binom.cdf(high - 1, 150, 0.8) - stats.binom.cdf(low - 1, 150, 0.8))


def test_intervals_cover_as_they_say() -> None:
    assert coverage() >= 0.95
    check_share("coverage", covered(orders), 2000, coverage(), detect=0.06)


def test_sabotage_intervals_of_half_the_width_are_caught() -> None:
    def narrow(worlds: int, confidence: float) -> Orders:
        low, middle, high = orders(worlds, confidence)
        return Orders((low + middle) // 2, middle, (high + middle) // 2)

    with pytest.raises(DeviationError):
        check_share("coverage", covered(narrow), 2000, coverage(), detect=0.06)
