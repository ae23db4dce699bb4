"""What the arithmetic leaves out, against runs; and one answer to one question."""

from __future__ import annotations

import numpy as np
import pytest

from simcore.engine.simulation import simulate
from simcore.scenario.model import validate
from simcore.studies.plan.left_out import late_share, left_out_of, made_share
from simcore.studies.plan.request import plan_request
from simcore.studies.plan.study import plan
from simcore.studies.plan.variants import setting_of
from tests.support.distribution_cases import LOGNORMAL_LAG
from tests.support.scenario_cases import LAGS, RAMP, funnel, scenario
from tests.support.statistical import check_estimate

SMALL = {"hours_per_day": 4, "days_per_week": 2}
TURNOVER = {"yearly": 0.9, "vacancy_weeks": 2}


def test_late_deals_are_those_of_a_run() -> None:
    for steps in (funnel({"lag": "3d"}, {"lag": LOGNORMAL_LAG}, {"lag": "1w"}), LAGS):
        given = validate(scenario(funnel=steps, calendar=SMALL | {"holidays": [{"week": 2}, {"week": 5}]}))
        share = late_share(setting_of(plan_request(given, 1000.0, by="6w")))
        rows = simulate(given, replications=1500, seed=3, keep_rep_weeks=True).rep_weeks
        assert rows is not None
        begun, closed = (cents.sum(axis=(1, 2)) / 100.0 for cents in (rows.cents_origin, rows.cents_close))
        seen = 1.0 - closed.sum() / begun.sum()
        errors = closed - (1.0 - share) * begun  # of mean zero, if the share is right
        se = float(errors.std() / np.sqrt(len(errors)) / begun.mean())
        assert 0.05 < share < 0.9
        check_estimate("late deals", (float(seen), se), share, degrees=1000, detect=0.1)


@pytest.mark.parametrize("vacancy", [0, 2])
def test_calls_that_nobody_makes_are_those_of_a_run(vacancy: int) -> None:
    turnover = {"yearly": 0.9, "vacancy_weeks": vacancy}
    team = {"reps": 3, "new": 1, "ramp": RAMP, "turnover": turnover}
    horizon = {"weeks": 8, "warmup_weeks": 2}
    given = validate(scenario(team=team, horizon=horizon, calendar=SMALL | {"holidays": [{"week": 3}]}))
    setting = setting_of(plan_request(given, 1000.0, by="8w"))
    rows = simulate(given, replications=1500, seed=3, keep_rep_weeks=True).rep_weeks
    assert rows is not None
    made = rows.counts[..., 0].sum(axis=(1, 2)) / (3.0 * setting.planned)
    se = float(made.std() / np.sqrt(len(made)))
    check_estimate("made", (float(made.mean()), se), made_share(setting), degrees=1000, detect=0.03)


def test_what_is_left_out_is_told_with_its_share() -> None:
    team = {"reps": 2, "new": 2, "ramp": {"weeks": 4, "start": 0.0}}
    calendar = SMALL | {"holidays": [{"week": 4}, {"week": 5, "day": 1}]}
    given = validate(scenario(team=team, funnel=funnel({}, {}, {"lag": "2w"}), calendar=calendar))
    found = plan(given, 4000, by="6w", replications=50, frontier=False).arithmetic.left_out
    # Weeks 1 to 3 of the ramp at 0, 1/4 and 1/2; what is begun in the last two weeks is late.
    assert [(each.what, round(each.share or 0.0, 3)) for each in found] == [
        ("holidays", 0.25), ("seats", round((1.0 + 0.75 + 0.5) / 4.5, 3)), ("late", round(1.5 / 4.5, 3))
    ]  # fmt: skip
    assert found[0].words == "holidays take 1.5 of the 6 weeks (25 %)"
    assert not left_out_of(setting_of(plan_request(validate(scenario()), 4000, by="6w")))


@pytest.mark.parametrize("done", [None, {"week": 2}])
def test_one_question_has_one_answer(done: dict[str, float] | None) -> None:
    given = validate(scenario(team={"reps": 2}, calendar={"holidays": [{"week": 3}]}))
    found = plan(given, 6000, by="6w", replications=400, done=done)
    assert found.answer is not None
    (own,) = [cell for cell in found.frontier if (cell.reps, cell.weeks) == (2, 6)]
    assert own.per_week == found.answer.per_week
    row = next(row for row in found.table if row.confidence == found.confidence)
    assert row.per_week == own.per_week
    assert own.low is not None and own.high is not None and own.low <= own.per_week <= own.high  # noqa: PT018
    assert own.worlds == 400
    assert {cell.worlds for cell in found.frontier} == {256, 400}
