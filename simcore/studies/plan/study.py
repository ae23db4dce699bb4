"""Planning backward: the least calls, reps, weeks or rate for which a target is reached with a stated confidence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING, Unpack

from simcore.base.errors import Problem, ScenarioError
from simcore.engine.playable import with_run_overrides
from simcore.studies.plan.request import CALLS, plan_request
from simcore.studies.plan.search import LEAST, MOST, How, Planner

if TYPE_CHECKING:
    from simcore.analytic.run_cost import Bill
    from simcore.engine.runner import Report, Stop
    from simcore.scenario.model import Scenario
    from simcore.studies.plan.document import BackwardPlan
    from simcore.studies.plan.request import PlanRequest


def plan(
    scenario: Scenario,
    target: float,
    *,
    by: str = "quarter",
    confidence: float = 0.8,
    solve_for: str = CALLS,
    done: Mapping[str, float] | None = None,
    **how: Unpack[How],
) -> BackwardPlan:
    """Find the least with which a team reaches a target with a stated confidence.

    Parameters
    ----------
    scenario
        From `simcore.load_scenario`. Its strategy is run as it is, its team is the team.
    target
        Revenue by close of the whole team in the period, in units of the currency; 0.01 to 1e12.
    by
        The period: ``quarter`` (13 weeks), ``year`` (52), or a number of weeks as in ``6w``; it begins
        after the warm-up.
    confidence
        The chance to reach the target that is asked for, above 0 and below 1.
    solve_for
        ``calls``, ``reps``, ``weeks``, or a stage after the first: the rate of the step into it.
    done
        Where the team stands in mid-period: ``week`` (weeks that are over) or ``calls`` (made so far) or both, ``won``
        (revenue so far), ``open`` (open items in the stage before the last) or the names of middle stages.
    how
        See `How`; ``progress`` and ``stop`` as for `simcore.simulate`.

    Raises
    ------
    ScenarioError
        If the question or the scenario is out of range, or a drive explodes where the answer is looked for.

    Examples
    --------
    >>> from simcore import load_scenario, plan
    >>> found = plan(load_scenario("backward-from-100k"), 100_000, frontier=False, replications=1000)
    >>> found.arithmetic.calls, round(found.exact.chance, 2), found.exact.estimate
    (5000.0, 0.54, 6258.0)
    >>> low, high = found.answer.interval
    >>> low <= 6258 <= high
    True
    """
    search = plan_search(scenario, target, by=by, confidence=confidence, solve_for=solve_for, done=done, **how)
    return search.run(threads=how.get("threads"), progress=how.get("progress"), stop=how.get("stop"))


@dataclass(frozen=True)
class PlanSearch:
    """A question that is checked, and how its answer is found."""

    asked: PlanRequest
    how: How

    def cost(self, threads: int) -> Bill:
        """Return what the values cost that are tried, about `TRIED`."""
        return Planner(self.asked, self.how).cost(threads)

    def run(
        self, *, threads: int | None = None, progress: Report | None = None, stop: Stop | None = None
    ) -> BackwardPlan:
        """Return the answer; see `plan`."""
        return Planner(self.asked, {**self.how, "threads": threads, "progress": progress, "stop": stop}).planned()


def plan_search(
    scenario: Scenario,
    target: float,
    *,
    by: str = "quarter",
    confidence: float = 0.8,
    solve_for: str = CALLS,
    done: Mapping[str, float] | None = None,
    **how: Unpack[How],
) -> PlanSearch:
    """Return what a search will try; see `plan`.

    Raises
    ------
    ScenarioError
        If the question is out of range.
    """
    unknown = sorted(set(how) - set(How.__annotations__))
    if unknown:
        raise TypeError(f"plan() got an unexpected keyword argument {unknown[0]!r}")
    _check_how(how)
    scenario = with_run_overrides(scenario, None, how.get("seed"))
    asked = plan_request(scenario, target, by=by, confidence=confidence, solve_for=solve_for, done=done)
    return PlanSearch(asked, how)


def _check_how(how: How) -> None:
    problems = []
    precision = how.get("precision")
    if precision is not None and not (isfinite(precision) and 0.0 < precision < 1.0):
        problems.append(Problem("is no precision of a plan", "precision", value=f"{precision:g}",
                                allowed="above 0 %, below 100 %: a part of the answer"))  # fmt: skip
    for name, given, least in (
        ("replications", how.get("replications"), 2),
        ("max-replications", how.get("max_replications"), LEAST),
    ):
        if given is not None and not least <= given <= MOST:
            problems.append(Problem("out of range", name, value=f"{given:,}", allowed=f"{least} to {MOST:,}"))
    if problems:
        raise ScenarioError(tuple(problems))
