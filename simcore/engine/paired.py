"""Runs several strategies in the same worlds: common random numbers, block by block.

Worlds are numbered; a world has the same number, and so the same draws, for every strategy. All that is kept of a
world by itself is the team's revenue; the rest goes into tallies whose groups hold the same worlds for every strategy,
so that differences have the error of pairs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from operator import add
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from simcore.base.errors import Problem, ScenarioError
from simcore.base.periods import QUARTER, WEEKS_PER_QUARTER, WEEKS_PER_YEAR, YEAR
from simcore.engine.playable import most_replications, playable, with_run_overrides
from simcore.engine.runner import Block, Progress, Watch, cut
from simcore.engine.sequential_stopping import GoalFigure, Stages
from simcore.engine.simulation import EXPECTED
from simcore.engine.worlds import Meter, Player, Worlds
from simcore.program.layout import Program
from simcore.program.tally import GROUPS, Tally
from simcore.results.summary import Precision
from simcore.scenario.metric import Metric
from simcore.scenario.model import Scenario
from simcore.scenario.precision_goal import Goal
from simcore.statistics.metrics import check_metric
from simcore.statistics.running_estimates import RunningComparison, block_statistic

WORLD, REP_QUARTER, REP_YEAR = range(3)
"""Contests between two strategies: the team in a world, a rep in a quarter, a rep in a year."""
QUARTERS_PER_YEAR = WEEKS_PER_YEAR // WEEKS_PER_QUARTER


class Contests(NamedTuple):
    """How often a strategy had more revenue than the baseline; all zero without one. See `WORLD`."""

    held: NDArray[np.int64]
    """int64[G, 3]"""
    ahead: NDArray[np.int64]
    """int64[k, G, 3]"""
    behind: NDArray[np.int64]
    """int64[k, G, 3]"""


@dataclass(frozen=True, slots=True)
class Paired:
    """What k strategies came to in the same worlds."""

    scenarios: tuple[Scenario, ...]
    """As they were run: each with its strategy, and the same replications and seed."""
    programs: tuple[Program, ...]
    tallies: tuple[Tally, ...]
    """One for each; group g of all of them holds the same worlds."""
    revenue: NDArray[np.int64]
    """int64[k, replications]: the team's revenue by close in each world, in cents."""
    base: int | None
    """The strategy with which the others were compared, if any."""
    contests: Contests
    seconds: float
    threads: int
    precision: Precision | None = None
    """What was reached, where differences were to be precise."""

    @property
    def replications(self) -> int:
        """The number of worlds."""
        return int(self.revenue.shape[1])

    @property
    def interrupted(self) -> bool:
        """Whether fewer worlds were simulated than were asked for."""
        if self.precision is not None:
            return self.precision.ended == "interrupted"
        return self.replications < self.scenarios[0].run.replications


class _Block(NamedTuple):
    """What is left of a block."""

    revenue: NDArray[np.int64]
    """int64[k, replications of the block]"""
    contests: Contests
    pieces: list[list[NDArray[np.generic]]]
    """Of the running estimates, by strategy and metric; see `simcore.statistics.running_estimates.block_statistic`."""


def run_paired(
    scenarios: Sequence[Scenario],
    *,
    base: int | None = None,
    replications: int | None = None,
    goal: Goal | None = None,
    seed: int | None = None,
    threads: int | None = None,
    progress: Callable[[Progress], None] | None = None,
    stop: Callable[[], bool] | None = None,
    block_replications: int | None = None,
) -> Paired:
    """Simulate several scenarios in the same worlds.

    Parameters
    ----------
    scenarios
        With the same team, weeks, replications and seed; usually one scenario with several strategies.
    base
        The number of the one with which the others are compared, world by world and rep by rep.
    replications, seed, threads, progress, stop
        As for `simcore.simulate`. A block is finished when all scenarios have simulated it.
    goal
        Instead of replications: how precise the differences to ``base`` are to be.
    block_replications
        Replications of a block. Does not change results.

    Raises
    ------
    ScenarioError
        If a scenario leaves the ranges of the engine, a drive explodes, or the scenarios have no worlds in common.

    Examples
    --------
    >>> from simcore.scenario_files.scenario_file import load_scenario
    >>> few, many = (load_scenario("trust-the-process", [f"plan.calls_per_week={calls}"]) for calls in (400, 500))
    >>> paired = run_paired([few, many], replications=50, seed=1)
    >>> paired.revenue.shape
    (2, 50)
    """
    ready = tuple(with_run_overrides(scenario, replications, seed) for scenario in scenarios)
    _check_common(ready)
    programs = tuple(playable(each, detailed=goal is not None, replications=goal is None) for each in ready)
    total = ready[0].run.replications
    pairs = None if goal is None else _PairedGoal(goal, ready, programs, base, Watch(progress, stop))
    worlds = Worlds(ready, programs, threads=threads, expected=total if goal is None else EXPECTED)

    # Blocks are a row of the strategies that react, if any does; with a goal, the last bits of sums depend on blocks.
    slowest = programs[0] if goal is not None else max(programs, key=lambda each: bool(each.reaction.needed))

    def pieces(count: int) -> Iterator[Block]:
        return cut(
            slowest,
            count,
            worlds.threads,
            block_replications,
            detailed=goal is not None,
            together=len(programs),
        )

    meter = Meter(Watch(progress, stop), total)
    blocks: Iterator[Block | None] = pieces(total)
    if pairs is not None:
        blocks, meter = pairs.stages.blocks(pieces), Meter(Watch(pairs.stages.progress, pairs.stages.stop), total)
    metrics = [] if goal is None else [target.metric for target in goal.targets]
    revenue, contests = [], _no_contests(len(programs))
    for _, part in worlds.play(partial(_simulate, programs=programs, base=base, metrics=metrics), blocks, meter):
        revenue.append(part.revenue)
        contests = Contests(*map(add, contests, part.contests))
        if pairs is not None:
            pairs.figures.add(part.pieces)
    reached = None
    if pairs is not None:
        reached = pairs.stages.outcome(meter.done)
        ready = tuple(with_run_overrides(scenario, meter.done, None) for scenario in ready)
    tallies, took = worlds.tallies(), meter.seconds
    return Paired(
        ready, programs, tallies, np.concatenate(revenue, axis=1), base, contests, took, worlds.threads, reached
    )


class _PairedGoal:
    """The differences to the baseline on their way to a precision."""

    def __init__(
        self,
        goal: Goal,
        scenarios: Sequence[Scenario],
        programs: Sequence[Program],
        base: int | None,
        watch: Watch,
    ) -> None:
        if base is None or len(programs) < 2:
            raise ValueError("differences can be precise only where there is a baseline, and another strategy")
        metrics = [target.metric for target in goal.targets]
        for program in programs:
            for metric in metrics:
                check_metric(metric, program)
        self.figures = RunningComparison(metrics, programs, base)
        asked = [
            GoalFigure(target, difference, scenarios[number].run.strategy, difference.crude_ratio)
            for number, row in zip(self.figures.others, self.figures.differences, strict=True)
            for target, difference in zip(goal.targets, row, strict=True)
        ]
        self.stages = Stages(goal, asked, min(map(most_replications, programs)), watch)


def _check_common(scenarios: Sequence[Scenario]) -> None:
    """Refuse scenarios whose worlds cannot be told apart by number alone."""
    first = scenarios[0]
    for scenario in scenarios[1:]:
        same = (
            ("team.reps", scenario.team.reps, first.team.reps),
            ("horizon.weeks", scenario.horizon.weeks, first.horizon.weeks),
            ("run.seed", scenario.run.seed, first.run.seed),
            ("run.replications", scenario.run.replications, first.run.replications),
        )
        problems = [
            Problem("differs between runs that are compared world by world", path, value=str(mine), allowed=str(other))
            for path, mine, other in same
            if mine != other
        ]
        if problems:
            raise ScenarioError(tuple(problems))


def _simulate(
    player: Player, block: Block, *, programs: Sequence[Program], base: int | None, metrics: Sequence[Metric]
) -> _Block:
    """Simulate a block with every strategy; keep its rep-weeks only where metrics are followed."""
    details = [
        player.simulate(index, block, detailed=bool(metrics), quarterly=True) for index, _ in enumerate(programs)
    ]
    together = list(zip(programs, details, strict=True))
    quarters = [detail.quarters * program.deals.unit for program, detail in together]
    pieces = [
        [block_statistic(metric, program, block.first, detail) for metric in metrics] for program, detail in together
    ]
    return _reduced(block, quarters, base, pieces, [years_of_quarters(program) for program in programs])


def _no_contests(k: int) -> Contests:
    return Contests(
        np.zeros((GROUPS, 3), np.int64), np.zeros((k, GROUPS, 3), np.int64), np.zeros((k, GROUPS, 3), np.int64)
    )


def _reduced(
    block: Block,
    quarters: list[NDArray[np.int64]],
    base: int | None,
    pieces: list[list[NDArray[np.generic]]],
    years: list[NDArray[np.int32]],
) -> _Block:
    """Keep the revenue of each world, and hold the strategies against the baseline."""
    contests = _no_contests(len(quarters))
    if base is not None:
        group = (block.first + np.arange(block.replications)) % GROUPS
        theirs = _results(quarters[base], years[base])
        for number, cents in enumerate(quarters):
            for contest, (x, y) in enumerate(zip(_results(cents, years[number]), theirs, strict=True)):
                np.add.at(contests.ahead[number, :, contest], group, (x > y).sum(axis=1))
                np.add.at(contests.behind[number, :, contest], group, (x < y).sum(axis=1))
        for contest, results in enumerate(theirs):
            np.add.at(contests.held[:, contest], group, results.shape[1])
    revenue = np.array([cents[:, :, -1].sum(axis=1) for cents in quarters])
    return _Block(revenue, contests, pieces)


def years_of_quarters(program: Program) -> NDArray[np.int32]:
    """Return the whole year that each whole quarter is in, int32[quarters]; -1: in none."""
    quarters, years = program.calendar.period_of_part[[QUARTER, YEAR]]
    whole, first = np.unique(quarters, return_index=True)
    found: NDArray[np.int32] = years[first[whole >= 0]]
    return found


def _results(cents: NDArray[np.int64], year: NDArray[np.int32]) -> tuple[NDArray[np.int64], ...]:
    """Return what is compared in each kind of contest, int64[replications, contests].

    ``year``: see `years_of_quarters`.
    """
    worlds, reps, columns = cents.shape
    whole = columns - 1
    years = int((year >= 0).sum()) // QUARTERS_PER_YEAR
    of_years = cents[:, :, :whole][:, :, year >= 0]
    by_year = of_years.reshape(worlds, reps * years, QUARTERS_PER_YEAR).sum(axis=2)
    return cents[:, :, -1].sum(axis=1)[:, None], cents[:, :, :whole].reshape(worlds, -1), by_year


__all__ = ["REP_QUARTER", "REP_YEAR", "WORLD", "Contests", "Paired", "run_paired"]
