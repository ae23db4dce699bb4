"""Builds the documentation site: ``python -m tools.site FOLDER``; any warning is an error.

``--builder linkcheck`` asks for all addresses outside of it instead.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

from tools.packages import ROOT


def build(folder: Path, builder: str = "html", source: Path = ROOT) -> int:
    """Build the site into a folder and return the exit status; what Sphinx keeps between builds lies beside it."""
    options = ["--builder", builder, "--fail-on-warning", "--keep-going", "--jobs", "auto", "--quiet"]
    kept = ["--doctree-dir", str(folder.with_name(f"{folder.name}-doctrees")), "--conf-dir", str(source / "docs")]
    command = [sys.executable, "-m", "sphinx", *options, *kept, str(source), str(folder)]
    return subprocess.run(command, cwd=ROOT, check=False).returncode  # noqa: S603


def main() -> int:
    """Build what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--builder", default="html", choices=("html", "linkcheck"))
    asked = parser.parse_args()
    status = build(asked.folder.resolve(), asked.builder)
    if status == 0:
        print(asked.folder / ("index.html" if asked.builder == "html" else "output.txt"))
    return status


if __name__ == "__main__":
    sys.exit(main())
