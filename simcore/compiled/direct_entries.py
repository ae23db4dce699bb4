"""Kernels that are called without Numba: found in the cache, or compiled and kept there."""

from __future__ import annotations

import importlib.util
import json
import sys
from functools import cache
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, Any

import numpy as np

from simcore.compiled import direct
from simcore.compiled.kept import Listeners, kept
from simcore.compiled.policy import POLICY, processor_settings
from simcore.compiled.sources import version_of_python

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from simcore.compiled.function import Function

_NOT_SERVED = b"left to Numba\n"
_lock = RLock()


def direct_entry(function: Function, kinds: Sequence[str]) -> Callable[..., Any] | None:
    """Return a function for these kinds of arguments as a built-in function; it is compiled if it is not in the cache.

    Returns
    -------
    callable or None
        ``None`` if the function must be left to Numba.
    """
    processor, place = processor_settings(), direct.here()
    if function.py_func.__closure__ is not None or processor is None or place is None:
        return None
    identity = function.identity
    made_from = [*identity, "direct", POLICY, function.kind, processor, *versions(), *makers(), *place, list(kinds)]
    kept().remember_sources()
    name = kept().entry(identity.name, made_from)
    payload = kept().store.load(name) if identity.sources is not None else None
    if payload == _NOT_SERVED:
        return None
    if payload is not None:
        try:
            return direct.linked(direct.ObjectCode.from_bytes(payload), identity.name)
        except (ValueError, TypeError, RuntimeError):  # an entry that cannot be linked is compiled again
            pass
    return _compiled(function, kinds, name)


def _compiled(function: Function, kinds: Sequence[str], name: str) -> Callable[..., Any] | None:
    kept().announce(function.identity)
    code = numba_compiler().object_code(function, kinds)
    if function.identity.sources is not None:
        kept().store.save(name, _NOT_SERVED if code is None else code.as_bytes())
        kept().report_trouble()
    return None if code is None else direct.linked(code, function.identity.name)


def numba_compiler() -> Any:  # noqa: ANN401 - its types need Numba
    """Load Numba, ready to compile, and return the module that knows it."""
    with _lock:
        return _loaded()


@cache
def _loaded() -> Any:  # noqa: ANN401
    with Listeners.loading():
        from simcore.compiled import numba_compiler as module  # noqa: PLC0415

        module.load_registries()
    return module


@cache
def versions() -> tuple[str, ...]:
    """Return the versions that machine code depends on; Numba is not imported for its own."""
    import llvmlite  # noqa: PLC0415

    return (_version_of_numba(), llvmlite.__version__, np.__version__, version_of_python(), sys.platform)


def makers() -> list[str | None]:
    """Return the digests of the modules that write gateways and call them."""
    return [kept().sources.digest(f"simcore.compiled.{name}") for name in ("direct", "gateway", "numba_compiler")]


def _version_of_numba() -> str:
    """Return Numba's version, from the file in which its build wrote it."""
    spec = importlib.util.find_spec("numba")
    file = None if spec is None or spec.origin is None else Path(spec.origin).with_name("_version.py")
    if file is not None and file.is_file():
        return json.dumps(file.read_text(encoding="utf-8"))
    return str(numba_compiler().numba.__version__)
