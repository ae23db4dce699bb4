"""Finds the words and keys that a text names, as people type it: in any case, in the plural, by an alias or a tail."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from simcore.base.text import did_you_mean
from simcore.glossary.keys import NUMBER, PLACES, Key, keys
from simcore.glossary.word import Word
from simcore.glossary.words import WORDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_LONGEST = 200
"""Characters of a text that is looked up."""
_QUANTILE = re.compile(r"q\d\d")


class Found(NamedTuple):
    """What a text names."""

    words: tuple[Word, ...] = ()
    keys: tuple[Key, ...] = ()

    def __bool__(self) -> bool:
        """Return whether it names anything."""
        return bool(self.words or self.keys)


def look_up(text: str) -> Found:
    """Return the words and keys that a text names; none where it names nothing.

    A text is a word or another name of it, a metric with its period, techniques joined by ``+``, or the path of a key:
    whole, with the names of a scenario in it, or its end.

    Examples
    --------
    >>> [word.name for word in look_up("Standard errors").words], [key.path for key in look_up("rate.mean").keys]
    (['standard error'], ['funnel.STAGE.rate.mean'])
    >>> [key.path for key in look_up("funnel.talks.rate.rep_cv").keys], bool(look_up("no such thing"))
    (['funnel.STAGE.rate.rep_cv'], False)
    """
    if len(text) > _LONGEST:
        return Found()
    found = Found(_words(text), _keys(text))
    if found or "+" not in text:
        return found
    parts = [look_up(part) for part in text.split("+")]
    if not all(parts):
        return Found()
    return Found(
        tuple(word for part in parts for word in part.words), tuple(key for part in parts for key in part.keys)
    )


def hint(text: str) -> str | None:
    """Return what was probably meant by a text that names nothing, as "did you mean ...?"; ``None`` if that is unclear.

    Examples
    --------
    >>> hint("replicatoin"), hint("team.rps")
    ('did you mean replication?', 'did you mean team.reps?')
    """
    if "." in text:
        return did_you_mean(text, [key.path for key in keys()])
    tails = [key.parts[-1] for key in keys()]
    return did_you_mean(text, [*(name for word in WORDS for name in (word.name, *word.also)), *tails])


def _words(text: str) -> tuple[Word, ...]:
    name = text.partition(":")[0]
    asked = "quantile" if _QUANTILE.fullmatch(name.strip().lower()) else name
    exact = tuple(word for word in WORDS if _plain(asked) in map(_plain, (word.name, *word.also)))
    one = _singular(_plain(asked))
    return exact or tuple(
        word for word in WORDS if one in (_singular(_plain(each)) for each in (word.name, *word.also))
    )


def _plain(text: str) -> str:
    """Return a text without what people type in one way or another."""
    return re.sub(r"[-_\s]+", "", text.lower().replace("+-", "±"))


def _singular(text: str) -> str:
    """Return a text without the ending of an English plural; others may lose an ``s``, which harms no comparison."""
    for ending, one in (("ies", "y"), ("sses", "ss"), ("ss", "ss"), ("s", "")):
        if text.endswith(ending) and len(text) > len(ending) + 1:
            return text.removesuffix(ending) + one
    return text


def _keys(text: str) -> tuple[Key, ...]:
    parts = [part.strip().lower() for part in text.split(".")]
    if not all(parts):
        return ()
    whole = [key for key in keys() if len(key.parts) == len(parts) and _fits(key.parts, parts)]
    found = whole or [key for key in keys() if _ends(key, parts)]
    if not found:
        one = [*parts[:-1], _singular(parts[-1])]
        found = [key for key in keys() if _ends(key, one, singular=True)]
    if not found:
        found = [key for key in keys() if len(key.parts) == len(parts) + 1 and _fits(key.parts[:-1], parts)]
    # A key of its own counts more than one that any name fits.
    most = max((_literal(key, len(parts)) for key in found), default=0)
    return tuple(key for key in found if _literal(key, len(parts)) == most)


def _fits(names: Sequence[str], parts: Sequence[str]) -> bool:
    return all(
        (name in PLACES and (name != NUMBER or part == "n" or part.isdecimal()))
        or name == part.replace("-", "_").replace(" ", "_")
        for name, part in zip(names, parts, strict=True)
    )


def _ends(key: Key, parts: Sequence[str], *, singular: bool = False) -> bool:
    tail = key.parts[-len(parts) :]
    if singular:
        tail = [*tail[:-1], _singular(tail[-1])]
    return len(tail) == len(parts) and tail[-1] not in PLACES and _fits(tail, parts)


def _literal(key: Key, number: int) -> int:
    return sum(name not in PLACES for name in key.parts[-number:])


def parts_of(key: Key) -> tuple[Key, ...]:
    """Return the keys right below a key, without those of entries of a list or of names.

    Examples
    --------
    >>> [key.path for key in parts_of(look_up("team").keys[0])]
    ['team.reps', 'team.new', 'team.ramp', 'team.turnover', 'team.people']
    """
    return tuple(_below(key))


def _below(key: Key) -> Iterator[Key]:
    for each in keys():
        rest = each.path.removeprefix(f"{key.path}.")
        names = rest.split(".")
        if rest != each.path and (len(names) == 1 or (len(names) == 2 and names[0] in PLACES)):
            yield each
