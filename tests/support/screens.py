"""First screens of small answers to every question, as pages of several widths and encodings get them."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, cast

import simcore
from simcore.analytic.assumptions import assumptions
from simcore.answers.answer import answer_of
from simcore.answers.wording import assumed, few_worlds
from simcore.cli.screens.first import FirstScreen
from simcore.cli.tables import lines_of
from simcore.studies.study import STUDIES
from simcore.variance_reduction.document import Gain, VarianceBench
from tests.support.study_cases import CASES, TEAM
from tests.support.table_cases import WIDER

if TYPE_CHECKING:
    from simcore.results.header import StudyHeader

PAGES = ((80, "utf-8"), (60, "utf-8"), (140, "utf-8"), (80, "ascii"))
"""Columns and encoding."""
NAMES = (*CASES, *WIDER)


@cache
def document(name: str) -> StudyHeader:
    """Return the document of a small question of a study, or of one that fills what small ones leave out."""
    if name in WIDER:
        found: Any = WIDER[name]()
    else:
        case = CASES[name]
        found = getattr(simcore, STUDIES[name].function)(TEAM, *case.args, **case.options)
    found = getattr(found, "summary", found)
    return _as_fast_as_crude(found) if isinstance(found, VarianceBench) else cast("StudyHeader", found)


def _as_fast_as_crude(found: VarianceBench) -> VarianceBench:
    """Return a benchmark on a machine that takes a microsecond for a world, by whichever technique."""
    crude = next(row.variance for row in found.rows if row.technique == "crude")
    rows = []
    for row in found.rows:
        gain = None
        if row.efficiency is not None and row.variance and crude:
            ratio = crude / row.variance
            gain = Gain(ratio=ratio, low=0.8 * ratio, high=1.25 * ratio)
        verdict = row.verdict
        if gain is not None and verdict in ("helps", "hurts", "no difference"):
            verdict = "helps" if gain.low > 1.0 else "hurts" if gain.high < 1.0 else "no difference"
        changes = {"efficiency": gain, "microseconds": 1.0, "verdict": verdict}
        rows.append(row.model_copy(update=changes))
    best = max(rows, key=lambda row: row.efficiency.ratio if row.efficiency is not None and row.trusted else 0.0)
    advice = f"Use {best.technique}, where a world costs as much by every technique."
    return found.model_copy(update={"rows": rows, "recommended": best.technique, "advice": advice})


def screen(found: StudyHeader, width: int, encoding: str) -> str:
    """Return the first screen of a document."""
    cautions = [few_worlds(found.replications), assumed(assumptions(TEAM, found.scenario.strategies))]
    shown = FirstScreen(found, answer_of(found), cautions=[each for each in cautions if each])
    return lines_of(shown, width=width, encoding=encoding)
