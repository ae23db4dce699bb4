"""`simcore init`: a commented scenario to start from."""

from pathlib import Path
from typing import Annotated

import typer

from simcore.base.errors import FileError


def init(
    path: Annotated[Path, typer.Argument(metavar="PATH", help="The file to write.")] = Path("scenario.yaml"),
    *,
    force: Annotated[bool, typer.Option("--force", help="Replace the file if it exists.")] = False,
) -> None:
    """Write a commented scenario to start from."""
    from simcore.cli.commands.template import TEMPLATE  # noqa: PLC0415
    from simcore.cli.output import message  # noqa: PLC0415

    write_new(path, TEMPLATE, force=force)
    message(f"wrote {path}: edit it, then `simcore check {path}` and `simcore run {path}`")


def write_new(path: Path, text: str, *, force: bool) -> None:
    """Write a text file that must not exist yet; with ``force`` one that does is replaced as a whole.

    Raises
    ------
    FileError
        If the file exists and ``force`` is not given, or cannot be written.
    """
    try:
        if force:
            from simcore.results_folders.atomic import write_whole  # noqa: PLC0415

            write_whole(path, text.encode())
        else:
            with path.open("x", encoding="utf-8", newline="\n") as file:
                file.write(text)
    except FileExistsError:
        raise FileError(f"{path} exists already; --force replaces it") from None
    except OSError as error:
        raise FileError(f"cannot write {path}: {error.strerror}") from None
