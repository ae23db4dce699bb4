"""Every question is right about real months, or refuses with the reason."""

from __future__ import annotations

import pytest

from simcore.base.errors import ScenarioError
from simcore.charts.detail import by_period as pictured
from simcore.charts.detail import detail_of, period_of
from simcore.engine.paired import REP_QUARTER, REP_YEAR, run_paired
from simcore.scenario.metric import parse_metric
from simcore.scenario.model import Scenario, validate
from simcore.statistics.metrics import check_scenarios
from simcore.studies.compare.study import compare
from simcore.studies.luck.study import luck
from simcore.studies.plan.request import plan_request
from simcore.studies.plan.variants import setting_of
from simcore.variance_reduction.conditional import CUT, conditional_refusal
from tests.support.both_engines import compiled
from tests.support.reactive_cases import drive, playing
from tests.support.scenario_cases import scenario

REAL = {"start": "2026-07-01", "months": "real", "fiscal_year": "july"}
QUOTA = {"per": "quarter", "amount": 9000}
HURRY = drive({"behind": 0.5}, {"activity": {"slope": 0.6, "max": 1.9}})


def given(**changes: object) -> Scenario:
    plain = {"calendar": REAL, "horizon": {"weeks": 27}, "quota": QUOTA}
    return validate(scenario(**plain | changes))


def refusal(**changes: object) -> str:
    with pytest.raises(ScenarioError) as raised:
        given(**changes)
    return str(raised.value)


def test_what_a_calendar_may_say_of_months() -> None:
    assert "calendar.months: needs dates" in refusal(calendar={"months": "real"})
    assert "calendar.start: 2026-10-05" in refusal(calendar={"months": "real"})
    told = refusal(calendar={"fiscal_year": "july", "start": "2026-07-01"})
    assert "calendar.fiscal_year: belongs to real months" in told
    assert "add months: real, or leave it out" in told
    assert "4-4-5" in refusal(calendar=REAL | {"months": "4-4-4"})
    assert "january" in refusal(calendar=REAL | {"fiscal_year": "Juli"})


def test_a_pull_is_no_longer_than_every_quarter() -> None:
    pull = drive({"behind": 0.5}, {"pull_forward": {"slope": 0.5, "window": "13w", "reach": "1w"}})
    plain = playing("day", {"close": pull}, quota=QUOTA)
    plain["funnel"][-1]["lag"] = "3d"
    validate(plain)
    with pytest.raises(ScenarioError, match="up to 12w"):
        validate(plain | {"calendar": REAL})


def test_a_metric_needs_a_whole_real_period() -> None:
    year = parse_metric("p_zero:year")
    check_scenarios(year, [given(horizon={"weeks": 53})])
    with pytest.raises(ScenarioError, match="needs a whole year"):
        check_scenarios(year, [given(horizon={"weeks": 52})])
    late = given(calendar=REAL | {"start": "2026-07-02"}, horizon={"weeks": 14})
    with pytest.raises(ScenarioError, match="needs a whole quarter"):
        check_scenarios(parse_metric("p_quota"), [late])


def test_a_plan_is_of_weeks() -> None:
    with pytest.raises(ScenarioError, match="13w"):
        plan_request(given(), 10_000.0, by="quarter")
    assert plan_request(given(), 10_000.0, by="13w").weeks == 13
    assert plan_request(given(calendar={"months": "5-4-4"}), 10_000.0, by="month").weeks == 5


def test_the_rest_of_a_period_goes_on_in_its_quarter() -> None:
    """After 9 weeks: the quarter is that which began on 1 July, and the next one is October's."""
    plain = playing("day", {"hurry": HURRY}, calendar=REAL, quota={"per": "quarter", "amounts": [9000, 7000]})
    asked = plan_request(validate(plain), 10_000.0, by="18w", done={"week": 9, "calls": 900})
    program = setting_of(asked).program
    hours = program.clock.hours_per_day
    assert program.reaction.period_first[0] == (2 - 45) * hours
    assert set(program.reaction.period_first.tolist()) == {(2 - 45) * hours, (2 - 45 + 66) * hours}
    assert program.quota.own[0, program.quota.of_day[[0, 30]]].tolist() == [900_000, 700_000]


def test_luck_does_not_judge_dismissals_by_a_real_quarter() -> None:
    found = luck(given(horizon={"weeks": 54}), replications=128)
    assert [(each.part, "real months" in each.reason) for each in found.skipped] == [("dismissal", True)]


def test_techniques_that_go_by_whole_weeks_are_refused() -> None:
    program = compiled(scenario(calendar=REAL, horizon={"weeks": 27}))
    assert conditional_refusal(parse_metric("p_zero:quarter"), program) == CUT
    assert conditional_refusal(parse_metric("p_zero:6w"), program) is None


def test_a_comparison_counts_real_quarters_and_years_and_tells_no_weeks_of_them() -> None:
    reacting = playing("day", {"hurry": HURRY}, calendar=REAL, horizon={"weeks": 53}, quota=QUOTA)
    plain = validate(reacting | {"strategies": {"process": {}, **reacting["strategies"]}})
    paired = run_paired([plain, plain], base=0, replications=8)
    assert paired.contests.held.sum(axis=0)[[REP_QUARTER, REP_YEAR]].tolist() == [8 * 2 * 4, 8 * 2]
    found = compare(plain, replications=32)
    assert all(each.figures.weeks_of_quarter is None for each in found.strategies)


def test_pictures_that_know_weeks_alone_are_left_out() -> None:
    of = given()
    assert period_of(of) is None
    assert pictured(detail_of(of, 2), "quarter").size == 0
    assert pictured(detail_of(given(calendar={"months": "5-4-4"}), 2), "month").shape[2] == 6
