"""Streams that are closed, full, or know few characters: never an internal error, never a lost result."""

from __future__ import annotations

import errno
import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from simcore.base.errors import ExitStatus
from simcore.cli.plain import ERRORS, register, spelt
from simcore.cli.screens.run import run_details
from simcore.cli.streams import Messages, left_over
from simcore.cli.tables import lines_of
from simcore.scenario_files.scenario_file import parse_scenario
from tests.support.summaries import summary

FULL = Path("/dev/full")
COMMAND = f"{shlex.quote(sys.executable)} -c 'from simcore.cli.main import main; main()'"
SMALL = "run trust-the-process -n 4 --set team.reps=1 --set horizon.weeks=4"
SCENARIO = """
simcore: 1
name: Łódź 🚀 ±
funnel:
  - {stage: calls}
  - {stage: "spotkania łącznie 日本", rate: 0.2}
  - {stage: "[bold]wygrane", rate: 0.10}
deal: {fixed: 5000, currency: "€"}
horizon: {weeks: 4}
team: {reps: 1}
run: {replications: 4}
"""


def shell(line: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a line of shell in which `simcore` is the command."""
    script = f'simcore() {{ {COMMAND} "$@"; }}\n{line}'
    environment = {**os.environ, **variables}
    return subprocess.run(["bash", "-c", script], capture_output=True, encoding="utf-8", env=environment, check=False)  # noqa: S603, S607


@pytest.mark.parametrize(
    ("line", "status", "told"),
    [
        ("simcore --help >&-", ExitStatus.DONE, ""),
        ("simcore --version 2>&-", ExitStatus.DONE, ""),
        (f"simcore {SMALL} >&-", ExitStatus.DONE, "rep-weeks in"),
        ("simcore nonsense 2>&-", ExitStatus.USAGE, ""),
        ("simcore --help | true; exit ${PIPESTATUS[0]}", ExitStatus.DONE, ""),
    ],
)
def test_closed_streams_are_as_if_all_was_thrown_away(line: str, status: ExitStatus, told: str) -> None:
    done = shell(line)
    assert done.returncode == status, done.stderr
    assert told in done.stderr
    assert "sorry" not in done.stderr
    assert "Traceback" not in done.stderr
    assert bool(done.stderr) == bool(told)


@pytest.mark.skipif(not FULL.exists(), reason="the system has no /dev/full")
@pytest.mark.parametrize(
    "line",
    [
        "simcore --help >/dev/full",
        "simcore --version >/dev/full",
        f"simcore {SMALL} --json -q >/dev/full",
        f"simcore {SMALL} 2>/dev/full >/dev/null",
        "simcore run nothing-of-that-name >/dev/full 2>/dev/full",
    ],
)
def test_a_full_device_has_its_status(line: str) -> None:
    done = shell(line)
    assert done.returncode == ExitStatus.IO, (line, done.stderr)
    assert done.stderr in ("simcore: No space left on device\n", "")
    assert bool(done.stderr) == ("2>" not in line)


def test_no_file_gets_the_number_of_a_closed_stream(tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = shell(f"simcore {SMALL} --out {shlex.quote(str(out))} >&- 2>&- <&-")
    assert (done.returncode, done.stdout, done.stderr) == (ExitStatus.DONE, "", "")
    assert json.loads((out / "summary.json").read_text(encoding="utf-8"))["replications"] == 4


class _Broken:
    """A stream that takes nothing."""

    def __init__(self, number: int) -> None:
        self.number = number

    def write(self, text: str) -> int:
        del text
        raise OSError(self.number, "cannot")

    def flush(self) -> None:
        """Do nothing."""

    def fileno(self) -> int:
        """Return no number: there is nothing to silence."""
        raise OSError(errno.EBADF, "none")


@pytest.mark.parametrize(("number", "lost"), [(errno.ENOSPC, True), (errno.EPIPE, False)])
def test_a_message_that_cannot_be_written_ends_nothing_and_is_remembered(number: int, lost: bool) -> None:
    messages = Messages(_Broken(number))  # type: ignore[arg-type]
    assert messages.write("so") == 2
    assert messages.error is not None
    assert (left_over(messages) is not None) == lost


@pytest.mark.parametrize(
    ("text", "encoding", "plain"),
    [
        ("20 ± 3, ≤ 5 \u2013 ok", "ascii", "20 +- 3, <= 5 - ok"),
        ("20 ± 3 ─", "latin-1", "20 ± 3 -"),
        ("€100, -£5, 100 ¥, ₹20 and 5 zł", "ascii", "EUR 100, -GBP 5, 100 JPY, INR 20 and 5 PLN"),
        ("5 zł złoty", "latin-1", "5 PLN zloty"),
        ("Łódź, Straße, Ærø, naïve", "ascii", "Lodz, Strasse, AEro, naive"),
        ("日本 🚀", "ascii", r"\u65e5\u672c \U0001f680"),
        ("日本", "utf-8", "日本"),
    ],
)
def test_what_an_encoding_does_not_know_is_spelt(text: str, encoding: str, plain: str) -> None:
    assert spelt(text, encoding) == plain
    assert spelt(plain, encoding) == plain


def test_the_report_in_ascii_is_aligned_and_says_the_same() -> None:
    document = summary().model_dump()
    document["scenario"]["currency"] = "EUR"
    told = lines_of(run_details(summary(**document)), width=80, encoding="ascii")
    assert told.isascii()
    assert "?" not in told
    assert "10.0012 +- 0.0014" in told
    lines = told.split("\n")
    rules = [number for number, line in enumerate(lines) if line and set(line) == {"-"}]
    assert len(rules) >= 4
    for number in rules:
        assert len(lines[number]) == len(lines[number - 1]), "the rule is as long as the headings"
    register()
    assert "€5 ± 1".encode("ascii", ERRORS) == b"EUR 5 +- 1"


def test_a_terminal_without_unicode_gets_no_question_mark(tmp_path: Path) -> None:
    file = tmp_path / "scenario.yaml"
    file.write_text(SCENARIO, encoding="utf-8")
    done = shell(f"simcore run {shlex.quote(str(file))} --details", PYTHONIOENCODING="ascii")
    assert "?" not in done.stdout
    for words in (r"spotkania lacznie \u65e5\u672c", "[bold]wygrane", "EUR ", " +- "):
        assert words in done.stdout
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("encoding", ["ascii", "latin1"])
def test_what_check_prints_is_the_same_scenario_in_any_encoding(encoding: str, tmp_path: Path) -> None:
    file = tmp_path / "scenario.yaml"
    file.write_text(SCENARIO, encoding="utf-8")
    command = f"simcore check {shlex.quote(str(file))} | iconv -f {encoding} -t utf-8"
    done = shell(command, PYTHONIOENCODING=encoding)
    assert "?" not in done.stdout
    assert parse_scenario(done.stdout) == parse_scenario(SCENARIO)
