"""Results of a scenario with a list of open items: the list lies in the folder, and is checked with it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from simcore.cli.main import app
from simcore.quantities.open_list import OpenList
from simcore.results_folders.manifest import OPEN_ITEMS, SCENARIO
from simcore.results_folders.verification import verify
from simcore.scenario.digest import scenario_digest
from simcore.scenario_files.scenario_file import load_scenario

TEAM = """simcore: 1
name: Pipeline
horizon: {weeks: 2}
team: {reps: 2}
plan: {calls_per_week: 0}
funnel: [{stage: calls}, {stage: meetings, rate: 0.02}, {stage: wins, rate: 0.5, lag: 2d}]
deal: 10000
start: {open: deals.csv}
run: {replications: 4}
"""


@pytest.fixture
def results(tmp_path: Path) -> Path:
    """Run a scenario with a list, and return its folder; scenario and list are then gone."""
    (tmp_path / "deals.csv").write_text("id,stage,rep,value\nD-1,meetings,2,500\nD-2,meetings,1,\n")
    (tmp_path / "team.yaml").write_text(TEAM)
    folder = tmp_path / "results"
    done = CliRunner().invoke(app, ["run", str(tmp_path / "team.yaml"), "--out", str(folder)])
    assert done.exit_code == 0, done.output
    (tmp_path / "deals.csv").unlink()
    (tmp_path / "team.yaml").unlink()
    return folder


def test_a_folder_holds_its_list_and_runs_again(results: Path) -> None:
    assert verify(results) == []
    again = load_scenario(results / SCENARIO)
    assert again.start is not None
    assert isinstance(again.start.open, OpenList)
    assert again.start.open.text == (results / OPEN_ITEMS).read_text()
    assert scenario_digest(again) == json.loads((results / "manifest.json").read_text())["digest"]


def test_a_list_that_was_changed_is_found(results: Path) -> None:
    (results / OPEN_ITEMS).write_text((results / OPEN_ITEMS).read_text().replace("500", "501"))
    found = " ".join(verify(results))
    assert OPEN_ITEMS in found


def test_a_list_that_is_gone_is_found(results: Path) -> None:
    (results / OPEN_ITEMS).unlink()
    assert any(OPEN_ITEMS in problem for problem in verify(results))


def test_a_result_without_a_list_takes_the_list_away(results: Path, tmp_path: Path) -> None:
    (tmp_path / "team.yaml").write_text(TEAM.replace("start: {open: deals.csv}", "start: {open: [{stage: meetings}]}"))
    done = CliRunner().invoke(app, ["run", str(tmp_path / "team.yaml"), "--out", str(results), "--overwrite"])
    assert done.exit_code == 0, done.output
    assert not (results / OPEN_ITEMS).exists()
    assert verify(results) == []
