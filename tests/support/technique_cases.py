"""Coverage of runs by a technique: two small scenarios, their true values, and checks of a method over seeds.

`python -m tests.support.technique_cases` recomputes the true values, by crude Monte Carlo with an unused seed.
"""

from __future__ import annotations

from functools import cache
from math import sqrt
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from simcore.analytic.expectations import chances
from simcore.engine.runner import Runner, cut
from simcore.program.compiler import compile_scenario
from simcore.random.philox import split_seed
from simcore.scenario.metric import parse_metric
from simcore.scenario.model import Scenario, validate, with_strategy
from simcore.scenario.precision_goal import Goal, targets_of
from simcore.statistics.metrics import values_of
from simcore.statistics.sequential_interval import SPENT_LATER
from simcore.variance_reduction.run_to_precision import AUTO, WORLDS, estimate_to_precision
from simcore.variance_reduction.techniques import CRUDE, SHARED, TECHNIQUES, UNCUT, Case, Technique, made_by, refusal

Column = NDArray[np.float64]
DRIVES = {"d": {"signals": {"surprise": -0.3}, "level": [-0.5, 0.5], "changes": {"activity": {"slope": 1.0}}}}
ONE_STEP: dict[str, Any] = {
    "simcore": 1,
    "name": "market and own rates on one step, nothing counted",
    "calendar": {"hours_per_day": 1, "days_per_week": 2},
    "horizon": {"weeks": 13},
    "team": {"reps": 2},
    "plan": {"calls_per_week": 10},
    "funnel": [
        {"stage": "calls"},
        {"stage": "meetings", "rate": {"mean": 0.3, "rep_cv": 0.3}},
        {"stage": "wins", "rate": 0.4},
    ],
    "market": {"sd": 0.3, "persistence": 0.9, "acts_on": ["meetings"]},
    "deal": 1000,
    "quota": {"per": "quarter", "amount": 20_000},
}
TWO_STEPS: dict[str, Any] = {
    **ONE_STEP,
    "name": "successes of step 1 lead, market and own rates after it, all counted",
    "horizon": {"weeks": 8},
    "funnel": [
        {"stage": "calls"},
        {"stage": "meetings", "rate": 0.5},
        {"stage": "opportunities", "rate": {"mean": 0.25, "rep_cv": 0.25}},
        {"stage": "wins", "rate": 0.6},
    ],
    "market": {"sd": 0.15, "persistence": 0.9, "acts_on": ["opportunities"]},
    "quota": {"per": "month", "amount": 4_000},
    "strategies": {"plan": {}, "push": {"decides": "week", "drives": DRIVES}},
    "run": {"strategy": "plan"},
}
GIVEN = {"one step": ONE_STEP, "two steps": TWO_STEPS}
METRICS = ("revenue", "revenue:4w", "p_quota", "p_quota_team", "p_zero:4w")
DIFFERENCES = ("revenue", "p_quota")
WIDE = {"revenue": "100000", "revenue:4w": "100000"}
TRUTH_SEED, TRUTH_WORLDS = 20_261_128, 4_000_000


class Truth(NamedTuple):
    """A mean by crude Monte Carlo, with its standard error."""

    mean: float
    error: float


TRUTHS: dict[tuple[str, str, str], Truth] = {
    ("one step", "revenue", ""): Truth(62389.942, 11.5),
    ("one step", "revenue:4w", ""): Truth(4799.48542, 0.901),
    ("one step", "p_quota", ""): Truth(0.2586145, 0.000169),
    ("one step", "p_quota_team", ""): Truth(0.212706, 0.000205),
    ("one step", "p_zero:4w", ""): Truth(0.0260926667, 3.53e-05),
    ("two steps", "revenue", ""): Truth(39008.2168, 6.92),
    ("two steps", "revenue", "push"): Truth(-106.030438, 2.86),
    ("two steps", "revenue:4w", ""): Truth(3000.63206, 0.533),
    ("two steps", "p_quota", ""): Truth(0.353544813, 0.000131),
    ("two steps", "p_quota", "push"): Truth(-0.007871125, 8.26e-05),
    ("two steps", "p_quota_team", ""): Truth(0.2695395, 0.000168),
    ("two steps", "p_zero:4w", ""): Truth(0.0633856875, 6.28e-05),
}
"""By scenario, metric, and the strategy compared with the scenario's own (if any); from `python -m
tests.support.technique_cases`, 4,000,000 replications each."""


class Row(NamedTuple):
    """A row of the table: an estimand and a method."""

    scenario: str
    metric: str
    method: str
    against: str = ""


@cache
def scenario_of(name: str) -> Scenario:
    return validate(GIVEN[name])


@cache
def case_of(name: str, metric: str, against: str) -> Case:
    given = scenario_of(name)
    scenarios = [with_strategy(given, against), given] if against else [given]
    known = None if against else chances(given, within=UNCUT)
    programs = tuple(compile_scenario(each) for each in scenarios)
    return Case(parse_metric(metric), 0.0, programs, known, split_seed(0))


def technique_of(method: str) -> Technique:
    return next(each for each in (CRUDE, *TECHNIQUES) if each.name == method)


ESTIMANDS = [
    *((name, metric, "") for name in GIVEN for metric in METRICS),
    *(("two steps", metric, "push") for metric in DIFFERENCES),
]
"""Scenario, metric, and the strategy compared (if any)."""


def table() -> list[Row]:
    """Return every technique with every metric that it serves, and with differences of strategies."""
    return [
        Row(name, metric, each.name, against)
        for name, metric, against in ESTIMANDS
        for each in TECHNIQUES
        if each != SHARED and refusal(each, case_of(name, metric, against)) is None
    ]


MOST_UNKNOWN = 0.15
"""Largest share of runs that may report too few observations for an interval."""


class Found(NamedTuple):
    """A method's reports over seeds."""

    estimates: Column
    errors: Column
    """Standard errors, from the reported intervals."""
    batches: Column
    """More than at the first stage if no look was taken there, as values were skewed."""
    methods: frozenset[str] = frozenset()
    """The techniques used; for ``auto``, those that it chose."""


def reported(row: Row, seeds: range, worlds: int | None) -> Found:
    """Run a method for many seeds with a precision that the first look satisfies, at 90 %."""
    goal = Goal(targets_of({row.metric: f"{WIDE.get(row.metric, '0.9')}@0.9"}), worlds)
    given, case = scenario_of(row.scenario), case_of(row.scenario, row.metric, row.against)
    found = []
    unknown, methods = 0, set()
    for seed in seeds:
        seeded = given.model_copy(update={"run": given.run.model_copy(update={"seed": seed})})
        against = [row.against] if row.against else []
        (line,) = estimate_to_precision(seeded, goal, row.method, against=against, threads=1).rows
        assert line.method is not None
        methods.add(line.method)
        if line.low is None or line.high is None:
            unknown += 1
            continue
        assert line.worlds is not None
        batches = line.worlds / made_by(case, technique_of(line.method), WORLDS)
        found.append((line.estimate, (line.high - line.low) / 2.0, batches))
    assert unknown <= MOST_UNKNOWN * len(seeds), f"{unknown} of {len(seeds)} have no interval"
    assert row.method in (AUTO, *methods)
    estimates, widths, numbers = np.array(found).T
    return Found(estimates, widths / look(0.9, numbers), numbers, frozenset(methods))


def look(confidence: float, batches: Any) -> Any:  # noqa: ANN401
    """Return the half-width of the first look in standard errors."""
    miss = (1.0 - confidence) * (1.0 - SPENT_LATER)
    return stats.t.isf(miss / 2.0, batches - 1)


EXACT = 1e-9
"""A standard error below this share of the true value is rounding."""
SLACK = 0.045
"""Largest excess coverage of a 90 % interval: its first look has four fifths of the misses."""
RARER_SIDE = 0.2
"""Least share of the misses on the rarer side."""


def faults(found: Found, truth: Truth, rate: float) -> list[str]:
    """Return the checks that a method fails over seeds, each at a stated false-alarm rate."""
    n = len(found.estimates)
    if found.errors.max() < EXACT * abs(truth.mean):
        # No variance is left: arithmetic alone gives the answer.
        right = abs(found.estimates - truth.mean).max() < stats.norm.isf(rate / 2.0) * truth.error
        return [] if right else [f"exact, but {found.estimates[0]}"]
    off = found.estimates - truth.mean
    # The true value has an error of its own, far below that of a run.
    wide = {level: look(level, found.batches) * np.hypot(found.errors, truth.error) for level in (0.9, 0.99)}
    hits = {level: int((np.abs(off) <= reach).sum()) for level, reach in wide.items()}
    said = [
        f"{level:.0%} intervals cover {hits[level] / n:.1%}"
        for level in wide
        if stats.binom.cdf(hits[level], n, level) < rate
    ]
    if stats.binom.sf(hits[0.9] - 1, n, 0.9 + SLACK) < rate:
        said.append(f"90% intervals cover {hits[0.9] / n:.1%}: they are too long")
    below, above = (int((side * off > wide[0.9]).sum()) for side in (-1.0, 1.0))
    if below + above and stats.binom.cdf(min(below, above), below + above, RARER_SIDE) < rate:
        said.append(f"{below} estimates are too low, {above} too high")
    return said + spread_faults(found.estimates, found.errors, truth, rate)


def spread_faults(estimates: Column, errors: Column, truth: Truth, rate: float) -> list[str]:
    """Return the failed checks of the mean and the spread over seeds, each at a stated false-alarm rate."""
    n, said = len(estimates), []
    spread = float(estimates.std(ddof=1))
    distance = (float(estimates.mean()) - truth.mean) / sqrt(spread**2 / n + truth.error**2)
    if abs(distance) > stats.t.isf(rate / 2.0, n - 1):
        said.append(f"the mean over seeds is {distance:.1f} standard errors off")
    squared = spread**2 / float((errors**2).mean())
    low = min(0.9**2, stats.chi2.ppf(rate / 2.0, n - 1) / (n - 1))
    high = max(1.1**2, stats.chi2.isf(rate / 2.0, n - 1) / (n - 1))
    if not low <= squared <= high:
        said.append(f"the estimates spread by {sqrt(squared):.2f} of the stated error")
    return said


def truths(name: str) -> dict[tuple[str, str, str], Truth]:
    """Estimate the true values of a scenario by crude Monte Carlo."""
    given, key = scenario_of(name), split_seed(TRUTH_SEED)
    names = [given.run.strategy, *(each for each in given.strategies if each != given.run.strategy)]
    programs = [compile_scenario(with_strategy(given, each)) for each in names]
    runners = [Runner(program, key) for program in programs]
    spaces = [runner.workspace() for runner in runners]
    values: dict[tuple[str, str, str], list[Any]] = {}
    for block in cut(programs[0], TRUTH_WORLDS, 1, 20_000, detailed=True):
        found = []
        for runner, space in zip(runners, spaces, strict=True):
            detail = runner.simulate(space, block, detailed=True)
            found.append([values_of(parse_metric(metric), runner.program, detail) for metric in METRICS])
        for index, metric in enumerate(METRICS):
            values.setdefault((name, metric, ""), []).append(found[0][index])
            for other, column in zip(names[1:], found[1:], strict=True):
                if metric in DIFFERENCES:
                    values.setdefault((name, metric, other), []).append(column[index] - found[0][index])
    joined = {key: np.concatenate(columns) for key, columns in values.items()}
    return {
        key: Truth(float(column.mean()), float(column.std(ddof=1)) / sqrt(len(column)))
        for key, column in joined.items()
    }


if __name__ == "__main__":
    for each in GIVEN:
        for key, truth in truths(each).items():
            print(f"    {key}: Truth({truth.mean:.9g}, {truth.error:.3g}),")
