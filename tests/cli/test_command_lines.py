"""Hundreds of wrong command lines: a status says whose fault it is, a line says what, and never a traceback."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from simcore.base.errors import ExitStatus
from simcore.cli.main import app
from tests.support.command_lines import SCENARIO, command_lines, shapes

if TYPE_CHECKING:
    from pathlib import Path

_EXPECTED = (ExitStatus.DONE, ExitStatus.USAGE, ExitStatus.IO, ExitStatus.NOT_REACHED)
_JARGON = ("Traceback", "sorry", "Input should be", "Value error", "pydantic", "NoneType", "could not convert")
_LONGEST = 1500
"""Characters of a message."""


@pytest.fixture
def scenario(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a scenario in a folder with a file and a full folder that --out may be pointed at."""
    file = tmp_path / "tiny.yaml"
    file.write_text(SCENARIO)
    (tmp_path / "file.yaml").write_text("x")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "a").write_text("a")
    monkeypatch.chdir(tmp_path)
    return file


def check(lines: list[list[str]]) -> list[int]:
    """Run command lines; return their statuses."""
    statuses = []
    for line in lines:
        done = CliRunner().invoke(app, line)
        assert done.exit_code in _EXPECTED, (line, done.stderr)  # the file is right: 3 is never right
        assert done.exception is None or isinstance(done.exception, SystemExit), line
        assert not any(word in done.stderr for word in _JARGON), (line, done.stderr)
        assert len(done.stderr) < _LONGEST, line
        if done.exit_code in (ExitStatus.USAGE, ExitStatus.IO):
            assert done.stdout == "", line
            assert done.stderr.strip(), line
        statuses.append(done.exit_code)
    return statuses


def test_wrong_command_lines_are_refused_in_plain_words(scenario: Path) -> None:
    statuses = check(command_lines(50, 2, scenario))
    assert statuses.count(ExitStatus.USAGE) > 30


@pytest.mark.long
@pytest.mark.parametrize("seed", range(10, 20))
def test_thousands_of_wrong_command_lines_are_refused_in_plain_words(seed: int, scenario: Path) -> None:
    check(command_lines(400, seed, scenario))


def test_without_anything_wrong_the_commands_work(scenario: Path) -> None:
    """The lines are wrong for what is put into them, not for what they begin with."""
    for shape in shapes(str(scenario)):
        if shape.words[0] in ("check", "schema", "scenarios"):
            assert check([[*shape.words, *shape.needs, *shape.size]]) == [ExitStatus.DONE]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("run F --seed k", 'must be a whole number from 0 to 18446744073709551615, got "k"'),
        ("run F --threads=2000", 'must be a whole number from 1 to 1024, got "2000"'),
        ("coach F --fading 1e999", 'must be a number from 0.0 to 0.99, got "1e999"'),
        ("run F -p revenue=1% --max-seconds 0", 'must be a number, 0.001 or more, got "0"'),
        ("coach F --metric x", "'x' is not a metric; there are revenue, p_quota"),
        ("run F team.reps=3", "a value is changed with --set team.reps=3"),
        ("run F other.yaml", "a command takes one scenario"),
        ("run F -n 5 -p revenue=1%", "cannot stand beside --replications"),
        ("bench variance F -n 5", "is --batch (worlds of a batch) times --batches here"),
        (f"bench variance F --batches {'9' * 400}", "must be a whole number from 3 to 200"),
        ("run F --set wins=2", "did you mean funnel.wins.rate?"),
        ("run F --set strategies.reakt.decides=day", "is not a strategy of this file; allowed: process, react; did"),
        ("run F --set strategies.xyz.decides=day", "a new one is set as a whole"),
        ("compare F --strategy process", "nothing is left to compare process with; allowed: react"),
        ("luck F --drop wins=1", "--drop: wins: must be a factor of a rate, got 1"),
        ("compare trust-the-process", "this scenario has one, process; write another one"),
    ],
)
def test_what_is_wrong_is_told_with_what_to_write(line: str, words: str, scenario: Path) -> None:
    done = CliRunner().invoke(app, [str(scenario) if word == "F" else word for word in line.split()])
    assert done.exit_code == ExitStatus.USAGE
    assert words in " ".join(done.stderr.split())
