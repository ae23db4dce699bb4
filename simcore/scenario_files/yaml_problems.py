"""Describes what is wrong with the text of a file in its author's terms, without naming or quoting a parser."""

from __future__ import annotations

import re
from typing import NamedTuple

from simcore.base.errors import Problem, ScenarioError
from simcore.base.text import brief, printable

MAX_BYTES = 1 << 20
"""Maximum size of a file."""
_PLAIN_FILE = "a scenario is a text file: simcore init writes one to start from"
_BINARY = (
    (b"PK", "is a spreadsheet or another zip archive (xlsx, ods, docx)"),
    (b"\xd0\xcf\x11\xe0", "is an old Office file (xls, doc)"),
    (b"%PDF", "is a PDF"),
    (b"\x1f\x8b", "is compressed (gzip)"),
    (b"\x28\xb5\x2f\xfd", "is compressed (zstd)"),
    (b"PAR1", "is a Parquet file"),
    (b"\x89PNG", "is a picture"),
    (b"\xff\xd8\xff", "is a picture"),
    (b"SQLite format", "is a database"),
)
_WIDE = ((b"\xff\xfe\0\0", "utf-32"), (b"\0\0\xfe\xff", "utf-32"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


def position(text: str, index: int) -> tuple[int, int]:
    """Return the line and column, from 1, of the character at an index."""
    before = re.split("\r\n|\r|\n", text[:index])
    return len(before), len(before[-1]) + 1


def _encoding(raw: bytes) -> str:
    """Return the encoding of a file: UTF-8, unless its first bytes say otherwise."""
    for mark, name in _WIDE:
        if raw.startswith(mark):
            return name
    head = raw[:64]
    if len(head) > 3 and not any(head[1::2]) and all(head[0::2]):
        return "utf-16-le"
    if len(head) > 3 and not any(head[0::2]) and all(head[1::2]):
        return "utf-16-be"
    return "utf-8"


def decode(raw: bytes, file: str, *, most: int = MAX_BYTES, what: str = "a scenario") -> str:
    r"""Return the text of a file: UTF-8, or UTF-16 as some editors write it.

    Parameters
    ----------
    raw, file
        Its bytes and its name.
    most
        Bytes that it may have.
    what
        It should be.

    Raises
    ------
    ScenarioError
        If it is longer, not text, or in another encoding.

    Examples
    --------
    >>> decode("name: é".encode("utf-16"), "team.yaml")
    'name: é'
    """
    if len(raw) > most:
        raise ScenarioError((Problem("is too long", file=file, allowed=f"up to {most:,} bytes ({most >> 20} MiB)"),))
    kind = next((what for start, what in _BINARY if raw.startswith(start) and (start != b"PK" or b"\0" in raw)), None)
    if kind is not None:
        raise ScenarioError((Problem(f"{kind}, not {what}", file=file, line=1, column=1, hint=_PLAIN_FILE),))
    encoding = _encoding(raw)
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        if encoding != "utf-8":
            problem = Problem("is not whole: its encoding is UTF-16, and it ends or breaks within a character",
                              file=file, hint="save it as UTF-8")  # fmt: skip
            raise ScenarioError((problem,)) from None
        raise ScenarioError((_not_utf8(raw, error.start, file),)) from None


def _not_utf8(raw: bytes, start: int, file: str) -> Problem:
    before = raw[:start].decode("utf-8")
    line, column = position(before, len(before))
    shown = printable(raw[start : start + 1].decode("cp1252", "replace"))
    meant = f" ({shown} in Windows-1252 and Latin-1)" if shown.isprintable() and shown != "\ufffd" and shown else ""
    hint = "save it as UTF-8: every editor can"
    return Problem(f"is not UTF-8 text: byte {raw[start]:#04x}{meant}", file=file, line=line, column=column, hint=hint)


def table_problem(text: str, file: str) -> Problem | None:
    r"""Return the problem if the text is a table (CSV) or a web page instead of a scenario, else ``None``.

    Examples
    --------
    >>> table_problem("Name,Stage,Amount\nOne,Proposal,5\n", "export.csv").message
    'is a table (columns parted by commas), not a scenario'
    """
    lines = [line for line in text.splitlines() if line.strip()][:2]
    if lines and re.match(r"\s*<[!?A-Za-z]", lines[0]):
        message = "is a web page or XML, not a scenario"
        return Problem(message, file=file, line=1, column=1, value=brief(lines[0]), hint=_PLAIN_FILE)
    for mark, name in ((",", "commas"), (";", "semicolons"), ("\t", "tabs")):
        counts = [re.sub(r'"[^"]*"', "", line).count(mark) for line in lines]
        has_keys = re.search(r"^[^,;\t\"]*:(\s|$)", lines[0]) if lines else None
        is_even = len(set(counts)) == 1 and counts[0] > 0 and (len(counts) > 1 or counts[0] > 1)
        if is_even and not has_keys and lines[0][0] not in "{[-\t":
            message = f"is a table (columns parted by {name}), not a scenario"
            return Problem(message, file=file, line=1, column=1, value=brief(lines[0]), hint=_PLAIN_FILE)
    return None


class ParserReport(NamedTuple):
    """A parser's report on a text that it cannot read."""

    problem: str
    context: str
    line: int
    column: int
    context_line: int | None = None
    """Line where the construct that it was reading begins."""


_INDENT = "what belongs together begins in the same column; indent with spaces"


def _indented(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _key(line: str) -> str:
    """Return the key of a line, quoted, for an error."""
    return brief(line.strip().removeprefix("- ").partition(":")[0], 30)


def syntax_problem(report: ParserReport, text: str, file: str) -> Problem:
    """Return the problem at the place where a text stops being readable, with what to write."""
    lines = text.splitlines()
    here = lines[report.line - 1] if report.line <= len(lines) else ""
    above = next((line for line in reversed(lines[: report.line - 1]) if line.strip() and line.strip()[0] != "#"), "")
    line, column = report.line, report.column
    message, hint = _diagnosis(report, here, above)
    if report.context_line is not None and "unexpected end" in report.problem:
        line, column = report.context_line, 1
    return Problem(f"cannot be read: {message}", file=file, line=line, column=column, hint=hint)


_FAULTS = (
    ("unexpected end of stream", "a quotation mark is opened on this line and never closed",
     "close it, or leave both out"),
    ("unknown escape", "a backslash in double quotes", "put the text in single quotes"),
    ("chomping", "a text cannot begin with > or |", "put it in quotes"),
    ("node content", "a value is missing before this", "leave the comma out, or write the value"),
    ("sequence entries", "an entry of a list stands behind a key",
     "begin the list on the next line, or write key: [a, b]"),
    ("'\\t'", "a tab stands at the beginning of the line", "indent with spaces, not with tabs"),
)  # fmt: skip
"""The parser's words, what is wrong, and what to do."""
_MISPLACED = ("mapping values", "expected <block end>", "expected '<document start>'")


def _diagnosis(report: ParserReport, here: str, above: str) -> tuple[str, str | None]:
    """Return what is wrong, and what to do about it."""
    for word, message, way_out in _FAULTS:
        if word in report.problem:
            return message, way_out
    if "flow" in report.context and "expected ','" in report.problem:
        mark, name = ("}", "brace {") if "mapping" in report.context else ("]", "bracket [")
        where = f" on line {report.context_line}" if report.context_line else ""
        hint = f"close it with {mark}, or put a comma between entries"
        return f"the {name} opened{where} is not closed before this", hint
    if report.problem.startswith(_MISPLACED):
        return _beside(report, here) or _unaligned(report, here, above)
    if "could not find expected ':'" in report.problem:
        return _colonless(above or here)
    if "cannot start any token" in report.problem:
        fence = "``` is of the page that the text was copied from", "take out the lines with ```"
        quoted = f"a text cannot begin with {printable(report.problem.split(chr(39))[1])}", "put it in quotes"
        return fence if here.startswith("```") else quoted
    return "it is not written as key: value, - entry, {key: value} or [a, b]", None


_KEY = re.compile(r"\s*(?:- )?[^\s:][^:]*:(\s|$)")


def _beside(report: ParserReport, here: str) -> tuple[str, str | None] | None:
    """Return the fault of a correctly indented line, and what to do; ``None`` if its indentation is wrong."""
    depth, rest = _indented(here), here[report.column - 1 :].strip()[:1]
    if "found '<scalar>'" in report.problem and report.column > depth + 1:
        return "something stands behind a value that is complete", "put the whole text in quotes"
    if rest in ("}", "]"):
        return f"a {rest} closes nothing", "leave it out"
    if here.count(": ") > 1 and "mapping values" in report.problem and "{" not in here:
        return "a text holds a colon and a space", "put the text in quotes"
    if "collection" in report.context and _KEY.match(here) and not here.lstrip().startswith("- "):
        name, deeper = _key(here), depth + 2
        hint = f"to belong to the entry above, indent it by {deeper} spaces"
        return f'"{name}" stands beside the entries of a list, not in one', hint
    return None


def _unaligned(report: ParserReport, here: str, above: str) -> tuple[str, str | None]:
    """Return the fault of a wrongly indented line, from the line above it, and what to do."""
    depth, before, is_key = _indented(here), _indented(above), _KEY.match(here) is not None
    message, hint = "this line is not indented as those above", _INDENT
    if "block mapping" in report.context and here.lstrip().startswith("-") and depth == before:
        message = "a list begins beside a key that has a value already"
    elif is_key and here.lstrip().startswith("- ") and above.lstrip().startswith("- ") and depth != before:
        message = "an entry of a list does not begin in the column of the entry above"
    elif is_key and depth > before and above and not above.rstrip().endswith(":"):
        message = f'"{_key(here)}" is indented under "{_key(above)}", which has a value already'
        hint = f"indent it as the line above, or write {_key(above)}: without a value"
    elif is_key and depth < before:
        message = f'"{_key(here)}" is indented by {depth}, like none of the lines above that it could belong to'
    elif re.match(r"\s*[\w.]+:\S", above) or (above and ":" not in above and above.strip() != "-"):
        message, hint = _colonless(above)
    return message, hint


def _colonless(line: str) -> tuple[str, str]:
    """Return the fault of a key and value without a colon, or without the space after it, and what to do."""
    lacks = "space after its colon" if ":" in line else "colon and a space"
    return f'a key without a {lacks}: "{brief(line.strip(), 30)}"', "write key: value"
