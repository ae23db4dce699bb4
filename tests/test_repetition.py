"""No six lines of code are written twice, and in a package a name means one thing."""

from __future__ import annotations

import ast
import io
import tokenize
from collections import defaultdict
from functools import cache
from typing import NamedTuple

import pytest

from tools.packages import PACKAGES, ROOT, modules, package_of

LINES = 6
"""So many lines of code in a row, written twice, are too many."""

WRITTEN_TWICE = {
    ("simcore/numerics/gamma_beta.py", "simcore/numerics/gamma_beta.py"): "the steps of two continued fractions",
}
"""What is left; this list may only shrink, or say of an entry why it must stay."""

WORDS = {tokenize.NAME, tokenize.NUMBER, tokenize.STRING, getattr(tokenize, "FSTRING_MIDDLE", tokenize.STRING)}


class Line(NamedTuple):
    """A line of code, its words and signs one space apart."""

    file: str
    number: int
    text: str


def code_of(file: str, source: str) -> list[Line]:
    """Return the lines of code of a module, those left out that say nothing or that every module has to say anew.

    These are comments, docstrings, imports, the parameters of functions, and lines of brackets alone.
    """
    tree = ast.parse(source)
    left_out = {line for node in ast.walk(tree) for line in lines_left_out(node)}
    tokens: dict[int, list[tokenize.TokenInfo]] = defaultdict(list)
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type in {*WORDS, tokenize.OP} and token.start[0] not in left_out:
            tokens[token.start[0]].append(token)
    return [
        Line(file, number, " ".join(token.string for token in found))
        for number, found in sorted(tokens.items())
        if any(token.type in WORDS for token in found)
    ]


def lines_left_out(node: ast.AST) -> range:
    """Return the lines of a node that do not count."""
    if isinstance(node, ast.Import | ast.ImportFrom) or (isinstance(node, ast.Expr) and is_text(node.value)):
        return range(node.lineno, (node.end_lineno or node.lineno) + 1)
    if isinstance(node, ast.FunctionDef):
        given = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
        return range(given[0].lineno, node.body[0].lineno) if given else range(0)
    return range(0)


def is_text(value: ast.expr) -> bool:
    """Tell whether an expression that stands alone is a docstring."""
    return isinstance(value, ast.Constant) and isinstance(value.value, str)


def written_twice(sources: dict[str, str]) -> dict[tuple[str, str], list[tuple[int, int]]]:
    """Return for every two files the lines at which something starts that stands in both, or twice in one."""
    seen: dict[tuple[str, ...], list[Line]] = defaultdict(list)
    for file, source in sources.items():
        lines = code_of(file, source)
        for start in range(len(lines) - LINES + 1):
            seen[tuple(line.text for line in lines[start : start + LINES])].append(lines[start])
    found: dict[tuple[str, str], list[tuple[int, int]]] = defaultdict(list)
    for places in seen.values():
        for index, first in enumerate(places):
            for second in places[index + 1 :]:
                found[first.file, second.file].append((first.number, second.number))
    return dict(found)


def test_no_six_lines_are_written_twice() -> None:
    files = sorted(path for folder in ("simcore", "cli") for path in (ROOT / folder).rglob("*.py"))
    found = written_twice({path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in files})
    assert {pair: lines for pair, lines in found.items() if pair not in WRITTEN_TWICE} == {}
    assert set(WRITTEN_TWICE) <= set(found), "remove from WRITTEN_TWICE what is written once now"


ONCE = """
def first(rows: list[int]) -> int:
    total = 0
    for row in rows:
        if row > 0:
            total += row
    total *= 2
    return total
"""


def test_lines_that_are_written_twice_are_found() -> None:
    other = ONCE.replace("def first", "def second").replace("total = 0", "total  =  0  # a comment")
    assert written_twice({"a.py": ONCE, "b.py": f"\n\n{other}"}) == {("a.py", "b.py"): [(3, 5)]}
    assert written_twice({"a.py": ONCE + other}) == {("a.py", "a.py"): [(3, 11)]}


@pytest.mark.parametrize(("old", "new"), [("+= row", "-= row"), ("    total *= 2\n", ""), ("total = 0", '"""Text."""')])
def test_lines_that_differ_are_not_found(old: str, new: str) -> None:
    assert written_twice({"a.py": ONCE, "b.py": ONCE.replace(old, new)}) == {}


@cache
def public_names(source: str) -> frozenset[str]:
    """Return the public functions and classes that a module defines."""
    body = ast.parse(source).body
    defined = [node.name for node in body if isinstance(node, ast.FunctionDef | ast.ClassDef)]
    return frozenset(name for name in defined if not name.startswith("_"))


def named_twice(package: str) -> set[str]:
    """Return the public names of a package that more than one of its modules defines."""
    seen: set[str] = set()
    found: set[str] = set()
    for name, path in modules().items():
        if package_of(name) == package:
            names = public_names(path.read_text(encoding="utf-8"))
            found |= names & seen
            seen |= names
    return found


@pytest.mark.parametrize("package", PACKAGES)
def test_in_a_package_a_name_means_one_thing(package: str) -> None:
    assert named_twice(package) == set()


def test_public_names_are_found() -> None:
    assert public_names("class Plan: ...\ndef _hidden() -> None: ...\ndef plan() -> None: ...\n") == {"Plan", "plan"}
