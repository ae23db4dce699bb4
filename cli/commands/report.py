"""`simcore report`: a page of the answer in a folder of results."""

from pathlib import Path
from typing import Annotated

import typer

from simcore.cli.options import QuietOption


def report(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A folder that --out has written.", show_default=False)],
    file: Annotated[
        Path | None,
        typer.Argument(
            metavar="[FILE.html]", help="Where the page goes; beside the folder, named after it.", show_default=False
        ),
    ] = None,
    *,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace a page that is there.")] = False,
    quiet: QuietOption = False,
) -> None:
    """Write a page of the answer in a folder of results: one file with pictures, numbers and assumptions.

    The folder is verified first, as `simcore verify` does. The page is the one that --report writes beside the run, but
    for the command: a folder does not keep it.
    """
    from simcore.cli.output import message  # noqa: PLC0415
    from simcore.cli.report_option import check_report  # noqa: PLC0415
    from simcore.cli.startup import load_engine  # noqa: PLC0415
    from simcore.pages.from_folder import told_of  # noqa: PLC0415
    from simcore.pages.page_file import write_page  # noqa: PLC0415

    named = folder if folder.name not in ("", "..") else folder.resolve()
    target = named.with_name(f"{named.name}.html") if file is None else file
    check_report(target, overwrite=overwrite)
    load_engine(quiet=quiet, threads=None)
    write_page(target, told_of(folder))
    if not quiet:
        message(f"the report is in {target}")
