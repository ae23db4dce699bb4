"""`simcore data`: the commands that read the exports of a CRM."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import typer

from simcore.cli.commands import CommandGroup

if TYPE_CHECKING:
    from collections.abc import Mapping


class _Readers(CommandGroup):
    """What can be asked of exports."""

    titles: ClassVar[Mapping[str, str]] = {
        "check": "Tell what is in the exports of a CRM, and what is wrong with them.",
        "example": "Write an export of a team that does not exist, to try.",
    }
    prefix = "data_"


data = typer.Typer(
    name="data",
    cls=_Readers,
    callback=lambda: None,
    help="Read the exports of a CRM, and tell what is wrong with them.",
    rich_markup_mode=None,
    add_completion=False,
    no_args_is_help=True,
)
"""The group of commands."""
