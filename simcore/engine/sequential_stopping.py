"""Runs replications in stages until every stated precision is met, a limit is reached, or someone stops it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from math import ceil, isfinite
from typing import TYPE_CHECKING, Literal, NamedTuple

from simcore.base.errors import Problem, ScenarioError
from simcore.results.summary import Precision, PrecisionRow
from simcore.scenario.precision_goal import Goal, Target, goal_of, targets_of
from simcore.statistics.sequential_interval import Readable, Reading, SequentialRule, is_met, needed

if TYPE_CHECKING:
    from simcore.engine.runner import Block, Progress, Watch
    from simcore.scenario.model import Scenario


class GoalFigure(NamedTuple):
    """A figure that is asked for."""

    target: Target
    figure: Readable
    strategy: str | None = None
    """Whose difference to the baseline it is."""
    crude_ratio: Callable[[], float | None] | None = None
    """Returns how many times the replications crude sampling would need."""


class Stages:
    """The blocks of a run that goes on until it is precise, and what came of it."""

    def __init__(
        self,
        goal: Goal,
        asked: Sequence[GoalFigure],
        most: int,
        watch: Watch,
    ) -> None:
        self._asked = asked
        self._figures = [entry.figure for entry in asked]
        targets, ends = [entry.target for entry in asked], min(goal.max_replications or most, most)
        self._rule = SequentialRule(targets, ends, unseen=goal.unseen)
        self._seconds = goal.max_seconds
        self._started = time.perf_counter()
        self._watch = watch
        self._ended: Literal["met", "replications", "seconds", "interrupted"] = "met"

    def blocks(self, cut: Callable[[int], Iterable[Block]]) -> Iterator[Block | None]:
        """Yield the blocks of stage after stage, ``None`` after each; ``cut`` cuts so many replications, from 0 on."""
        done = 0
        while True:
            for block in cut(self._rule.goal - done):
                yield block._replace(first=block.first + done)
            yield None
            done = self._rule.goal
            if not self._rule.advance(self._figures):
                return

    def stop(self) -> bool:
        """Return whether to end now: asked from outside, or out of time."""
        if self._watch.stop is not None and self._watch.stop():
            self._ended = "interrupted"
        elif self._seconds is not None and time.perf_counter() - self._started >= self._seconds:
            self._ended = "seconds"
        return self._ended != "met"

    def progress(self, progress: Progress) -> None:
        """Tell how far the run has come on the way that is expected now."""
        if self._watch.progress is not None:
            self._watch.progress(progress._replace(total=max(progress.done, self._rule.expected)))

    def outcome(self, replications: int) -> Precision:
        """Return what was reached with so many replications."""
        rule = self._rule
        readings = rule.read(self._figures)
        rows = [_row(entry, reading, replications) for entry, reading in zip(self._asked, readings, strict=True)]
        met = all(row.met for row in rows)
        if met and self._ended == "seconds":
            self._ended = "met"
        elif not met and self._ended == "met":
            self._ended = "replications"
        return Precision(rows=rows, ended=self._ended, looks=rule.looks + 1)


def goal_for(scenario: Scenario, replications: int | None, precision: Goal | Iterable[str] | None) -> Goal | None:
    """Return what a run is to be precise about: as the call says, else as the scenario; ``None``: replications count.

    Raises
    ------
    ScenarioError
        If a precision is none.
    """
    try:
        if precision is not None:
            return goal_of(precision)
        if replications is not None or not scenario.run.precision:
            return None
        return Goal(targets_of(scenario.run.precision))
    except ValueError as error:
        raise ScenarioError((Problem(str(error), "run.precision"),)) from None


def _row(entry: GoalFigure, reading: Reading, n: int) -> PrecisionRow:
    ratio = entry.crude_ratio() if entry.crude_ratio is not None else None
    row = precision_row(entry.target, reading, n)
    return row.model_copy(update={"strategy": entry.strategy, "crude": None if ratio is None else ceil(n * ratio)})


def precision_row(target: Target, reading: Reading, n: int, *, worlds: int | None = None) -> PrecisionRow:
    """Return what was reached of a target, without what is known of it beside the reading.

    Parameters
    ----------
    n
        Replications, or batches.
    worlds
        Of batches: the replications of all of them.
    """
    met = is_met(target, reading, n)
    need = needed(target, reading, n)
    if worlds is not None:
        need = need * worlds / n
    width = reading.half_width / reading.scale if target.relative and reading.scale > 0.0 else reading.half_width
    defined = isfinite(reading.half_width) and not (target.relative and reading.scale == 0.0)
    return PrecisionRow(
        metric=str(target.metric),
        strategy=None,
        wanted=target.half_width,
        relative=target.relative,
        confidence=target.confidence,
        estimate=reading.estimate,
        low=reading.low if defined and isfinite(reading.low) else None,
        high=reading.high if defined and isfinite(reading.high) else None,
        reached=width if defined else None,
        met=met,
        needed=None if met or not isfinite(need) else ceil(need),
        crude=None,
    )
