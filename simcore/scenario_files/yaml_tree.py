"""Reads YAML 1.2 as plain data; the only module that parses YAML.

A text is first scanned as a stream of events under limits; anchors, aliases, merge keys, tags and directives
are refused before anything is built. Then mappings, lists and scalars are built, each with its line and
column. Scalars are resolved by YAML's core schema; those on which YAML parsers disagree are refused with a
proposal.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator
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

from simcore.base.currencies import AMOUNT_SIGNS
from simcore.base.errors import Problem, ScenarioError, UsageError
from simcore.base.spelling import Kind, plain_spaces, read_number, written
from simcore.base.text import brief
from simcore.quantities.fields import Complaint, Dotted, Location, Unreadable
from simcore.scenario_files.yaml_problems import MAX_BYTES, ParserReport, position, syntax_problem, table_problem

MAX_DEPTH = 32
"""Maximum depth of nesting."""
MAX_NODES = 20_000
"""Maximum number of mappings, lists and scalars (including keys)."""
_MAX_DIGITS = 40


class Mark(NamedTuple):
    """A position in a text, from line 1 and column 1."""

    line: int
    column: int


@dataclass
class Tree:
    """The data of a text, with the position of every part.

    Attributes
    ----------
    data
        Mappings, lists, texts, numbers, truth values and ``None``; `Unreadable` in place of a refused scalar.
    keys, values
        Position of the key, and of the value, at each location.
    texts
        Plain scalars as written.
    found
        Problems of the text as data, each with its position.
    """

    data: object = None
    keys: dict[Location, Mark] = field(default_factory=dict)
    values: dict[Location, Mark] = field(default_factory=dict)
    texts: dict[Location, str] = field(default_factory=dict)
    found: list[tuple[Complaint, Mark]] = field(default_factory=list)


_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufeff\ufffe\uffff\ud800-\udfff]")


_LONG_WORD = re.compile(r"\S{4000,}")
_TAG_START = re.compile(r"^!|[\[{,:]!")


def read(text: str, file: str) -> Tree:
    """Read a text as one YAML document.

    Parameters
    ----------
    text
        The YAML text; a byte order mark at its start is skipped.
    file
        Its name, for errors.

    Raises
    ------
    ScenarioError
        If it is not one YAML document within the limits. Problems of single values and keys are reported in
        `Tree.found`.

    Examples
    --------
    >>> tree = read("team: {reps: 5}", "example.yaml")
    >>> tree.data, tree.values["team", "reps"]
    ({'team': {'reps': 5}}, Mark(line=1, column=14))
    """
    text = plain_spaces(text.removeprefix("\ufeff"))
    if len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise ScenarioError((Problem("is too long", file=file, allowed=f"up to {MAX_BYTES:,} bytes (1 MiB)"),))
    forbidden = _FORBIDDEN.search(text)
    if forbidden is not None:
        line, column = position(text, forbidden.start())
        message = f"holds the character U+{ord(forbidden[0]):04X}, which no text file should have"
        raise ScenarioError((Problem(message, file=file, line=line, column=column, hint="take it out"),))
    for word in _LONG_WORD.finditer(text):
        if _TAG_START.search(word[0]):  # the scanner takes time quadratic in the length of a tag
            line, column = position(text, word.start())
            problem = Problem("a tag is not allowed", file=file, line=line, column=column)
            raise ScenarioError((problem,))
    try:
        events = _scan(text, file)
    except YAMLError as error:
        raise ScenarioError((table_problem(text, file) or _syntax_problem(error, text, file),)) from None
    if not events:
        raise ScenarioError((Problem("is empty", file=file, hint="simcore init writes a starting file"),))
    tree = Tree()
    tree.data = _node(iter(_with_whole_numbers(events)), tree, ())
    return tree


_SPLIT = "split"
"""Style of a scalar that was rejoined: ``10,000`` in braces is two entries in YAML."""
_HEAD = re.compile(rf"[-+]?[{AMOUNT_SIGNS}]? ?[0-9]{{1,15}}", re.ASCII)
_TAIL = re.compile(rf"[0-9]+(?:\.[0-9]+)? ?(?:%|[{AMOUNT_SIGNS}]|[A-Za-z]{{1,4}})?", re.ASCII)
_HEAD_OF_THOUSANDS, _THOUSANDS = re.compile(r"[1-9][0-9]{0,2}", re.ASCII), re.compile(r"[0-9]{3}", re.ASCII)


def _with_whole_numbers(events: list[Event]) -> list[Event]:
    """Rejoin numbers that a thousands comma has split in braces and brackets: ``{fixed: 10,000}``, ``[12,500]``.

    In a text that is one mapping in braces (JSON), numbers have no commas: its lists are left alone.
    """
    joined: list[Event] = []
    inside: list[bool] = []  # for each open collection: whether it is a list
    is_json = isinstance(events[0], MappingStartEvent) and bool(events[0].flow_style)
    at = 0
    while at < len(events):
        event = events[at]
        at += 1
        if isinstance(event, MappingStartEvent | SequenceStartEvent):
            inside.append(isinstance(event, SequenceStartEvent))
        elif isinstance(event, MappingEndEvent | SequenceEndEvent):
            inside.pop()
        elif isinstance(event, ScalarEvent) and inside:
            step = 1 if inside[-1] else 2
            while not (is_json and inside[-1]) and _goes_on(event, events[at : at + step]):
                event = _as_one(event, events[at])
                at += step
        joined.append(event)
    return joined


def _as_one(first: Any, second: Any) -> ScalarEvent:  # noqa: ANN401  (the classes of events have no types)
    text = f"{first.value},{second.value}"
    return ScalarEvent(None, None, (True, False), text, first.start_mark, second.end_mark, style=_SPLIT)


def _goes_on(event: ScalarEvent, after: list[Event]) -> bool:
    """Return whether a number continues after a comma: as an entry of a list, or as a key without a value."""
    following = after[0] if after else None
    if not isinstance(following, ScalarEvent) or not (event.implicit[0] and following.implicit[0]):
        return False
    begins = event.style == _SPLIT
    is_near = (
        event.end_mark.line == following.start_mark.line and event.end_mark.index + 1 == following.start_mark.index
    )
    if len(after) == 1:
        is_head = begins or _HEAD_OF_THOUSANDS.fullmatch(event.value) is not None
        return is_near and is_head and _THOUSANDS.fullmatch(following.value) is not None
    is_key = isinstance(after[1], ScalarEvent) and after[1].implicit[0] and after[1].value == ""
    is_head = begins or _HEAD.fullmatch(event.value) is not None
    return is_near and is_key and is_head and _TAIL.fullmatch(following.value) is not None


def _whole_number(text: str) -> str:
    """Return the spelling to propose for a number that its comma has split."""
    try:
        return f"write {written(read_number(text, Kind.AMOUNT).value)}"
    except UsageError as error:
        return error.problems[0].hint or f"write {text.replace(',', '.')}"


def _syntax_problem(error: YAMLError, text: str, file: str) -> Problem:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    if not isinstance(error, MarkedYAMLError) or mark is None:
        return Problem("cannot be read: it is not written as key: value", file=file)
    begun = None if error.context_mark is None else error.context_mark.line + 1
    report = ParserReport(str(error.problem or ""), str(error.context or ""), mark.line + 1, mark.column + 1, begun)
    return syntax_problem(report, text, file)


def _mark(event: Event) -> Mark:
    return Mark(event.start_mark.line + 1, event.start_mark.column + 1)


def _why_not_data(event: Event) -> tuple[str, str] | None:
    """Return why an event is more than plain data, and what to do; ``None`` if it is plain."""
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
    """Return the events of the nodes of the only document; raise if the text is refused. Nothing is built."""
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
    """Build the next node; the scan has already limited the depth."""
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
    """Return a key; if it is wrong, report that in `tree` and return ``None``."""
    if not isinstance(event, ScalarEvent):
        _built(event, events, Tree(), ())  # passed over
        tree.found.append((Complaint(location, "a key must be text", at_key=True), _mark(event)))
        return None
    value, _, hint = resolve(_unquoted(event.value)) if event.implicit[0] else (event.value, None, None)
    if isinstance(value, str):
        unseen = next((letter for letter in value if unicodedata.category(letter) == "Cf"), None)
        if unseen is not None:
            message = f"a key holds a character that cannot be seen (U+{ord(unseen):04X})"
            complaint = Complaint((*location, value), message, hint=f"write {brief(value)} anew", at_key=True)
            tree.found.append((complaint, _mark(event)))
        return value
    hint = hint or f"write {json.dumps(brief(event.value), ensure_ascii=False)} in quotes if it is meant as text"
    complaint = Complaint(location, f"a key must be text, not {brief(event.value) or 'empty'}", hint=hint, at_key=True)
    tree.found.append((complaint, _mark(event)))
    return None


def _scalar(event: ScalarEvent, tree: Tree, location: Location) -> object:
    if not event.implicit[0]:
        return event.value
    if event.value == "" and location in tree.keys:
        tree.values[location] = tree.keys[location]  # there is no value to point at
    tree.texts[location] = event.value
    if event.style == _SPLIT:
        proposal = _whole_number(event.value)
        if isinstance(location[-1], int):
            proposal += f", or {event.value.replace(',', ', ')} if they are entries of their own"
        split = "is split by its comma, which parts the entries in braces and brackets"
        tree.found.append((Complaint(location, split, event.value, hint=proposal), _mark(event)))
        return Unreadable()
    value, message, hint = resolve(_unquoted(event.value))
    if message is not None:
        tree.found.append((Complaint(location, message, event.value, hint=hint), _mark(event)))
    return value


_TYPOGRAPHIC = re.compile("[\u201c\u201d\u201e\u201f]([^\u201c\u201d\u201e\u201f]*)[\u201c\u201d\u201f]")


def _unquoted(text: str) -> str:
    """Return a text without surrounding typographic quotes, as word processors insert them."""
    quoted = _TYPOGRAPHIC.fullmatch(text)
    return quoted[1] if quoted else text


_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]*)", re.ASCII)
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|(?:0|[1-9][0-9]*)(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?", re.ASCII)
DOTTED = re.compile(r"[-+]?[1-9][0-9]{0,2}\.[0-9]{3}", re.ASCII)
"""A number that is a thousand times as much where dots part thousands."""
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
    """Resolve a plain scalar by the core schema of YAML 1.2.

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
        number = int(text) if _INTEGER.fullmatch(text) else float(text)
        return Dotted(text) if DOTTED.fullmatch(text) else number, None, None
    if _NOT_FINITE.fullmatch(text):
        return float(text.replace(".", "")), None, None
    proposal = _proposal(text) if len(text) <= _MAX_DIGITS else None
    if proposal is None:
        return text, None, None
    hint = f'{proposal}"{text}" in quotes if it is meant as text'
    return Unreadable(), "is ambiguous: readers of YAML disagree on it", hint


def _proposal(text: str) -> str | None:
    """Return what to write instead of a scalar on which YAML parsers disagree; ``None`` if it is clear."""
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
