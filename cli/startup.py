"""What makes a command start sooner; nothing of it changes a result."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from collections.abc import Iterator


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


def engine_is_compiled() -> bool:
    """Return whether these sources were compiled on this machine before."""
    from simcore.jit import cache_folder  # noqa: PLC0415

    return any(Path(cache_folder()).rglob("engine.run_block-*.nbc"))


def load_engine() -> None:
    """Import the engine and run one small kernel, so that Numba is ready; a fifth of a second sooner than by itself."""
    with _no_linear_algebra():
        from simcore.elementary import exp  # noqa: PLC0415

        exp(0.0)
