"""Where the commands write: results to stdout, messages to stderr."""

from __future__ import annotations

import json
import sys
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from rich.console import RenderableType

    from simcore.cli.options import Form
    from simcore.tables.table import Table

_WIDTH = 80
_NARROWEST = 40
_WIDEST = 100
_JOINERS = "\u200c\u200d"


def print_result(result: RenderableType) -> None:
    """Print a renderable on stdout: 80 columns in a pipe; on a terminal in colour, as wide as it is, 100 at most.

    A table that needs more columns has them: nothing is cut.
    """
    from rich.console import Console  # noqa: PLC0415

    from simcore.cli.tables import lines_of  # noqa: PLC0415

    if not sys.stdout.isatty():
        # Tables are padded to the right: in a file or a pipe that is only in the way.
        sys.stdout.write(lines_of(result, width=_WIDTH, encoding=encoding()) + "\n")
        return
    width = min(max(Console().width, _NARROWEST), _WIDEST)
    Console(width=width, markup=False, emoji=False, highlight=False).print(result, crop=False)


def encoding() -> str:
    """Return the encoding of stdout."""
    return getattr(sys.stdout, "encoding", None) or "utf-8"


def _plain(value: object) -> object:
    """Return what is written of a value that is neither a number, a text nor a list."""
    from collections.abc import Mapping  # noqa: PLC0415

    return dict(value) if isinstance(value, Mapping) else str(value)


def print_json(document: Mapping[str, object] | Sequence[object]) -> None:
    """Print a JSON document on stdout, indented; all but ASCII is escaped, so terminals obey none of it."""
    sys.stdout.write(json.dumps(document, indent=2, allow_nan=False, default=_plain) + "\n")


def print_text(text: str) -> None:
    """Print lines on stdout as they are, but for characters that a terminal would obey."""
    from simcore.cli.plain import spelt  # noqa: PLC0415

    kept = (c for c in text if c == "\n" or unicodedata.category(c) not in ("Cc", "Cf", "Cs") or c in _JOINERS)
    sys.stdout.write(spelt("".join(kept), encoding()))


def print_tables(title: str, tables: Sequence[Table], form: Form) -> None:
    """Print tables: CSV as UTF-8, whatever stdout and the system take text for; Markdown in what stdout knows."""
    if form == "csv":
        from simcore.tables.tidy import csv_of  # noqa: PLC0415

        sys.stdout.flush()
        sys.stdout.buffer.write(csv_of(tables).encode("utf-8"))
    else:
        from simcore.cli.exports.markdown import markdown_of  # noqa: PLC0415

        print_text(markdown_of(title, tables))


def print_lines(lines: Iterable[str]) -> None:
    """Print lines for a shell to read, as UTF-8 and with their tabs; one that holds more than a line is left out."""
    whole = [line for line in lines if line.isprintable() or line.replace("\t", "", 1).isprintable()]
    sys.stdout.flush()
    sys.stdout.buffer.write("".join(f"{line}\n" for line in whole).encode("utf-8", "surrogateescape"))


def message(text: str) -> None:
    """Write a line to stderr."""
    from simcore.base.text import printable  # noqa: PLC0415
    from simcore.cli.plain import spelt  # noqa: PLC0415

    sys.stderr.write(spelt(printable(text), getattr(sys.stderr, "encoding", None) or "utf-8") + "\n")
    sys.stderr.flush()
