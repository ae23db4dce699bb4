"""The tables of any document: one definition for each, imported when a document of its kind is there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any, cast

from simcore.results.exported import EXPORTED, exported
from simcore.tables.table import Table, joined

if TYPE_CHECKING:
    from simcore.results.header import StudyHeader

DEFINITIONS = {
    "result": "run.run_tables",
    "comparison": "compare.comparison_tables",
    "sweep": "sweep.sweep_tables",
    "breakeven": "sweep.breakeven_tables",
    "plan": "plan.plan_tables",
    "luck": "luck.luck_tables",
    "coach": "coach.coach_tables",
    "steadiness": "steadiness.steadiness_tables",
    "variance": "variance.variance_tables",
}
"""By the name of the document: the module here and the function that makes its tables; for those that are about an
export see `simcore.results.exported`."""


def tables_of(found: StudyHeader | Sequence[StudyHeader]) -> list[Table]:
    """Return the tables of a document, those without rows included; of several of one kind, their rows together.

    Every figure of the document is in one of them; how fast the machine was is not.

    Examples
    --------
    >>> from simcore import load_scenario, simulate
    >>> tables = tables_of(simulate(load_scenario("trust-the-process"), replications=50).summary)
    >>> [table.name for table in tables][:5]
    ['about', 'precision', 'stopping', 'funnel', 'averaging']
    >>> funnel = tables[3]
    >>> funnel.rows[0].keys, funnel.figures, funnel.rows[0].cells[0].value
    (('calls',), ('per_rep_week',), 500.0)
    """
    documents = found if isinstance(found, Sequence) else [found]
    return joined(_defined(each) for each in documents)


def _defined(document: StudyHeader) -> list[Table]:
    if document.document in EXPORTED:
        return cast("list[Table]", exported(document.document, "tables")(document))
    module, _, name = DEFINITIONS[document.document].rpartition(".")
    make = cast("Callable[[Any], list[Table]]", getattr(import_module(f"simcore.tables.{module}"), name))
    return make(document)
