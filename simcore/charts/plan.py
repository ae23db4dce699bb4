"""Pictures of a plan: what a confidence costs, and what other teams and periods would need."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simcore.answers.numbers import significant
from simcore.base.text import printable
from simcore.charts.picture import Picture, exact, interval, share, table
from simcore.charts.rows import Unit, between, forest_picture
from simcore.charts.shapes.heat import Field, heat
from simcore.charts.shapes.theme import Axis, Canvas
from simcore.results.sentences import in_percent, money

if TYPE_CHECKING:
    from simcore.scenario.model import Scenario
    from simcore.studies.plan.document import BackwardPlan, PlanCell

_SOUGHT = {"calls": "calls of the team in the period", "reps": "reps", "weeks": "weeks"}


def plan_pictures(document: BackwardPlan, scenario: Scenario | None = None) -> list[Picture | None]:
    """Return the pictures of a plan."""
    del scenario  # the document has all that is shown
    return [confidences(document), frontier(document)]


def confidences(document: BackwardPlan) -> Picture | None:
    """Return what each confidence takes; ``None`` where nothing that was tried reaches any."""
    sought = _SOUGHT.get(document.solve_for, f"rate of the step to {printable(document.solve_for)}")
    unit = Unit() if document.solve_for in _SOUGHT else Unit(scale=100.0, suffix=" %")
    percent = document.solve_for not in _SOUGHT
    rows = [
        between(
            f"{in_percent(row.confidence)} sure",
            row.estimate,
            row.low,
            row.high,
            unit,
            shade="second" if row.confidence == document.confidence else "first",
        )
        for row in document.table
        if row.estimate is not None
    ]
    line = document.arithmetic.calls if document.solve_for == "calls" and rows else None
    asked = "" if line is None else f" The line is what the arithmetic asks for: {significant(line, 6)} calls."
    says = (
        f"What it takes to reach {money(document.target, document.currency)} in the period, by how sure one wants to "
        f"be, with 95 % intervals; in another colour what was asked.{asked}"
    )
    told = share if percent else exact
    lines = [
        (
            share(row.confidence),
            told(row.estimate),
            interval(row.low, row.high, percent=percent),
            exact(row.per_week),
        )
        for row in document.table
    ]
    numbers = table(("confidence", sought, "95 % interval", "calls of a rep in a full week"), lines, left=0)
    name = ("confidence", "What being surer costs", says)
    return forest_picture(name, rows, Axis(sought, ",~f"), numbers, line=line)


def frontier(document: BackwardPlan) -> Picture | None:
    """Return what other teams in other periods would need; ``None`` where it was not asked for."""
    if not document.frontier:
        return None
    plan = float(document.calls_per_week)
    fields = [_field(cell, plan) for cell in document.frontier]
    says = (
        "Calls of one rep in a full week, for other sizes of the team and lengths of the period. Blue is less than the "
        f"plan of {document.calls_per_week:,} calls, orange more; the stronger the colour, the further."
    )
    lines = [
        (exact(cell.reps), exact(cell.weeks), exact(cell.per_week), interval(cell.low, cell.high), exact(cell.worlds))
        for cell in document.frontier
    ]
    return Picture(
        "frontier",
        "Other teams, other periods",
        says,
        lambda width: heat(fields, Canvas(width), "weeks of the period", "reps", about=says),
        table(("reps", "weeks", "calls of a rep in a week", "95 % interval", "worlds"), lines, left=0),
    )


def _field(cell: PlanCell, plan: float) -> Field:
    reps, weeks = f"{cell.reps:,}", f"{cell.weeks:,}"
    if cell.per_week is None:
        return Field(weeks, reps, None, "\u2013", f"{reps} reps, {weeks} weeks: not within what was tried")
    far = max(-1.0, min(1.0, (plan - cell.per_week) / max(plan, 1.0)))
    level = cell.low is not None and cell.high is not None and cell.low <= plan <= cell.high
    calls = f"{cell.per_week:,.0f}"
    says = f"{reps} reps, {weeks} weeks: {calls} calls of a rep in a week"
    if cell.low is not None and cell.high is not None:
        says += f" (95 % interval {cell.low:,.0f} to {cell.high:,.0f})"
    return Field(weeks, reps, far, calls, says, level)
