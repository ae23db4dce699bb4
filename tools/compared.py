"""Remembers which generated blocks were compared with the program, so that they are made again only after a change.

Making all blocks, and walking through pages, takes minutes. What a command prints follows from the code of simcore, the
shipped scenarios, what is installed and the command itself; while none of them has changed, a block that was right is
right. Continuous integration makes all of them every time.
"""

from __future__ import annotations

import hashlib
import os
import re
import sys
import tomllib
from functools import cache
from importlib.metadata import version
from pathlib import Path

from simcore.compiled.sources import parsed
from tools.packages import ROOT

CODE = ("simcore", "cli", "tools/docs.py", "tools/walk.py")
"""Files and folders of Python: their code counts, not their comments and docstrings, which no command prints."""
DATA = ("scenarios",)
CACHE = ROOT / ".docs_cache"
"""One file per block, with the digest of what was compared."""


def digest(root: Path, *more: str) -> str:
    """Return the hexadecimal SHA-256 of all that the commands of a source tree depend on, and of more texts.

    The tree at ``root`` holds what `CODE` and `DATA` name. The versions of Python and of what simcore needs count, too.
    """
    total = hashlib.sha256(repr((sys.version, installed(), more)).encode())
    for path in (found for name in CODE for found in files(root / name, "*.py")):
        total.update(f"{path.relative_to(root).as_posix()} {parsed(path.read_bytes(), 'simcore').digest}\n".encode())
    for path in (found for name in DATA for found in files(root / name, "*.yaml")):
        total.update(f"{path.relative_to(root).as_posix()} ".encode() + path.read_bytes())
    return total.hexdigest()


def files(place: Path, pattern: str) -> list[Path]:
    """Return a file, or the files of a folder and of those in it, in order."""
    return [place] if place.is_file() else sorted(place.rglob(pattern))


@cache
def installed() -> tuple[str, ...]:
    """Return the versions of what simcore needs, as they are installed."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    names = [re.split(r"[^\w.-]", text)[0] for text in project["dependencies"]]
    return tuple(f"{name} {version(name)}" for name in names)


@cache
def _tree() -> str:
    return digest(ROOT)


def _key(text: str) -> str:
    return hashlib.sha256(f"{_tree()} {text}".encode()).hexdigest()


def all_are_made() -> bool:
    """Tell whether every block is made, whatever has changed: in continuous integration, or if ``DOCS=all`` asks."""
    return bool(os.environ.get("CI")) or os.environ.get("DOCS") == "all"


def _place(name: str, folder: Path) -> Path:
    """Return the file of a block or page; the name of a page holds slashes."""
    return folder / name.replace("/", "_")


def was_right(name: str, text: str, folder: Path = CACHE) -> bool:
    """Tell whether a block with this text was found right, and nothing that it depends on has changed since."""
    path = _place(name, folder)
    return not all_are_made() and path.is_file() and path.read_text(encoding="utf-8") == _key(text)


def remember(name: str, text: str, folder: Path = CACHE) -> None:
    """Remember that a block with this text is right."""
    folder.mkdir(exist_ok=True)
    _place(name, folder).write_text(_key(text), encoding="utf-8")
