"""Text becomes columns: delimiters, rows before and after the table, rows of a wrong length."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simcore.crm.cells.file_text import FileText
from simcore.crm.cells.refused import DataError
from simcore.crm.cells.sheets import DELIMITERS, Sheet, Spot, open_sheet, read_sheet

if TYPE_CHECKING:
    from collections.abc import Sequence

KNOWN = ("id", "stage", "value")


def sheet(text: str, wanted: Sequence[str] = KNOWN) -> Sheet:
    """Read a text."""
    opened = open_sheet(FileText("x.csv", text.encode(), "utf-8", (), 0), lambda header: header in KNOWN)
    return read_sheet(opened, wanted)


def cells(found: Sheet) -> dict[str, list[str]]:
    return {header: column.to_pylist() for header, column in found.columns.items()}


CELLS = st.text(st.characters(exclude_categories=("Cs", "Cc", "Cf")), max_size=12).map(str.strip)


@given(
    st.lists(st.tuples(CELLS.filter(bool), CELLS, CELLS), min_size=13, max_size=20),
    st.sampled_from(DELIMITERS),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.booleans(),
)
def test_cells_are_what_was_written(
    rows: list[tuple[str, str, str]],
    delimiter: str,
    end: str,
    quoted: bool,
) -> None:
    page = io.StringIO(newline="")
    style: Literal[0, 1] = csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL
    # The last row is one that is none of sums.
    csv.writer(page, delimiter=delimiter, lineterminator=end, quoting=style).writerows([KNOWN, *rows, ("a", "b", "c")])
    found = sheet(page.getvalue())
    assert found.opened.delimiter == delimiter
    assert cells(found) == {
        name: [*(row[place].strip() for row in rows), "abc"[place]] for place, name in enumerate(KNOWN)
    }
    assert found.rows.tolist() == list(range(2, len(rows) + 3))


def test_a_cell_holds_line_breaks_and_is_one_row() -> None:
    found = sheet('id,stage,value\n1,"a\nb\r\nc",2\n3,d,4\n')
    assert cells(found)["stage"] == ["a\nb\r\nc", "d"]
    assert found.rows.tolist() == [2, 3]


def test_rows_are_counted_as_a_spreadsheet_does() -> None:
    found = sheet("Report\n\nid,stage,value\n\n1,a,2\n\n\n3,b,4\n")
    assert found.opened.header_row == 3
    assert found.rows.tolist() == [5, 8]


def test_the_line_that_names_the_delimiter_is_no_header() -> None:
    assert sheet("sep=;\nid;stage;value\n1;a;2\n").opened.header_row == 2


def test_headers_are_unique() -> None:
    found = sheet("id,value,value,\n1,2,3,4\n", ["id", "value", "value (2)", "column 4"])
    assert cells(found) == {"id": ["1"], "value": ["2"], "value (2)": ["3"], "column 4": ["4"]}


def test_empty_cells_too_many_are_no_fault() -> None:
    found = sheet("id,stage,value\n1,a,2,,\n3,b,4\n5,c,6,\n")
    assert cells(found)["id"] == ["1", "3", "5"]
    assert found.rows.tolist() == [2, 3, 4]
    assert found.ragged.count == 0


def test_delimiters_at_the_end_of_all_rows_are_no_fault() -> None:
    found = sheet("id,stage,value\n" + "1,a,2,,\n" * 5)
    assert (len(found.rows), found.ragged.count) == (5, 0)


def test_ragged_rows_are_told_with_row_and_column() -> None:
    found = sheet("id,stage,value\n1,a\n2,b,3\n4,c,5,6\n7,d,8\n")
    assert cells(found)["id"] == ["2", "7"]
    assert found.ragged.count == 2
    assert found.ragged.spots == [Spot(2, "value"), Spot(4, "column 4")]


CLOSINGS = {
    "total": "Total,,30\n",
    "total elsewhere": ",Grand Totals (2 records),30\n",
    "German": "Summe;;30\n".replace(";", ","),
    "lines": "\nTotal,,30\n\nConfidential Information - Do Not Distribute\nCopyright (c) 2000-2026\n",
    "sums below": "Grand Totals\n,,30\n",
    "one cell": "exported by Ann\n",
}


@pytest.mark.parametrize("closing", CLOSINGS.values(), ids=CLOSINGS)
def test_what_closes_a_report_is_no_deal(closing: str) -> None:
    found = sheet("id,stage,value\n" + "".join(f"{number},a,10\n" for number in range(20)) + closing)
    assert len(found.rows) == 20
    assert found.ragged.count == 0
    assert found.closing_rows > 0


def test_a_total_in_the_middle_is_left_alone() -> None:
    found = sheet("id,stage,value\nTotal,a,1\n" + "2,b,3\n" * 20)
    assert len(found.rows) == 21


def test_a_cell_in_quotes_of_excel_is_its_text() -> None:
    assert cells(sheet('id,stage,value\n"=""00123""",a,2\n'))["id"] == ["00123"]


@pytest.mark.parametrize("text", ["a,b\n1,2\n", "x" * 70_000, "1;2;3\n"])
def test_a_text_without_a_known_header_is_refused(text: str) -> None:
    with pytest.raises(DataError, match="no header that is known"):
        sheet(text)


def test_a_quote_that_never_ends_is_told_with_its_row() -> None:
    with pytest.raises(DataError, match=r"row 3: holds more than 65,536 characters"):
        sheet('id,stage,value\n1,a,2\n2,"b,3\n' + "3,c,4\n" * 20_000)
