"""How answers about an export are printed and kept, and the options that say it: the same for all their commands."""

from __future__ import annotations

from functools import wraps
from inspect import Parameter, Signature, signature
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from simcore.cli.options import (
    ARGUMENTS,
    CsvOption,
    Form,
    JsonOption,
    MarkdownOption,
    QuietOption,
    ReportOption,
    form_of,
)
from simcore.cli.output import message, print_json, print_result, print_tables

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from rich.console import RenderableType

OverwriteReportOption = Annotated[bool, typer.Option("--overwrite", help="Let --report replace what is there.")]
OPTIONS: dict[str, tuple[Any, Any]] = {
    "json": (JsonOption, False),
    "csv": (CsvOption, False),
    "markdown": (MarkdownOption, False),
    "report": (ReportOption, None),
    "overwrite": (OverwriteReportOption, False),
    "quiet": (QuietOption, False),
}
"""Each with its default, in the order of the help."""


class Shown(NamedTuple):
    """How an answer about deals is printed and kept."""

    form: Form | None
    """Instead of a report; ``None`` for that."""
    report: Path | None
    quiet: bool
    arguments: Sequence[str]
    """The command line, without the program."""

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


def shown_command(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command its own options and then `OPTIONS`; it gets these as one `Shown`, its first argument.

    They are checked before anything is read: two forms are refused, and a page that could not be written or drawn.
    """

    @wraps(command)
    def typed(**values: Any) -> None:  # noqa: ANN401  (those of the signature below)
        chosen = {name: values.pop(name) for name in OPTIONS}
        form = form_of(**{name: chosen[name] for name in ("json", "csv", "markdown")})
        if chosen["report"] is not None:
            from simcore.cli.report_option import check_report  # noqa: PLC0415

            check_report(chosen["report"], overwrite=chosen["overwrite"])
        arguments = values.pop("context").meta.get(ARGUMENTS, ())
        command(Shown(form, chosen["report"], chosen["quiet"], arguments), **values)

    own = list(signature(command).parameters.values())[1:]
    parameters = [Parameter("context", Parameter.KEYWORD_ONLY, annotation=typer.Context)]
    parameters += [each.replace(kind=Parameter.KEYWORD_ONLY) for each in own]
    for name, (option, default) in OPTIONS.items():
        parameters.append(Parameter(name, Parameter.KEYWORD_ONLY, default=default, annotation=option))
    typed.__signature__ = Signature(parameters)  # type: ignore[attr-defined]
    typed.__annotations__ = {each.name: each.annotation for each in parameters}
    return typed
