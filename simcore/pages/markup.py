"""HTML as text: elements whose content is escaped, so that no name in a scenario is ever read as markup."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING

from simcore.base.text import printable

if TYPE_CHECKING:
    from collections.abc import Iterable

_CODE = re.compile("`([^`]+)`")


class Markup(str):
    """Text that is HTML already; any other text is escaped."""

    __slots__ = ()


def element(tag: str, *children: str | Markup, **attributes: str | bool | None) -> Markup:
    """Return an element.

    Parameters
    ----------
    children
        Text is escaped and made printable, `Markup` stands as it is.
    attributes
        ``class_`` and ``for_`` lose their underscore, others have a dash for it; true stands alone, false and ``None``
        are left out.

    Examples
    --------
    >>> element("p", "a < b", class_="note", hidden=True)
    '<p class="note" hidden>a &lt; b</p>'
    """
    named = "".join(_attribute(name, value) for name, value in attributes.items())
    return Markup(f"<{tag}{named}>{''.join(map(text, children))}</{tag}>")


def text(part: str | Markup) -> Markup:
    """Return a text escaped, on one line and without characters that reorder it; markup as it is."""
    return part if isinstance(part, Markup) else Markup(escape(printable(part)))


def prose(part: str) -> Markup:
    """Return a text escaped, with what stands between backticks set as code.

    Examples
    --------
    >>> prose("see `simcore check` & <all>")
    'see <code>simcore check</code> &amp; &lt;all&gt;'
    """
    return Markup(_CODE.sub(r"<code>\1</code>", text(part)))


def lines(part: str) -> Markup:
    """Return a text of several lines escaped, without characters that reorder it."""
    return Markup("\n".join(escape(_kept(line)) for line in part.splitlines()))


def _kept(line: str) -> str:
    indent = line[: len(line) - len(line.lstrip(" "))]
    return indent + printable(line)


def joined(parts: Iterable[Markup]) -> Markup:
    """Return markup one after the other, each on its line."""
    return Markup("\n".join(part for part in parts if part))


def _attribute(name: str, value: str | bool | None) -> str:
    if value is None or value is False:
        return ""
    shown = name.removesuffix("_").replace("_", "-")
    return f" {shown}" if value is True else f' {shown}="{escape(printable(value), quote=True)}"'
