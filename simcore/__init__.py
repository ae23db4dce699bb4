"""simcore: a Monte Carlo simulator of sales work.

>>> import simcore
>>> scenario = simcore.load_scenario("trust-the-process")
>>> result = simcore.simulate(scenario, replications=100)
>>> result.summary.averaging.close[0].horizon
'call'
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from simcore.version import __version__

if TYPE_CHECKING:
    from simcore.attribution import attribute
    from simcore.breakevens import breakeven
    from simcore.coach_document import Coach
    from simcore.coach_study import coach
    from simcore.coaching_hours import HourEffect, HoursAsked
    from simcore.comparison import compare
    from simcore.comparison_document import Comparison
    from simcore.engine import simulate
    from simcore.errors import ExitStatus, FileError, Problem, ScenarioError, SimcoreError
    from simcore.luck_document import Luck
    from simcore.luck_study import luck
    from simcore.plan_document import BackwardPlan
    from simcore.plans import plan
    from simcore.result import Result
    from simcore.results_file import read_rep_weeks
    from simcore.scenario import Scenario
    from simcore.scenario_file import load_scenario
    from simcore.steadiness_document import Steadiness
    from simcore.steadiness_study import steadiness
    from simcore.summary import Estimate, Summary
    from simcore.sweep_document import Breakeven, Sweep
    from simcore.sweeps import sweep
    from simcore.targets import Goal
    from simcore.variance import bench_variance
    from simcore.variance_document import VarianceBench
    from simcore.verification import verify
    from simcore.verification_document import Verification

_HOME = {
    "Breakeven": "sweep_document",
    "Coach": "coach_document",
    "Comparison": "comparison_document",
    "Estimate": "summary",
    "ExitStatus": "errors",
    "FileError": "errors",
    "Goal": "targets",
    "HourEffect": "coaching_hours",
    "HoursAsked": "coaching_hours",
    "Luck": "luck_document",
    "Problem": "errors",
    "Result": "result",
    "Scenario": "scenario",
    "ScenarioError": "errors",
    "SimcoreError": "errors",
    "Summary": "summary",
    "Sweep": "sweep_document",
    "attribute": "attribution",
    "breakeven": "breakevens",
    "coach": "coach_study",
    "compare": "comparison",
    "load_scenario": "scenario_file",
    "luck": "luck_study",
    "read_rep_weeks": "results_file",
    "simulate": "engine",
    "VarianceBench": "variance_document",
    "bench_variance": "variance",
    "Steadiness": "steadiness_document",
    "steadiness": "steadiness_study",
    "BackwardPlan": "plan_document",
    "plan": "plans",
    "sweep": "sweeps",
    "Verification": "verification_document",
    "verify": "verification",
}

__all__ = [
    "BackwardPlan",
    "Breakeven",
    "Coach",
    "Comparison",
    "Estimate",
    "ExitStatus",
    "FileError",
    "Goal",
    "HourEffect",
    "HoursAsked",
    "Luck",
    "Problem",
    "Result",
    "Scenario",
    "ScenarioError",
    "SimcoreError",
    "Steadiness",
    "Summary",
    "Sweep",
    "VarianceBench",
    "Verification",
    "__version__",
    "attribute",
    "bench_variance",
    "breakeven",
    "coach",
    "compare",
    "load_scenario",
    "luck",
    "plan",
    "read_rep_weeks",
    "simulate",
    "steadiness",
    "sweep",
    "verify",
]


def __getattr__(name: str) -> Any:  # noqa: ANN401
    """Import a public name when it is first used (PEP 562), so that ``import simcore`` costs nothing."""
    if name not in _HOME:
        message = f"module 'simcore' has no attribute {name!r}"
        raise AttributeError(message)
    return getattr(import_module(f"simcore.{_HOME[name]}"), name)
