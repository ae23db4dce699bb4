"""How a document is displayed in a notebook: two lines of text, or a small HTML table."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from html import escape
from typing import TYPE_CHECKING

from simcore.base.text import brief, printable

if TYPE_CHECKING:
    from collections.abc import Iterable

_WIDTH = 160
"""Approximate length of a short text in characters: two lines."""
_ROWS = 40
"""Maximum number of rows of a table."""


def _is_estimate(value: object) -> bool:
    return hasattr(value, "estimate") and hasattr(value, "se")


def _number(value: float | None) -> str:
    if value is None:
        return "none"
    exact = repr(value)
    return exact if len(exact) <= 9 else f"{value:,.6g}"


def in_brief(value: object) -> str:
    """Return a value as a text of less than a line.

    Examples
    --------
    >>> in_brief("process"), in_brief(0.25), in_brief([1, 2, 3]), in_brief({"a": 1})
    ("'process'", '0.25', '[3 entries]', '{1 entry}')
    """
    if isinstance(value, str):
        return repr(brief(value, 40))
    if isinstance(value, bool | int | float) or value is None:
        return _number(value) if isinstance(value, float) else str(value)
    if isinstance(value, list | tuple | Mapping):
        return _many(value)
    if _is_estimate(value):
        estimate, se = getattr(value, "estimate", None), getattr(value, "se", None)
        if estimate is None or se is None:
            return _number(estimate)
        return f"{estimate:,.6g} \u00b1 {float(f'{se:.2g}'):,g}"
    name = getattr(value, "name", None)
    return repr(brief(name, 40)) if isinstance(name, str) else f"{type(value).__name__}(...)"


def _many(value: Collection[object]) -> str:
    """Return a few short texts in full; for any other collection, its number of entries."""
    if not isinstance(value, Mapping) and 0 < len(value) <= 4 and all(isinstance(each, str) for each in value):
        return "[" + ", ".join(repr(brief(str(each), 20)) for each in value) + "]"
    many = f"{len(value)} {'entry' if len(value) == 1 else 'entries'}"
    return f"{{{many}}}" if isinstance(value, Mapping) else f"[{many}]"


def short(name: str, fields: Iterable[tuple[str, object]]) -> str:
    """Return the text of a document: its name and as many of its fields as fit on two lines.

    Examples
    --------
    >>> short("Sweep", [("strategies", ["process"]), ("points", [1, 2])])
    "Sweep(strategies=['process'], points=[2 entries])"
    """
    parts: list[str] = []
    for field, value in fields:
        if field == "version" or field.startswith("simcore"):
            continue
        parts.append(f"{field}={in_brief(value)}")
        if sum(map(len, parts)) + len(name) > _WIDTH - 30:
            parts[-1] = "..."
            break
    return f"{name}({', '.join(parts)})"


def table(name: str, fields: Iterable[tuple[str, object]]) -> str:
    """Return the HTML of a document, one row per field, with all values escaped.

    Examples
    --------
    >>> "&lt;b&gt;" in table("Sweep", [("scenario", "<b>")])
    True
    """
    rows = [
        f"<tr><th style='text-align:left'>{escape(field)}</th>"
        f"<td style='text-align:left'>{escape(printable(in_brief(value)))}</td></tr>"
        for field, value in list(fields)[:_ROWS]
    ]
    return f"<table><caption>{escape(printable(name))}</caption><tbody>{''.join(rows)}</tbody></table>"
