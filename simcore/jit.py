"""The Numba policy: the only place where a compiler flag or a cache folder is named.

* No fast-math and no contraction to fused multiply-add: results are bit-identical on every machine.
* No ``parallel=True``: the engine runs blocks in its own threads (``nogil``), so nothing depends on a threading layer.
* The C library's and the processor vendor's functions of mathematics are not called: see `simcore.elementary`.
* Compiled code is cached in a folder named after a digest of all sources that it is made of. Numba itself looks only at
  the file of the compiled function: a helper edited in another module, or an upgrade, would leave stale machine code.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import numba
import platformdirs
from numba import int32, int64, uint32, uint64

__all__ = ["builder", "inlined", "int32", "int64", "kernel", "source_digest", "spliced", "uint32", "uint64"]

_Function = TypeVar("_Function", bound=Callable[..., Any])


COMPILED = (
    *("addresses", "draws", "elementary", "horizons", "jit", "normal", "philox", "program"),
    *("quantile_table", "source", "special", "tally"),
)
"""The modules from which compiled code takes anything, besides all of `simcore.kernels`; a test holds this to what they
import. Other modules can change, and compiled code stays valid."""


def source_digest() -> str:
    """Return the hexadecimal SHA-256 of the sources that compiled code is made of (names and contents)."""
    root = Path(__file__).parent
    digest = hashlib.sha256()
    for path in [*(root / f"{name}.py" for name in COMPILED), *sorted((root / "kernels").glob("*.py"))]:
        digest.update(str(path.relative_to(root)).encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


@cache
def cache_folder() -> str:
    """Return a writable folder for compiled code of exactly these sources.

    It lies in ``NUMBA_CACHE_DIR`` if that is set, else in the user's cache; where neither can be written, it is a
    temporary folder, and the next process compiles again.
    """
    base = Path(numba.config.CACHE_DIR or Path(platformdirs.user_cache_dir("simcore")) / "numba")
    folder = base / f"simcore-{source_digest()[:20]}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError:
        return tempfile.mkdtemp(prefix="simcore-numba-")
    return str(folder)


def _compiled(function: _Function, **options: Any) -> _Function:  # noqa: ANN401
    """Compile a function under the policy; the cache folder is ours alone, other users of Numba keep theirs."""
    theirs = numba.config.CACHE_DIR
    numba.config.CACHE_DIR = cache_folder()
    try:
        dispatcher: _Function = numba.njit(cache=True, nogil=True, fastmath=False, error_model="numpy", **options)(
            function
        )
    finally:
        numba.config.CACHE_DIR = theirs
    return dispatcher


def kernel(function: _Function) -> _Function:
    """Compile a kernel: cached, without the interpreter's lock, no fast-math.

    Kernels only compute, into what they are given: without ``nrt`` (Numba's reference counts) they cannot allocate,
    and the many arrays of a program cost nothing to pass on.
    """
    return _compiled(function, _nrt=False)


def inlined(function: _Function) -> _Function:
    """Compile a part of a kernel: LLVM inlines it wherever it is called, so that a call costs nothing."""
    return _compiled(function, _nrt=False, forceinline=True)


def spliced(function: _Function) -> _Function:
    """Compile a part of a kernel by writing it out in its caller, before types are inferred.

    For the parts that pass the whole program on: compiled on their own, each level would compile all below it again.
    """
    return _compiled(function, _nrt=False, inline="always")


def builder(function: _Function) -> _Function:
    """Compile a function that returns a new array, for use outside of kernels."""
    return _compiled(function)
