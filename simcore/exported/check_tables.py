"""The tables of a check of exports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simcore.crm.document import DataCheck
from simcore.crm.findings import Example, Finding, StageWord
from simcore.crm.source import FileRead
from simcore.crm.stays import Flow
from simcore.exported.check_answer import check_answer
from simcore.tables.about import ABOUT, SPEED, sentences
from simcore.tables.layout import Layout
from simcore.tables.table import COUNT, LABEL, MONEY, WEEKS, Cell, Row, Table

_LISTS = ("files", "stage_words", "stages", "findings")
_DAYS = "days"
_OWN = {
    "format": LABEL,
    "weeks": WEEKS,
    "deals.*": COUNT,
    "calls.*": COUNT,
    "deals.won_value": MONEY,
    "deals.median_days_won": _DAYS,
    "deals.median_days_lost": _DAYS,
}
_ROWS = {"header_row": LABEL, "rows": COUNT, "closing_rows": COUNT, "ignored": COUNT}
FLOWS = Layout(
    Flow,
    ("stage",),
    {
        **dict.fromkeys(("entered", "skipped", "entered_again", "on", "back", "won", "lost", "open"), COUNT),
        "median_days": _DAYS,
    },
)

if TYPE_CHECKING:
    from simcore.tables.table import Key


def check_tables(found: DataCheck) -> list[Table]:
    """Return all figures of a check."""
    money = found.deals.currencies[0] if len(found.deals.currencies) == 1 else "value"
    numbered = list(enumerate(found.findings, start=1))
    examples: list[tuple[tuple[Key, ...], Example]] = [
        ((number, place), example)
        for number, finding in numbered
        for place, example in enumerate(finding.examples, start=1)
    ]
    columns = [
        Row((file.holds, meaning), (Cell(text=header),))
        for file in found.files
        for meaning, header in file.columns.items()
    ]
    return [
        Layout(DataCheck, (), _OWN, {*SPEED, *_LISTS}).table(ABOUT, "About", [found], money),
        Layout(Finding, ("finding",), {"count": COUNT, "of": COUNT}, {"examples"}).below(
            "findings",
            "What has to be mended (E) or is worth knowing (W)",
            (((n,), each) for n, each in numbered),
            money,
        ),
        Layout(Example, ("finding", "example"), {"row": LABEL}).below("examples", "Rows of findings", examples, money),
        FLOWS.table("flows", "In = on + back + won + lost + open", found.stages, money),
        Layout(FileRead, ("holds",), _ROWS, {"columns"}).table("files", "Files", found.files, money),
        Table("columns", "Columns", ("holds", "meaning"), ("header",), tuple(columns)),
        Layout(StageWord, ("name",), {"deals": COUNT}).table(
            "stage_words", "Names of stages", found.stage_words, money
        ),
        sentences((("answer", check_answer(found).sentences),)),
    ]
