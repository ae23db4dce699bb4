"""The reference pages of the documentation: commands as the application has them, documents by their schemas."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

import typer

from simcore.cli.main import app
from simcore.schema import SCHEMAS
from tools.markdown import anchor, prose, table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Schema = dict[str, Any]
"""A JSON schema, or a part of one."""


def commands() -> str:
    """Return a section for every command: what it does, how it is called, its arguments and options."""
    group = typer.main.get_command(app)
    return "\n" + "\n".join(_command(name, command) for name, command in _commands("simcore", group)) + "\n"


def _commands(name: str, group: Any) -> Iterator[tuple[str, Any]]:  # noqa: ANN401  (typer does not publish the type)
    """Yield every command that can be called, in the order of ``--help``, by all its words."""
    for word in group.list_commands(None):
        command = group.commands[word]
        if hasattr(command, "list_commands"):
            yield from _commands(f"{name} {word}", command)
        else:
            yield f"{name} {word}", command


def _command(name: str, command: Any) -> str:  # noqa: ANN401
    context = typer.Context(command, info_name=name)
    paragraphs = [prose(paragraph) for paragraph in (command.help or "").split("\n\n")]
    usage = " ".join([name, *command.collect_usage_pieces(context)])
    records = [record for each in command.params if (record := each.get_help_record(context)) is not None]
    rows = ((f"`{option}`".replace("|", r"\|"), prose(words)) for option, words in records)
    told = "\n\n".join([f"## {name}", *paragraphs, f"```text\n{usage}\n```"])
    return f"{told}\n\n{table(('argument or option', 'meaning'), rows)}"


class Part(NamedTuple):
    """A mapping within documents: its name, the documents that have it, and its schema."""

    name: str
    documents: tuple[str, ...]
    schema: Schema


def documents() -> str:
    """Return a section for every document with its keys; a part that several documents have stands once, at the end."""
    parts = _parts()
    pieces = []
    for document, schema in _schemas().items():
        own = [part for part in parts if part.documents == (document,)]
        pieces.append(_section(f"## {document}", schema, document, parts))
        pieces += [_section(f"### {_title(part, parts)}", part.schema, document, parts) for part in own]
    pieces.append("## Parts of several documents\n")
    for part in parts:
        if len(part.documents) > 1:
            pieces.append(_section(f"### {part.name}", part.schema, part.documents[0], parts))
    return "\n" + "\n".join(pieces) + "\n"


def _schemas() -> dict[str, Schema]:
    return {name: schema() for name, schema in SCHEMAS.items() if name != "scenario"}


def _parts() -> list[Part]:
    """Return every part once, in the order in which documents name them."""
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for document, schema in _schemas().items():
        for name, part in schema.get("$defs", {}).items():
            found[name, json.dumps(part)].append(document)
    return [Part(name, tuple(where), json.loads(text)) for (name, text), where in found.items()]


def _title(part: Part, parts: list[Part]) -> str:
    """Return the name of a part; with its document's where another document has another part of that name."""
    alone = sum(other.name == part.name for other in parts) == 1
    return part.name if alone else f"{part.name} of {part.documents[0]}"


def _section(heading: str, schema: Schema, document: str, parts: list[Part]) -> str:
    rows = []
    for key, value in schema["properties"].items():
        may_lack = "" if key in schema.get("required", ()) else " (may be left out)"
        rows.append((f"`{key}`", _kind(value, document, parts) + may_lack, prose(value.get("description", ""))))
    return f"{heading}\n\n{prose(schema['description'])}\n\n{table(('key', 'type', 'meaning'), rows)}"


def _kind(value: Schema, document: str, parts: list[Part]) -> str:
    """Return in words what a value is; a part of a document as a link."""

    def kind(inside: Schema) -> str:
        return _kind(inside, document, parts)

    def link(reference: str) -> str:
        name = reference.rpartition("/")[2]
        (part,) = (each for each in parts if each.name == name and document in each.documents)
        title = _title(part, parts)
        return f"[{title}](#{anchor(title)})"

    words: dict[str, Callable[[Any], str]] = {
        "anyOf": lambda several: " or ".join(map(kind, several)),
        "$ref": link,
        "const": lambda only: f"`{json.dumps(only)}`",
        "enum": lambda several: ", ".join(f"`{json.dumps(each)}`" for each in several),
        "items": lambda each: f"list of {kind(each)}",
        "prefixItems": lambda several: f"list: {', '.join(map(kind, several))}",
        "additionalProperties": lambda each: f"mapping to {kind(each)}",
        "type": str,
    }
    return next(say(value[key]) for key, say in words.items() if key in value)
