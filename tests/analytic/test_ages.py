"""Items that had waited before the run: the engine's own runs against the closed forms of their age."""

from __future__ import annotations

from typing import Any

import pytest

from simcore.analytic.item_values import Prospects
from simcore.analytic.waiting_times import AtAge
from simcore.engine.simulation import simulate
from simcore.scenario.model import Scenario, validate
from tests.support.distribution_cases import GAMMA_LAG, LOGNORMAL_LAG, TABLE_LAG
from tests.support.scenario_cases import funnel, scenario
from tests.support.statistical import DeviationError, check_mean, check_share

COUNT, WORLDS, WEEKS = 60, 400, 8
STEPS: list[tuple[dict[str, Any], str]] = [
    ({"lag": LOGNORMAL_LAG}, "4d"),
    ({"lag": TABLE_LAG}, "1d"),
    ({"lag": GAMMA_LAG}, "1w"),
    ({"lag": "2w", "lost_lag": LOGNORMAL_LAG}, "3d"),
    ({"lag": LOGNORMAL_LAG, "lost_lag": GAMMA_LAG}, "1w"),
    ({"lag": GAMMA_LAG, "lost_lag": TABLE_LAG}, "2d"),
    ({"lag": TABLE_LAG, "lost_lag": {"median": "3w", "p90": "12w"}}, "1w"),
]


def waiting(step: dict[str, Any], age: str) -> Scenario:
    """Return a team that has items of an age before its last step, and (nearly) no calls that succeed."""
    return validate(
        scenario(
            horizon={"weeks": WEEKS},
            team={"reps": 1},
            funnel=funnel({"rate": 1e-9}, {}, {"rate": {"mean": 0.4, "rep_cv": 0.0}, **step}),
            start={"open": [{"stage": "opportunities", "count": COUNT, "age": age}]},
        )
    )


def check_wins(given: Scenario, known: AtAge) -> None:
    """Check how many of the items win, and when."""
    rows = simulate(given, replications=WORLDS, seed=8, keep_rep_weeks=True).rep_weeks
    assert rows is not None
    wins = rows.counts[..., -1].reshape(WORLDS, WEEKS).cumsum(axis=1)
    left = known.left_if_passed
    for week in (1, 2, WEEKS):
        share = known.passes * float(left[: 40 * week].sum() / left.sum())
        detect = max(0.02, 10.0 * (share * (1.0 - share) / (WORLDS * COUNT)) ** 0.5)
        check_share(f"won by week {week}", int(wins[:, week - 1].sum()), WORLDS * COUNT, min(share, 1.0), detect=detect)


@pytest.mark.parametrize(("step", "age"), STEPS)
def test_items_go_on_as_their_age_says(step: dict[str, Any], age: str) -> None:
    given = waiting(step, age)
    hours = round(given.start.entries[0].age.hours(given.calendar)) if given.start and given.start.entries[0].age else 0
    assert hours > 0
    check_wins(given, Prospects(given).at_age(2, hours))


def test_an_age_that_is_forgotten_is_caught() -> None:
    fresh = waiting(STEPS[4][0], "0h")
    with pytest.raises(DeviationError):
        check_wins(fresh, Prospects(fresh).at_age(2, 40))


def running(*, aged: bool) -> Scenario:
    """Return a team from whose pipeline, as it is after many weeks of 20 items an hour, a run begins."""
    step = {"rate": 0.4, "lag": "2w", "lost_lag": {"values": ["1w", "3w"]}}
    plan, rates = {"calls_per_week": 800}, funnel({"rate": 1}, {"rate": 1}, step)
    known = Prospects(validate(scenario(plan=plan, funnel=rates)))
    items = []
    for age in range(1, 121):
        count = round(20 * known.at_age(2, age).still_open)
        items.append({"stage": "opportunities", "count": count, "age": f"{age}h" if aged else "0h"})
    start = {"open": items}
    return validate(scenario(plan=plan, funnel=rates, start=start, team={"reps": 1}, horizon={"weeks": 6}))


def check_steady(given: Scenario) -> None:
    """Check that every week has the wins of a steady pipeline."""
    rows = simulate(given, replications=400, seed=9, keep_rep_weeks=True).rep_weeks
    assert rows is not None
    for week in (2, 5, 1, 0, 3, 4):
        check_mean(f"wins of week {week}", rows.counts[:, 0, week, -1], 320.0, detect=12.0)


def test_a_pipeline_that_is_taken_up_goes_on_as_it_was() -> None:
    check_steady(running(aged=True))


def test_a_pipeline_of_which_the_ages_are_forgotten_does_not() -> None:
    with pytest.raises(DeviationError):
        check_steady(running(aged=False))
