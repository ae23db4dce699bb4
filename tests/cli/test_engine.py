"""The command with the real engine: results folder, identity of results, and agreement with the closed forms."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from simcore.cli.main import app
from simcore.errors import ExitStatus
from simcore.scenario_file import load_scenario

if TYPE_CHECKING:
    from pathlib import Path

SMALL = ["run", "trust-the-process", "--replications", "40", "--set", "team.reps=3"]


def invoke(*arguments: str) -> str:
    done = CliRunner().invoke(app, list(arguments))
    assert done.exit_code == ExitStatus.DONE, done.stderr
    return done.stdout


def test_stdout_does_not_depend_on_threads_or_time() -> None:
    assert invoke(*SMALL, "--threads", "1") == invoke(*SMALL, "--threads", "3")
    assert invoke(*SMALL) != invoke(*SMALL, "--seed", "7")


def test_results_folder(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    document = json.loads(invoke(*SMALL, "--json", "--out", str(folder), "--detail", "rep-week"))
    kept = json.loads((folder / "summary.json").read_text())
    assert kept == document
    assert load_scenario(folder / "scenario.yaml") == load_scenario(
        "trust-the-process", ["team.reps=3", "run.replications=40"]
    )
    assert json.loads((folder / "manifest.json").read_text())["rows"] == 40 * 3 * 52
    again = CliRunner().invoke(app, [*SMALL, "--out", str(folder)])
    assert again.exit_code == ExitStatus.IO
    invoke(*SMALL, "--out", str(folder), "--overwrite")


def test_check_and_run_agree() -> None:
    """Fixed seed: the mean of a call lies within 5 standard errors (false alarm 6e-7 for a normal estimate)."""
    value = json.loads(invoke(*SMALL, "--json"))["value"]["per_call"]
    listed = json.loads(invoke("check", "trust-the-process", "--json"))["expected"]
    expected = next(entry["value"] for entry in listed if entry["label"] == "value of a call")
    assert value["se"] > 0
    assert value["estimate"] == pytest.approx(expected, abs=5 * value["se"])


def test_init_runs(tmp_path: Path) -> None:
    path = str(tmp_path / "mine.yaml")
    invoke("init", path)
    assert "My team" in invoke("run", path, "--replications", "10")


def test_the_first_run_on_a_machine_says_that_it_compiles(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from simcore import jit  # noqa: PLC0415
    from simcore.cli.startup import engine_is_compiled  # noqa: PLC0415

    monkeypatch.setattr(jit, "cache_folder", lambda: str(tmp_path))
    assert not engine_is_compiled()
    (tmp_path / "kernels_0").mkdir()
    (tmp_path / "kernels_0" / "engine.run_block-1.py311.1.nbc").touch()
    assert engine_is_compiled()
