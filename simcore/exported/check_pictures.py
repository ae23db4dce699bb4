"""Pictures of a check of exports: what became of the stays in every stage; and its findings as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from simcore.base.text import printable
from simcore.charts.picture import Picture, Table, exact, table, words
from simcore.charts.shapes.stacked import Slice, stacked
from simcore.charts.shapes.theme import Axis, Canvas

if TYPE_CHECKING:
    from simcore.crm.document import DataCheck

_ENDS: Final = {"on": "moved on", "back": "moved back", "won": "won", "lost": "lost", "open": "open"}


def check_pictures(found: DataCheck) -> list[Picture | None]:
    """Return the pictures of a check."""
    return [_flows(found)]


def _flows(found: DataCheck) -> Picture | None:
    """Return what became of the stays in every stage; ``None`` without a history."""
    if not found.stages:
        return None
    slices = [
        Slice(flow.stage, name, float(getattr(flow, end)), f"{printable(flow.stage)}: {getattr(flow, end):,} {name}")
        for flow in found.stages
        for end, name in _ENDS.items()
    ]
    lines = [
        (words(printable(flow.stage)), exact(flow.entered), *(exact(getattr(flow, end)) for end in _ENDS))
        for flow in found.stages
    ]
    says = "How the stays in every stage ended: in = moved on + moved back + won + lost + open."
    return Picture(
        "flows",
        "What becomes of deals in a stage",
        says,
        lambda width: stacked(slices, Canvas(width), Axis("stays", ",~f"), about=says),
        table(("stage", "in", *_ENDS.values()), lines),
    )


def findings_table(found: DataCheck) -> Table:
    """Return what has to be mended and what is worth knowing, with rows of each."""
    rows = [
        (
            words(each.grade),
            words(each.check),
            words(printable(each.what)),
            words(printable(each.done)),
            words(", ".join(str(example.row) for example in each.examples) or "\u2013"),
        )
        for each in found.findings
    ]
    return table(("grade", "check", "what was found", "what was done", "rows"), rows, left=5)
