"""First screens: what is kept as text, and what holds on every page for every answer, however hostile its names."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from simcore.answers.answer import Answer, KeyFigure, Picture, PictureRow, answer_of
from simcore.cli.pictures import Drawing
from simcore.cli.screens.first import LINES, NARROW_LINES, FirstScreen
from simcore.cli.tables import lines_of
from tests.golden.first_screens import FOLDER, path_of, text_of
from tests.support.screens import NAMES, document, screen
from tests.support.study_cases import CASES

HOSTILE = (
    "日本語の段階" * 6,
    "[bold]wins[/bold]",
    "<script>alert(1)</script>",
    "{x} 'quoted' \"twice\"",
    "אב\u202e\u2066 reversed",
    "\x1b[31mred\x1b[0m\x07",
    "a" * 120,
)


@pytest.mark.parametrize("name", NAMES)
def test_first_screens_are_as_they_are_kept(name: str) -> None:
    kept = path_of(name).read_text(encoding="utf-8")
    assert text_of(name) == kept, "if it is to be so: python -m tests.golden.first_screens"


def test_no_screen_is_kept_of_what_is_not_there() -> None:
    assert sorted(FOLDER.iterdir()) == sorted(map(path_of, NAMES))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("encoding", ["utf-8", "ascii", "latin-1"])
def test_a_first_screen_fits_and_cuts_no_number(name: str, encoding: str) -> None:
    found = document(name)
    figures = answer_of(found).figures
    for width in (60, 80, 140):
        shown = screen(found, width, encoding)
        shown.encode(encoding)
        lines = shown.split("\n")
        assert max(map(cell_len, lines)) <= width
        assert len(lines) <= (LINES if width >= 80 else NARROW_LINES)
        words = " ".join(shown.split())
        for figure in figures[:2]:
            for text in (figure.value, figure.error):
                assert " ".join(text.split()) in words or encoding != "utf-8"


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
@pytest.mark.parametrize("name", CASES)
def test_a_hostile_name_changes_nothing_else(name: str, text: str) -> None:
    found = document(name)
    called = found.model_copy(update={"scenario": found.scenario.model_copy(update={"name": text})})
    shown = screen(called, 80, "utf-8")
    assert max(map(cell_len, shown.split("\n"))) <= 80
    assert not re.search(r"[\x00-\x09\x0b-\x1f\u202a-\u202e\u2066-\u2069]", shown)
    below = screen(found, 80, "utf-8").split("\n")[-2:]
    assert shown.split("\n")[-2:] == below


NUMBERS = st.floats(-1e9, 1e9, allow_nan=False)
ROWS = st.builds(
    PictureRow,
    st.sampled_from([*HOSTILE, "call"]),
    NUMBERS,
    low=st.none() | NUMBERS,
    high=st.none() | NUMBERS,
    shown=st.sampled_from(["$1,234,567", "12 %, give or take 3", ""]),
    told_apart=st.booleans(),
)


@settings(max_examples=200)
@given(
    rows=st.lists(ROWS, min_size=1, max_size=12).map(tuple),
    kind=st.sampled_from(["bars", "intervals", "spans"]),
    mark=st.none() | NUMBERS,
    width=st.integers(60, 140),
    encoding=st.sampled_from(["utf-8", "ascii"]),
)
def test_any_picture_fits_and_shows_every_figure(
    rows: tuple[PictureRow, ...], kind: str, mark: float | None, width: int, encoding: str
) -> None:
    picture = Picture("A picture", kind, rows, mark=mark)  # type: ignore[arg-type]
    shown = lines_of(Drawing(picture), width=width, encoding=encoding)
    shown.encode(encoding)
    lines = shown.split("\n")
    assert max(map(cell_len, lines)) <= width
    assert len(lines) == 1 + len(rows)
    for row, line in zip(rows, lines[1:], strict=True):
        assert line.endswith(row.shown)


def test_what_is_not_drawn_is_said() -> None:
    rows = tuple(PictureRow(f"row {number}", float(number)) for number in range(40))
    answer = Answer(("One.",), tuple(KeyFigure(f"figure {n}", str(n)) for n in range(9)), Picture("Many", "bars", rows))
    shown = lines_of(FirstScreen(document("result"), answer), width=80)
    assert len(shown.split("\n")) <= LINES
    drawn = sum(line.startswith("row ") for line in shown.split("\n"))
    assert f"{40 - drawn} more: --details." in shown


@pytest.mark.parametrize(("low", "high"), [(1.0, None), (None, 9.0), (2.0, None)])
def test_an_interval_without_an_end_goes_on_beyond_its_figure(low: float | None, high: float | None) -> None:
    """Though the figure is the farthest of all: its sign does not hide that of the open end."""
    value = 9.0 if high is None else 1.0
    rows = (PictureRow("one", 5.0, 4.0, 6.0), PictureRow("two", value, low, high))
    line = lines_of(Drawing(Picture("Open", "intervals", rows)), width=80, encoding="ascii").split("\n")[-1]
    assert re.search(r"\[-+\*-+>$" if high is None else r"<-+\*-+\]$", line)
