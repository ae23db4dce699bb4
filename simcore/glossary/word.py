"""What an entry of the glossary is."""

from __future__ import annotations

from typing import NamedTuple


class Word(NamedTuple):
    """A word that a user meets, and what it means."""

    name: str
    meaning: str
    """A few plain sentences; in backticks what is typed."""
    page: str
    """Where in docs/ to read more: a page, and mostly an anchor."""
    also: tuple[str, ...] = ()
    """Other names of it."""
