"""What words and keys mean, as a screen: one or some, or the list of all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Group
from rich.padding import Padding

from simcore.cli.screens.layout import FAINT, heading, listing, spaced
from simcore.cli.tables import Paragraph
from simcore.glossary.keys import keys
from simcore.glossary.lookup import parts_of
from simcore.glossary.words import THEMES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rich.console import RenderableType

    from simcore.glossary.keys import Key
    from simcore.glossary.lookup import Found
    from simcore.glossary.word import Word

_INDENT = (0, 0, 0, 2)
_WHOLE = 2
"""Most keys that are shown with the keys below them."""
_HOW = "simcore explain team lists the keys of a part; simcore explain team.reps, or only its end, explains a key."


def explained(found: Iterable[Found]) -> Group:
    """Return words and keys with what they mean, each once; keys that mean the same under one another."""
    entries = list(found)
    words = list(dict.fromkeys(word for each in entries for word in each.words))
    alike: dict[tuple[str, ...], list[Key]] = {}
    for key in dict.fromkeys(key for each in entries for key in each.keys):
        alike.setdefault(key[1:], []).append(key)
    whole = len(alike) <= _WHOLE
    return Group(*spaced([*map(_word, words), *(_same(keys, whole=whole) for keys in alike.values())]))


def _word(word: Word) -> Group:
    also = f" (also: {', '.join(word.also)})" if word.also else ""
    return Group(
        Paragraph(f"{word.name}{also}", style="bold"), _indented(word.meaning), _indented(f"docs/{word.page}", FAINT)
    )


def _same(same: Sequence[Key], *, whole: bool) -> Group:
    """Return keys that mean the same; with the keys below, if ``whole``."""
    key = same[0]
    parts: list[RenderableType] = [Paragraph(each.path, style="bold", hard=True) for each in same]
    parts.append(_indented(key.meaning))
    facts = [("unit", key.unit), ("allowed", key.range), ("default", key.default)]
    parts.append(Padding(listing([fact for fact in facts if fact[1]]), _INDENT, expand=False))
    below = [each for each in parts_of(key) if each.parts[-1] != "source"] if whole else []
    if below:
        rows = [(each.path.removeprefix(f"{key.path}."), each.meaning) for each in below]
        parts += [_indented("Its keys:", FAINT), Padding(listing(rows), _INDENT, expand=False)]
    return Group(*parts, _indented(f"docs/{key.page}", FAINT))


def _indented(text: str, style: str = "") -> Padding:
    return Padding(Paragraph(text, style=style, hard=True), _INDENT, expand=False)


def all_words() -> Group:
    """Return the names of all words by theme, and the parts of the scenario format."""
    parts = [_listed(theme, [word.name for word in words]) for theme, words in THEMES.items()]
    top = _listed("Keys of a scenario", [key.path for key in keys() if "." not in key.path])
    return Group(*spaced([*parts, top, Paragraph(_HOW, style=FAINT)]))


def _listed(title: str, names: Sequence[str]) -> Group:
    return Group(heading(title), _indented(", ".join(names)))
