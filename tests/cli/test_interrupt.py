"""Ctrl-C, SIGTERM and SIGHUP end every command that simulates, with what was done kept and reported."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from typer.testing import CliRunner

from simcore.base.errors import ExitStatus
from simcore.cli import interrupt
from simcore.cli.main import app

SMALL = ["--set", "team.reps=2", "-n", "40000"]
COMMANDS = {
    "run": ["run", "trust-the-process", *SMALL],
    "run with a precision": ["run", "trust-the-process", "--precision", "revenue=0.01%", "--no-limit"],
    "compare": ["compare", "quota-pressure", *SMALL],
    "sweep": ["sweep", "trust-the-process", "--vary", "plan.calls_per_week=100:500:5", *SMALL],
    "breakeven": [
        *(
            "breakeven",
            "quota-pressure",
            "--vary",
            "deal=5000:20000",
            "--strategy",
            "process",
            "--strategy",
            "pressure",
        ),
        *("--set", "horizon.weeks=13", "-n", "100"),
    ],
    "plan": ["plan", "trust-the-process", "--target", "900000", "-n", "4000"],
    "luck": ["luck", "trust-the-process", *SMALL],
    "coach": ["coach", "trust-the-process", "-n", "2000"],
    "bench variance": ["bench", "variance", "trust-the-process"],
    "bench steadiness": ["bench", "steadiness", "trust-the-process", *SMALL],
}


@pytest.fixture
def interrupted(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """Send a signal to this very process as soon as a command has begun to listen."""
    heed = interrupt.stop_on_interrupt

    @contextmanager
    def at_once() -> Iterator[threading.Event]:
        with heed() as asked:
            os.kill(os.getpid(), request.param)
            assert asked.wait(10)
            yield asked

    monkeypatch.setattr(interrupt, "stop_on_interrupt", at_once)


@pytest.mark.parametrize("interrupted", [signal.SIGTERM], indirect=True)
@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.usefixtures("interrupted")
def test_every_command_reports_what_was_done(command: str) -> None:
    done = CliRunner().invoke(app, [*COMMANDS[command], "--json"])
    assert done.exit_code == ExitStatus.INTERRUPTED, done.stderr
    assert "SIGTERM was sent" in done.stderr
    if command == "bench variance":
        # Fewer than three batches of each technique tell nothing, and all of them take long.
        assert json.loads(done.stdout) == []
        assert "fewer tell nothing" in done.stderr
    else:
        assert json.loads(done.stdout)


@pytest.mark.parametrize("interrupted", [signal.SIGTERM], indirect=True)
@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.usefixtures("interrupted")
def test_what_was_done_is_in_the_tables(command: str) -> None:
    done = CliRunner().invoke(app, [*COMMANDS[command], "--csv"])
    assert done.exit_code == ExitStatus.INTERRUPTED, done.stderr
    found = {(line["table"], line["figure"]): line["text"] for line in csv.DictReader(io.StringIO(done.stdout))}
    # Fewer than three batches of each technique tell nothing: there is no document then, and nothing on stdout.
    assert found.get(("about", "interrupted")) == (None if command == "bench variance" else "yes")


@pytest.mark.parametrize("interrupted", [signal.SIGTERM], indirect=True)
@pytest.mark.usefixtures("interrupted")
def test_a_page_says_that_it_was_interrupted() -> None:
    done = CliRunner().invoke(app, [*COMMANDS["luck"], "--markdown"])
    assert done.exit_code == ExitStatus.INTERRUPTED, done.stderr
    assert done.stdout.splitlines()[2].startswith("**Interrupted")


@pytest.mark.parametrize("interrupted", [signal.SIGTERM, signal.SIGHUP], indirect=True)
@pytest.mark.usefixtures("interrupted")
def test_a_results_folder_keeps_what_was_done(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, [*COMMANDS["run"], "--out", str(tmp_path / "out"), "--detail", "rep-week"])
    assert done.exit_code == ExitStatus.INTERRUPTED, done.stderr
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert manifest["complete"] is False
    assert 0 < manifest["replications"] < 40_000
    assert manifest["rows"] == manifest["replications"] * 2 * 52


def test_outside_of_a_run_every_signal_is_an_interrupt() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        before = signal.getsignal(number)
        with pytest.raises(KeyboardInterrupt), interrupt.ending_as_interrupt():
            os.kill(os.getpid(), number)
        assert signal.getsignal(number) is before
