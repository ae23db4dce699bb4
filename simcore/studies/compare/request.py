"""Comparisons as requests: strategies in the same worlds, and the split of their differences."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from simcore.analytic.run_cost import Bill, bill_of_runs
from simcore.engine.affordable import GoalRequest, bill_of_one
from simcore.engine.playable import with_run_overrides
from simcore.engine.sequential_stopping import goal_for
from simcore.scenario.model import with_strategy
from simcore.studies.compare.attribution import RUNS_AT_ONCE, attribute, splits_of
from simcore.studies.compare.document import AttributionTable, Comparison
from simcore.studies.compare.study import compare, select_strategies

if TYPE_CHECKING:
    from simcore.engine.runner import Report, Stop
    from simcore.results.summary import Precision
    from simcore.scenario.model import Scenario
    from simcore.scenario.precision_goal import Goal


@dataclass(frozen=True)
class ComparisonRequest(GoalRequest[Comparison]):
    """The question of `compare`, with its arguments."""

    scenario: Scenario
    names: Sequence[str] | None = None
    baseline: str | None = None
    replications: int | None = None
    precision: Goal | Iterable[str] | None = None
    seed: int | None = None
    split: bool = False
    """Whether each difference is split over what reacts and what changes by it."""

    @property
    def goal(self) -> Goal | None:
        """What must be reached of every difference; ``None`` where replications are stated."""
        return goal_for(self.scenario, self.replications, self.precision)

    @property
    def runs(self) -> list[Scenario]:
        """The scenario with each strategy."""
        chosen, _ = select_strategies(self.scenario, self.names, self.baseline)
        asked = with_run_overrides(self.scenario, self.replications, None)
        return [with_strategy(asked, name) for name in chosen]

    def with_goal(self, goal: Goal) -> ComparisonRequest:
        """Return the same question with another goal."""
        return replace(self, precision=goal)

    def reached_by(self, answer: Comparison) -> Precision | None:
        """Return what a comparison has reached of the goal."""
        return answer.precision

    def cost(self, threads: int) -> Bill:
        """Return what all strategies cost together; to a precision, a replication of each."""
        everything = [*self.runs, *self.split_runs]
        if self.goal is not None:
            return bill_of_one(everything, threads)
        return bill_of_runs(everything, threads, at_once=len(self.runs))

    @property
    def split_runs(self) -> list[Scenario]:
        """What is run beside, to split the differences."""
        if not self.split:
            return []
        chosen, base = select_strategies(self.scenario, self.names, self.baseline)
        splits = [AttributionRequest(self.scenario, name, base, self.replications) for name in chosen if name != base]
        return [run for each in splits for run in each.runs]

    def run(
        self, *, threads: int | None = None, progress: Report | None = None, stop: Stop | None = None
    ) -> Comparison:
        """Return the answer; see `compare`."""
        found = compare(
            self.scenario,
            self.names,
            baseline=self.baseline,
            replications=self.replications,
            precision=self.precision,
            seed=self.seed,
            threads=threads,
            progress=progress,
            stop=stop,
        )
        if not self.split or found.interrupted:
            return found
        return with_splits(self.scenario, found, threads=threads, progress=progress, stop=stop)


def with_splits(
    scenario: Scenario, found: Comparison, *, threads: int | None, progress: Report | None, stop: Stop | None
) -> Comparison:
    """Return a comparison with its differences split over drives and channels, as far as that was not stopped."""
    rows = list(found.against)
    for number, row in enumerate(rows):
        request = AttributionRequest(scenario, row.name, found.baseline, found.replications, found.seed)
        table = request.run(threads=threads, progress=progress, stop=stop)
        if table is None:
            break
        rows[number] = row.model_copy(update={"attribution": table})
    return found.model_copy(update={"against": rows})


@dataclass(frozen=True)
class AttributionRequest:
    """The question of `attribute`, with its arguments."""

    scenario: Scenario
    name: str
    baseline: str
    replications: int | None = None
    seed: int | None = None

    @property
    def runs(self) -> list[Scenario]:
        """All that is run to split the difference."""
        asked = with_run_overrides(self.scenario, self.replications, None)
        return [run for split in splits_of(asked, self.name, self.baseline) for run in split.runs]

    def cost(self, threads: int) -> Bill:
        """Return what the runs cost, of which some are in memory at a time."""
        return bill_of_runs(self.runs, threads, at_once=RUNS_AT_ONCE)

    def run(
        self, *, threads: int | None = None, progress: Report | None = None, stop: Stop | None = None
    ) -> AttributionTable | None:
        """Return the answer; see `attribute`."""
        return attribute(
            self.scenario,
            self.name,
            self.baseline,
            replications=self.replications,
            seed=self.seed,
            threads=threads,
            progress=progress,
            stop=stop,
        )
