"""Makes untrusted text safe to display: without control and bidirectional characters."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_JOINERS = "\u200c\u200d"
"""Format characters that some scripts and emoji need and that do not reorder text."""


def printable(text: str) -> str:
    r"""Return the text on one line, without control, bidirectional and other invisible characters.

    Runs of white space become one space. The result may still look like markup: print it as plain text.

    Examples
    --------
    >>> printable("Trust\x1b[31m the\n process\u202e")
    'Trust[31m the process'
    """
    kept = []
    for character in text:
        if character.isspace():
            kept.append(" ")
        elif unicodedata.category(character) not in {"Cc", "Cf", "Cs"} or character in _JOINERS:
            kept.append(character)
    return " ".join("".join(kept).split())


def brief(text: str, limit: int = 60) -> str:
    """Return the `printable` text, cut to `limit` characters."""
    text = printable(text[: 4 * limit])
    return text if len(text) <= limit else text[: limit - 3] + "..."


def shorten(value: object, *, quote: bool = True) -> str:
    """Return an offending value for an error message: short, on one line and without control characters."""
    if isinstance(value, Mapping):
        return "a mapping"
    if isinstance(value, list | tuple):
        return "a list"
    if isinstance(value, bool):
        return str(value).lower()
    text = brief(str(value))
    return f'"{text}"' if quote and isinstance(value, str) else text


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word closest to `word`, or ``None`` if none is close or `word` is very long.

    Examples
    --------
    >>> nearest("meetngs", ["calls", "meetings", "wins"])
    'meetings'
    """
    if len(word) > 100:
        return None
    lowered = {name.lower(): name for name in known}
    found = difflib.get_close_matches(word.lower(), lowered, n=1, cutoff=0.6)
    return lowered[found[0]] if found else None


def did_you_mean(word: str, known: Iterable[str]) -> str | None:
    """Return a hint for a misspelt word, or ``None`` if no known word is close.

    Examples
    --------
    >>> did_you_mean("rte", ["stage", "rate", "lag"])
    'did you mean rate?'
    """
    found = nearest(word, known)
    return None if found is None else f"did you mean {found}?"
