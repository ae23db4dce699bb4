"""Writes data as the text of a scenario file, which `simcore.scenario_files.yaml_tree` reads back."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

from simcore.base.currencies import AMOUNT_SIGNS
from simcore.scenario_files.yaml_tree import DOTTED, resolve

_WIDTH = 100
_PLAIN = re.compile(rf"[^\W_](?:[\w ()/.%{AMOUNT_SIGNS}+-]*[\w()/.%{AMOUNT_SIGNS}])?")


def _written(value: object, encoding: str) -> str:
    """Return a scalar as YAML that `resolve` reads back as the same value; what the encoding lacks is escaped."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        if not math.isfinite(value):
            return {"inf": ".inf", "-inf": "-.inf"}.get(repr(value), ".nan")
        # Three digits after a dot may be thousands, four may not.
        return f"{value!r}0" if isinstance(value, float) and DOTTED.fullmatch(repr(value)) else repr(value)
    text = str(value)
    if _PLAIN.fullmatch(text) and resolve(text)[0] == text and _knows(encoding, text):
        return text
    quoted = json.dumps(text, ensure_ascii=False)
    if not _knows(encoding, quoted):
        quoted = "".join(each if _knows(encoding, each) else f"\\U{ord(each):08x}" for each in quoted)
    return re.sub(
        "[\x7f-\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff\ufffe\uffff]",
        lambda match: f"\\u{ord(match[0]):04x}",
        quoted,
    )


def _knows(encoding: str, text: str) -> bool:
    """Return whether a text can be written in an encoding."""
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def written_flow(value: object, encoding: str = "utf-8") -> str:
    """Return a value as YAML on one line; characters the encoding lacks are escaped."""
    if isinstance(value, Mapping):
        entries = (f"{_written(key, encoding)}: {written_flow(entry, encoding)}" for key, entry in value.items())
        return "{" + ", ".join(entries) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(written_flow(entry, encoding) for entry in value) + "]"
    return _written(value, encoding)


def write(value: Mapping[str, Any], encoding: str = "utf-8") -> str:
    """Return a mapping as YAML text that `simcore.scenario_files.yaml_tree.read` reads back.

    Short parts are written on one line, long ones in blocks. Characters the encoding lacks are escaped, not replaced.

    Examples
    --------
    >>> print(write({"simcore": 1, "name": "no", "team": {"reps": 3}}), end="")
    simcore: 1
    name: "no"
    team: {reps: 3}
    """
    return "\n".join(_block(value, "", encoding, top=True)) + "\n"


def _block(value: object, indent: str, encoding: str, *, top: bool = False) -> Iterator[str]:
    """Yield the lines of a mapping or list."""
    entries = value.items() if isinstance(value, Mapping) else [(None, entry) for entry in _as_list(value)]
    for key, entry in entries:
        head = f"{indent}{_written(key, encoding)}:" if isinstance(value, Mapping) else f"{indent}-"
        one_line = f"{head} {written_flow(entry, encoding)}"
        is_listing = top and isinstance(entry, list) and bool(entry)
        is_short = len(one_line) <= _WIDTH and not is_listing
        if is_short or not isinstance(entry, Mapping | list) or not entry:
            yield one_line
            continue
        lines = list(_block(entry, indent + "  ", encoding))
        if isinstance(value, Mapping):
            yield head
            yield from lines
        else:
            yield f"{head} {lines[0].lstrip()}"
            yield from lines[1:]


def _as_list(value: object) -> list[object]:
    return value if isinstance(value, list) else []
