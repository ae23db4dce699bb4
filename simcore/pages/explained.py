"""The words of an answer and what they mean, at the end of its page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simcore.answers.answer import answer_of
from simcore.glossary.lookup import look_up
from simcore.pages.markup import Markup, element, prose

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from simcore.results.header import StudyHeader


def explained(documents: Sequence[StudyHeader]) -> Markup:
    """Return what the words of the answers mean, as `simcore explain` says it."""
    return words_of(word for document in documents for word in answer_of(document).words)


def words_of(names: Iterable[str]) -> Markup:
    """Return a section with a list of words of the glossary, each once; nothing where there are none.

    Examples
    --------
    >>> words_of(["digest", "digests"]).count("<dt>"), words_of([])
    (1, '')
    """
    words = dict.fromkeys(word for name in names for word in look_up(name).words)
    listed = [part for word in words for part in (element("dt", word.name), element("dd", prose(word.meaning)))]
    if not listed:
        return Markup("")
    return element("section", element("h2", "Words"), element("dl", *listed), id="words")
