"""Plays programs of a plan in the same worlds, block by block, and keeps of each world only what is asked for."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from queue import SimpleQueue
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simcore.engine.explosion import told_of
from simcore.engine.runner import Block, Progress, Runner, StoppedError, Workspace, cut, in_order
from simcore.engine.simulation import available_processors
from simcore.program.tally import CLOSE
from simcore.random.philox import split_seed

if TYPE_CHECKING:
    from simcore.program.layout import Program
    from simcore.scenario.model import Scenario

Ints = NDArray[np.int64]

THREAD_REP_WEEKS = 8_000
"""A thread more is begun for every so many rep-weeks: a search has many short runs, each of which someone waits for."""


class Crew(NamedTuple):
    """Seats of a program that make up a team, or a part of it: ``first .. last - 1``."""

    program: Program
    first: int
    last: int


class PlanWorlds:
    """Plays crews in the same worlds.

    Parameters
    ----------
    scenario
        Its seed numbers the worlds; explosions are told in its words.
    threads, progress, stop
        As for `simcore.simulate`. Progress counts worlds of all runs; their number in all is guessed.
    """

    def __init__(
        self,
        scenario: Scenario,
        *,
        threads: int | None,
        progress: Callable[[Progress], None] | None,
        stop: Callable[[], bool] | None,
    ) -> None:
        self._scenario = scenario
        self._key = split_seed(scenario.run.seed)
        self._threads, self._progress, self._stop = threads, progress, stop
        self._started = time.perf_counter()
        self.done, self._rep_weeks = 0, 0
        """Worlds, rep-weeks."""
        self.expected = 0
        """Worlds that all runs will take, about."""

    @property
    def seconds(self) -> float:
        """Seconds since the first run could begin."""
        return time.perf_counter() - self._started

    def play(self, crews: Sequence[Crew], worlds: int, keep: Callable[[Ints], Ints]) -> Ints:
        """Return what ``keep`` makes of the revenue by close of every world, int64[worlds, ...].

        Parameters
        ----------
        crews
            Their seats together are the team.
        keep
            Is given int64[n, seats, weeks], cents of n worlds, and returns int64[n, ...].

        Raises
        ------
        StoppedError
            If it was asked to stop.
        ExplodedError
            If a drive passes a limit of the engine.
        """
        largest = max((crew.program for crew in crews), key=lambda each: each.team.reps * each.clock.simulated_weeks)
        rep_weeks = worlds * largest.team.reps * largest.clock.simulated_weeks
        threads = self._threads or max(1, min(available_processors(), rep_weeks // THREAD_REP_WEEKS))
        free: SimpleQueue[list[tuple[Runner, Workspace]]] = SimpleQueue()
        for _ in range(threads):
            runners = [Runner(crew.program, self._key, 1) for crew in crews]
            free.put([(runner, runner.workspace()) for runner in runners])

        def work(block: Block) -> tuple[Block, Ints]:
            hands = free.get()
            try:
                cents = [
                    runner.simulate(workspace, block, detailed=True).cents[:, CLOSE, crew.first : crew.last]
                    for crew, (runner, workspace) in zip(crews, hands, strict=True)
                ]
            finally:
                free.put(hands)
            return block, keep(cents[0] if len(cents) == 1 else np.concatenate(cents, axis=1))

        found: list[Ints] = []
        stop = self._stop
        if self.done and stop is not None and stop():
            raise StoppedError
        with told_of(self._scenario):
            for block, kept in in_order(work, cut(largest, worlds, threads, None, detailed=True), threads, stop):
                found.append(kept)
                self._told(block, crews)
        if sum(map(len, found)) < worlds:
            raise StoppedError
        together: Ints = np.concatenate(found)
        return together

    def _told(self, block: Block, crews: Sequence[Crew]) -> None:
        self.done += block.replications
        for crew in crews:
            self._rep_weeks += block.replications * crew.program.team.reps * crew.program.clock.simulated_weeks
        if self._progress is not None:
            total = max(self.expected, self.done + block.replications)
            self._progress(Progress(self.done, total, self.seconds, self._rep_weeks / self.seconds))


def reached(target: int) -> Callable[[Ints], Ints]:
    """Return what keeps whether the team reaches a target in cents, int64[n]."""

    def keep(cents: Ints) -> Ints:
        enough: Ints = (cents.sum(axis=(1, 2)) >= target).astype(np.int64)
        return enough

    return keep


def revenue(cents: Ints) -> Ints:
    """Return the revenue of the team in every world, int64[n]."""
    total: Ints = cents.sum(axis=(1, 2))
    return total


def weeks_until(target: int) -> Callable[[Ints], Ints]:
    """Return what keeps the number of weeks until the team reaches a target in cents; one more than all: never.

    Examples
    --------
    >>> weeks_until(5)(np.array([[[2, 2, 2]], [[9, 0, 0]], [[1, 1, 1]]])).tolist()
    [3, 1, 4]
    """
    return lambda cents: _first(cents.sum(axis=1).cumsum(axis=1) >= target)


def seats_until(target: int) -> Callable[[Ints], Ints]:
    """Return what keeps the number of seats, from the first, that reach a target in cents; one more than all: never."""
    return lambda cents: _first(cents.sum(axis=2).cumsum(axis=1) >= target)


def table_of(seats: Sequence[int], weeks: Sequence[int]) -> Callable[[Ints], Ints]:
    """Return what keeps the revenue of the first so many seats (or all there are) in so many weeks, in cents.

    The result is int64[n, seats, weeks].

    Examples
    --------
    >>> table_of([1, 3], [2])(np.array([[[1, 10], [2, 20]]])).tolist()
    [[[11], [33]]]
    """

    def keep(cents: Ints) -> Ints:
        rows = [min(number, cents.shape[1]) - 1 for number in seats]
        together = cents.cumsum(axis=1)[:, rows].cumsum(axis=2)
        table: Ints = together[:, :, [number - 1 for number in weeks]]
        return table

    return keep


def _first(there: NDArray[np.bool_]) -> Ints:
    """Return the number, from 1, of the first column that is true, bool[n, k]; k + 1 where none is."""
    found: Ints = np.where(there.any(axis=1), there.argmax(axis=1) + 1, there.shape[1] + 1).astype(np.int64)
    return found
