"""The engine as plain Python: a second copy of simcore, loaded without a compiler, in which a line can be changed.

The copy is whole (its own compiler of scenarios, runner and kernels), so that nothing of the first is touched. A line
is found by its text alone, wherever in the kernels it stands, and must be there once.
"""

from __future__ import annotations

import importlib
import inspect
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from types import FunctionType, ModuleType
from typing import Any, NamedTuple

import numba
import numpy as np
import pytest

from tests.support.both_engines import Counts, Scenario

COPIED = ("simcore", "tests.support.both_engines")
KERNELS = "simcore.kernels"


class Engine(NamedTuple):
    """A copy of simcore by module, and of the functions that play it."""

    modules: dict[str, ModuleType]
    both: ModuleType

    def counts(self, scenario: Scenario, seed: int) -> Counts:
        """Play one replication and return all that is counted."""
        counts: Counts = self.both.counts_of_engine(self.both.play(self.both.compiled(scenario), seed))
        return counts


class LineNotFoundError(LookupError):
    """No function of the kernels, or more than one, has a line that is to be changed."""


@contextmanager
def _without_compiler() -> Iterator[None]:
    before = numba.config.DISABLE_JIT
    numba.config.DISABLE_JIT = True
    try:
        yield
    finally:
        numba.config.DISABLE_JIT = before


def _copied() -> dict[str, ModuleType]:
    return {name: module for name, module in sys.modules.items() if name.startswith(COPIED)}


@cache
def engine() -> Engine:
    """Return the copy, which everybody shares."""
    compiled = _copied()
    for name in compiled:
        del sys.modules[name]
    try:
        with _without_compiler():
            both = importlib.import_module("tests.support.both_engines")
        modules = _copied()
    finally:
        for name in _copied():
            del sys.modules[name]
        sys.modules.update(compiled)
    runner = modules["simcore.engine.runner"].Runner
    simulate = runner.simulate

    def quietly(*arguments: Any, **options: Any) -> Any:  # noqa: ANN401
        # The generator's words wrap around, which scalars tell and arrays do not.
        with np.errstate(over="ignore"):
            return simulate(*arguments, **options)

    runner.simulate = quietly
    return Engine(modules, both)


def _functions(copy: Engine) -> Iterator[tuple[ModuleType, FunctionType, str]]:
    for name, module in copy.modules.items():
        if name.startswith(KERNELS):
            for value in vars(module).values():
                if inspect.isfunction(value) and value.__module__ == name:
                    yield module, value, inspect.getsource(value)


def change_line(patch: pytest.MonkeyPatch, old: str, new: str) -> None:
    """Change a line of the copy's kernels, given by a part of its text, wherever its function is called.

    Raises
    ------
    LineNotFoundError
        If the text is not there, or more than once.
    """
    copy = engine()
    found = [(module, function, source) for module, function, source in _functions(copy) if old in source]
    if len(found) != 1 or found[0][2].count(old) != 1:
        where = [f"{module.__name__}.{function.__name__}" for module, function, _ in found]
        raise LineNotFoundError(f"{old!r} must be once in {KERNELS}, and is in {where}")
    module, function, source = found[0]
    namespace: dict[str, Any] = {}
    with _without_compiler():
        exec(textwrap.dedent(source).replace(old, new), vars(module), namespace)  # noqa: S102 - our own source
    for other in copy.modules.values():
        for name, value in list(vars(other).items()):
            if value is function:
                patch.setattr(other, name, namespace[function.__name__])
