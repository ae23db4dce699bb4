"""``--report`` and ``simcore report``: what they write, what they refuse before anything is run, what they cost."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from contextlib import contextmanager
from importlib import util
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner, Result

from simcore.base.errors import ExitStatus
from simcore.cli import interrupt
from simcore.cli.main import app
from simcore.studies.study import STUDIES
from tests.support.study_cases import command_line

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SMALL = ("run", "trust-the-process", "-n", "8", "--set", "team.reps=1", "--set", "horizon.weeks=4")
WITHOUT_FOLDER = ("variance",)
"""What --out does not keep."""


def invoke(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(part) for part in arguments])


def _refused(done: Result, status: ExitStatus, *words: str) -> None:
    """Check that nothing was run: no answer, a message in these words."""
    assert (done.exit_code, done.stdout) == (status, "")
    for word in words:
        assert word in " ".join(done.stderr.split())


@pytest.mark.parametrize("name", STUDIES)
def test_every_question_writes_a_page_and_its_folder_gives_the_same(name: str, tmp_path: Path) -> None:
    page, folder, again = tmp_path / "page.html", tmp_path / "kept", tmp_path / "kept.html"
    line = command_line(name)
    out = () if name in WITHOUT_FOLDER else ("--out", folder)
    done = invoke(*line, "--report", page, *out)
    assert done.exit_code == ExitStatus.DONE, done.stderr
    assert f"the report is in {page}" in " ".join(done.stderr.split())
    if name in WITHOUT_FOLDER:
        assert page.read_text(encoding="utf-8").endswith("</html>\n")
        return
    told = invoke("report", folder)
    assert told.exit_code == ExitStatus.DONE, told.stderr
    assert f"the report is in {again}" in " ".join(told.stderr.split())
    head, command, tail = page.read_text(encoding="utf-8").partition("<p>The same command, version and seed")
    assert f"<code>simcore {line[0]}" in tail
    assert "--report" not in tail
    assert "--out" not in tail
    kept = again.read_text(encoding="utf-8")
    assert command
    assert kept.startswith(head)
    assert kept.endswith(tail[tail.index("<details>") :])
    assert len(kept) == len(head) + len(tail[tail.index("<details>") :])


@pytest.mark.parametrize("form", ["--json", "--csv", "--markdown"])
def test_a_page_changes_nothing_of_what_is_printed(form: str, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    plain, done = invoke(*SMALL, form), invoke(*SMALL, form, "--report", page, "-q")
    assert (done.exit_code, done.stderr) == (ExitStatus.DONE, "")
    assert page.read_text(encoding="utf-8").endswith("</html>\n")
    if form == "--json":
        there, here = json.loads(plain.stdout), json.loads(done.stdout)
        for each in (there, here):
            del each["seconds"], each["speed"]
        assert here == there
    else:
        assert len(done.stdout.splitlines()) == len(plain.stdout.splitlines())


def test_the_same_command_writes_the_same_bytes(tmp_path: Path) -> None:
    first, second = tmp_path / "a.html", tmp_path / "b.htm"
    for page in (first, second):
        assert invoke(*SMALL, "--report", page, "-q", "--threads", "1").exit_code == ExitStatus.DONE
    assert first.read_bytes() == second.read_bytes()


def test_a_page_is_replaced_only_if_asked_for(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text("mine")
    _refused(invoke(*SMALL, "--report", page), ExitStatus.IO, "exists: name another file", "--overwrite")
    _refused(invoke("report", tmp_path, page), ExitStatus.IO, "exists: name another file", "--overwrite")
    assert page.read_text() == "mine"
    assert invoke(*SMALL, "--report", page, "--overwrite").exit_code == ExitStatus.DONE
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")


def test_what_could_not_be_written_is_refused_before_the_run(tmp_path: Path) -> None:
    missing = tmp_path / "none" / "page.html"
    _refused(invoke(*SMALL, "--report", missing), ExitStatus.IO, "there is no folder")
    _refused(invoke(*SMALL, "--report", tmp_path / "page.pdf"), ExitStatus.USAGE, ".html or .htm")
    folder = tmp_path / "folder.html"
    folder.mkdir()
    _refused(invoke(*SMALL, "--report", folder, "--overwrite"), ExitStatus.IO, "not a plain file")
    link = tmp_path / "link.html"
    link.symlink_to(tmp_path / "target.html")
    _refused(invoke(*SMALL, "--report", link, "--overwrite"), ExitStatus.IO, "not a plain file")
    assert sorted(each.name for each in tmp_path.iterdir()) == ["folder.html", "link.html"]


def test_a_folder_that_cannot_be_written_to_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As root every folder can be written to; so the system's answer is given here."""
    monkeypatch.setattr(os, "access", lambda path, mode: not (path == tmp_path and mode == os.W_OK))
    _refused(invoke(*SMALL, "--report", tmp_path / "page.html"), ExitStatus.IO, "permission denied")


def test_without_what_draws_the_command_that_installs_it_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = util.find_spec
    monkeypatch.setattr("simcore.pages.drawing.find_spec", lambda name: None if name == "vl_convert" else found(name))
    done = invoke(*SMALL, "--report", tmp_path / "page.html")
    _refused(done, ExitStatus.USAGE, 'pip install "simcore[report]"')
    _refused(invoke("report", tmp_path), ExitStatus.USAGE, 'pip install "simcore[report]"')
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def _interrupted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Send a signal to this very process as soon as a command has begun to listen."""
    heed = interrupt.stop_on_interrupt

    @contextmanager
    def at_once() -> Iterator[threading.Event]:
        with heed() as asked:
            os.kill(os.getpid(), signal.SIGTERM)
            assert asked.wait(10)
            yield asked

    monkeypatch.setattr(interrupt, "stop_on_interrupt", at_once)


@pytest.mark.usefixtures("_interrupted")
def test_a_page_of_what_was_done_says_that_it_was_interrupted(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    done = invoke("run", "trust-the-process", "--set", "team.reps=2", "-n", "40000", "--report", page)
    assert done.exit_code == ExitStatus.INTERRUPTED, done.stderr
    text = page.read_text(encoding="utf-8")
    assert "<dt>interrupted</dt><dd>yes: all figures are those of the worlds that were done</dd>" in text
    assert '<p class="caution">' in text


def test_a_damaged_folder_has_no_page(tmp_path: Path) -> None:
    folder = tmp_path / "kept"
    assert invoke(*SMALL, "--out", folder).exit_code == ExitStatus.DONE
    file = folder / "summary.json"
    file.write_text(file.read_text().replace('"replications": 8', '"replications": 9'))
    _refused(invoke("report", folder), ExitStatus.IO, "holds no sound results")
    assert not (tmp_path / "kept.html").exists()


LEAN = """
import sys
from typer.testing import CliRunner
import simcore
from simcore.cli.main import app
done = CliRunner().invoke(app, {words!r})
assert done.exit_code == 0, done.output
print(sorted({{name.partition(".")[0] for name in sys.modules}} & {{"vl_convert", "altair"}}))
"""


@pytest.mark.parametrize("words", [["--help"], ["run", "--help"], [*SMALL, "-q"]], ids=["help", "run help", "run"])
def test_what_draws_is_loaded_only_for_a_page(words: list[str]) -> None:
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", LEAN.format(words=words)], capture_output=True, encoding="utf-8", check=False
    )
    assert (done.returncode, done.stdout) == (0, "[]\n"), done.stderr


def test_a_page_loads_what_draws_but_not_altair(tmp_path: Path) -> None:
    words = [*SMALL, "-q", "--report", str(tmp_path / "page.html")]
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", LEAN.format(words=words)], capture_output=True, encoding="utf-8", check=False
    )
    assert (done.returncode, done.stdout) == (0, "['vl_convert']\n"), done.stderr
