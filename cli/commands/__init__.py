"""One thin module per command, imported when its command is called."""

from __future__ import annotations

from collections import UserDict
from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar

import typer
from typer.core import TyperGroup

if TYPE_CHECKING:
    from collections.abc import Mapping


class CommandGroup(TyperGroup):
    """A group that knows its commands by name and title, and imports one when it is called.

    The command ``name`` is the function, or the group, ``name`` of the module ``simcore.cli.commands.name``, with
    underscores for hyphens; `prefix` stands before both.
    """

    titles: ClassVar[Mapping[str, str]]
    """The commands in the order of ``--help``, each with a line that fits 80 columns in full."""
    prefix: ClassVar[str] = ""
    """What the modules of a group have before their names, where other commands have the same ones."""

    def __init__(self, **settings: Any) -> None:  # noqa: ANN401  (those of typer)
        """Make the group of its titles; typer knows no commands of it."""
        super().__init__(**{**settings, "commands": _Commands(self.titles, self.prefix)})

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ANN401, ARG002
        """Return the names."""
        return list(self.titles)

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401, ARG002
        """Write the list of commands for ``--help``; none is imported for it."""
        with formatter.section("Commands"):
            formatter.write_dl(list(self.titles.items()))


class _Commands(UserDict[str, Any]):
    """Commands by name, each imported and read by typer when it is first taken."""

    def __init__(self, titles: Mapping[str, str], prefix: str) -> None:
        super().__init__(titles)
        self._prefix = prefix
        self._taken: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401  (typer does not publish the type of a command)
        title = self.data[name]
        if name not in self._taken:
            self._taken[name] = _command(name, title, self._prefix)
        return self._taken[name]


def _command(name: str, title: str, prefix: str) -> Any:  # noqa: ANN401
    word = prefix + name.replace("-", "_")
    found = getattr(import_module(f"simcore.cli.commands.{word}"), word)
    if not isinstance(found, typer.Typer):
        alone = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
        alone.command(name, short_help=title)(found)
        found = alone
    return typer.main.get_command(found)
