"""The policy of compilation: every flag of Numba that simcore uses, and what else changes compiled code.

* No fast-math and no contraction to fused multiply-add: results are bit-identical on every machine.
* No ``parallel=True``: the engine runs blocks in its own threads (``nogil``), so nothing depends on a threading layer.
* Mathematical functions of the C library or the processor's vendor are not called: see `simcore.numerics.elementary`.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from functools import cache
from pathlib import Path
from typing import Any

Options = dict[str, Any]

_ALL: Options = {"nogil": True, "fastmath": False, "error_model": "numpy"}
POLICY: dict[str, Options] = {
    "kernel": {**_ALL, "_nrt": False},
    "inlined": {**_ALL, "_nrt": False, "forceinline": True},
}
"""The flags of each kind of function. The key of a cache entry has all of them, as a kernel contains functions of every
kind."""

PART: Options = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}
"""More flags for functions that only other compiled functions call: without Numba's way to call them from Python."""

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
_PROCESSOR = ("CPU_NAME", "CPU_FEATURES")
_FILE_OF_SETTINGS = ".numba_config.yaml"


def made_settings() -> dict[str, str]:
    """Return the settings of the environment that are not known to be harmless, by name."""
    given = {name.removeprefix("NUMBA_"): text for name, text in os.environ.items() if name.startswith("NUMBA_")}
    return {name: given[name] for name in sorted(given) if name not in HARMLESS}


def processor_settings() -> dict[str, str] | None:
    """Return the processor that code is to be compiled for, if one is named, or ``None`` if other settings are made.

    With settings made in the environment, a file or at run time, all functions are left to Numba.
    """
    made = made_settings()
    made.pop("DISABLE_JIT", None)
    if not made.keys() <= set(_PROCESSOR) or Path(_FILE_OF_SETTINGS).exists():
        return None
    numba = sys.modules.get("numba")
    if numba is not None:
        start = _settings_at_start(numba.config.__file__, tuple(made.items()))
        known = [name for name in (*FLAGS, *_PROCESSOR) if hasattr(start, name)]
        if any(repr(getattr(numba.config, name)) != repr(getattr(start, name)) for name in known):
            return None
    return made


@cache
def _settings_at_start(file: str, made: tuple[tuple[str, str], ...]) -> object:
    """Return Numba's settings as they are with these of the environment, unless they are changed at run time."""
    del made  # part of the cache's key
    spec = importlib.util.spec_from_file_location("numba.core.config_at_start", file)
    if spec is None or spec.loader is None:
        return object()
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
