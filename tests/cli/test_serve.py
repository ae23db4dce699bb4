"""`simcore serve` before it serves: what it refuses, with which status, and what nothing else imports."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from simcore.base.errors import ExitStatus
from simcore.cli.main import app

if TYPE_CHECKING:
    import socket

    from typer.testing import Result

    from simcore.serving.application import Application


def invoke(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["serve", *arguments])


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Application, Any]]:
    """Return what would have been served, and where."""
    found: list[tuple[Application, Any]] = []

    def serve(application: Application, listener: socket.socket) -> None:
        found.append((application, listener.getsockname()))

    monkeypatch.setattr("simcore.serving.server.serve", serve)
    return found


def test_the_address_is_the_only_line_on_stdout(served: list[tuple[Application, Any]]) -> None:
    done = invoke("trust-the-process")
    assert done.exit_code == ExitStatus.INTERRUPTED
    ((_, (host, port)),) = served
    (line,) = done.stdout.splitlines()
    assert line.startswith(f"http://{host}:{port}/")
    assert len(line.split("/")[3]) == 32
    assert "Ctrl-C ends it" in done.stderr
    assert invoke("trust-the-process", "-q").stderr == ""


def test_options_reach_the_page(served: list[tuple[Application, Any]]) -> None:
    vary = ["--vary", "team.reps", "--vary", "funnel.wins.rate=0.2:0.8"]
    changes = ["--set", "horizon.weeks=4", "--seed", "9", "-n", "40", "--threads", "2", "--strategy", "process"]
    invoke("trust-the-process", *vary, *changes)
    desk = served[0][0].answers.desk
    assert [slider.path for slider in desk.sliders] == ["team.reps", "funnel.wins.rate"]
    assert [int(end) for end in desk.sliders[1][4:6]] == [20, 80]
    setting = desk.setting(desk.numbers({"s2": "40"}, "s"))
    scenario = setting.scenario
    assert (scenario.horizon.weeks, scenario.run.seed, scenario.run.replications) == (4, 9, 40)
    assert setting.command == (
        "simcore run trust-the-process --set horizon.weeks=4 --set funnel.wins.rate=40% --strategy process --seed 9 "
        "--replications 40"
    )


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (["no-such-file.yaml"], ExitStatus.IO, "neither a file nor a shipped scenario"),
        (["trust-the-process", "--set", "team.reps"], ExitStatus.USAGE, "is not path=value"),
        (["trust-the-process", "--set", "team.reps=0"], ExitStatus.USAGE, "team.reps: is out of range"),
        (["trust-the-process", "--vary", "team.rep"], ExitStatus.USAGE, "did you mean team.reps?"),
        (["trust-the-process", "--vary", "team.reps=1:2:3"], ExitStatus.USAGE, "is not path=lo:hi"),
        (["trust-the-process", "--vary", "team.reps=0:3"], ExitStatus.USAGE, "out of range"),
        (["trust-the-process", "--strategy", "proces"], ExitStatus.USAGE, "did you mean process?"),
        (["trust-the-process", "--port", "70000"], ExitStatus.USAGE, "70000"),
        ([], ExitStatus.USAGE, "Missing argument"),
    ],
)
def test_what_cannot_be_served_is_refused_before_anything_listens(
    arguments: list[str], status: ExitStatus, words: str, served: list[tuple[Application, Any]]
) -> None:
    done = invoke(*arguments)
    assert (done.exit_code, done.stdout, served) == (status, "", [])
    assert words in done.stderr
    assert "Traceback" not in done.output


def test_nothing_else_imports_what_serves() -> None:
    code = (
        "import sys\nimport simcore\nfrom simcore.cli.main import main\n"
        "try:\n    main()\nexcept SystemExit as end:\n    assert not end.code\n"
        "print(sorted({'starlette', 'uvicorn', 'anyio', 'vl_convert'} & set(sys.modules)))"
    )
    for arguments in (["--help"], ["serve", "--help"], ["check", "trust-the-process"]):
        command = [sys.executable, "-c", code, *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603
        assert done.stdout.splitlines()[-1] == "[]"
