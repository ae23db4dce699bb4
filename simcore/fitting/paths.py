"""Deals as items of a funnel: what each step of a scenario would have seen of them.

A scenario knows one way, from stage to stage. A deal counts in the furthest stage that it has reached: what it spends
in an earlier one to which it has gone back is a part of the wait there. A stage that it passed over, or that it was
created beyond, was passed with a wait of 0.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from simcore.forecasting.sources import CREATED
from simcore.pipeline.history import LOST, NEVER, OPEN, WON, Flags, Floats, History, Ints, known_before

MOST_STAGES: Final = 6
"""Stages in which deals are open that a funnel has room for, beside the activity and the wins."""
PASSED, DROPPED, STILL = 1, 2, 0
"""What has become of an item of a step."""
_LEAST_CLOSINGS: Final = 8.0
"""Closings that should have been seen before the first one: where more are missing, they were left out of the file."""


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """The items of a step, in columns.

    Attributes
    ----------
    name
        The stage in which they wait.
    deal
        Their deals, places in the history.
    entered
        Day in which each came into the stage.
    wait
        Calendar days until it was decided, or up to the last day of the history where it was not.
    ended
        `PASSED`, `DROPPED` or `STILL`.
    seen_from
        Days after which an item would be in the file at all: what ended sooner was left out of it. 0 in most files.
    skipped
        How many passed over the stage.
    """

    name: str
    deal: Ints
    entered: Ints
    wait: Ints
    ended: Ints
    seen_from: Ints
    skipped: int = 0

    def take(self, chosen: Flags) -> Step:
        """Return some of the items."""
        columns = {name: getattr(self, name)[chosen] for name in ("deal", "entered", "wait", "ended", "seen_from")}
        return replace(self, **columns)

    def count(self, ended: int) -> int:
        """Return how many items ended in a way."""
        return int((self.ended == ended).sum())


@dataclass(frozen=True, slots=True, eq=False)
class Paths:
    """All steps of a funnel, and what of it is open.

    Attributes
    ----------
    steps
        In order; a deal that passes the last one is won.
    open_deal, open_stage, open_age
        Deals that are open on the last evening: their places in the history, the number of the step that they wait
        for, and calendar days in the stage.
    truncated
        The day before which closings were left out of the file; None where none are missing.
    merged
        Stages that were too many, with the one each was counted in.
    back
        Entries into a stage that a deal had been beyond.
    """

    steps: tuple[Step, ...]
    open_deal: Ints
    open_stage: Ints
    open_age: Ints
    truncated: int | None
    merged: tuple[tuple[str, str], ...]
    back: int

    @property
    def stages(self) -> tuple[str, ...]:
        """Return the names of the stages in which deals are open."""
        return tuple(step.name for step in self.steps)


def paths_of(history: History, day: int) -> Paths:
    """Return the steps of a funnel as they were known at the end of the day before ``day``.

    Parameters
    ----------
    history
        As forecasts see it; the stage in which deals were before they entered any comes first.
    day
        The day after the last one of the history.
    """
    names, rank, merged = _ranked(history, day)
    visits = known_before(history, day)
    ranks = rank[visits.stage]
    deals = np.flatnonzero(history.created < day)
    stages = len(names)
    # The day in which each deal was first in a stage or beyond it; `NEVER` if it was not.
    reached = np.full((history.deals, stages + 1), NEVER, dtype=np.int64)
    np.minimum.at(reached, (visits.deal, ranks), visits.entered)
    furthest = np.maximum.accumulate(np.where(reached[:, :stages] < NEVER, np.arange(stages), -1), axis=1)[:, -1]
    own = reached[:, :stages] < NEVER
    closed = (history.closed < day) & (history.outcome != OPEN)
    end = np.where(closed, np.maximum(history.closed, history.created), NEVER)
    won = closed & (history.outcome == WON)
    reached[won, stages] = end[won]
    reached = np.minimum.accumulate(reached[:, ::-1], axis=1)[:, ::-1]
    np.minimum(reached, end[:, None], out=reached)
    steps = []
    for stage, name in enumerate(names):
        inside = deals[reached[deals, stage] < NEVER]
        inside = inside[won[inside] | (furthest[inside] >= stage)]
        entered, after = reached[inside, stage], reached[inside, stage + 1]
        passed = (furthest[inside] > stage) | won[inside]
        lost = ~passed & closed[inside] & (history.outcome[inside] == LOST)
        ended = np.where(passed, PASSED, np.where(lost, DROPPED, STILL))
        until = np.where(passed, after, np.where(lost, end[inside], day - 1))
        wait = np.maximum(until - entered, 0)
        skipped = int((passed & ~own[inside, stage]).sum())
        steps.append(Step(name, inside, entered, wait, ended, np.zeros(len(inside), dtype=np.int64), skipped))
    still = deals[~closed[deals]]
    age = day - 1 - reached[still, furthest[still]]
    back = int((ranks < _highest_before(visits.deal, ranks)).sum())
    truncated = _first_closing(history, day)
    if truncated is not None:
        steps = [_left_truncated(step, truncated) for step in steps]
    return Paths(tuple(steps), still, furthest[still], np.maximum(age, 0), truncated, merged, back)


def _ranked(history: History, day: int) -> tuple[tuple[str, ...], Ints, tuple[tuple[str, str], ...]]:
    """Return stages in order, the place of each stage of the history among them, and which were merged."""
    order = sorted(range(len(history.stages)), key=lambda place: history.stages[place] != CREATED)
    groups = [[place] for place in order]
    seen = np.bincount(history.visit_stage[history.visit_day < day], minlength=len(history.stages))
    # A stage that nobody has entered yet is none.
    groups = [group for group in groups if seen[group[0]]] or groups[:1]
    merged = []
    while len(groups) > MOST_STAGES:
        least = min(range(len(groups)), key=lambda place: seen[groups[place]].sum())
        into = max(least - 1, 0)
        merged.append((history.stages[groups[into + 1][0]], history.stages[groups[into][0]]))
        groups[into] += groups.pop(into + 1)
    rank = np.zeros(len(history.stages), dtype=np.int64)
    for place, group in enumerate(groups):
        rank[group] = place
    return tuple(history.stages[group[0]] for group in groups), rank, tuple(merged)


def _highest_before(deal: Ints, rank: Ints) -> Ints:
    """Return the furthest stage in which each visit's deal had been, by then."""
    # Ranks of one deal lie above all of those of the deals before it.
    lifted = deal * (MOST_STAGES + 1) + rank
    highest = np.maximum.accumulate(lifted) - deal * (MOST_STAGES + 1)
    return np.maximum(highest, 0)


def _first_closing(history: History, day: int) -> int | None:
    """Return the day of the first closing, if so many should have come before it that they were left out.

    Of the deals that were created since, it is known how many are closed at which age; those from before would have
    been, too (Nelson and Aalen).
    """
    closed = history.closed[history.closed < day]
    if len(closed) == 0:
        return None
    first = int(closed.min())
    before = history.created < first
    after = (history.created >= first) & (history.created < day)
    if not before.any() or not after.any():
        return None
    until = np.minimum(history.closed[after], day - 1)
    age, ended = np.maximum(until - history.created[after], 0), history.closed[after] < day
    longest = int(age.max()) + 1
    risk = np.bincount(age, minlength=longest)[::-1].cumsum()[::-1]
    hazard: Floats = np.bincount(age[ended], minlength=longest) / np.maximum(risk, 1)
    met = np.append(0.0, np.cumsum(hazard))[np.minimum(first - history.created[before], longest)]
    return first if float(-np.expm1(-met).sum()) > _LEAST_CLOSINGS else None


def _left_truncated(step: Step, first: int) -> Step:
    """Return the items of which all would be in the file: those that were still there on a day, from then on."""
    ends = step.entered + step.wait
    kept = (step.ended == STILL) | (ends >= first)
    return replace(step.take(kept), seen_from=np.maximum(first - step.entered[kept], 0))
