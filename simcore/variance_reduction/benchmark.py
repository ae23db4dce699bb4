"""Which technique of variance reduction answers a question cheapest, measured on the user's own scenario.

Every technique is run in independent batches of worlds of its own. A batch gives an estimate, its standard error and
its cost; efficiency is 1 / (variance x cost), as a ratio to crude Monte Carlo with an interval from the batches.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING

import numpy as np

from simcore.analytic.expectations import chances, expected
from simcore.analytic.run_cost import Bill, bill_of_replications, rep_week_ns
from simcore.base.errors import Problem, ScenarioError
from simcore.base.periods import HORIZONS, WEEK, WEEKS_PER_YEAR
from simcore.engine.explosion import translate_explosion
from simcore.engine.playable import playable, with_run_overrides
from simcore.engine.runner import Progress, Report, Stop, StoppedError, Watch
from simcore.engine.worlds import Meter
from simcore.random.philox import split_seed
from simcore.scenario.metric import P_QUOTA, P_QUOTA_TEAM, P_ZERO, QUANTILE, REVENUE, VARIANCE, Metric
from simcore.scenario.model import with_strategy
from simcore.statistics.metrics import check_metric
from simcore.variance_reduction.conditional import conditional_refusal, conditional_values, fixed_after
from simcore.variance_reduction.gains import Measured, document_of
from simcore.variance_reduction.techniques import CRUDE, LEAST, TECHNIQUES, UNCUT, Batch, Case, Technique, draw, refusal

if TYPE_CHECKING:
    from simcore.program.layout import Program
    from simcore.scenario.model import Scenario
    from simcore.variance_reduction.document import VarianceBench

BATCHES = 8
BATCH_NS = 1.5e8
"""A batch takes crude Monte Carlo about so long unless its worlds are stated."""
MOST_WORLDS = 1 << 16
"""And has at most so many worlds."""
LEAST_BATCHES = 3
"""Batches without which there is no interval: a run that is stopped sooner tells nothing."""
SIZES = (16, 4, 1)
"""Batches of a 16th and a quarter of the worlds tell how the error falls with their number."""
PILOT = 1 << 9
"""The number of a technique that has none: the worlds of the pilot run of a quantile."""


@dataclass(frozen=True)
class VarianceRequest:
    """The question of `bench_variance`, with its arguments."""

    scenario: Scenario
    metric: str = "revenue"
    strategies: Sequence[str] = ()
    batch: int | None = None
    batches: int = BATCHES
    seed: int | None = None

    def cost(self, threads: int) -> Bill:  # noqa: ARG002  (as every request has it)
        """Return what the batches of all techniques cost, on one thread whatever is given."""
        worlds = (self.batch or SIZES[0] * LEAST) * self.batches * (len(TECHNIQUES) + 1)
        runs = max(1, len(self.strategies))
        return bill_of_replications(self.scenario, runs * sum(worlds / part for part in SIZES), 1)

    def run(
        self,
        *,
        threads: int | None = None,  # noqa: ARG002  (as every request has it)
        progress: Report | None = None,
        stop: Stop | None = None,
    ) -> VarianceBench:
        """Return the answer, from one thread whatever is given; see `bench_variance`."""
        return bench_variance(
            self.scenario,
            self.metric,
            strategies=self.strategies,
            batch=self.batch,
            batches=self.batches,
            seed=self.seed,
            progress=progress,
            stop=stop,
        )


def bench_variance(
    scenario: Scenario,
    metric: str = "revenue",
    *,
    strategies: Sequence[str] = (),
    batch: int | None = None,
    batches: int = BATCHES,
    seed: int | None = None,
    progress: Callable[[Progress], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> VarianceBench:
    """Measure every technique of variance reduction on one metric.

    Parameters
    ----------
    scenario
        From `simcore.load_scenario`.
    metric
        As for a precision: ``revenue:year``, ``p_quota``, ``p_zero:13w``, ``q05:quarter``.
    strategies
        None: the scenario's own. One, or two for the difference of the first less the second.
    batch
        Worlds of a batch, a power of two from 256 to 2**20; by default as many as take about 0.15 s.
    batches
        Independent batches of each technique, 3 to 200.
    seed
        Overrides the scenario's.
    progress
        Called after each batch; counts batches.
    stop
        Asked before each batch; the rounds before are reported, three at least.

    Raises
    ------
    ScenarioError
        If the metric is none, the scenario does not have it, a strategy explodes, or a number is out of range.
    StoppedError
        If it was stopped before three batches of every technique were done: fewer tell nothing.

    Examples
    --------
    >>> from simcore import load_scenario
    >>> given = load_scenario("trust-the-process", ["team.reps=2"])
    >>> found = bench_variance(given, "revenue:year", batch=256, batches=3)
    >>> [row.technique for row in found.rows if row.exact]
    ['controls', 'conditional + controls']
    """
    started = time.perf_counter()
    scenario = with_run_overrides(scenario, None, seed)
    wanted = _checked(metric, strategies, batch, batches)
    scenarios = [with_strategy(scenario, name) for name in strategies] or [scenario]
    programs = tuple(playable(each, detailed=True, replications=False) for each in scenarios)
    for program in programs:
        check_metric(wanted, program)
    worlds = batch or _batch_of(scenarios, programs)
    key = split_seed(scenario.run.seed)
    known = chances(scenarios[0], within=UNCUT) if len(programs) == 1 else None
    with translate_explosion(scenarios[0]):
        case = Case(wanted, 0.0, programs, known, key)
        if wanted.name == QUANTILE:
            case.level = float(np.quantile(case.windows(PILOT << 30, LEAST), wanted.percent / 100.0))
        measured, interrupted = _measure(case, worlds, batches, Watch(progress, stop))
    exact = _exact(scenarios, case)
    seconds = time.perf_counter() - started
    return document_of(scenarios, case, measured, exact, worlds, interrupted=interrupted, seconds=seconds)


def _checked(metric: str, strategies: Sequence[str], batch: int | None, batches: int) -> Metric:
    """Return the metric, or refuse it or a number."""
    problems = []
    wanted = VARIANCE.metric_of(metric)
    if batch is not None and (batch < SIZES[0] * LEAST or batch > 1 << 20 or batch & (batch - 1)):
        problems.append(Problem("out of range", "batch", value=str(batch), allowed="a power of two, 256 .. 2**20"))
    if not LEAST_BATCHES <= batches <= 200:
        problems.append(Problem("out of range", "batches", value=str(batches), allowed="3 .. 200"))
    if len(strategies) > 2 or len(set(strategies)) < len(strategies):
        named = ", ".join(strategies)
        problems.append(Problem("a difference is that of two strategies", "strategies", value=named))
    if len(strategies) == 2 and wanted.name == QUANTILE:
        problems.append(Problem("the difference of two quantiles is no mean over worlds", "metric", value=metric))
    if problems:
        raise ScenarioError(tuple(problems))
    return wanted


def _batch_of(scenarios: Sequence[Scenario], programs: tuple[Program, ...]) -> int:
    """Return the worlds of a batch by what they are expected to cost; the same on every machine."""
    rep_weeks = programs[0].team.reps * programs[0].clock.simulated_weeks
    world = rep_weeks * sum(rep_week_ns(each) for each in scenarios)
    return min(MOST_WORLDS, max(SIZES[0] * LEAST, 1 << max(0, int(BATCH_NS / world).bit_length() - 1)))


def _measure(case: Case, worlds: int, batches: int, watch: Watch) -> tuple[list[Measured], bool]:
    """Run all batches, technique after technique within a round, so that all meet the same state of the machine.

    In one thread, since the processor time of each is measured.
    """
    used = [(number, each) for number, each in enumerate((CRUDE, *TECHNIQUES)) if refusal(each, case) is None]
    found: dict[str, list[list[Batch]]] = {each.name: [[] for _ in SIZES] for _, each in used}
    rep_weeks = worlds * case.programs[0].team.reps * case.programs[0].clock.simulated_weeks
    meter = Meter(watch, len(used) * batches)
    whole, interrupted = 0, False
    try:
        for index in range(batches):
            for number, each in used:
                for place, part in enumerate(SIZES):
                    meter.raise_if_stopped()
                    found[each.name][place].append(draw(case, each, number, index * len(SIZES) + place, worlds // part))
                meter.add(1, rep_weeks)
            whole = index + 1
    except StoppedError:
        if whole < LEAST_BATCHES:
            raise
        interrupted = True
    return [_of_whole_rounds(each, found[each.name], whole) for _, each in used], interrupted


def _of_whole_rounds(technique: Technique, rows: list[list[Batch]], whole: int) -> Measured:
    """Return what a technique has told in the rounds that are done."""
    rows = [row[:whole] for row in rows]
    squares = [np.mean([one.estimate.standard_error**2 for one in row]) for row in rows]
    return Measured(
        technique,
        tuple(rows[-1]),
        tuple(float(np.mean([one.replications for one in row])) for row in rows),
        tuple(sqrt(float(square)) for square in squares),
    )


def _exact(scenarios: Sequence[Scenario], case: Case) -> float | None:
    """Return the exact answer where a closed form has it, and nothing takes time."""
    metric, program = case.metric, case.programs[0]
    if case.is_difference or not program.clock.one_account:
        return None
    if len(case.factors.calls) and fixed_after(program) == 0 and conditional_refusal(metric, program) is None:
        # All is binomial, given the calls; and these are known.
        counted = case.factors.calls[program.clock.warmup_weeks :]
        calls = np.broadcast_to(counted, (1, program.team.reps, len(counted)))
        return float(conditional_values(metric, case.level, program, calls, 0)[0])
    rows = {row.label: row.value for row in expected(scenarios[0])}
    quota = f"P(quota of a {HORIZONS[program.quota.horizon]})"
    label = {
        P_QUOTA: f"{quota}, a rep",
        P_QUOTA_TEAM: f"{quota}, the team",
        P_ZERO: f"{metric.window}: P(no win)",
        REVENUE: f"{metric.window or HORIZONS[WEEK]}: mean",
    }.get(metric.name)
    value = rows.get(label) if label is not None else None
    whole = WEEKS_PER_YEAR if metric.name == REVENUE and not metric.window else 1.0
    return None if value is None else value * whole
