"""Measures compiling: processor seconds of a first use, and what a second environment or a comment makes anew.

A first use has an empty cache of its own (``NUMBA_CACHE_DIR``), is run once and counts from the start of its process to
the end, with all that is not compiling. The other rows use the cache of whoever runs them, filled by the same process
before, and count the functions that are compiled nevertheless.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import venv
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from benchmarks.commands import SIMCORE
from benchmarks.contenders import CANONICAL, PRESSED, REAL_TEAM, ROOT, Effort, of_process, say
from benchmarks.report import Goal, Series

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from benchmarks.play import Played

CACHE: Final = "NUMBA_CACHE_DIR"
COPIED: Final = ("benchmarks", "cli", "scenarios", "simcore")
COMMENT: Final = "# A comment moves all lines, and changes nothing.\n"
QUICKLY: Final = ("--replications", "10", "--quiet")

RUNS: Final = (CANONICAL, REAL_TEAM, PRESSED, "hard-sell")
"""Plans of every kind: without lags, at rates that vary, with lags, with referrals."""
COMPARISONS: Final = (PRESSED, "hockey-stick", "pacing-bonus", "tampering", "hard-sell")


def empty_cache(command: Sequence[str]) -> float:
    """Processor seconds of a command that finds no compiled code."""
    with tempfile.TemporaryDirectory(prefix="simcore-") as folder:
        return of_process(command, env={**os.environ, CACHE: folder}, cwd=ROOT)


def first(what: str, most: float, command: Sequence[str], _effort: Effort) -> Goal:
    """Measure a first use, once."""
    say(f"{what}, with an empty cache")
    return Goal.at_most(f"{what}, first use, processor seconds", most, Series((empty_cache(command),)))


def played(python: Path, folder: Path, env: Mapping[str, str] = os.environ) -> list[str]:
    """Play everything from a copy of the repository and return the functions that were compiled.

    Raises
    ------
    RuntimeError
        simcore came from elsewhere.
    subprocess.CalledProcessError
        It failed; its words are on stderr.
    """
    command = [str(python), "-m", "benchmarks.play"]
    shown = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, cwd=folder, env=env).stdout
    found: Played = json.loads(shown.splitlines()[-1])
    if not Path(found["simcore"]).is_relative_to(folder):
        message = f"simcore was imported from {found['simcore']}, not from {folder}"
        raise RuntimeError(message)
    return found["compiled"]


def copied(folder: Path) -> Path:
    """Copy the sources into a folder and return it, without links on its path."""
    folder = folder.resolve()
    for name in COPIED:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def second_environment(folder: Path) -> Path:
    """Make another environment, with the packages of this one and without its simcore; return its Python."""
    venv.create(folder, symlinks=True)
    python = folder / "bin" / "python"
    paths = {"base": str(folder), "platbase": str(folder)}
    packages = Path(sysconfig.get_path("purelib", vars=paths))
    (packages / "shared.pth").write_text(f"{sysconfig.get_path('purelib')}\n", encoding="utf-8")
    return python


def comment(folder: Path) -> None:
    """Put a comment before the first line of every module of simcore."""
    for path in (folder / "simcore").rglob("*.py"):
        path.write_text(COMMENT + path.read_text(encoding="utf-8"), encoding="utf-8")


def again(what: str, change: Callable[[Path], Path], _effort: Effort) -> Goal:
    """Count what is compiled once more from a copy of the sources; ``change`` prepares it and names its Python."""
    say(f"everything, {what}")
    played(Path(sys.executable), ROOT)
    with tempfile.TemporaryDirectory(prefix="simcore-") as name:
        folder = copied(Path(name))
        compiled = played(change(folder), folder)
    return Goal.at_most(f"functions compiled {what}", 0.0, Series((float(len(compiled)),)))


def elsewhere(folder: Path) -> Path:
    """Make a second environment beside the copy."""
    return second_environment(folder / "environment")


def commented(folder: Path) -> Path:
    """Comment the sources; the environment stays."""
    comment(folder)
    return Path(sys.executable)


ROWS: Final[dict[str, Callable[[Effort], Goal]]] = {
    **{
        f"first-run:{name}": partial(first, f"`simcore run {name}`", 6.0, [SIMCORE, "run", name, *QUICKLY])
        for name in RUNS
    },
    **{
        f"first-compare:{name}": partial(first, f"`simcore compare {name}`", 12.0, [SIMCORE, "compare", name, *QUICKLY])
        for name in COMPARISONS
    },
    "first-everything": partial(first, "everything", 40.0, [sys.executable, "-m", "benchmarks.play"]),
    "second-environment": partial(again, "in a second environment", elsewhere),
    "comment": partial(again, "after a comment in every module", commented),
}
