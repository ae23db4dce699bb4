from __future__ import annotations

import math

import numpy as np
import pytest

from simcore.analytic.expectations import binomial_chance, chances, expected
from simcore.analytic.item_values import holds
from simcore.analytic.rate_factors import are_alike, factor, pair_factors, weeks_differ
from simcore.quantities.season import factors_of_weeks
from simcore.scenario.model import Scenario, validate
from tests.support.scenario_cases import funnel, scenario

SPEC = [1, 1.05, 1.15, 1.05, 1.05, 1, 0.8, 0.7, 1.1, 1.15, 1.1, 0.85]
MARKET = {"sd": 0.2, "persistence": 0.9, "acts_on": ["meetings"]}


def seasonal(**changes: object) -> Scenario:
    """Return 26 weeks of 100 calls, from a Monday in May, with a season of the meetings."""
    season = {"meetings": {"by": "month", "factors": SPEC}}
    plain = {"calendar": {"start": "2026-05-04"}, "horizon": {"weeks": 26}, "plan": {"calls_per_week": 100}}
    return validate(scenario(**({"season": season} | plain | changes)))


def values(of: Scenario) -> dict[str, float]:
    return {row.label: row.value for row in expected(of)}


def test_the_seasonal_binomial_of_a_run() -> None:
    """Known answer 4e: mean `sum n p s_w`, variance `sum n p s_w (1 - p s_w)`, of each quarter and between them."""
    of = seasonal()
    p = 0.2 * 0.5 * 0.4 * factors_of_weeks(of.season["meetings"], of.calendar, 0, 26).reshape(2, 13)  # type: ignore[index]
    mean, variance = (100 * p).sum(axis=1), (100 * p * (1 - p)).sum(axis=1)
    found = values(of)
    assert found["quarter: mean"] == pytest.approx(1000 * mean.mean())
    assert found["quarter: sd"] == pytest.approx(1000 * math.sqrt(variance.mean() + mean.var()))
    assert found["quarter: P(no win)"] == pytest.approx(float(np.exp((100 * np.log1p(-p)).sum(axis=1)).mean()))
    assert found["wins per rep and week"] == pytest.approx(mean.sum() / 26)
    assert "P(quota of a quarter), a rep" not in values(seasonal(quota={"per": "quarter", "amount": 50000}))


def test_a_season_of_ones_has_the_values_of_none() -> None:
    flat = values(seasonal(season={"meetings": {"by": "month", "factors": [1] * 12}}, market=MARKET))
    plain = values(seasonal(season=None, market=MARKET))
    assert flat.keys() == plain.keys()
    assert list(flat.values()) == pytest.approx(list(plain.values()))


def test_moments_of_market_and_season_multiply() -> None:
    of, plain = seasonal(market=MARKET), seasonal(market=MARKET, season=None)
    one, other = (factors_of_weeks(of.season["meetings"], of.calendar, week, 1)[0] for week in (3, 12))  # type: ignore[index]
    steps = of.funnel[1:]
    assert factor(of, steps, 3) == pytest.approx(one * factor(plain, steps, 3))
    both, alone = (pair_factors(each, steps, [3, 12]) for each in (of, plain))
    assert both(3, 12) == pytest.approx(one * other * alone(3, 12))
    assert (weeks_differ(of), weeks_differ(plain)) == (True, False)
    assert (are_alike(of, steps[:1]), are_alike(of, steps[1:])) == (False, True)


def test_what_needs_one_chance_for_all_weeks_has_no_closed_form() -> None:
    of = seasonal()
    assert chances(of) is None
    assert binomial_chance(of) is None
    assert not holds(of)
    assert expected(seasonal(funnel=funnel({"lag": "2d"}))) == []


def test_a_peak_that_cuts_rates_has_no_closed_form() -> None:
    high = {"wins": {"by": "month", "factors": [1] * 7 + [2.6] + [1] * 4}}
    assert expected(seasonal(season=high)) == []
    assert expected(seasonal(season={"wins": {"by": "month", "factors": [1] * 7 + [2.4] + [1] * 4}})) != []
