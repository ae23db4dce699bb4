"""The pages of the documentation and their content: code, quoted words, generated blocks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tools.docs import pages
from tools.packages import ROOT

if TYPE_CHECKING:
    from pathlib import Path

PAGES = pages()
FENCE = re.compile(r"^```(?P<language>[a-z]*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[[^\]]*\]\((?P<target>[^)\s]+)\)")
INLINE = re.compile(r"`(?P<text>[^`\n]+)`")


def page_id(path: Path) -> str:
    """Return the path of a page within the repository."""
    return path.relative_to(ROOT).as_posix()


every_page = pytest.mark.parametrize("page", PAGES, ids=page_id)


def fences(page: Path, *languages: str) -> list[str]:
    """Return the blocks of code of a page in one of the languages."""
    found = FENCE.finditer(page.read_text(encoding="utf-8"))
    return [fence["text"] for fence in found if fence["language"] in languages]


def quoted_words(page: Path) -> list[str]:
    """Return the texts in backticks on a page, outside its blocks of code."""
    return [match["text"] for match in INLINE.finditer(FENCE.sub("", page.read_text(encoding="utf-8")))]
