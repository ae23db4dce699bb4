"""Walks through pages of the documentation to the letter.

The tutorial and the how-to pages are done from top to bottom, in an empty folder, as a reader would:

* a block ``yaml`` whose first line is ``# NAME.yaml`` is saved under that name, with ``# NAME.yaml, at the end`` it is
  added to the file;
* a block ``sh`` is run, all of a page in one shell; a command that fails ends the walk;
* a block ``text`` right below it is what its commands print on stdout: ``make pages`` puts it there, and
  `tests/docs/test_walks.py` fails where a page says something else.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from tools.packages import ROOT

STEP = re.compile(
    r"^```(?P<language>sh|yaml)\n(?P<text>.*?)^```\n(?:(?P<between>\n+)```text\n(?P<printed>.*?)^```\n)?",
    re.MULTILINE | re.DOTALL,
)
FOLDERS = ("how-to", "ideas")
"""Where such pages are, beside the tutorial; some of them hold no output."""
PAGES = tuple(
    page
    for page in (
        ROOT / "docs" / "tutorial.md",
        *(page for name in FOLDERS for page in sorted((ROOT / "docs" / name).glob("*.md"))),
    )
    if any(step["printed"] is not None for step in STEP.finditer(page.read_text(encoding="utf-8")))
)
FILE = re.compile(r"# (?P<name>[\w-]+\.yaml)(?P<more>, at the end)?\n")
INSTALLS = re.compile(r"\bpip install\b")


class Walk(NamedTuple):
    """A page that was walked through: its text with what was printed, and the seconds of each block of commands."""

    text: str
    seconds: list[float]


class WalkError(Exception):
    """A command of a page failed."""


def walked(page: str, *, install: Path | None = None) -> Walk:
    """Do what a page says, and return the page with what was printed.

    Parameters
    ----------
    page
        Its text.
    install
        A wheel: what the page installs is installed, in a folder with that file, and nothing that was compiled is kept.
        By default that is left out, and the commands are those of this environment.

    Raises
    ------
    WalkError
        If a command fails.
    """
    with tempfile.TemporaryDirectory() as place:
        folder, kept = Path(place) / "work", Path(place) / "kept"
        folder.mkdir()
        kept.mkdir()
        if install is not None:
            shutil.copy(install, folder)
        steps = [step for step in STEP.finditer(page) if step["language"] == "yaml" or install or not _installs(step)]
        lines = [_commands(number, step, kept) for number, step in enumerate(steps)]
        script = "\n".join(["set -eo pipefail", *lines])
        began = time.time()
        shell = ["bash", "--norc", "--noprofile", "-c", script]
        done = subprocess.run(  # noqa: S603
            shell, cwd=folder, env=_environment(kept, install), capture_output=True, encoding="utf-8", check=False
        )
        if done.returncode:
            message = f"exit status {done.returncode} in the block\n{_last(steps, kept)}\n{done.stderr}"
            raise WalkError(message)
        text, ends = _with_outputs(page, steps, kept), [began]
        ends += [(kept / f"{number}.end").stat().st_mtime for number, _step in enumerate(steps)]
    return Walk(text, [after - before for before, after in pairwise(ends)])


def _installs(step: re.Match[str]) -> bool:
    return INSTALLS.search(step["text"]) is not None


def _commands(number: int, step: re.Match[str], kept: Path) -> str:
    """Return what the shell does for a block; what it prints goes into a file, and another one marks its end."""
    end = f": > {kept}/{number}.end"
    if step["language"] == "sh":
        return f"exec > {kept}/{number}.printed\n{step['text']}{end}"
    name = FILE.match(step["text"])
    if name is None:
        return end
    (kept / f"{number}.yaml").write_text(step["text"], encoding="utf-8")
    return f"cat {kept}/{number}.yaml {'>>' if name['more'] else '>'} {name['name']}\n{end}"


def _environment(kept: Path, install: Path | None) -> dict[str, str]:
    """Return the variables of the shell: commands write as into a pipe, and find nothing of this repository."""
    left_out = ("PYTHON", "NUMBA", "COLUMNS", "VIRTUAL_ENV", "FORCE_COLOR", "NO_COLOR", "SIMCORE")
    found = {name: value for name, value in os.environ.items() if not name.startswith(left_out)}
    found |= {"PYTHONIOENCODING": "utf-8", "LC_ALL": "C.UTF-8"}
    if install is None:
        found["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), found["PATH"]])
        return found
    return found | {"XDG_CACHE_HOME": str(kept / "cache"), "HOME": str(kept)}


def _last(steps: list[re.Match[str]], kept: Path) -> str:
    """Return the block that was begun and did not end."""
    return next((step["text"] for number, step in enumerate(steps) if not (kept / f"{number}.end").exists()), "")


def _with_outputs(page: str, steps: list[re.Match[str]], kept: Path) -> str:
    """Return the page with the outputs in their places."""
    pieces, at = [], 0
    for number, step in enumerate(steps):
        if step["language"] == "sh" and step["printed"] is not None:
            printed = (kept / f"{number}.printed").read_text(encoding="utf-8")
            pieces += [page[at : step.start("printed")], printed]
            at = step.end("printed")
    return "".join([*pieces, page[at:]])
