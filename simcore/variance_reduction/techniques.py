"""Techniques of variance reduction: how each changes the draws of a run, and the estimate it makes from them.

A technique is a combination of few things: where the leading factors come from
(`simcore.variance_reduction.point_sets`), mirrored draws, the last steps integrated out
(`simcore.variance_reduction.conditional`), tilted rates, control variates, and whether two strategies share their
worlds. All of it goes through `simcore.random.streams`; no kernel knows a technique.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simcore.base.periods import HORIZONS
from simcore.engine.runner import BLOCK_REP_WEEKS, DETAIL_REP_WEEKS, Block, Runner, Workspace, cut
from simcore.program.tally import CLOSE
from simcore.random.streams import FACTORS, Source
from simcore.scenario.metric import P_ZERO, Metric
from simcore.statistics.metrics import by_period, cuts_weeks, revenue_by_period, weeks_of_windows, windows_each
from simcore.statistics.sequential_interval import SampleMoments, moments_of
from simcore.variance_reduction.conditional import (
    CUT,
    conditional_refusal,
    conditional_values,
    count_controls,
    fixed_after,
    plain_values,
)
from simcore.variance_reduction.control_variates import controlled
from simcore.variance_reduction.estimators import (
    TechniqueEstimate,
    antithetic,
    crude,
    randomised,
    stratified,
    tilts_for_no_win,
    weighted,
)
from simcore.variance_reduction.point_sets import (
    PER_STRATUM,
    RANDOMISATIONS,
    Address,
    Factors,
    LeadingFactors,
    PointKind,
    dimensions_of,
    draw_factors,
    factors_of,
)

if TYPE_CHECKING:
    from simcore.kernels.detail import Detail
    from simcore.program.layout import Program
    from simcore.random.philox import Key

Floats = NDArray[np.float64]

BATCH_BITS = 20
"""A batch of a technique has room for 2**20 replications of its own."""
TECHNIQUE_BITS = 10
"""And a technique for 2**10 batches."""
UNCUT = 1e-9
"""A control's expectation may be off by this share, as `analytic.expectations.chances` is where rates are cut at 1."""
FAR = 1 << 38
"""Offset of the worlds of the second strategy where the two share none."""
WORLDS_PER_CONTROL = 2
"""A batch has at most one control for so many worlds."""
LEAST = 16
"""Fewest worlds of a batch: two points of each randomisation."""


@dataclass(frozen=True)
class Technique:
    """A way to estimate a metric."""

    name: str
    what: str
    points: PointKind | None = None
    """How the leading factors are drawn; ``None``: from their addresses, as in any run."""
    mirrored: bool = False
    conditional: bool = False
    tilted: bool = False
    controlled: bool = False
    apart: bool = False
    """Two strategies are simulated in different worlds."""
    plain: bool = False
    """Whether counters alone are enough where a tally has the metric: the cost is then that of such a run."""


class Batch(NamedTuple):
    """The estimate of one batch of worlds, with its cost."""

    estimate: TechniqueEstimate
    replications: int
    seconds: float
    """Processor time of one thread."""
    trusted: bool
    """Whether no single term dominates the sum, see `simcore.variance_reduction.estimators.weighted`."""
    worst_control: float
    """Largest distance of a control's mean from its expectation, in standard errors; 0 without controls."""
    worlds: SampleMoments
    """Moments of the values of its worlds, before controls and strata; their skewness decides how many are needed."""


class Case:
    """A metric of one strategy, or the difference of two, and what is needed to simulate it."""

    def __init__(
        self,
        metric: Metric,
        level: float,
        programs: tuple[Program, ...],
        chances: list[float] | None,
        key: Key,
    ) -> None:
        """Make the runners of the programs.

        Parameters
        ----------
        metric
            Of a quantile, the share of windows with at most ``level``.
        programs
            One, or two: the difference is that of the first less the second.
        chances
            See `simcore.analytic.expectations.chances`.
        key
            Of the seed: all random numbers of all techniques follow from it.
        """
        self.metric, self.level, self.programs, self.chances, self.key = metric, level, programs, chances, key
        self.runners = [Runner(program, key) for program in programs]
        self.spaces: list[Workspace] = [runner.workspace() for runner in self.runners]
        self.factors: Factors = factors_of(programs[0])

    @property
    def is_difference(self) -> bool:
        """Whether two strategies are compared."""
        return len(self.programs) == 2

    @property
    def is_counted(self) -> bool:
        """Whether entries into a stage have a known expectation."""
        free = not any(program.reaction.needed or not program.only_calls for program in self.programs)
        return self.chances is not None and free and not self.programs[0].lags.lagged[1]

    @property
    def is_tallied(self) -> bool:
        """Whether a tally has the metric."""
        return self.metric.window in ("", *HORIZONS)

    @property
    def windows_each(self) -> int:
        """Windows of the metric in the run of a seat."""
        return windows_each(self.metric, self.programs[0]) // self.programs[0].team.reps

    def windows(self, first: int, n: int) -> Floats:
        """Return the revenue of every window of the metric in n worlds of the first program, in units of currency."""
        found = [
            revenue_by_period(self.metric, self.programs[0], detail).ravel()
            for _, detail in _details(self, 0, first, n, _giving(self.programs[0].source, None))
        ]
        return np.concatenate(found) / 100.0


def refusal(technique: Technique, case: Case) -> str | None:
    """Return why a technique cannot be used for a case; ``None`` if it can."""
    checks = (_of_difference, _of_points, _of_conditional, _of_tilt, _of_controls)
    return next((reason for check in checks if (reason := check(technique, case)) is not None), None)


def _of_difference(technique: Technique, case: Case) -> str | None:
    alone = technique == SHARED and not case.is_difference
    return "there is one strategy only" if alone else None


def _of_points(technique: Technique, case: Case) -> str | None:
    factors = case.factors
    if technique.points is None:
        return None
    if not (factors.weeks or factors.people or len(factors.calls)):
        return "no market, no spread between reps, and the successes of step 1 do not follow one law"
    if technique.points == "sobol" and dimensions_of(factors, case.programs[0].team.reps).total == 0:
        return "too many reps: none of them leads"
    return None


def _of_conditional(technique: Technique, case: Case) -> str | None:
    if not technique.conditional:
        return None
    reasons = (conditional_refusal(case.metric, program) for program in case.programs)
    return next((reason for reason in reasons if reason), None)


def _of_tilt(technique: Technique, case: Case) -> str | None:
    if not technique.tilted:
        return None
    if case.is_difference or case.metric.name != P_ZERO:
        return "only a time without a win is made likelier"
    if cuts_weeks(case.metric, case.programs[0]):
        return CUT
    if any((program.lags.lost >= 0).any() for program in case.programs):
        return "what is lost waits by a law of its own: a win is decided long before the time in which it counts"
    return "a funnel of one step has no rate that can be tilted" if case.programs[0].clock.steps < 2 else None


def _of_controls(technique: Technique, case: Case) -> str | None:
    factors = case.factors
    if not technique.controlled or case.is_counted or factors.weeks or factors.people or len(factors.calls):
        return None
    return "nothing is counted whose expectation is known"


def made_by(case: Case, technique: Technique, n: int) -> int:
    """Return the worlds that a batch of about n takes: two for each pair; some for each window with a tilt."""
    if technique.tilted:
        windows = case.windows_each
        return _tilted_worlds(n, windows) * windows
    return 2 * n if technique.mirrored else n


def _tilted_worlds(n: int, windows: int) -> int:
    """Return the worlds of each window of a tilted batch: a power of two."""
    return max(LEAST, 1 << ((n // windows).bit_length() - 1)) if n >= windows else LEAST


def draw(case: Case, technique: Technique, number: int, batch: int, n: int, *, timed: bool = True) -> Batch:
    """Simulate one batch of about n worlds by a technique.

    Parameters
    ----------
    number, batch
        Of the technique, and of its batch: others have other worlds.
    n
        A power of two from 16 to 2**20.
    timed
        Whether a technique that needs nothing but counters is charged what these cost, which plays its worlds again.

    Raises
    ------
    ValueError
        For another n, or a technique that is refused.
    """
    if n < LEAST or n > 1 << BATCH_BITS or n & (n - 1):
        raise ValueError(f"a batch has a power of two of worlds from {LEAST} to 2**20, got {n}")
    reason = refusal(technique, case)
    if reason is not None:
        raise ValueError(f"{technique.name}: {reason}")
    first = (number << (TECHNIQUE_BITS + BATCH_BITS)) + (batch << BATCH_BITS)
    before = time.thread_time()
    done = (_tilted if technique.tilted else _untilted)(case, technique, first, n)
    seconds = time.thread_time() - before
    if timed and technique.plain and case.is_tallied:
        seconds = _seconds_of_tally(case, technique, first, n)
    return done._replace(seconds=seconds)


def _untilted(case: Case, technique: Technique, first: int, n: int) -> Batch:
    kind = technique.points or ("random" if technique.controlled else None)
    factors = _drawn(case, technique)
    drawn = factors.weeks > 0 or len(factors.people) > 0 or len(factors.calls) > 0
    worlds = (
        draw_factors(case.programs[0], factors, kind, n, Address(case.key, first, 0))
        if kind is not None and drawn
        else None
    )
    values, controls = _values(case, technique, first, n, worlds)
    made, worst = n, 0.0
    if technique.mirrored:
        mirror, _ = _values(case, technique, first, n, worlds, flip=True)
        estimate, made = antithetic(values, mirror), 2 * n
        values = (values + mirror) / 2.0
    elif technique.controlled:
        found = controlled(values, controls, np.zeros(controls.shape[1]))
        estimate, worst = found.estimate, float(np.abs(found.shifts).max(initial=0.0))
    elif technique.points == "strata":
        strata = n // PER_STRATUM
        estimate = stratified(values, np.arange(n) // PER_STRATUM, np.full(strata, 1.0 / strata))
    elif technique.points == "sobol":
        estimate = randomised(values.reshape(RANDOMISATIONS, -1))
    else:
        estimate = crude(values)
    return Batch(estimate, made, 0.0, trusted=True, worst_control=worst, worlds=moments_of(values))


def _drawn(case: Case, technique: Technique) -> Factors:
    """Return the factors that a technique draws; counts are expensive, and left to the engine where others dominate."""
    factors = case.factors
    others = factors.weeks > 0 or len(factors.people) > 0
    spared = (technique.points == "strata" and others) or (technique.points is None and case.is_counted)
    return factors._replace(calls=factors.calls[:0]) if spared else factors


def _values(
    case: Case, technique: Technique, first: int, n: int, worlds: LeadingFactors | None, *, flip: bool = False
) -> tuple[Floats, Floats]:
    """Return the values of n worlds, and their controls with expectation zero: float64[n], float64[n, c]."""
    total = np.zeros(n)
    controls = worlds.controls if worlds is not None and technique.controlled else np.empty((n, 0))
    for index, program in enumerate(case.programs):
        source = program.source
        if flip:
            source = source._replace(flip=np.full(FACTORS, 0xFFFFFFFF, np.uint32))
        if technique.apart and index == 1:
            source = source._replace(shift=np.full(FACTORS, FAR, np.int64))
        values = np.empty(n)
        counts: list[Floats] = []
        for block, detail in _details(case, index, first, n, _giving(source, worlds)):
            part = slice(block.first, block.first + block.replications)
            values[part] = _of(case, technique, program, detail)
            if technique.controlled and case.chances is not None and case.is_counted:
                counts.append(count_controls(program, np.asarray(case.chances), detail)[1])
        total += values if index == 0 else -values
        if counts:
            controls = np.column_stack([controls, np.concatenate(counts)])
    # Of more controls than that the coefficients would be noise; the last ones, late stages, tell most.
    return total, controls[:, -(n // WORLDS_PER_CONTROL) :]


def _of(case: Case, technique: Technique, program: Program, detail: Detail) -> Floats:
    if not technique.conditional:
        return plain_values(case.metric, case.level, program, detail)
    stage = max(1, fixed_after(program))
    return conditional_values(case.metric, case.level, program, detail.entered[..., stage], stage)


def _giving(source: Source, worlds: LeadingFactors | None) -> Callable[[Block], Source]:
    return lambda block: source if worlds is None else worlds.given(source, block.first, block.replications)


def _blocks(program: Program, n: int, rep_weeks: int, *, detailed: bool) -> Iterator[Block]:
    """Cut n worlds into as few blocks as memory allows: there is no progress within a batch."""
    size = max(1, rep_weeks // (program.team.reps * program.clock.simulated_weeks))
    return cut(program, n, 1, min(n, size), detailed=detailed)


def _details(
    case: Case, index: int, first: int, n: int, source_of: Callable[[Block], Source]
) -> Iterator[tuple[Block, Detail]]:
    """Simulate n worlds; yield blocks counted from 0, with their details."""
    runner, space = case.runners[index], case.spaces[index]
    for block in _blocks(runner.program, n, DETAIL_REP_WEEKS, detailed=True):
        moved = block._replace(first=first + block.first)
        yield block, runner.simulate(space, moved, detailed=True, source=source_of(block))


def _seconds_of_tally(case: Case, technique: Technique, first: int, n: int) -> float:
    """Return the processor time of the same worlds where only counters are kept."""
    before = time.thread_time()
    for index, runner in enumerate(case.runners):
        shift = FAR if technique.apart and index == 1 else 0
        for block in _blocks(runner.program, n, BLOCK_REP_WEEKS, detailed=False):
            runner.simulate(case.spaces[index], block._replace(first=first + shift + block.first))
    return time.thread_time() - before


def tilt_of(program: Program) -> Floats:
    """Return the multipliers of the rates of all steps under which nothing is won: float64[S + 1].

    The zero-variance tilt of `simcore.variance_reduction.estimators.tilts_for_no_win`, for the last steps between which
    no time passes.
    """
    steps = program.clock.steps
    tilt = np.ones(steps + 1)
    earliest = steps
    while earliest > 2 and not program.lags.lagged[earliest]:
        earliest -= 1
    rates = np.minimum(program.rates.base[earliest:], 1.0)
    tilt[earliest:] = tilts_for_no_win(np.concatenate([[1.0], rates]))
    return tilt


def _tilted(case: Case, technique: Technique, first: int, n: int) -> Batch:
    """Estimate the chance of windows without revenue: each window of a run is made dry in worlds of its own."""
    program = case.programs[0]
    windows = weeks_of_windows(case.metric, program)
    each = _tilted_worlds(n, len(windows))
    tilt = tilt_of(program)
    total = np.zeros(each)
    for number, (begin, end) in enumerate(windows):
        worlds = None
        if technique.points is not None:
            worlds = draw_factors(program, case.factors, technique.points, each, Address(case.key, first, number))
        warmup = program.clock.warmup_weeks
        source = program.source._replace(
            tilted=True, tilt=tilt, tilt_weeks=np.array([warmup + begin, warmup + end], np.int64)
        )
        for block, detail in _details(case, 0, first + number * each, each, _giving(source, worlds)):
            dry = by_period(case.metric, program, detail.cents[:, CLOSE])[:, :, number] == 0
            with np.errstate(under="ignore"):
                terms = np.where(dry, np.exp(detail.log_weight), 0.0).mean(axis=1)
            total[block.first : block.first + block.replications] += terms / len(windows)
    check = weighted(total, np.zeros(each))
    spread = randomised(total.reshape(RANDOMISATIONS, -1)) if technique.points == "sobol" else check.estimate
    return Batch(spread, each * len(windows), 0.0, trusted=check.trusted, worst_control=0.0, worlds=moments_of(total))


CRUDE = Technique("crude", "plain Monte Carlo, every strategy in worlds of its own", apart=True, plain=True)
SHARED = Technique("shared worlds", "both strategies with the same random numbers", plain=True)
TECHNIQUES = (
    SHARED,
    Technique("antithetic", "pairs of worlds, every uniform u of one is 1 - u in the other", mirrored=True),
    Technique("controls", "corrected by counts and factors whose expectations are known", controlled=True),
    Technique("strata", "the first leading factor in strata of equal probability", points="strata"),
    Technique("conditional", "the last steps integrated out", conditional=True),
    Technique("sobol", "leading factors from scrambled Sobol points", points="sobol"),
    Technique("tilted", "importance sampling: rates tilted towards no win", tilted=True),
    Technique(
        "conditional + antithetic", "mirrored worlds, the last steps integrated out", conditional=True, mirrored=True
    ),
    Technique(
        "conditional + controls",
        "controls of what is left when the last steps are integrated out",
        conditional=True,
        controlled=True,
    ),
    Technique("conditional + strata", "strata, the last steps integrated out", conditional=True, points="strata"),
    Technique("conditional + sobol", "Sobol points, the last steps integrated out", conditional=True, points="sobol"),
    Technique("tilted + sobol", "tilted rates on Sobol points", tilted=True, points="sobol"),
)
"""Every technique but crude; those for one strategy are applied to a difference in shared worlds."""
