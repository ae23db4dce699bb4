"""``--csv`` and ``--markdown``: what they print, what excludes what, and names that would mean something elsewhere."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from typer.testing import CliRunner, Result

from simcore.answers.numbers import NONE
from simcore.base.errors import ExitStatus
from simcore.base.text import printable
from simcore.cli.exports.markdown import markdown_of
from simcore.cli.main import app
from simcore.studies.study import STUDIES
from simcore.tables.table import COUNT, SHARE, WEEKS, Cell, Row, Table
from simcore.tables.tidy import FIGURE, TABLE
from tests.support.study_cases import command_line

if TYPE_CHECKING:
    from pathlib import Path

SMALL = ("run", "trust-the-process", "-n", "8", "--set", "team.reps=1", "--set", "horizon.weeks=4")
FORMS = ("--json", "--csv", "--markdown")
NAMES = [
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1+1)",
    "+wins",
    "a|b `c` \\",
    '"quoted", and a comma',
    "<script>alert(1)</script>",
    "**bold** _it_ ~~no~~ $x^2$ <b>",
    "[link](//evil) ![x](//evil/x)",
    "日" * 40,
]
"""Of stages: no dot and no equals sign can be in one."""
SOURCES = [
    '=HYPERLINK("http://evil.example";"click")',
    "=1+1",
    "\t=1+1",
    "http://evil.example www.evil.example",
    "1. one",
    "- bullet",
    "# title",
    "> quote & &lt; &#64;",
    "--- | ---",
]
SIGNS = [
    *"\\`*_{}[]()#+-.!|<>&~$^=:/@'\"1a ",
    "http://",
    "www.",
    "](",
    "&lt;",
    "<b>",
    "1. ",
    "日",
    "\u202e",
    "\n",
    "\t",
]
"""What Markdown and HTML are made of."""
SCENARIO: dict[str, Any] = {
    "simcore": 1,
    "name": '=1+1 "x" <b>|</b> \u202e gnp',
    "team": {"reps": 1},
    "horizon": {"weeks": 4},
    "deal": {"fixed": 5000, "source": "=cmd|'/C calc'!A1"},
    "run": {"replications": 8},
}


def invoke(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def records(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def rows_of(markdown: str) -> list[list[str]]:
    """Return the cells of all rows of all tables as GitHub would show them, as plain text."""
    found: list[list[str]] = []
    for token in MarkdownIt("commonmark").enable("table").enable("strikethrough").parse(markdown):
        if token.type == "tr_open":
            found.append([])
        elif token.type == "inline" and found:
            found[-1].append("".join(part.content for part in token.children or ()))
    return found


def scenario_file(folder: Path, names: list[str], sources: list[str]) -> Path:
    """Return a scenario file with stages of these names, and rates from these sources."""
    steps = zip(names, sources, strict=True)
    rates = [{"stage": name, "rate": {"mean": 0.9, "source": source}} for name, source in steps]
    text = json.dumps({**SCENARIO, "funnel": [{"stage": "calls"}, *rates]}, ensure_ascii=False)
    file = folder / "hostile.yaml"
    file.write_text(text, encoding="utf-8")
    return file


@pytest.fixture(params=[slice(0, 5), slice(4, 9)], ids=["some", "others"])
def hostile(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Return a scenario file with hostile names: in two parts, as a funnel has eight stages at most."""
    return scenario_file(tmp_path, NAMES[request.param], SOURCES[request.param])


@pytest.mark.parametrize("name", STUDIES)
def test_every_question_answers_as_csv_and_as_markdown(name: str) -> None:
    line = command_line(name)
    as_csv, as_markdown = invoke(*line, "--csv", "-q"), invoke(*line, "--markdown", "-q")
    assert (as_csv.exit_code, as_csv.stderr) == (ExitStatus.DONE, "")
    assert (as_markdown.exit_code, as_markdown.stderr) == (ExitStatus.DONE, "")
    found = records(as_csv.stdout)
    assert found[0][TABLE] == "about"
    assert [*found[0]][-len(FIGURE) :] == [*FIGURE]
    assert {line["text"] for line in found if line["figure"] == "document"} == {name}
    assert all(None not in line and None not in line.values() for line in found), "every line has every column"
    widths = [len(row) for row in rows_of(as_markdown.stdout)]
    assert widths
    assert min(widths) >= 2 or name == "result"


@pytest.mark.parametrize("first", FORMS)
@pytest.mark.parametrize("second", FORMS)
def test_there_is_one_form_for_an_answer(first: str, second: str) -> None:
    if first == second:
        assert invoke(*SMALL, first, "-q").exit_code == ExitStatus.DONE
        return
    for line in (SMALL, ("check", "trust-the-process"), ("scenarios",)):
        done = invoke(*line, first, second)
        assert done.exit_code == ExitStatus.USAGE
        assert done.stdout == ""
        assert "an answer is printed in one form" in " ".join(done.stderr.split())


def test_a_wrong_pair_of_forms_is_told_before_anything_is_read() -> None:
    assert invoke("run", "no-such-file", "--csv", "--json").exit_code == ExitStatus.USAGE


def test_numbers_have_all_their_digits() -> None:
    document = json.loads(invoke(*SMALL, "--json", "-q").stdout)
    found = {(line["stage"], line["figure"]): line for line in records(invoke(*SMALL, "--csv", "-q").stdout)}
    for row in document["funnel"]:
        line = found[(row["stage"], "per_rep_week")]
        told = [float(line[name]) for name in ("value", "standard_error", "low", "high")]
        assert told == [row["per_rep_week"][name] for name in ("estimate", "se", "low", "high")]


def test_csv_is_utf_8_whatever_stdout_is(tmp_path: Path) -> None:
    file = scenario_file(tmp_path, ["+Łódź ±"], ["日本"])
    script = "from simcore.cli.main import main; main()"
    line = [sys.executable, "-c", script, "run", str(file), "-q", "--csv"]
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    done = subprocess.run(line, capture_output=True, check=True, env=environment)  # noqa: S603
    assert "'+Łódź ±" in done.stdout.decode("utf-8")


def test_no_name_becomes_a_formula(hostile: Path) -> None:
    for line in (("run", str(hostile), "-q"), ("check", str(hostile))):
        done = invoke(*line, "--csv")
        assert done.exit_code == ExitStatus.DONE, done.stderr
        for row in csv.reader(io.StringIO(done.stdout)):
            for cell in row:
                assert not cell.startswith(("=", "+", "@", "\t", "\r")), cell
                assert not cell.startswith("-") or float(cell) < 0


def test_negative_numbers_stay_numbers() -> None:
    line = ("compare", "quota-pressure", "-n", "16", "--set", "team.reps=1", "--set", "horizon.weeks=13", "-q", "--csv")
    values = [line["value"] for line in records(invoke(*line).stdout)]
    assert any(float(value) < 0 for value in values if value)


def test_names_are_shown_by_markdown_as_they_are(hostile: Path, tmp_path: Path) -> None:
    done = invoke("run", str(hostile), "-q", "--markdown")
    assert done.exit_code == ExitStatus.DONE, done.stderr
    rows = rows_of(done.stdout)
    stages = json.loads(hostile.read_text(encoding="utf-8"))["funnel"][1:]
    shown = {cell for row in rows for cell in row}
    assert {stage["stage"] for stage in stages} <= shown
    assert {" ".join(stage["rate"]["source"].split()) for stage in stages} <= shown
    tame = scenario_file(tmp_path, [f"s{number}" for number in range(len(stages))], ["log"] * len(stages))
    widths = [len(row) for row in rows_of(invoke("run", str(tame), "-q", "--markdown").stdout)]
    assert [len(row) for row in rows] == widths, "no sign ends a cell"
    html = MarkdownIt("commonmark", {"html": True}).enable("table").enable("strikethrough").render(done.stdout)
    for tag in ("<script", "<b>", "<a ", "<img", "<em", "<s>", "<code", "<li", "<blockquote", "<hr", "<h1"):
        assert tag not in html
    assert "\u202e" not in done.stdout


def test_scenarios_are_listed_in_every_form() -> None:
    names = [row["name"] for row in json.loads(invoke("scenarios", "--json").stdout)]
    assert [line["scenario"] for line in records(invoke("scenarios", "--csv").stdout)] == names
    assert [row[0] for row in rows_of(invoke("scenarios", "--markdown").stdout)[1:]] == names


def test_what_is_known_of_a_scenario_is_there_in_every_form() -> None:
    document = json.loads(invoke("check", "trust-the-process", "--json").stdout)
    found = records(invoke("check", "trust-the-process", "--csv").stdout)
    expected = {line["label"]: float(line["value"]) for line in found if line[TABLE] == "expected"}
    assert expected == {each["label"]: each["value"] for each in document["expected"]}
    costs = {line["figure"]: float(line["value"]) for line in found if line[TABLE] == "cost"}
    assert costs == document["cost"]
    assert {line["path"] for line in found if line[TABLE] == "assumptions"} == {
        each["path"] for each in document["assumptions"]
    }
    shown = {row[0] for row in rows_of(invoke("check", "trust-the-process", "--markdown").stdout)}
    assert {each["path"] for each in document["assumptions"]} <= shown


def test_an_answer_that_is_not_reached_keeps_its_status_and_its_streams() -> None:
    line = (*SMALL[:2], *SMALL[4:], "-p", "revenue=0.001", "--max-replications", "8")
    done = invoke(*line, "--csv", "-q")
    assert done.exit_code == ExitStatus.NOT_REACHED
    found = {(line[TABLE], line["figure"]): line for line in records(done.stdout)}
    assert found[("precision", "met")]["text"] == "no"
    assert found[("stopping", "ended")]["text"] == "replications"


def test_a_sweep_has_its_paths_as_columns() -> None:
    line = ("sweep", "quota-pressure", "--vary", "team.reps=1,2", "-n", "16", "--set", "horizon.weeks=13", "-q")
    found = [line for line in records(invoke(*line, "--csv").stdout) if line[TABLE] == "figures"]
    assert [line["team.reps"] for line in found if line["figure"] == "figure" and line["metric"] == "revenue"] == [
        "1.0",
        "2.0",
    ]
    assert invoke(*line, "--csv", "--table").exit_code == ExitStatus.USAGE


@given(st.text(min_size=1, max_size=60) | st.lists(st.sampled_from(SIGNS), min_size=1, max_size=12).map("".join))
@example("a.b www.x y")
@example("1) a")
@example("\\\\| x")
def test_any_name_is_shown_by_markdown_as_it_is(name: str) -> None:
    """As a heading, a title, a sentence, a key and a cell."""
    shown = printable(name)
    table = Table("names", f"Less {name}", ("stage",), ("said",), (Row((name,), (Cell(text=name),)),))
    words = Table("sentences", "x", (), ("sentence",), (Row((), (Cell(text=name),)),))
    page = markdown_of(name, [words, table])
    assert rows_of(page)[1] == [shown, shown]
    parser = MarkdownIt("commonmark", {"html": True}).enable("table").enable("strikethrough")
    kinds = {token.type for token in parser.parse(page)}
    allowed = {"heading", "paragraph", "table", "thead", "tbody", "tr", "th", "td"}
    assert {kind.removesuffix("_open").removesuffix("_close") for kind in kinds} <= {*allowed, "inline"}
    inside = [part for token in parser.parse(page) if token.type == "inline" for part in token.children or ()]
    assert {part.type for part in inside} <= {"text", "text_special", "strong_open", "strong_close"}
    texts = [
        "".join(part.content for part in token.children or ()) for token in parser.parse(page) if token.type == "inline"
    ]
    assert texts[0] == shown


def test_markdown_says_what_stands_behind_its_figures() -> None:
    never = Cell(0.0, SHARE, None, 0.0, 0.02, estimated=True)
    told = Cell(5, COUNT, low=4.0, high=None)
    rows = (Row(("a",), (Cell(0.25, SHARE, 0.01, 0.23, 0.27, estimated=True), never, told, Cell())),)
    page = markdown_of("x", [Table("t", "T", ("stage",), ("p", "q", "n", "nothing"), rows)])
    assert f"| a | 25.0 ± 1.0 | 0 (below 2.0) | 5 (4 to {NONE}) |" in page
    assert "| stage | p, % | q, % | n |" in page, "a column without any figure is left out"
    for said in ("one Monte Carlo standard error", "a bound in its place", "A range in brackets"):
        assert said in page
    plain = markdown_of("x", [Table("t", "T", ("stage",), ("n",), (Row(("a",), (Cell(5, COUNT),)),))])
    assert plain.endswith("| a | 5 |\n")


def test_units_stand_in_headings_or_where_they_differ_beside_figures() -> None:
    rows = (Row(("a",), (Cell(5.0, "EUR"), Cell(8, WEEKS))), Row(("b",), (Cell(0.5, SHARE), Cell(9, WEEKS))))
    page = markdown_of("x", [Table("t", "T", ("stage",), ("value", "window_weeks"), rows)])
    assert "| stage | value | window weeks |" in page
    assert "| a | 5 EUR | 8 |" in page
    assert "| b | 50 % | 9 |" in page


def test_a_table_of_few_rows_and_many_figures_stands_on_its_side() -> None:
    rows = tuple(Row((name,), tuple(Cell(number, COUNT) for number in range(6))) for name in ("a", "b"))
    page = markdown_of("x", [Table("t", "T", ("stage",), tuple("uvwxya"), rows)])
    assert rows_of(page)[0] == ["stage", "a", "b"]
    assert rows_of(page)[-1] == ["a", "5", "5"]
