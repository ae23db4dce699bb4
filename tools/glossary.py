"""The page of the glossary: every word with its meaning, and every key of the scenario format."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simcore.glossary.keys import keys
from simcore.glossary.words import THEMES
from tools.markdown import prose, table
from tools.packages import ROOT

if TYPE_CHECKING:
    from simcore.glossary.word import Word


def words() -> str:
    """Return a section for each theme with its words, a paragraph each."""
    return "\n" + "".join(f"### {theme}\n\n{''.join(map(_word, them))}" for theme, them in THEMES.items())


def _word(word: Word) -> str:
    also = f" (also: {prose(', '.join(word.also))})" if word.also else ""
    return f"**{prose(word.name)}**{also}: {prose(word.meaning)} [{_title(word.page)}]({word.page})\n\n"


def _title(page: str) -> str:
    """Return the title of a page, which its links have."""
    text = (ROOT / "docs" / page.partition("#")[0]).read_text(encoding="utf-8")
    return text.splitlines()[0].removeprefix("# ")


def every_key() -> str:
    """Return a row for every key of the scenario format but sources, which say the same everywhere."""
    rows = (
        (f"`{key.path}`", prose(key.meaning), key.unit, key.range, key.default)
        for key in keys()
        if key.parts[-1] != "source"
    )
    return f"\n{table(('key', 'meaning', 'unit', 'range', 'default'), rows)}\n"
