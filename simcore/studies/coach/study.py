"""Coaching the process: whom to coach, which step to improve, the best use of hours, and what items are worth."""

from __future__ import annotations

from collections.abc import Callable
from math import ceil
from typing import TYPE_CHECKING, NamedTuple

from simcore.analytic.run_cost import Bill, cost, one_world, rep_week_ns, together
from simcore.base.errors import Problem, ScenarioError
from simcore.engine.many_scenarios import TOGETHER, ScenarioBatch, rep_weeks
from simcore.engine.playable import of_alike_reps, with_run_overrides
from simcore.engine.runner import Progress, Report, Stop
from simcore.results.header import header_of
from simcore.scenario.metric import COACHING
from simcore.statistics.metrics import check_scenarios
from simcore.studies.coach.document import Coach
from simcore.studies.coach.hours import HoursAsked, best_hours, check_hours, hours_programs
from simcore.studies.coach.item_values import ValuesPlan, plan_values, values
from simcore.studies.coach.leverage import leverage
from simcore.studies.coach.levers import Lever, levers
from simcore.studies.coach.rules import compare_rules, has_habits, rep_weeks_of, with_rule
from simcore.studies.coach.sentences import leverage_sentences, values_sentences

if TYPE_CHECKING:
    from simcore.scenario.model import Scenario

FEWEST = 32
"""Fewest replications that say anything of errors."""
LEAST, MOST = 32, 8192
"""Replications by default lie within these bounds ..."""
REACTING = 2.0
"""Runs with referrals, habits or a strategy that reacts take about so many times what they are estimated at."""
SECONDS = 5.0
"""... and so many that all runs take about this many seconds of a thread, as `simcore.analytic.run_cost` estimates."""
RULES_LEAST, RULES_MOST = 128, 2048
RULES_SECONDS = 8.0
"""The same for the rules of coaching, which are compared in worlds of the same number or fewer."""


class CoachPlan(NamedTuple):
    """All that an answer runs, checked."""

    scenario: Scenario
    hours: HoursAsked | None
    levers: list[Lever]
    values: ValuesPlan
    replications: int
    """Of every run."""
    rep_weeks: int
    """In all but the rules of coaching, about."""
    rules_replications: int
    """Of every rule of coaching; 0 where there is nothing to repair."""

    @property
    def all_rep_weeks(self) -> int:
        """In all, about."""
        rules = rep_weeks_of(self.scenario, self.rules_replications) if self.rules_replications else 0
        return self.rep_weeks + rules

    def cost(self, threads: int) -> Bill:
        """Return what all runs cost, `TOGETHER` of which are in memory at a time."""
        one = cost(one_world(self.scenario), threads)
        price = together([one] * TOGETHER, times=self.all_rep_weeks / (TOGETHER * one.rep_weeks))
        return Bill(price, threads, cheaper="fewer replications (-n)")

    def run(self, *, threads: int | None = None, progress: Report | None = None, stop: Stop | None = None) -> Coach:
        """Return the answer; see `coach`."""
        return run_coach(self, threads=threads, progress=progress, stop=stop)


def plan_coach(
    scenario: Scenario, *, hours: HoursAsked | None = None, replications: int | None = None, seed: int | None = None
) -> CoachPlan:
    """Return what an answer will run; see `coach`.

    Raises
    ------
    ScenarioError
        If the scenario or the question leave their ranges.
    """
    if replications is not None and replications < FEWEST:
        allowed = f"{FEWEST} or more"
        raise ScenarioError((Problem("out of range", "replications", value=str(replications), allowed=allowed),))
    if scenario.plan.calls_per_week == 0:
        message = "what coaching brings is told by the call, and nobody calls"
        raise ScenarioError((Problem(message, "plan.calls_per_week", value="0", allowed="1 to 65535"),))
    if hours is not None:
        check_hours(scenario, hours)
        check_scenarios(COACHING.metric_of(hours.measure), [scenario])
    scenario = of_alike_reps(with_run_overrides(scenario, replications, seed), "coaching")
    ready, plan = levers(scenario), plan_values(scenario)
    everything = [scenario, *(lever.scenario for lever in ready if lever.scenario is not None), *plan.everything]
    work = sum(map(rep_weeks, everything)) + (hours_programs(hours) * rep_weeks(scenario) if hours else 0)
    worlds = replications or _default(scenario, work)
    coached = (replications or _for_rules(scenario)) if has_habits(scenario) else 0
    return CoachPlan(scenario, hours, ready, plan, worlds, work * worlds, coached)


def coach(
    scenario: Scenario,
    *,
    hours: HoursAsked | None = None,
    replications: int | None = None,
    seed: int | None = None,
    threads: int | None = None,
    progress: Callable[[Progress], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> Coach:
    """Find whom to coach, which step to improve and what a call, a "no", a meeting held and an opportunity are worth.

    Parameters
    ----------
    scenario
        From `simcore.load_scenario`; its strategy is the one that is looked at.
    hours
        Coaching hours to be given out, and what an hour does.
    replications
        Of every run, at least 32; by default 32 to 8,192, so many that all takes some seconds.
    seed
        Overrides the scenario's.
    threads, progress, stop
        As for `simcore.simulate`; progress counts rep-weeks of all runs. What was done when it is stopped is kept.

    Raises
    ------
    ScenarioError
        If the scenario or the question leave their ranges, or a drive explodes.

    Examples
    --------
    >>> from simcore import load_scenario
    >>> found = coach(load_scenario("trust-the-process"), replications=64)
    >>> [(item.item, round(item.exact, 2)) for item in found.values.items]
    [('calls', 20.0), ('no', 20.41), ('meetings', 1000.0), ('opportunities', 5000.0)]
    """
    plan = plan_coach(scenario, hours=hours, replications=replications, seed=seed)
    return run_coach(plan, threads=threads, progress=progress, stop=stop)


def run_coach(
    plan: CoachPlan,
    *,
    threads: int | None = None,
    progress: Callable[[Progress], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> Coach:
    """Run what was planned; see `coach`."""
    scenario, hours = plan.scenario, plan.hours
    runs = ScenarioBatch(
        plan.replications, scenario.run.seed, total=plan.all_rep_weeks, threads=threads, progress=progress, stop=stop
    )
    found, base, more = leverage(scenario, runs, plan.levers)
    given = best_hours(scenario, runs, hours) if hours is not None and not runs.stopped else None
    found = found.model_copy(
        update={"hours": given, "interrupted": found.interrupted or (hours is not None and given is None)}
    )
    worth = None if runs.stopped else values(scenario, runs, base, more, plan.values)
    rules = None
    if plan.rules_replications and not runs.stopped:
        with runs.meter.part(rep_weeks_of(scenario, plan.rules_replications)) as report:
            rules = compare_rules(scenario, plan.rules_replications, threads=threads, progress=report, stop=stop)
    currency = scenario.deal.currency
    found = found.model_copy(update={"sentences": leverage_sentences(found)})
    if worth is not None:
        worth = worth.model_copy(update={"sentences": values_sentences(worth, currency)})
    return Coach(
        **header_of(
            scenario,
            replications=plan.replications,
            interrupted=runs.stopped or (rules is not None and rules.interrupted),
            seconds=runs.meter.seconds,
        ),
        leverage=found,
        values=worth,
        rules=rules,
    )


def _default(scenario: Scenario, work: int) -> int:
    """Return the replications that some rep-weeks for each of them allow."""
    is_followed = bool(scenario.strategy.drives) or scenario.referrals is not None or scenario.coached
    slow = REACTING if is_followed else 1.0
    wanted = ceil(SECONDS * 1e9 / (work * rep_week_ns(scenario) * slow))
    return max(LEAST, min(MOST, 16 * (wanted // 16)))


def _for_rules(scenario: Scenario) -> int:
    """Return the worlds that the rules of coaching are compared in by default."""
    wanted = ceil(RULES_SECONDS * 1e9 / (rep_weeks_of(scenario, 1) * rep_week_ns(with_rule(scenario, "process"))))
    return max(RULES_LEAST, min(RULES_MOST, 32 * (wanted // 32)))
