"""The documentation says what the program does: generated blocks, links, examples and commands."""

from __future__ import annotations

import ast
import doctest
import importlib
import re
from functools import cache
from pathlib import Path

import pytest
import typer

from simcore.cli.main import app
from simcore.scenario_files.scenario_file import parse_scenario
from simcore.schema import SCHEMAS, schema_text
from tests.support.pages import FENCE, LINK, PAGES, every_page, fences, page_id, quoted_words
from tools.compared import remember, was_right
from tools.docs import BENCHMARKS, BLOCK, BLOCKS, COMMANDS, speed
from tools.markdown import anchor
from tools.packages import ROOT
from tools.walk import PAGES as WALKED

GROUPS = ("bench", "data")
"""Commands that have commands of their own."""
LIKE_OTHERS = {f"breakeven-{name}" for name in ("hard-sell", "hockey-stick", "pacing-bonus", "tampering")}
"""Blocks that take seven processor seconds and more, and print what another block of the same command does."""
OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]*")


@cache
def anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as GitHub makes them."""
    text = FENCE.sub("", page.read_text(encoding="utf-8"))
    titles = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {anchor(title) for title in titles}


BLOCKS_IN_PAGES = [
    pytest.param(
        page,
        block["name"],
        block["text"],
        id=f"{page_id(page)}-{block['name']}",
        marks=[
            *([pytest.mark.slow] if block["name"] in COMMANDS else []),
            *([pytest.mark.long] if block["name"] in LIKE_OTHERS else []),
        ],
    )
    for page in PAGES
    for block in BLOCK.finditer(page.read_text(encoding="utf-8"))
    if block["name"] != "speed"
]


@pytest.mark.parametrize(("page", "name", "text"), BLOCKS_IN_PAGES)
def test_generated_blocks_are_up_to_date(page: Path, name: str, text: str) -> None:
    if name in COMMANDS and was_right(name, text):
        pytest.skip("was right, and nothing that it shows has changed since; DOCS=all compares it again")
    assert text == BLOCKS[name](), f"{page_id(page)} is out of date: run `make docs`"
    if name in COMMANDS:
        remember(name, text)


def test_the_readme_quotes_the_measured_speeds() -> None:
    blocks = {block["name"]: block["text"] for block in BLOCK.finditer((ROOT / "README.md").read_text("utf-8"))}
    assert blocks["speed"] == (speed() if BENCHMARKS.exists() else ""), "run `make docs`"


def test_every_kind_of_block_is_used() -> None:
    used = [block["name"] for page in PAGES for block in BLOCK.finditer(page.read_text(encoding="utf-8"))]
    assert sorted(used) == sorted(BLOCKS)


def test_the_readme_leads_from_the_story_to_the_table() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    (demo,) = (block["text"] for block in BLOCK.finditer(text) if block["name"] == "demo")
    order = ("A seller is hung up", "make demo", "make test", "\n## Seven recipes", "\n## How it is tested")
    places = [text.index(words) for words in (*order, "\n## What it does not do", demo, "\n## Documentation")]
    assert places == sorted(places)
    assert text.index("\n## ") == text.index("\n## Seven recipes")


@pytest.mark.parametrize("name", sorted(SCHEMAS))
def test_the_schemas_are_up_to_date(name: str) -> None:
    kept = (ROOT / "docs" / "schema" / f"{name}.schema.json").read_text(encoding="utf-8")
    assert kept == schema_text(SCHEMAS[name]()), "run `make docs`"


@every_page
def test_links_lead_somewhere(page: Path) -> None:
    for link in LINK.finditer(FENCE.sub("", page.read_text(encoding="utf-8"))):
        target, _, anchor = link["target"].partition("#")
        if target.startswith(("https:", "http:", "mailto:")):
            continue
        path = (page.parent / target).resolve() if target else page
        assert path.exists(), link["target"]
        assert path.is_relative_to(ROOT), link["target"]
        assert not anchor or anchor in anchors(path), link["target"]


@every_page
def test_every_page_is_reached_from_the_readme(page: Path) -> None:
    assert page in linked_from_readme()


@cache
def linked_from_readme() -> set[Path]:
    """Return the pages that somebody finds who starts at the README and follows links."""
    found: set[Path] = set()
    waiting = {ROOT / "README.md", ROOT / "benchmarks" / "README.md", ROOT / "benchmarks" / "notes.md"}
    while waiting:
        page = waiting.pop()
        found.add(page)
        links = LINK.finditer(page.read_text(encoding="utf-8"))
        targets = {(page.parent / link["target"].partition("#")[0]).resolve() for link in links}
        waiting |= {target for target in targets if target.suffix == ".md" and target.exists()} - found
    return found


@every_page
def test_scenarios_in_pages_load(page: Path) -> None:
    """Of pages that are walked through, what reads a file beside it is loaded there, with its file."""
    for text in fences(page, "yaml"):
        if re.search(r"^simcore:", text, re.MULTILINE) and not (page in WALKED and ".csv" in text):
            assert parse_scenario(text).name


def test_pages_hold_a_scenario() -> None:
    assert any("simcore: 1" in text for text in fences(ROOT / "docs" / "scenario-format.md", "yaml"))


@pytest.mark.slow
@every_page
def test_examples_in_pages_run(page: Path) -> None:
    for text in fences(page, "python"):
        if ">>>" in text:
            example = doctest.DocTestParser().get_doctest(text, {}, page_id(page), str(page), 0)
            results = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(example)
            assert results.attempted > 0
            assert results.failed == 0
        else:
            assert_own_names_exist(text)


def assert_own_names_exist(text: str) -> None:
    """Check an excerpt that cannot be run: it must compile, and what it imports of simcore must exist."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == "simcore":
            module = importlib.import_module(node.module or "")
            assert all(hasattr(module, alias.name) for alias in node.names), ast.unparse(node)


def test_python_has_an_example_that_runs() -> None:
    assert any(">>> import simcore" in text for text in fences(ROOT / "docs" / "python.md", "python"))


@every_page
def test_quoted_commands_exist(page: Path) -> None:
    targets = re.findall(r"^([a-z0-9-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    for line in quoted_lines(page):
        words = line.split()
        if words[:1] == ["make"] and len(words) > 1:
            assert words[1] in targets, line
        if words[:1] == ["simcore"] and len(words) > 1 and not words[1].startswith("-"):
            command = " ".join(words[1:3]) if words[1] in GROUPS else words[1]
            assert command in options(), line
            assert set(OPTION.findall(line)) <= options()[command], line


def quoted_lines(page: Path) -> list[str]:
    """Return the lines of a page's shell excerpts, without comments, and its quoted words."""
    shell = "\n".join(fences(page, "", "sh")).replace(" \\\n", "").splitlines()
    return [line.partition(" #")[0] for line in [*shell, *quoted_words(page)]]


def test_quoted_commands_are_found() -> None:
    lines = [line for name in ("README.md", "docs/tutorial.md") for line in quoted_lines(ROOT / name)]
    assert "make demo" in [line.strip() for line in lines]
    assert sum(line.startswith("simcore run ") for line in lines) >= 2


@cache
def options() -> dict[str, set[str]]:
    """Return the options of every command."""
    commands = dict(typer.main.get_group(app).commands)
    for group in GROUPS:
        inside = getattr(commands[group], "commands", {})
        commands |= {f"{group} {name}": command for name, command in inside.items()}
    return {
        name: {text for parameter in command.params for text in parameter.opts if text.startswith("--")}
        for name, command in commands.items()
    }


def test_options_are_found() -> None:
    assert {"--set", "--seed", "--threads", "--out", "--detail", "--json", "--quiet"} <= options()["run"]
