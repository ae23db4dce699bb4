"""Measures strategies that react: how fast they are, what a comparison costs, and what sharing worlds is worth."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple

from benchmarks.contenders import (
    CANONICAL,
    Contender,
    measure,
    python_contender,
    say,
    scenario_path,
    simcore_contender,
    wall,
)
from benchmarks.peers import numpy_reactive
from benchmarks.peers.canonical import REPS
from benchmarks.report import Goal, Series, Strategies
from simcore.engine.simulation import simulate
from simcore.scenario.model import validate, with_strategy
from simcore.scenario_files.scenario_file import load_scenario
from simcore.studies.compare.study import compare

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simcore.scenario.model import Scenario

PRESSED: Final = "quota-pressure"
CANONICAL_REACTING: Final = f"{CANONICAL}, urgency"
STEADY: Final = "simcore, the plan"
WEEKLY: Final = "simcore, deciding weekly"
DAILY: Final = "simcore, deciding daily"
HOURLY: Final = "simcore, deciding hourly"
NUMPY: Final = "NumPy, deciding hourly, one draw per meeting"
NUMPY_PLAIN: Final = "NumPy, deciding hourly, one draw per hour"
STRATEGIES: Final = {"process": STEADY, "week": WEEKLY, "day": DAILY, "hour": HOURLY}
"""The strategies of `reacting`, and how they are called on the page."""
COST: Final = "`{name}`, the comparison over the separate runs"
GAIN: Final = "`{name}`, replications that sharing worlds is worth, times"


def reacting() -> Scenario:
    """Return the canonical scenario with the drive `urgency` of quota-pressure, decided each week, day and hour."""
    pressed = load_scenario(scenario_path(PRESSED)).resolved(sources=False)
    urgency = pressed["strategies"]["pressure"]["drives"]["urgency"]
    scenario = load_scenario(scenario_path(CANONICAL)).resolved(sources=False)
    scenario["name"] = CANONICAL_REACTING
    scenario["strategies"] = {
        "process": {},
        **{decides: {"decides": decides, "drives": {"urgency": urgency}} for decides in ("week", "day", "hour")},
    }
    return validate(scenario)


def contenders() -> list[Contender]:
    """Return simcore with each strategy, and the peer."""
    scenario = reacting()
    replications = {"process": 6_000, "week": 1_000, "day": 1_000, "hour": 500}
    ours = [
        simcore_contender(STRATEGIES[name], with_strategy(scenario, name), count, 1)
        for name, count in replications.items()
    ]
    whole_batch = numpy_reactive.BATCH // REPS
    return [
        *ours,
        python_contender(NUMPY, numpy_reactive.simulate, whole_batch),
        python_contender(NUMPY_PLAIN, partial(numpy_reactive.simulate, draws="hour"), whole_batch),
    ]


class Cost(NamedTuple):
    """One comparison of all strategies of a file; seconds on one thread."""

    together: float
    """All in one comparison."""
    steady: float
    """As many runs of the plan as there are strategies."""
    reactive: float
    """What separate runs of the strategies take beyond that."""
    gain: float
    """Replications that sharing worlds is worth: the least over the strategies."""


def compared(scenario: Scenario, replications: int, seed: int) -> Cost:
    """Compare the strategies of a file, and run each alone."""
    documents = []
    together = wall(lambda: documents.append(compare(scenario, replications=replications, seed=seed, threads=1)))
    alone = {name: with_strategy(scenario, name) for name in scenario.strategies}
    seconds = {
        name: wall(partial(simulate, run, replications=replications, seed=seed, threads=1))
        for name, run in alone.items()
    }
    document = documents[0]
    steady = len(seconds) * seconds[document.baseline]
    gain = min(against.pairing_gain or 0.0 for against in document.against)
    return Cost(together, steady, sum(seconds.values()) - steady, gain)


def figures(scenario: Scenario, rounds: Sequence[Cost]) -> dict[str, Series]:
    """Return what the comparisons of a file came to, with the words for the page."""
    k, name = len(scenario.strategies), scenario.name
    together, steady, reactive, gain = (Series(column) for column in zip(*rounds, strict=True))
    apart = Series(tuple(cost.steady + cost.reactive for cost in rounds))
    return {
        f"`{name}`, {k} strategies in one comparison, seconds": together,
        f"`{name}`, {k} separate runs of the plan, seconds": steady,
        f"`{name}`, what reacting takes beyond them, seconds": reactive,
        COST.format(name=name): together.over(apart),
        GAIN.format(name=name): gain,
    }


def measured(rounds: int) -> Strategies:
    """Measure everything."""
    say("strategies that react")
    series = measure(contenders(), rounds)
    say("comparisons")
    comparisons: dict[str, Series] = {}
    for scenario, replications in ((load_scenario(scenario_path(PRESSED)), 400), (reacting(), 400)):
        compared(scenario, 2, 0)
        costs = [compared(scenario, replications, seed) for seed in range(rounds)]
        comparisons |= figures(scenario, costs)
    return Strategies(series, STEADY, comparisons)


def goals(found: Strategies) -> list[Goal]:
    """Goals for strategies that react, by the median over the rounds."""
    series, comparisons = found.series, found.comparisons
    return [
        Goal.at_least("deciding hourly against NumPy, times faster", 8.0, series[NUMPY].over(series[HOURLY])),
        Goal.at_least("deciding weekly, rate in that of the plan", 0.5, series[STEADY].over(series[WEEKLY])),
        *(
            Goal.at_most(f"time of a comparison, `{name}`, in separate runs", 1.0, comparisons[COST.format(name=name)])
            for name in (PRESSED, CANONICAL_REACTING)
        ),
        Goal.at_least(
            f"replications saved by sharing worlds, `{PRESSED}`, times", 10.0, comparisons[GAIN.format(name=PRESSED)]
        ),
    ]
