"""Many scenarios in the same worlds, a few at a time, read as they come; what is done when it is stopped is kept."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from threading import Event
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simcore.base.periods import WEEK
from simcore.engine.paired import run_paired
from simcore.engine.runner import Progress, StoppedError
from simcore.engine.simulation import available_processors
from simcore.program.tally import ENTERED, ORIGIN, SUM, TOTAL
from simcore.scenario.metric import QUOTA_CHANCE, YEARLY_REVENUE
from simcore.statistics.paired_difference import Sums
from simcore.statistics.tallied_metrics import has_quota_period, sums_of

if TYPE_CHECKING:
    from simcore.program.layout import Program
    from simcore.program.tally import Tally
    from simcore.scenario.model import Scenario

Report = Callable[[Progress], None]
TOGETHER = 4
"""Programs that are run in the same blocks."""
BLOCK_REP_WEEKS = 1 << 14
"""Rep-weeks of a block of one program: tenths of a second for a group, so that a stop is soon heard."""
_TOLD_EVERY = 0.1
"""Seconds between two reports of progress."""


class Cell(NamedTuple):
    """What is kept of a run: sums by group of worlds, [G]."""

    revenue: Sums
    """By close, over rep-years."""
    revenue_origin: Sums
    """By origin, over rep-years."""
    p_quota: Sums | None
    """``None`` where the run holds no whole quota period."""
    entered: NDArray[np.int64]
    """int64[G, S + 1]: entries into each stage in counted weeks; the first are the calls."""
    booked: NDArray[np.int64]
    """int64[G]: calls that succeeded at the first step."""
    clipped: NDArray[np.int64]
    """int64[S + 1]: by step, decisions at a rate cut at 1."""


def cell_of(program: Program, tally: Tally) -> Cell:
    """Return what is kept of a run."""
    arrays = tally.arrays
    close = sums_of(YEARLY_REVENUE, program, tally)
    origin = arrays.moments[:, ORIGIN, WEEK, TOTAL] * (program.deals.unit / 100.0)
    return Cell(
        revenue=close,
        revenue_origin=close._replace(total=origin),
        p_quota=sums_of(QUOTA_CHANCE, program, tally) if has_quota_period(program) else None,
        entered=arrays.stages[:, ENTERED],
        booked=arrays.first[:, SUM, 0],
        clipped=arrays.clipped[:-2].copy(),
    )


class SideBySide:
    """Runs scenarios in the worlds of one seed.

    Parameters
    ----------
    replications, seed
        Of all runs.
    total
        Rep-weeks that will be simulated in all, for the progress.
    threads, progress, stop
        As for `simcore.simulate`.
    """

    def __init__(
        self,
        replications: int,
        seed: int,
        *,
        total: int,
        threads: int | None = None,
        progress: Report | None = None,
        stop: Callable[[], bool] | None = None,
    ) -> None:
        self.replications, self.seed = replications, seed
        self._threads, self._progress, self._stop = threads, progress, stop
        self._total, self._done = total, 0
        self._started = time.perf_counter()
        self._halt = Event()
        self.stopped = False

    def run(self, scenarios: Sequence[Scenario], *, seed: int | None = None) -> list[Cell]:
        """Return a cell for each scenario, in their order, all of the same worlds.

        If it is stopped, the list is shorter: what was not run through is left out. Only the first four scenarios, if
        they are the first at all, are kept with fewer worlds.

        Raises
        ------
        StoppedError
            If it was stopped before.
        """
        if self.stopped or (self._done and self._asked()):
            self.stopped = True
            raise StoppedError
        groups = [scenarios[first : first + TOGETHER] for first in range(0, len(scenarios), TOGETHER)]
        worlds = self.seed if seed is None else seed
        threads = self._threads or available_processors()
        if len(groups) == 1 or threads == 1:
            at_once = 1
        else:
            # A program on one thread has one tally, which need not be merged: groups side by side are cheaper.
            threads, at_once = 1, threads
        done = [0] * len(groups)
        pool = ThreadPoolExecutor(at_once)
        try:
            tasks = [
                pool.submit(self._play, group, number, done, worlds, threads) for number, group in enumerate(groups)
            ]
            while wait(tasks, timeout=_TOLD_EVERY, return_when=FIRST_EXCEPTION).not_done:
                self._tell(groups, done)
                if any(task.done() and task.exception() is not None for task in tasks):
                    self._halt.set()
            found = [task.result() for task in tasks]
        finally:
            self._halt.set()
            pool.shutdown(cancel_futures=True)
            self._halt.clear()
        self._tell(groups, done)
        return self._kept(groups, found)

    def _play(
        self, group: Sequence[Scenario], number: int, done: list[int], seed: int, threads: int
    ) -> list[Cell] | None:
        """Run a group; return ``None`` if it was stopped before."""
        if number and self._asked():
            return None

        def report(progress: Progress) -> None:
            done[number] = progress.done

        paired = run_paired(
            group,
            replications=self.replications,
            seed=seed,
            threads=threads,
            progress=report,
            stop=self._asked,
            block_replications=max(1, BLOCK_REP_WEEKS // rep_weeks(group[0])),
        )
        done[number] = paired.replications
        return [cell_of(*each) for each in zip(paired.programs, paired.tallies, strict=True)]

    def _kept(self, groups: Sequence[Sequence[Scenario]], found: Sequence[list[Cell] | None]) -> list[Cell]:
        """Return the cells of the groups that were run through, up to the first that was not."""
        cells: list[Cell] = []
        for number, part in enumerate(found):
            whole = part is not None and part[0].revenue.replications.sum() == self.replications
            if part is None or not (whole or (number == 0 and not self._done)):
                self.stopped = True
                break
            cells += part
            if not whole:
                self.stopped = True
                break
        self._done += self.replications * sum(sum(map(rep_weeks, group)) for group in groups)
        return cells

    def _asked(self) -> bool:
        """Return whether somebody asked to stop, or another group failed."""
        return self._halt.is_set() or (self._stop is not None and self._stop())

    def _tell(self, groups: Sequence[Sequence[Scenario]], done: Sequence[int]) -> None:
        """Tell how much of the whole is done."""
        if self._progress is None:
            return
        here = sum(sum(map(rep_weeks, group)) * count for group, count in zip(groups, done, strict=True))
        so_far = self._done + here
        rate = so_far / max(self.seconds, 1e-9)
        self._progress(Progress(so_far, max(so_far, self._total), self.seconds, rate))

    @property
    def done(self) -> int:
        """Rep-weeks of all runs so far."""
        return self._done

    @property
    def seconds(self) -> float:
        """Seconds since the first run could begin."""
        return time.perf_counter() - self._started


def rep_weeks(scenario: Scenario) -> int:
    """Return the rep-weeks of one world."""
    return scenario.team.reps * (scenario.horizon.weeks + scenario.horizon.warmup_weeks)
