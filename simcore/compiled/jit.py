"""The Numba policy: the only place that knows Numba, its flags and how compiled code is kept.

* No fast-math and no contraction to fused multiply-add: results are bit-identical on every machine.
* No ``parallel=True``: the engine runs blocks in its own threads (``nogil``), so nothing depends on a threading layer.
* The C library's and the processor vendor's functions of mathematics are not called: see `simcore.numerics.elementary`.
* Compiled code is kept under a digest of all that it is made of: the sources of the kernel's module and of what it
  imports, this policy, the versions, the processor. Numba's own cache looks only at the file of the compiled
  function: a helper edited in another module, or an upgrade, would leave stale machine code; it names its files after
  paths and lines, so that another environment, or a comment, compiles anew; and a damaged file fails for ever.
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
"""The flags of each kind of function. All of them are in the key of an entry: a kernel is made of functions of every
kind."""

FLAGS = (
    *("BOUNDSCHECK", "DEBUGINFO_DEFAULT", "DEBUG_ARRAY_OPT_RUNTIME", "DEBUG_NRT", "DISABLE_INTEL_SVML", "ENABLE_AVX"),
    *("ENABLE_PROFILING", "EXTEND_VARIABLE_LIFETIMES", "JIT_COVERAGE", "LLVM_REFPRUNE_FLAGS", "LLVM_REFPRUNE_PASS"),
    *("LOOP_VECTORIZE", "NRT_STATS", "OPT", "SLP_VECTORIZE", "USING_SVML"),
)
"""Settings of Numba that change what is compiled."""
HARMLESS = (
    *("CACHE_DIR", "CACHE_LOCATOR_CLASSES", "COLOR_SCHEME", "DEBUG_CACHE", "DISABLE_PERFORMANCE_WARNINGS"),
    *("FULL_TRACEBACKS", "NUM_THREADS", "THREADING_LAYER", "THREADING_LAYER_PRIORITY"),
)
"""Those that do not; of all others that the environment sets, code is kept apart."""


def _warn(text: str) -> None:
    warnings.warn(text, RuntimeWarning, stacklevel=2)


class _Listeners:
    """Who is told what happens to compiled code."""

    told: Callable[[str], None] = staticmethod(_warn)
    compiling: Callable[[str, bool], None] | None = None


def listen(told: Callable[[str], None], compiling: Callable[[str, bool], None] | None = None) -> None:
    """Say who is told of compiled code; until then, trouble is a ``RuntimeWarning``.

    Parameters
    ----------
    told
        Called with a sentence when compiled code cannot be kept, or what was kept cannot be trusted; once a process.
    compiling
        Called before a function is compiled, with its name (as in ``kernels.steady.run_block``) and whether the next
        process will find it compiled.
    """
    _Listeners.told = staticmethod(told)
    _Listeners.compiling = None if compiling is None else staticmethod(compiling)


class _Kept:
    """All that is kept, of this process: one folder, one set of sources."""

    def __init__(self) -> None:
        self.store = Store(numba.config.CACHE_DIR)
        self.sources = Sources("simcore", Path(__file__).parent.parent)
        self._texts = f"sources-{version_of_python()}{ENTRY}"
        self._told = False
        known = self.store.load(self._texts)
        if known is not None:
            self.sources.remember(known)

    def remember_sources(self) -> None:
        """Keep what was parsed for the next process, if there is something new."""
        if self.sources.learned and self.store.writable:
            self.sources.learned = False
            self.store.save(self._texts, self.sources.remembered())

    def tell_trouble(self) -> None:
        """Say once why nothing can be kept."""
        if self.store.trouble is not None and not self._told:
            self._told = True
            _Listeners.told(f"compiled code is not kept, every start compiles again: {self.store.trouble}")


@cache
def _kept() -> _Kept:
    return _Kept()


_NAMES: dict[str, CodeType] = {}


class _Code:
    """What Numba asks for the compiled code of one function, instead of its own cache."""

    def __init__(self, function: Callable[..., Any], options: _Options) -> None:
        module = function.__module__
        self._name = f"{module}.{function.__qualname__}".removeprefix("simcore.").replace("<", "").replace(">", "")
        first = _NAMES.setdefault(self._name, function.__code__)
        # A second function of that name, or one that was loaded again after an edit, is not kept: the name must tell.
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
                _kept().tell_trouble()
            if _Listeners.compiling is not None:
                _Listeners.compiling(self._name, kept)
        return found

    def save_overload(self, signature: Any, compiled: Any) -> None:  # noqa: ANN401
        """Keep a compiled function; nothing is kept of functions outside of simcore."""
        if self._sources is None:
            return
        if compiled.lifted or compiled.library.has_dynamic_globals:
            raise NotImplementedError(f"{self._name} cannot be kept: it has lifted loops or addresses in it")
        _kept().store.save(self._entry(signature, compiled.codegen), dumps(compiled._reduce()))  # noqa: SLF001
        _kept().tell_trouble()

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
            found = CompileResult._rebuild(context, *pickle.loads(payload))  # noqa: S301, SLF001 - only ours, and whole
            same = tuple(found.signature.args) == _arguments(signature)
        except Exception:  # noqa: BLE001 - what cannot be read, whatever it raises, is compiled again
            return None
        return found if same else None

    def _entry(self, signature: Any, codegen: Any) -> str:  # noqa: ANN401
        """Return the name of an entry: that of the function, and a digest of all that its code is made from."""
        cells = self._function.__closure__
        made_from = [
            *(self._name, self._sources, _POLICY, self._options, _flags()),
            *(numba.__version__, llvmlite.__version__, np.__version__, version_of_python(), sys.platform),
            *(codegen.magic_tuple(), [described(kind) for kind in _arguments(signature)]),
            None if cells is None else hashlib.sha256(dumps(tuple(cell.cell_contents for cell in cells))).hexdigest(),
        ]
        return f"{self._name}-{hashlib.sha256(json.dumps(made_from).encode()).hexdigest()[:40]}{ENTRY}"


def _arguments(signature: Any) -> tuple[Any, ...]:  # noqa: ANN401
    """Return the types of the arguments: Numba gives them alone, or with that of the result."""
    return tuple(getattr(signature, "args", signature))


def _flags() -> dict[str, str]:
    """Return the settings of Numba that code depends on."""
    of_environment = {name.removeprefix("NUMBA_") for name in os.environ if name.startswith("NUMBA_")}
    names = {*FLAGS, *(of_environment - set(HARMLESS))}
    return {name: repr(getattr(numba.config, name, os.environ.get(f"NUMBA_{name}"))) for name in sorted(names)}


def described(kind: Any) -> str:  # noqa: ANN401
    """Return a Numba type in words, named tuples with their fields, which Numba's own words leave out."""
    if isinstance(kind, types.BaseNamedTuple):
        of = kind.instance_class
        inner = ", ".join(f"{field}: {described(part)}" for field, part in zip(kind.fields, kind, strict=True))
        return f"{of.__module__}.{of.__qualname__}({inner})"
    if isinstance(kind, types.BaseTuple):
        return f"({', '.join(described(part) for part in kind)})"
    return str(kind)


def _compiled(function: _Function, options: _Options) -> _Function:
    """Compile a function under the policy, at its first call."""
    dispatcher = numba.njit(**options)(function)
    if not numba.config.DISABLE_JIT:
        dispatcher._cache = _Code(function, options)  # noqa: SLF001
    return cast("_Function", dispatcher)


def kernel(function: _Function) -> _Function:
    """Compile a kernel: kept, without the interpreter's lock, no fast-math.

    Kernels only compute, into what they are given: without ``nrt`` (Numba's reference counts) they cannot allocate,
    and the many arrays of a program cost nothing to pass on.
    """
    return _compiled(function, _POLICY["kernel"])


def inlined(function: _Function) -> _Function:
    """Compile a part of a kernel: LLVM inlines it wherever it is called, so that a call costs nothing."""
    return _compiled(function, _POLICY["inlined"])


def spliced(function: _Function) -> _Function:
    """Compile a part of a kernel by writing it out in its caller, before types are inferred.

    For the parts that pass the whole program on: compiled on their own, each level would compile all below it again.
    """
    return _compiled(function, _POLICY["spliced"])


def builder(function: _Function) -> _Function:
    """Compile a function that returns a new array, for use outside of kernels."""
    return _compiled(function, _POLICY["builder"])
