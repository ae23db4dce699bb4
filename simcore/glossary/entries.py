"""The glossary as plain data, for ``simcore explain --json``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simcore.glossary.keys import Key, keys
from simcore.glossary.words import THEMES, WORDS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from simcore.glossary.lookup import Found
    from simcore.glossary.word import Word

Entry = dict[str, object]


def entries_of(found: Iterable[Found]) -> list[Entry]:
    """Return what was found, each word and key once."""
    several = list(found)
    words = dict.fromkeys(word for each in several for word in each.words)
    return [*map(_word, words), *map(_key, dict.fromkeys(key for each in several for key in each.keys))]


def every_entry() -> list[Entry]:
    """Return all words and all keys.

    Examples
    --------
    >>> every_entry()[0]["name"], every_entry()[-1]["path"]
    ('seat', 'run.strategy')
    """
    return [*map(_word, WORDS), *map(_key, keys())]


def _word(word: Word) -> Entry:
    theme = next(theme for theme, words in THEMES.items() if word in words)
    return {
        "kind": "word",
        "name": word.name,
        "theme": theme,
        "also": list(word.also),
        "meaning": word.meaning,
        "page": f"docs/{word.page}",
    }


def _key(key: Key) -> Entry:
    return {"kind": "key", **key._asdict(), "page": f"docs/{key.page}"}
