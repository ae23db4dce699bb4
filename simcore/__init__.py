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

from simcore.base.version import __version__
from simcore.studies.study import STUDIES as _STUDIES

if TYPE_CHECKING:
    from simcore.api.signatures import (
        attribute,
        bench_variance,
        breakeven,
        coach,
        compare,
        luck,
        plan,
        simulate,
        steadiness,
        sweep,
    )
    from simcore.base.errors import ExitStatus, FileError, Problem, ScenarioError, SimcoreError, UsageError
    from simcore.results.result import Result
    from simcore.results.summary import Summary
    from simcore.results_folders.results_folder import read_rep_weeks
    from simcore.results_folders.verification import verify
    from simcore.results_folders.verification_document import Verification
    from simcore.scenario.model import Scenario
    from simcore.scenario.precision_goal import Goal
    from simcore.scenario_files.scenario_file import load_scenario
    from simcore.statistics.estimate import Estimate
    from simcore.studies.coach.document import Coach
    from simcore.studies.coach.hours import HourEffect, HoursAsked
    from simcore.studies.compare.document import Comparison
    from simcore.studies.luck.document import Luck
    from simcore.studies.plan.document import BackwardPlan
    from simcore.studies.steadiness.document import Steadiness
    from simcore.studies.sweep.document import Breakeven, Sweep
    from simcore.variance_reduction.document import VarianceBench

_HOME = {
    "Estimate": "statistics.estimate",
    "ExitStatus": "base.errors",
    "FileError": "base.errors",
    "Goal": "scenario.precision_goal",
    "HourEffect": "studies.coach.hours",
    "HoursAsked": "studies.coach.hours",
    "Problem": "base.errors",
    "Result": "results.result",
    "Scenario": "scenario.model",
    "ScenarioError": "base.errors",
    "SimcoreError": "base.errors",
    "UsageError": "base.errors",
    "Verification": "results_folders.verification_document",
    "attribute": "studies.compare.attribution",
    "load_scenario": "scenario_files.scenario_file",
    "read_rep_weeks": "results_folders.results_folder",
    "verify": "results_folders.verification",
    **{study.function: study.home for study in _STUDIES.values()},
    **{study.document_name: study.document_home for study in _STUDIES.values()},
}
"""The module of each public name, without ``simcore.``."""

_QUESTIONS = frozenset(("attribute", *(study.function for study in _STUDIES.values())))
"""Functions that take a scenario first: what is public reads what people pass, see `simcore.api.arguments`."""

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
    "UsageError",
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
    found = getattr(import_module(f"simcore.{_HOME[name]}"), name)
    if name in _QUESTIONS:
        found = import_module("simcore.api.arguments").public_function(found)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    """Return the public names, whether or not they were used; nothing is imported for it."""
    return sorted({*__all__, *(name for name in globals() if name.startswith("__"))})
