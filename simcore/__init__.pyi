"""What type checkers know of simcore: its public names, and its functions as they read what people pass.

`simcore.api.arguments` makes these functions of those of the engine and the studies; `tests/api/test_public_types.py`
holds this file to what is there.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import TypeAlias

from simcore.base.errors import ExitStatus as ExitStatus
from simcore.base.errors import FileError as FileError
from simcore.base.errors import Problem as Problem
from simcore.base.errors import ScenarioError as ScenarioError
from simcore.base.errors import SimcoreError as SimcoreError
from simcore.base.errors import UsageError as UsageError
from simcore.base.version import __version__ as __version__
from simcore.crm.cells.refused import DataError as DataError
from simcore.crm.data import DealData as DealData
from simcore.crm.document import DataCheck as DataCheck
from simcore.crm.reading import read_calls as read_calls
from simcore.crm.reading import read_deals as read_deals
from simcore.engine.runner import Progress
from simcore.fitting.document import Fit as Fit
from simcore.fitting.fit import fit as fit
from simcore.forecasting.backtest import backtest as backtest
from simcore.forecasting.backtest_document import Backtest as Backtest
from simcore.forecasting.call_log import backtest_calls as backtest_calls
from simcore.forecasting.forecast import forecast as forecast
from simcore.forecasting.forecast_document import Forecast as Forecast
from simcore.results.rep_weeks import RepWeekBlock
from simcore.results.result import Result as Result
from simcore.results.summary import Summary as Summary
from simcore.results_folders.results_folder import read_rep_weeks as read_rep_weeks
from simcore.results_folders.verification import verify as verify
from simcore.results_folders.verification_document import Verification as Verification
from simcore.run_parts.merge import merge as merge
from simcore.scenario.model import Scenario as Scenario
from simcore.scenario.precision_goal import Goal as Goal
from simcore.scenario_files.scenario_file import Source
from simcore.scenario_files.scenario_file import load_scenario as load_scenario
from simcore.statistics.estimate import Estimate as Estimate
from simcore.studies.coach.document import Coach as Coach
from simcore.studies.coach.hours import HourEffect as HourEffect
from simcore.studies.coach.hours import HoursAsked as HoursAsked
from simcore.studies.compare.document import AttributionTable
from simcore.studies.compare.document import Comparison as Comparison
from simcore.studies.luck.dismissal import Rule
from simcore.studies.luck.document import Luck as Luck
from simcore.studies.plan.document import BackwardPlan as BackwardPlan
from simcore.studies.steadiness.document import Steadiness as Steadiness
from simcore.studies.sweep.document import Breakeven as Breakeven
from simcore.studies.sweep.document import Sweep as Sweep
from simcore.tables.documents import tables_of as tables_of
from simcore.tables.table import Table as Table
from simcore.variance_reduction.document import VarianceBench as VarianceBench

__all__: list[str]

_Count: TypeAlias = float | str
_Amount: TypeAlias = float | str
_Share: TypeAlias = float | str
_Names: TypeAlias = str | Iterable[str]
_Precisions: TypeAlias = Goal | str | Iterable[str] | Mapping[str, float | str]
_Grid: TypeAlias = str | Iterable[str] | Mapping[str, object]
_Tell: TypeAlias = Callable[[Progress], object] | None
_Stop: TypeAlias = Callable[[], object] | None

def simulate(
    scenario: Source,
    *,
    replications: _Count | None = None,
    precision: _Precisions | None = None,
    seed: _Count | None = None,
    threads: _Count | None = None,
    progress: _Tell = None,
    sink: Callable[[RepWeekBlock], object] | None = None,
    stop: _Stop = None,
    keep_rep_weeks: bool = False,
    limit: bool = True,
) -> Result: ...
def compare(
    scenario: Source,
    names: _Names | None = None,
    *,
    baseline: str | None = None,
    replications: _Count | None = None,
    precision: _Precisions | None = None,
    seed: _Count | None = None,
    threads: _Count | None = None,
    progress: _Tell = None,
    stop: _Stop = None,
    limit: bool = True,
) -> Comparison: ...
def attribute(
    scenario: Source,
    name: str,
    baseline: str,
    *,
    replications: _Count | None = None,
    seed: _Count | None = None,
    threads: _Count | None = None,
    progress: _Tell = None,
    stop: _Stop = None,
    limit: bool = True,
) -> AttributionTable | None: ...
def sweep(
    scenario: Source,
    vary: _Grid,
    *,
    strategies: _Names = (),
    metrics: _Names = (),
    replications: _Count | None = None,
    seed: _Count | None = None,
    threads: _Count | None = None,
    progress: _Tell = None,
    stop: _Stop = None,
    limit: bool = True,
) -> Sweep: ...
def breakeven(
    scenario: Source,
    vary: _Grid,
    *,
    strategies: _Names = (),
    metric: str = "revenue",
    replications: _Count | None = None,
    seed: _Count | None = None,
    threads: _Count | None = None,
    progress: _Tell = None,
    stop: _Stop = None,
    limit: bool = True,
) -> Breakeven: ...
def plan(
    scenario: Source,
    target: _Amount,
    *,
    by: str = "quarter",
    confidence: _Share = 0.8,
    solve_for: str = "calls",
    done: str | Iterable[str] | Mapping[str, _Amount] | None = None,
    replications: _Count | None = None,
    precision: _Share | None = None,
    max_replications: _Count | None = None,
    seed: _Count | None = None,
    threads: _Count | None = None,
    frontier: bool = True,
    progress: _Tell = None,
    stop: _Stop = None,
    limit: bool = True,
) -> BackwardPlan: ...
def luck(
    scenario: Source,
    *,
    drop: str | tuple[str, _Share] | Mapping[str, _Share] | None = None,
    rule: Rule | str | None = None,
    who: str | int | None = None,
    replications: _Count | None = None,
    seed: _Count | None = None,
    threads: _Count | None = None,
    progress: _Tell = None,
    stop: _Stop = None,
    limit: bool = True,
) -> Luck: ...
def coach(
    scenario: Source,
    *,
    hours: HoursAsked | None = None,
    replications: _Count | None = None,
    seed: _Count | None = None,
    threads: _Count | None = None,
    progress: _Tell = None,
    stop: _Stop = None,
    limit: bool = True,
) -> Coach: ...
def steadiness(
    scenario: Source,
    *,
    replications: _Count | None = None,
    seed: _Count | None = None,
    threads: _Count | None = None,
    progress: _Tell = None,
    stop: _Stop = None,
    limit: bool = True,
) -> Steadiness: ...
def bench_variance(
    scenario: Source,
    metric: str = "revenue",
    *,
    strategies: _Names = (),
    batch: _Count | None = None,
    batches: _Count = 8,
    seed: _Count | None = None,
    progress: _Tell = None,
    stop: _Stop = None,
    limit: bool = True,
) -> VarianceBench: ...
