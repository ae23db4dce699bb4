"""Lists of open items from files: what they say, and what nobody should have put into them."""

from __future__ import annotations

import time
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simcore.analytic.assumptions import assumptions
from simcore.base.errors import Problem, ScenarioError
from simcore.quantities.open_list import OpenList
from simcore.scenario.digest import scenario_digest
from simcore.scenario.model import Scenario, validate
from simcore.scenario_files.open_file import MAX_ROWS, read_open_list
from simcore.scenario_files.scenario_file import dump_yaml, load_scenario, parse_scenario

SCENARIO = """simcore: 1
name: Pipeline
calendar: {start: 2026-10-05}
team: {reps: 2}
funnel: [{stage: calls}, {stage: meetings, rate: 0.02}, {stage: offers, rate: 0.2, lag: 2w}, {stage: wins, rate: 0.5}]
deal: 10000
start:
  open: open.csv
"""
LIST = """id,stage,rep,since,due,value
D-1,meetings,1,2026-09-28,,25000
D-2,offers,2,,2026-10-30,1234.50
D-3,meetings,2,2026-10-01,2026-09-11,
"""


def written(folder: Path, text: str | bytes, name: str = "open.csv") -> Path:
    """Write a list and its scenario; return the path of the scenario."""
    raw = text.encode() if isinstance(text, str) else text
    (folder / name).write_bytes(raw)
    (folder / "team.yaml").write_text(SCENARIO.replace("open.csv", name))
    return folder / "team.yaml"


def problems(path: Path) -> tuple[Problem, ...]:
    with pytest.raises(ScenarioError) as raised:
        load_scenario(path)
    return raised.value.problems


def items_of(scenario: Scenario) -> OpenList:
    assert scenario.start is not None
    assert isinstance(scenario.start.open, OpenList)
    return scenario.start.open


def test_a_list_beside_the_scenario_is_read(tmp_path: Path) -> None:
    scenario = load_scenario(written(tmp_path, LIST))
    items = items_of(scenario)
    assert items.rep.tolist() == [1, 2, 2]
    assert items.value.tolist() == [2_500_000, 123_450, -1]
    assert items.ages(scenario.calendar).tolist() == [40, 0, 16]
    assert items.dues(scenario.calendar).tolist() == [-1, 40 * 3 + 32, -1], "what is overdue is still open"


@pytest.mark.parametrize(
    "text",
    [
        "\ufeff" + LIST,
        LIST.replace("\n", "\r\n"),
        LIST.replace(",", " , "),
        LIST.replace("D-1", '"D-1"').replace("1234.50", "1234.5"),
        LIST.replace("25000", "25k"),
        LIST + "\n\n",
    ],
    ids=["a mark", "lines of Windows", "spaces", "quotes", "amounts as people type them", "empty lines"],
)
def test_what_a_list_says_counts_and_not_its_form(tmp_path: Path, text: str) -> None:
    plain = load_scenario(written(tmp_path, LIST))
    other = load_scenario(written(tmp_path, text))
    assert items_of(other) == items_of(plain)
    assert scenario_digest(other) == scenario_digest(plain)


def test_a_list_that_says_something_else_is_another_scenario(tmp_path: Path) -> None:
    plain = load_scenario(written(tmp_path, LIST))
    other = load_scenario(written(tmp_path, LIST.replace("25000", "25001")))
    assert scenario_digest(other) != scenario_digest(plain)


def test_a_scenario_can_be_written_and_changed_without_its_file(tmp_path: Path) -> None:
    scenario = load_scenario(written(tmp_path, LIST))
    text = dump_yaml(scenario)
    assert parse_scenario(text, folder=tmp_path) == scenario
    (tmp_path / "open.csv").unlink()
    assert validate(scenario.resolved()) == scenario
    assert items_of(load_scenario(scenario, "deal=5")) == items_of(scenario)
    with pytest.raises(ScenarioError, match=r"cannot read open\.csv"):
        parse_scenario(text, folder=tmp_path)


def test_a_list_with_another_sha256_is_refused(tmp_path: Path) -> None:
    scenario = load_scenario(written(tmp_path, LIST))
    text = dump_yaml(scenario)
    (tmp_path / "open.csv").write_text(LIST.replace("25000", "1"))
    with pytest.raises(ScenarioError, match="does not say what it said"):
        parse_scenario(text, folder=tmp_path)


def test_parquet_says_the_same(tmp_path: Path) -> None:
    rows = [line.split(",") for line in LIST.splitlines()]
    columns = {name: [row[place] or None for row in rows[1:]] for place, name in enumerate(rows[0])}
    table = pa.table(columns)
    table = table.set_column(2, "rep", table["rep"].cast(pa.int64()))
    table = table.set_column(3, "since", table["since"].cast(pa.date32()))
    table = table.set_column(5, "value", table["value"].cast(pa.float64()))
    plain = load_scenario(written(tmp_path, LIST))
    pq.write_table(table, tmp_path / "open.parquet")
    assert items_of(load_scenario(written(tmp_path, (tmp_path / "open.parquet").read_bytes(), "open.parquet"))) == (
        items_of(plain)
    )


HOSTILE = [
    ("", None, None, "is empty"),
    ("id,stage,rep\n", None, None, "has no rows"),
    ("id,stge,rep\nA,meetings,1\n", 1, 2, "did you mean stage?"),
    ("id,stage,stage\nA,meetings,1\n", 1, 3, "names a column twice"),
    ("id;stage;rep\nA;meetings;1\n", 1, 1, "parted by commas"),
    ("id,rep\nA,1\n", 1, None, "has no column stage"),
    ("stage,since,age\nmeetings,,\n", 1, None, "leave one of them out"),
    (LIST + "D-4,meetings,1\n", 5, None, "has 3 cells, the first line 6"),
    (LIST + "D-1,meetings,1,,,\n", 5, 1, "is the id of line 2 too"),
    (LIST.replace("D-1", "=1+1"), 2, 1, "begins as a formula does"),
    (LIST.replace("D-1", '"@SUM(A1)"'), 2, 1, "begins as a formula does"),
    (LIST.replace("25000", "-25000"), 2, 6, "begins as a formula does"),
    (LIST.replace("25000", "lots"), 2, 6, "must be"),
    (LIST.replace("25000", "1e12"), 2, 6, "out of range"),
    ("stage,rep,probability\nmeetings,1,1.5\n", 2, 3, "0 to 1"),
    ("stage,rep,probability\nmeetings,1,likely\n", 2, 3, "must be"),
    (LIST.replace("2026-09-28", "2026-02-30"), 2, 4, "2026-02 has 28 days"),
    (LIST.replace("2026-09-28", "28.09.2026"), 2, 4, "write 2026-09-28"),
    (LIST.replace("2026-10-30", "soon"), 3, 5, "must be a day or a duration"),
    (LIST.replace("meetings,1", "meetings,Ann"), 2, 3, "must be the number of a seat"),
    (LIST.replace("meetings,1", "meetings,70000"), 2, 3, "1 to 65536"),
    (LIST.replace("D-2,offers", "D-2,"), 3, 2, "is missing"),
    (LIST.replace("D-2", "D\x072"), 3, 1, "control characters"),
    (LIST.replace("D-2", "D\0002"), 3, 2, "NUL"),
    (LIST.replace("D-2", "x" * 300), 3, 1, "is too long"),
    (LIST.replace("D-2", '"D-2'), 3, None, "quotes that do not close"),
    (LIST.encode().replace(b"D-2", b"D\xff2"), 3, None, "UTF-8"),
]


@pytest.mark.parametrize(("text", "line", "column", "said"), HOSTILE, ids=[row[3] + str(row[1]) for row in HOSTILE])
def test_what_is_wrong_is_told_with_its_place(
    tmp_path: Path, text: str | bytes, line: int | None, column: int | None, said: str
) -> None:
    (found,) = problems(written(tmp_path, text))
    assert said in str(found)
    assert (found.file, found.line, found.column) == ("open.csv", line, column)


UNFIT = [
    (LIST.replace("D-1,meetings", "D-1,meetngs"), "did you mean meetings?"),
    (LIST.replace("D-1,meetings", "D-1,wins"), "cannot be open in"),
    (LIST.replace("offers,2", "offers,3"), "more than the team has (open.csv, line 3)"),
    (LIST.replace("offers,2", "offers,"), "does not say whose an item is (open.csv, line 3)"),
    (LIST.replace("2026-09-28", "2026-10-06"), "after the first day (open.csv, line 2)"),
    (LIST.replace("2026-10-30", "2126-10-30"), "due too late"),
    (LIST.replace("2026-09-28", "2025-09-28"), "older than items get that wait for offers"),
]


@pytest.mark.parametrize(("text", "said"), UNFIT, ids=[row[1] for row in UNFIT])
def test_what_does_not_fit_the_scenario_is_told_with_its_lines(tmp_path: Path, text: str, said: str) -> None:
    (found,) = problems(written(tmp_path, text))
    assert said in str(found)
    assert (found.file, found.line, found.path) == (str(tmp_path / "team.yaml"), 8, "start.open")


def test_chances_that_were_stated_are_told_as_an_assumption(tmp_path: Path) -> None:
    text = "stage,rep,probability\nmeetings,1,30%\nmeetings,1,\noffers,2,0.5\n"
    scenario = load_scenario(written(tmp_path, text))
    assert items_of(scenario).probability.tolist() == [0.3, -1.0, 0.5]
    told = {figure.path: (figure.value, figure.source) for figure in assumptions(scenario)}
    assert told["start.open.probability"] == ("of 2 items, in open.csv", None)
    needs = "{stage: offers, rate: 0.2, lag: 2w, needs: {budget: {at_start: 0.5, without: 0.1}}}"
    path = written(tmp_path, text)
    path.write_text(SCENARIO.replace("{stage: offers, rate: 0.2, lag: 2w}", needs))
    (found,) = problems(path)
    assert "which its needs decide (open.csv, line 2)" in str(found)


def test_people_are_found_by_name_and_their_names_stay_out(tmp_path: Path) -> None:
    path = written(tmp_path, LIST.replace("meetings,1", "meetings,Ann").replace("offers,2", "offers,Bo"))
    path.write_text(SCENARIO.replace("team: {reps: 2}", "team: {people: [{name: Ann}, {name: Bo}]}"))
    assert items_of(load_scenario(path)).rep.tolist() == [1, 2, 2]
    assert "Ann" not in items_of(load_scenario(path)).text
    path.write_text(path.read_text().replace("open: open.csv", "open: [{stage: offers, rep: Bo}]"))
    start = load_scenario(path).start
    assert start is not None
    assert [entry.rep for entry in start.entries] == [2]


def test_days_need_a_first_day(tmp_path: Path) -> None:
    path = written(tmp_path, LIST)
    path.write_text(path.read_text().replace("calendar: {start: 2026-10-05}\n", ""))
    (found,) = problems(path)
    assert "has a day, and no week of this scenario has one" in str(found)


@pytest.mark.parametrize("name", ["/etc/passwd", "../open.csv", "open.txt", "none.csv", "folder.csv"])
def test_only_files_beside_the_scenario_are_read(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder.csv").mkdir()
    path = written(tmp_path, LIST)
    path.write_text(SCENARIO.replace("open.csv", name))
    (found,) = problems(path)
    assert found.path == "start.open"
    assert (found.line, found.column) == (8, 9)


def test_only_a_scenario_file_has_files_beside_it() -> None:
    with pytest.raises(ScenarioError, match="names a list that was not read"):
        validate({"start": {"open": "open.csv"}})


def test_a_million_rows_are_refused_at_once(tmp_path: Path) -> None:
    text = "id,stage,rep\n" + "".join(f"{number},meetings,1\n" for number in range(700_000))
    path = written(tmp_path, text)
    begun = time.process_time()
    (found,) = problems(path)
    assert time.process_time() - begun < 1.0
    assert "700,001 rows or more" in str(found)
    assert f"{MAX_ROWS:,}" in str(found)
    path = written(tmp_path, "a" * (1 << 25))
    (found,) = problems(path)
    assert "is too long" in str(found)


def test_a_parquet_file_of_a_million_rows_is_refused_before_it_is_read(tmp_path: Path) -> None:
    table = pa.table({"stage": pa.array(["meetings"] * 1_000_000).dictionary_encode()})
    pq.write_table(table, tmp_path / "open.parquet")
    path = written(tmp_path, (tmp_path / "open.parquet").read_bytes(), "open.parquet")
    (found,) = problems(path)
    assert "1,000,000 rows" in str(found)
    path = written(tmp_path, b"PAR1 nothing", "open.parquet")
    (found,) = problems(path)
    assert "is not a Parquet file that can be read" in str(found)


def test_all_mistakes_of_a_list_are_told_up_to_twenty(tmp_path: Path) -> None:
    found = problems(written(tmp_path, "stage,rep\n" + "meetings,no\n" * 50))
    assert len(found) == 21
    assert [each.line for each in found[:3]] == [2, 3, 4]


def test_twenty_thousand_items_load_in_a_second(tmp_path: Path) -> None:
    rows = (
        f"D{number},meetings,{1 + number % 2},,2026-11-{1 + number % 30:02},{1000 + number}" for number in range(20_000)
    )
    path = written(tmp_path, "\n".join([LIST.splitlines()[0], *rows]))
    begun = time.process_time()
    assert items_of(load_scenario(path)).rows == 20_000
    assert time.process_time() - begun < 1.0


def test_a_list_is_read_by_itself(tmp_path: Path) -> None:
    written(tmp_path, LIST)
    found = read_open_list(tmp_path, "open.csv")
    assert found.lines.tolist() == [2, 3, 4]
    assert found.text.splitlines()[0] == "id,stage,rep,since,due,value"


TABLES = st.text(alphabet='id,stage\n\r"=1.2-é\0\ufeff ', max_size=60).map(str.encode)


@settings(max_examples=150, derandomize=True, deadline=None)
@given(st.binary(max_size=60) | TABLES, st.booleans())
def test_whatever_a_file_holds_is_read_or_refused(raw: bytes, named: bool) -> None:
    with TemporaryDirectory() as place:
        (Path(place) / "open.csv").write_bytes(b"id,stage,rep\n" * named + raw)
        try:
            found = read_open_list(Path(place), "open.csv")
        except ScenarioError:
            return
    assert found.rows == len(found.lines) > 0
