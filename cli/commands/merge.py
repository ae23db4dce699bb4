"""`simcore merge`: the answer of a run whose shares were played apart."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from simcore.cli.options import (
    ARGUMENTS,
    CsvOption,
    DetailsOption,
    JsonOption,
    MarkdownOption,
    OutOption,
    OverwriteOption,
    QuietOption,
    ReportOption,
    StudyOptions,
    ThreadsOption,
)
from simcore.cli.study_command import Prepared, answer

if TYPE_CHECKING:
    from rich.console import RenderableType

    from simcore.results.result import Result
    from simcore.results.summary import Summary


def merge(
    context: typer.Context,
    parts: Annotated[
        list[Path],
        typer.Argument(metavar="FILE", help="The files of all shares, in any order.", show_default=False),
    ],
    *,
    threads: ThreadsOption = None,
    out: OutOption = None,
    report: ReportOption = None,
    overwrite: OverwriteOption = False,
    details: DetailsOption = False,
    json: JsonOption = False,
    csv: CsvOption = False,
    markdown: MarkdownOption = False,
    quiet: QuietOption = False,
) -> None:
    """Add up the shares of a run that `simcore run --shard I/N --out FILE` played, here or elsewhere.

    The answer is the same to the last bit as that of one run of all worlds. Shares of other scenarios, seeds or
    versions, damaged ones, and such as are missing or there twice are refused by name.
    """
    from simcore.cli.commands.run import footer, save  # noqa: PLC0415

    options = StudyOptions(
        file=str(parts[0]),
        threads=threads,
        out=out,
        report=report,
        overwrite=overwrite,
        details=details,
        json=json,
        csv=csv,
        markdown=markdown,
        quiet=quiet,
        no_limit=True,
        arguments=context.meta.get(ARGUMENTS, ()),
    )
    options.check()
    about = ""

    def prepare() -> "Prepared[Result]":
        from simcore.engine.simulation import SimulationRequest  # noqa: PLC0415
        from simcore.run_parts.merge import merge as merged  # noqa: PLC0415

        nonlocal about
        found = merged(parts, threads=threads)
        about = found.scenario.about
        return Prepared(SimulationRequest(found.scenario), found.scenario, run=lambda _: found)

    def shown(summary: "Summary") -> "RenderableType":
        from simcore.cli.screens.run import run_details  # noqa: PLC0415

        return run_details(summary, about)

    answer(
        options,
        prepare,
        shown,
        document=lambda result: result.summary,
        footer=footer,
        save=save,
    )
