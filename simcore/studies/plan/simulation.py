"""Simulates the programs of a plan in the same worlds, and keeps of each world only what a reducer returns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simcore.engine.runner import Block, Progress, Watch
from simcore.engine.worlds import Meter, Player, Worlds, threads_for
from simcore.program.tally import CLOSE

if TYPE_CHECKING:
    from simcore.program.layout import Program
    from simcore.scenario.model import Scenario

Ints = NDArray[np.int64]

THREAD_REP_WEEKS = 8_000
"""A further thread is begun for each of so many rep-weeks: a search has many short runs, and someone waits for each."""


class Crew(NamedTuple):
    """Seats of a program that make up a team, or a part of it: ``first .. last - 1``."""

    program: Program
    first: int
    last: int


class PlanSimulation:
    """Simulates crews in the same worlds.

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
        self._scenario, self._threads = scenario, threads
        self.meter = Meter(Watch(progress, stop))
        """Counts the worlds of all runs."""
        self.expected = 0
        """Worlds that all runs will take, about."""

    @property
    def seconds(self) -> float:
        """Seconds since the first run could begin."""
        return self.meter.seconds

    def play(self, crews: Sequence[Crew], worlds: int, keep: Callable[[Ints], Ints]) -> Ints:
        """Return what ``keep`` makes of the revenue by close of each world, int64[worlds, ...].

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
        programs = [crew.program for crew in crews]
        largest = max(programs, key=lambda each: each.team.reps * each.clock.simulated_weeks)
        threads = self._threads or threads_for(largest, worlds, rep_weeks=THREAD_REP_WEEKS)
        together = Worlds([self._scenario] * len(crews), programs, threads=threads)

        def work(player: Player, block: Block) -> Ints:
            cents = [
                player.simulate(index, block, detailed=True).cents[:, CLOSE, crew.first : crew.last]
                for index, crew in enumerate(crews)
            ]
            return keep(cents[0] if len(cents) == 1 else np.concatenate(cents, axis=1))

        self.meter.total = max(self.expected, self.meter.done + worlds)
        found: Ints = np.concatenate(together.collect(work, worlds, self.meter))
        return found


def reached(target: int) -> Callable[[Ints], Ints]:
    """Return a reducer, int64[n]: 1 where the team's revenue reaches the target in cents."""

    def keep(cents: Ints) -> Ints:
        enough: Ints = (cents.sum(axis=(1, 2)) >= target).astype(np.int64)
        return enough

    return keep


def revenue(cents: Ints) -> Ints:
    """Return the revenue of the team in every world, int64[n]."""
    total: Ints = cents.sum(axis=(1, 2))
    return total


def weeks_until(target: int) -> Callable[[Ints], Ints]:
    """Return a reducer, int64[n]: weeks until the team reaches the target in cents; `weeks + 1` if it never does.

    Examples
    --------
    >>> weeks_until(5)(np.array([[[2, 2, 2]], [[9, 0, 0]], [[1, 1, 1]]])).tolist()
    [3, 1, 4]
    """
    return lambda cents: _first(cents.sum(axis=1).cumsum(axis=1) >= target)


def seats_until(target: int) -> Callable[[Ints], Ints]:
    """Return a reducer, int64[n]: seats, from the first, that reach the target in cents; `seats + 1` if none do."""
    return lambda cents: _first(cents.sum(axis=2).cumsum(axis=1) >= target)


def table_of(seats: Sequence[int], weeks: Sequence[int]) -> Callable[[Ints], Ints]:
    """Return a reducer, int64[n, seats, weeks]: revenue in cents of the first seats (at most all) in the first weeks.

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
