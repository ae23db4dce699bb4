"""YAML 1.2 as data, and nothing else: the one module that knows YAML.

A text is first scanned as a stream of events under limits; anchors, aliases, merge keys, tags and directives
are refused before anything is built. Then mappings, lists and scalars are built, each with its line and
column. Scalars are read by the rules of YAML's core schema; those on which readers of YAML disagree are
refused with a proposal.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from simcore.errors import Problem, ScenarioError
from simcore.scenario_base import Complaint, Location, Unreadable
from simcore.text import brief

MAX_BYTES = 1 << 20
"""Size of a file, at most."""
MAX_DEPTH = 32
"""Depth of nesting, at most."""
MAX_NODES = 20_000
"""Mappings, lists and scalars (keys too), at most."""
_MAX_DIGITS = 40
_WIDTH = 100


class Mark(NamedTuple):
    """A position in a text, from line 1 and column 1."""

    line: int
    column: int


@dataclass
class Tree:
    """What a text holds, with the position of everything.

    Attributes
    ----------
    data
        Mappings, lists, texts, numbers, truth values and ``None``; `Unreadable` in place of a refused scalar.
    keys, values
        Where the key, and the value, of a location stand.
    texts
        Plain scalars as they are written.
    found
        What is wrong with the text as data, each with its position.
    """

    data: object = None
    keys: dict[Location, Mark] = field(default_factory=dict)
    values: dict[Location, Mark] = field(default_factory=dict)
    texts: dict[Location, str] = field(default_factory=dict)
    found: list[tuple[Complaint, Mark]] = field(default_factory=list)


_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufeff\ufffe\uffff\ud800-\udfff]")


_LONG_WORD = re.compile(r"\S{4000,}")
_TAG_START = re.compile(r"^!|[\[{,:]!")


def decode(raw: bytes, file: str) -> str:
    """Return the text of a file.

    Raises
    ------
    ScenarioError
        If it is longer than 1 MiB or not UTF-8.
    """
    if len(raw) > MAX_BYTES:
        raise ScenarioError((Problem("is too long", file=file, allowed=f"up to {MAX_BYTES:,} bytes (1 MiB)"),))
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode("utf-8")
        line, column = _position(before, len(before))
        problem = Problem(
            "is not UTF-8 text", file=file, line=line, column=column, value=f"byte {raw[error.start]:#04x}"
        )
        raise ScenarioError((problem,)) from None


def _position(text: str, index: int) -> Mark:
    before = re.split("\r\n|\r|\n", text[:index])
    return Mark(len(before), len(before[-1]) + 1)


def read(text: str, file: str) -> Tree:
    """Read a text as one YAML document.

    Parameters
    ----------
    text
        The YAML text; a byte order mark at its start is passed over.
    file
        Its name, for errors.

    Raises
    ------
    ScenarioError
        If it is not one YAML document within the limits. What is wrong with single values and keys is told by
        `Tree.found`.

    Examples
    --------
    >>> tree = read("team: {reps: 5}", "example.yaml")
    >>> tree.data, tree.values["team", "reps"]
    ({'team': {'reps': 5}}, Mark(line=1, column=14))
    """
    text = text.removeprefix("\ufeff")
    if len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise ScenarioError((Problem("is too long", file=file, allowed=f"up to {MAX_BYTES:,} bytes (1 MiB)"),))
    forbidden = _FORBIDDEN.search(text)
    if forbidden is not None:
        mark = _position(text, forbidden.start())
        message = f"holds the character U+{ord(forbidden[0]):04X}, which YAML does not allow"
        raise ScenarioError((Problem(message, file=file, line=mark.line, column=mark.column),))
    for word in _LONG_WORD.finditer(text):
        if _TAG_START.search(word[0]):  # the scanner takes time quadratic in the length of a tag
            mark = _position(text, word.start())
            problem = Problem("a tag is not allowed", file=file, line=mark.line, column=mark.column)
            raise ScenarioError((problem,))
    try:
        events = _scan(text, file)
    except YAMLError as error:
        raise ScenarioError((_syntax_problem(error, file),)) from None
    if not events:
        raise ScenarioError((Problem("is empty", file=file, hint="simcore init writes a starting file"),))
    tree = Tree()
    tree.data = _node(iter(events), tree, ())
    return tree


_SYNTAX_HINTS = {
    "mapping values are not allowed here": "put a text that holds a colon and a space in quotes",
    "found character '\\t' that cannot start any token": "indent with spaces, not with tabs",
}


def _syntax_problem(error: YAMLError, file: str) -> Problem:
    if isinstance(error, MarkedYAMLError):
        said = brief(error.problem or error.context or "cannot be read", 200)
        mark = error.problem_mark or error.context_mark
        hint = _SYNTAX_HINTS.get(said)
        if mark is not None:
            line, column = mark.line + 1, mark.column + 1
            return Problem(f"is not YAML: {said}", file=file, line=line, column=column, hint=hint)
        return Problem(f"is not YAML: {said}", file=file)
    return Problem(f"is not YAML: {brief(str(error), 200)}", file=file)


def _mark(event: Event) -> Mark:
    return Mark(event.start_mark.line + 1, event.start_mark.column + 1)


def _why_not_data(event: Event) -> tuple[str, str] | None:
    """Return why an event is more than data, and what to do."""
    if isinstance(event, AliasEvent):
        return f"an alias (*{brief(str(event.anchor))}) is not allowed", "write the value out"
    anchor, tag = getattr(event, "anchor", None), getattr(event, "tag", None)
    if anchor is not None:
        return f"an anchor (&{brief(str(anchor))}) is not allowed", "write the value out where it is needed"
    if tag is not None:
        return f"a tag ({brief(str(tag))}) is not allowed", "leave it out"
    if isinstance(event, ScalarEvent) and event.implicit[0] and event.value == "<<":
        return "a merge key (<<) is not allowed", "write the keys out"
    return None


def _scan(text: str, file: str) -> list[Event]:
    """Return the events of the nodes of the only document, or refuse the text; nothing is built."""
    nodes: list[Event] = []
    problems: list[Problem] = []
    depth = documents = count = 0

    def refuse(event: Event, message: str, *, allowed: str | None = None, hint: str | None = None) -> None:
        line, column = _mark(event)
        problems.append(Problem(message, file=file, line=line, column=column, allowed=allowed, hint=hint))

    for event in YAML(typ="safe", pure=True).parse(text):
        if isinstance(event, DocumentStartEvent):
            documents += 1
            if documents > 1:
                refuse(event, "holds a second document", allowed="one document")
                break
            if event.tags or event.version not in (None, (1, 2)):
                refuse(event, "a directive is not allowed", hint="leave the line out")
        if isinstance(event, ScalarEvent | AliasEvent | MappingStartEvent | SequenceStartEvent):
            count += 1
            refusal = _why_not_data(event)
            if refusal is not None:
                refuse(event, refusal[0], hint=refusal[1])
        elif not isinstance(event, MappingEndEvent | SequenceEndEvent):
            continue
        depth += isinstance(event, MappingStartEvent | SequenceStartEvent)
        depth -= isinstance(event, MappingEndEvent | SequenceEndEvent)
        if depth > MAX_DEPTH or count > MAX_NODES:
            what, limit = (
                ("is nested too deeply", MAX_DEPTH) if depth > MAX_DEPTH else ("has too many values", MAX_NODES)
            )
            refuse(event, what, allowed=f"up to {limit:,}")
            break
        nodes.append(event)
    if problems:
        raise ScenarioError(tuple(problems))
    return nodes


def _node(events: Iterator[Event], tree: Tree, location: Location) -> object:
    """Build the next node; the scan has limited the depth."""
    return _built(next(events), events, tree, location)


def _built(event: Event, events: Iterator[Event], tree: Tree, location: Location) -> object:
    tree.values[location] = _mark(event)
    if isinstance(event, ScalarEvent):
        return _scalar(event, tree, location)
    if isinstance(event, SequenceStartEvent):
        entries: list[object] = []
        for entry in iter(lambda: next(events), None):
            if isinstance(entry, SequenceEndEvent):
                break
            entries.append(_built(entry, events, tree, (*location, len(entries))))
        return entries
    return _mapping(events, tree, location)


def _mapping(events: Iterator[Event], tree: Tree, location: Location) -> dict[str, object]:
    mapping: dict[str, object] = {}
    for event in iter(lambda: next(events), None):
        if isinstance(event, MappingEndEvent):
            break
        mark = _mark(event)
        key = _key(event, events, tree, location)
        if key is None or key in mapping:
            if key is not None:
                hint = f"it is there already on line {tree.keys[*location, key].line}"
                complaint = Complaint((*location, key), "duplicate key", hint=hint, at_key=True)
                tree.found.append((complaint, mark))
            _node(events, Tree(), ())  # passed over
            continue
        tree.keys[*location, key] = mark
        mapping[key] = _node(events, tree, (*location, key))
    return mapping


def _key(event: Event, events: Iterator[Event], tree: Tree, location: Location) -> str | None:
    """Return a key, or tell what is wrong with it and return ``None``."""
    if not isinstance(event, ScalarEvent):
        _built(event, events, Tree(), ())  # passed over
        tree.found.append((Complaint(location, "a key must be text", at_key=True), _mark(event)))
        return None
    value, _, hint = resolve(event.value) if event.implicit[0] else (event.value, None, None)
    if isinstance(value, str):
        return value
    hint = hint or f"write {json.dumps(brief(event.value), ensure_ascii=False)} in quotes if it is meant as text"
    complaint = Complaint(location, f"a key must be text, not {brief(event.value) or 'empty'}", hint=hint, at_key=True)
    tree.found.append((complaint, _mark(event)))
    return None


def _scalar(event: ScalarEvent, tree: Tree, location: Location) -> object:
    if not event.implicit[0]:
        return event.value
    if event.value == "" and location in tree.keys:
        tree.values[location] = tree.keys[location]  # nothing is there to point at
    tree.texts[location] = event.value
    value, message, hint = resolve(event.value)
    if message is not None:
        tree.found.append((Complaint(location, message, event.value, hint=hint), _mark(event)))
    return value


_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]*)", re.ASCII)
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|(?:0|[1-9][0-9]*)(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?", re.ASCII)
_NOT_FINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)", re.ASCII)
_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(["true", "True", "TRUE"], True),
    **dict.fromkeys(["false", "False", "FALSE"], False),
    **dict.fromkeys(["", "~", "null", "Null", "NULL"], None),
}
_SWITCH = re.compile("y|n|yes|no|on|off", re.IGNORECASE)
_LEADING_ZERO = re.compile(r"([-+]?)0+([0-9]+(?:\.[0-9]*)?(?:[eE][-+]?[0-9]+)?)", re.ASCII)
_UNDERSCORE = re.compile(r"[-+]?\.?[0-9][0-9_]*_[0-9_]*(?:\.[0-9_]*)?(?:[eE][-+]?[0-9]+)?", re.ASCII)
_SEXAGESIMAL = re.compile(r"[-+]?[0-9]+(?::[0-5]?[0-9])+(?:\.[0-9]*)?", re.ASCII)
_OTHER_BASE = re.compile(r"[-+]?0(?:[xX][0-9a-fA-F][0-9a-fA-F_]*|[oO][0-7][0-7_]*|[bB][01][01_]*)", re.ASCII)


def resolve(text: str) -> tuple[object, str | None, str | None]:
    """Read a plain scalar by the core schema of YAML 1.2.

    Returns
    -------
    tuple
        The value, or `Unreadable` with what is wrong and what to write instead.

    Examples
    --------
    >>> resolve("1e5")[0], resolve("2d")[0], resolve("~")[0]
    (100000.0, '2d', None)
    >>> resolve("1_000")[2]
    'write 1000, or "1_000" in quotes if it is meant as text'
    """
    if text in _WORDS:
        return _WORDS[text], None, None
    if _FLOAT.fullmatch(text):
        if len(text) > _MAX_DIGITS:
            return Unreadable(), f"is a number of more than {_MAX_DIGITS} characters", None
        return int(text) if _INTEGER.fullmatch(text) else float(text), None, None
    if _NOT_FINITE.fullmatch(text):
        return float(text.replace(".", "")), None, None
    proposal = _proposal(text) if len(text) <= _MAX_DIGITS else None
    if proposal is None:
        return text, None, None
    hint = f'{proposal}"{text}" in quotes if it is meant as text'
    return Unreadable(), "is ambiguous: readers of YAML disagree on it", hint


def _proposal(text: str) -> str | None:
    """Return what to write instead of a scalar on which readers of YAML disagree, ``None`` if it is clear."""
    if _SWITCH.fullmatch(text) or _SEXAGESIMAL.fullmatch(text):
        return "write "
    leading = _LEADING_ZERO.fullmatch(text)
    if leading:
        return f"write {leading[1].strip('+')}{leading[2]}, or "
    if _OTHER_BASE.fullmatch(text):
        digits = text.lower().replace("_", "")
        return f"write {int(digits, 0)}, or "
    if _UNDERSCORE.fullmatch(text):
        return f"write {text.replace('_', '')}, or "
    return None


_PLAIN = re.compile(r"[^\W_](?:[\w ()/.%$€£+-]*[\w()/.%$€£])?")


def _written(value: object) -> str:
    """Return a scalar as YAML that `resolve` reads back as the same value."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value) if math.isfinite(value) else {"inf": ".inf", "-inf": "-.inf"}.get(repr(value), ".nan")
    text = str(value)
    if _PLAIN.fullmatch(text) and resolve(text)[0] == text:
        return text
    quoted = json.dumps(text, ensure_ascii=False)
    return re.sub("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]", lambda match: f"\\u{ord(match[0]):04x}", quoted)


def _flow(value: object) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_written(key)}: {_flow(entry)}" for key, entry in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_flow(entry) for entry in value) + "]"
    return _written(value)


def write(value: Mapping[str, Any]) -> str:
    """Return a mapping as YAML text that `read` reads back: short parts on one line, long ones in blocks.

    Examples
    --------
    >>> print(write({"simcore": 1, "name": "no", "team": {"reps": 3}}), end="")
    simcore: 1
    name: "no"
    team: {reps: 3}
    """
    return "\n".join(_block(value, "", top=True)) + "\n"


def _block(value: object, indent: str, *, top: bool = False) -> Iterator[str]:
    """Yield the lines of a mapping or list."""
    entries = value.items() if isinstance(value, Mapping) else [(None, entry) for entry in _as_list(value)]
    for key, entry in entries:
        head = f"{indent}{_written(key)}:" if isinstance(value, Mapping) else f"{indent}-"
        one_line = f"{head} {_flow(entry)}"
        is_listing = top and isinstance(entry, list) and bool(entry)
        is_short = len(one_line) <= _WIDTH and not is_listing
        if is_short or not isinstance(entry, Mapping | list) or not entry:
            yield one_line
            continue
        lines = list(_block(entry, indent + "  "))
        if isinstance(value, Mapping):
            yield head
            yield from lines
        else:
            yield f"{head} {lines[0].lstrip()}"
            yield from lines[1:]


def _as_list(value: object) -> list[object]:
    return value if isinstance(value, list) else []
