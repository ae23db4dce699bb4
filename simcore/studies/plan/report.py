"""What was found of a plan, and the document that tells it."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

from simcore.results.header import header_of
from simcore.scenario.digest import scenario_digest
from simcore.studies.plan.document import (
    BackwardPlan,
    PlanAnswer,
    PlanArithmetic,
    PlanExact,
    PlanHere,
    PlanPrecision,
    PlanStage,
)
from simcore.studies.plan.left_out import left_out_of
from simcore.studies.plan.quantile_search import grid_value
from simcore.studies.plan.request import CALLS
from simcore.studies.plan.sentences import assumptions_of, sentence_of
from simcore.studies.plan.unknowns import arithmetic_of, at_least, binomial_of, chance_of

if TYPE_CHECKING:
    from simcore.statistics.estimate import Estimate
    from simcore.studies.plan.document import PlanCell, PlanIgnorance, PlanObstacle, PlanRow
    from simcore.studies.plan.quantile_search import Curve
    from simcore.studies.plan.request import PlanRequest
    from simcore.studies.plan.unknowns import Solvable
    from simcore.studies.plan.variants import Setting


class Found:
    """What a search has found so far."""

    def __init__(self, asked: PlanRequest, setting: Setting, unknown: Solvable) -> None:
        self.asked, self.setting, self.unknown = asked, setting, unknown
        self.worlds = 0
        self.curve: Curve | None = None
        self.place: tuple[int, int, int | None] | None = None
        """Places of the lower end, the estimate and the upper end."""
        self.wanted, self.met, self.stated = 0.0, False, False
        self.reached: float | None = None
        self.plan_chance: Estimate | None = None
        self.ignorance: PlanIgnorance | None = None
        self.arithmetic_chance: Estimate | None = None
        self.no_chance = "it was not played before the interruption"
        """Why there is none, in words."""
        self.table: list[PlanRow] = []
        self.frontier: list[PlanCell] = []
        self.obstacle: PlanObstacle | None = None
        self.limits: list[str] = []
        """Values at which a drive explodes, in words."""
        self.interrupted = False
        self.arithmetic = arithmetic_of(asked)
        self.arithmetic_calls = ceil(self.arithmetic.calls / setting.scenario.team.reps - 1e-6)
        """Of a rep, whole."""


def document_of(found: Found, seconds: float) -> BackwardPlan:
    """Return the document of what was found."""
    asked, setting = found.asked, found.setting
    scenario = asked.scenario
    answer = answer_of(found)
    document = BackwardPlan(
        **header_of(
            scenario,
            digest=scenario_digest(setting.scenario),
            replications=found.worlds,
            weeks=asked.weeks,
            interrupted=found.interrupted,
            seconds=seconds,
        ),
        target=asked.target,
        confidence=asked.confidence,
        by=asked.by,
        solve_for=asked.solve_for,
        calls_per_week=scenario.plan.calls_per_week,
        arithmetic=PlanArithmetic(
            stages=[PlanStage(stage=stage, count=count) for stage, count in found.arithmetic.stages],
            calls=found.arithmetic.calls,
            per_week=setting.per_week(found.arithmetic.calls / scenario.team.reps),
            chance=found.arithmetic_chance,
            no_chance=found.no_chance if found.arithmetic_chance is None else None,
            left_out=left_out_of(setting),
        ),
        chance=found.plan_chance,
        ignorance=found.ignorance,
        answer=answer,
        exact=_exact(found),
        table=found.table,
        frontier=found.frontier,
        here=_here(found, answer),
        infeasible=found.obstacle,
        precision=PlanPrecision(wanted=found.wanted, reached=found.reached, met=found.met, stated=found.stated),
        limits=list(dict.fromkeys(found.limits)),
        assumptions=assumptions_of(asked, setting),
        sentence="",
    )
    return document.model_copy(update={"sentence": sentence_of(document)})


def answer_of(found: Found) -> PlanAnswer | None:
    """Return the answer as far as it was found."""
    if found.place is None or found.curve is None:
        return None
    unknown, done = found.unknown, found.asked.done
    low, middle, high = (None if place is None else float(grid_value(place)) for place in found.place)
    assert low is not None and middle is not None  # noqa: S101, PT018  (only the upper end may be open)
    return PlanAnswer(
        solve_for=found.asked.solve_for,
        estimate=unknown.value(middle),
        interval=(unknown.value(low), None if high is None else unknown.value(high)),
        per_week=unknown.per_week(middle),
        calls=unknown.calls(middle) + (done.calls if done is not None else 0),
        chance=chance_of(found.curve.at(found.place[1]), found.curve.worlds),
    )


def _exact(found: Found) -> PlanExact | None:
    """Return the answer of the binomial distribution where wins have it."""
    law = binomial_of(found.asked, found.setting)
    if law is None:
        return None
    q, wins = law
    unknown, confidence = found.unknown, found.asked.confidence
    low, high = -1, unknown.most
    reached = unknown.chance(grid_value(high), q, wins) >= confidence
    while reached and high - low > 1:
        middle = (low + high) // 2
        if unknown.chance(grid_value(middle), q, wins) >= confidence:
            high = middle
        else:
            low = middle
    calls = found.arithmetic_calls
    chance = at_least(wins, calls * unknown.reps, q) if calls <= found.setting.most else None
    return PlanExact(estimate=unknown.value(grid_value(high)) if reached else None, chance=chance)


def _here(found: Found, answer: PlanAnswer | None) -> PlanHere | None:
    done = found.asked.done
    if done is None:
        return None
    rest = answer.calls - done.calls if answer is not None and found.asked.solve_for == CALLS else None
    return PlanHere(
        week=done.week,
        weeks_left=found.asked.weeks - done.week,
        calls=done.calls,
        won=done.won,
        missing=max(0, found.asked.missing_cents) / 100.0,
        open=done.open,
        week_from_calls=done.week_from_calls,
        chance=found.plan_chance,
        rest_calls=rest,
    )
