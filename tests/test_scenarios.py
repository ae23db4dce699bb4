"""Every shipped scenario loads, runs, and gives what its comments promise.

Seeds are those of the files, so a test that passes once passes always. An estimate agrees with the exact value if
it is within 5 of its standard errors: a right engine fails one such check with a chance of 6e-7.
"""

from __future__ import annotations

import math
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from scipy.stats import binom

from simcore.analytic.assumptions import assumptions
from simcore.engine.simulation import simulate
from simcore.quantities.season import factors_of_weeks
from simcore.scenario.model import LogNormalLag
from simcore.scenario_files.scenario_file import load_scenario

if TYPE_CHECKING:
    from simcore.results.summary import AveragingRow, Summary
    from simcore.statistics.estimate import Estimate

FOLDER = Path(__file__).parents[1] / "scenarios"
REPLICATIONS = {
    "backward-from-100k": 20_000,
    "check-too-dear": 100,
    "coach-the-process": 100,
    "connected-calls": 200,
    "hard-sell": 100,
    "hockey-stick": 100,
    "late-surprise": 100,
    "long-cycle": 200,
    "pacing-bonus": 100,
    "quota-pressure": 100,
    "real-team": 1000,
    "summer-slump": 100,
    "tampering": 100,
    "telemarketing": 10_000,
    "ten-of-fifty": 500,
    "trust-the-process": 2000,
}
"""How often the tests run each: enough for the checks below, about a second in all."""


@cache
def summary(name: str) -> Summary:
    return simulate(load_scenario(name), replications=REPLICATIONS[name]).summary


def close(name: str, horizon: str) -> AveragingRow:
    return next(row for row in summary(name).averaging.close if row.horizon == horizon)


def agrees(found: Estimate, exact: float) -> bool:
    assert found.estimate is not None
    if found.se is None:  # never seen: a bound
        return found.low is not None and found.high is not None and found.low <= exact <= found.high
    return abs(found.estimate - exact) <= 5 * found.se


def test_the_folder_holds_these_scenarios() -> None:
    assert sorted(path.stem for path in FOLDER.glob("*.yaml")) == sorted(REPLICATIONS)


@pytest.mark.parametrize("name", REPLICATIONS)
def test_file_is_named_told_and_commented(name: str) -> None:
    text = (FOLDER / f"{name}.yaml").read_text(encoding="utf-8")
    scenario = load_scenario(name)
    assert scenario.name == name == name.lower()
    assert 20 < len(scenario.about) <= 120
    assert "\n" not in scenario.about
    assert sum(line.count("#") > 0 for line in text.splitlines()) > 15
    assert max(map(len, text.splitlines())) <= 125
    # A figure has a source, or the comments say plainly that it is assumed.
    if any(row.source is None for row in assumptions(scenario)):
        assert "assum" in text


@pytest.mark.parametrize("name", REPLICATIONS)
def test_scenario_runs(name: str) -> None:
    found, scenario = summary(name), load_scenario(name)
    assert not found.interrupted
    assert found.size.rep_weeks == REPLICATIONS[name] * scenario.team.reps * scenario.horizon.weeks
    assert [row.stage for row in found.funnel] == [stage.stage for stage in scenario.funnel]
    assert {row.horizon for row in found.averaging.close} >= {"call", "hour", "day", "week", "month", "quarter"}
    for account in (found.averaging.close, found.averaging.origin):
        assert all(row.revenue.mean.estimate for row in account)
    assert (found.quota is not None) == (scenario.quota is not None)


def test_canonical_scenario_is_the_arithmetic_that_it_tells() -> None:
    found = summary("trust-the-process")
    for stage, exact in zip(found.funnel, (500, 10, 2, 1), strict=True):
        assert stage.per_rep_week.estimate == exact or agrees(stage.per_rep_week, exact)
    assert agrees(found.value.per_call, 20)
    for horizon, calls in (("week", 500), ("quarter", 6500), ("year", 26_000)):
        row = close("trust-the-process", horizon)
        assert agrees(row.revenue.mean, calls * 20)
        assert agrees(row.revenue.sd, 10_000 * math.sqrt(calls * 0.002 * 0.998))
        assert agrees(row.first_step.sd, math.sqrt(calls * 0.02 * 0.98))
        assert agrees(row.revenue.p_zero, 0.998**calls) or 0.998**calls < 1e-5
    assert found.quota is not None
    assert found.quota.p_hit is not None
    assert agrees(found.quota.p_hit, binom.sf(12, 6500, 0.002))
    assert not found.clipped


def test_a_wrong_value_does_not_agree() -> None:
    """The check above can fail: a rate one tenth off is seen."""
    week = close("trust-the-process", "week")
    assert not agrees(week.revenue.mean, 11_000)
    assert not agrees(week.revenue.sd, 10_000 * math.sqrt(500 * 0.0022 * 0.9978))
    assert not agrees(week.revenue.p_zero, 0.9978**500)


def test_five_thousand_calls_bring_ten_wins_in_54_percent() -> None:
    found = summary("backward-from-100k")
    assert found.size.calls == 5000 * REPLICATIONS["backward-from-100k"]
    assert found.quota is not None
    assert found.quota.p_hit is not None
    exact = float(binom.sf(9, 5000, 0.002))
    assert round(exact, 2) == 0.54
    assert agrees(found.quota.p_hit, exact)
    assert agrees(close("backward-from-100k", "quarter").revenue.mean, 100_000)


def test_long_cycle_is_in_steady_state() -> None:
    """Open items are arrivals a week times the mean lag in weeks (Little)."""
    found = summary("long-cycle")
    lag = load_scenario("long-cycle").funnel[3].lag
    assert isinstance(lag, LogNormalLag)
    weeks = mean_days(lag) / 5
    assert round(weeks, 1) == 7.7
    for row, exact in zip(found.open_at_end, (10 * 1, 10 * 2, 2 * weeks), strict=True):
        assert agrees(row.per_rep, exact)
    assert agrees(close("long-cycle", "week").revenue.mean, 10_000)


def test_long_cycle_without_warm_up_closes_next_to_nothing_at_first() -> None:
    cold = load_scenario("long-cycle", ["horizon.warmup_weeks=0", "horizon.weeks=13"])
    found = simulate(cold, replications=200).summary
    by_close = found.averaging.close[-1].revenue.mean.estimate
    by_origin = found.averaging.origin[-1].revenue.mean.estimate
    assert by_close is not None
    assert by_origin is not None
    assert by_close < 0.35 * by_origin


def test_real_team_does_not_average_out() -> None:
    """Its own spread remains where the canonical one vanishes; the mean is that of the two-step market."""
    scenario = load_scenario("real-team")
    assert scenario.market is not None
    assert scenario.market.sd is not None
    ours, theirs = (close(name, "year").revenue.cv.estimate for name in ("real-team", "trust-the-process"))
    assert ours is not None
    assert theirs is not None
    assert 0.30 < ours < 0.38
    assert 2.2 < ours / theirs < 2.7
    assert agrees(summary("real-team").value.per_call, 20 * math.exp(scenario.market.sd**2))


def test_real_team_repeats_itself_at_about_one_half() -> None:
    """The comment on rep_cv: correlation of two full years of a rep = between-rep share of the variance."""
    scenario = load_scenario("real-team")
    between, within = 1.0, 1.0
    for stage in scenario.funnel[1:]:
        assert stage.rate is not None
        between *= 1 + stage.rate.rep_cv**2
        within *= 1 + stage.rate.week_cv**2
    deals = 52
    value_cv = 0.5
    noise = (1 + value_cv**2) / deals + (within - 1) / 52
    share = (between - 1) / (between - 1 + noise)
    assert round(math.sqrt(between - 1), 2) == 0.17
    assert 0.45 < share < 0.55


def test_ten_of_fifty_is_mostly_ignorance_and_its_year_has_the_closed_form() -> None:
    scenario = load_scenario("ten-of-fifty")
    laws = [stage.rate.law for stage in scenario.funnel if stage.rate is not None]
    chance = math.prod(law.mean for law in laws if law is not None)
    square = math.prod(law.mean**2 * (1 + law.cv**2) for law in laws if law is not None)
    year = close("ten-of-fifty", "year")
    calls = 26_000
    luck, ignorance = calls * (chance - square), calls**2 * (square - chance**2)
    assert agrees(year.revenue.mean, calls * chance * 10_000)
    assert agrees(year.revenue.sd, 10_000 * math.sqrt(luck + ignorance))
    assert round(ignorance / (luck + ignorance), 2) == 0.93
    assert round(math.sqrt(luck + ignorance) / (calls * chance), 3) == 0.495
    found = summary("ten-of-fifty").ignorance
    assert found is not None
    team = luck / 10 + ignorance
    assert agrees(found.share, ignorance / team)
    assert agrees(found.sd, 10_000 * math.sqrt(ignorance))


def test_connected_calls_holds_what_the_vendors_say() -> None:
    found = summary("connected-calls")
    for row, exact in zip(found.funnel, (500, 25, 1.25, 0.625, 0.1375), strict=True):
        assert row.per_rep_week.estimate == exact or agrees(row.per_rep_week, exact)
    lag = load_scenario("connected-calls").funnel[4].lag
    assert isinstance(lag, LogNormalLag)
    assert 60 < mean_days(lag) * 7 / 5 < 70


def test_late_surprises_are_what_the_page_tells() -> None:
    needs = summary("late-surprise").needs
    assert needs is not None
    ends = {0.6: needs.won, 0.115: needs.surprises, 0.037: needs.late_losses}
    assert all(abs((end.estimate or 0.0) - told) < 0.01 for told, end in ends.items())
    assert needs.promised == 0.7


def test_a_slump_is_the_season_of_its_quarter() -> None:
    """By quarter a season of 1.068, 1.022, 0.880 and 1.025, so a mean of 0.999 and these amounts for a quota."""
    scenario = load_scenario("summer-slump")
    assert scenario.season is not None
    factors = factors_of_weeks(scenario.season["meetings"], scenario.calendar, 0, 52).reshape(4, 13).mean(axis=1)
    assert [round(float(factor), 3) for factor in factors] == [1.068, 1.022, 0.88, 1.025]
    assert [round(float(factor) * 1300) for factor in factors] == [1389, 1328, 1144, 1333]
    assert agrees(summary("summer-slump").value.per_call, 20 * float(factors.mean()))
    quota = summary("summer-slump").quota
    assert quota is not None
    assert agrees(quota.p_hit, 0.475) if quota.p_hit is not None else False


def test_checks_that_are_too_dear_leave_the_calls_that_they_should() -> None:
    """Of 500 calls n are made where each costs 0.004 x 60 more: n = 500 / 1.24."""
    found = summary("check-too-dear")
    assert found.needs is not None
    assert agrees(found.needs.won, 0.6)
    assert agrees(found.needs.check_calls, 500 - 500 / 1.24)
    assert agrees(found.value.per_call, 0.02 * 0.2 * 0.6 * 10_000)


def mean_days(lag: LogNormalLag) -> float:
    sigma = math.log(lag.p90.amount / lag.median.amount) / 1.2815515655446004
    return lag.median.amount * math.exp(sigma**2 / 2)


@pytest.mark.parametrize(("horizon", "calls"), [("day", 12), ("week", 48)])
def test_telemarketing_spreads_as_its_model_says(horizon: str, calls: int) -> None:
    """Var = n p (1 - p) + n (n - 1) Var(rate): what docs/telemarketing.md simulates in its own way."""
    scenario = load_scenario("telemarketing")
    rate, market = scenario.funnel[1].rate, scenario.market
    assert rate is not None
    assert market is not None
    assert market.sd is not None
    row = close("telemarketing", horizon)
    binomial = calls * rate.mean * (1 - rate.mean)
    spread = rate.mean**2 * (math.exp(market.sd**2) * (1 + rate.week_cv**2) - 1)
    assert agrees(row.first_step.mean, calls * rate.mean)
    assert agrees(row.first_step.sd, math.sqrt(binomial + calls * (calls - 1) * spread))
    assert not agrees(row.first_step.sd, math.sqrt(binomial))
