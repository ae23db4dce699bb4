"""The progress bar on stderr: on a terminal only."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from simcore.engine.simulation import Progress

    Report = Callable[[Progress], None]


@contextmanager
def progress_bar(*, quiet: bool) -> Iterator[Report | None]:
    """Yield what the engine calls with its progress; ``None`` where nobody would see it.

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
            rate = f"{brief(progress.rep_weeks_per_second)} rep-weeks/s" if progress.done else ""
            bar.update(task, description="simulating", completed=progress.done, total=progress.total, rate=rate)

        yield report
