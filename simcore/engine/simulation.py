"""The engine: simulates a scenario and says what came out.

Results are the same to the last bit whatever the number of threads, the size of blocks and their order: draws
are addressed, and all counters are integers.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from simcore.analytic.run_cost import Bill, cost
from simcore.engine.affordable import GoalRequest, bill_of_one
from simcore.engine.ignorance import ignorance_of, worlds_twice
from simcore.engine.playable import most_replications, playable, with_run_overrides
from simcore.engine.runner import Block, Progress, Report, Stop, Watch, cut
from simcore.engine.sequential_stopping import GoalFigure, Stages, goal_for
from simcore.engine.worlds import Meter, Player, Worlds
from simcore.program.tally import CLOSE, ORIGIN
from simcore.results.rep_weeks import RepWeekBlock
from simcore.results.result import Result
from simcore.results.summarise import summarise
from simcore.results.summary import Speed
from simcore.statistics.metrics import check_metric
from simcore.statistics.running_estimates import block_statistic, running_estimate

if TYPE_CHECKING:
    from simcore.kernels.detail import Detail
    from simcore.program.layout import Program
    from simcore.program.tally import Tally
    from simcore.results.summary import Precision
    from simcore.scenario.model import Scenario
    from simcore.scenario.precision_goal import Goal

__all__ = ["Progress", "Result", "SimulationRequest", "simulate"]

EXPECTED = 4096
"""Replications for which a run to a precision is given threads."""
KEPT_BYTES = 16
"""A number of a rep-week that is kept: eight bytes, and once more where all are put together."""


@dataclass(frozen=True)
class SimulationRequest(GoalRequest[Result]):
    """The question of `simulate`, with its arguments."""

    scenario: Scenario
    replications: int | None = None
    precision: Goal | Iterable[str] | None = None
    seed: int | None = None
    sink: Callable[[RepWeekBlock], object] | None = None
    keep_rep_weeks: bool = False

    @property
    def goal(self) -> Goal | None:
        """What must be reached; ``None`` where replications are stated."""
        return goal_for(self.scenario, self.replications, self.precision)

    @property
    def runs(self) -> list[Scenario]:
        """The scenario."""
        return [self.scenario]

    def with_goal(self, goal: Goal) -> SimulationRequest:
        """Return the same question with another goal."""
        return replace(self, precision=goal)

    def reached_by(self, answer: Result) -> Precision | None:
        """Return what a result has reached of the goal."""
        return answer.summary.precision

    def cost(self, threads: int) -> Bill:
        """Return what the replications cost, beside what is kept of them; to a precision, one of them."""
        if self.goal is not None:
            return bill_of_one(self.runs, threads)
        scenario, cheaper = with_run_overrides(self.scenario, self.replications, None), "fewer replications"
        twice = 2 * worlds_twice(scenario)
        price = cost(with_run_overrides(scenario, scenario.run.replications + twice, None), threads)
        if self.keep_rep_weeks:
            counted = scenario.run.replications * scenario.team.reps * scenario.horizon.weeks
            kept = counted * (len(scenario.funnel) + 2) * KEPT_BYTES
            price = price._replace(memory_bytes=price.memory_bytes + kept)
            cheaper += ", a sink instead of keep_rep_weeks"
        return Bill(price, threads, cheaper, what="a run takes")

    def run(self, *, threads: int | None = None, progress: Report | None = None, stop: Stop | None = None) -> Result:
        """Return the answer; see `simulate`."""
        return simulate(
            self.scenario,
            replications=self.replications,
            precision=self.precision,
            seed=self.seed,
            threads=threads,
            progress=progress,
            sink=self.sink,
            stop=stop,
            keep_rep_weeks=self.keep_rep_weeks,
        )


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
    scenario = with_run_overrides(scenario, replications, seed)
    started = time.perf_counter()
    rows = _Rows(sink, keep=keep_rep_weeks)
    program = playable(scenario, detailed=rows.wanted or goal is not None, replications=goal is None)
    expected = EXPECTED if goal is not None else scenario.run.replications
    worlds = Worlds([scenario], [program], threads=threads, expected=expected)
    compiled = time.perf_counter()
    reached: Precision | None = None
    if goal is None:
        interrupted = not _play(worlds, scenario.run.replications, rows, Watch(progress, stop))
    else:
        reached = _play_until_precise(worlds, goal, rows, Watch(progress, stop))
        interrupted = reached.ended == "interrupted"
    (tally,) = worlds.tallies()
    if goal is not None:
        scenario = with_run_overrides(scenario, tally.replications, None)
    seconds = time.perf_counter() - compiled
    speed = Speed(
        seconds=seconds,
        compile_seconds=compiled - started,
        rep_weeks_per_second=tally.replications * worlds.rep_weeks / seconds,
        threads=worlds.threads,
    )
    kept = rows.joined() if keep_rep_weeks else None
    return result_of(
        scenario,
        program,
        tally,
        speed,
        interrupted=interrupted,
        threads=threads,
        stop=stop,
        precision=reached,
        rows=kept,
    )


def result_of(
    scenario: Scenario,
    program: Program,
    tally: Tally,
    speed: Speed,
    *,
    interrupted: bool,
    threads: int | None,
    stop: Stop | None,
    precision: Precision | None = None,
    rows: RepWeekBlock | None = None,
) -> Result:
    """Return the result of what was counted; see `simulate` for the arguments that both have."""
    unknown = None if interrupted else ignorance_of(scenario, program, threads=threads, stop=stop)
    summary = summarise(
        scenario, program, tally, speed, interrupted=interrupted, precision=precision, ignorance=unknown
    )
    return Result(scenario, program, tally, summary, rows)


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


def _play(worlds: Worlds, replications: int, rows: _Rows, watch: Watch) -> bool:
    """Play replications, and return whether all were done."""
    (program,) = worlds.programs
    blocks = cut(program, replications, worlds.threads, None, detailed=rows.wanted)
    meter = Meter(watch, replications)
    for block, detail in worlds.play(partial(_simulate, detailed=rows.wanted), blocks, meter):
        if rows.wanted:
            rows.add(block, detail)
    return meter.done == replications


def _play_until_precise(worlds: Worlds, goal: Goal, rows: _Rows, watch: Watch) -> Precision:
    """Play stage after stage until the goal is met, and return what was reached."""
    (program,) = worlds.programs
    for target in goal.targets:
        check_metric(target.metric, program)
    figures = [running_estimate(target.metric, program) for target in goal.targets]
    asked = [GoalFigure(target, figure) for target, figure in zip(goal.targets, figures, strict=True)]
    stages = Stages(goal, asked, most_replications(program), watch)
    blocks = stages.blocks(lambda count: cut(program, count, worlds.threads, None, detailed=True))
    meter = Meter(Watch(stages.progress, stages.stop), goal.max_replications or 0)
    for block, detail in worlds.play(partial(_simulate, detailed=True), blocks, meter):
        for target, figure in zip(goal.targets, figures, strict=True):
            figure.add(block_statistic(target.metric, program, block.first, detail))
        if rows.wanted:
            rows.add(block, detail)
    return stages.outcome(meter.done)


def _simulate(player: Player, block: Block, *, detailed: bool) -> Detail:
    return player.simulate(0, block, detailed=detailed)
