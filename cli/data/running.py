"""Runs what is asked of deals: progress, Ctrl-C, the report or the document, the exit status of what was stopped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import typer

from simcore.base.errors import ExitStatus
from simcore.cli.interrupt import stop_on_interrupt
from simcore.cli.options import ARGUMENTS, Form, form_of
from simcore.cli.output import message, print_json, print_result, print_tables
from simcore.cli.session import progress_bar
from simcore.cli.startup import load_engine

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from rich.console import RenderableType

    from simcore.results.header import StudyHeader

Answer = TypeVar("Answer", bound="StudyHeader")


class Shown(NamedTuple):
    """How an answer about deals is printed and kept."""

    form: Form | None
    """Instead of a report; ``None`` for that."""
    report: Path | None
    quiet: bool
    arguments: Sequence[str]
    """The command line, without the program."""

    @classmethod
    def of(
        cls,
        context: typer.Context,
        *,
        json: bool,
        csv: bool,
        markdown: bool,
        report: Path | None,
        overwrite: bool,
        quiet: bool = False,
    ) -> Shown:
        """Check the options before anything is read.

        Raises
        ------
        typer.BadParameter
            If two forms are asked for.
        SimcoreError
            If the page could not be written or drawn.
        """
        form = form_of(json=json, csv=csv, markdown=markdown)
        if report is not None:
            from simcore.cli.report_option import check_report  # noqa: PLC0415

            check_report(report, overwrite=overwrite)
        return cls(form, report, quiet, context.meta.get(ARGUMENTS, ()))

    def show(self, found: Any, name: str, screen: Callable[[Any], RenderableType]) -> None:  # noqa: ANN401
        """Print an answer, and write its page.

        Parameters
        ----------
        found
            A document about an export.
        name
            What Markdown is headed with.
        screen
            Returns what is printed where no other form is asked for.
        """
        if self.form == "json":
            print_json(found.model_dump(mode="json"))
        elif self.form is not None:
            from simcore.tables.documents import tables_of  # noqa: PLC0415

            print_tables(name, tables_of(found), self.form)
        else:
            print_result(screen(found))
        if self.report is not None:
            from simcore.cli.report_option import command_of  # noqa: PLC0415
            from simcore.pages.exported_page import ToldOfExport  # noqa: PLC0415
            from simcore.pages.page_file import write_page  # noqa: PLC0415

            write_page(self.report, ToldOfExport(found, command_of(self.arguments)))
            if not self.quiet:
                message(f"the report is in {self.report}")


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
