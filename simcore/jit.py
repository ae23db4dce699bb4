"""The Numba policy: the only place where a compiler flag or a cache folder is named.

* No fast-math and no contraction to fused multiply-add: results are bit-identical on every machine.
* No ``parallel=True``: the engine runs blocks in its own threads (``nogil``), so nothing depends on a threading layer.
* Compiled code is cached in a folder named after a digest of all sources of simcore. Numba itself looks only at the file of
  the compiled function: a helper edited in another module, or an upgrade, would leave stale machine code in use.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import platformdirs

_Function = TypeVar("_Function", bound=Callable[..., Any])


def source_digest() -> str:
    """Return the hexadecimal SHA-256 of every source file of simcore (names and contents)."""
    root = Path(__file__).parent
    digest = hashlib.sha256()
    for path in sorted(root.rglob("*.py")):
        digest.update(str(path.relative_to(root)).encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _cache_folder() -> str:
    """Return a writable folder for compiled code of exactly these sources."""
    folder = Path(platformdirs.user_cache_dir("simcore")) / "numba" / source_digest()[:20]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError:
        return tempfile.mkdtemp(prefix="simcore-numba-")
    return str(folder)


os.environ.setdefault("NUMBA_CACHE_DIR", _cache_folder())
# Intel's vector library, where it is installed, has other roundings than ours.
os.environ.setdefault("NUMBA_DISABLE_INTEL_SVML", "1")

import numba  # noqa: E402  (the cache folder must be known before numba is imported)


_POLICY: dict[str, Any] = {"cache": True, "nogil": True, "fastmath": False, "error_model": "numpy"}


def kernel(function: _Function) -> _Function:
    """Compile a kernel that orchestration calls: cached, without the interpreter's lock, no fast-math.

    Kernels only compute, into what they are given: without ``nrt`` (Numba's reference counts) they cannot allocate,
    and the many arrays of a program cost nothing to pass on.
    """
    compiled: _Function = numba.njit(_nrt=False, **_POLICY)(function)
    return compiled


def inlined(function: _Function) -> _Function:
    """Compile a part of a kernel: LLVM inlines it wherever it is called, so that a call costs nothing."""
    compiled: _Function = numba.njit(_nrt=False, forceinline=True, **_POLICY)(function)
    return compiled


def builder(function: _Function) -> _Function:
    """Compile a function that returns a new array, for use outside of kernels."""
    compiled: _Function = numba.njit(**_POLICY)(function)
    return compiled
