"""Many scenarios in the same worlds, a few at a time, read as they come; what is done when it is stopped is kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from threading import Event
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simcore.base.machine import processors
from simcore.base.periods import WEEK
from simcore.engine.paired import run_paired
from simcore.engine.runner import Progress, Report, StoppedError, Watch
from simcore.engine.worlds import Meter
from simcore.program.tally import ENTERED, ORIGIN, SUM, TOTAL
from simcore.scenario.metric import QUOTA_CHANCE, YEARLY_REVENUE
from simcore.statistics.paired_difference import GroupedSums
from simcore.statistics.tallied_metrics import has_quota_period, sums_of

if TYPE_CHECKING:
    from simcore.program.layout import Program
    from simcore.program.tally import Tally
    from simcore.scenario.model import Scenario

TOGETHER = 4
"""Programs that are run in the same blocks."""
BLOCK_REP_WEEKS = 1 << 14
"""Rep-weeks of a block of one program: tenths of a second for a group, so that a stop is soon heard."""
_TOLD_EVERY = 0.1
"""Seconds between two reports of progress."""


class Cell(NamedTuple):
    """What is kept of a run: sums by group of worlds, [G]."""

    revenue: GroupedSums
    """By close, over rep-years."""
    revenue_origin: GroupedSums
    """By origin, over rep-years."""
    p_quota: GroupedSums | None
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


class ScenarioBatch:
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
        self._threads = threads
        self.meter = Meter(Watch(progress, stop), total)
        """Counts rep-weeks of all runs."""
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
        if self.stopped or (self.meter.done and self._is_halted()):
            self.stopped = True
            raise StoppedError
        if not scenarios:
            return []
        groups = [scenarios[first : first + TOGETHER] for first in range(0, len(scenarios), TOGETHER)]
        worlds = self.seed if seed is None else seed
        threads = self._threads or processors()
        if len(groups) == 1 or threads == 1:
            at_once = 1
        else:
            # A program on one thread has one tally, which need not be merged: groups side by side are cheaper.
            threads, at_once = 1, threads
        first = not self.meter.done
        with self.meter.part(self.replications * sum(map(rep_weeks, scenarios))) as report:
            found = self._run_groups(groups, ThreadPoolExecutor(at_once), (worlds, threads), report)
        return self._kept(found, first=first)

    def _run_groups(
        self, groups: Sequence[Sequence[Scenario]], pool: ThreadPoolExecutor, run: tuple[int, int], report: Report
    ) -> list[list[Cell] | None]:
        """Run groups in a pool with a seed and threads; as soon as one fails, stop the others."""
        done = [0] * len(groups)
        try:
            tasks = [pool.submit(self._play, group, number, done, *run) for number, group in enumerate(groups)]
            while wait(tasks, timeout=_TOLD_EVERY, return_when=FIRST_EXCEPTION).not_done:
                report(self._progress(groups, done))
                if any(task.done() and task.exception() is not None for task in tasks):
                    self._halt.set()
            found = [task.result() for task in tasks]
        finally:
            self._halt.set()
            pool.shutdown(cancel_futures=True)
            self._halt.clear()
        report(self._progress(groups, done))
        return found

    def _play(
        self, group: Sequence[Scenario], number: int, done: list[int], seed: int, threads: int
    ) -> list[Cell] | None:
        """Run a group; return ``None`` if it was stopped before."""
        if number and self._is_halted():
            return None

        def report(progress: Progress) -> None:
            done[number] = progress.done

        paired = run_paired(
            group,
            replications=self.replications,
            seed=seed,
            threads=threads,
            progress=report,
            stop=self._is_halted,
            block_replications=max(1, BLOCK_REP_WEEKS // rep_weeks(group[0])),
        )
        done[number] = paired.replications
        return [cell_of(*each) for each in zip(paired.programs, paired.tallies, strict=True)]

    def _kept(self, found: Sequence[list[Cell] | None], *, first: bool) -> list[Cell]:
        """Return the cells of the groups that were run through, up to the first that was not."""
        cells: list[Cell] = []
        for number, part in enumerate(found):
            whole = part is not None and part[0].revenue.replications.sum() == self.replications
            if part is None or not (whole or (number == 0 and first)):
                self.stopped = True
                break
            cells += part
            if not whole:
                self.stopped = True
                break
        return cells

    def _is_halted(self) -> bool:
        """Return whether somebody asked to stop, or another group failed."""
        stop = self.meter.watch.stop
        return self._halt.is_set() or (stop is not None and stop())

    def _progress(self, groups: Sequence[Sequence[Scenario]], done: Sequence[int]) -> Progress:
        """Return how many rep-weeks of the groups are done."""
        each = [sum(map(rep_weeks, group)) for group in groups]
        here = sum(size * count for size, count in zip(each, done, strict=True))
        return Progress(here, self.replications * sum(each), 1.0, here)


def rep_weeks(scenario: Scenario) -> int:
    """Return the rep-weeks of one world."""
    return scenario.team.reps * (scenario.horizon.weeks + scenario.horizon.warmup_weeks)
