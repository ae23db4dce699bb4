"""The command with the real engine: results folder, identity of results, and agreement with the closed forms."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from simcore.base.errors import ExitStatus
from simcore.cli.main import app
from simcore.scenario_files.scenario_file import load_scenario

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


@pytest.mark.parametrize(
    ("name", "kept", "said"),
    [
        ("kernels.reacting.calling.begin_week", True, "react: about 12 s, kept for the next time\n"),
        (
            "kernels.reacting.calling.begin_week",
            False,
            "react: about 12 s, and at every start, since it cannot be kept\n",
        ),
        ("elementary.exp", True, ""),
    ],
)
def test_what_takes_long_to_compile_is_announced(
    capsys: pytest.CaptureFixture[str], name: str, said: str, *, kept: bool
) -> None:
    from simcore.cli.startup import announce_compilation  # noqa: PLC0415

    announce_compilation(name, kept)
    written = capsys.readouterr().err
    assert written.endswith(said)
    assert bool(written) == bool(said)


def test_compilation_is_announced_by_what_compiles(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each announced kernel exists under the name that the compiler will tell, and ``--quiet`` tells nothing."""
    from simcore.cli.startup import COMPILED_IN_SECONDS, announce_compilation, load_engine  # noqa: PLC0415
    from simcore.compiled.jit import Compiled  # noqa: PLC0415
    from simcore.compiled.kept import Listeners  # noqa: PLC0415
    from simcore.kernels.reacting.calling import begin_week  # noqa: PLC0415
    from simcore.kernels.rows.words import draw_weeks  # noqa: PLC0415

    for name in ("warn", "compiling", "loading"):
        monkeypatch.setattr(Listeners, name, getattr(Listeners, name))
    kernels: tuple[object, ...] = (begin_week, draw_weeks)
    assert {kernel.identity.name for kernel in kernels if isinstance(kernel, Compiled)} == set(COMPILED_IN_SECONDS)
    load_engine(quiet=False)
    assert Listeners.compiling is announce_compilation
    load_engine(quiet=True)
    assert Listeners.compiling is None
