"""What makes a target infeasible: each thing that could is taken away, and the largest value tried again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simcore.base.errors import ScenarioError
from simcore.results.sentences import in_percent
from simcore.studies.plan.quantile_search import grid_value, orders
from simcore.studies.plan.request import CALLS, REPS, WEEKS
from simcore.studies.plan.unknowns import unknown_of, without
from simcore.studies.plan.variants import MOST_CALLS, setting_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simcore.studies.plan.unknowns import Solvable

FEW = 64


def reasons_of(unknown: Solvable, limits: Sequence[str]) -> list[str]:
    """Return in words what stands in the way of the largest value; ``limits`` of the engine were met before."""
    reasons = [f"more could not be tried: {limit}" for limit in limits]
    scenario = unknown.asked.scenario
    lagged = any(stage.lag is not None or stage.lost_lag is not None for stage in scenario.funnel)
    capped = any(stage.cap is not None for stage in scenario.funnel)
    words = {
        "lags": "the time that deals take: what begins too late closes after the end of the period",
        "caps": "the caps of the funnel, which turn items away",
    }
    there = {"lags": lagged, "caps": capped}
    helps = [name for name in words if there[name] and _helps(unknown, lags=name == "lags", caps=name == "caps")]
    for name in helps:
        chance = "the same without" if name == "caps" else "if nothing took time, the same"
        reasons.append(f"{words[name]} ({chance} would do)")
    if not helps and lagged and capped and _helps(unknown, lags=True, caps=True):
        reasons.append(f"{words['lags']}, and {words['caps']}: only without both the same would do")
    if len(reasons) == len(limits):
        reasons.append(_simply(unknown))
    return reasons


def _helps(unknown: Solvable, *, lags: bool, caps: bool) -> bool:
    """Return whether the largest value would do without lags or caps."""
    asked = unknown.asked._replace(scenario=without(unknown.asked.scenario, lags=lags, caps=caps))
    try:
        other = unknown_of(asked, setting_of(asked), unknown.played)
        hits = other.hits(min(unknown.most, other.most), FEW)
    except ScenarioError:
        return False
    return hits >= orders(FEW, unknown.asked.confidence).middle


def _simply(unknown: Solvable) -> str:
    """Return that the largest value is not enough."""
    kind, most = unknown.asked.solve_for, grid_value(unknown.most)
    if kind == CALLS:
        return f"a rep cannot make more than {MOST_CALLS:,} calls a week (so many have an address)"
    if kind == REPS:
        return f"a team cannot have more than {most:,} reps here"
    if kind == WEEKS:
        return f"a period cannot be longer than {unknown.value(most):,.0f} weeks here"
    most_rate = unknown.value(most)
    what = (
        "every item passes the step"
        if most_rate >= 1.0
        else f"the rate is {in_percent(most_rate)}, the most its spread allows"
    )
    return f"even if {what}, the calls of the file and the other steps bring too little"
