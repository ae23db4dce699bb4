"""The folder of results that ``--out`` names."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from simcore.results_folders.results_folder import ResultsFolder
    from simcore.scenario.model import Scenario


@contextmanager
def results_folder(out: Path, scenario: Scenario, digest: str, *, overwrite: bool) -> Iterator[ResultsFolder]:
    """Yield the folder to write into; tell if an exchange of results in it was cut off.

    Raises
    ------
    FileError
        If the folder cannot be used.
    """
    from simcore.base.version import __version__  # noqa: PLC0415
    from simcore.cli.output import message  # noqa: PLC0415
    from simcore.results_folders.results_folder import ResultsFolder  # noqa: PLC0415

    with ResultsFolder(
        out,
        scenario=scenario,
        digest=digest,
        seed=scenario.run.seed,
        version=__version__,
        overwrite=overwrite,
    ) as folder:
        if folder.finished_an_exchange:
            message(f"{out} held results that an earlier run had not finished putting in their place: done now")
        yield folder
