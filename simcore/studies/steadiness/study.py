"""How steady results are: what the variance of a rep's hour to year is made of, and what of it averages out.

The factors are the luck of the draws, the people, the market, the noise of the weeks, and what is not known of the
parameters. Two runs that share some factors and nothing else covary by the variance that these explain (pick-freeze:
Sobol' 1993; Janon et al. 2014, "Asymptotic normality and efficiency of two Sobol index estimators"). What all but luck
explain together is split by Shapley values (Owen 2014, "Sobol' indices and Shapley value"; Song, Nelson and Staum
2016); the rest is luck.
Reaction is what the drives of a strategy add to the variance, in the same worlds, beyond that of the plan.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import factorial, log, sqrt
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simcore.analytic.run_cost import Bill, bill_of_replications
from simcore.base.errors import Problem, ScenarioError
from simcore.base.periods import DAY, HORIZONS, HOUR, MONTH, QUARTER, WEEK, YEAR
from simcore.engine.playable import of_alike_reps, playable, with_run_overrides
from simcore.engine.runner import Block, Progress, Report, Stop, Watch, cut_in_multiples
from simcore.engine.worlds import Meter, Player, Worlds
from simcore.program.compiler import compile_scenario
from simcore.program.tally import CLOSE, SQUARE_HIGH, SQUARE_LOW
from simcore.random.streams import FACTORS, KNOWLEDGE, MARKET, NOISE, PEOPLE, Source
from simcore.results.header import header_of
from simcore.scenario.metric import parse_metric
from simcore.statistics.jackknife import EQUAL_GROUPS, outside_group, standard_errors, sums_by_group
from simcore.statistics.metrics import revenue_by_period
from simcore.studies.steadiness.document import PARTS, Part, Steadiness, SteadinessFall, SteadinessPart, SteadinessRow
from simcore.studies.steadiness.figures import VarianceFigures, power_of

if TYPE_CHECKING:
    from simcore.kernels.detail import Detail
    from simcore.program.layout import Program
    from simcore.program.tally import TallyArrays
    from simcore.scenario.model import Scenario

Floats = NDArray[np.float64]

FAR = 1 << 38
"""Factors that are not shared come from worlds so far away."""
SHARED: dict[int, Part] = {PEOPLE: "people", MARKET: "market", NOISE: "week noise", KNOWLEDGE: "knowledge"}
LONGER = (WEEK, MONTH, QUARTER, YEAR)
WEEKS_OF = {WEEK: 1.0, MONTH: 13.0 / 3.0, QUARTER: 13.0, YEAR: 52.0}
DEFAULT_REP_WEEKS = 1 << 20
"""Replications are by default so many that a run has about this many rep-weeks ..."""
LEAST, MOST = 256, 1 << 14
"""... within these bounds."""
LARGEST = 1 << 24
"""Most replications."""
VARIANTS = 4
"""Runs of every world, about: each part of the variance is held still in turn."""

Subset = tuple[int, ...]


@dataclass(frozen=True)
class SteadinessRequest:
    """The question of `steadiness`, with its arguments."""

    scenario: Scenario
    replications: int | None = None
    seed: int | None = None

    def cost(self, threads: int) -> Bill:
        """Return what the replications cost, in each of which every part of the variance is held still in turn."""
        return bill_of_replications(self.scenario, VARIANTS * (self.replications or LEAST), threads)

    def run(
        self, *, threads: int | None = None, progress: Report | None = None, stop: Stop | None = None
    ) -> Steadiness:
        """Return the answer; see `steadiness`."""
        how = {"replications": self.replications, "seed": self.seed}
        return steadiness(self.scenario, **how, threads=threads, progress=progress, stop=stop)


def steadiness(
    scenario: Scenario,
    *,
    replications: int | None = None,
    seed: int | None = None,
    threads: int | None = None,
    progress: Callable[[Progress], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> Steadiness:
    """Split the variance of a rep's revenue by where it comes from, at every horizon that the run holds.

    Parameters
    ----------
    scenario
        From `simcore.load_scenario`; its strategy is the one that is looked at.
    replications
        256 to 2**24, rounded up to a multiple of 32; by default about a million rep-weeks, from 256 to 16,384.
    seed
        Overrides the scenario's.
    threads
        As for `simcore.simulate`.
    progress
        Called after each block of replications.
    stop
        Asked before each block but the first; what was done is reported.

    Raises
    ------
    ScenarioError
        If the scenario or the replications leave their ranges, or a drive explodes.

    Examples
    --------
    Where reps, weeks and market are the same, all is luck:

    >>> from simcore import load_scenario
    >>> found = steadiness(load_scenario("trust-the-process"), replications=256)
    >>> found.active, [part.share.estimate for part in found.rows[-1].parts]
    (['luck'], [1.0, 0.0, 0.0, 0.0, 0.0])
    """
    scenario = of_alike_reps(with_run_overrides(scenario, None, seed), "what averages out", quotas=False)
    program = playable(scenario, detailed=True, replications=False)
    if replications is not None and not LEAST <= replications <= LARGEST:
        allowed = f"{LEAST} .. {LARGEST}"
        raise ScenarioError((Problem("out of range", "replications", value=str(replications), allowed=allowed),))
    total = -(-(replications or _default(program)) // EQUAL_GROUPS) * EQUAL_GROUPS
    plan = compile_scenario(_without_drives(scenario)) if scenario.strategy.drives else program
    collected = _Collected(program, plan)
    meter = Meter(Watch(progress, stop), total)
    _play(scenario, collected, total, threads, meter)
    rows = [collected.row(horizon) for horizon in _horizons(program)]
    return Steadiness(
        **header_of(scenario, replications=meter.done, interrupted=meter.done < total, seconds=meter.seconds),
        active=_active(plan, program),
        even_within_week=_is_even(program),
        drifts=MARKET in _factors(plan) and plan.market.persistence == 1.0,
        seasonal=bool((plan.rates.season >= 0).any()),
        rows=rows,
        falls=collected.falls(),
    )


def _default(program: Program) -> int:
    return min(MOST, max(LEAST, DEFAULT_REP_WEEKS // (program.team.reps * program.clock.simulated_weeks)))


def _without_drives(scenario: Scenario) -> Scenario:
    name = scenario.run.strategy
    plain = scenario.strategy.model_copy(update={"drives": {}})
    return scenario.model_copy(update={"strategies": {**scenario.strategies, name: plain}})


def _factors(program: Program) -> Subset:
    """Return the factors beside luck that a program has."""
    steps = range(1, program.clock.steps + 1)
    found = {
        PEOPLE: program.team.leave_threshold > 0
        or program.coaching.active
        or any(program.rates.beta[step] >= 0 for step in steps),
        MARKET: program.market.moves and any(program.rates.in_market[step] for step in steps),
        NOISE: any(program.rates.noise_sigma[step] > 0.0 for step in steps) or bool((program.inflow.table >= 0).any()),
        KNOWLEDGE: program.rates.laws.active or program.deals.unsure or program.rows > 0,
    }
    return tuple(factor for factor, there in found.items() if there)


def _active(plan: Program, program: Program) -> list[Part]:
    there = {"luck", *(SHARED[factor] for factor in _factors(plan))}
    if program is not plan:
        there.add("reaction")
    return [part for part in PARTS if part in there]


def _horizons(program: Program) -> list[int]:
    return [horizon for horizon in (HOUR, DAY, *LONGER) if program.calendar.periods[horizon]]


def subsets_of(factors: Sequence[int]) -> list[Subset]:
    """Return all subsets but the empty one, the smallest first.

    Examples
    --------
    >>> subsets_of((1, 2))
    [(1,), (2,), (1, 2)]
    """
    return [part for size in range(1, len(factors) + 1) for part in combinations(factors, size)]


def shapley(explained: dict[Subset, float], factors: Sequence[int]) -> dict[int, float]:
    """Return each factor's part of what all explain: its mean gain over the orders in which they could be added.

    Examples
    --------
    >>> shapley({(1,): 3.0, (2,): 1.0, (1, 2): 6.0}, (1, 2))
    {1: 4.0, 2: 2.0}
    """
    k = len(factors)
    found = {}
    for factor in factors:
        others = [other for other in factors if other != factor]
        total = 0.0
        for before in [(), *subsets_of(others)]:
            weight = factorial(len(before)) * factorial(k - len(before) - 1) / factorial(k)
            joined = tuple(each for each in factors if each in before or each == factor)
            total += weight * (explained[joined] - (explained[before] if before else 0.0))
        found[factor] = total
    return found


class _Sums:
    """Sums by group of replications of windows, their squares and their products with those of other runs."""

    def __init__(self) -> None:
        self.first: dict[str, Floats] = {}
        """float64[G, R, P] by name."""

    def add(self, name: str, values: Floats) -> None:
        """Add values of the replications of a block, float64[n, ...], to their groups."""
        self.add_groups(name, sums_by_group(values))

    def add_groups(self, name: str, groups: Floats) -> None:
        """Add sums by group, float64[G, ...]."""
        self.first[name] = self.first[name] + groups if name in self.first else groups


class _BlockSums(_Sums):
    """What the runs of the worlds of one block come to."""

    def __init__(self, longer: Sequence[int], program: Program) -> None:
        super().__init__()
        self._longer, self._unit, self._program = longer, program.deals.unit, program

    def add_run(self, who: str, detail: Detail, tally: TallyArrays) -> None:
        """Add a run of the plan or of the strategy that reacts."""
        for horizon in self._longer:
            y = _windows(horizon, self._program, detail)
            self.add(f"{who} {horizon}", y)
            self.add(f"{who} {horizon} squared", y * y)
        unit = float(self._unit) ** 2
        for horizon in (HOUR, DAY):
            cells = tally.moments[:, CLOSE, horizon]
            squares = cells[:, SQUARE_HIGH] * 2.0**64 + cells[:, SQUARE_LOW].view(np.uint64).astype(np.float64)
            # The replications of a group are those of every eighth of the tally's groups.
            self.add_groups(f"{who} {horizon} squared", squares.reshape(-1, EQUAL_GROUPS).sum(axis=0) * unit)

    def add_pair(self, base: Detail, other: Detail, subset: Subset) -> None:
        """Add two runs of the plan that share some factors."""
        for horizon in self._longer:
            mine, theirs = (_windows(horizon, self._program, each) for each in (base, other))
            self.add(f"{subset} {horizon}", theirs)
            self.add(f"{subset} {horizon} product", mine * theirs)


class _Collected:
    """What the runs have told so far, and the rows that follow from it."""

    def __init__(self, program: Program, plan: Program) -> None:
        self._program, self._plan = program, plan
        self.factors = _factors(plan)
        self.subsets = subsets_of(self.factors)
        self._sums = _Sums()
        self._replications = np.zeros(EQUAL_GROUPS)
        self._known: dict[int, tuple[Floats, Floats]] = {}
        self._longer = [horizon for horizon in LONGER if program.calendar.periods[horizon]]

    @property
    def programs(self) -> list[Program]:
        """The plan, and the strategy if it reacts."""
        return [self._plan] if self._program is self._plan else [self._plan, self._program]

    def add(self, block: Block, sums: _BlockSums) -> None:
        """Add what the worlds of a block come to; blocks come in order, so that the sums are the same to the bit."""
        self._replications += block.replications // EQUAL_GROUPS
        for name, groups in sums.first.items():
            self._sums.add_groups(name, groups)

    def of_block(self, player: Player, block: Block) -> _BlockSums:
        """Play a block of worlds: the plan, the plan once more for each set of shared factors, and the strategy."""
        found = _BlockSums(self._longer, self._program)
        counters = player.counters(0)
        base = player.simulate(0, block, detailed=True, counters=counters)
        found.add_run("plan", base, counters)
        for subset in self.subsets:
            other = player.simulate(0, block, detailed=True, source=_sharing(self._plan.source, subset))
            found.add_pair(base, other, subset)
        if self._program is not self._plan:
            counters = player.counters(1)
            found.add_run("reacting", player.simulate(1, block, detailed=True, counters=counters), counters)
        return found

    def row(self, horizon: int) -> SteadinessRow:
        """Return the row of a horizon: figures with the errors of the jackknife over groups."""
        whole, without = self._replicates(horizon)
        figures = VarianceFigures(whole, standard_errors(without), self._program)
        there, k = _active(self._plan, self._program), len(PARTS)
        parts = [
            SteadinessPart(
                part=part,
                variance=figures.part(3 + index, there=part in there),
                share=figures.share(3 + k + index, there=part in there, alone=there == [part]),
                cv=figures.part(3 + 2 * k + index, there=part in there),
            )
            for index, part in enumerate(PARTS)
            if part in there or part != SHARED[KNOWLEDGE]
        ]
        return SteadinessRow(
            horizon=HORIZONS[horizon],
            mean=figures.mean(0, horizon, float(self._replications.sum())),
            variance=figures.spread(1),
            cv=figures.spread(2),
            parts=parts,
        )

    def falls(self) -> list[SteadinessFall]:
        """Return the power of time by which each part's cv changes, from the week to the longest horizon showing it."""
        found = []
        for index, part in enumerate(PARTS):
            at = 3 + 2 * len(PARTS) + index
            seen = [horizon for horizon in self._longer if self._shows(horizon, 3 + index)]
            if len(seen) < 2 or seen[0] != WEEK:
                continue
            (first, firsts), (last, lasts) = (self._replicates(each) for each in (WEEK, seen[-1]))
            if first[at] * last[at] <= 0.0:
                continue
            span = log(WEEKS_OF[seen[-1]])
            powers = np.log(lasts[:, at] / firsts[:, at]) / span
            power = power_of(log(last[at] / first[at]) / span, powers)
            found.append(SteadinessFall(part=part, until=HORIZONS[seen[-1]], power=power))
        return found

    def _replicates(self, horizon: int) -> tuple[Floats, Floats]:
        """Return the figures of a horizon from all groups, and those without each of them."""
        if horizon not in self._known:
            everything = self._figures(horizon, np.ones(EQUAL_GROUPS, np.bool_))
            kept = [outside_group(group, EQUAL_GROUPS) for group in range(EQUAL_GROUPS)]
            without = np.array([self._figures(horizon, each) for each in kept])
            self._known[horizon] = everything, without
        return self._known[horizon]

    def _shows(self, horizon: int, column: int) -> bool:
        """Return whether a variance is known to within a quarter of itself."""
        whole, without = self._replicates(horizon)
        return bool(abs(whole[column]) > 4.0 * standard_errors(without)[column])

    def _figures(self, horizon: int, keep: NDArray[np.bool_]) -> Floats:
        """Return mean, variance, cv, the parts, their shares and cvs, of the groups kept; in units of the currency."""
        n = float(self._replications[keep].sum())
        own = "plan" if self._program is self._plan else "reacting"
        mean, total = self._whole(own, horizon, keep, n)
        plan = total if own == "plan" else self._whole("plan", horizon, keep, n)[1]
        explained = {subset: self._explained(subset, horizon, keep, n) for subset in self.subsets}
        split = shapley(explained, self.factors)
        together = explained[self.subsets[-1]] if self.subsets else 0.0
        of = {SHARED[factor]: value for factor, value in split.items()}
        values = {"luck": plan - together, **of, "reaction": total - plan}
        parts = np.array([values.get(part, 0.0) for part in PARTS])
        shares = parts / total if total > 0.0 else np.full_like(parts, np.nan)
        roots = np.sign(parts) * np.sqrt(np.abs(parts)) / mean if mean > 0.0 else np.full_like(parts, np.nan)
        cv = sqrt(max(total, 0.0)) / mean if mean > 0.0 else np.nan
        return np.concatenate([[mean / 100.0, total / 1e4, cv], parts / 1e4, shares, roots])

    def _mean(self, name: str, keep: NDArray[np.bool_], n: float) -> Floats:
        found: Floats = self._sums.first[name][keep].sum(axis=0) / n
        return found

    def _whole(self, who: str, horizon: int, keep: NDArray[np.bool_], n: float) -> tuple[float, float]:
        """Return the mean and the variance of a window, averaged over positions and reps, in cents."""
        unbiased = n / (n - 1.0)
        if horizon in LONGER:
            means = self._mean(f"{who} {horizon}", keep, n)
            variances = self._mean(f"{who} {horizon} squared", keep, n) - means**2
            return float(means.mean()), float(variances.mean()) * unbiased
        weeks = self._mean(f"{who} {WEEK}", keep, n)
        windows = self._program.team.reps * int(self._program.calendar.periods[horizon])
        square = float(self._sums.first[f"{who} {horizon} squared"][keep].sum()) / (n * windows)
        program = self._plan if who == "plan" else self._program
        within = float((weeks**2 * _evenness(program, horizon)).sum()) / windows
        return float(weeks.sum()) / windows, (square - within) * unbiased

    def _explained(self, subset: Subset, horizon: int, keep: NDArray[np.bool_], n: float) -> float:
        """Return the variance that some factors explain together: the covariance of two runs that share them."""
        of = horizon if horizon in LONGER else WEEK
        mine, theirs = self._mean(f"plan {of}", keep, n), self._mean(f"{subset} {of}", keep, n)
        covariances = (self._mean(f"{subset} {of} product", keep, n) - mine * theirs) * (n / (n - 1.0))
        if horizon in LONGER:
            return float(covariances.mean())
        windows = self._program.team.reps * int(self._program.calendar.periods[horizon])
        return float((covariances * _evenness(self._plan, horizon)).sum()) / windows


def _evenness(program: Program, horizon: int) -> Floats:
    """Return of each week the sum of squares of its hours' or days' shares in it, float64[weeks]."""
    clock, plan = program.clock, program.plan
    calls = plan.per_hour[plan.row_of_week[clock.warmup_weeks :]].astype(np.float64)
    if _is_even(program):
        calls = np.ones_like(calls)
    if horizon == DAY:
        days = clock.hours_per_week // clock.hours_per_day
        calls = calls.reshape(len(calls), days, clock.hours_per_day).sum(axis=2)
    weeks = calls.sum(axis=1, keepdims=True)
    shares = np.divide(calls, weeks, out=np.zeros_like(calls), where=weeks > 0.0)
    found: Floats = (shares**2).sum(axis=1)
    return found


def _is_even(program: Program) -> bool:
    """Return whether revenue is taken as even within a week: deals do not close in the hour of their call."""
    return not program.clock.one_account or program.reaction.needed


def _windows(horizon: int, program: Program, detail: Detail) -> Floats:
    return revenue_by_period(parse_metric(f"revenue:{HORIZONS[horizon]}"), program, detail).astype(np.float64)


def _play(scenario: Scenario, collected: _Collected, total: int, threads: int | None, meter: Meter) -> None:
    """Play worlds and collect what they come to."""
    programs = collected.programs
    worlds = Worlds([scenario] * len(programs), programs, threads=threads, expected=total)
    one = programs[0].team.reps * programs[0].clock.counted_weeks
    blocks = cut_in_multiples(programs[-1], total, EQUAL_GROUPS)
    runs = len(programs) + len(collected.subsets)
    for block, sums in worlds.play(collected.of_block, blocks, meter, rep_weeks=runs * one):
        collected.add(block, sums)


def _sharing(source: Source, subset: Subset) -> Source:
    """Return a source that takes all factors but these from far away."""
    shift = np.full(FACTORS, FAR, np.int64)
    shift[list(subset)] = 0
    return source._replace(shift=shift)
