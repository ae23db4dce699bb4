"""Workbooks say the same as the CSV of their sheet; what cannot be read is refused with what to do."""

from __future__ import annotations

import io
import sys
import zipfile
from datetime import date, datetime
from typing import TYPE_CHECKING

import pytest

import simcore
from simcore.crm.cells import workbook as module
from simcore.crm.cells.refused import DataError
from simcore.crm.cells.workbook import text_of_workbook
from tests.support.export_files import write_example
from tests.support.workbooks import workbook

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.workbooks import Value

pytest.importorskip("python_calamine", reason='no python-calamine: pip install "simcore[xlsx]"')

ROWS: list[list[Value]] = [
    ["Report of deals"],
    [],
    ["id", "created", "closed", "value", "won"],
    ["007", date(2026, 1, 5), datetime(2026, 2, 2, 13, 5, 29), 1.234, True],  # noqa: DTZ001
    ["Müller, & <Co>", 46027.0, None, 1250000.0, False],
]


def test_cells_are_what_a_spreadsheet_shows() -> None:
    lines = text_of_workbook(workbook({"Deals": ROWS}), "x.xlsx").decode().split("\n")
    assert lines[:3] == ["Report of deals,,,,", ",,,,", "id,created,closed,value,won"]
    assert lines[3] == "007,2026-01-05,2026-02-02 13:05:29,1.2340,true"
    assert lines[4] == '"Müller, & <Co>",46027,,1250000,false'


def test_a_workbook_is_read_as_its_csv_is(tmp_path: Path) -> None:
    deals, stages = write_example(tmp_path)
    rows: dict[str, list[list[Value]]] = {}
    for name, path in (("Deals", deals), ("Stages", stages)):
        cells = [line.split(",") for line in path.read_text().splitlines()]
        rows[name] = [[_typed(cell) for cell in row] for row in cells]
    (tmp_path / "all.xlsx").write_bytes(workbook(rows | {"Empty": [], "Notes": [["hidden"]]}, hidden=["Notes"]))
    mapped = {"simcore-map": 1, "sheets": {"deals": "Deals", "history": "Stages"}}
    found = simcore.read_deals(tmp_path / "all.xlsx", history=tmp_path / "all.xlsx", map=mapped)
    wanted = simcore.read_deals(deals, history=stages)
    assert found.files[0].encoding == "xlsx"
    assert found.deals.id.equals(wanted.deals.id)
    for name in ("created", "closed", "outcome", "value", "stage"):
        assert getattr(found.deals, name).tobytes() == getattr(wanted.deals, name).tobytes(), name
    assert (found.entries.entered == wanted.entries.entered).all()


def _typed(cell: str) -> Value:
    """Return a cell as a spreadsheet holds it."""
    if len(cell) == 10 and cell[4] == cell[7] == "-":
        return date.fromisoformat(cell)
    return float(cell) if cell.replace(".", "", 1).isdigit() else cell or None


def test_one_of_several_sheets_is_named() -> None:
    data = workbook({"2025": ROWS, "2026": ROWS, "Empty": []})
    with pytest.raises(DataError, match=r"several sheets, got 2025, 2026.*sheets: {deals: 2025}"):
        text_of_workbook(data, "x.xlsx")
    with pytest.raises(DataError, match=r"no such sheet, got 2027; allowed: 2025, 2026"):
        text_of_workbook(data, "x.xlsx", "2027")
    assert text_of_workbook(data, "x.xlsx", "2026").startswith(b"Report")


def _packed(parts: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in parts.items():
            packed.writestr(name, data)
    return file.getvalue()


_WIDE = b'<worksheet><sheetData><row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>'


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"PK\x03\x04rest", "is packed, and damaged"),
        (_packed({"deals.csv": b"id,outcome"}), "no workbook"),
        (_packed({"xl/workbook.xml": b"<no"}), "cannot be read|damaged"),
        (_packed({"xl/workbook.xml": b"", "xl/worksheets/sheet1.xml": _WIDE}), "17,179,869,184 cells"),
        (workbook({"Empty": []}), "is empty"),
        (workbook({"Deals": ROWS})[:-400], "damaged"),
    ],
    ids=["cut", "a csv", "no xml", "one far cell", "empty", "cut in the middle"],
)
def test_what_cannot_be_read_is_refused(data: bytes, words: str) -> None:
    with pytest.raises(DataError, match=words):
        text_of_workbook(data, "x.xlsx")


def test_a_bomb_is_refused_before_it_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_BYTES", 1000)
    with pytest.raises(DataError, match="is too large to be read"):
        text_of_workbook(workbook({"Deals": ROWS * 100}), "x.xlsx")


def test_without_the_package_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "python_calamine", None)
    with pytest.raises(DataError, match=r'pip install "simcore\[xlsx\]" reads it; or save it as CSV'):
        text_of_workbook(workbook({"Deals": ROWS}), "x.xlsx")
