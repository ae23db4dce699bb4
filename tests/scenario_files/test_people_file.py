"""People by name from a table beside a scenario file."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from simcore.base.errors import FileError, ScenarioError
from simcore.scenario_files.people_file import MAX_BYTES, people_of
from simcore.scenario_files.scenario_file import dump_yaml, load_scenario, parse_scenario

STAGES = ["meetings", "wins"]
TEAM = """
simcore: 1
name: From a table
team: {people: people.csv}
funnel: [{stage: calls}, {stage: meetings, rate: 0.02}, {stage: wins, rate: {mean: 0.2, rep_cv: 0.25}}]
deal: 10000
"""
WHOLE = """name,starts,leaves,refill,calls_per_week,share,quota,rate.meetings,successes.wins,trials.wins
Ann,,,,,,,,,
Bo,9w,40w,TRUE,,60%,,2.6%,,
"Chi, Dee",,,,"1,000",,90k,,10,20
"""


def folder(place: Path, table: str | bytes) -> Path:
    """Write a scenario and its table; return the scenario."""
    (place / "people.csv").write_bytes(table.encode() if isinstance(table, str) else table)
    (place / "team.yaml").write_text(TEAM)
    return place / "team.yaml"


def refused(table: str | bytes) -> str:
    with pytest.raises(ScenarioError) as caught:
        people_of(table.encode() if isinstance(table, str) else table, "people.csv", STAGES)
    return str(caught.value)


def test_a_table_says_what_a_list_would(tmp_path: Path) -> None:
    people = """[{name: Ann}, {name: Bo, starts: 9w, leaves: 40w, refill: true, share: 0.6, rates: {meetings: 0.026}},
      {name: "Chi, Dee", calls_per_week: 1000, quota: 90000, rates: {wins: {successes: 10, trials: 20}}}]"""
    found = load_scenario(folder(tmp_path, WHOLE))
    assert found == parse_scenario(TEAM.replace("people.csv", people))
    assert parse_scenario(dump_yaml(found)) == found


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("ends", ["\n", "\r\n", "\n\n"])
def test_tables_as_spreadsheets_save_them(tmp_path: Path, encoding: str, ends: str) -> None:
    text = WHOLE.replace("Bo", "B\u00f8").replace("\n", ends)
    found = load_scenario(folder(tmp_path, text.encode(encoding)))
    assert [person.name for person in found.team.people or ()] == ["Ann", "B\u00f8", "Chi, Dee"]


def test_a_wrong_value_has_the_line_of_the_table(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError) as caught:
        load_scenario(folder(tmp_path, "name,share,starts\nAnn,1.5,\nBo,,2027-02-30\n"))
    text = str(caught.value)
    assert "people.csv:2: team.people.1.share: is out of range" in text
    assert "people.csv:3: team.people.2.starts: must be whole weeks or a day" in text
    assert "2027-02 has 28 days" in text


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ("", "names nobody"),
        ("name\n", "names nobody"),
        ("share\n0.5\n", "has no column name"),
        ("name,start\nAnn,\n", "1:2: team.people: is no column of people, got start"),
        ("name,start\nAnn,\n", "did you mean starts?"),
        ("name,rate.meeting\nAnn,\n", "did you mean rate.meetings?"),
        ("name,share,share\nAnn,,\n", "1:3: team.people: is a column twice"),
        ("name,share\nAnn\n", "2: team.people: has 1 cells, and there are 2 columns"),
        ("name,share\n,0.5\n", "2:1: team.people: is missing: each person has a name"),
        ("name\nAnn\nBo\nAnn\n", "4:1: team.people: is the name of line 2 too: names must differ"),
        ("name\n=HYPERLINK(1)\n", "2:1: team.people: begins like a formula"),
        ("name\n@SUM\n", "begins like a formula"),
        ("name\n-2\n", "begins like a formula"),
        ("name,share\nAnn,=1/2\n", "2:2: team.people: begins like a formula"),
        ("name,starts\nAnn,+cmd\n", "2:2: team.people: begins like a formula"),
        ("name,refill\nAnn,perhaps\n", "2:2: team.people: must be true or false, got perhaps"),
        ('name\n"Ann\n', "cannot be read as comma-separated"),
        ("name\nAnn\0\n", "holds a zero byte"),
        (b"name\n\xff\xfe\xfd\n", "people.csv:2:1"),
        (b"PK\x03\x04\0\0", "not a table of people"),
        ("name\n" + "x" * 201 + "\n", "2:1: team.people: has 201 characters; allowed: up to 200"),
    ],
)
def test_what_is_refused(table: str | bytes, told: str) -> None:
    assert told in refused(table)


def test_a_number_may_have_a_minus(tmp_path: Path) -> None:
    found = load_scenario(folder(tmp_path, "name,started\nAnn,-20w\n"), ["team.ramp={weeks: 30, start: 0.5}"])
    assert found.team.people is not None
    assert found.team.people[0].started == "-20w"


def test_hostile_tables_are_refused_quickly() -> None:
    began = time.perf_counter()
    million = "name\n" + "".join(f"p{number}\n" for number in range(10**6))
    assert "65538: team.people: names more than 65,536 people" in refused(million)
    assert "is too long" in refused("name\n" + "x" * MAX_BYTES)
    assert "field larger than field limit" in refused('name\n"' + "x\n" * 10**6 + '"\n')
    assert refused("name,share\n" + "Ann,=1\n" * 10**5).count("\n") == 99
    assert time.perf_counter() - began < 10.0


@pytest.mark.parametrize("name", ["../people.csv", "/etc/passwd", "a/people.csv", "..", "a\\b.csv", ""])
def test_a_table_lies_beside_its_scenario(tmp_path: Path, name: str) -> None:
    with pytest.raises(ScenarioError, match=r"not the name of a file beside the scenario|must be a list"):
        load_scenario(folder(tmp_path, WHOLE), {"team.people": name})


def test_people_of_a_table_can_be_changed(tmp_path: Path) -> None:
    team = folder(tmp_path, WHOLE)
    people = load_scenario(team, ["team.people.2.leaves=12w", "team.people.3.rates.wins=0.4"]).team.people or ()
    assert people[1].leaves == "12w"
    assert people[2].rates is not None
    assert people[2].rates["wins"].mean == 0.4
    with pytest.raises(ScenarioError, match=r"^--set: team\.people\.1\.share: is out of range"):
        load_scenario(team, "team.people.1.share=3")
    (tmp_path / "more.csv").write_text("name,share\nEve,7\n")
    with pytest.raises(ScenarioError, match=r"more\.csv:2: team\.people\.1\.share: is out of range"):
        load_scenario(team, "team.people=more.csv")


def test_a_table_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"cannot read .*other\.csv, the people of .*team\.yaml"):
        load_scenario(folder(tmp_path, WHOLE), ["team.people=other.csv"])
    with pytest.raises(ScenarioError, match=r"team\.people: must be a list"):
        load_scenario({"simcore": 1, "team": {"people": "people.csv"}})
