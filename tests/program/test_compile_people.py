"""What people by name have of their own, as arrays."""

from __future__ import annotations

import numpy as np
import pytest

from simcore.program.compile_people import posterior
from simcore.program.layout import FROM_THE_FIRST, NEVER
from simcore.program.quotas import amounts_by_period, in_units, periods_with_quota, team_by_period
from tests.support.both_engines import compiled
from tests.support.people_cases import DATED, PEOPLE
from tests.support.scenario_cases import CASES, RAMP, scenario


def test_bare_names_compile_to_seats() -> None:
    named, plain = compiled(PEOPLE["bare names"]), compiled(scenario())
    assert not named.people.active
    assert len(named.plan.of_seat) == len(named.quota.own) == 0
    assert named.rates.fixed == plain.rates.fixed
    assert named.first.tabulated


def test_weeks_are_simulated_ones() -> None:
    plain = PEOPLE["dates"] | {"horizon": {"weeks": 6, "warmup_weeks": 5}}
    people = compiled(plain).people
    assert people.starts.tolist() == [FROM_THE_FIRST, 7, 3, FROM_THE_FIRST]
    assert people.leaves.tolist() == [NEVER, NEVER, 9, 8]
    assert people.refilled.tolist() == [False, False, True, False]


def test_plans_share_rows_with_the_same_calls_and_days_off() -> None:
    people = [{"name": "Ann", "share": 0.5}, {"name": "Bo"}, {"name": "Chi", "calls_per_week": 30, "leaves": "3w"}]
    plan = compiled(scenario(team={"people": people}, calendar={"holidays": [{"week": 2}]})).plan
    assert plan.calls[plan.of_seat].tolist() == [
        [30, 0, 30, 30, 30, 30], [60, 0, 60, 60, 60, 60], [30, 0, 30, 60, 60, 60],
    ]  # fmt: skip
    assert plan.full[plan.of_seat[0]].tolist() == [30] * 6
    assert len(plan.calls) == 4
    assert plan.rows(1).tolist() == plan.row_of_week.tolist()
    assert plan.counted(3, 4).tolist() == [[30, 30], [60, 60], [60, 60]]


def test_who_has_no_quota_is_not_asked() -> None:
    program = compiled(PEOPLE["plans, rates and quotas"])
    assert amounts_by_period(program)[:, 0].tolist() == [300_000, 0, 400_000]
    assert team_by_period(program).tolist() == [700_000] * 6
    assert periods_with_quota(program, team=False) == 12
    assert periods_with_quota(program, team=True) == 6
    assert in_units(program, np.array([300_001])).tolist() == [4 if program.deals.unit == 100_000 else 300_001]


def test_a_team_may_owe_less_than_its_reps() -> None:
    plain = CASES["quota a month"]
    over = plain | {"quota": plain["quota"] | {"team": 15000}}
    assert compiled(over).quota.units_team == 15
    assert compiled(over).quota[:2] == compiled(plain).quota[:2]


def test_a_ramped_quota_follows_planned_activity() -> None:
    quota = {"per": "month", "amount": 1000, "ramped": True}
    program = compiled(scenario(team={"people": DATED, "ramp": RAMP}, horizon={"weeks": 8}, quota=quota))
    # Bo starts in week 2; somebody new follows Chi, who had half of the ramp, in week 4; nobody follows Dee.
    first = [1, (0.3 + 0.475) / 4, (0.65 + 0.825 + 2) / 4, 3 / 4]
    second = [1, (0.65 + 0.825 + 2) / 4, (0.3 + 0.475 + 0.65 + 0.825) / 4, 0]
    assert pytest.approx(np.array([first, second])) == amounts_by_period(program).T / 100_000


def test_counts_weigh_as_much_as_they_are() -> None:
    assert posterior(0.2, 0.25, 10, 20)[0] == pytest.approx(22.6 / 83)
    assert posterior(0.2, 0.25, 0, 10**9)[0] < 1e-7
