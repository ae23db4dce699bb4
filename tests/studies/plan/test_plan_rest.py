"""The rest of a period goes on where it is: against periods whose first weeks are holidays, and exact chains."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from simcore.analytic.market_moments import moment
from simcore.program.compile_coaching import weekly
from simcore.scenario.model import validate
from simcore.scenario.parts import Ramp, Team, Turnover
from simcore.studies.plan import rest_of_period as plan_rest
from simcore.studies.plan.request import plan_request
from simcore.studies.plan.rest_of_period import rest_of, team_of_rest
from simcore.studies.plan.simulation import Crew, PlanSimulation, revenue
from simcore.studies.plan.variants import setting_of
from tests.support.scenario_cases import MARKET, funnel, scenario
from tests.support.statistical import DeviationError, check_estimate

WEEKS, WORLDS = 10, 4000
NEW = {"reps": 3, "new": 2, "ramp": {"weeks": 6, "start": 0.1}}
LAGGED = funnel({"lag": "2h"}, {"lag": "2d"}, {"lag": "1w"})
HABIT = {"factor": 0.3, "at_start": 0.9, "yearly": 0.5, "fade_weeks": 3}


def played(done: int | None, seed: int, **parts: Any) -> NDArray[np.float64]:  # noqa: ANN401
    """Return the revenue of many worlds: of the rest of a period, or of a whole one."""
    given = validate(scenario(**parts))
    asked = plan_request(given, 1.0, by=f"{WEEKS}w", done=None if done is None else {"week": done, "calls": 0})
    setting = setting_of(asked)
    worlds = PlanSimulation(given.model_copy(update={"run": given.run.model_copy(update={"seed": seed})}),
                        threads=1, progress=None, stop=None)  # fmt: skip
    crew = Crew(setting.program, 0, given.team.reps)
    found: NDArray[np.float64] = worlds.play([crew], WORLDS, revenue) / 100.0
    return found


def agree(done: int, **parts: Any) -> None:  # noqa: ANN401
    """Check that a week in which nothing was begun is a lost week, whether it is over or was a holiday."""
    calendar = {"hours_per_day": 4, "days_per_week": 2}
    over = [{"week": week + 1} for week in range(done)]
    here = played(done, 1, **parts, calendar=calendar | {"holidays": [{"week": 7}]})
    lost = played(None, 2, **parts, calendar=calendar | {"holidays": [{"week": 7}, *over]})
    se = float(np.sqrt((here.var() + lost.var()) / WORLDS))
    detect = 0.12 * float(lost.mean())
    check_estimate("rest", (float(here.mean()), se), float(lost.mean()), degrees=2 * WORLDS - 2, detect=detect)


@pytest.mark.parametrize("done", [1, 4, 6])
def test_ramps_and_holidays_go_on_in_mid_period(done: int) -> None:
    agree(done, team=NEW, funnel=LAGGED)


def test_a_market_in_mid_period_is_stationary() -> None:
    agree(3, team=NEW, market=MARKET)


@pytest.mark.parametrize("moves", [{"step": 0.08, "persistence": 1}, {"sd": 0.1, "persistence": 0.8, "start": 0.5}])
def test_a_market_drifts_on_in_mid_period(moves: dict[str, Any]) -> None:
    market = moves | {"acts_on": ["meetings"]}
    agree(3, market=market)
    given = validate(scenario(market=market, horizon={"weeks": 10}))
    rest = rest_of(plan_request(given, 1.0, by="10w", done={"week": 3})).market
    assert rest is not None
    for k, week in ((1, 0), (2, 4)):
        assert moment(rest, k, week) == pytest.approx(moment(given.market, k, week + 3), rel=1e-12)


@pytest.mark.parametrize("done", [2, 5])
def test_habits_go_on_in_mid_period(done: int) -> None:
    agree(done, team=NEW, funnel=funnel({"habit": HABIT}))


def test_a_ramp_of_the_warm_up_goes_on_too() -> None:
    warm = validate(scenario(team=NEW, horizon={"weeks": 10, "warmup_weeks": 2}))
    rest = rest_of(plan_request(warm, 1.0, by="10w", done={"week": 1}))
    assert (rest.team.ramp, rest.team.new) == (Ramp(weeks=3, start=0.55), 2)
    over = rest_of(plan_request(validate(scenario(team=NEW)), 1.0, by="10w", done={"week": 6}))
    assert (over.team.ramp, over.team.new) == (Ramp(weeks=6, start=0.1), 0)


def test_sabotage_a_ramp_that_is_over_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan_rest, "team_of_rest", lambda team, *_: team.model_copy(update={"new": 0}))
    with pytest.raises(DeviationError):
        test_ramps_and_holidays_go_on_in_mid_period(1)


def test_sabotage_a_ramp_that_begins_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan_rest, "team_of_rest", lambda team, *_: team)
    with pytest.raises(DeviationError):
        test_ramps_and_holidays_go_on_in_mid_period(4)


def test_sabotage_habits_that_begin_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan_rest, "_with_habit", lambda stage, _: stage)
    with pytest.raises(DeviationError):
        test_habits_go_on_in_mid_period(5)


def activity(team: Team, seat: int, left: int, *, served: int = 0, leaves_at_once: bool = False) -> float:
    """Return the expected weeks of full activity of a seat, by the chain of weeks since its person came (exact)."""
    chance = weekly(team.turnover.yearly) if team.turnover else 0.0
    vacancy = team.turnover.vacancy_weeks if team.turnover else 0
    ramp = team.ramp or Ramp(weeks=1, start=1)

    def level(since: int) -> float:
        return min(1.0, ramp.start + (1.0 - ramp.start) * since / ramp.weeks)

    come = np.zeros(left + vacancy + 1)
    """Chance that someone comes in a week."""
    first, total = 1.0, 0.0
    for week in range(left):
        leaving = chance * first if week or leaves_at_once else 0.0
        first -= leaving
        total += first * (level(served + week) if seat < team.new else 1.0)
        come[week + vacancy] += leaving
        for start in range(week + 1):
            stays = come[start] * (1.0 - chance) ** (week - start)
            total += stays * level(week - start)
            if week > start:
                come[week + vacancy] += come[start] * (1.0 - chance) ** (week - start - 1) * chance
    return total


@pytest.mark.parametrize("served", [1, 3, 5, 8])
@pytest.mark.parametrize(("yearly", "vacancy"), [(0.4, 2), (0.25, 0), (0.8, 5)])
def test_who_leaves_in_mid_period_takes_as_many_calls_along(served: int, yearly: float, vacancy: int) -> None:
    """The mean of the calls that are made, exactly; leavers are matched to first order in the chance to leave."""
    left = 12
    turnover = Turnover(yearly=yearly, vacancy_weeks=vacancy)
    team = Team(reps=4, new=2, ramp=Ramp(weeks=6, start=0.2), turnover=turnover)
    rest = team_of_rest(team, served, left)
    meant = sum(activity(team, seat, left, served=served, leaves_at_once=True) for seat in range(4))
    found = sum(activity(rest, seat, left) for seat in range(4))
    lost = meant - sum(activity(team.model_copy(update={"turnover": None}), s, left, served=served) for s in range(4))
    assert found == pytest.approx(meant, abs=0.01 * left)
    assert abs(found - meant) < 0.12 * abs(lost)


def test_more_items_are_open_in_mid_period_than_a_file_may_list() -> None:
    given = validate(scenario(team={"reps": 12_000}, horizon={"weeks": 4}))
    rest = rest_of(plan_request(given, 1000.0, by="4w", done={"week": 1, "open": 11_999}))
    assert rest.start is not None
    assert len(rest.start.open) == 11_999
