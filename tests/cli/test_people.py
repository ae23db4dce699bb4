"""People by name on the command line: names stand only where `--names` asks for them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from simcore.base.errors import ExitStatus
from simcore.cli.main import app

TABLE = """name,starts,share,quota,rate.wins
Ann,,,,0.3
Bjarne,2026-10-07,,,
Chi,,50%,0,
"""
TEAM = """
simcore: 1
name: Three people
calendar: {start: 2026-10-05}
horizon: {weeks: 26}
team: {people: people.csv}
plan: {calls_per_week: 100}
funnel: [{stage: calls}, {stage: meetings, rate: 0.1}, {stage: wins, rate: 0.2}]
deal: 1000
quota: {per: quarter, amount: 20000}
run: {replications: 64}
"""


@pytest.fixture
def team(tmp_path: Path) -> str:
    (tmp_path / "people.csv").write_text(TABLE)
    (tmp_path / "team.yaml").write_text(TEAM)
    return str(tmp_path / "team.yaml")


def invoke(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def test_a_run_tells_people_by_number(team: str, tmp_path: Path) -> None:
    for names in ([], ["--names"]):
        done = invoke("run", team, "-q", "--details", "--out", str(tmp_path / "out"), "--overwrite", *names)
        assert done.exit_code == ExitStatus.DONE, done.output
        kept = [(tmp_path / "out" / name).read_text() for name in ("summary.json", "scenario.yaml")]
        assert [("Bjarne" in text) for text in (done.stdout, *kept)] == [bool(names)] * 3
        assert invoke("verify", str(tmp_path / "out")).exit_code == ExitStatus.DONE
    people = json.loads(kept[0])["people"]
    assert [row["name"] for row in people] == ["Ann", "Bjarne", "Chi"]
    assert [row["p_hit"] is None for row in people] == [False, False, True]
    assert "no quota" in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 80


def test_tables_have_a_column_of_names_only_where_it_was_asked_for(team: str) -> None:
    plain, named = (invoke("run", team, "-q", "--csv", *names).stdout for names in ([], ["--names"]))
    assert "Bjarne" not in plain
    assert "Bjarne" in named


def test_luck_compares_one_person_with_others(team: str) -> None:
    done = invoke("luck", team, "-q", "-n", "128", "--who", "Chi", "--details")
    assert done.exit_code == ExitStatus.DONE, done.output
    assert "Is rep 3 ahead?" in done.stdout
    assert "Rep 3 is ahead of rep 1, whom it is hardest to be ahead of" in " ".join(done.stdout.split())
    assert "Ann" not in done.stdout
    named = invoke("luck", team, "-q", "-n", "128", "--who", "Chi", "--names")
    assert "Chi is ahead of Ann" in " ".join(named.stdout.split())
    assert invoke("luck", team, "-q", "--who", "Anne").exit_code == ExitStatus.INVALID


def test_names_are_refused_where_there_are_none() -> None:
    done = invoke("run", "trust-the-process", "-q", "-n", "64", "--names")
    assert done.exit_code == ExitStatus.USAGE
    assert "does not name its people" in " ".join(done.output.split())


def test_check_tells_what_is_read_otherwise(team: str, tmp_path: Path) -> None:
    other = tmp_path / "other.yaml"
    other.write_text(TEAM.replace("people: people.csv", "people: [{name: Chi}, {name: Bjarne}]"))
    text = " ".join(invoke("check", team, "--against", str(other)).stdout.replace("#", " ").split())
    assert "team.people.2.starts: 2026-10-07 is a Wednesday: from Monday 2026-10-12 on" in text
    assert "team.people.3: sits in seat 1 in" in text
    assert "team.people.2: sits" not in text


@pytest.mark.parametrize("command", ["plan", "coach", "bench steadiness"])
def test_questions_about_alike_reps_are_refused(team: str, command: str) -> None:
    done = invoke(*command.split(), team, "-q", *(["--target", "100k"] if command == "plan" else []))
    assert done.exit_code == ExitStatus.INVALID
    assert "makes reps differ" in " ".join(done.output.split())
