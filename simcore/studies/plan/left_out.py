"""What the arithmetic of a plan leaves out, with its share: holidays, calls that nobody makes, deals that close late.

All three are worked out exactly from the scenario, not from the worlds:

* **holidays**: hours of the period in which nobody works;
* **seats**: calls of the plan that new reps on their ramp and vacant seats do not make, by the chain of weeks since
  the holder of a seat came;
* **late**: deals of calls of the period, spread evenly over its working hours, that close after its end. The time from
  the call to the close is a sum of independent lags (`simcore.analytic.waiting_times`), whatever the rates are.

A season takes wins or adds some, with a share where nothing takes time. Where deals need something, it also leaves out
the wins that this takes (`simcore.analytic.needs`); what is late, and the calls of checks, are then told without a
share.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simcore.analytic.needs import owes_calls, passing
from simcore.analytic.rate_factors import season_in
from simcore.analytic.waiting_times import lag_hours, summed
from simcore.program.compile_coaching import weekly
from simcore.results.sentences import in_percent
from simcore.scenario.needs import needs_step
from simcore.studies.plan.document import PlanLeftOut, What
from simcore.studies.plan.rest_of_period import activity_of

if TYPE_CHECKING:
    from simcore.scenario.model import Scenario
    from simcore.scenario.parts import Team
    from simcore.studies.plan.variants import Setting

Floats = NDArray[np.float64]

_LEAST = 5e-4
"""A smaller share is not told."""


def left_out_of(setting: Setting) -> list[PlanLeftOut]:
    """Return what the arithmetic leaves out of what is left of a period, in the order in which it matters to a reader.

    Examples
    --------
    >>> from simcore.studies.plan.request import plan_request
    >>> from simcore.studies.plan.variants import setting_of
    >>> from simcore.scenario_files.scenario_file import load_scenario
    >>> for each in left_out_of(setting_of(plan_request(load_scenario("backward-from-100k"), 100_000))):
    ...     print(round(each.share, 3), each.words)
    0.231 holidays take 3 of the 13 weeks (23 %)
    """
    weeks, hours = setting.working.shape
    gone = 1.0 - setting.hours / (weeks * hours)
    unmade, late = 1.0 - made_share(setting), late_share(setting)
    whose = "new reps on their ramp and vacant seats" if setting.scenario.team.turnover else "new reps on their ramp"
    span = f"the {weeks} weeks" if weeks > 1 else "the week"
    before = setting.scenario.horizon.warmup_weeks > 0 or len(setting.program.start.stage) > 0
    open_before = "; what was begun before the period is not in it either" if before else ""
    told: tuple[tuple[What, float, str], ...] = (
        ("holidays", gone, f"holidays take {gone * weeks:.3g} of {span} ({in_percent(gone)})"),
        ("seats", unmade, f"{whose} leave out {in_percent(unmade)} of the calls of the plan on average"),
        (
            "late",
            late,
            f"{in_percent(late)} of the deals of these calls close after the end of the period{open_before}",
        ),
    )
    found = [PlanLeftOut(what=what, share=part, words=words) for what, part, words in told if part >= _LEAST]
    if setting.scenario.inflow:
        words = (
            "what comes without a call brings deals, too, so that fewer calls may be enough (whose it would be in "
            "another team is not said: other teams and periods are not looked at)"
        )
        found.append(PlanLeftOut(what="inflow", share=None, words=words))
    if any(stage.closing for stage in setting.scenario.funnel):
        words = "deals that wait for a closing day close after the end of the period, how many has no closed form"
        found.append(PlanLeftOut(what="late", share=None, words=words))
    return found + _season(setting) + (_needs(setting.scenario) if needs_step(setting.scenario.funnel) else [])


def _season(setting: Setting) -> list[PlanLeftOut]:
    """Return what the season makes of the wins that the rates promise; without a share where deals take time."""
    scenario = setting.scenario
    steps = scenario.funnel[1:]
    if scenario.season is None:
        return []
    if any(step.lag or step.lost_lag or step.needs for step in steps):
        words = "the season of the weeks in which deals are decided"
        return [PlanLeftOut(what="season", share=None, words=words)]
    worked = setting.working.sum(axis=1)
    first = scenario.horizon.warmup_weeks
    factors = np.array([season_in(scenario, steps, first + week) for week in range(len(worked))])
    taken = 1.0 - float(factors @ worked / worked.sum())
    if abs(taken) < _LEAST:
        return []
    words = (
        f"the season {'takes' if taken > 0.0 else 'adds'} {in_percent(abs(taken))} of the wins that the rates promise"
    )
    return [PlanLeftOut(what="season", share=taken, words=words)]


def _needs(scenario: Scenario) -> list[PlanLeftOut]:
    """Return what the arithmetic leaves out where deals need something: wins, time, and calls."""
    kept = passing(scenario)
    lost = "some" if kept is None else in_percent(1.0 - kept)
    told: list[tuple[What, float | None, str]] = [
        (
            "needs",
            None if kept is None else 1.0 - kept,
            f"what deals need takes {lost} of the wins that the rates promise",
        ),
        (
            "late",
            None,
            "deals close after the end of the period, how many has no closed form where they need something",
        ),
    ]
    if owes_calls(scenario):
        told.append(("checks", None, "checks of what deals need cost calls of the plan"))
    return [PlanLeftOut(what=what, share=share, words=words) for what, share, words in told]


def late_share(setting: Setting) -> float:
    """Return the share of the deals of calls of the period that close after its end, by plan and without reactions."""
    scenario = setting.scenario
    closing = any(stage.closing for stage in scenario.funnel)
    if not any(stage.lag for stage in scenario.funnel) or needs_step(scenario.funnel) or closing:
        return 0.0  # where deals need something or wait for a day, what is late is told without a share
    worked = np.flatnonzero(setting.working.ravel())
    end = setting.working.size
    waits = [lag_hours(stage.lag, scenario.calendar) for stage in scenario.funnel[1:]]
    in_time = np.concatenate([[0.0], np.cumsum(summed(waits, end))])
    return float(1.0 - in_time[end - worked].mean())


def made_share(setting: Setting) -> float:
    """Return the share of the calls of the plan that the seats of a team make on average: less ramps and vacancies."""
    scenario = setting.scenario
    team, warmup = scenario.team, scenario.horizon.warmup_weeks
    weights = np.concatenate([np.zeros(warmup), setting.working.sum(axis=1)])
    new = _made_by_week(team, len(weights), is_new=True)
    others = _made_by_week(team, len(weights), is_new=False)
    made = (team.new * new + (team.reps - team.new) * others) / team.reps
    return float(made @ weights / weights.sum())


def _made_by_week(team: Team, weeks: int, *, is_new: bool) -> Floats:
    """Return the expected activity of a seat in every simulated week, float64[weeks]."""
    ramp = activity_of(team.ramp, weeks)
    first = ramp if is_new else np.ones(weeks)
    if team.turnover is None:
        return first
    chance, vacancy = weekly(team.turnover.yearly), team.turnover.vacancy_weeks
    stays = (1.0 - chance) ** np.arange(weeks)
    come = np.zeros(weeks)
    """Chance that someone new begins in a week."""
    there = 0.0
    for week in range(weeks):
        # Nobody leaves in the week in which the person began.
        leaving = chance * there + (chance * stays[week - 1] if week else 0.0)
        there *= 1.0 - chance
        if vacancy == 0:
            come[week] += leaving
        elif week + vacancy < weeks:
            come[week + vacancy] += leaving
        there += come[week]
    return first * stays + np.convolve(come, stays * ramp)[:weeks]
