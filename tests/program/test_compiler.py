"""A scenario becomes flat arrays: every field, on figures that can be checked by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from simcore.base.periods import MONTH, YEAR
from simcore.numerics.quantile_table import build_beta, build_gamma
from simcore.program.layout import FIXED, GAMMA, LOGNORMAL, TABLE
from tests.support.both_engines import compiled
from tests.support.distribution_cases import GAMMA_LAG, LOGNORMAL_LAG, TABLE_LAG
from tests.support.scenario_cases import CASES, chain, funnel, scenario


def test_the_clock() -> None:
    clock = compiled(CASES["everything"]).clock
    assert (clock.steps, clock.hours_per_day, clock.hours_per_week) == (4, 6, 36)
    assert (clock.warmup_weeks, clock.counted_weeks, clock.simulated_weeks) == (5, 27, 32)
    assert clock.end_hour == 32 * 36


@pytest.mark.parametrize(
    ("name", "one"), [("canonical", True), ("fixed lags", False), ("open at the start, at once", False)]
)
def test_the_accounts_are_one_where_nothing_takes_time(name: str, one: bool) -> None:
    assert compiled(CASES[name]).clock.one_account == one


def test_the_calendar() -> None:
    calendar = compiled(
        scenario(calendar={"hours_per_day": 2, "days_per_week": 3}, horizon={"weeks": 9, "warmup_weeks": 1})
    ).calendar
    assert calendar.day_of_hour.tolist() == [hour // 2 for hour in range(9 * 6)]
    assert calendar.week_of_day.tolist() == [day // 3 for day in range(27)]
    assert calendar.period_of_part[MONTH].tolist() == [0, 0, 0, 0, 1, 1, 1, 1, -1]
    assert calendar.period_of_part[YEAR].tolist() == [-1] * 9
    assert calendar.periods.tolist() == [0, 54, 27, 9, 2, 0, 0]


def test_weeks_with_holidays_have_plans_of_their_own() -> None:
    plan = compiled(
        scenario(
            calendar={"hours_per_day": 2, "days_per_week": 2, "holidays": [{"week": 2, "day": 1}, {"week": 52}]},
            horizon={"weeks": 54, "warmup_weeks": 1},
            plan={"calls_per_week": 6},
        )
    ).plan
    # The first row is a full week, the others are in the order in which they come.
    assert plan.per_hour.tolist() == [[1, 2, 1, 2], [0, 0, 0, 0], [0, 0, 1, 2]]
    assert plan.calls.tolist() == [6, 0, 3]
    # The warm-up week is week 52 of the year before.
    assert plan.row_of_week.tolist() == [1, 0, 2, *[0] * 49, 1, 0, 2]
    assert plan.slot_hour[0].tolist() == [0, 1, 1, 2, 3, 3]
    assert plan.slot_hour[2, :3].tolist() == [2, 3, 3]


def test_weeks_with_the_same_dates_off_share_a_plan() -> None:
    calendar = {"hours_per_day": 1, "days_per_week": 2, "start": "2026-12-22"}
    calendar |= {"holidays": ["2026-12-14", "2026-12-28..2026-12-29", "2027-01-05", "2027-01-12", "2027-01-16"]}
    plan = compiled(scenario(calendar=calendar, horizon={"weeks": 5}, plan={"calls_per_week": 2})).plan
    # 22 December is a Tuesday: the Monday before it has no calls. 16 January is a Saturday.
    assert plan.per_hour.tolist() == [[1, 1], [0, 1], [0, 0], [1, 0]]
    assert plan.row_of_week.tolist() == [1, 2, 3, 3, 0]


def test_the_team() -> None:
    team = compiled(CASES["turnover, vacancy and ramp"]).team
    assert team[:4] == (3, 1, 7, 0.3)
    assert team.vacancy_weeks == 3
    assert team.leave_threshold == math.floor((1 - 0.1 ** (1 / 52)) * 2**32 + 0.5)
    assert compiled(scenario()).team[1:] == (0, 0, 1.0, 0, 0)


def test_rates_and_their_spreads() -> None:
    program = compiled(
        scenario(
            team={"reps": 2, "turnover": {"yearly": 0.5}},
            funnel=chain(
                [{"mean": 0.2, "rep_cv": 0.5}, {"mean": 0.3, "week_cv": 0.4}, 0.5, {"mean": 0.6, "rep_cv": 0.1}]
            ),
            market={"sd": 0.2, "persistence": 0.5, "acts_on": ["s3"]},
        )
    )
    rates = program.rates
    assert rates.base[1:].tolist() == [0.2, 0.3, 0.5, 0.6]
    assert rates.beta[1:].tolist() == [0, -1, -1, 1]
    assert np.array_equal(rates.beta_tables, [build_beta(0.2, 0.5), build_beta(0.6, 0.1)])
    assert rates.noise_sigma[1:] == pytest.approx([0, math.sqrt(math.log(1.16)), 0, 0], rel=1e-15)
    assert rates.in_market[1:].tolist() == [False, False, True, False]
    assert rates.varies[1:].tolist() == [True, True, True, True]
    assert tuple(program.market)[:8] == (True, 0.5, 0.2, 0.2 * math.sqrt(0.75), 0.0, 0.2 * 0.2 * 0.5, 0.0, 0.0)


def test_a_market_that_starts_from_a_level() -> None:
    start = {"level": 0.5, "sd": 0.25}
    back = compiled(scenario(market={"sd": 0.2, "persistence": 0.5, "acts_on": ["wins"], "start": start})).market
    assert back.first == back.later == 0.2 * math.sqrt(0.75)
    assert back.start == pytest.approx(math.log(0.5) + 0.02, rel=1e-15)
    assert back.start_sd == 0.25
    never = compiled(scenario(market={"step": 0.25, "persistence": 1, "acts_on": ["wins"], "start": 0.5})).market
    assert never._replace(start=0.0)[:8] == (True, 1.0, 0.25, 0.25, 0.03125, 0.0, 0.0, 0.0)
    assert never.start == pytest.approx(math.log(0.5), rel=1e-15)
    assert not compiled(scenario()).market.moves


def test_rates_of_people_who_stay_do_not_vary() -> None:
    rates = compiled(scenario(funnel=funnel({"rate": {"mean": 0.2, "rep_cv": 0.5}}))).rates
    assert not rates.varies[1:].any()


def test_lags() -> None:
    lags = compiled(scenario(funnel=chain([1, 1, 1, 1, 1], s1={"lag": "2.06d"}, s2={"lag": LOGNORMAL_LAG},
                                          s3={"lag": TABLE_LAG}, s4={"lag": GAMMA_LAG}))).lags  # fmt: skip
    assert lags.lagged[1:].tolist() == [True, True, True, True, False, False]
    assert lags.kind[1:].tolist() == [FIXED, LOGNORMAL, TABLE, GAMMA, FIXED, FIXED]
    assert lags.scale[1:].tolist() == [16, 16, 0, 24, 0, 0]
    assert lags.sigma[2] == pytest.approx(math.log(3) / 1.2815515655446004, rel=1e-15)
    assert lags.hours.tolist() == [0, 5, 12, 80]
    assert lags.thresholds.tolist() == [math.floor(2**32 * w / 4.5 + 0.5) for w in (1, 1, 3.5, 4.5)]
    assert lags.table[3] == 0
    assert np.array_equal(lags.gamma_tables[lags.table[4]], build_gamma(0.9))


def test_caps() -> None:
    caps = compiled(CASES["caps on both"]).caps
    assert caps.per_week[1:].tolist() == [20, 3, -1]
    assert caps.open[1:].tolist() == [9, 4, -1]


@pytest.mark.parametrize(
    ("name", "kind", "scale", "unit"),
    [
        ("canonical", FIXED, 1_000_000, 1_000_000),
        ("log-normal deals", LOGNORMAL, 5000, 1),
        ("gamma deals", GAMMA, 5000, 1),
        ("listed deals", TABLE, 0, 1),
        ("weighted deals", TABLE, 0, 5000),
        ("open at the start", FIXED, 100_000, 5),  # 123.45 and 77 are the values of items that were open
    ],
)
def test_deals_are_held_in_the_largest_unit_that_divides_all(name: str, kind: int, scale: float, unit: int) -> None:
    deals = compiled(CASES[name]).deals
    assert (deals.kind, deals.scale, deals.unit) == (kind, scale, unit)


def test_a_quota_is_the_least_number_of_units() -> None:
    # 9,999.99 in units of 1,000.00: ten of one seat; of two seats together 19,999.98, which is twenty.
    assert tuple(compiled(CASES["quota a month"]).quota)[:3] == (MONTH, 10, 20)
    assert compiled(scenario()).quota.horizon == 0


def test_open_items_go_to_their_seats() -> None:
    start = compiled(CASES["open at the start"]).start
    assert start.first.tolist() == [0, 14, 27]
    assert start.stage[14:].tolist() == [2] * 3 + [1] * 5 + [2] + [2] * 4
    assert start.due[14:].tolist() == [16] * 3 + [-1] * 5 + [0] + [360] * 4
    assert start.value[:14].tolist() == [-1] * 8 + [7700] * 2 + [-1] * 4
    assert start.value[22] == 12345


@pytest.mark.parametrize(
    ("name", "tabulated"), [("canonical", True), ("rates above one half", False), ("the largest plan", False),
                            ("noise", False), ("reps differ", False), ("everything", False)]
)  # fmt: skip
def test_the_first_step_is_tabulated_where_all_have_one_rate(name: str, tabulated: bool) -> None:
    first = compiled(CASES[name]).first
    assert first.tabulated == tabulated
    assert len(first.thresholds) == (first.calls + 1 if tabulated else 0)
