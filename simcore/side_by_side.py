"""Many scenarios in the same worlds, a few at a time, read as they come; what is done when it is stopped is kept."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simcore.contrast import Sums, has_quota_period, sums_of
from simcore.horizons import WEEK
from simcore.paired import run_paired
from simcore.runner import Progress
from simcore.tally import ENTERED, ORIGIN, SUM, TOTAL

if TYPE_CHECKING:
    from simcore.program import Program
    from simcore.scenario import Scenario
    from simcore.tally import Tally

Report = Callable[[Progress], None]
TOGETHER = 6
"""Programs that are run at once: their tallies are held together."""


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
    clipped: int
    """Decisions at a rate cut at 1."""


def cell_of(program: Program, tally: Tally) -> Cell:
    """Return what is kept of a run."""
    arrays = tally.arrays
    close = sums_of("revenue", program, tally)
    origin = arrays.moments[:, ORIGIN, WEEK, TOTAL] * (program.deals.unit / 100.0)
    return Cell(
        revenue=close,
        revenue_origin=close._replace(total=origin),
        p_quota=sums_of("p_quota", program, tally) if has_quota_period(program) else None,
        entered=arrays.stages[:, ENTERED],
        booked=arrays.first[:, SUM, 0],
        clipped=int(arrays.clipped[:-2].sum()),
    )


class StoppedError(Exception):
    """Was asked to stop, and nothing of what was asked for is done."""


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
        self.stopped = False

    def run(self, scenarios: Sequence[Scenario], *, seed: int | None = None) -> list[Cell]:
        """Return a cell for each scenario, in their order, all of the same worlds.

        If it is stopped, the list is shorter: what was not run through is left out. Only the first scenarios, if they
        are the first at all, are kept with fewer worlds.

        Raises
        ------
        StoppedError
            If it was stopped before.
        """
        if self.stopped:
            raise StoppedError
        cells: list[Cell] = []
        for first in range(0, len(scenarios), TOGETHER):
            group = scenarios[first : first + TOGETHER]
            if self._done and self._stop is not None and self._stop():
                self.stopped = True
                break
            paired = run_paired(
                group,
                replications=self.replications,
                seed=self.seed if seed is None else seed,
                threads=self._threads,
                progress=self._report(group),
                stop=self._stop,
            )
            done = paired.replications
            if done == self.replications or not self._done:
                cells += [cell_of(*each) for each in zip(paired.programs, paired.tallies, strict=True)]
            self._done += sum(map(rep_weeks, group)) * done
            if done < self.replications:
                self.stopped = True
                break
        return cells

    @property
    def seconds(self) -> float:
        """Seconds since the first run could begin."""
        return time.perf_counter() - self._started

    def _report(self, group: Sequence[Scenario]) -> Report | None:
        """Return what tells of a group of scenarios as a part of the whole."""
        told, before, each = self._progress, self._done, sum(map(rep_weeks, group))
        if told is None:
            return None

        def report(progress: Progress) -> None:
            done = before + each * progress.done
            told(Progress(done, max(done, self._total), self.seconds, progress.rep_weeks_per_second))

        return report


def rep_weeks(scenario: Scenario) -> int:
    """Return the rep-weeks of one world."""
    return scenario.team.reps * (scenario.horizon.weeks + scenario.horizon.warmup_weeks)


def calls_per_year(cell: Cell) -> Sums:
    """Return the calls of a rep-year."""
    return Sums(cell.revenue.replications, cell.entered[:, 0], cell.revenue.windows)

