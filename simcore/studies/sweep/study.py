"""Sweeps: strategies over a grid of values of the scenario, all in the same worlds."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from simcore.analytic.run_cost import Bill, bill_of_runs
from simcore.engine.explosion import ExplodedError
from simcore.engine.paired import run_paired
from simcore.engine.playable import with_run_overrides
from simcore.engine.runner import Report, Stop, StoppedError, Watch
from simcore.engine.worlds import Meter
from simcore.results.header import header_of
from simcore.scenario.digest import joint_digest
from simcore.scenario.metric import QUOTA_CHANCE, SWEEP, YEARLY_REVENUE, Metric
from simcore.scenario_files.vary import Value, check_strategies, grid, points
from simcore.statistics.intervals import significant_sign
from simcore.statistics.metrics import check_scenarios, lacks
from simcore.statistics.tallied_metrics import Tallied, estimate_of, estimate_of_difference, tallied
from simcore.studies.sweep.document import Sweep, SweepFigure, SweepPoint, VariedPath, Verdict

if TYPE_CHECKING:
    from simcore.scenario.model import Scenario
    from simcore.statistics.estimate import Estimate

CHUNK = 16
"""Programs that are run at once: their tallies are held together."""

Cell = dict[Metric, Tallied]
"""What one program told of each metric."""


class SweepRuns:
    """Runs scenarios in the same worlds, at most `CHUNK` at a time.

    Parameters
    ----------
    asked
        Its replications and seed hold for all runs.
    threads, progress, stop
        As for `simcore.simulate`; progress counts the replications of all scenarios.
    total
        Scenarios that will be run in all, for the progress.
    """

    def __init__(
        self,
        asked: Scenario,
        *,
        threads: int | None,
        progress: Report | None,
        stop: Callable[[], bool] | None,
        total: int,
    ) -> None:
        self._run, self._threads = asked.run, threads
        self._meter = Meter(Watch(progress, stop), total * asked.run.replications)

    def run(self, scenarios: Sequence[Scenario], metrics: Sequence[Metric]) -> list[Cell]:
        """Return the sums of each scenario.

        Raises
        ------
        StoppedError
            If ``stop`` said so before all replications were done.
        """
        cells: dict[int, Cell] = {}
        for places in _together(scenarios):
            found = self._run_together([scenarios[place] for place in places], metrics)
            cells |= dict(zip(places, found, strict=True))
        return [cells[place] for place in range(len(scenarios))]

    def _run_together(self, scenarios: Sequence[Scenario], metrics: Sequence[Metric]) -> list[Cell]:
        """Run scenarios of one team and horizon at once."""
        self._meter.raise_if_stopped()
        with self._meter.part(len(scenarios) * self._run.replications) as report:
            paired = run_paired(
                scenarios,
                replications=self._run.replications,
                seed=self._run.seed,
                threads=self._threads,
                progress=report,
                stop=self._meter.watch.stop,
            )
        if any(tally.replications < self._run.replications for tally in paired.tallies):
            raise StoppedError
        programs = zip(paired.programs, paired.tallies, strict=True)
        return [{metric: tallied(metric, program, tally) for metric in metrics} for program, tally in programs]

    @property
    def seconds(self) -> float:
        """Seconds since the first run could begin."""
        return self._meter.seconds


class SweepPlan(NamedTuple):
    """All that a sweep runs, checked."""

    asked: Scenario
    """With the replications and the seed of all runs."""
    vary: Mapping[str, Sequence[Value]]
    strategies: list[str]
    rows: list[list[Scenario]]
    """For each point a scenario a strategy."""
    metrics: list[Metric]

    @property
    def everything(self) -> list[Scenario]:
        """Every scenario that is run."""
        return list(chain.from_iterable(self.rows))

    def cost(self, threads: int) -> Bill:
        """Return what all points cost, of which a chunk is in memory at a time."""
        return bill_of_runs(self.everything, threads, at_once=CHUNK)

    def run(self, *, threads: int | None = None, progress: Report | None = None, stop: Stop | None = None) -> Sweep:
        """Return the answer; see `sweep`."""
        return run_sweep(self, threads=threads, progress=progress, stop=stop)


def plan_sweep(
    scenario: Scenario,
    vary: Mapping[str, Sequence[Value]],
    *,
    strategies: Sequence[str] = (),
    metrics: Sequence[str] = (),
    replications: int | None = None,
    seed: int | None = None,
) -> SweepPlan:
    """Return what a sweep will run; see `sweep`.

    Raises
    ------
    ScenarioError
        If a path is unknown, a point out of range, a strategy or metric unknown, or a run has not what a metric is of.
    """
    names = list(strategies) or [scenario.run.strategy]
    check_strategies(scenario, names)
    asked = with_run_overrides(scenario, replications, seed)
    rows = grid(asked, vary, names)
    everything = list(chain.from_iterable(rows))
    wanted = [SWEEP.metric_of(metric) for metric in metrics]
    for each in wanted:
        check_scenarios(each, everything)
    always = [YEARLY_REVENUE, QUOTA_CHANCE] if all(map(has_quota_period, everything)) else [YEARLY_REVENUE]
    return SweepPlan(asked, vary, names, rows, list(dict.fromkeys([*always, *wanted])))


def run_sweep(
    plan: SweepPlan,
    *,
    threads: int | None = None,
    progress: Report | None = None,
    stop: Callable[[], bool] | None = None,
) -> Sweep:
    """Run what was planned; see `sweep`."""
    names, rows = plan.strategies, plan.rows
    worlds = SweepRuns(plan.asked, threads=threads, progress=progress, stop=stop, total=len(rows) * len(names))
    values = [list(point.values()) for point in points(plan.vary)]
    found: dict[int, SweepPoint] = {}
    waiting = deque(_chunks(rows))
    try:
        while waiting:
            places = waiting.popleft()
            try:
                cells = worlds.run(list(chain.from_iterable(rows[place] for place in places)), plan.metrics)
            except ExplodedError as error:
                if len(places) > 1:
                    # One of them exploded: each is run on its own, so that the others are not lost.
                    waiting.extendleft([place] for place in reversed(places))
                    continue
                if len(rows) == 1:
                    raise
                (place,) = places
                found[place] = SweepPoint(point=place, values=values[place], figures=[], exploded=str(error))
                continue
            for number, place in enumerate(places):
                here = cells[number * len(names) : (number + 1) * len(names)]
                figures = _figures(names, plan.metrics, here)
                found[place] = SweepPoint(point=place, values=values[place], figures=figures, exploded=None)
    except StoppedError:
        pass  # what is done is reported
    return Sweep(
        **header_of(
            plan.asked,
            strategies=names,
            digest=joint_digest(plan.everything),
            replications=plan.asked.run.replications,
            interrupted=len(found) < len(rows),
            seconds=worlds.seconds,
        ),
        paths=[VariedPath(path=path, values=list(values)) for path, values in plan.vary.items()],
        metrics=[str(metric) for metric in plan.metrics],
        points=[found[place] for place in sorted(found)],
    )


def sweep(
    scenario: Scenario,
    vary: Mapping[str, Sequence[Value]],
    *,
    strategies: Sequence[str] = (),
    metrics: Sequence[str] = (),
    replications: int | None = None,
    seed: int | None = None,
    threads: int | None = None,
    progress: Report | None = None,
    stop: Callable[[], bool] | None = None,
) -> Sweep:
    """Run strategies at every point of a grid, all in the same worlds.

    Parameters
    ----------
    scenario
        From `simcore.load_scenario`.
    vary
        The values of each path, set as ``--set`` does it: numbers, or texts such as ``"10d"``.
    strategies
        Names of its strategies, the baseline first; default the one that it runs.
    metrics
        Beside ``revenue`` and ``p_quota``: ``sd:week``, ``p_zero:quarter``, ``q05:year`` and so on, see
        `simcore.scenario.metric`; with the periods that every run counts.
    replications, seed
        Override what the scenario says; they hold for all points.
    threads, progress, stop
        As for `simcore.simulate`. A stopped sweep keeps the points that are done.

    Raises
    ------
    ScenarioError
        If a path is unknown, a point out of range, or a strategy or metric unknown. A point at which a strategy
        explodes says so and the others are run; only a sweep of one point then fails.

    Examples
    --------
    >>> from simcore import load_scenario, sweep
    >>> found = sweep(load_scenario("trust-the-process"), {"team.reps": [5, 10]}, replications=100)
    >>> [point.values for point in found.points], found.metrics
    ([[5.0], [10.0]], ['revenue', 'p_quota'])
    """
    plan = plan_sweep(scenario, vary, strategies=strategies, metrics=metrics, replications=replications, seed=seed)
    return run_sweep(plan, threads=threads, progress=progress, stop=stop)


def has_quota_period(scenario: Scenario) -> bool:
    """Return whether a run of the scenario holds a whole quota period."""
    return lacks(scenario, QUOTA_CHANCE) is None


def _together(scenarios: Sequence[Scenario]) -> list[list[int]]:
    """Return the places of scenarios that `run_paired` can run at once: those with the same team and horizon."""
    found: dict[tuple[int, int], list[int]] = {}
    for place, each in enumerate(scenarios):
        found.setdefault((each.team.reps, each.horizon.weeks), []).append(place)
    return list(found.values())


def _chunks(rows: Sequence[Sequence[Scenario]]) -> list[list[int]]:
    """Return the places of points that are run at once: never more than `CHUNK` programs, if a point allows it."""
    width = max(1, CHUNK // len(rows[0]))
    groups = _together([row[0] for row in rows])
    return [group[first : first + width] for group in groups for first in range(0, len(group), width)]


def _figures(names: Sequence[str], metrics: Sequence[Metric], cells: Sequence[Cell]) -> list[SweepFigure]:
    """Return the figures of one point: every strategy, every metric, against the first strategy."""
    found = []
    for name, cell in zip(names, cells, strict=True):
        for metric in metrics:
            difference = None if name == names[0] else estimate_of_difference(cell[metric], cells[0][metric])
            found.append(
                SweepFigure(
                    strategy=name,
                    metric=str(metric),
                    figure=estimate_of(cell[metric]),
                    difference=difference,
                    verdict=None if difference is None else _verdict(difference, metric.better),
                )
            )
    return found


def _verdict(difference: Estimate, good: int) -> Verdict | None:
    """Return whom the 95 % interval calls ahead; ``None`` where there is none: too few replications."""
    if difference.low is None or difference.high is None:
        return None
    words: dict[int, Verdict] = {1: "ahead", 0: "tied", -1: "behind"}
    return words[good * significant_sign(difference)]
