"""The tables of a plan made backward from a target."""

from __future__ import annotations

from simcore.studies.plan.document import (
    BackwardPlan,
    PlanAnswer,
    PlanArithmetic,
    PlanCell,
    PlanExact,
    PlanHere,
    PlanIgnorance,
    PlanLeftOut,
    PlanObstacle,
    PlanPrecision,
    PlanRow,
    PlanStage,
)
from simcore.tables.about import about, sentences
from simcore.tables.layout import LOW_HIGH, Beside, Layout
from simcore.tables.table import COUNT, MONEY, RATIO, SHARE, WEEKS, Cell, Row, Table

_SOUGHT = {"calls": COUNT, "reps": COUNT, "weeks": WEEKS}
"""Units of what can be sought; of a stage it is a rate."""
_CALLS = {"calls": COUNT, "per_week": COUNT, "chance": SHARE}
_WEEKS = {"week": WEEKS, "weeks_left": WEEKS, "rest_calls": COUNT}
ARITHMETIC = Layout(PlanArithmetic, (), _CALLS, {"stages", "left_out"})
STAGES = Layout(PlanStage, ("stage",), {"count": COUNT})
LEFT_OUT = Layout(PlanLeftOut, ("what",), {"share": SHARE})
FRONTIER = Layout(PlanCell, ("reps", "weeks"), {"per_week": COUNT, "worlds": COUNT}, (), {"per_week": LOW_HIGH})
HERE = Layout(PlanHere, (), {**_WEEKS, **_CALLS, "won": MONEY, "missing": MONEY}, {"open"})
IGNORANCE = Layout(PlanIgnorance, (), {"worlds": COUNT, "sd": SHARE, "share": SHARE})
PRECISION = Layout(PlanPrecision, (), {"wanted": RATIO, "reached": RATIO})
_OWN = {"target": MONEY, "confidence": SHARE, "calls_per_week": COUNT, "chance": SHARE}
_PARTS = (
    *("arithmetic", "answer", "exact", "table", "frontier", "here", "infeasible", "ignorance", "precision", "limits"),
)


def plan_tables(found: BackwardPlan) -> list[Table]:
    """Return all figures of a plan."""
    money, blocked, here = found.currency, found.infeasible, found.here
    sought = _SOUGHT.get(found.solve_for, SHARE)
    units = {"estimate": sought, "tried": sought, **_CALLS}
    answer = Layout(PlanAnswer, ("solve_for",), units, (), {"estimate": Beside(interval="interval")})
    others = Layout(PlanRow, ("confidence",), units, (), {"estimate": LOW_HIGH})
    waiting = {} if here is None else here.open
    items = tuple(Row((stage,), (Cell(count, COUNT),)) for stage, count in waiting.items())
    reasons = [] if blocked is None else blocked.reasons
    return [
        about(found, _OWN, without=(*_PARTS, "assumptions")),
        answer.table("answer", "The least that reaches the target", [found.answer], money),
        Layout(PlanExact, (), units).table("exact", "The same in closed form", [found.exact], money),
        PRECISION.table("precision", "How well the answer is known", [found.precision], money),
        others.table("confidences", "What other confidences take", found.table, money),
        FRONTIER.table("frontier", "Calls of a rep in a week, by team and period", found.frontier, money),
        ARITHMETIC.table("arithmetic", "The arithmetic that everyone does", [found.arithmetic], money),
        STAGES.table("stages", "Items that the arithmetic asks for", found.arithmetic.stages, money),
        LEFT_OUT.table("left_out", "What the arithmetic leaves out", found.arithmetic.left_out, money),
        IGNORANCE.table(
            "ignorance", "What is not known leaves open, with the plan of the file", [found.ignorance], money
        ),
        HERE.table("here", "Where the team stands", [here], money),
        Table("open", "Open items of the team", ("stage",), ("items",), items),
        Layout(PlanObstacle, (), units, {"reasons"}).table("obstacle", "Why no plan gets there", [blocked], money),
        sentences([("obstacle", reasons), ("limits", found.limits), ("assumptions", found.assumptions)]),
    ]
