"""How functions are compiled: what kernels are decorated with. Numba is loaded only if something must be compiled.

A kernel of plain arguments (arrays and numbers, see `simcore.compiled.direct`) that was compiled before is called
without Numba, whose import and registries take half a second. All other functions are Numba's, under the policy of
`simcore.compiled.numba_policy`, and kept as well.
"""

from __future__ import annotations

from contextlib import nullcontext
from threading import RLock
from typing import TYPE_CHECKING, Any, TypeVar, cast

import numpy as np

from simcore.compiled.direct import kinds_of
from simcore.compiled.direct_entries import direct_entry, numba_compiler
from simcore.compiled.function import Function
from simcore.compiled.kept import Listeners, numba_setting

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

__all__ = ["Compiled", "inlined", "int32", "int64", "kernel", "listen", "uint32", "uint64"]

_Function = TypeVar("_Function", bound="Callable[..., Any]")

int32: Any = np.int32
int64: Any = np.int64
uint32: Any = np.uint32
uint64: Any = np.uint64
"""Conversions to a width, in kernels: compiled, NumPy's names mean the same as Numba's."""


def listen(
    warn: Callable[[str], None],
    compiling: Callable[[str, bool], None] | None = None,
    loading: Callable[[], AbstractContextManager[None]] = nullcontext,
) -> None:
    """Set the callbacks for compiled code; by default, problems are reported as a ``RuntimeWarning``.

    Parameters
    ----------
    warn
        Called with a message, once per process, when compiled code cannot be cached or the cache cannot be trusted.
    compiling
        Called before a function is compiled, with its name (as in ``kernels.rows.words.draw_weeks``) and whether it
        will be cached for the next process.
    loading
        Numba is loaded, if it has to be, in the context that this returns.
    """
    Listeners.warn = staticmethod(warn)
    Listeners.loading = staticmethod(loading)
    Listeners.compiling = None if compiling is None else staticmethod(compiling)


class Compiled(Function):
    """A function of simcore that is compiled when it is first called."""

    def __init__(self, function: Callable[..., Any], kind: str) -> None:
        super().__init__(function, kind)
        self._entry: Callable[..., Any] = _nothing
        self._entries: dict[tuple[str, ...], Callable[..., Any] | None] = {}
        code, defaults = function.__code__, function.__defaults__ or ()
        names = code.co_varnames[: code.co_argcount]
        self._parameters = (names, dict(zip(names[len(names) - len(defaults) :], defaults, strict=True)))

    def __call__(self, *arguments: Any, **named: Any) -> Any:  # noqa: ANN401
        """Call the compiled function."""
        if not named:
            result = self._entry(*arguments)
            if result is not NotImplemented:
                return result
        return self._search(arguments, named)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        """Return an attribute of Numba's dispatcher, such as ``signatures``."""
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(self._dispatcher(), name)

    def _search(self, arguments: tuple[Any, ...], named: dict[str, Any]) -> Any:  # noqa: ANN401
        ordered = self._in_order(arguments, named)
        kinds = None if ordered is None else kinds_of(ordered)
        if ordered is not None and kinds is not None:
            with _lock:
                if kinds not in self._entries:
                    self._entries[kinds] = direct_entry(self, kinds)
            entry = self._entries[kinds]
            if entry is not None:
                self._entry = entry
                result = entry(*ordered)
                if result is not NotImplemented:
                    return result
        return self._dispatcher()(*arguments, **named)

    def _in_order(self, arguments: tuple[Any, ...], named: dict[str, Any]) -> tuple[Any, ...] | None:
        """Return all arguments in order, with defaults for those left out; ``None`` if they are not the function's."""
        names, defaults = self._parameters
        if len(arguments) > len(names):
            return None
        given = dict(zip(names, arguments, strict=False))
        if not named.keys() <= set(names[len(arguments) :]):
            return None
        values = {**defaults, **given, **named}
        return tuple(values[name] for name in names) if len(values) == len(names) else None

    def _dispatcher(self) -> Any:  # noqa: ANN401
        return numba_compiler().dispatcher(self)


_lock = RLock()


def _nothing(*_arguments: Any) -> Any:  # noqa: ANN401
    """Stand for an entry where there is none yet."""
    return NotImplemented


def _compiled(function: _Function, kind: str) -> _Function:
    """Compile a function under the policy, at its first call."""
    if numba_setting("DISABLE_JIT") not in ("", "0", 0, False):
        return function
    return cast("_Function", Compiled(function, kind))


def kernel(function: _Function) -> _Function:
    """Compile a kernel: cached, without the interpreter lock, no fast-math.

    Kernels only compute, into arrays they are given: without ``nrt`` (Numba's reference counts) they cannot allocate,
    and the many arrays of a program cost nothing to pass.
    """
    return _compiled(function, "kernel")


def inlined(function: _Function) -> _Function:
    """Compile a part of a kernel: LLVM inlines it wherever it is called, so that a call costs nothing."""
    return _compiled(function, "inlined")
