"""Tables never cut a number or a letter of a name: what is printed is read back."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.text import Text

from simcore.answers.numbers import Figure, figure
from simcore.base.text import printable
from simcore.cli.screens.run import run_details
from simcore.cli.tables import Grid, Paragraph, fits, lines_of, wrapped
from simcore.results.summary import AveragingRow
from tests.support.summaries import averaging, estimate, summary

if TYPE_CHECKING:
    from rich.console import RenderableType

Cell = tuple[float, float | None]
"""A figure and its error."""
Row = tuple[str, list[Cell]]

NAMES = (
    "日本語の段階",
    "🚀🚀 launch",
    "שלב ראשון",
    "مرحلة",
    "[bold]wins[/bold]",
    "{x}",
    "a" * 90,
    "one call, " * 9,
    "ą́",
)
LETTERS = st.sampled_from("abcXYZ 0189.,-±%[]{}/日本語łżéשלבمرحلة🚀👩\u0301")
COLUMNS = 7
labels = st.one_of(st.sampled_from(NAMES), st.text(LETTERS, max_size=60)).map(printable)
numbers = st.builds(
    lambda digits, power, sign: sign * digits * 10.0**power,
    st.floats(1.0, 9.999999),
    st.integers(-7, 17),
    st.sampled_from([1, -1]),
)
errors = st.one_of(st.none(), st.just(0.0), st.floats(1e-9, 1.0))
cells = st.tuples(numbers, errors).map(lambda cell: (cell[0], None if cell[1] is None else cell[1] * abs(cell[0])))
tables = st.lists(st.tuples(labels, st.lists(cells, min_size=COLUMNS, max_size=COLUMNS)), min_size=1, max_size=4)
FIGURE = re.compile(
    r"(?P<value>-?\d{1,3}(?:,\d{3})*(?:\.\d+)?)(?: ± (?P<below><?)(?P<error>\d{1,3}(?:,\d{3})*(?:\.\d+)?))?"
)


def number(text: str) -> Decimal:
    """Read a number with thousands separators."""
    return Decimal(text.replace(",", ""))


def right(shown: str, value: float, error: float | None) -> bool:
    """Return whether a printed figure is complete, and right to the four digits or more that it shows."""
    found = FIGURE.fullmatch(shown)
    if found is None or (found["error"] is None) == bool(error):
        return False
    told = number(found["value"])
    unit = Decimal(1).scaleb(min(0, int(told.as_tuple().exponent)))
    exact, spread = Decimal(value), Decimal(error or 0)
    slack = max(unit * Decimal("0.5000001"), abs(exact) * Decimal("0.0006"), spread * Decimal("0.051"))
    if error is None:
        slack = max(slack, abs(exact) * Decimal("0.0051"))  # three digits where no error is known
    if abs(told - exact) > slack:
        return False
    if not error:
        return True
    bound = number(found["error"])
    last = Decimal(1).scaleb(int(bound.normalize().as_tuple().exponent))
    return spread < bound if found["below"] else abs(bound - spread) <= last * Decimal("0.5000001")


def read_back(text: str) -> list[tuple[str, list[str]]]:
    """Return the rows of a printed table whose columns are three spaces apart; names put together from their lines."""
    rows: list[tuple[str, list[str]]] = []
    for line in text.split("\n")[2:]:
        name, *told = re.split(" {3,}", line)
        if told:
            rows.append((name, told))
        else:
            before, figures = rows.pop()
            rows.append((f"{before} {name}", figures))
    return rows


def shown(rows: list[Row], width: int) -> str:
    """Return a table as it is printed."""

    @fits
    def table() -> RenderableType:
        grid = Grid(["", *"abcdefg"], gap=3)
        for name, figures in rows:
            grid.add_row(Text(name), *(figure(value, error).inline() for value, error in figures))
        return grid

    return lines_of(table(), width=width)


@example([("a" * 90, [(9.99e17, 1e9)] * COLUMNS)], 80)
@example([("one call, whatever happens on it, " * 3 + "end", [(-123456.789, 0.1)] * COLUMNS)], 80)
@given(tables, st.sampled_from([20, 80, 100]))
def test_every_number_is_complete_and_every_name_is_whole(rows: list[Row], width: int) -> None:
    text = shown(rows, width)
    found = read_back(text)
    assert [name.strip() for name, _ in found] == [name for name, _ in rows]
    for (_, told), (_, figures) in zip(found, rows, strict=True):
        assert len(told) == COLUMNS, text
        assert all(right(cell, *exact) for cell, exact in zip(told, figures, strict=True)), (text, figures)


def test_the_check_of_a_figure_can_fail() -> None:
    assert right("123,457 ± 12", 123456.789, 12.3)
    for cut in ("123,45 ± 12", "23,457 ± 12", "123,457 ± 1", "123,457", "123,457 ±", "13,457 ± 12"):
        assert not right(cut, 123456.789, 12.3), cut


@given(tables)
def test_lines_of_figures_are_as_wide_as_the_rule(rows: list[Row]) -> None:
    lines = shown(rows, 80).split("\n")
    assert {cell_len(line) for line in lines if FIGURE.search(line[-3:]) and "   " in line} <= {cell_len(lines[1])}


def test_fewer_digits_come_before_a_wider_table_and_longer_names_before_fewer_digits() -> None:
    few = [(123456.789, 0.1)] * 3
    grid = Grid(["name", "a", "b", "c"])
    grid.add_row(Text("a name of some words that are many"), *(figure(*cell).inline() for cell in few))
    natural = grid.width(200)
    assert natural == 34 + 3 * (1 + len("123,456.8 ± 0.1"))
    assert grid.width(natural - 5) == natural - 5, "the name goes onto two lines"
    assert grid.width(20) == 16 + natural - 34, "the figures keep their digits, and no word is broken"
    assert "123,456.8 ± 0.1" not in shown([("name", [*few, few[0]])], 80)
    assert max(map(len, shown([("name", [(123456.789, 30.0)] * 7)], 80).split("\n"))) > 80, "and is wide if it must"


def test_paragraphs_break_at_spaces_only_and_by_the_columns_of_a_terminal() -> None:
    assert wrapped("日本 日本 日本", 9) == ["日本 日本", "日本"]
    told = lines_of(Paragraph("it is 12.3 % ± 0.5 or more  of that"), width=12).split("\n")
    assert told == ["it is 12.3 %", "± 0.5 or", "more of that"]


def pyramid(factor: float, part: float) -> str:
    """Return the report of a run with amounts of some size, all with errors of a part of them."""
    rows: list[AveragingRow] = []
    for row in averaging():
        revenue = {name: estimate(value * factor, value * factor * part)
                   for name in ("mean", "sd", "q05", "q50", "q95")
                   if (value := getattr(row.revenue, name).estimate) is not None}  # fmt: skip
        rows.append(row.model_copy(update={"revenue": row.revenue.model_copy(update=revenue)}))
    account = [row.model_dump() for row in rows]
    return lines_of(run_details(summary(averaging={"close": account, "origin": account})), width=80)


SIZES = {"": 1.0, "thousand ": 1e3, "million ": 1e6, "billion ": 1e9, "trillion ": 1e12}


@pytest.mark.parametrize("power", range(-3, 13))
@pytest.mark.parametrize("part", [1e-2, 1e-4, 1e-6])
def test_the_pyramid_says_its_unit_and_its_figures_are_right_in_it(power: int, part: float) -> None:
    factor = 10.0**power * 3.96999
    text = pyramid(factor, part)
    block = text.partition("The averaging pyramid")[2].partition("The first step")[0].split("\n")
    unit = re.search(r"one rep, (.*)USD", block[0])
    assert unit is not None
    size = SIZES[unit[1]]
    lines = [line.split() for line in block[3:] if line and not line.lstrip().startswith("±")]
    assert [line[0] for line in lines] == ["call", "hour", "day", "week", "month", "quarter", "year"]
    errors = [line.replace("± ", "±").split() for line in block if line.lstrip().startswith("±")]
    for line, error, row in zip(lines, errors, averaging(), strict=True):
        assert len(line) == 8, text
        mean = (row.revenue.mean.estimate or 0.0) * factor / size
        assert right(f"{line[1]} ± {error[0][1:]}", mean, mean * part), (line, mean)


def test_a_figure_without_a_value_has_no_error() -> None:
    assert figure(None, None) == Figure("\u2013", "")


def test_headings_go_onto_more_lines_before_a_table_is_wider_than_the_page() -> None:
    @fits
    def table() -> Grid:
        made = Grid(["week", "a strategy with quite a long name", "another one with a long name"])
        made.add_row("1", figure(1234.56, 0.5).inline(), "2 ± 1")
        return made

    assert lines_of(table(), width=80).splitlines()[0] == (
        "week a strategy with quite a long name another one with a long name"
    )
    narrow = lines_of(table(), width=40).splitlines()
    assert max(map(len, narrow)) <= 40
    assert "1,234.56 ± 0.50" in narrow[-1]
    words = " ".join(" ".join(narrow[:-2]).split())
    for word in ("strategy", "another", "quite"):
        assert word in words
