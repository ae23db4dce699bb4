"""The Numba policy: the only module that uses Numba, its flags, and the cache of compiled code.

* No fast-math and no contraction to fused multiply-add: results are bit-identical on every machine.
* No ``parallel=True``: the engine runs blocks in its own threads (``nogil``), so nothing depends on a threading layer.
* Mathematical functions of the C library or the processor's vendor are not called: see `simcore.numerics.elementary`.
* Compiled code is cached under a digest of everything it depends on: the sources of the kernel's module and of its
  imports, this policy, the versions, the processor. Numba's own cache checks only the file of the compiled function: a
  helper edited in another module, or an upgrade, would leave stale machine code; it names its files after paths and
  lines, so that another environment, or a comment, recompiles; and a damaged file keeps failing.
"""

from __future__ import annotations

import hashlib
import json
import os
import pickle
import sys
import warnings
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import CodeType
from typing import Any, TypeVar, cast

import llvmlite
import numba
import numpy as np
from numba import int32, int64, types, uint32, uint64
from numba.core.compiler import CompileResult
from numba.core.serialize import dumps

from simcore.compiled.sources import Sources, version_of_python
from simcore.compiled.store import ENTRY, Store

__all__ = ["builder", "inlined", "int32", "int64", "kernel", "listen", "spliced", "uint32", "uint64"]

_Function = TypeVar("_Function", bound=Callable[..., Any])
_Options = dict[str, Any]

_ALL: _Options = {"nogil": True, "fastmath": False, "error_model": "numpy"}
_POLICY: dict[str, _Options] = {
    "kernel": {**_ALL, "_nrt": False},
    "inlined": {**_ALL, "_nrt": False, "forceinline": True},
    "spliced": {**_ALL, "_nrt": False, "inline": "always"},
    "builder": _ALL,
}
"""The flags of each kind of function. The key of a cache entry has all of them, as a kernel contains functions of every
kind."""

FLAGS = (
    *("BOUNDSCHECK", "DEBUGINFO_DEFAULT", "DEBUG_ARRAY_OPT_RUNTIME", "DEBUG_NRT", "DISABLE_INTEL_SVML", "ENABLE_AVX"),
    *("ENABLE_PROFILING", "EXTEND_VARIABLE_LIFETIMES", "JIT_COVERAGE", "LLVM_REFPRUNE_FLAGS", "LLVM_REFPRUNE_PASS"),
    *("LOOP_VECTORIZE", "NRT_STATS", "OPT", "SLP_VECTORIZE", "USING_SVML"),
)
"""Settings of Numba that change the compiled code."""
HARMLESS = (
    *("CACHE_DIR", "CACHE_LOCATOR_CLASSES", "COLOR_SCHEME", "DEBUG_CACHE", "DISABLE_PERFORMANCE_WARNINGS"),
    *("FULL_TRACEBACKS", "NUM_THREADS", "THREADING_LAYER", "THREADING_LAYER_PRIORITY"),
)
"""Settings that do not; any other setting made in the environment gets cache entries of its own."""


def _warn(text: str) -> None:
    warnings.warn(text, RuntimeWarning, stacklevel=2)


class _Listeners:
    """Callbacks for events of the cache of compiled code."""

    warn: Callable[[str], None] = staticmethod(_warn)
    compiling: Callable[[str, bool], None] | None = None


def listen(warn: Callable[[str], None], compiling: Callable[[str, bool], None] | None = None) -> None:
    """Set the callbacks for compiled code; by default, problems are reported as a ``RuntimeWarning``.

    Parameters
    ----------
    warn
        Called with a message, once per process, when compiled code cannot be cached or the cache cannot be trusted.
    compiling
        Called before a function is compiled, with its name (as in ``kernels.rows.words.draw_weeks``) and whether it will be
        cached for the next process.
    """
    _Listeners.warn = staticmethod(warn)
    _Listeners.compiling = None if compiling is None else staticmethod(compiling)


class _Kept:
    """The cache of this process: one folder, one set of sources."""

    def __init__(self) -> None:
        self.store = Store(numba.config.CACHE_DIR)
        self.sources = Sources("simcore", Path(__file__).parent.parent)
        self._texts = f"sources-{version_of_python()}{ENTRY}"
        self._warned = False
        known = self.store.load(self._texts)
        if known is not None:
            self.sources.remember(known)

    def remember_sources(self) -> None:
        """Save what was parsed for the next process, if there is anything new."""
        if self.sources.learned and self.store.writable:
            self.sources.learned = False
            self.store.save(self._texts, self.sources.remembered())

    def report_trouble(self) -> None:
        """Report once why nothing can be cached."""
        if self.store.trouble is not None and not self._warned:
            self._warned = True
            _Listeners.warn(f"compiled code is not kept, every start compiles again: {self.store.trouble}")


@cache
def _kept() -> _Kept:
    return _Kept()


_NAMES: dict[str, CodeType] = {}


class _Code:
    """Numba's cache interface for one function, in place of its own cache."""

    def __init__(self, function: Callable[..., Any], options: _Options) -> None:
        module = function.__module__
        self._name = f"{module}.{function.__qualname__}".removeprefix("simcore.").replace("<", "").replace(">", "")
        first = _NAMES.setdefault(self._name, function.__code__)
        # A second function of that name, or one reloaded after an edit, is not cached: names must be unique.
        self._sources = _kept().sources.digest(module) if first == function.__code__ else None
        self._function, self._options = function, options
        self.cache_path = str(_kept().store.folder or "")

    def load_overload(self, signature: Any, context: Any) -> Any:  # noqa: ANN401
        """Return the compiled function for the types, or ``None`` if it must be compiled."""
        context.refresh()
        _kept().remember_sources()
        found = self._load(signature, context)
        if found is None:
            kept = self._sources is not None and _kept().store.writable
            if not kept:
                _kept().report_trouble()
            if _Listeners.compiling is not None:
                _Listeners.compiling(self._name, kept)
        return found

    def save_overload(self, signature: Any, compiled: Any) -> None:  # noqa: ANN401
        """Cache a compiled function; functions outside simcore are not cached."""
        if self._sources is None:
            return
        if compiled.lifted or compiled.library.has_dynamic_globals:
            raise NotImplementedError(f"{self._name} cannot be kept: it has lifted loops or addresses in it")
        _kept().store.save(self._entry(signature, compiled.codegen), dumps(compiled._reduce()))  # noqa: SLF001
        _kept().report_trouble()

    def enable(self) -> None:
        """Do nothing: code is always kept."""

    def disable(self) -> None:
        """Do nothing: code is always kept."""

    def flush(self) -> None:
        """Do nothing: no entry is ever out of date."""

    def _load(self, signature: Any, context: Any) -> Any:  # noqa: ANN401
        payload = None if self._sources is None else _kept().store.load(self._entry(signature, context.codegen()))
        if payload is None:
            return None
        try:
            found = CompileResult._rebuild(context, *pickle.loads(payload))  # noqa: S301, SLF001 - ours, and whole
            same = tuple(found.signature.args) == _arguments(signature)
        except Exception:  # noqa: BLE001 - an entry that cannot be read, whatever the error, is compiled again
            return None
        return found if same else None

    def _entry(self, signature: Any, codegen: Any) -> str:  # noqa: ANN401
        """Return the name of an entry: the function's name and a digest of everything its code depends on."""
        cells = self._function.__closure__
        made_from = [
            *(self._name, self._sources, _POLICY, self._options, _flags()),
            *(numba.__version__, llvmlite.__version__, np.__version__, version_of_python(), sys.platform),
            *(codegen.magic_tuple(), [type_in_words(kind) for kind in _arguments(signature)]),
            None if cells is None else hashlib.sha256(dumps(tuple(cell.cell_contents for cell in cells))).hexdigest(),
        ]
        return f"{self._name}-{hashlib.sha256(json.dumps(made_from).encode()).hexdigest()[:40]}{ENTRY}"


def _arguments(signature: Any) -> tuple[Any, ...]:  # noqa: ANN401
    """Return the types of the arguments: Numba passes them alone, or with the type of the result."""
    return tuple(getattr(signature, "args", signature))


def _flags() -> dict[str, str]:
    """Return the Numba settings that compiled code depends on."""
    of_environment = {name.removeprefix("NUMBA_") for name in os.environ if name.startswith("NUMBA_")}
    names = {*FLAGS, *(of_environment - set(HARMLESS))}
    return {name: repr(getattr(numba.config, name, os.environ.get(f"NUMBA_{name}"))) for name in sorted(names)}


def type_in_words(kind: Any) -> str:  # noqa: ANN401
    """Return a Numba type as text, with the fields of named tuples, which Numba's own text leaves out."""
    if isinstance(kind, types.BaseNamedTuple):
        of = kind.instance_class
        inner = ", ".join(f"{field}: {type_in_words(part)}" for field, part in zip(kind.fields, kind, strict=True))
        return f"{of.__module__}.{of.__qualname__}({inner})"
    if isinstance(kind, types.BaseTuple):
        return f"({', '.join(type_in_words(part) for part in kind)})"
    return str(kind)


def _compiled(function: _Function, options: _Options) -> _Function:
    """Compile a function under the policy, at its first call."""
    dispatcher = numba.njit(**options)(function)
    if not numba.config.DISABLE_JIT:
        dispatcher._cache = _Code(function, options)  # noqa: SLF001
    return cast("_Function", dispatcher)


def kernel(function: _Function) -> _Function:
    """Compile a kernel: cached, without the interpreter lock, no fast-math.

    Kernels only compute, into arrays they are given: without ``nrt`` (Numba's reference counts) they cannot allocate,
    and the many arrays of a program cost nothing to pass.
    """
    return _compiled(function, _POLICY["kernel"])


def inlined(function: _Function) -> _Function:
    """Compile a part of a kernel: LLVM inlines it wherever it is called, so that a call costs nothing."""
    return _compiled(function, _POLICY["inlined"])


def spliced(function: _Function) -> _Function:
    """Compile a part of a kernel by expanding it in its caller, before types are inferred.

    For parts that pass the whole program on: compiled separately, each level would compile all levels below it again.
    """
    return _compiled(function, _POLICY["spliced"])


def builder(function: _Function) -> _Function:
    """Compile a function that returns a new array, for use outside of kernels."""
    return _compiled(function, _POLICY["builder"])
