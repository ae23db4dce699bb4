"""The file of a page: refused before anything is run where it could not be written, and written whole or not at all."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from simcore.base.errors import FileError, Problem, UsageError
from simcore.pages.drawing import check_installed
from simcore.results_folders.atomic import file_errors, shown, write_whole

if TYPE_CHECKING:
    from pathlib import Path

    from simcore.pages.exported_page import ToldOfExport
    from simcore.pages.page import Told as ToldOfScenario

ENDINGS = (".html", ".htm")


def check_file(path: Path, *, overwrite: bool) -> None:
    """Refuse a page that could not be written, or drawn, at the end of a long run; nothing is written.

    Parameters
    ----------
    overwrite
        Whether a file of that name may be replaced.

    Raises
    ------
    UsageError
        If the name does not end as that of a page.
    FileError
        If its folder is not there or cannot be written to, or something has its name.
    MissingPackageError
        If what draws is not installed.

    Examples
    --------
    >>> from pathlib import Path
    >>> check_file(Path("answer.pdf"), overwrite=False)
    Traceback (most recent call last):
    simcore.UsageError: report: is no name of a page, got answer.pdf; allowed: a name that ends in .html or .htm
    """
    if path.suffix.lower() not in ENDINGS:
        allowed = f"a name that ends in {' or '.join(ENDINGS)}"
        raise UsageError((Problem("is no name of a page", "report", value=shown(path), allowed=allowed),))
    check_installed()
    with file_errors("write", path):
        folder_there, there = path.parent.is_dir(), os.path.lexists(path)
    if not folder_there:
        raise FileError(f"cannot write {shown(path)}: there is no folder {shown(path.parent)}")
    if not os.access(path.parent, os.W_OK):
        raise FileError(f"cannot write {shown(path)}: permission denied")
    if there and not (path.is_file() and not path.is_symlink()):
        raise FileError(f"cannot write {shown(path)}: it is not a plain file")
    if there and not overwrite:
        raise FileError(f"{shown(path)} exists: name another file, or replace it with --overwrite")


def write_page(path: Path, told: ToldOfScenario | ToldOfExport) -> None:
    """Draw a page and write it.

    Raises
    ------
    FileError
        If it could not be written; a file of that name then holds what it held before.
    """
    # Charts and answers, once there is something to draw.
    from simcore.pages.exported_page import exported_page  # noqa: PLC0415
    from simcore.pages.page import Told, page_of  # noqa: PLC0415

    page = page_of(told) if isinstance(told, Told) else exported_page(told)
    write_whole(path, page.encode())
