"""`make quick` runs what is fast, and the hooks of pre-commit run what is there."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.support.slow import SLOW, is_slow
from tools.packages import ROOT

if TYPE_CHECKING:
    from pathlib import Path

MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", SLOW)
def test_what_is_left_out_is_there(name: str) -> None:
    assert (ROOT / name).exists()


def test_what_is_left_out_is_told_apart() -> None:
    assert list(SLOW) == sorted(set(SLOW))
    assert is_slow(ROOT / "tests" / "faults" / "test_sabotage.py")
    assert not is_slow(ROOT / "tests" / "base" / "test_money.py")


def test_slow_tests_are_marked(request: pytest.FixtureRequest) -> None:
    """The tests of this file are not among them."""
    assert request.node.get_closest_marker("slow") is None
    assert all(item.get_closest_marker("slow") for item in request.session.items if is_slow(item.path))


def test_quick_leaves_out_slow_and_long_tests() -> None:
    done = subprocess.run(
        ["make", "--dry-run", "quick"],  # noqa: S607
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if not name.startswith("MAKE")},
        capture_output=True,
        text=True,
        check=True,
    )
    lines = done.stdout.splitlines()
    assert '-m "not slow and not long" --quick' in lines[-1]
    assert any("ruff check" in line for line in lines)
    assert any("tools.typecheck" in line for line in lines)


@pytest.mark.slow
def test_quick_compiles_nothing(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-n0", "--quick"]
    done = subprocess.run(  # noqa: S603
        [*command, "tests/numerics/test_normal.py"],
        cwd=ROOT,
        env=os.environ | {"NUMBA_CACHE_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert re.search(r"numerics.normal.\w+ is not compiled: make compiled", done.stdout)
    assert all(path.name.startswith("sources-") for path in tmp_path.rglob("*.code")), "parsed sources are no kernel"


def test_hooks_of_pre_commit_are_targets_and_pinned() -> None:
    text = (ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8")
    called = re.findall(r"entry: make --silent (\w+)", text)
    assert {"lint", "types"} <= set(called)
    assert all(re.search(rf"^{name}:", MAKEFILE, re.MULTILINE) for name in called)
    assert text.count("repo: https:") == len(re.findall(r"^    rev: v\d+\.\d+\.\d+$", text, re.MULTILINE))
