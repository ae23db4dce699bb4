"""Runs what is asked of deals: progress, Ctrl-C, the report or the document, the exit status of what was stopped."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import typer

from simcore.base.errors import ExitStatus
from simcore.cli.interrupt import stop_on_interrupt
from simcore.cli.session import progress_bar
from simcore.cli.startup import load_engine

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.console import RenderableType

    from simcore.cli.data.shown import Shown
    from simcore.results.header import StudyHeader

Answer = TypeVar("Answer", bound="StudyHeader")


def run_on_deals(ask: Callable[..., Answer], screen: Callable[[Answer], RenderableType], shown: Shown) -> Answer:
    """Run, show and return the answer.

    Parameters
    ----------
    ask
        Runs it; takes ``progress``, what is told how far it is, and ``stop``, what may end it.
    screen
        Returns what is printed of the answer, unless another form is asked for.

    Raises
    ------
    typer.Exit
        If it was stopped.
    """
    load_engine(quiet=shown.quiet, threads=None)
    with stop_on_interrupt() as interrupt, progress_bar(quiet=shown.quiet) as progress:
        found = ask(progress=progress, stop=interrupt.is_set)
    shown.show(found, found.scenario.name, screen)
    if found.interrupted:
        raise typer.Exit(int(ExitStatus.INTERRUPTED))
    return found
