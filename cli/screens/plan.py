"""A plan as text: the arithmetic, the answer, other confidences, the frontier; no figure beyond the document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.text import Text

from simcore.answers.numbers import NONE, count, counted, significant
from simcore.base.text import printable
from simcore.cli.screens.layout import grid, header, note, percent, spaced, titled
from simcore.cli.tables import Paragraph, fits
from simcore.results.sentences import in_percent
from simcore.studies.plan.frontier import REACH
from simcore.studies.plan.request import CALLS, REPS, WEEKS
from simcore.studies.plan.sentences import amount, number, period
from simcore.studies.plan.variants import MOST_CALLS

if TYPE_CHECKING:
    from simcore.statistics.estimate import Estimate
    from simcore.studies.plan.document import BackwardPlan, PlanCell, PlanIgnorance

EXPLODES = "explodes"


def plan_details(found: BackwardPlan) -> RenderableType:
    """Return a plan as text for 80 columns."""
    parts: list[RenderableType] = [_header(found), _arithmetic(found)]
    if found.here is not None:
        parts.append(_here(found))
    if found.exact is not None and found.answer is not None:
        parts.append(Paragraph(_exact(found)))
    if found.ignorance is not None:
        parts.append(Paragraph(_ignorance(found.ignorance, found.chance)))
    if found.table:
        parts.append(_table(found))
    if found.frontier:
        parts.append(_frontier(found))
    parts.append(note(_note(found)))
    return Group(*spaced(parts))


def _header(found: BackwardPlan) -> Group:
    scenario = found.scenario
    goal = f"{amount(found.target, scenario.currency)} in {period(found)}, {counted(found.reps, 'rep')}"
    return header([f"{goal}; digest {printable(scenario.digest[:12])}"])


def _percent(chance: Estimate | None) -> str:
    return NONE if chance is None or chance.estimate is None else percent(chance).plain


@fits
def _arithmetic(found: BackwardPlan) -> RenderableType:
    table = grid(["backward", "needed"])
    for stage in found.arithmetic.stages:
        table.add_row(printable(stage.stage), significant(stage.count))
    left = "" if found.here is None else " for what is missing"
    lines = [
        f"So many calls are {significant(found.arithmetic.per_week)} a rep in a full week. The chance to reach the "
        f"target with them: {_percent(found.arithmetic.chance)}"
        + (f" ({found.arithmetic.no_chance})." if found.arithmetic.chance is None else "."),
    ]
    if found.arithmetic.left_out:
        told = "; ".join(each.words for each in found.arithmetic.left_out)
        lines.append(f"What the arithmetic leaves out, and this chance does not: {told}.")
    if found.here is None:
        lines.append(
            f"With the plan of the file, {found.calls_per_week:,} calls a rep and week: {_percent(found.chance)}."
        )
    body = Group(table, Text(), *(Paragraph(line) for line in lines))
    return titled(f"The arithmetic that everyone does{left}", body)


@fits
def _here(found: BackwardPlan) -> RenderableType:
    here = found.here
    if here is None:
        return Text()
    currency = found.scenario.currency
    table = grid(["you are here", ""])
    rows = [
        ("weeks over, left", f"{here.week}, {here.weeks_left}"),
        ("calls made", count(here.calls)),
        ("won", amount(here.won, currency)),
        ("missing", amount(here.missing, currency)),
        *((f"open: {stage}", count(items)) for stage, items in here.open.items()),
        (f"chance at {found.calls_per_week:,} calls a rep and week", _percent(here.chance)),
    ]
    if here.rest_calls is not None:
        rows.append(("calls that the rest needs", number(here.rest_calls, CALLS)))
    for name, value in rows:
        table.add_row(name, printable(value))
    return table


def _ignorance(found: PlanIgnorance, chance: Estimate | None) -> str:
    return (
        f"Not known exactly: with the plan of the file the chance is {_percent(chance)} over what is not "
        f"known; its standard deviation over that is {_percent(found.sd)} ({count(found.worlds)} worlds played twice)."
    )


def _exact(found: BackwardPlan) -> str:
    exact = found.exact
    if exact is None or exact.estimate is None:
        return "By the binomial distribution, which is exact here, nothing that was tried is enough."
    text = f"By the binomial distribution, which is exact here: {number(exact.estimate, found.solve_for)}"
    return text + (f"; at the calls of the arithmetic {in_percent(exact.chance)}." if exact.chance is not None else ".")


def _unit(found: BackwardPlan) -> str:
    return {CALLS: "calls", REPS: "reps", WEEKS: "weeks"}.get(found.solve_for, f"rate of {printable(found.solve_for)}")


@fits
def _table(found: BackwardPlan) -> RenderableType:
    """Return what other confidences take."""
    heads = ["confidence", _unit(found), "95 % interval"]
    by_calls = found.solve_for == CALLS
    if by_calls:
        heads += ["a rep and week", "times the arithmetic"]
    table = grid(heads)
    for row in found.table:
        low, high = (NONE if end is None else number(end, found.solve_for) for end in (row.low, row.high))
        ends = NONE if row.low is None and row.high is None else f"{low} to {high}"
        cells = [NONE if row.estimate is None else number(row.estimate, found.solve_for), ends]
        if by_calls:
            done = found.here.calls if found.here is not None else 0
            rest = None if row.estimate is None or not found.arithmetic.calls else row.estimate - done
            cells.append(NONE if row.per_week is None else count(round(row.per_week)))
            cells.append(NONE if rest is None else f"{rest / found.arithmetic.calls:,.2f}")
        mark = " <" if row.confidence == found.confidence else ""
        table.add_row(f"{in_percent(row.confidence)}{mark}", *cells)
    return titled(f"Confidence x {_unit(found)}", table)


@fits
def _frontier(found: BackwardPlan) -> RenderableType:
    """Return reps down, weeks across, calls of a rep and week in the cells."""
    weeks = sorted({cell.weeks for cell in found.frontier})
    table = grid(["reps", *(f"{number:,} weeks" for number in weeks)])
    for reps in sorted({cell.reps for cell in found.frontier}):
        row = {cell.weeks: cell for cell in found.frontier if cell.reps == reps}
        table.add_row(count(reps), *(_cell(row.get(each)) for each in weeks))
    return titled(f"Calls a rep and week for {in_percent(found.confidence)}, with their 95 % intervals", table)


def _cell(cell: PlanCell | None) -> str:
    if cell is None or cell.per_week is None:
        return EXPLODES if cell is not None and cell.explodes else NONE
    missing = EXPLODES if cell.explodes else NONE
    low, high = (missing if end is None else count(round(end)) for end in (cell.low, cell.high))
    return f"{count(round(cell.per_week))} ({low} to {high})"


def _note(found: BackwardPlan) -> str:
    text = " ".join(found.assumptions)
    if found.table:
        text += " All values are tried in the same worlds; ± is one standard error; rows but the one marked < are read"
        text += f" off between values that were tried; {NONE}: not within four times the answer."
    if found.frontier:
        worlds = {cell.worlds for cell in found.frontier} - {found.replications}
        own = "its own cell is the answer"
        text += f" In the frontier {own}, the others are from {min(worlds):,} worlds." if worlds else ""
        text += f" There {NONE} is more than {REACH} times the arithmetic, or than {MOST_CALLS:,} calls."
        if any(cell.explodes for cell in found.frontier):
            text += f" {EXPLODES}: a drive passes a limit of the engine at calls that would tell more."
    reasons = " ".join(found.infeasible.reasons) if found.infeasible is not None else ""
    text += "".join(f" Could not be tried: {limit}." for limit in found.limits if limit not in reasons)
    precision = found.precision
    if found.answer is not None and not precision.met:
        wanted = f"{100.0 * precision.wanted:.2g} %"
        asked = "was asked for" if precision.stated else "is aimed at within a limit of cost"
        reached = (
            "The 95 % interval has no upper end"
            if precision.reached is None
            else f"Half of the 95 % interval is {100.0 * precision.reached:.2g} % of the answer"
        )
        text += f" {reached}; {wanted} {asked}."
        text += "" if precision.stated else " With --precision it takes as many worlds as it needs."
    return printable(text)
