"""What surrounds a run from the command line: its progress bar, its stop, and the keywords that every study takes."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple, TypedDict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from simcore.engine.simulation import Progress
    from simcore.results_folders.results_folder import ResultsFolder

    Report = Callable[[Progress], None]


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


@contextmanager
def waiting(what: str, *, quiet: bool) -> Iterator[None]:
    """Say on stderr what is waited for, with a bar without an end; nothing where nobody would see it."""
    if quiet or not sys.stderr.isatty():
        yield
        return
    from rich import progress as rich  # noqa: PLC0415
    from rich.console import Console  # noqa: PLC0415

    columns = (rich.TextColumn("{task.description}", markup=False), rich.BarColumn(), rich.TimeElapsedColumn())
    with rich.Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        bar.add_task(what, total=None)
        yield


@contextmanager
def progress_bar(*, quiet: bool) -> Iterator[Report | None]:
    """Yield what the engine calls with its progress, a bar on stderr; ``None`` where nobody would see it.

    The bar goes to stderr and is gone at the end. Nothing at all is written if stderr is no terminal, or
    ``quiet``.
    """
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from rich import progress as rich  # noqa: PLC0415
    from rich.console import Console  # noqa: PLC0415

    from simcore.answers.numbers import brief  # noqa: PLC0415

    columns = (
        rich.TextColumn("{task.description}", markup=False),
        rich.BarColumn(),
        rich.TaskProgressColumn(),
        rich.TextColumn("{task.fields[rate]}", markup=False),
        rich.TimeRemainingColumn(),
    )
    with rich.Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("preparing", total=None, rate="")

        def report(progress: Progress) -> None:
            # Forecasts have no rep-weeks, and tell no speed.
            rate = f"{brief(progress.rep_weeks_per_second)} rep-weeks/s" if progress.rep_weeks_per_second else ""
            bar.update(task, description="simulating", completed=progress.done, total=progress.total, rate=rate)

        yield report
