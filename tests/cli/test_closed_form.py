"""Closed forms against other people's formulas: textbook results, worked by hand or by exact enumeration."""

from __future__ import annotations

from itertools import product
from math import comb, exp, prod, sqrt
from typing import Any

import pytest

from simcore.analytic.expectations import expected
from simcore.scenario.model import Scenario, validate
from simcore.scenario_files.scenario_file import load_scenario


def scenario(*rates: object, **changes: object) -> Scenario:
    """Return a scenario of these steps: one week of 8 hours, unless ``changes`` say otherwise."""
    stages: list[dict[str, Any]] = [{"stage": "calls"}]
    for number, rate in enumerate(rates, start=1):
        stages.append(
            {"stage": f"s{number}", **(rate if isinstance(rate, dict) and "rate" in rate else {"rate": rate})}
        )
    return validate({"simcore": 1, "name": "Test", "deal": 10_000, "funnel": stages, **changes})


def values(subject: Scenario) -> dict[str, float]:
    return {entry.label: entry.value for entry in expected(subject)}


def test_canonical_figures_of_the_model() -> None:
    found = values(scenario(0.02, 0.2, 0.5))
    assert found["s3 per rep and week"] == pytest.approx(1.0)
    assert found["value of a call"] == pytest.approx(20.0)
    assert found['value of a "no"'] == pytest.approx(20 / 0.98)
    assert found["week: P(no win)"] == pytest.approx(0.998**500)
    assert found["week: cv"] == pytest.approx(sqrt(0.998 / 0.002 / 500))


def test_five_thousand_calls_give_54_percent() -> None:
    """Known answer 12: at least 10 wins of 5,000 calls at 0.002."""
    found = values(
        scenario(0.002, plan={"calls_per_week": 5000}, quota={"per": "week", "amount": 100_000}, team={"reps": 1})
    )
    exact = 1 - sum(comb(5000, k) * 0.002**k * 0.998 ** (5000 - k) for k in range(10))
    assert found["P(quota of a week), a rep"] == pytest.approx(exact, rel=1e-9)
    assert exact == pytest.approx(0.54, abs=0.005)


def test_a_quota_that_is_no_multiple_of_a_deal_needs_one_more() -> None:
    found = values(scenario(0.1, plan={"calls_per_week": 8}, quota={"per": "week", "amount": 10_001}))
    assert found["P(quota of a week), a rep"] == pytest.approx(1 - 0.9**8 - 8 * 0.1 * 0.9**7)


def test_random_values_by_enumeration() -> None:
    """Known answer 2, against the exact distribution of 3 calls with two possible values."""
    deal = {"values": [100, 400], "weights": [3, 1]}
    subject = scenario(0.3, deal=deal, plan={"calls_per_week": 3}, calendar={"hours_per_day": 1, "days_per_week": 1})
    outcomes = [(0.7, 0.0), (0.3 * 0.75, 100.0), (0.3 * 0.25, 400.0)]
    cases = [(prod(p for p, _ in calls), sum(v for _, v in calls)) for calls in product(outcomes, repeat=3)]
    mean = sum(p * v for p, v in cases)
    sd = sqrt(sum(p * (v - mean) ** 2 for p, v in cases))
    found = values(subject)
    assert found["week: mean"] == pytest.approx(mean)
    assert found["week: sd"] == pytest.approx(sd)


def test_hours_with_unequal_numbers_of_calls() -> None:
    """5 calls in 2 hours: windows of 2 and 3 calls, mixed."""
    subject = scenario(0.5, plan={"calls_per_week": 5}, calendar={"hours_per_day": 2, "days_per_week": 1}, deal=1)
    squares = [(2 * 0.25 + 1.0**2), (3 * 0.25 + 1.5**2)]
    found = values(subject)
    assert found["hour: mean"] == pytest.approx(1.25)
    assert found["hour: sd"] == pytest.approx(sqrt(sum(squares) / 2 - 1.25**2))
    assert found["hour: P(no win)"] == pytest.approx((0.5**2 + 0.5**3) / 2)


def test_months_of_four_and_five_weeks() -> None:
    subject = scenario(0.002, horizon={"weeks": 13})
    found = values(subject)
    assert found["month: mean"] == pytest.approx(43_333.33, abs=0.01)
    assert "year: mean" not in found
    within = sum(n * 500 * 0.002 * 0.998 for n in (4, 4, 5)) / 3
    between = sum((n - 13 / 3) ** 2 for n in (4, 4, 5)) / 3
    assert found["month: sd"] == pytest.approx(10_000 * sqrt(within + between))


def test_holidays_have_no_calls() -> None:
    """Known answer 12 as the shipped scenario puts it: 10 of 13 weeks are worked."""
    found = values(load_scenario("backward-from-100k"))
    assert found["P(quota of a quarter), a rep"] == pytest.approx(0.54, abs=0.005)
    assert found["calls per rep and week"] == pytest.approx(5000 / 13)
    days = {"holidays": [{"week": 2, "day": 3}]}
    found = values(scenario(0.002, horizon={"weeks": 2}, calendar=days))
    assert found["week: mean"] == pytest.approx(9_000)
    assert found["week: P(no win)"] == pytest.approx((0.998**500 + 0.998**400) / 2)
    assert found["day: P(no win)"] == pytest.approx((9 * 0.998**100 + 1) / 10)


def test_reps_differ() -> None:
    """Known answer 4: variance n E[q(1-q)] m^2 + n^2 Var(q) m^2."""
    found = values(scenario({"mean": 0.02, "rep_cv": 0.25}, deal=100))
    n, q, variance = 26_000, 0.02, (0.02 * 0.25) ** 2
    assert found["year: sd"] == pytest.approx(100 * sqrt(n * (q - q * q - variance) + n * n * variance))
    assert "year: P(no win)" not in found


def test_market_follows_the_sum_of_an_autoregression() -> None:
    """Known answer 5: the covariance of a log-AR(1) factor is exp(d^2 f^k) - 1."""
    market = {"sd": 0.2, "persistence": 0.8, "acts_on": ["s1"]}
    found = values(scenario(0.01, market=market, horizon={"weeks": 13}, deal=1))
    covariance = [exp(0.04 * 0.8**k) - 1 for k in range(13)]
    second = 0.01**2 * exp(0.04)
    common = 0.01**2 * 500**2 * sum(covariance[abs(i - j)] for i in range(13) for j in range(13))
    assert found["quarter: sd"] == pytest.approx(sqrt(13 * 500 * (0.01 - second) + common))


def test_a_market_without_return_spreads_with_its_steps() -> None:
    """On two steps: a week's factor has the second moment exp(t^2 (w + 1)), and weeks share the past."""
    market = {"step": 0.05, "persistence": 1, "acts_on": ["s1", "s2"], "start": 0.9}
    found = values(scenario(0.02, 0.3, market=market, horizon={"weeks": 13}, deal=1))
    chance = [0.006 * 0.81 * exp(0.0025 * week) for week in range(1, 14)]
    assert found["value of a call"] == pytest.approx(sum(chance) / 13)
    assert found["quarter: mean"] == pytest.approx(500 * sum(chance))
    luck = sum(500 * (q - (0.006 * 0.81) ** 2 * exp(0.0025 * week * 6)) for week, q in enumerate(chance, 1))
    common = sum(
        500**2 * chance[a - 1] * chance[b - 1] * (exp(4 * 0.0025 * min(a, b)) - 1)
        for a in range(1, 14)
        for b in range(1, 14)
    )
    assert found["quarter: sd"] == pytest.approx(sqrt(luck + common))


def test_week_noise_averages_out_over_weeks() -> None:
    found = values(scenario({"mean": 0.02, "week_cv": 0.3}, deal=1, horizon={"weeks": 52}))
    week, year = found["week: sd"], found["year: sd"]
    assert year == pytest.approx(sqrt(52) * week)
    assert week**2 == pytest.approx(500 * (0.02 - 0.02**2 * 1.09) + (500 * 0.02 * 0.3) ** 2)


def test_open_items_of_which_losers_wait_longer() -> None:
    found = values(scenario(0.02, {"rate": 0.5}, {"rate": 0.25, "lag": "1w", "lost_lag": {"mean": "20d", "cv": 1.0}}))
    assert found["open items per rep on the way to s3, steady state"] == pytest.approx(5 * (0.25 * 1 + 0.75 * 4))


def test_open_items_are_arrivals_times_lag() -> None:
    """Known answer 11: a lag is waited by the items of the stage before its step, the first by bookings."""
    first = {"rate": 0.02, "lag": "5d"}
    last = {"rate": 0.25, "lag": {"mean": "20d", "cv": 1.0}}
    found = values(scenario(first, 0.5, last))
    assert found["open items per rep on the way to s1, steady state"] == pytest.approx(10.0)
    assert found["open items per rep on the way to s3, steady state"] == pytest.approx(5 * 4)
    assert found["s3 per rep and week, steady state"] == pytest.approx(1.25)


STEADY = "open items per rep on the way to s2, steady state"
NOISY = {"mean": 0.02, "week_cv": 0.3}
LAGGED = {"rate": 0.5, "lag": "3d"}
LOW = {"per": "week", "amount": 1}
MONTHLY = {"per": "month", "amount": 1}


@pytest.mark.parametrize(
    ("subject", "present", "absent"),
    [
        (scenario({"rate": 0.5, "cap": {"per_week": 3}}, 0.5), "", "value of a call"),
        (scenario({"mean": 0.9, "week_cv": 0.5}), "", "value of a call"),
        (scenario(0.02, team={"turnover": {"yearly": 0.3}}), "value of a call", "week: sd"),
        (scenario(0.02, LAGGED, calendar={"holidays": [{"week": 1}]}), "week: sd", STEADY),
        (scenario(0.02, LAGGED), STEADY, "P(quota of a week), a rep"),
        (scenario(NOISY, LAGGED), "value of a call", "week: sd"),
        (scenario(0.02, LAGGED, quota=LOW), "week: sd", "P(quota of a week), a rep"),
        (scenario({"mean": 0.02, "rep_cv": 0.2}, quota=LOW), "week: sd", "P(quota of a week), a rep"),
        (scenario(0.02, horizon={"weeks": 3}, quota=MONTHLY), "week: sd", "P(quota of a month), a rep"),
    ],
)  # fmt: skip
def test_rules(subject: Scenario, present: str, absent: str) -> None:
    found = values(subject)
    assert absent not in found
    assert not present or present in found
