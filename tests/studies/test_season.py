"""Every question is right about rates that have a season, or refuses with the reason."""

from __future__ import annotations

import numpy as np
import pytest

from simcore import sweep
from simcore.analytic.expectations import expected
from simcore.answers.run import run_answer
from simcore.answers.steadiness import steadiness_answer
from simcore.answers.wording import PART_OF_SEASON
from simcore.base.errors import ScenarioError
from simcore.engine.simulation import simulate
from simcore.quantities.season import factors_of_weeks
from simcore.scenario.metric import parse_metric
from simcore.scenario.model import Scenario, validate
from simcore.statistics.certain import certain_stages
from simcore.studies.coach.item_values import plan_values
from simcore.studies.luck.credibility import is_exact
from simcore.studies.luck.study import luck
from simcore.studies.plan.left_out import left_out_of
from simcore.studies.plan.request import plan_request
from simcore.studies.plan.variants import setting_of
from simcore.studies.steadiness.study import steadiness
from simcore.variance_reduction.benchmark import bench_variance
from simcore.variance_reduction.conditional import conditional_refusal, fixed_after
from simcore.variance_reduction.point_sets import factors_of
from tests.support.both_engines import compiled
from tests.support.scenario_cases import funnel, scenario

SPEC = [1, 1.05, 1.15, 1.05, 1.05, 1, 0.8, 0.7, 1.1, 1.15, 1.1, 0.85]
START = {"start": "2026-05-04"}


def plain(*, of: str = "meetings", **changes: object) -> dict[str, object]:
    """Return 26 weeks of 60 calls from a Monday in May, with a season of one step."""
    season = {of: {"by": "month", "factors": SPEC}}
    return scenario(**({"calendar": START, "horizon": {"weeks": 26}, "season": season} | changes))


def given(**changes: object) -> Scenario:
    return validate(plain(**changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(("metric", "row"), [("revenue:quarter", "mean"), ("p_zero:quarter", "P(no win)")])
def test_every_technique_finds_what_the_closed_form_says(metric: str, row: str) -> None:
    """Within 4 of its standard errors; those that would need one law for all weeks are refused."""
    of = given(of="opportunities", funnel=funnel({"rate": 0.02}))
    exact = next(each.value for each in expected(of) if each.label == f"{metric.partition(':')[2]}: {row}")
    found = bench_variance(of, metric, batch=256, batches=3)
    used = [each for each in found.rows if each.estimate is not None and each.se is not None]
    assert len(used) >= 4
    for each in used:
        assert abs((each.estimate or 0.0) - exact) < 4 * (each.se or 0.0) + 1e-9, each.technique


def test_a_step_with_a_season_is_not_integrated_out_and_not_of_one_law() -> None:
    program = compiled(plain(of="wins"))
    assert fixed_after(program) == 3
    assert conditional_refusal(parse_metric("revenue"), program) is not None
    assert len(factors_of(program).calls) == 26
    assert len(factors_of(compiled(plain())).calls) == 0


@pytest.mark.parametrize(("factor", "stages"), [(1.5, 2), (1.0, 2), (0.9, 1)])
def test_only_a_season_that_cuts_a_sure_step_makes_it_unsure(factor: float, stages: int) -> None:
    season = {"meetings": {"by": "month", "factors": [1.0] * 7 + [factor] + [1.0] * 4}}
    assert certain_stages(compiled(plain(funnel=funnel({"rate": 1.0}), season=season))) == stages


def test_a_plan_from_mid_period_has_the_season_of_the_weeks_that_are_left() -> None:
    of = given(quota={"per": "quarter", "amount": 50000, "pace": "season"})
    whole = factors_of_weeks(of.season["meetings"], of.calendar, 0, 26)  # type: ignore[index]
    rest = setting_of(plan_request(of, 20000.0, by="quarter", done={"week": 5}))
    assert np.array_equal(rest.program.rates.seasons[0][:8], whole[5:13])
    gone = compiled(of.resolved()).reaction.period_gone
    assert rest.program.reaction.period_gone == pytest.approx(gone[200:520] - gone[200])


def test_a_plan_tells_what_the_season_makes_of_its_arithmetic() -> None:
    """Thirteen weeks: four in May and a bit of June, June, and July."""
    of = given()
    mean = float(factors_of_weeks(of.season["meetings"], of.calendar, 0, 13).mean())  # type: ignore[index]
    (told,) = left_out_of(setting_of(plan_request(of, 20000.0, by="13w")))
    assert told.what == "season"
    assert told.share == pytest.approx(1.0 - mean)
    assert "the season takes" in told.words
    (more,) = left_out_of(setting_of(plan_request(given(calendar={"start": "2026-03-02"}), 9000.0, by="4w")))
    assert "the season adds 15 % of the wins that the rates promise" in more.words
    late = left_out_of(setting_of(plan_request(given(funnel=funnel({"lag": "1d"})), 20000.0, by="13w")))
    assert [each.share for each in late if each.what == "season"] == [None]


def test_luck_and_items_have_no_closed_form_in_a_season() -> None:
    of = given(team={"reps": 3}, funnel=funnel({"rate": {"mean": 0.2, "rep_cv": 0.2}}))
    assert not is_exact(of)
    found = luck(of, replications=128)
    assert found.reliability is not None
    assert all(each.exact is None for row in found.reliability.weights for each in row.points)
    parted = funnel({"lag": "2d"}, {"lag": "3d", "lost_lag": "6d"})
    looks = plan_values(given(of="opportunities", funnel=parted)).looks
    assert {look.stage for look in looks if look.added is not None} <= {2}


def test_luck_has_one_threshold_for_quotas() -> None:
    of = given(team={"reps": 3}, quota={"per": "quarter", "amounts": [50000, 40000]}, horizon={"weeks": 52})
    assert [each.part for each in luck(of, replications=128).skipped if "quotas differ" in each.reason] == ["dismissal"]


def test_a_season_is_in_no_part_of_a_variance() -> None:
    """Weeks of a year differ by a fifth; the variance over worlds is that of the seasonal binomial."""
    of = given(horizon={"weeks": 52}, team={"reps": 1})
    found = steadiness(of, replications=2048)
    assert found.active == ["luck"]
    assert found.seasonal
    assert any("The season is in no part" in line for line in steadiness_answer(found).sentences)
    p = 0.04 * factors_of_weeks(of.season["meetings"], of.calendar, 0, 52)  # type: ignore[index]
    week = next(row for row in found.rows if row.horizon == "week").variance
    assert week.se is not None
    assert abs((week.estimate or 0.0) - 1e6 * float((60 * p * (1 - p)).mean())) < 4 * week.se


def test_a_part_of_a_year_says_so() -> None:
    part, year = (simulate(given(horizon={"weeks": weeks}), replications=16).summary for weeks in (26, 104))
    assert PART_OF_SEASON in run_answer(part).cautions
    assert PART_OF_SEASON not in run_answer(year).cautions
    assert not simulate(given(season=None), replications=16).summary.part_of_season


def test_amounts_in_turn_are_not_moved_by_one() -> None:
    of = given(quota={"per": "quarter", "amounts": [50000, 40000]})
    with pytest.raises(ScenarioError, match="is given twice, by amount and by amounts"):
        sweep(of, {"quota.amount": [1000, 2000]}, replications=64)
    found = simulate(of, replications=64).summary.quota
    assert found is not None
    assert (found.amount, found.differ) == (45000, True)
