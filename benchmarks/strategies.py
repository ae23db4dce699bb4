"""Measures comparisons of strategies: what they cost, and what sharing worlds is worth."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple

from benchmarks.contenders import PRESSED, Effort, say, taken
from benchmarks.report import Goal, Series
from benchmarks.speed import CANONICAL_REACTING, reacting, shipped
from simcore.engine.simulation import simulate
from simcore.scenario.model import with_strategy
from simcore.studies.compare.study import compare

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from simcore.scenario.model import Scenario

REPLICATIONS: Final = 400
COST: Final = "`{name}`, the comparison over the separate runs"
GAIN: Final = "`{name}`, replications that sharing worlds is worth, times"


class Cost(NamedTuple):
    """One comparison of all strategies of a file; processor seconds, one thread."""

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
    together = taken(lambda: documents.append(compare(scenario, replications=replications, seed=seed, threads=1)))
    alone = {name: with_strategy(scenario, name) for name in scenario.strategies}
    seconds = {
        name: taken(partial(simulate, run, replications=replications, seed=seed, threads=1)).processor
        for name, run in alone.items()
    }
    document = documents[0]
    steady = len(seconds) * seconds[document.baseline]
    gain = min(against.pairing_gain or 0.0 for against in document.against)
    return Cost(together.processor, steady, sum(seconds.values()) - steady, gain)


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


def measured(effort: Effort) -> dict[str, Series]:
    """Measure the comparisons."""
    say("comparisons")
    found: dict[str, Series] = {}
    for scenario in (shipped(PRESSED), reacting()):
        compared(scenario, 2, 0)
        costs = [compared(scenario, effort.of(REPLICATIONS), seed) for seed in range(effort.rounds)]
        found |= figures(scenario, costs)
    return found


def goals(comparisons: Mapping[str, Series]) -> list[Goal]:
    """Goals for comparisons, by the median over the rounds."""
    return [
        *(
            Goal.at_most(f"time of a comparison, `{name}`, in separate runs", 1.0, comparisons[COST.format(name=name)])
            for name in (PRESSED, CANONICAL_REACTING)
        ),
        Goal.at_least(
            f"replications saved by sharing worlds, `{PRESSED}`, times", 10.0, comparisons[GAIN.format(name=PRESSED)]
        ),
    ]
