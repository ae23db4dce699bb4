"""`--checkpoint`, `--resume`, `--shard` and `simcore merge` on the command line."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from simcore.base.errors import ExitStatus
from simcore.cli.main import app
from simcore.run_parts.part_file import read_header

if TYPE_CHECKING:
    from typer.testing import Result

SMALL = ("trust-the-process", "--set", "team.reps=2", "--set", "horizon.weeks=13")


def invoke(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def figures(output: str) -> dict[str, Any]:
    """Return a document without its timings."""
    found = dict(json.loads(output))
    del found["seconds"], found["speed"]
    return found


def test_shares_are_merged_to_the_answer_of_one_run(tmp_path: Path) -> None:
    whole = invoke("run", *SMALL, "-n", "60", "--json")
    for number in (1, 2, 3):
        done = invoke("run", *SMALL, "-n", "60", "--shard", f"{number}/3", "--out", str(tmp_path / f"p{number}"))
        assert done.exit_code == ExitStatus.DONE
    assert done.stdout == f"share 3 of 3: worlds 41 to 60 are in {tmp_path / 'p3'}\n"
    parts = [str(tmp_path / f"p{number}") for number in (3, 1, 2)]
    merged = invoke("merge", *parts, "--json", "--out", str(tmp_path / "all"))
    assert figures(merged.stdout) == figures(whole.stdout)
    assert invoke("verify", str(tmp_path / "all")).exit_code == ExitStatus.DONE
    shown = invoke("merge", *parts, "--details")
    assert shown.exit_code == ExitStatus.DONE
    assert "60 worlds of 2 reps over 13 weeks" in shown.stdout
    missing = invoke("merge", *parts[:2])
    assert missing.exit_code == ExitStatus.INVALID
    assert "replications 21 to 40 are missing before it" in missing.stderr


def test_a_run_is_kept_and_extended(tmp_path: Path) -> None:
    file = str(tmp_path / "kept")
    assert invoke("run", *SMALL, "-n", "40", "--checkpoint", file).exit_code == ExitStatus.DONE
    again = invoke("run", *SMALL, "-n", "40", "--checkpoint", file)
    assert again.exit_code == ExitStatus.IO
    assert "--resume goes on with it" in again.stderr
    more = invoke("run", *SMALL, "-n", "80", "--checkpoint", file, "--resume", "--json")
    assert figures(more.stdout) == figures(invoke("run", *SMALL, "-n", "80", "--json").stdout)
    other = invoke("run", *SMALL, "-n", "80", "--checkpoint", file, "--resume", "--seed", "4")
    assert other.exit_code == ExitStatus.INVALID
    assert "has seed 2026, not 4" in other.stderr


REFUSED = {
    "resume alone": (("--resume",), "needs --checkpoint FILE"),
    "no share": (("-n", "10", "--shard", "0/3", "--out", "x"), "'0/3' is no share"),
    "no number": (("-n", "10", "--shard", "a/b", "--out", "x"), "'a/b' is no share"),
    "beyond": (("-n", "10", "--shard", "4/3", "--out", "x"), "'4/3' is no share"),
    "no file": (("-n", "10", "--shard", "1/3"), "needs --out FILE"),
    "two files": (("-n", "10", "--shard", "1/3", "--out", "x", "--checkpoint", "y"), "leave out --checkpoint"),
    "json": (("-n", "10", "--shard", "1/3", "--out", "x", "--json"), "leave out --json"),
    "report": (("-n", "10", "--shard", "1/3", "--out", "x", "--report", "r.html"), "leave out --report"),
    "details": (("-n", "10", "--shard", "1/3", "--out", "x", "--details"), "leave out --details"),
    "rows": (("-n", "10", "--checkpoint", "x", "--out", "o", "--detail", "rep-week"), "leave out --detail"),
    "precision": (("-p", "revenue=1%", "--checkpoint", "x"), "leave out --precision"),
    "of the scenario": (("--set", "run.precision={revenue: 1%}", "--checkpoint", "x"), "give -n"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_what_does_not_go_together_is_refused(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    options, message = REFUSED[kind]
    done = invoke("run", *SMALL, *options)
    assert done.exit_code == ExitStatus.USAGE
    assert message in " ".join(done.stderr.split())
    assert list(tmp_path.iterdir()) == []


def started(*arguments: str) -> subprocess.Popen[str]:
    """Return a real run that keeps what it has done every tenth of a second."""
    script = (
        "import simcore.run_parts.playing as p; p.play_into.__kwdefaults__['every'] = 0.1\n"
        "from simcore.cli.main import main; main()"
    )
    return subprocess.Popen(  # noqa: S603
        [sys.executable, "-c", script, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "COLUMNS": "80"},
    )


def is_there(file: Path, process: subprocess.Popen[str]) -> None:
    while not file.exists() and process.poll() is None:
        time.sleep(0.01)


@pytest.mark.parametrize("ending", [signal.SIGKILL, pytest.param(signal.SIGTERM, marks=pytest.mark.long)])
def test_a_run_that_was_ended_goes_on_to_the_same_figures(tmp_path: Path, ending: signal.Signals) -> None:
    file = tmp_path / "kept"
    options = (
        "run",
        "trust-the-process",
        "-n",
        "20k",
        "--checkpoint",
        str(file),
        "--json",
        "--quiet",
        "--threads",
        "1",
    )
    process = started(*options)
    is_there(file, process)
    process.send_signal(ending)
    _, errors = process.communicate()
    assert process.returncode == (-ending if ending == signal.SIGKILL else ExitStatus.INTERRUPTED), errors
    more = invoke(*options[:3], "3k", *options[4:], "--resume")
    kept = json.loads(invoke("run", "trust-the-process", "-n", "3k", "--json").stdout)
    if more.exit_code == ExitStatus.DONE:
        assert figures(more.stdout)["averaging"] == kept["averaging"]
    else:
        assert "more than the 3,000 asked for" in more.stderr


@pytest.mark.long
def test_a_run_killed_at_random_moments_always_goes_on(tmp_path: Path) -> None:
    """200 kills of a run that keeps what it has every tenth of a second, each gone on with by the next."""
    file = tmp_path / "kept"
    options = ("run", *SMALL, "-n", "400k", "--checkpoint", str(file), "--json", "--quiet", "--resume", "--no-limit")
    random, kept = Random(7), [0]  # noqa: S311
    for _ in range(200):
        before = file.stat().st_mtime_ns if file.exists() else 0
        process = started(*options)
        while process.poll() is None and (not file.exists() or file.stat().st_mtime_ns == before):
            time.sleep(0.005)
        time.sleep(random.uniform(0.0, 0.25))
        process.kill()
        process.communicate()
        kept.append(read_header(file).replications)
        if kept[-1] == 400_000:
            file.unlink()
            kept.append(0)
    assert sum(later > earlier for earlier, later in pairwise(kept)) > 100
    done = invoke(*options)
    assert done.exit_code == ExitStatus.DONE
    assert figures(done.stdout) == figures(invoke("run", *SMALL, "-n", "400k", "--json", "--no-limit").stdout)
