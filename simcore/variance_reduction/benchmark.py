"""Which technique of variance reduction answers a question cheapest, measured on the user's own scenario.

Every technique is run in independent batches of worlds of its own. A batch gives an estimate, its standard error and
its cost; efficiency is 1 / (variance x cost), as a ratio to crude Monte Carlo with an interval from the batches.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import isfinite, sqrt
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simcore.analytic.expectations import chances, expected
from simcore.analytic.run_cost import Bill, bill_of_replications, rep_week_ns
from simcore.base.errors import Problem, ScenarioError
from simcore.base.periods import HORIZONS, WEEK, WEEKS_PER_YEAR
from simcore.engine.explosion import translate_explosion
from simcore.engine.playable import playable, with_run_overrides
from simcore.engine.runner import Progress, Report, Stop, StoppedError, Watch
from simcore.engine.worlds import Meter
from simcore.random.philox import split_seed
from simcore.results.header import header_of
from simcore.scenario.digest import joint_digest
from simcore.scenario.metric import P_QUOTA, P_QUOTA_TEAM, P_ZERO, QUANTILE, REVENUE, VARIANCE, Metric
from simcore.scenario.model import with_strategy
from simcore.statistics.metrics import check_metric
from simcore.variance_reduction.conditional import conditional_refusal, conditional_values, fixed_after
from simcore.variance_reduction.document import Gain, Slope, TechniqueRow, VarianceBench
from simcore.variance_reduction.efficiency import efficiency, rate_of_error
from simcore.variance_reduction.techniques import CRUDE, LEAST, TECHNIQUES, UNCUT, Batch, Case, Technique, draw, refusal

if TYPE_CHECKING:
    from simcore.program.layout import Program
    from simcore.scenario.model import Scenario

Floats = NDArray[np.float64]

BATCHES = 8
BATCH_NS = 1.5e8
"""A batch takes crude Monte Carlo about so long unless its worlds are stated."""
MOST_WORLDS = 1 << 16
"""And has at most so many worlds."""
LEAST_BATCHES = 3
"""Batches without which there is no interval: a run that is stopped sooner tells nothing."""
SIZES = (16, 4, 1)
"""Batches of a 16th and a quarter of the worlds tell how the error falls with their number."""
FEW = 30
"""Crude Monte Carlo that saw the event less often knows nothing of its own variance."""
DOUBTFUL = 4.0
"""Standard errors from the reference, or of a control from its expectation, beyond which a technique is not trusted."""
NOTHING = 1e-9
"""A standard error below this part of the estimate is rounding: no variance is left."""
PILOT = 1 << 9
"""The number of a technique that has none: the worlds of the pilot run of a quantile."""


class Measured(NamedTuple):
    """What the batches of a technique have told; one entry for each batch, m in all, of the full size."""

    technique: Technique
    batches: tuple[Batch, ...]
    sizes: tuple[float, ...]
    """Numbers of worlds, from the fewest ..."""
    errors: tuple[float, ...]
    """... and the standard errors of batches of that size: roots of mean squares."""

    @property
    def estimate(self) -> float:
        """Mean over the batches."""
        return float(np.mean([batch.estimate.mean for batch in self.batches]))

    @property
    def variances(self) -> Floats:
        """Squared standard errors of the batches, float64[m]."""
        return np.array([batch.estimate.standard_error**2 for batch in self.batches])

    @property
    def seconds(self) -> Floats:
        """Processor time of the batches, float64[m]."""
        return np.array([batch.seconds for batch in self.batches])

    @property
    def se(self) -> float:
        """Standard error of the mean over the batches."""
        return sqrt(float(self.variances.mean()) / len(self.batches))

    @property
    def exact(self) -> bool:
        """Whether no variance is left but rounding."""
        return self.se <= NOTHING * abs(self.estimate) and self.estimate != 0.0


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
    return _document(scenarios, case, measured, exact, worlds, interrupted=interrupted, seconds=seconds)


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


def _document(
    scenarios: Sequence[Scenario],
    case: Case,
    measured: list[Measured],
    exact: float | None,
    batch: int,
    *,
    interrupted: bool,
    seconds: float,
) -> VarianceBench:
    crude = measured[0]
    computed = _is_rare(case, crude)
    variances = _crude_variances(case, measured) if computed else crude.variances
    reference: float | None = exact
    source: Literal["exact", "crude", "none"] = "exact"
    if exact is None:
        reference, source = (None, "none") if computed else (crude.estimate, "crude")
    reference_se = 0.0 if source == "exact" else crude.se
    names = {each.technique.name for each in measured}
    rows = [_row(each, crude, variances, reference, reference_se) for each in measured]
    rows += [_refused(each, refusal(each, case)) for each in TECHNIQUES if each.name not in names]
    best = best_of(rows)
    return VarianceBench(
        **header_of(
            scenarios[0],
            strategies=[each.run.strategy for each in scenarios],
            digest=joint_digest(scenarios),
            replications=len(crude.batches) * batch,
            interrupted=interrupted,
            seconds=seconds,
        ),
        metric=str(case.metric),
        level=case.level if case.metric.name == QUANTILE else None,
        batches=len(crude.batches),
        batch=batch,
        reference=reference,
        reference_is=source,
        crude_variance_is="computed" if computed else "measured",
        rows=rows,
        recommended=best.technique,
        advice=_advice(best),
    )


def _is_rare(case: Case, crude: Measured) -> bool:
    """Return whether crude Monte Carlo saw too few windows with the event, or without it, to know its variance."""
    if case.is_difference or case.metric.name == REVENUE:
        return False
    windows = sum(batch.replications for batch in crude.batches) * case.programs[0].team.reps
    return min(crude.estimate, 1.0 - crude.estimate) * windows < FEW


def _crude_variances(case: Case, measured: list[Measured]) -> Floats:
    """Return the squared error of crude batches from the best estimate of the chance, as of independent windows."""
    crude = measured[0]
    known = [each for each in measured if _is_trusted(each) and each.estimate > 0.0 and each.variances.min() > 0.0]
    chance = min(known, key=lambda each: each.se / each.estimate).estimate if known else 0.0
    windows = windows_per_world(case)
    each = [chance * (1.0 - chance) / (windows * batch.replications) for batch in crude.batches]
    return np.array(each)


def windows_per_world(case: Case) -> int:
    """Return the windows of a share that a world holds, of all reps."""
    of_quota = case.metric.name in (P_QUOTA, P_QUOTA_TEAM)
    program = case.programs[0]
    periods = int(program.calendar.periods[program.quota.horizon]) if of_quota else case.windows_each
    return periods * (1 if case.metric.name == P_QUOTA_TEAM else program.team.reps)


def _is_trusted(measured: Measured) -> bool:
    return all(batch.trusted and batch.worst_control <= DOUBTFUL for batch in measured.batches)


def _row(
    measured: Measured, crude: Measured, crude_variances: Floats, reference: float | None, reference_se: float
) -> TechniqueRow:
    technique, own = measured.technique, measured is crude
    estimate, se = measured.estimate, measured.se
    error = sqrt(se**2 + reference_se**2)
    far = None
    if reference is not None and not (own and reference == estimate):
        far = (estimate - reference) / error if error > 0.0 else None
    if measured.exact:
        far = None if reference is None or reference_se == 0.0 else far
    trusted = _is_trusted(measured) and (far is None or abs(far) <= DOUBTFUL)
    gain, rate = None, None
    if not (measured.exact or own) and measured.variances.min() > 0.0 and crude_variances.min() > 0.0:
        found = efficiency(crude_variances, crude.seconds, measured.variances, measured.seconds)
        gain = Gain(ratio=found.ratio, low=found.low, high=found.high)
    if not measured.exact and min(measured.errors) > 0.0:
        slope, slope_se = rate_of_error(measured.sizes, measured.errors)
        rate = Slope(slope=slope, se=slope_se)
    replications = float(np.mean([batch.replications for batch in measured.batches]))
    return TechniqueRow(
        technique=technique.name,
        what=technique.what,
        refused=None,
        estimate=estimate,
        se=0.0 if measured.exact else se,
        z=far if far is None or isfinite(far) else None,
        variance=0.0 if measured.exact else float(measured.variances.mean()) * replications,
        microseconds=1e6 * float(measured.seconds.mean()) / replications,
        efficiency=gain,
        exact=measured.exact,
        trusted=trusted,
        rate=rate,
        verdict=_verdict(gain, exact=measured.exact, own=own, trusted=trusted),
    )


Said = Literal["crude", "refused", "exact", "helps", "no difference", "hurts", "untrusted"]


def _verdict(gain: Gain | None, *, exact: bool, own: bool, trusted: bool) -> Said:
    if own:
        return "crude"
    if not trusted or (gain is None and not exact):
        return "untrusted"
    if exact or gain is None:
        return "exact"
    if gain.low > 1.0:
        return "helps"
    return "hurts" if gain.high < 1.0 else "no difference"


def _refused(technique: Technique, reason: str | None) -> TechniqueRow:
    return TechniqueRow(
        technique=technique.name,
        what=technique.what,
        refused=reason,
        estimate=None,
        se=None,
        z=None,
        variance=None,
        microseconds=None,
        efficiency=None,
        exact=False,
        trusted=False,
        rate=None,
        verdict="refused",
    )


def best_of(rows: list[TechniqueRow]) -> TechniqueRow:
    """Return the technique to use: an exact one, else the one whose gain is surely the largest."""
    exact = [row for row in rows if row.verdict == "exact"]
    if exact:
        return min(exact, key=lambda row: row.microseconds or 0.0)
    helpful = [row for row in rows if row.verdict == "helps" and row.efficiency is not None]
    return max(helpful, key=lambda row: row.efficiency.low if row.efficiency else 0.0, default=rows[0])


def _advice(best: TechniqueRow) -> str:
    if best.verdict == "exact":
        return f"Use {best.technique}: no variance is left, so that arithmetic alone gives the answer."
    if best.efficiency is None:
        return "Use crude Monte Carlo: no technique is surely better here."
    ratio = float(f"{best.efficiency.ratio:.3g}")
    times = f"{ratio:,.0f}" if ratio >= 100.0 else f"{ratio:g}"
    return f"Use {best.technique}: crude Monte Carlo would run {times} times as long for the same error."
