"""The engine as plain Python: a second copy of simcore, loaded without a compiler, in which code can be changed.

The copy is whole (its own compiler of scenarios, runner and kernels), so that nothing of the first is touched. A change
replaces an expression or statements of a named function. These are matched as syntax trees, so formatting, comments and
edits elsewhere in the function do not matter.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import sys
import textwrap
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from types import ModuleType
from typing import Any, NamedTuple

import numba
import numpy as np
import pytest

from tests.support.both_engines import Counts, Scenario

COPIED = ("simcore", "tests.support.both_engines")
KERNELS = "simcore.kernels"
# Eight such bytes are far out of any array as an index, and far out of any sum as a float.
NONSENSE = 0x5A
LOW = 0xFFFFFFFF


class Engine(NamedTuple):
    """A copy of simcore by module, and of the functions that run it."""

    modules: dict[str, ModuleType]
    both: ModuleType

    def counts(self, scenario: Scenario, seed: int, first: int = 0, count: int = 1, row: int = 1) -> Counts:
        """Run some replications, by default one, in rows of at most ``row``, and return all counts."""
        both = self.both
        counts: Counts = both.counts_of_engine(both.play(both.compiled(scenario), seed, first, count, row=row))
        return counts


class CodeNotFoundError(LookupError):
    """There is no such function, or it does not contain the code to change exactly once."""


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


def _quiet(function: Callable[..., Any]) -> Callable[..., Any]:
    """Let a generator's words wrap around, of which NumPy warns for scalars but not for arrays."""

    def quietly(*arguments: Any, **options: Any) -> Any:  # noqa: ANN401
        with np.errstate(over="ignore"):
            return function(*arguments, **options)

    return quietly


def _nonsense(shape: int | tuple[int, ...], dtype: Any = float) -> np.ndarray:  # noqa: ANN401 - as NumPy has it
    array = np.zeros(shape, dtype)
    array.view(np.uint8)[...] = NONSENSE
    return array


def _numpy_of_kernels() -> ModuleType:
    """Return NumPy, whose memory that nobody has written yet always holds the same nonsense.

    What a kernel reads of it would else depend on what this process did before: a planted fault could go unseen by
    chance, and an honest kernel that reads before it writes could pass.
    """
    module = ModuleType("numpy")
    vars(module).update(vars(np) | {"empty": _nonsense})
    return module


def _rounds(c0: Any, c1: Any, c2: Any, c3: Any, key: tuple[Any, Any]) -> tuple[np.uint32, ...]:  # noqa: ANN401
    """Compute one block of Philox as `simcore.random.philox.rounds` does, in Python's integers.

    NumPy's scalars take seven times as long, which was a quarter of the time of planted faults. None is planted here.
    """
    w0, w1, w2, w3, k0, k1 = int(c0), int(c1), int(c2), int(c3), int(key[0]), int(key[1])
    for _ in range(10):
        p0, p1 = w0 * 0xD2511F53, w2 * 0xCD9E8D57
        w0, w1, w2, w3 = (p1 >> 32) ^ w1 ^ k0, p1 & LOW, (p0 >> 32) ^ w3 ^ k1, p0 & LOW
        k0, k1 = k0 + 0x9E3779B9 & LOW, k1 + 0xBB67AE85 & LOW
    return np.uint32(w0), np.uint32(w1), np.uint32(w2), np.uint32(w3)


def load(prepare: Callable[[], None] = lambda: None) -> Engine:
    """Load a copy; ``prepare`` is called before its modules load, so that all of them see its changes."""
    compiled = _copied()
    for name in compiled:
        del sys.modules[name]
    try:
        with _without_compiler():
            prepare()
            both = importlib.import_module("tests.support.both_engines")
            importlib.import_module("simcore.kernels.pipeline")  # which no engine imports
        modules = _copied()
    finally:
        for name in _copied():
            del sys.modules[name]
        sys.modules.update(compiled)
    runner = modules["simcore.engine.runner"].Runner
    for name in ("simulate", "_compile"):
        setattr(runner, name, _quiet(getattr(runner, name)))
    slow = modules["simcore.random.philox"].rounds
    for module in modules.values():
        if getattr(module, "rounds", None) is slow:
            vars(module)["rounds"] = _rounds
    poisoned = _numpy_of_kernels()
    for name, module in modules.items():
        if name.startswith(KERNELS) and getattr(module, "np", None) is np:
            vars(module)["np"] = poisoned
    return Engine(modules, both)


@cache
def engine() -> Engine:
    """Return the shared copy."""
    return load()


def change(patch: pytest.MonkeyPatch, function: str, old: str, new: str, *, copy: Engine | None = None) -> None:
    """Change a kernel of a copy wherever it is called.

    Parameters
    ----------
    patch
        Undoes the change at the end of the test.
    function
        The name of the kernel from ``simcore.kernels`` on, as in ``"world.fill_seat"``, or of a method of a class.
    old, new
        An expression, or one or more statements; the function contains ``old`` exactly once.
    copy
        The copy to change; by default the shared one.

    Raises
    ------
    CodeNotFoundError
        If there is no such function, or it does not contain ``old`` exactly once.
    """
    copy = copy or engine()
    place, _, name = function.rpartition(".")
    module = copy.modules.get(f"{KERNELS}.{place}")
    owner: Any = module
    if module is None:
        place, _, owned_by = place.rpartition(".")
        module = copy.modules.get(f"{KERNELS}.{place}")
        owner = getattr(module, owned_by, None)
    kernel = getattr(owner, name, None)
    if module is None or not inspect.isfunction(kernel) or kernel.__module__ != module.__name__:
        message = f"{KERNELS} has no function {function}"
        raise CodeNotFoundError(message)
    namespace: dict[str, Any] = {}
    with _without_compiler():
        exec(_changed(function, inspect.getsource(kernel), old, new), vars(module), namespace)  # noqa: S102 - our own
    if owner is not module:
        patch.setattr(owner, name, namespace[name])
    for other in copy.modules.values():
        for where, value in list(vars(other).items()):
            if value is kernel:
                patch.setattr(other, where, namespace[name])


class _Match(NamedTuple):
    """A match: nodes of a list from ``start`` on, or the only node of a field."""

    parent: ast.AST
    field: str
    nodes: list[Any]
    start: int


def _matches(tree: ast.AST, wanted: list[ast.stmt]) -> Iterator[_Match]:
    texts = [ast.unparse(node) for node in wanted]
    for parent in ast.walk(tree):
        if isinstance(parent, ast.Expr):
            continue  # as a statement it is matched in the body that contains it
        for field, value in ast.iter_fields(parent):
            nodes = value if isinstance(value, list) else [value]
            for start in range(len(nodes)):
                run = nodes[start : start + len(texts)]
                if all(isinstance(node, ast.stmt | ast.expr) for node in run) and [*map(ast.unparse, run)] == texts:
                    yield _Match(parent, field, nodes, start)


def _changed(function: str, source: str, old: str, new: str) -> str:
    """Return the source of a function with ``old`` replaced by ``new``."""
    tree, wanted, given = ast.parse(textwrap.dedent(source)), ast.parse(old).body, ast.parse(new).body
    found = list(_matches(tree, wanted))
    if len(found) != 1:
        message = f"{old!r} must be exactly once in {function}, and is there {len(found)} times"
        raise CodeNotFoundError(message)
    parent, field, nodes, start = found[0]
    if isinstance(nodes[start], ast.stmt):
        nodes[start : start + len(wanted)] = given
        return ast.unparse(tree)
    if len(given) != 1 or not isinstance(given[0], ast.Expr):
        message = f"{old!r} is a part of an expression in {function}, and {new!r} is none"
        raise CodeNotFoundError(message)
    nodes[start] = given[0].value
    setattr(parent, field, nodes if isinstance(getattr(parent, field), list) else nodes[0])
    return ast.unparse(tree)
