"""Runs to a stated precision by a technique of variance reduction.

Each metric has worlds of its own, in independent batches; the mean of a batch is to the rule of
`simcore.statistics.sequential_interval` what a replication is to it otherwise, so that what it promises of coverage
holds as it stands.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from math import ceil, inf
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from simcore.analytic.expectations import chances
from simcore.base.errors import Problem, ScenarioError
from simcore.base.text import did_you_mean
from simcore.engine.explosion import translate_explosion
from simcore.engine.playable import playable
from simcore.engine.runner import Block, Progress, Watch
from simcore.engine.sequential_stopping import precision_row
from simcore.engine.simulation import EXPECTED
from simcore.engine.worlds import Meter, play_blocks, threads_for
from simcore.numerics.normal import normal_quantile
from simcore.random.philox import split_seed
from simcore.results.summary import Precision, PrecisionRow
from simcore.scenario.metric import TECHNIQUE
from simcore.scenario.model import with_strategy
from simcore.statistics.metrics import check_metric
from simcore.statistics.sequential_interval import (
    SKEWNESS_GUARD,
    Reading,
    RunningMoments,
    SampleMoments,
    SequentialRule,
    read_difference,
    read_mean,
    read_share,
)
from simcore.variance_reduction.benchmark import bench_variance
from simcore.variance_reduction.gains import FEW, NOTHING, best_of, windows_per_world
from simcore.variance_reduction.techniques import (
    CRUDE,
    SHARED,
    TECHNIQUES,
    UNCUT,
    Case,
    Technique,
    draw,
    made_by,
    refusal,
)

if TYPE_CHECKING:
    from simcore.scenario.model import Scenario
    from simcore.scenario.precision_goal import Goal, Target

AUTO = "auto"
WORLDS = 32
"""Worlds of a batch."""
SURVEY = 1000
"""Replications of plain Monte Carlo from which all other figures of a run by a technique come."""
PILOT_BATCHES = 3
PILOT_WORLDS = 512
PILOT_COST = 16_384
"""Where plain Monte Carlo needs no more worlds than this, a pilot would take longer than it could save."""
FIRST_BATCH = 1 << 14
"""Batches of a run have worlds beyond those of all pilots, whatever the techniques of these."""
FIRST_STAGE = 64
"""Batches of the first stage: means of batches are closer to normal than single worlds, of which it has 256."""
LEAST_BATCHES = 8
"""Fewer batches have no interval."""
COCHRAN = 25.0
"""Batches below which a mean has no interval, over their squared skewness."""
AT_A_TIME = 8
"""Batches that are drawn before anyone is told, or asked whether to go on."""
MOST = 1 << 17
"""Most batches: there are addresses for so many below `simcore.variance_reduction.techniques.FAR`."""
CRUDE_BATCHES = 16
"""Batches of crude Monte Carlo that tell what it would have needed."""

Ended = Literal["met", "replications", "seconds", "interrupted"]


def method_names() -> list[str]:
    """Return the names that a method has on the command line.

    Examples
    --------
    >>> method_names()[:4]
    ['auto', 'antithetic', 'controls', 'strata']
    """
    return [AUTO, *(_slug(each.name) for each in TECHNIQUES if each != SHARED)]


def check_method(method: str) -> None:
    """Refuse a method that is none.

    Raises
    ------
    ScenarioError
        With the nearest name.
    """
    names = method_names()
    if _slug(method) not in names:
        hint = did_you_mean(_slug(method), names)
        raise ScenarioError((Problem("is no method", "method", value=method, allowed=", ".join(names), hint=hint),))


def estimate_to_precision(
    scenario: Scenario,
    goal: Goal,
    method: str,
    *,
    against: Sequence[str] = (),
    threads: int | None = None,
    watch: Watch = Watch(),  # noqa: B008  (a value)
) -> Precision:
    """Estimate metrics by a technique until they are as precise as was asked for.

    Parameters
    ----------
    scenario
        From `simcore.load_scenario`; its strategy is what is estimated, or the baseline where there are others.
    goal
        The precisions, and limits: of worlds and of seconds, for all metrics together.
    method
        The name of a technique with or without blanks (``conditional+controls``), or ``auto``: what
        `simcore.bench_variance` recommends for the metric, from a pilot (plain Monte Carlo where that takes less).
    against
        Strategies: the metrics are their differences to the scenario's own, in shared worlds.
    threads
        Default: as many as the processors. Does not change results.

    Raises
    ------
    ScenarioError
        If the method is none or cannot be used for a metric, or a metric is not one of the scenario.

    Examples
    --------
    >>> from simcore import Goal, load_scenario
    >>> from simcore.scenario.precision_goal import targets_of
    >>> goal = Goal(targets_of({"p_zero:quarter": "1e-7"}))
    >>> found = estimate_to_precision(load_scenario("trust-the-process", ["team.reps=2"]), goal, "conditional")
    >>> found.ended, found.rows[0].met, found.rows[0].low <= 0.998**6500 <= found.rows[0].high
    ('met', True, True)
    """
    check_method(method)
    started = time.perf_counter()
    rows: list[PrecisionRow] = []
    ended: Ended = "met"
    looks = 0
    for name in against or [""]:
        for target in goal.targets:
            limits = _Limits(goal, sum(row.worlds or 0 for row in rows), started)
            run = _Run(scenario, target, name, threads, _Ending(limits, watch))
            row, looked, how = run.reach(method)
            rows.append(row)
            looks = max(looks, looked)
            ended = how if ended == "met" else ended
    return Precision(rows=rows, ended=ended, looks=looks)


class _Limits(NamedTuple):
    goal: Goal
    spent: int
    """Worlds of the metrics before."""
    started: float

    def most(self, worlds: int) -> int:
        """Return the most batches of so many worlds that are left; one in any case."""
        limit = self.goal.max_replications
        return MOST if limit is None else min(MOST, max(1, (limit - self.spent) // worlds))

    def out_of_time(self) -> bool:
        """Return whether the time is over."""
        limit = self.goal.max_seconds
        return limit is not None and time.perf_counter() - self.started >= limit


class _Ending:
    """What ends a run before it is precise."""

    def __init__(self, limits: _Limits, watch: Watch) -> None:
        self.limits, self.watch = limits, watch
        self.how: Ended = "met"

    def __call__(self) -> bool:
        """Return whether someone, or the time, says that it is enough."""
        if self.watch.stop is not None and self.watch.stop():
            self.how = "interrupted"
        elif self.limits.out_of_time():
            self.how = "seconds"
        return self.how != "met"


class _HaltedError(Exception):
    """A pilot was ended by `_Ending`."""


class _Run:
    """One metric by one technique."""

    def __init__(self, scenario: Scenario, target: Target, other: str, threads: int | None, ending: _Ending) -> None:
        self._target, self._other, self._ending = target, other, ending
        refused = TECHNIQUE.refusal(target.metric)
        if refused is not None:
            raise _refused(refused)
        scenarios = [with_strategy(scenario, other), scenario] if other else [scenario]
        programs = tuple(playable(each, detailed=True, replications=False) for each in scenarios)
        for program in programs:
            check_metric(target.metric, program)
        self._scenario = scenario
        key = split_seed(scenario.run.seed)
        known = chances(scenario, within=UNCUT) if not other else None
        self._threads = threads or threads_for(programs[0], EXPECTED)
        self._cases = [Case(target.metric, 0.0, programs, known, key) for _ in range(self._threads)]
        self._sample, self._worlds = RunningMoments(), SampleMoments()
        # A half-width in per cent of a difference is one of the baseline's figure.
        alone = Case(target.metric, 0.0, programs[1:], None, key) if other else None
        with translate_explosion(scenario):
            self._scale = abs(_mean_of(alone)) if alone is not None else None

    def reach(self, method: str) -> tuple[PrecisionRow, int, Ended]:
        """Run until it is precise; return the row, the looks, and what ended it."""
        with translate_explosion(self._scenario):
            technique = _named(self._recommended() if method == AUTO else method, self._cases[0])
            rule, batches, worlds = self._drawn(technique)
            row = self._row(technique, rule, batches, worlds)
        ended = self._ending.how
        if row.met and ended == "seconds":
            ended = "met"
        elif not row.met and ended == "met":
            ended = "replications"
        return row, rule.looks + 1, ended

    def _drawn(self, technique: Technique) -> tuple[SequentialRule, int, int]:
        """Draw batches until the mean is precise; return how far it came, the batches and their worlds."""
        worlds = made_by(self._cases[0], technique, WORLDS)
        unseen = self._ending.limits.goal.unseen
        ends = None if unseen is None else ceil(unseen / worlds)
        rule = SequentialRule([self._target], self._ending.limits.most(worlds), FIRST_STAGE, unseen=ends)

        def work(case: Case, block: Block) -> tuple[int, list[float], SampleMoments]:
            batches = [draw(case, technique, 0, each, WORLDS, timed=False) for each in _numbers(block)]
            means = [batch.estimate.mean for batch in batches]
            return (
                sum(batch.replications for batch in batches),
                means,
                sum((one.worlds for one in batches), SampleMoments()),
            )

        def blocks() -> Iterator[Block | None]:
            begun = 0
            while True:
                for first in range(begun, rule.goal, AT_A_TIME):
                    yield Block(first, min(AT_A_TIME, rule.goal - first))
                yield None
                begun = rule.goal
                if not rule.advance([self]):
                    return

        program = self._cases[0].programs[0]
        meter, made = Meter(self._ending.watch), 0
        for block, (worlds, means, values) in play_blocks(self._cases, work, blocks(), self._ending):
            self._sample.add(np.array(means))
            self._worlds += values
            made += worlds
            meter.total = rule.expected
            meter.add(block.replications, worlds * program.team.reps * program.clock.simulated_weeks)
        return rule, meter.done, made

    def read(self, miss: float) -> Reading:
        """Return the mean over the batches with its interval."""
        moments = self._sample.moments()
        if self._target.metric.is_share and moments.variance == 0.0:
            # Nothing was seen, or nothing else, and that is not to say that nothing varies.
            if self._scale is None and moments.mean in (0.0, 1.0):
                return read_share(moments, miss)
            if self._scale is not None and moments.mean == 0.0:
                return read_difference(moments, miss, self._scale)
        if moments.variance == 0.0 and moments.mean == 0.0:
            # No revenue in any batch is not to say that there is none.
            return Reading(0.0, -inf, inf, self._scale or 0.0)
        reading = read_mean(moments, miss, self._scale)
        return reading._replace(least=max(reading.least, SKEWNESS_GUARD * self._skewed()))

    def _skewed(self) -> float:
        """Return the squared skewness that the values of worlds leave in the mean of a batch.

        Few batches do not show how long the tail of rare values is; their worlds do sooner.
        """
        worlds = self._worlds
        return worlds.skewness**2 * self._sample.moments().n / max(1, worlds.n) if worlds.m2 > 0.0 else 0.0

    def _row(self, technique: Technique, rule: SequentialRule, batches: int, worlds: int) -> PrecisionRow:
        target = self._target
        reading = self.read(rule.miss(target))
        if not _is_known(self._sample.moments(), self._skewed()):
            reading = reading._replace(low=-inf, high=inf)
        row = precision_row(target, reading, batches, worlds=worlds)
        return row.model_copy(
            update={
                "strategy": self._other or None,
                "crude": self._crude(batches),
                "method": technique.name,
                "worlds": worlds,
            }
        )

    def _crude(self, batches: int) -> int | None:
        """Return about how many worlds of crude Monte Carlo would have reached as much; ``None`` if unknown."""
        moments = self._sample.moments()
        if moments.variance == 0.0:
            return None
        case = self._cases[0]
        drawn = [draw(case, CRUDE, 0, number, WORLDS, timed=False) for number in range(CRUDE_BATCHES)]
        mean = float(np.mean([batch.estimate.mean for batch in drawn]))
        variance = float(np.mean([batch.estimate.standard_error**2 for batch in drawn])) * WORLDS
        metric, reps = self._target.metric, case.programs[0].team.reps
        if metric.is_share and not self._other and mean * CRUDE_BATCHES * WORLDS * reps < FEW:
            windows = windows_per_world(case)
            variance = max(0.0, moments.mean * (1.0 - moments.mean)) / windows
        return ceil(variance * batches / moments.variance)

    def _recommended(self) -> str:
        """Return the technique that a pilot finds best, or plain Monte Carlo where that takes less than a pilot.

        Quasi-random points need larger batches than there are here.
        """
        if self._crude_needs() <= PILOT_COST:
            return CRUDE.name

        def tell(progress: Progress) -> None:
            if self._ending():
                raise _HaltedError
            if self._ending.watch.progress is not None:
                self._ending.watch.progress(progress)

        scenario, strategies = self._scenario, [self._other, self._scenario.run.strategy] if self._other else []
        metric = str(self._target.metric)
        try:
            found = bench_variance(
                scenario, metric, strategies=strategies, batch=PILOT_WORLDS, batches=PILOT_BATCHES, progress=tell
            )
        except _HaltedError:
            return CRUDE.name
        return best_of([row for row in found.rows if "sobol" not in row.technique]).technique

    def _crude_needs(self) -> float:
        """Return about how many worlds plain Monte Carlo needs; infinite where it sees too little to say."""
        case, target = self._cases[0], self._target
        technique = SHARED if self._other else CRUDE
        number = (CRUDE, *TECHNIQUES).index(technique)
        drawn = [draw(case, technique, number, each, WORLDS, timed=False) for each in range(PILOT_BATCHES)]
        mean = float(np.mean([batch.estimate.mean for batch in drawn]))
        variance = float(np.mean([batch.estimate.standard_error**2 for batch in drawn])) * WORLDS
        seen = min(mean, 1.0 - mean) * PILOT_BATCHES * WORLDS * case.programs[0].team.reps
        if variance == 0.0 or (target.metric.is_share and not self._other and seen < FEW):
            return inf
        width = target.half_width
        if target.relative:
            width *= abs(mean) if self._scale is None else self._scale
        return variance * (-normal_quantile((1.0 - target.confidence) / 2.0) / width) ** 2 if width > 0.0 else inf


def _is_known(sample: SampleMoments, skewed: float) -> bool:
    """Return whether the batches are enough for an interval that covers.

    A skewed mean is known to be normal enough from 25 times the squared skewness on (Cochran 1977, section 2.15), that
    is, for rare events, from about 25 batches with one. Less is told without an interval. Of the squared skewness as
    much is left out as normal batches have by chance: twice its expectation of 6 / n.
    """
    if sample.n < LEAST_BATCHES:
        return False
    if sample.variance <= (NOTHING * sample.mean) ** 2:
        # What varies is rounding, and no event.
        return True
    return sample.n >= COCHRAN * max(skewed, sample.skewness**2 - 12.0 / sample.n)


def _numbers(block: Block) -> Iterator[int]:
    """Yield the numbers of a block's batches, beyond those of pilots."""
    yield from range(FIRST_BATCH + block.first, FIRST_BATCH + block.first + block.replications)


def _mean_of(case: Case) -> float:
    return float(
        np.mean([draw(case, CRUDE, 0, number, WORLDS, timed=False).estimate.mean for number in range(PILOT_BATCHES)])
    )


def _named(name: str, case: Case) -> Technique:
    """Return the technique of a name, or refuse it for this case."""
    every = {_slug(each.name): each for each in (CRUDE, *TECHNIQUES)}
    technique = every[_slug(name)]
    if technique == CRUDE and case.is_difference:
        technique = SHARED
    reason = refusal(technique, case)
    if reason is not None:
        usable = [AUTO, *(_slug(each.name) for each in TECHNIQUES if each != SHARED and refusal(each, case) is None)]
        raise _refused(f"cannot be used for {case.metric}: {reason}", technique.name, allowed=", ".join(usable))
    return technique


def _slug(name: str) -> str:
    return "".join(name.split())


def _refused(message: str, value: str | None = None, allowed: str | None = None) -> ScenarioError:
    return ScenarioError((Problem(message, "method", value=value, allowed=allowed),))
