"""The command as a whole: exit statuses, messages, streams, and what the help must not import."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from simcore.base.errors import ExitStatus, FileError
from simcore.base.version import __version__
from simcore.cli.main import STATUS_WORDS, app
from simcore.scenario_files.scenario_file import load_scenario, parse_scenario
from simcore.schema import SCHEMAS
from tests.support.summaries import summary

CANON = "trust-the-process"


def invoke(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Replace the engine by one that notes how it was called and returns a hand-made result."""
    noted: list[dict[str, Any]] = []

    def simulate(scenario: object, **options: object) -> SimpleNamespace:
        noted.append({"scenario": scenario, **options})
        return SimpleNamespace(summary=summary())

    monkeypatch.setattr("simcore.engine.simulation.simulate", simulate)
    return noted


def raising(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    """Let the engine raise."""

    def simulate(scenario: object, **options: object) -> None:  # noqa: ARG001
        raise error

    monkeypatch.setattr("simcore.engine.simulation.simulate", simulate)


def test_help_imports_nothing_heavy_and_no_command() -> None:
    code = (
        "import sys\nfrom simcore.cli.main import main\n"
        "try:\n    main()\nexcept SystemExit as end:\n    assert not end.code\n"
        "heavy = {'numba', 'numpy', 'scipy', 'pyarrow', 'pydantic', 'ruamel', 'rich'}\n"
        "print(sorted(each for each in sys.modules if each in heavy or 'cli.commands.' in each))"
    )
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", code, "--help"], capture_output=True, text=True, check=True
    )
    assert "Usage: simcore" in done.stdout
    assert done.stdout.splitlines()[-1] == "[]"


def test_a_run_starts_without_scipy() -> None:
    """Its intervals come from `simcore.numerics.quantiles`; importing scipy.special takes longer than such a run."""
    code = (
        "import sys\nfrom simcore.cli.main import main\n"
        "try:\n    main()\nexcept SystemExit as end:\n    assert not end.code\n"
        "print('scipy.special' in sys.modules)"
    )
    command = [sys.executable, "-c", code, "run", "trust-the-process", "--replications", "20"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603
    assert done.stdout.splitlines()[-1] == "False"


def test_help_tells_every_exit_status() -> None:
    assert set(STATUS_WORDS) == set(ExitStatus)
    text = invoke("--help").stdout
    for status, words in STATUS_WORDS.items():
        assert f"{int(status)}  {words}" in text


def test_version() -> None:
    done = invoke("--version")
    assert (done.exit_code, done.stdout) == (0, f"simcore {__version__}\n")


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense"],
        ["run"],
        ["run", CANON, "--replications", "1,00"],
        ["run", CANON, "--replications", "1.5"],
        ["run", CANON, "--replications", "0"],
        ["run", CANON, "--replications", "1e15"],
        ["run", CANON, "--seed", "-1"],
        ["run", CANON, "--threads", "0"],
        ["run", CANON, "--set", "team.reps"],
        ["run", CANON, "--detail", "rep-week"],
        ["schema", "nonsense"],
    ],
)
def test_usage_errors(arguments: list[str]) -> None:
    done = invoke(*arguments)
    assert done.exit_code == ExitStatus.USAGE
    assert done.stdout == ""
    assert "Usage: " in done.stderr
    assert "Traceback" not in done.output


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("team.reps=0", "team.reps"),
        ("funnel.meetngs.rate=0.1", "meetings"),
        ("run.replications=1000000000", "--no-limit"),
    ],
)
def test_changes_that_cannot_be_made(change: str, words: str, calls: list[dict[str, Any]]) -> None:
    done = invoke("run", CANON, "--set", change)
    assert done.exit_code == ExitStatus.USAGE
    assert words in done.stderr
    assert "Traceback" not in done.output
    assert calls == []


def test_all_problems_of_a_file_are_told_each_on_its_line(tmp_path: Path) -> None:
    file = tmp_path / "bad\x1b[31m.yaml"
    file.write_text("simcore: 1\nname: x\nfunel: []\ndeal: -3\nhorizon: {weeks: 0}\n")
    done = invoke("check", str(file))
    assert done.exit_code == ExitStatus.INVALID
    lines = done.stderr.splitlines()
    assert len(lines) >= 3
    assert all(line.startswith("simcore: ") for line in lines)
    assert "\x1b" not in done.output
    assert "funnel" in done.stderr


def test_a_missing_file_is_an_input_error() -> None:
    done = invoke("run", "no-such-file.yaml")
    assert done.exit_code == ExitStatus.IO
    assert "no-such-file.yaml" in done.stderr


def test_the_limit_can_be_lifted(calls: list[dict[str, Any]]) -> None:
    done = invoke("run", CANON, "--no-limit", "--replications", "1B")
    assert done.exit_code == ExitStatus.DONE
    assert calls[0]["scenario"].run.replications == 10**9


def test_options_reach_the_engine(calls: list[dict[str, Any]]) -> None:
    arguments = ["--replications", "10k", "--seed", str(2**64 - 1), "--threads", "3", "--set", "team.reps=4"]
    done = invoke("run", CANON, *arguments, "--set", "run.seed=5")
    assert done.exit_code == ExitStatus.DONE
    scenario = calls[0]["scenario"]
    assert (scenario.run.replications, scenario.run.seed, scenario.team.reps) == (10_000, 2**64 - 1, 4)
    assert calls[0]["threads"] == 3


def test_results_on_stdout_and_messages_on_stderr(calls: list[dict[str, Any]]) -> None:
    done = invoke("run", CANON)
    assert "How far one rep's revenue swings around its own average, by period" in done.stdout
    assert done.stdout.splitlines()[-1] == "All figures: --details. Words: simcore explain."
    assert "rep-weeks in" in done.stderr
    assert "rep-weeks in" not in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 80
    assert "\x1b" not in done.output
    assert not any(line != line.rstrip() for line in done.stdout.splitlines())
    assert calls[0]["progress"] is None


def test_quiet_says_nothing_but_the_results(calls: list[dict[str, Any]]) -> None:
    assert calls == []
    done = invoke("run", CANON, "--quiet")
    assert done.stderr == ""
    assert "How far one rep's revenue swings around its own average, by period" in done.stdout


def test_json_is_the_summary(calls: list[dict[str, Any]]) -> None:
    assert calls == []
    done = invoke("run", CANON, "--json")
    assert json.loads(done.stdout) == summary().model_dump(mode="json")
    assert done.stdout.isascii()


def test_an_interrupted_run_is_reported_with_its_status(monkeypatch: pytest.MonkeyPatch) -> None:
    def simulate(scenario: object, **options: object) -> SimpleNamespace:  # noqa: ARG001
        return SimpleNamespace(summary=summary(interrupted=True))

    monkeypatch.setattr("simcore.engine.simulation.simulate", simulate)
    done = invoke("run", CANON)
    assert done.exit_code == ExitStatus.INTERRUPTED
    assert "Interrupted: all figures are those of the worlds that were done." in done.stdout


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        (
            FileError("cannot write x: the disk is full"),
            ExitStatus.IO,
            "simcore: cannot write x: the disk is full",
        ),
        (
            OSError(errno.EACCES, "Permission denied", "secret"),
            ExitStatus.IO,
            "simcore: Permission denied: secret",
        ),
        (KeyboardInterrupt(), ExitStatus.INTERRUPTED, "simcore: interrupted"),
        (
            ZeroDivisionError("a\x1b[31mb"),
            ExitStatus.INTERNAL,
            "ZeroDivisionError: a[31mb; SIMCORE_DEBUG=1 shows where",
        ),
        (BrokenPipeError(errno.EPIPE, "Broken pipe"), ExitStatus.DONE, ""),
    ],
)
def test_errors_become_a_message_and_a_status(
    error: BaseException, status: ExitStatus, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    raising(monkeypatch, error)
    done = invoke("run", CANON)
    assert done.exit_code == status
    assert words in done.stderr
    assert (done.stderr == "") == (words == "")
    assert "Traceback" not in done.output


@pytest.mark.parametrize("how", ["option", "variable"])
def test_debug_shows_the_traceback(how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    raising(monkeypatch, ZeroDivisionError("x"))
    if how == "variable":
        monkeypatch.setenv("SIMCORE_DEBUG", "1")
    done = invoke(*(["--debug"] if how == "option" else []), "run", CANON)
    assert done.exit_code == ExitStatus.INTERNAL
    assert "Traceback" in done.stderr
    assert "SIMCORE_DEBUG" not in done.stderr.splitlines()[-1]


def test_check_prints_a_scenario_file_that_is_the_same_scenario() -> None:
    done = invoke("check", CANON, "--set", "team.reps=3")
    assert done.exit_code == ExitStatus.DONE
    assert parse_scenario(done.stdout) == load_scenario(CANON, ["team.reps=3"])
    for words in (
        "# Cost of a run: 1,560,000 rep-weeks",
        "funnel.wins.rate.mean",
        "# year",
        "P(quota of a quarter)",
    ):
        assert words in done.stdout
    notes = [line for line in done.stdout.splitlines() if line.startswith("#")]
    assert max(map(len, notes)) <= 80


def test_check_json() -> None:
    document = json.loads(invoke("check", CANON, "--json").stdout)
    assert document["cost"]["rep_weeks"] == 5_200_000
    assert {entry["label"]: entry["value"] for entry in document["expected"]}["value of a call"] == pytest.approx(20)
    assert {"path": "deal.fixed", "value": "10000", "source": None} in document["assumptions"]


def test_scenarios_lists_what_runs() -> None:
    names = [entry["name"] for entry in json.loads(invoke("scenarios", "--json").stdout)]
    assert CANON in names
    text = invoke("scenarios").stdout
    assert all(any(line.startswith(name) for line in text.splitlines()) for name in names)


def test_init_writes_a_scenario_once(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    assert invoke("init", str(path)).exit_code == ExitStatus.DONE
    assert load_scenario(path).funnel[1].stage == "meetings"
    path.write_text("mine")
    refused = invoke("init", str(path))
    assert refused.exit_code == ExitStatus.IO
    assert "--force" in refused.stderr
    assert path.read_text() == "mine"
    assert invoke("init", str(path), "--force").exit_code == ExitStatus.DONE
    assert load_scenario(path).run.replications == 10_000
    assert sorted(tmp_path.iterdir()) == [path]


def test_init_follows_no_link(tmp_path: Path) -> None:
    target = tmp_path / "target"
    link = tmp_path / "mine.yaml"
    link.symlink_to(target)
    assert invoke("init", str(link)).exit_code == ExitStatus.IO
    assert not target.exists()


def test_schemas() -> None:
    names = invoke("schema").stdout.split()
    assert names == list(SCHEMAS)
    for name in names:
        assert json.loads(invoke("schema", name).stdout) == SCHEMAS[name](), name
    assert invoke("schema", "run").stdout == invoke("schema", "result").stdout
    result = json.loads(invoke("schema", "result").stdout)
    assert "averaging" in result["properties"]
    scenario = json.loads(invoke("schema", "scenario").stdout)
    assert "funnel" in scenario["properties"]


def simcore(*arguments: str, **variables: str) -> subprocess.Popen[str]:
    """Start the command in a process of its own, with these environment variables added."""
    code = "from simcore.cli.main import main; main()"
    return subprocess.Popen(  # noqa: S603
        [sys.executable, "-c", code, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **variables},
    )


def test_a_reader_that_leaves_is_no_error() -> None:
    process = simcore("schema", "scenario")
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    told = process.stderr.read()
    process.stderr.close()
    assert (process.wait(), told) == (ExitStatus.DONE, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no /dev/full")
def test_a_full_disk_is_told() -> None:
    code = "from simcore.cli.main import main; main()"
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(  # noqa: S603
            [sys.executable, "-c", code, "schema", "scenario"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == ExitStatus.IO
    assert done.stderr == "simcore: No space left on device\n"


def test_a_stream_that_knows_only_ascii_gets_what_says_the_same() -> None:
    process = simcore("check", CANON, PYTHONIOENCODING="ascii")
    out, told = process.communicate()
    assert (process.returncode, told) == (ExitStatus.DONE, "")
    assert "?" not in out
    assert "# --------" in out
