"""Limits on the cost of each study in rep-weeks, time and memory, checked before anything is run.

The command line and the public functions apply the same rules, those of `simcore.analytic.run_cost`. Each study is
imported where it is checked, so that a command imports only its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from simcore.analytic.run_cost import LIMIT, check_cost, check_limit, check_worlds, cost, one_world, together
from simcore.base.machine import processors
from simcore.engine.affordable import Affordable, within_limit
from simcore.engine.playable import with_run_overrides
from simcore.engine.sequential_stopping import goal_for
from simcore.engine.simulation import simulate
from simcore.scenario.model import with_strategy
from simcore.scenario_files.vary import Value, check_total, set_values

if TYPE_CHECKING:
    from simcore.results.result import Result
    from simcore.scenario.model import Scenario
    from simcore.scenario.precision_goal import Goal
    from simcore.studies.coach.document import Coach
    from simcore.studies.coach.study import CoachPlan
    from simcore.studies.compare.document import Comparison
    from simcore.studies.sweep.document import Breakeven, Sweep
    from simcore.studies.sweep.study import SweepPlan

KEPT_BYTES = 16
"""Bytes per number of a kept rep-week: eight, and eight more while blocks are concatenated."""


def check_rows(scenario: Scenario, threads: int | None) -> None:
    """Raise if a run keeps more rep-weeks than fit in memory, or `check_limit` refuses it.

    Raises
    ------
    ScenarioError
        With the figure, the limit, what would be cheaper, and the option that lifts it.
    """
    threads = threads or processors()
    price = cost(scenario, threads)
    counted = scenario.run.replications * scenario.team.reps * scenario.horizon.weeks
    kept = counted * (len(scenario.funnel) + 2) * KEPT_BYTES
    price = price._replace(memory_bytes=price.memory_bytes + kept)
    cheaper = "fewer replications, a sink instead of keep_rep_weeks"
    check_cost(price, LIMIT, threads=threads, what="a run takes", cheaper=cheaper)


def check_compare(
    scenario: Scenario, names: Sequence[str], base: str, *, attribute: bool, threads: int | None = None
) -> None:
    """Raise if the runs of a comparison together exceed the limits of one; with ``attribute``, including its split.

    Raises
    ------
    ScenarioError
        As for `simcore.analytic.run_cost.check_cost`.
    """
    runs = [with_strategy(scenario, name) for name in names]
    check_total([*runs, *(split_runs(scenario, names, base) if attribute else [])], LIMIT, threads=threads,
                at_once=len(runs))  # fmt: skip


def split_runs(scenario: Scenario, names: Sequence[str], base: str) -> list[Scenario]:
    """Return the runs that attribute the differences from a baseline to drives and channels."""
    from simcore.studies.compare.attribution import splits_of  # noqa: PLC0415

    splits = [splits_of(scenario, name, base) for name in names if name != base]
    return [run for found in splits for split in found for run in split.runs]


def check_sweep(plan: SweepPlan, threads: int | None = None) -> None:
    """Raise if a sweep exceeds the limits of one run; see `simcore.analytic.run_cost.check_cost`."""
    from simcore.studies.sweep.study import CHUNK  # noqa: PLC0415

    check_total(plan.everything, LIMIT, threads=threads, at_once=CHUNK)


def check_breakeven(scenario: Scenario, path: str, ends: Sequence[Value], threads: int | None = None) -> None:
    """Raise if a search, at about `EXPECTED` values, exceeds the limits of one run."""
    from simcore.studies.sweep.breakeven import EXPECTED  # noqa: PLC0415

    check_total([set_values(scenario, {path: end}) for end in ends], LIMIT, times=EXPECTED, threads=threads)


def check_coach(plan: CoachPlan, threads: int | None = None) -> None:
    """Raise if the runs for coaching together exceed the limits of one run."""
    from simcore.engine.many_scenarios import TOGETHER  # noqa: PLC0415

    threads = threads or processors()
    one = cost(one_world(plan.scenario), threads)
    price = together([one] * TOGETHER, times=plan.all_rep_weeks / (TOGETHER * one.rep_weeks))
    check_cost(price, LIMIT, threads=threads, what="all runs together take", cheaper="fewer replications (-n)")


def check_luck(scenario: Scenario, replications: int | None, threads: int | None = None) -> None:
    """Raise if the replications, and as many with a dropped rate, exceed the limits of one run."""
    from simcore.studies.luck.study import LEAST  # noqa: PLC0415

    check_worlds(scenario, 2 * (replications or LEAST), threads=threads or processors())


def check_steadiness(scenario: Scenario, replications: int | None, threads: int | None = None) -> None:
    """Raise if the replications, each with every part of the variance fixed in turn, exceed the limits."""
    from simcore.studies.steadiness.study import LEAST, VARIANTS  # noqa: PLC0415

    check_worlds(scenario, VARIANTS * (replications or LEAST), threads=threads or processors())


def check_variance(scenario: Scenario, runs: int, batch: int | None, batches: int) -> None:
    """Raise if batches of all techniques exceed the limits of one run; ``runs`` are metrics times strategies."""
    from simcore.variance_reduction.benchmark import SIZES  # noqa: PLC0415
    from simcore.variance_reduction.techniques import LEAST, TECHNIQUES  # noqa: PLC0415

    worlds = (batch or SIZES[0] * LEAST) * batches * (len(TECHNIQUES) + 1)
    check_worlds(scenario, runs * sum(worlds / part for part in SIZES))


def _simulate(
    scenario: Scenario,
    *,
    replications: int | None = None,
    precision: Goal | Iterable[str] | None = None,
    threads: int | None = None,
    keep_rep_weeks: bool = False,
    **how: Any,  # noqa: ANN401  (as `simulate` takes it)
) -> Result:
    goal = goal_for(scenario, replications, precision)
    if goal is None:
        check = check_rows if keep_rep_weeks else _check_run
        check(with_run_overrides(scenario, replications, None), threads)
        return simulate(scenario, replications=replications, threads=threads, keep_rep_weeks=keep_rep_weeks, **how)
    goal, affordable = _affordable_goal([scenario], goal, threads)
    how["progress"], how["stop"] = affordable.watched(how.get("progress"), how.get("stop"), None)
    found = simulate(scenario, precision=goal, threads=threads, keep_rep_weeks=keep_rep_weeks, **how)
    affordable.check(found.summary.precision)
    return found


def _check_run(scenario: Scenario, threads: int | None) -> None:
    check_limit(scenario, LIMIT, threads=threads)


def _affordable_goal(runs: Sequence[Scenario], goal: Goal, threads: int | None) -> tuple[Goal, Affordable]:
    """Return the goal capped at the limit on replications, and the check that gives up early if it is out of reach."""
    bounded = goal.max_replications is not None or goal.max_seconds is not None
    most = within_limit(runs, threads)
    within = goal._replace(max_replications=min(most, goal.max_replications or most))
    return within, Affordable(runs, goal, bounded=bounded, threads=threads)


def _compare(
    scenario: Scenario,
    names: Sequence[str] | None = None,
    *,
    baseline: str | None = None,
    replications: int | None = None,
    precision: Goal | Iterable[str] | None = None,
    **how: Any,  # noqa: ANN401  (as `compare` takes it)
) -> Comparison:
    from simcore.studies.compare.study import compare, select_strategies  # noqa: PLC0415

    goal, threads = goal_for(scenario, replications, precision), how.get("threads")
    chosen, base = select_strategies(scenario, names, baseline)
    if goal is None:
        check_compare(with_run_overrides(scenario, replications, None), chosen, base, attribute=False, threads=threads)
        return compare(scenario, names, baseline=baseline, replications=replications, **how)
    goal, affordable = _affordable_goal([with_strategy(scenario, name) for name in chosen], goal, threads)
    how["progress"], how["stop"] = affordable.watched(how.get("progress"), how.get("stop"), None)
    found = compare(scenario, names, baseline=baseline, precision=goal, **how)
    affordable.check(found.precision)
    return found


def _sweep(
    scenario: Scenario,
    vary: Mapping[str, Sequence[Value]],
    *,
    threads: int | None = None,
    progress: Any = None,  # noqa: ANN401  (as `run_sweep` takes it)
    stop: Callable[[], bool] | None = None,
    **asked: Any,  # noqa: ANN401  (as `plan_sweep` takes it)
) -> Sweep:
    from simcore.studies.sweep.study import plan_sweep, run_sweep  # noqa: PLC0415

    plan = plan_sweep(scenario, vary, **asked)
    check_sweep(plan, threads)
    return run_sweep(plan, threads=threads, progress=progress, stop=stop)


def _breakeven(scenario: Scenario, vary: Mapping[str, tuple[Value, Value]], **how: Any) -> Breakeven:  # noqa: ANN401
    from simcore.studies.sweep.breakeven import breakeven  # noqa: PLC0415

    ((path, ends),) = vary.items()
    check_breakeven(with_run_overrides(scenario, how.get("replications"), None), path, ends, how.get("threads"))
    return breakeven(scenario, vary, **how)


def _coach(
    scenario: Scenario,
    *,
    threads: int | None = None,
    progress: Any = None,  # noqa: ANN401  (as `run_coach` takes it)
    stop: Callable[[], bool] | None = None,
    **asked: Any,  # noqa: ANN401  (as `plan_coach` takes it)
) -> Coach:
    from simcore.studies.coach.study import plan_coach, run_coach  # noqa: PLC0415

    plan = plan_coach(scenario, **asked)
    check_coach(plan, threads)
    return run_coach(plan, threads=threads, progress=progress, stop=stop)


Given = Mapping[str, Any]


def _attribute_first(scenario: Scenario, given: Given) -> None:
    from simcore.studies.compare.attribution import RUNS_AT_ONCE  # noqa: PLC0415

    runs = split_runs(with_run_overrides(scenario, given.get("replications"), None), [given["name"]], given["baseline"])
    check_total(runs, LIMIT, threads=given.get("threads"), at_once=RUNS_AT_ONCE)


def _luck_first(scenario: Scenario, given: Given) -> None:
    check_luck(scenario, given.get("replications"), given.get("threads"))


def _steadiness_first(scenario: Scenario, given: Given) -> None:
    check_steadiness(scenario, given.get("replications"), given.get("threads"))


def _variance_first(scenario: Scenario, given: Given) -> None:
    from simcore.variance_reduction.benchmark import BATCHES  # noqa: PLC0415

    check_variance(
        scenario, max(1, len(given.get("strategies", ()))), given.get("batch"), given.get("batches", BATCHES)
    )


INSTEAD: dict[str, Callable[..., Any]] = {
    "simulate": _simulate,
    "compare": _compare,
    "sweep": _sweep,
    "breakeven": _breakeven,
    "coach": _coach,
}
"""Functions that do the same within the limits, by name of the original."""
FIRST: dict[str, Callable[[Scenario, Given], None]] = {
    "attribute": _attribute_first,
    "luck": _luck_first,
    "steadiness": _steadiness_first,
    "bench_variance": _variance_first,
}
"""Checks that raise before a function is called if its arguments exceed the limits, by its name."""
