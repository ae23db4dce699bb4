"""What makes a command start sooner; nothing of it changes a result."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from simcore.scenario import Scenario


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


def engine_is_compiled(*, reactive: bool = False) -> bool:
    """Return whether the kernel for steady strategies, or that for those that react, was compiled here before."""
    from simcore.jit import cache_folder  # noqa: PLC0415

    kernel = "reactive.run_reactive_block" if reactive else "engine.run_block"
    return any(Path(cache_folder()).rglob(f"{kernel}-*.nbc"))


def announce_compilation(scenarios: Iterable[Scenario], *, quiet: bool) -> None:
    """Say so if a kernel that the scenarios need is compiled for the first time."""
    from simcore.cli.output import message  # noqa: PLC0415

    needed = {
        bool(scenario.strategy.drives) or scenario.referrals is not None or scenario.coached for scenario in scenarios
    }
    if not quiet and not all(engine_is_compiled(reactive=reactive) for reactive in needed):
        message("compiling the engine for this machine: a minute or two, and only once")


def load_engine() -> None:
    """Import the engine and run one small kernel, so that Numba is ready; a fifth of a second sooner than by itself."""
    with _no_linear_algebra():
        from simcore.elementary import exp  # noqa: PLC0415

        exp(0.0)
