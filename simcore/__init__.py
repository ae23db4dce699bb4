"""simcore: a Monte Carlo simulator of sales work.

Its public names are those of `_HOME`; type checkers know them from ``__init__.pyi``.

>>> import simcore
>>> scenario = simcore.load_scenario("trust-the-process")
>>> result = simcore.simulate(scenario, replications=100)
>>> result.summary.averaging.close[0].horizon
'call'
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from simcore.base.version import __version__ as __version__
from simcore.studies.study import STUDIES as _STUDIES

_HOME = {
    "DataCheck": "crm.document",
    "DataError": "crm.cells.refused",
    "DealData": "crm.data",
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
    "Table": "tables.table",
    "UsageError": "base.errors",
    "Verification": "results_folders.verification_document",
    "Backtest": "forecasting.backtest_document",
    "Fit": "fitting.document",
    "Forecast": "forecasting.forecast_document",
    "backtest": "forecasting.backtest",
    "backtest_calls": "forecasting.call_log",
    "fit": "fitting.fit",
    "forecast": "forecasting.forecast",
    "attribute": "studies.compare.attribution",
    "load_scenario": "scenario_files.scenario_file",
    "merge": "run_parts.merge",
    "read_calls": "crm.reading",
    "read_deals": "crm.reading",
    "read_rep_weeks": "results_folders.results_folder",
    "tables_of": "tables.documents",
    "verify": "results_folders.verification",
    **{study.function: study.home for study in _STUDIES.values()},
    **{study.document_name: study.document_home for study in _STUDIES.values()},
}
"""The module of each public name, without ``simcore.``."""

_QUESTIONS = frozenset(("attribute", *(study.function for study in _STUDIES.values())))
"""Functions that take a scenario first: what is public reads what people pass, see `simcore.api.arguments`."""

__all__ = sorted([*_HOME, "__version__"])  # noqa: PLE0605  (all of `_HOME`)


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
