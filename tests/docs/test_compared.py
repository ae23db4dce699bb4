"""A block of the documentation is made again when something that it shows can have changed, and only then."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tools import compared
from tools.packages import ROOT

if TYPE_CHECKING:
    from pathlib import Path

TREE = {
    "simcore/base/money.py": '"""Money."""\n\nCENTS = 100\n',
    "cli/main.py": '"""Run."""\n\n\ndef main() -> None:\n    """Run a command."""\n    print(1)\n',
    "tools/docs.py": 'BLOCKS = ["run"]\n',
    "scenarios/team.yaml": "simcore: 1\n",
}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Return a small source tree."""
    for name, text in TREE.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("simcore/base/money.py", "100", "1000"),
        ("cli/main.py", "print(1)", "print(2)"),
        ("tools/docs.py", "run", "plan"),
        ("scenarios/team.yaml", "1", "1  # new"),
    ],
)
def test_a_change_of_an_input_changes_the_digest(tree: Path, name: str, old: str, new: str) -> None:
    before = compared.digest(tree)
    text = (tree / name).read_text(encoding="utf-8")
    (tree / name).write_text(text.replace(old, new), encoding="utf-8")
    assert compared.digest(tree) != before
    (tree / name).write_text(text, encoding="utf-8")
    assert compared.digest(tree) == before


def test_a_new_file_a_moved_one_and_a_new_library_change_the_digest(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = {compared.digest(tree)}
    (tree / "simcore" / "base" / "text.py").write_text("", encoding="utf-8")
    found.add(compared.digest(tree))
    (tree / "simcore" / "base" / "text.py").rename(tree / "simcore" / "text.py")
    found.add(compared.digest(tree))
    monkeypatch.setattr(compared, "installed", lambda: ("numpy 9.9",))
    found.add(compared.digest(tree))
    assert len(found) == 4


def test_a_comment_or_a_docstring_changes_nothing(tree: Path) -> None:
    before = compared.digest(tree)
    path = tree / "cli" / "main.py"
    text = path.read_text(encoding="utf-8").replace("Run a command.", "Run one command.")
    path.write_text(f"# A comment.\n\n{text}", encoding="utf-8")
    assert compared.digest(tree) == before


def test_the_digest_reads_the_sources() -> None:
    found = {path for name in compared.CODE for path in compared.files(ROOT / name, "*.py")}
    assert len(found) > 150
    assert {ROOT / "simcore" / "__init__.py", ROOT / "tools" / "docs.py"} <= found
    assert any("numba" in text for text in compared.installed())


def test_a_block_is_remembered_until_its_text_or_an_input_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.delenv("DOCS", raising=False)
    monkeypatch.setattr(compared, "_tree", lambda: "before")
    assert not compared.was_right("plan", "text", tmp_path)
    compared.remember("plan", "text", tmp_path)
    assert compared.was_right("plan", "text", tmp_path)
    assert not compared.was_right("plan", "another", tmp_path)
    assert not compared.was_right("luck", "text", tmp_path)
    monkeypatch.setattr(compared, "_tree", lambda: "after a change")
    assert not compared.was_right("plan", "text", tmp_path)


@pytest.mark.parametrize(("variable", "value"), [("CI", "true"), ("DOCS", "all")])
def test_continuous_integration_makes_all_blocks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setattr(compared, "_tree", lambda: "the same")
    compared.remember("plan", "text", tmp_path)
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.delenv("DOCS", raising=False)
    assert compared.was_right("plan", "text", tmp_path)
    monkeypatch.setenv(variable, value)
    assert not compared.was_right("plan", "text", tmp_path)
