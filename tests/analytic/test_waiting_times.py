"""Lags in hours, what is left of them at an age, and what items bring: known answers, and the engine's own runs."""

from __future__ import annotations

from math import exp, log, sqrt
from statistics import NormalDist
from typing import Any

import numpy as np
import pytest

from simcore.analytic.item_values import Prospects, holds, planned_calls
from simcore.analytic.waiting_times import convolved, lag_hours, left_at, mean_hours, quantile, still_open, summed
from simcore.engine.simulation import simulate
from simcore.scenario.model import Calendar, Scenario, validate
from simcore.scenario_files.scenario_file import load_scenario
from tests.support.distribution_cases import GAMMA_LAG, LOGNORMAL_LAG, TABLE_LAG
from tests.support.scenario_cases import MARKET, funnel, scenario
from tests.support.statistical import check_estimate


def read(**changes: Any) -> Scenario:  # noqa: ANN401
    return validate(scenario(**changes))


def lag_of(lag: object) -> np.ndarray:
    """Return the distribution of a lag as a file writes it, in weeks of five days of eight hours."""
    return lag_hours(read(funnel=funnel({}, {}, {"lag": lag})).funnel[-1].lag, Calendar())


def test_a_fixed_lag_and_a_table_are_rounded_as_the_engine_does_it() -> None:
    assert lag_of("2.06d").tolist() == [0.0] * 16 + [1.0]
    table = lag_of(TABLE_LAG)
    places = np.flatnonzero(table)
    assert places.tolist() == [0, 12, 80]
    assert table[places] == pytest.approx(np.array([1.0, 2.5, 1.0]) / 4.5)


@pytest.mark.parametrize("lag", [LOGNORMAL_LAG, GAMMA_LAG, {"median": "30d", "p90": "75d"}])
def test_a_spread_lag_has_its_mean_and_sums_to_one(lag: dict[str, Any]) -> None:
    given = read(funnel=funnel({}, {}, {"lag": lag}))
    found = lag_of(lag)
    assert found.sum() == pytest.approx(1.0, abs=2e-9)
    step = given.funnel[-1].lag
    assert step is not None
    # Rounding to hours moves the mean by little, since the density is smooth on hours.
    assert mean_hours(found) == pytest.approx(step.mean_hours(given.calendar), rel=2e-3)


def test_a_log_normal_wait_that_has_lasted_is_the_conditional_one() -> None:
    """E[L - a | L > a] of a log-normal variable: its partial expectation, by another formula."""
    found = lag_of({"median": "30d", "p90": "75d"})
    mu, sigma = log(240.0), log(2.5) / NormalDist().inv_cdf(0.9)
    for age in (0, 40, 160, 520):
        z = (log(max(age - 0.5, 1e-9)) - mu) / sigma
        above = 1.0 - NormalDist().cdf(z)
        partial = exp(mu + sigma**2 / 2.0) * (1.0 - NormalDist().cdf(z - sigma)) / above
        assert still_open(found, age) == pytest.approx(above, rel=1e-6)
        assert mean_hours(left_at(found, age)) == pytest.approx(partial - age, rel=1e-3)


def test_an_exponential_wait_does_not_age() -> None:
    found = lag_of({"mean": "50d", "cv": 1.0})
    whole = mean_hours(left_at(found, 1))
    for age in (80, 400, 1200):
        assert mean_hours(left_at(found, age)) == pytest.approx(whole, rel=1e-6)


def test_what_is_left_of_a_fixed_wait_is_the_rest_of_it() -> None:
    found = lag_of("1w")
    assert quantile(left_at(found, 10), 0.5) == 30
    with pytest.raises(ValueError, match="no wait is 41 hours long"):
        left_at(found, 41)


def test_sums_by_transform_are_those_by_hand() -> None:
    x, y = lag_of(LOGNORMAL_LAG), lag_of(GAMMA_LAG)
    expected = np.convolve(x, y)[:200]
    assert summed([x, y], 200) == pytest.approx(expected, abs=1e-12)
    short = np.array([0.0, 0.5, 0.5])
    assert convolved(np.array([1.0, 0.0, 0.0, 0.0]), short).tolist() == [0.0, 0.5, 0.5, 0.0]


def test_values_go_backward_from_the_deal() -> None:
    found = Prospects(read())
    assert [found.value(stage) for stage in range(3)] == pytest.approx([40.0, 200.0, 400.0])
    assert found.value_of_a_no == pytest.approx(50.0)
    again = Prospects(read(referrals={"per_win": 2}))
    # A win brings 2 meetings, of which 0.2 are won: 1 / (1 - 0.4).
    assert again.value(2) == pytest.approx(400.0 / 0.6)


def test_a_market_that_acts_on_two_steps_makes_a_meeting_worth_more_than_one_that_is_given() -> None:
    market = {"sd": 0.3, "persistence": 0.5, "acts_on": ["meetings", "wins"]}
    found = Prospects(read(market=market, funnel=funnel({"rate": 0.05}, {}, {"rate": 0.1})))
    assert found.value(1) == pytest.approx(50.0 * exp(0.09))
    assert found.win_chance(1) == pytest.approx(0.05)


@pytest.mark.parametrize(
    ("changes", "there"),
    [
        ({}, True),
        ({"referrals": {"per_win": 1}}, True),
        ({"referrals": {"per_win": 1}, "funnel": funnel({}, {}, {"rate": {"mean": 0.4, "rep_cv": 0.2}})}, False),
        ({"referrals": {"per_win": 1}, "market": {"sd": 0.1, "persistence": 0, "acts_on": ["wins"]}}, False),
        ({"funnel": funnel({"cap": {"per_week": 3}})}, False),
        ({"market": MARKET, "funnel": funnel({}, {"lag": "1d"})}, False),
    ],
)  # fmt: skip
def test_closed_forms_hold_where_they_say_so(changes: dict[str, Any], *, there: bool) -> None:
    given = read(**changes)
    assert holds(given) is there
    if not there:
        with pytest.raises(ValueError, match="no closed form"):
            Prospects(given)


@pytest.mark.parametrize(
    "changes",
    [
        {"funnel": funnel({"lag": "2d"}, {"lag": LOGNORMAL_LAG}, {"lag": {"median": "2w", "p90": "6w"}})},
        {"funnel": funnel({}, {}, {"lag": TABLE_LAG}), "referrals": {"per_win": 1.5, "lag": GAMMA_LAG}},
        {"funnel": funnel({}, {"lag": "4d", "lost_lag": "1d"}, {"lag": GAMMA_LAG, "lost_lag": LOGNORMAL_LAG})},
        {"referrals": {"per_win": 2}, "horizon": {"weeks": 3}},
        {"funnel": funnel({}, {}, {"lag": "3w"}), "horizon": {"weeks": 5, "warmup_weeks": 2},
         "calendar": {"holidays": [{"week": 2}, {"week": 52, "day": 1}]}},
    ],
)  # fmt: skip
def test_revenue_by_close_under_lags_and_referrals_is_that_of_the_engine(changes: dict[str, Any]) -> None:
    given = read(**changes)
    found = simulate(given, replications=8000, seed=5).summary.averaging.close
    week = next(row for row in found if row.horizon == "week").revenue.mean
    expected = Prospects(given).revenue_by_close() / 52.0
    check_estimate("revenue", (week.estimate, week.se), expected, degrees=255, detect=0.06 * expected)


def test_a_referral_that_is_forgotten_is_caught() -> None:
    """A planted mistake: the closed form without referrals is far from the engine."""
    given = read(referrals={"per_win": 2}, horizon={"weeks": 3})
    found = simulate(given, replications=8000, seed=5).summary.averaging.close
    week = next(row for row in found if row.horizon == "week").revenue.mean
    wrong = Prospects(given.model_copy(update={"referrals": None})).revenue_by_close() / 52.0
    assert week.estimate is not None
    assert week.se is not None
    assert abs(week.estimate - wrong) > 20.0 * week.se


def test_planned_calls_leave_holidays_out() -> None:
    given = load_scenario("backward-from-100k")
    assert planned_calls(given).sum() == 5000.0
    assert sqrt(len(planned_calls(given))) == pytest.approx(sqrt(13 * 40))
