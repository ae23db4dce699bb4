"""Pins versions, with the hashes of all their files: ``python -m tools.lock``; nothing is installed.

* ``build``, ``runtime``, ``dev``, ``docs``: the newest versions that install on every supported Python. pip resolves
  for the oldest Python, and what it finds is tried for the others.
* ``lowest``: the lowest versions that ``pyproject.toml`` allows, for the oldest Python (``make lowest`` tests them).

The hashes, which uv reads from the index, are those of all wheels and of the sources: of every Python and processor.
``--hashes`` gives the pins that are there their hashes again, and changes no version but those of ``lowest``.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tools.packages import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

PYTHONS = ("3.11", "3.12", "3.13", "3.14")
FOLDER = ROOT / "requirements"
HEADS = {
    "build": "# What builds simcore from its sources, pinned. Written by `make lock`.",
    "runtime": "# What simcore runs with, extras included, pinned. Written by `make lock`, for Python 3.11 to 3.14.",
    "dev": "# What the tests, the checks and the benchmarks need beside runtime.txt, pinned. Written by `make lock`.",
    "docs": "# What the documentation site needs beside runtime.txt and dev.txt, pinned. Written by `make lock`.",
    "lowest": "# The lowest versions that pyproject.toml allows, for Python 3.11. Written by `make lock`.",
}


def resolve(requirements: Sequence[str], python: str) -> list[str]:
    """Return what pip would install for a Python, dependencies included, as ``name==version``, sorted."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--dry-run", "--ignore-installed"]
        target = ["--only-binary=:all:", "--python-version", python, "--target", folder, "--report", str(report)]
        subprocess.run([*command, *target, *requirements], check=True)  # noqa: S603
        found = json.loads(report.read_text(encoding="utf-8"))["install"]
    pins = [f"{entry['metadata']['name']}=={entry['metadata']['version']}" for entry in found]
    return sorted(pins, key=str.lower)


def with_hashes(requirements: Sequence[str], *options: str) -> list[str]:
    """Return the lines of a lock: each requirement with the hashes of all files of its version.

    Parameters
    ----------
    options
        More for ``uv pip compile``.
    """
    command = [sys.executable, "-m", "uv", "pip", "compile", "--quiet", "--generate-hashes", "--no-annotate"]
    given = "\n".join(requirements)
    version = ["--python-version", PYTHONS[0], "--no-header", *options, "-"]
    done = subprocess.run([*command, *version], input=given, capture_output=True, encoding="utf-8", check=True)  # noqa: S603
    return done.stdout.splitlines()


def pins_of(lines: Iterable[str]) -> list[str]:
    r"""Return the pins of a lock, without their hashes.

    Examples
    --------
    >>> pins_of(["# A lock.", "numpy==2.0.0 \\", "    --hash=sha256:00", "rich==13.9.0"])
    ['numpy==2.0.0', 'rich==13.9.0']
    """
    return [line.split(" ")[0] for line in lines if line and not line.startswith(("#", " "))]


def read(name: str) -> list[str]:
    """Return the pins of a lock as it is."""
    return pins_of((FOLDER / f"{name}.txt").read_text(encoding="utf-8").splitlines())


def everything_of(project: dict[str, Any]) -> list[str]:
    """Return what simcore runs with, and what all its extras bring."""
    extras = project["project"]["optional-dependencies"].values()
    return list(dict.fromkeys([*project["project"]["dependencies"], *(each for extra in extras for each in extra)]))


def newest() -> dict[str, list[str]]:
    """Return the newest pins that install on every Python, for each lock."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    oldest = PYTHONS[0]
    needed = everything_of(project)
    locks = {
        "build": resolve(project["build-system"]["requires"], oldest),
        "runtime": resolve(needed, oldest),
    }
    known, everything = locks["runtime"], []
    for group in ("dev", "docs"):
        everything = resolve([*known, *project["dependency-groups"][group]], oldest)
        locks[group] = [pin for pin in everything if pin not in known]
        known = everything
    for python in PYTHONS[1:]:
        resolve([*locks["build"], *everything], python)
    return locks


def lowest() -> list[str]:
    """Return the lines of the lock of the lowest versions; what these need in turn is the newest that they allow."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    options = ["--resolution", "lowest-direct", "--only-binary", ":all:"]
    needed = everything_of(project)
    return with_hashes(needed, *options)


def main() -> None:
    """Write the locks."""
    pins = {name: read(name) for name in HEADS if name != "lowest"} if sys.argv[1:] == ["--hashes"] else newest()
    locks = {name: with_hashes(each, "--no-deps") for name, each in pins.items()} | {"lowest": lowest()}
    for name, lines in locks.items():
        (FOLDER / f"{name}.txt").write_text("\n".join([HEADS[name], *lines, ""]), encoding="utf-8")


if __name__ == "__main__":
    main()
