"""The engine: simulates a scenario and says what came out.

Results are the same to the last bit whatever the number of threads, the size of blocks and their order: draws
are addressed, and all counters are integers.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import numpy as np

from simcore.base.errors import Problem, ScenarioError
from simcore.base.machine import processors
from simcore.base.periods import WEEKS_PER_YEAR
from simcore.engine.explosion import told_of
from simcore.engine.runner import Block, Progress, Runner, Watch, cut, yearly_units
from simcore.engine.sequential_stopping import Asked, Stages, goal_for
from simcore.kernels.reactive.state import places_of, pool_capacity
from simcore.kernels.workspace import is_capped
from simcore.program.compiler import compile_scenario
from simcore.program.tally import CLOSE, GROUPS, ORIGIN
from simcore.random.addresses import MAX_ITEMS, MAX_REPLICATIONS
from simcore.random.philox import split_seed
from simcore.results.rep_weeks import RepWeekBlock
from simcore.results.result import Result
from simcore.results.summarise import summarise
from simcore.results.summary import Speed
from simcore.statistics.metrics import check_metric
from simcore.statistics.running_estimates import followed, piece_of

if TYPE_CHECKING:
    from simcore.kernels.workspace import Detail
    from simcore.program.layout import Program
    from simcore.program.tally import Tally
    from simcore.results.summary import Precision
    from simcore.scenario.model import Scenario
    from simcore.scenario.precision_goal import Goal

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
SURELY = 4096
"""A run to a precision is given threads as if it had so many replications."""
MAX_TOTAL_UNITS = 2.0**58
"""Largest mean revenue of a group of replications, in units: sums are 64-bit integers."""


def simulate(
    scenario: Scenario,
    *,
    replications: int | None = None,
    precision: Goal | Iterable[str] | None = None,
    seed: int | None = None,
    threads: int | None = None,
    progress: Callable[[Progress], None] | None = None,
    sink: Callable[[RepWeekBlock], object] | None = None,
    stop: Callable[[], bool] | None = None,
    keep_rep_weeks: bool = False,
) -> Result:
    """Simulate a scenario.

    Parameters
    ----------
    scenario
        From `simcore.load_scenario`.
    replications, seed
        Override what the scenario says; replications 1 .. 2**40, seed 0 .. 2**64 - 1.
    precision
        Run until these half-widths are met, as in ``["revenue=0.5%", "p_quota=0.01@0.99"]``; overrides replications.
        A `simcore.Goal` has limits, too. What was reached is in ``Result.summary.precision``.
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

    Raises
    ------
    ScenarioError
        If the scenario leaves the ranges of the engine, a drive of its strategy explodes, or a precision is none.

    Examples
    --------
    >>> from simcore import load_scenario, simulate
    >>> result = simulate(load_scenario("trust-the-process"), replications=200, seed=1)
    >>> result.summary.size.rep_weeks
    104000
    >>> result = simulate(load_scenario("trust-the-process"), precision=["p_zero:week=0.005"], seed=1)
    >>> result.summary.precision.ended, result.tally.replications
    ('met', 256)
    """
    goal = goal_for(scenario, replications, precision)
    scenario = as_run(scenario, replications, seed)
    started = time.perf_counter()
    rows = _Rows(sink, keep=keep_rep_weeks)
    program = playable(scenario, detailed=rows.wanted or goal is not None, replications=goal is None)
    threads = threads or threads_for(program, SURELY if goal is not None else scenario.run.replications)
    runner = Runner(program, split_seed(scenario.run.seed), threads)
    compiled = time.perf_counter()
    reached: Precision | None = None
    with told_of(scenario):
        if goal is None:
            total = scenario.run.replications
            blocks = cut(program, total, threads, None, detailed=rows.wanted)
            tally = runner.run(blocks, total, Watch(progress, rows.add if rows.wanted else None, stop))
            interrupted = tally.replications < total
        else:
            tally, reached = _until_precise(runner, goal, rows, Watch(progress, None, stop))
            scenario = as_run(scenario, tally.replications, None)
            interrupted = reached.ended == "interrupted"
    seconds = time.perf_counter() - compiled
    speed = Speed(
        seconds=seconds,
        compile_seconds=compiled - started,
        rep_weeks_per_second=tally.replications * program.team.reps * program.clock.counted_weeks / seconds,
        threads=threads,
    )
    summary = summarise(scenario, program, tally, speed, interrupted=interrupted, precision=reached)
    return Result(scenario, program, tally, summary, rows.joined() if keep_rep_weeks else None)


class _Rows:
    """Takes the rep-weeks of every block, and hands them on or keeps them."""

    def __init__(self, sink: Callable[[RepWeekBlock], object] | None, *, keep: bool) -> None:
        self._sink = sink
        self._kept: list[RepWeekBlock] | None = [] if keep else None
        self.wanted = keep or sink is not None

    def add(self, block: Block, detail: Detail) -> None:
        rows = RepWeekBlock(block.first, detail.entered, detail.cents[:, ORIGIN], detail.cents[:, CLOSE])
        if self._kept is not None:
            self._kept.append(rows)
        if self._sink is not None:
            self._sink(rows)

    def joined(self) -> RepWeekBlock | None:
        """Return all that was kept as one block."""
        blocks = self._kept or []
        return RepWeekBlock(
            blocks[0].first_replication,
            np.concatenate([block.counts for block in blocks]),
            np.concatenate([block.cents_origin for block in blocks]),
            np.concatenate([block.cents_close for block in blocks]),
        )


def _until_precise(runner: Runner, goal: Goal, rows: _Rows, watch: Watch) -> tuple[Tally, Precision]:
    """Run stage after stage until the goal is met, and return what was done and reached."""
    program = runner.program
    for target in goal.targets:
        check_metric(target.metric, program)
    figures = [followed(target.metric, program) for target in goal.targets]
    asked = [Asked(target, figure) for target, figure in zip(goal.targets, figures, strict=True)]
    stages = Stages(goal, asked, most_replications(program), watch)

    def finished(block: Block, detail: Detail) -> None:
        for target, figure in zip(goal.targets, figures, strict=True):
            figure.add(piece_of(target.metric, program, block.first, detail))
        if rows.wanted:
            rows.add(block, detail)

    blocks = stages.blocks(lambda count: cut(program, count, runner.threads, None, detailed=True))
    tally = runner.run(blocks, goal.max_replications or 0, Watch(stages.progress, finished, stages.stop))
    return tally, stages.outcome(tally.replications)


def available_processors() -> int:
    """Return the number of processors that this process may use."""
    return processors()


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


def most_replications(program: Program) -> int:
    """Return the most replications that addresses and counters have room for."""
    years = program.team.reps * program.clock.counted_weeks / WEEKS_PER_YEAR
    room = MAX_TOTAL_UNITS / (yearly_units(program) * max(1.0, years))
    return max(1, min(MAX_REPLICATIONS, int(room * GROUPS)))


def playable(scenario: Scenario, *, detailed: bool = False, replications: bool = True) -> Program:
    """Return the program of a scenario, or refuse what cannot be played: the one place that does, for every command.

    `simcore check` asks it of every strategy of a file, so that what it lets pass is refused nowhere later.

    Parameters
    ----------
    scenario
        Validated.
    detailed, replications
        As for `check_ranges`.

    Raises
    ------
    ScenarioError
        If a distribution is too extreme for its table, or the run leaves the ranges of addresses, counters or memory.

    Examples
    --------
    >>> from simcore import load_scenario
    >>> playable(load_scenario("trust-the-process")).clock.steps
    3
    """
    program = compile_scenario(scenario)
    check_ranges(scenario, program, detailed=detailed, replications=replications)
    return program


def refuse_unplayable(scenario: Scenario) -> None:
    """Refuse a scenario that cannot be played with one of its strategies.

    Raises
    ------
    ScenarioError
        With the words of `playable`, each once.

    Examples
    --------
    >>> from simcore import load_scenario
    >>> refuse_unplayable(load_scenario("trust-the-process", ["funnel.wins.rate={mean: 0.5, rep_cv: 0.1}"]))
    >>> refuse_unplayable(load_scenario("trust-the-process", ["funnel.wins.rate={mean: 1e-9, rep_cv: 0.01}"]))
    Traceback (most recent call last):
    simcore.ScenarioError: funnel.wins.rate.rep_cv: the Beta distribution with mean 1e-09 and...
    """
    problems: dict[Problem, None] = {}
    goal = goal_for(scenario, None, None)
    for name in scenario.strategies:
        run = scenario.run.model_copy(update={"strategy": name})
        try:
            program = playable(
                scenario.model_copy(update={"run": run}), detailed=goal is not None, replications=goal is None
            )
            for target in goal.targets if goal is not None else ():
                check_metric(target.metric, program)
        except ScenarioError as error:
            problems.update(dict.fromkeys(error.problems))
    if problems:
        raise ScenarioError(tuple(problems))


def check_ranges(scenario: Scenario, program: Program, *, detailed: bool, replications: bool = True) -> None:
    """Refuse a run that would leave the ranges of addresses, counters or memory.

    Without ``replications`` their number is not looked at, see `most_replications`.

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
         "run.replications", yearly * max(1.0, years) if replications else 0, MAX_TOTAL_UNITS),
    )  # fmt: skip
    problems = tuple(
        Problem(message, path, value=f"{figure:.4g}", allowed=f"at most {limit:.4g}")
        for message, path, figure, limit in checks
        if figure > limit
    )
    if problems:
        raise ScenarioError(problems)
