"""The rest of a period, in mid-period: seats, ramps, habits, holidays and quota periods go on as they are.

A run always begins with its first simulated week. What a rep brings along from the weeks that are over is put into the
scenario of the rest instead:

* a ramp from ``start`` to 1 in R weeks of which k are over is one from ``start + (1 - start) k / R`` in R - k weeks,
  exactly;
* a habit that was there with the chance ``at_start`` is there with the chance that a chain of two states has after k
  weeks, exactly (Kemeny and Snell 1960, *Finite Markov Chains*, chapter 4);
* a market that does not come back, or started from a level, has drifted: it starts from the level and the sd that it
  has in the last of the k weeks by `simcore.analytic.market_moments`, exactly;
* a holder may leave in the first week, too. The engine lets nobody leave then, and it has one ramp for the holders and
  for who replaces them. So the vacancy and the chance to leave are set such that leavers take as many calls with them
  on average as they would, to first order in the chance to leave.

Nobody has left in the weeks that are over: the team of the file is the team that is there.
"""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simcore.analytic.market_moments import is_stationary, log_covariance, moment
from simcore.base.periods import WEEKS_PER_YEAR
from simcore.program.compile_coaching import weekly
from simcore.quantities.open_items import OpenItems, Start
from simcore.scenario.parts import MarketStart

if TYPE_CHECKING:
    from simcore.scenario.model import Scenario, Stage
    from simcore.scenario.parts import Market, Ramp, Team
    from simcore.studies.plan.request import PlanRequest

Floats = NDArray[np.float64]

_ALMOST_SURE = 1.0 - 1e-9
"""The largest chance to leave within a week."""


def rest_of(asked: PlanRequest) -> Scenario:
    """Return the scenario of what is left of the period: no warm-up then, and what is open spread over the seats.

    Examples
    --------
    >>> from simcore.studies.plan.request import plan_request
    >>> from simcore.scenario_files.scenario_file import load_scenario
    >>> changes = ["team.reps=2", "team.new=2", "team.ramp={weeks: 6, start: 0.4}"]
    >>> asked = plan_request(load_scenario("backward-from-100k", changes), 30_000, done={"week": 2})
    >>> rest = rest_of(asked)
    >>> rest.horizon.weeks, rest.team.ramp.weeks, round(rest.team.ramp.start, 3)
    (11, 4, 0.6)
    """
    scenario, done = asked.scenario, asked.done
    if done is None:
        return scenario
    left = asked.weeks - done.week
    served = served_weeks(asked)
    manager = scenario.manager
    first_week = max(1, manager.first_week - served) if manager is not None else 1
    return scenario.model_copy(
        update={
            "horizon": scenario.horizon.model_copy(update={"weeks": left, "warmup_weeks": 0}),
            "calendar": scenario.calendar.later(done.week),
            "start": _open(done.open, scenario.team.reps),
            "team": team_of_rest(scenario.team, served, left),
            "funnel": tuple(_with_habit(stage, served) for stage in scenario.funnel),
            "market": _market_after(scenario.market, served),
            "manager": manager and manager.model_copy(update={"first_week": first_week}),
        }
    )


def served_weeks(asked: PlanRequest) -> int:
    """Return the weeks since the first one that the file simulates: those of the warm-up, and those that are over."""
    return 0 if asked.done is None else asked.scenario.horizon.warmup_weeks + asked.done.week


def _market_after(market: Market | None, served: int) -> Market | None:
    """Return the market as it goes on after so many weeks, of which nothing else is known."""
    if market is None or is_stationary(market) or served == 0:
        return market
    last = served - 1
    start = MarketStart(level=moment(market, 1, last), sd=sqrt(log_covariance(market, last, last)))
    return market.model_copy(update={"start": start})


def _open(items: dict[str, int], reps: int) -> Start | None:
    """Return the open items of a team, as evenly over its seats as they go."""
    entries = []
    for stage, count in items.items():
        each, more = divmod(count, reps)
        if each:
            entries.append({"stage": stage, "count": each})
        entries += [{"stage": stage, "count": 1, "rep": rep + 1} for rep in range(more)]
    return Start.of(map(OpenItems.model_validate, entries)) if entries else None


def team_of_rest(team: Team, served: int, left: int) -> Team:
    """Return the team as it goes on after so many weeks, for the weeks that are left (the module's docstring)."""
    ramp = team.ramp
    new = team.new if ramp is not None and served < ramp.weeks else 0
    if served == 0:
        return team
    later = ramp
    if ramp is not None and new:
        start = ramp.start + (1.0 - ramp.start) * served / ramp.weeks
        later = ramp.model_copy(update={"weeks": ramp.weeks - served, "start": start})
    rest = team.model_copy(update={"new": new, "ramp": later})
    turnover = team.turnover
    if turnover is None:
        return rest
    vacancy = turnover.vacancy_weeks + round(_lost_by(ramp) - _lost_by(later))
    holder = (new * activity_of(later, left) + (team.reps - new)) / team.reps
    meant = _lost(holder, _replacement(ramp, turnover.vacancy_weeks, left)).sum()
    played = _lost(holder, _replacement(later, vacancy, left))[1:].sum()
    more = meant / played if played > 0.0 < meant else left / max(1, left - 1)
    chance = min(_ALMOST_SURE, weekly(turnover.yearly) * float(more))
    yearly = 1.0 - (1.0 - chance) ** WEEKS_PER_YEAR
    changed = {"yearly": min(yearly, _ALMOST_SURE), "vacancy_weeks": vacancy}
    return rest.model_copy(update={"turnover": turnover.model_copy(update=changed)})


def _lost_by(ramp: Ramp | None) -> float:
    """Return the weeks of calls that a ramp takes from a new rep."""
    return 0.0 if ramp is None else (1.0 - ramp.start) * (ramp.weeks + 1) / 2.0


def activity_of(ramp: Ramp | None, weeks: int) -> Floats:
    """Return the activity of a new rep in the first so many weeks, float64[weeks]."""
    if ramp is None:
        return np.ones(weeks)
    return np.minimum(1.0, ramp.start + (1.0 - ramp.start) * np.arange(weeks) / ramp.weeks)


def _replacement(ramp: Ramp | None, vacancy: int, weeks: int) -> Floats:
    """Return the activity in a seat in the weeks after its holder left, float64[weeks]."""
    return np.concatenate([np.zeros(min(vacancy, weeks)), activity_of(ramp, max(0, weeks - vacancy))])


def _lost(holder: Floats, replacement: Floats) -> Floats:
    """Return the weeks of calls that are lost until the end if a holder leaves in each week, float64[weeks]."""
    stays = holder[::-1].cumsum()[::-1]
    lost: Floats = stays - replacement.cumsum()[::-1]
    return lost


def _with_habit(stage: Stage, served: int) -> Stage:
    """Return a stage whose habit is there with the chance that it has after so many weeks without a manager."""
    habit = stage.habit
    if habit is None or not served:
        return stage
    onset = weekly(habit.yearly)
    change = 1.0 - onset - (1.0 / habit.fade_weeks if habit.fade_weeks is not None else 0.0)
    steady = onset / (1.0 - change) if change < 1.0 else 0.0
    chance = steady + (habit.at_start - steady) * change**served
    return stage.model_copy(update={"habit": habit.model_copy(update={"at_start": min(1.0, max(0.0, chance))})})
