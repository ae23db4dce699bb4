"""What surrounds a run from the command line, and the keywords that every study takes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypedDict

if TYPE_CHECKING:
    from collections.abc import Callable

    from simcore.cli.progress import Report
    from simcore.results_folders.results_folder import ResultsFolder


class How(TypedDict):
    """Keywords that every study takes."""

    threads: int | None
    progress: Report | None
    stop: Callable[[], bool]


class Session(NamedTuple):
    """What surrounds a run: threads, progress bar, the stop of Ctrl-C, and the folder of ``--out``."""

    threads: int | None
    progress: Report | None
    stop: Callable[[], bool]
    folder: ResultsFolder | None

    def how(self) -> How:
        """Return the keywords that every study takes."""
        return {"threads": self.threads, "progress": self.progress, "stop": self.stop}
