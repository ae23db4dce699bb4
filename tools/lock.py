"""Pins the newest versions that install on every supported Python: ``python -m tools.lock``.

pip resolves for the oldest Python, and what it finds is tried for the others; nothing is installed.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

from tools.floors import ROOT

if TYPE_CHECKING:
    from collections.abc import Sequence

PYTHONS = ("3.11", "3.12", "3.13", "3.14")
FOLDER = ROOT / "requirements"
HEADS = {
    "build": "# What builds simcore from its sources, pinned. Written by `make lock`.",
    "runtime": "# What simcore runs with, all of it, pinned. Written by `make lock`; valid for Python 3.11 to 3.14.",
    "dev": "# What the tests, the checks and the benchmarks need beside runtime.txt, pinned. Written by `make lock`.",
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


def main() -> None:
    """Write the locks."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    oldest = PYTHONS[0]
    locks = {
        "build": resolve(project["build-system"]["requires"], oldest),
        "runtime": resolve(project["project"]["dependencies"], oldest),
    }
    everything = resolve([*locks["runtime"], *project["dependency-groups"]["dev"]], oldest)
    locks["dev"] = [pin for pin in everything if pin not in locks["runtime"]]
    for python in PYTHONS[1:]:
        resolve([*locks["build"], *everything], python)
    for name, pins in locks.items():
        (FOLDER / f"{name}.txt").write_text("\n".join([HEADS[name], *pins, ""]), encoding="utf-8")


if __name__ == "__main__":
    main()
