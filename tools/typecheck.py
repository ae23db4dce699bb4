"""Checks the types of everything under the names that it is installed with.

The folder cli/ is installed as `simcore.cli`, which mypy cannot see in the source tree. So a tree of links is made in
which every package has its place, and mypy checks that; its messages name the files as they are in the repository.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CACHE = ROOT / ".mypy_cache"
INSIDE = ("cli", "scenarios")
"""Folders that are installed inside `simcore`."""
BESIDE = ("benchmarks", "tests", "tools")


def link_tree(tree: Path) -> None:
    """Make the tree of links anew."""
    if tree.exists():
        shutil.rmtree(tree)
    package = tree / "simcore"
    package.mkdir(parents=True)
    for source in (ROOT / "simcore").iterdir():
        (package / source.name).symlink_to(source)
    for name in INSIDE:
        (package / name).symlink_to(ROOT / name)
    for name in BESIDE:
        (tree / name).symlink_to(ROOT / name)


def main() -> int:
    """Run mypy and return its exit status."""
    tree = CACHE / "tree"
    link_tree(tree)
    packages = [argument for name in ("simcore", *BESIDE) for argument in ("--package", name)]
    command = [sys.executable, "-m", "mypy", "--config-file", str(ROOT / "pyproject.toml"), "--cache-dir", str(CACHE)]
    done = subprocess.run([*command, *packages], cwd=tree, capture_output=True, text=True, check=False)  # noqa: S603
    sys.stdout.write(re.sub(rf"^simcore/(?=({'|'.join(INSIDE)})/)", "", done.stdout, flags=re.MULTILINE))
    sys.stderr.write(done.stderr)
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
