"""CSV: whatever names hold, a reader gets back what was written, and a spreadsheet finds no formula."""

from __future__ import annotations

import csv
import io

from hypothesis import example, given
from hypothesis import strategies as st

from simcore.base.text import printable
from simcore.tables.table import COUNT, MONEY, Cell, Row, Table
from simcore.tables.tidy import FIGURE, TABLE, columns, csv_of, lines

NUMBERS = st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(2**64), 2**64)
NAMES = st.text(max_size=60) | st.sampled_from(
    ["=1+1", "-1", "-1+1", "+a", "@x", "\t=1", "\r=1", "'=1", "\u202e=1", "\uff1d1"]
)


def table(names: list[str], numbers: list[float]) -> Table:
    rows = tuple(
        Row((name,), (Cell(number, COUNT), Cell(text=name))) for name, number in zip(names, numbers, strict=False)
    )
    return Table("names", "Names", ("stage",), ("many", "said"), rows)


@given(st.lists(NAMES, max_size=5), st.lists(NUMBERS, min_size=5, max_size=5))
@example(["-5", "-0.5", "-1e5", "- 5"], [-1.0, -(2**63), -0.0, 1e-300])
def test_what_is_written_is_read(names: list[str], numbers: list[float]) -> None:
    read = list(csv.reader(io.StringIO(csv_of([table(names, numbers)])), strict=True))
    assert read[0] == [TABLE, "stage", *FIGURE]
    assert len(read) == 1 + 2 * len(names)
    for name, number, many, said in zip(names, numbers, read[1::2], read[2::2], strict=False):
        assert many[4] == repr(number), "with all its digits"
        for cell in (many[1], said[-1]):
            assert cell.removeprefix("'") == printable(name).removeprefix("'")
            assert not cell.startswith(("=", "+", "@", "\t", "\r", "\uff1d")) or is_number(cell)
            assert not cell.startswith("-") or is_number(cell)


def is_number(text: str) -> bool:
    try:
        float(text.removesuffix("%"))
    except ValueError:
        return False
    return True


def test_lines_end_in_a_line_feed_and_hold_no_other() -> None:
    text = csv_of([table(["a\r\nb", 'say "c"', "d, e"], [1, 2, 3])])
    assert text.endswith("\n")
    assert "\r" not in text
    assert text.count("\n") == 1 + 2 * 3
    assert '"say ""c"""' in text
    assert '"d, e"' in text


def test_keys_of_all_tables_are_columns_once() -> None:
    one = Table("one", "One", ("stage", "horizon"), ("a",), ())
    two = Table("two", "Two", ("strategy", "stage"), ("b",), (Row(("process", "wins"), (Cell(1.5, MONEY),)),))
    assert columns([one, two]) == (TABLE, "stage", "horizon", "strategy", *FIGURE)
    (line,) = lines([one, two])
    assert (line["stage"], line["horizon"], line["strategy"], line["value"]) == ("wins", None, "process", 1.5)


def test_nothing_is_a_line_of_headings() -> None:
    assert csv_of([]) == f"{TABLE},{','.join(FIGURE)}\n"
