"""`simcore bench`: the commands that measure: what reduces variance, and what it is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import typer

from simcore.cli.commands import CommandGroup
from simcore.studies.study import STUDIES

if TYPE_CHECKING:
    from collections.abc import Mapping


class _Measures(CommandGroup):
    """All questions that are asked with `simcore bench`."""

    titles: ClassVar[Mapping[str, str]] = {
        study.command.removeprefix("bench "): study.title
        for study in STUDIES.values()
        if study.command.startswith("bench ")
    }


bench = typer.Typer(
    name="bench",
    cls=_Measures,
    callback=lambda: None,
    help="Measure on your own scenario: what reduces variance, and what it is made of.",
    rich_markup_mode=None,
    add_completion=False,
    no_args_is_help=True,
)
"""The group of commands."""
