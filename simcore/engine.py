"""The engine: simulates a scenario and says what came out.

Results are the same to the last bit whatever the number of threads, the size of blocks and their order: draws
are addressed, and all counters are integers.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from simcore.addresses import MAX_ITEMS, MAX_REPLICATIONS
from simcore.compiler import compile_scenario
from simcore.errors import Problem, ScenarioError
from simcore.explosion import told_of
from simcore.horizons import WEEKS_PER_YEAR
from simcore.kernels.memory import places_of, pool_capacity
from simcore.kernels.scratch import is_capped
from simcore.philox import split_seed
from simcore.rep_weeks import RepWeekBlock
from simcore.result import Result
from simcore.runner import Block, Progress, Runner, Watch, cut, yearly_units
from simcore.summarise import summarise
from simcore.summary import Speed
from simcore.tally import CLOSE, GROUPS, ORIGIN

if TYPE_CHECKING:
    from simcore.kernels.scratch import Detail
    from simcore.program import Program
    from simcore.scenario import Scenario

__all__ = ["Progress", "Result", "available_processors", "simulate"]

THREAD_REP_WEEKS = 50_000
"""A thread more is begun for every so many rep-weeks."""
MAX_YEAR_UNITS = 2.0**40
"""Largest mean revenue of a rep-year, in units: the bins of revenue end at 2**47."""
MAX_CAPPED_CALLS = 1 << 24
"""Most calls of a rep in a run with a cap: about 1.5 GB of working memory, of which only successes are touched."""
MAX_KEPT = 1 << 23
"""Most rep-weeks of one replication where every one is kept: about half a gigabyte a thread."""
MAX_TOGETHER = 1 << 26
"""Most items of a team that has them in memory at once: about 7 GB, of which only open ones are touched."""
MAX_TOTAL_UNITS = 2.0**58
"""Largest mean revenue of a group of replications, in units: sums are 64-bit integers."""


def simulate(
    scenario: Scenario,
    *,
    replications: int | None = None,
    seed: int | None = None,
    threads: int | None = None,
    progress: Callable[[Progress], None] | None = None,
    sink: Callable[[RepWeekBlock], object] | None = None,
    stop: Callable[[], bool] | None = None,
    keep_rep_weeks: bool = False,
    block_replications: int | None = None,
) -> Result:
    """Simulate a scenario.

    Parameters
    ----------
    scenario
        From `simcore.load_scenario`.
    replications, seed
        Override what the scenario says; replications 1 .. 2**40, seed 0 .. 2**64 - 1.
    threads
        Default: the processors that this process may use, fewer for a short run. Does not change results.
    progress
        Called from the calling thread after each block.
    sink
        Called from the calling thread with every rep-week, block after block in order; memory stays bounded.
    stop
        Asked before each block; once it returns true, what was begun is finished and reported as interrupted. At
        least one block is simulated.
    keep_rep_weeks
        Keep every rep-week in ``Result.rep_weeks``; memory grows with replications.
    block_replications
        Replications of a block. Does not change results.

    Raises
    ------
    ScenarioError
        If the scenario leaves the ranges of the engine, or a drive of its strategy explodes.

    Examples
    --------
    >>> from simcore import load_scenario, simulate
    >>> result = simulate(load_scenario("trust-the-process"), replications=200, seed=1)
    >>> result.summary.size.rep_weeks
    104000
    """
    scenario = as_run(scenario, replications, seed)
    started = time.perf_counter()
    program = compile_scenario(scenario)
    detailed = keep_rep_weeks or sink is not None
    check_ranges(scenario, program, detailed=detailed)
    threads = threads or threads_for(program, scenario.run.replications)
    runner = Runner(program, split_seed(scenario.run.seed), threads)
    compiled = time.perf_counter()
    kept: list[RepWeekBlock] = []

    def finished(block: Block, detail: Detail) -> None:
        rows = RepWeekBlock(block.first, detail.entered, detail.cents[:, ORIGIN], detail.cents[:, CLOSE])
        if keep_rep_weeks:
            kept.append(rows)
        if sink is not None:
            sink(rows)

    blocks = cut(program, scenario.run.replications, threads, block_replications, detailed=detailed)
    with told_of(scenario):
        tally = runner.run(blocks, scenario.run.replications, Watch(progress, finished if detailed else None, stop))
    seconds = time.perf_counter() - compiled
    rep_weeks = tally.replications * program.team.reps * program.clock.counted_weeks
    speed = Speed(
        seconds=seconds,
        compile_seconds=compiled - started,
        rep_weeks_per_second=rep_weeks / seconds,
        threads=threads,
    )
    interrupted = tally.replications < scenario.run.replications
    summary = summarise(scenario, program, tally, speed, interrupted=interrupted)
    return Result(scenario, program, tally, summary, _joined(kept) if keep_rep_weeks else None)


def available_processors() -> int:
    """Return the number of processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else (os.cpu_count() or 1)


def threads_for(program: Program, replications: int) -> int:
    """Return how many threads a run is worth: one for each processor, but none for less than some milliseconds."""
    rep_weeks = replications * program.team.reps * program.clock.simulated_weeks
    return max(1, min(available_processors(), rep_weeks // THREAD_REP_WEEKS))


def as_run(scenario: Scenario, replications: int | None, seed: int | None) -> Scenario:
    """Return the scenario with what the call overrides."""
    given = {"replications": replications, "seed": seed}
    changes = {name: value for name, value in given.items() if value is not None}
    problems: list[Problem] = []
    if not 1 <= changes.get("replications", 1) <= MAX_REPLICATIONS:
        problems.append(Problem("out of range", "run.replications", value=str(replications), allowed="1 .. 2**40"))
    if not 0 <= changes.get("seed", 0) < 2**64:
        problems.append(Problem("out of range", "run.seed", value=str(seed), allowed="0 .. 2**64 - 1"))
    if problems:
        raise ScenarioError(tuple(problems))
    return scenario.model_copy(update={"run": scenario.run.model_copy(update=changes)}) if changes else scenario


def check_ranges(scenario: Scenario, program: Program, *, detailed: bool) -> None:
    """Refuse a run that would leave the ranges of addresses, counters or memory.

    Raises
    ------
    ScenarioError
        With the figure and the limit.
    """
    most_open = int(np.diff(program.start.first).max())
    yearly = yearly_units(program)
    calls = program.clock.simulated_weeks * program.plan.slot_hour.shape[1]
    rep_weeks = program.team.reps * program.clock.counted_weeks
    years = scenario.run.replications / GROUPS * program.team.reps * program.clock.counted_weeks / WEEKS_PER_YEAR
    checks = (
        ("too many items open at the start in one seat", "start.open", most_open, MAX_ITEMS),
        ("a rep's mean revenue in a year, in units, leaves the range of the counters", "deal", yearly, MAX_YEAR_UNITS),
        ("with a cap, all calls of a rep are held at once: too many", "plan.calls_per_week",
         calls if is_capped(program) else 0, MAX_CAPPED_CALLS),
        ("seats that hear of their peers are held in memory together: too many items", "team.reps",
         places_of(program) * pool_capacity(program) if program.reaction.lockstep else 0, MAX_TOGETHER),
        ("one replication has too many rep-weeks to be kept", "team.reps", rep_weeks if detailed else 0, MAX_KEPT),
        ("the run is too long for its counters (mean revenue of a 256th of the replications, in units)",
         "run.replications", yearly * max(1.0, years), MAX_TOTAL_UNITS),
    )  # fmt: skip
    problems = tuple(
        Problem(message, path, value=f"{figure:.4g}", allowed=f"at most {limit:.4g}")
        for message, path, figure, limit in checks
        if figure > limit
    )
    if problems:
        raise ScenarioError(problems)


def _joined(blocks: list[RepWeekBlock]) -> RepWeekBlock:
    """Return consecutive blocks as one."""
    return RepWeekBlock(
        blocks[0].first_replication,
        np.concatenate([block.counts for block in blocks]),
        np.concatenate([block.cents_origin for block in blocks]),
        np.concatenate([block.cents_close for block in blocks]),
    )
