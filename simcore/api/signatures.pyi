"""What type checkers know of the public functions: they read what people pass, see `simcore.api.arguments`.

There is no such module when simcore runs: `tests/test_public_types.py` holds it to what is there.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import TypeAlias

from simcore.engine.runner import Progress
from simcore.results.rep_weeks import RepWeekBlock
from simcore.results.result import Result
from simcore.scenario.precision_goal import Goal
from simcore.scenario_files.scenario_file import Source
from simcore.studies.coach.document import Coach
from simcore.studies.coach.hours import HoursAsked
from simcore.studies.compare.document import AttributionTable, Comparison
from simcore.studies.luck.dismissal import Rule
from simcore.studies.luck.document import Luck
from simcore.studies.plan.document import BackwardPlan
from simcore.studies.steadiness.document import Steadiness
from simcore.studies.sweep.document import Breakeven, Sweep
from simcore.variance_reduction.document import VarianceBench

Count: TypeAlias = float | str
Amount: TypeAlias = float | str
Share: TypeAlias = float | str
Names: TypeAlias = str | Iterable[str]
Precisions: TypeAlias = Goal | str | Iterable[str] | Mapping[str, float | str]
Grid: TypeAlias = str | Iterable[str] | Mapping[str, object]
Tell: TypeAlias = Callable[[Progress], object] | None
Stop: TypeAlias = Callable[[], object] | None

def simulate(
    scenario: Source,
    *,
    replications: Count | None = None,
    precision: Precisions | None = None,
    seed: Count | None = None,
    threads: Count | None = None,
    progress: Tell = None,
    sink: Callable[[RepWeekBlock], object] | None = None,
    stop: Stop = None,
    keep_rep_weeks: bool = False,
    limit: bool = True,
) -> Result: ...
def compare(
    scenario: Source,
    names: Names | None = None,
    *,
    baseline: str | None = None,
    replications: Count | None = None,
    precision: Precisions | None = None,
    seed: Count | None = None,
    threads: Count | None = None,
    progress: Tell = None,
    stop: Stop = None,
    limit: bool = True,
) -> Comparison: ...
def attribute(
    scenario: Source,
    name: str,
    baseline: str,
    *,
    replications: Count | None = None,
    seed: Count | None = None,
    threads: Count | None = None,
    progress: Tell = None,
    stop: Stop = None,
    limit: bool = True,
) -> AttributionTable | None: ...
def sweep(
    scenario: Source,
    vary: Grid,
    *,
    strategies: Names = (),
    metrics: Names = (),
    replications: Count | None = None,
    seed: Count | None = None,
    threads: Count | None = None,
    progress: Tell = None,
    stop: Stop = None,
    limit: bool = True,
) -> Sweep: ...
def breakeven(
    scenario: Source,
    vary: Grid,
    *,
    strategies: Names = (),
    metric: str = "revenue",
    replications: Count | None = None,
    seed: Count | None = None,
    threads: Count | None = None,
    progress: Tell = None,
    stop: Stop = None,
    limit: bool = True,
) -> Breakeven: ...
def plan(
    scenario: Source,
    target: Amount,
    *,
    by: str = "quarter",
    confidence: Share = 0.8,
    solve_for: str = "calls",
    done: str | Iterable[str] | Mapping[str, Amount] | None = None,
    replications: Count | None = None,
    precision: Share | None = None,
    max_replications: Count | None = None,
    seed: Count | None = None,
    threads: Count | None = None,
    frontier: bool = True,
    progress: Tell = None,
    stop: Stop = None,
    limit: bool = True,
) -> BackwardPlan: ...
def luck(
    scenario: Source,
    *,
    drop: str | tuple[str, Share] | Mapping[str, Share] | None = None,
    rule: Rule | str | None = None,
    replications: Count | None = None,
    seed: Count | None = None,
    threads: Count | None = None,
    progress: Tell = None,
    stop: Stop = None,
    limit: bool = True,
) -> Luck: ...
def coach(
    scenario: Source,
    *,
    hours: HoursAsked | None = None,
    replications: Count | None = None,
    seed: Count | None = None,
    threads: Count | None = None,
    progress: Tell = None,
    stop: Stop = None,
    limit: bool = True,
) -> Coach: ...
def steadiness(
    scenario: Source,
    *,
    replications: Count | None = None,
    seed: Count | None = None,
    threads: Count | None = None,
    progress: Tell = None,
    stop: Stop = None,
    limit: bool = True,
) -> Steadiness: ...
def bench_variance(
    scenario: Source,
    metric: str = "revenue",
    *,
    strategies: Names = (),
    batch: Count | None = None,
    batches: Count = 8,
    seed: Count | None = None,
    progress: Tell = None,
    stop: Stop = None,
    limit: bool = True,
) -> VarianceBench: ...
