"""Tables of a page: names to the left, numbers to the right, each number with its exact value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simcore.charts.picture import Number
from simcore.pages.markup import Markup, element

if TYPE_CHECKING:
    from simcore.charts.picture import Cell, Table


def table_of(table: Table, caption: str) -> Markup:
    """Return a table that scrolls by itself where it is too wide, by keyboard, too."""
    head = element("tr", *(_heading(name, table.left > place) for place, name in enumerate(table.headings)))
    body = [element("tr", *(_cell(cell, place, table.left) for place, cell in enumerate(row))) for row in table.rows]
    whole = element("table", element("caption", caption), element("thead", head), element("tbody", *body))
    return element("div", whole, class_="scroll", tabindex="0", role="region", aria_label=caption)


def _heading(name: str, left: bool) -> Markup:
    return element("th", name, scope="col", class_="left" if left else None)


def _cell(cell: Cell, place: int, left: int) -> Markup:
    parts = [_part(part) for part in cell]
    if place >= left:
        return element("td", *parts)
    return element("th", *parts, scope="row", class_="left") if place == 0 else element("td", *parts, class_="left")


def _part(part: str | Number) -> str | Markup:
    """Return a number with its value as it is in the document; words as they are."""
    if isinstance(part, Number):
        return element("data", part.text, value=repr(part.value))
    return Markup("\u00a0\u00b1\u00a0") if part == " \u00b1 " else Markup(" to ") if part == " to " else part
