"""The answer of a plan: what it takes, against the arithmetic that everyone does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simcore.answers.answer import Answer, KeyFigure, Picture, PictureRow
from simcore.answers.figures import share_figure
from simcore.answers.wording import capital
from simcore.results.sentences import in_percent
from simcore.studies.plan.sentences import ignorance_words, number, period

if TYPE_CHECKING:
    from simcore.studies.plan.document import BackwardPlan, PlanRow

_SOUGHT = {"calls": "calls of the team", "reps": "reps", "weeks": "weeks"}


def plan_answer(found: BackwardPlan) -> Answer:
    """Return the answer of a plan."""
    return Answer(
        sentences=(found.sentence, *ignorance_words(found)),
        figures=tuple(_figures(found)),
        picture=_confidences(found),
        cautions=tuple(_cautions(found)),
        words=("confidence", "confidence interval", "backward arithmetic"),
    )


def _figures(found: BackwardPlan) -> list[KeyFigure]:
    figures = []
    if found.answer is not None:
        low, high = found.answer.interval
        top = "no upper end found" if high is None else f"to {number(high, found.solve_for)}"
        close = f"{number(low, found.solve_for)} {top} (95 % interval)"
        figures.append(KeyFigure(_sought(found), number(found.answer.estimate, found.solve_for), close))
        figures.append(share_figure("chance to reach the target with that", found.answer.chance))
    figures.append(share_figure("chance with the calls of the arithmetic", found.arithmetic.chance))
    figures.append(
        share_figure(f"chance with the plan of the file, {found.calls_per_week:,} calls a week", found.chance)
    )
    if found.ignorance is not None:
        figures.append(share_figure("that chance, sd over what is not known", found.ignorance.sd))
    return figures


def _sought(found: BackwardPlan) -> str:
    return _SOUGHT.get(found.solve_for, f"rate of {found.solve_for}")


def _confidences(found: BackwardPlan) -> Picture | None:
    rows = tuple(_row(row, found) for row in found.table)
    if not any(row.value is not None for row in rows):
        return None
    return Picture(
        title=f"{capital(_sought(found))} for other confidences, in {period(found)}",
        kind="intervals",
        rows=rows,
        mark=found.arithmetic.calls if found.solve_for == "calls" else None,
        note="Lines are 95 % intervals"
        + ("; the upright line is what the arithmetic asks for." if found.solve_for == "calls" else "."),
        even=True,
    )


def _row(row: PlanRow, found: BackwardPlan) -> PictureRow:
    asked = row.confidence == found.confidence
    label = in_percent(row.confidence) + (" (asked)" if asked else "")
    if row.estimate is None:
        return PictureRow(label, None, shown="beyond what was tried", asked=asked)
    return PictureRow(label, row.estimate, row.low, row.high, number(row.estimate, found.solve_for), asked=asked)


def _cautions(found: BackwardPlan) -> list[str]:
    told = ["Interrupted: the answer is as far as it was found."] if found.interrupted else []
    precision = found.precision
    if found.answer is not None and not precision.met:
        asked = "asked for" if precision.stated else "aimed at"
        reached = "unknown" if precision.reached is None else f"{100.0 * precision.reached:.2g} %"
        told.append(f"Half of the interval is {reached} of the answer; {100.0 * precision.wanted:.2g} % was {asked}.")
    told += [f"Could not be tried: {limit}." for limit in found.limits]
    return told
