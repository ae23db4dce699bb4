"""Markdown that is written by programs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def table(header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """Return a table; cells are Markdown.

    Examples
    --------
    >>> print(table(("key", "meaning"), [("`reps`", "seats")]), end="")
    | key | meaning |
    | --- | --- |
    | `reps` | seats |
    """
    lines = [header, tuple("---" for _ in header), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def prose(text: str) -> str:
    r"""Return words of a docstring or a help text as Markdown: double backticks become single ones, signs are escaped.

    Examples
    --------
    >>> print(prose("``a|b`` holds <= *all* of a|b"))
    `a\|b` holds \<= \*all\* of a\|b
    """
    pieces = re.split(r"(``.+?``|`.+?`)", " ".join(text.split()))
    for place, piece in enumerate(pieces):
        code = place % 2 == 1
        plain = f"`{piece.strip('`')}`" if code else re.sub(r"([*<\[\]])", r"\\\1", piece)
        pieces[place] = plain.replace("|", r"\|")
    return "".join(pieces)


def anchor(title: str) -> str:
    """Return the anchor of a heading, as GitHub makes it.

    Examples
    --------
    >>> anchor("What `run` prints")
    'what-run-prints'
    """
    return re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")
