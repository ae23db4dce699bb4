"""`simcore fit` and `simcore forecast` of a scenario from the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import validate
from typer.testing import CliRunner

from simcore.cli.main import app
from simcore.schema import document_schema
from tests.support.export_files import write_example

USAGE, INVALID, IO, NOT_REACHED = 2, 3, 4, 5
AHEAD = ("--by", "2026-12-31", "-n", "200")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the example."""
    found = tmp_path_factory.mktemp("fit")
    write_example(found)
    return found


def _run(*arguments: object) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, [str(each) for each in arguments])
    return result.exit_code, result.stdout, result.stderr


@pytest.fixture(scope="module")
def printed(folder: Path) -> str:
    """Fit, and return what is printed."""
    files = (folder / "deals.csv", "--history", folder / "stages.csv")
    status, out, errors = _run("fit", *files, "-o", folder / "team.yaml", "--draws", "100")
    assert (status, errors) == (0, "")
    return out


def test_a_fit_says_what_it_made_first(printed: str) -> None:
    assert printed.startswith("A scenario of 5 reps from 829 deals to 2026-09-30: 123 won, 657 lost, 49 open.")
    for words in ("funnel.won.rate", "Does the model show what was seen", "What the data cannot tell", "Written: team"):
        assert words in printed
    assert max(map(len, printed.splitlines())) <= 80
    assert "rep 1" not in printed


def test_nothing_is_overwritten_and_what_is_no_scenario_is_refused(printed: str, folder: Path) -> None:
    assert printed
    before = (folder / "team.yaml").read_bytes()
    status, _, errors = _run("fit", folder / "deals.csv", "-o", folder / "team.yaml", "--draws", "100")
    assert (status, "exists already" in errors) == (IO, True)
    assert (folder / "team.yaml").read_bytes() == before
    for options, words in (
        (("-o", folder / "team.csv"), "team.yaml"),
        (("-o", folder / "t.yaml", "--draws", "3"), "100"),
    ):
        status, _, errors = _run("fit", folder / "deals.csv", *options)
        assert (status, words in errors) == (USAGE, True)
    assert _run("fit", folder / "deals.csv")[0] == USAGE


def test_a_forecast_of_the_scenario_is_the_document_of_forecasts(printed: str, folder: Path) -> None:
    assert printed
    asked = ("forecast", folder / "team.yaml", *AHEAD, "--quota", "400k")
    status, out, _ = _run(*asked, "--json")
    assert status == 0
    document = json.loads(out)
    validate(document, document_schema("forecast"))
    assert (document["as_of"], document["open_deals"], document["history_weeks"]) == ("2026-09-30", 49, None)
    status, out, _ = _run(*asked, "--without", "D-0744", "--require", "p_quota=0.99")
    assert status == NOT_REACHED
    assert "from 49 open deals" in out
    assert "Open deals that matter most" in out
    assert "Taken as lost: D-0744." in out
    assert max(map(len, out.splitlines())) <= 80


def test_options_of_the_other_kind_are_refused(printed: str, folder: Path) -> None:
    assert printed
    deals, team = folder / "deals.csv", folder / "team.yaml"
    for arguments, words in (
        ((deals, "--set", "team.reps=3"), "--set"),
        ((deals, "--strategy", "process"), "--strategy"),
        ((team, "--history", folder / "stages.csv"), "--history"),
        ((team, "--since", "2026-09-01"), "since"),
        ((team, "--strategy", "pressure"), "pressure"),
    ):
        status, _, errors = _run("forecast", *arguments, *AHEAD)
        assert (status in (USAGE, INVALID), words in errors) == (True, True), words


def test_what_has_to_be_mended_is_told_with_its_row(folder: Path, tmp_path: Path) -> None:
    rows = (folder / "deals.csv").read_text().splitlines()
    rows[3] = rows[3].replace("rep ", "\x1b[31m")
    (tmp_path / "deals.csv").write_text("\n".join(rows) + "\n")
    status, out, errors = _run("fit", tmp_path / "deals.csv", "-o", tmp_path / "team.yaml")
    assert (status, out) == (INVALID, "")
    assert "row 4" in errors
    assert "column owner" in errors
    assert not (tmp_path / "team.yaml").exists()
