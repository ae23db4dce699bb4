"""Moments of the market's factor against the covariances of its recursion, worked out by matrices."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from simcore.analytic.expectations import chances, expected
from simcore.analytic.item_values import Prospects, holds
from simcore.analytic.market_moments import (
    is_constant,
    largest_variance,
    log_covariance,
    log_mean,
    moment,
    pair_moment,
)
from simcore.scenario.model import Market, validate
from tests.support.scenario_cases import funnel, scenario

WEEKS = 9
START = {"level": 0.8, "sd": 0.25}
MARKETS: list[dict[str, Any]] = [
    {"sd": 0.3, "persistence": 0.0},
    {"sd": 0.3, "persistence": 0.8},
    {"sd": 0.3, "persistence": 0.8, "start": START},
    {"sd": 0.3, "persistence": 0.8, "start": 1.3},
    {"step": 0.2, "persistence": 1},
    {"step": 0.2, "persistence": 1, "start": START},
]


def market_of(given: dict[str, Any]) -> Market:
    return Market.model_validate(given | {"acts_on": ["wins"]})


def law_of(given: dict[str, Any]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return mean and covariance of the logarithms, by the recursion of docs/model.md in a row of normals."""
    f: float = given["persistence"]
    size: float = given["sd" if f < 1 else "step"]
    start = given.get("start")
    if not isinstance(start, dict):
        start = None if start is None else {"level": start, "sd": 0.0}
    half = size**2 / 2 if f < 1 else 0.0
    row, mean = np.zeros(WEEKS + 1), 0.0
    if start is not None:
        row[0], mean = start["sd"], np.log(start["level"]) - start["sd"] ** 2 / 2 + half
    rows, means = [], []
    for week in range(WEEKS):
        row, mean = f * row, f * mean - (size**2 / 2 if f == 1 else 0.0)
        row[week + 1] = size if f == 1 or (week == 0 and start is None) else size * np.sqrt(1 - f * f)
        rows.append(row.copy())
        means.append(mean - half)
    weights = np.array(rows)
    return np.array(means), weights @ weights.T


@pytest.mark.parametrize("given", MARKETS)
def test_moments_are_those_of_the_recursion(given: dict[str, Any]) -> None:
    market, (mean, covariance) = market_of(given), law_of(given)
    for week in range(WEEKS):
        assert log_mean(market, week) == pytest.approx(mean[week], abs=1e-12)
        for k in (1, 2):
            one = np.exp(k * mean[week] + k * k * covariance[week, week] / 2)
            assert moment(market, k, week) == pytest.approx(one, rel=1e-12)
            for other in range(WEEKS):
                both = k * (mean[week] + mean[other])
                both += k * k * (covariance[week, week] / 2 + covariance[other, other] / 2 + covariance[week, other])
                assert pair_moment(market, k, week, other) == pytest.approx(np.exp(both), rel=1e-12)
        for other in range(WEEKS):
            assert log_covariance(market, week, other) == pytest.approx(covariance[week, other], abs=1e-12)
    assert largest_variance(market, WEEKS) == pytest.approx(covariance.diagonal().max(), rel=1e-12)


@pytest.mark.parametrize("given", MARKETS)
def test_a_mean_counts_as_constant_only_where_it_is(given: dict[str, Any]) -> None:
    market = market_of(given)
    for k in (0, 1, 2, 3):
        seen = {round(moment(market, k, week), 12) for week in range(WEEKS)}
        assert is_constant(market, k) == (len(seen) == 1)


def test_a_start_like_any_other_week_is_none() -> None:
    like = market_of({"sd": 0.3, "persistence": 0.8, "start": {"level": 1.0, "sd": 0.3}})
    none = market_of({"sd": 0.3, "persistence": 0.8})
    for week in range(WEEKS):
        assert moment(like, 2, week) == pytest.approx(moment(none, 2), rel=1e-12)
        assert pair_moment(like, 1, week, 3) == pytest.approx(pair_moment(none, 1, week, 3), rel=1e-12)


LOW = funnel({"rate": 0.02}, {"rate": 0.2}, {"rate": 0.3})


def values(market: dict[str, Any], **changes: Any) -> dict[str, float]:  # noqa: ANN401
    given = scenario(market=market, deal=1, horizon={"weeks": 13}, **({"funnel": LOW} | changes))
    return {row.label: row.value for row in expected(validate(given))}


def test_the_value_of_a_call_is_that_of_the_level_which_stays() -> None:
    found = values({"step": 0.05, "persistence": 1, "acts_on": ["wins"], "start": 0.9})
    assert found["value of a call"] == pytest.approx(0.9 * 0.0012)
    assert found["meetings per rep and week"] == pytest.approx(60 * 0.02)
    given = validate(
        scenario(
            market={"step": 0.05, "persistence": 1, "acts_on": ["wins"], "start": 0.9},
            funnel=funnel({"rate": 0.02}, {"rate": 0.2}, {"rate": 0.3, "lag": "10w"}),
        )
    )
    assert chances(given) == pytest.approx([1.0, 0.02, 0.004, 0.9 * 0.0012])
    assert Prospects(given).win_chance(2) == pytest.approx(0.27)


def test_a_level_that_comes_back_is_averaged_over_the_calls_of_the_weeks() -> None:
    market = {"sd": 0.1, "persistence": 0.9, "acts_on": ["wins"], "start": 0.8}
    law = market_of(market)
    found = values(market)
    mean = sum(moment(law, 1, week) for week in range(13)) / 13
    assert found["value of a call"] == pytest.approx(mean * 0.0012)
    assert found["quarter: mean"] == pytest.approx(13 * 60 * mean * 0.0012)
    assert found["week: mean"] == pytest.approx(60 * mean * 0.0012)
    lagged = funnel({"rate": 0.02}, {"rate": 0.2}, {"rate": 0.3, "lag": "1d"})
    assert values(market, funnel=lagged) == {}
    given = validate(scenario(market=market, funnel=lagged))
    assert chances(given) is None
    assert not holds(given)


@pytest.mark.parametrize("weeks", [13, 600])
def test_a_spread_that_grows_until_rates_are_cut_has_no_closed_form(weeks: int) -> None:
    market = {"step": 0.1, "persistence": 1, "acts_on": ["meetings"]}
    given = validate(scenario(market=market, funnel=LOW, horizon={"weeks": weeks}))
    assert bool(expected(given)) == (weeks == 13)
