"""Text for terminals that know few characters: signs become ASCII, names are spelt out, nothing becomes a ``?``."""

# ruff: noqa: RUF001  (signs that look like others are what this is about)

from __future__ import annotations

import codecs
import re
import unicodedata

from simcore.base.currencies import SIGNS

_SIGNS = {
    "±": "+-",
    "≤": "<=",
    "≥": ">=",
    "≠": "!=",
    "≈": "~",
    "×": "x",
    "÷": "/",
    "−": "-",
    "–": "-",
    "—": "-",
    "‐": "-",
    "‑": "-",
    "─": "-",
    "━": "-",
    "│": "|",
    "┃": "|",
    "…": "...",
    "‘": "'",
    "’": "'",
    "“": '"',
    "”": '"',
    "«": '"',
    "»": '"',
    "•": "*",
    "·": ".",
    "→": "->",
    "←": "<-",
    "\u00a0": " ",
    "\u202f": " ",
    "\u200c": "",
    "\u200d": "",
    "█": "#",
    "▓": "=",
    "▒": "~",
    "░": ".",
    "▏": "",
    "▎": "",
    "▍": "",
    "▌": "#",
    "▋": "#",
    "▊": "#",
    "▉": "#",
}
"""Signs of the tables and charts, and of text that people type. An eighth of a block counts as all of it or nothing."""
_CURRENCIES = {"¢": "c", **{sign: row.code for sign, row in SIGNS.items()}}
"""Signs of currencies, and the code that says the same."""
_WORDS = [sign for sign in SIGNS if len(sign) > 1]
"""Signs of currencies that are words."""
_WORD = re.compile(rf"(?<!\w)({'|'.join(_WORDS)})(?!\w)")
_LETTERS = {
    "ł": "l",
    "Ł": "L",
    "ß": "ss",
    "ẞ": "SS",
    "æ": "ae",
    "Æ": "AE",
    "œ": "oe",
    "Œ": "OE",
    "ø": "o",
    "Ø": "O",
    "đ": "d",
    "Đ": "D",
    "ð": "d",
    "Ð": "D",
    "þ": "th",
    "Þ": "Th",
    "ı": "i",
    "ħ": "h",
    "Ħ": "H",
}
"""Latin letters that have no simpler one inside."""
ERRORS = "simcore.plain"
"""The name under which `codecs` knows how to write what a stream cannot."""


def knows(encoding: str, text: str) -> bool:
    """Return whether all of a text can be written in an encoding.

    Examples
    --------
    >>> knows("latin-1", "±"), knows("ascii", "±")
    (True, False)
    """
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    except LookupError:
        return True  # no encoding of Python's: nothing is known about it
    return True


def spelt(text: str, encoding: str) -> str:
    r"""Return a text with all that an encoding does not know written in what it does.

    Signs become their ASCII form and signs of currencies their code; letters lose what stands above or below them;
    anything else becomes a Python escape. The same text always becomes the same.

    Examples
    --------
    >>> spelt("€100 ± 5", "ascii"), spelt("5 zł, Łódź", "ascii"), spelt("日本 ±", "latin-1")
    ('EUR 100 +- 5', '5 PLN, Lodz', '\\u65e5\\u672c ±')
    """
    if knows(encoding, text):
        return text
    text = _WORD.sub(lambda found: found[0] if knows(encoding, found[0]) else _CURRENCIES[found[0]], text)
    parts = []
    for place, character in enumerate(text):
        parts.append(character if knows(encoding, character) else _one(character, text, place, encoding))
    return "".join(parts)


def _one(character: str, text: str, place: int, encoding: str) -> str:
    """Return how one character at a place of a text is written without it."""
    code = _CURRENCIES.get(character)
    if code is not None:
        before, after = text[place - 1 : place], text[place + 1 : place + 2]
        return (" " if before.isalnum() else "") + code + (" " if after.isalnum() else "")
    known = _SIGNS.get(character, _LETTERS.get(character))
    if known is None:
        simpler = "".join(c for c in unicodedata.normalize("NFKD", character) if not unicodedata.combining(c))
        known = simpler if simpler != character and simpler.isascii() else None
    if known is None:
        known = "" if unicodedata.combining(character) else character.encode("ascii", "backslashreplace").decode()
    return known if knows(encoding, known) else ""


def _write(error: UnicodeError) -> tuple[str, int]:
    """Write what a stream cannot, for `codecs`; see `spelt`."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    parts = [_one(error.object[place], error.object, place, error.encoding) for place in range(error.start, error.end)]
    return "".join(parts), error.end


def register() -> None:
    """Let streams be made with ``errors=ERRORS``."""
    codecs.register_error(ERRORS, _write)
