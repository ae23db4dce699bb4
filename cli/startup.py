"""What makes a command start sooner, and what it says while it starts; nothing of it changes a result."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from collections.abc import Iterator

COMPILED_IN_SECONDS = {
    "kernels.rows.words.draw_weeks": ("the engine for strategies that keep to the plan", 6),
    "kernels.reacting.calling.begin_week": ("the engine for strategies that react", 12),
}
"""What takes long to compile, and how long on a core of a 2020s server: measured, good to a factor of two. Of many
small kernels, the one that is called first."""


@contextmanager
def _no_linear_algebra() -> Iterator[None]:
    """Hide SciPy's linear algebra from Numba, which imports it in case a kernel multiplies matrices; ours do not."""
    modules = cast("dict[str, Any]", sys.modules)
    if "scipy.linalg" in modules:
        yield
        return
    modules["scipy.linalg"] = None
    try:
        yield
    finally:
        del modules["scipy.linalg"]


def announce_compilation(name: str, kept: bool) -> None:
    """Say that something is compiled now, if it takes long enough to wonder: called when it is, never in advance."""
    from simcore.analytic.run_cost import duration  # noqa: PLC0415
    from simcore.cli.output import message  # noqa: PLC0415

    if name in COMPILED_IN_SECONDS:
        what, seconds = COMPILED_IN_SECONDS[name]
        again = "kept for the next time" if kept else "and at every start, since it cannot be kept"
        message(f"compiling {what}: about {duration(seconds)}, {again}")


def _discard(text: str) -> None:
    """Ignore a message."""
    del text


def warn_of_threads(threads: int | None) -> None:
    """Warn if there are more threads than processors that may be used: no error, but no gain."""
    from simcore.base.machine import processors  # noqa: PLC0415
    from simcore.cli.output import message  # noqa: PLC0415

    there = processors()
    if threads is not None and threads > there:
        these = "processor" if there == 1 else "processors"
        message(f"{threads} threads, but this process may use {there} {these}: more threads are no faster")


def load_engine(*, quiet: bool, threads: int | None = None) -> None:
    """Get ready for compiled code: where Numba must be loaded, it is a fifth of a second sooner than by itself.

    Unless ``quiet``, warn if there are more ``threads`` than processors, and report from then on what is compiled, and
    why code cannot be kept or trusted.
    """
    from simcore.cli.output import message  # noqa: PLC0415
    from simcore.compiled.jit import listen  # noqa: PLC0415

    if not quiet:
        warn_of_threads(threads)
    listen(_discard if quiet else message, None if quiet else announce_compilation, _no_linear_algebra)
