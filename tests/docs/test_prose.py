"""Pages can be read in a terminal and in a diff, and what they call by a name of the sources is there."""

from __future__ import annotations

import pkgutil
import re
from functools import cache
from pathlib import Path

import pytest

from tests.support.pages import LINK, every_page, fences, quoted_words
from tools.docs import BLOCK
from tools.packages import ROOT

WIDTH = 120
BETWEEN_MARKERS = re.compile(r"^<!-- begin: .*?^<!-- end: [^\n]*$", re.MULTILINE | re.DOTALL)
FOLDERS = ("simcore", "cli", "scenarios", "tests", "tools", "benchmarks", "docs", "requirements", ".ci")
SNAKE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)+")
DOTTED = re.compile(r"simcore(\.\w+)+")


def too_long(text: str) -> list[str]:
    """Return the lines of a page that are too long; tables and generated blocks may be, and a link cannot be broken."""
    prose = BETWEEN_MARKERS.sub("", BLOCK.sub("", text))
    wide = [line for line in prose.splitlines() if len(line) > WIDTH and not line.lstrip().startswith("|")]
    return [line for line in wide if len(LINK.sub("", line)) > WIDTH or not LINK.fullmatch(line.strip())]


@every_page
def test_lines_have_at_most_120_characters(page: Path) -> None:
    assert too_long(page.read_text(encoding="utf-8")) == []


@every_page
def test_commands_have_at_most_120_characters(page: Path) -> None:
    lines = "\n".join(fences(page, "sh")).splitlines()
    assert [line for line in lines if len(line) > WIDTH] == []


def test_long_lines_are_found() -> None:
    long = "word " * 30
    assert too_long(f"short\n{long}\n") == [long]
    assert too_long(f"| {long} |\n<!-- generated: demo -->\n{long}\n<!-- end -->\n[a]({'x' * 130})\n") == []


@cache
def words_of_sources() -> frozenset[str]:
    """Return every word of the sources, scenarios and settings."""
    places = [path for folder in ("simcore", "cli", "tools", "benchmarks") for path in (ROOT / folder).rglob("*.py")]
    places += [*(ROOT / "scenarios").glob("*.yaml"), ROOT / "pyproject.toml", ROOT / "Makefile"]
    return frozenset(word for path in places for word in re.findall(r"\w+", path.read_text(encoding="utf-8")))


@cache
def strings_of_sources() -> str:
    """Return all sources of simcore in one text."""
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "simcore").rglob("*.py")))


def exists(quoted: str, folder: Path) -> bool:
    """Tell whether something in backticks that looks like a name of the sources names something that is there."""
    path = quoted.rstrip("/").replace("NAME", "*")
    if path.endswith(".py") and "/" not in path:
        return (
            (folder / path).exists()
            or (ROOT / path).exists()
            or any(any((ROOT / place).rglob(path)) for place in FOLDERS)
        )
    if path.endswith(".py") or ("/" in quoted and path.split("/")[0] in FOLDERS):
        return any(any(place.glob(path)) for place in (ROOT, folder))
    if DOTTED.fullmatch(quoted):
        return resolves(quoted) or re.search(rf'"{re.escape(quoted)}"', strings_of_sources()) is not None
    return not SNAKE.fullmatch(quoted) or quoted in words_of_sources()


def resolves(name: str) -> bool:
    """Tell whether a dotted name is a module, or something in one."""
    try:
        pkgutil.resolve_name(name)
    except (ImportError, AttributeError):
        return False
    return True


@every_page
def test_names_of_the_sources_exist(page: Path) -> None:
    assert [quoted for quoted in quoted_words(page) if not exists(quoted, page.parent)] == []


@pytest.mark.parametrize(
    "gone",
    ["yaml_words", "cli/layout_of_old.py", "tests/nothing/", "simcore.scenario_parts", "nothing.py", "kernels/x.py"],
)
def test_names_that_are_not_there_are_found(gone: str) -> None:
    assert not exists(gone, ROOT / "docs")


@pytest.mark.parametrize(
    "there",
    ["tests/test_*.py", "simcore/kernels/", "simcore.kernels.caps", "simcore.load_scenario", "calls_per_week"],
)
def test_names_that_are_there_are_found(there: str) -> None:
    assert exists(there, ROOT / "docs")
