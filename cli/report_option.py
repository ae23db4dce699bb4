"""The page that ``--report`` names: checked before the run, written after it."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from simcore.results.header import StudyHeader
    from simcore.scenario.model import Scenario

_WITH_VALUE = ("--report", "--out", "-o", "--threads", "-t")
_ALONE = ("--overwrite", "--json", "--csv", "--markdown", "--details", "--quiet", "-q", "--no-limit", "--debug")
"""Options that change neither the answer nor the page."""


def check_report(path: Path, *, overwrite: bool) -> None:
    """Refuse a page that could not be written, before anything is run; see `simcore.pages.page_file.check_file`."""
    from simcore.pages.page_file import check_file  # noqa: PLC0415

    check_file(path, overwrite=overwrite)


def write_report(path: Path, documents: Sequence[StudyHeader], scenario: Scenario, arguments: Iterable[str]) -> None:
    """Write the page of an answer.

    Parameters
    ----------
    documents
        One answer, or those about several metrics.
    scenario
        As it was run.
    arguments
        The command line, without the program.
    """
    from simcore.pages.page import Told  # noqa: PLC0415
    from simcore.pages.page_file import write_page  # noqa: PLC0415

    write_page(path, Told(documents, scenario, command_of(arguments)))


def command_of(arguments: Iterable[str]) -> str:
    """Return the command that gives an answer again, without what does not change it.

    Examples
    --------
    >>> command_of(["run", "my scenario.yaml", "-n40", "--report", "a.html", "--json", "--out=there"])
    "simcore run 'my scenario.yaml' -n40"
    """
    kept, skipped = [], False
    for word in arguments:
        name = word.partition("=")[0]
        if skipped:
            skipped = False
        elif word in _WITH_VALUE:
            skipped = True
        elif not (word in _ALONE or (name in _WITH_VALUE and name.startswith("--")) or word[:2] in ("-o", "-t")):
            kept.append(word)
    return shlex.join(["simcore", *kept])
