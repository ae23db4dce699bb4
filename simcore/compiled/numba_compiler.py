"""The only module that uses Numba: functions become dispatchers, kernels of plain arguments object files.

Compiled code is cached under a digest of everything it depends on: the sources of the kernel's module and of its
imports, the policy, the versions, the processor. Numba's own cache checks only the file of the compiled function: a
helper edited in another module, or an upgrade, would leave stale machine code; it names its files after paths and
lines, so that another environment, or a comment, recompiles; and a damaged file keeps failing.
"""

from __future__ import annotations

import hashlib
import pickle
import sys
from threading import Lock
from typing import TYPE_CHECKING, Any

import llvmlite
import llvmlite.binding as llvm
import numba
import numpy as np
from llvmlite import ir
from numba import types
from numba.core import compiler
from numba.core.compiler import CompileResult
from numba.core.compiler_lock import global_compiler_lock
from numba.core.registry import cpu_target
from numba.core.serialize import dumps
from numba.extending import typeof_impl
from numba.np.arrayobj import populate_array

from simcore.compiled.direct import ObjectCode
from simcore.compiled.function import Function
from simcore.compiled.gateway import RESULTS, Gateway
from simcore.compiled.kept import kept
from simcore.compiled.policy import FLAGS, PART, POLICY, Options, made_settings
from simcore.compiled.sources import version_of_python

if TYPE_CHECKING:
    from collections.abc import Sequence

_TYPES = {np.dtype(kind.name).str[1:]: kind for kind in (*types.integer_domain, *types.real_domain)}
_TYPES["b1"] = types.boolean
_NUMBERS = {kind: code for code, kind in _TYPES.items()}
_lock = Lock()
_RENAMED = tuple(f"llvm.{name}" for name in ("cos", "exp", "ldexp", "log", "pow", "sin", "tan"))
"""What LLVM replaces by functions of libraries; it writes out the others in place, or needs C's ``memset`` and such."""


def load_registries() -> None:
    """Load what Numba loads at its first compilation."""
    with global_compiler_lock:
        cpu_target.typing_context.refresh()
        cpu_target.target_context.refresh()


class _Code:
    """Numba's cache interface for one function, in place of its own cache."""

    def __init__(self, function: Function, options: Options) -> None:
        self._function, self._options, self._identity = function.py_func, options, function.identity
        self.cache_path = str(kept().store.folder or "")

    def load_overload(self, signature: Any, context: Any) -> Any:  # noqa: ANN401
        """Return the compiled function for the types, or ``None`` if it must be compiled."""
        context.refresh()
        kept().remember_sources()
        found = self._load(signature, context)
        if found is None:
            kept().announce(self._identity)
        return found

    def save_overload(self, signature: Any, compiled: Any) -> None:  # noqa: ANN401
        """Cache a compiled function; functions outside simcore are not cached."""
        if self._identity.sources is None:
            return
        if compiled.lifted or compiled.library.has_dynamic_globals:
            message = f"{self._identity.name} cannot be kept: it has lifted loops or addresses in it"
            raise NotImplementedError(message)
        kept().store.save(self._entry(signature, compiled.codegen), dumps(compiled._reduce()))  # noqa: SLF001
        kept().report_trouble()

    def enable(self) -> None:
        """Do nothing: code is always kept."""

    def disable(self) -> None:
        """Do nothing: code is always kept."""

    def flush(self) -> None:
        """Do nothing: no entry is ever out of date."""

    def _load(self, signature: Any, context: Any) -> Any:  # noqa: ANN401
        known = self._identity.sources is not None
        payload = kept().store.load(self._entry(signature, context.codegen())) if known else None
        if payload is None:
            return None
        try:
            found = CompileResult._rebuild(context, *pickle.loads(payload))  # noqa: S301, SLF001 - ours, and whole
            same = tuple(found.signature.args) == _arguments(signature)
        except Exception:  # noqa: BLE001 - an entry that cannot be read, whatever the error, is compiled again
            return None
        return found if same else None

    def _entry(self, signature: Any, codegen: Any) -> str:  # noqa: ANN401
        """Return the name of an entry."""
        cells = self._function.__closure__
        made_from = [
            *(*self._identity, POLICY, self._options, _flags()),
            *(numba.__version__, llvmlite.__version__, np.__version__, version_of_python(), sys.platform),
            *(codegen.magic_tuple(), [type_in_words(kind) for kind in _arguments(signature)]),
            None if cells is None else hashlib.sha256(dumps(tuple(cell.cell_contents for cell in cells))).hexdigest(),
        ]
        return kept().entry(self._identity.name, made_from)


def _arguments(signature: Any) -> tuple[Any, ...]:  # noqa: ANN401
    """Return the types of the arguments: Numba passes them alone, or with the type of the result."""
    return tuple(getattr(signature, "args", signature))


def _flags() -> dict[str, str]:
    """Return the Numba settings that compiled code depends on."""
    made = made_settings()
    return {name: repr(getattr(numba.config, name, made.get(name))) for name in sorted({*FLAGS, *made})}


def type_in_words(kind: Any) -> str:  # noqa: ANN401
    """Return a Numba type as text, with the fields of named tuples, which Numba's own text leaves out."""
    if isinstance(kind, types.BaseNamedTuple):
        of = kind.instance_class
        inner = ", ".join(f"{field}: {type_in_words(part)}" for field, part in zip(kind.fields, kind, strict=True))
        return f"{of.__module__}.{of.__qualname__}({inner})"
    if isinstance(kind, types.BaseTuple):
        return f"({', '.join(type_in_words(part) for part in kind)})"
    return str(kind)


def dispatcher(function: Function, *, part: bool = False) -> Any:  # noqa: ANN401
    """Return a function as Numba's dispatcher; as a ``part``, one that only compiled functions call."""
    with _lock:
        if part not in function.parts:
            options = {**function.targetoptions, **(PART if part else {})}
            made = numba.njit(**options)(function.py_func)
            made._cache = _Code(function, options)  # noqa: SLF001
            function.parts[part] = made
        return function.parts[part]


@typeof_impl.register(Function)  # type: ignore[untyped-decorator]
def _type_of_function(function: Function, _context: Any) -> Any:  # noqa: ANN401
    """Let compiled functions call others."""
    return types.Dispatcher(dispatcher(function, part=True))


def object_code(function: Function, kinds: Sequence[str]) -> ObjectCode | None:
    """Compile a function of plain arguments to an object file with a gateway (`simcore.compiled.gateway`).

    Returns
    -------
    ObjectCode or None
        ``None`` if it cannot be called without Numba: its result is no number, or its code has addresses in it.
    """
    made = dispatcher(function, part=True)
    flags = compiler.Flags()
    made.targetdescr.options.parse_as_flags(flags, made.targetoptions)
    flags.no_compile = True
    context, typing = made.targetdescr.target_context, made.targetdescr.typing_context
    with global_compiler_lock:
        load_registries()
        arguments = tuple(_type(kind) for kind in kinds)
        result = compiler.compile_extra(typing, context, function.py_func, arguments, None, flags, {})
        returned = "none" if result.signature.return_type == types.none else _NUMBERS.get(result.signature.return_type)
        if returned not in RESULTS:
            return None
        _write_gateway(context, result, kinds, f"{function.identity.name} failed", returned)
        library = result.library
        library.finalize()
        outside = _outside(library._final_module)  # noqa: SLF001
        if library.has_dynamic_globals or outside is None:
            return None
        return ObjectCode(outside, bytes(library._get_compiled_object()))  # noqa: SLF001


def _type(kind: str) -> Any:  # noqa: ANN401
    """Return Numba's type of a plain argument."""
    code, _, form = kind.partition(":")
    number = _TYPES[code]
    return types.Array(number, int(form[0]), "C", readonly=form.endswith("r")) if form else number


def _write_gateway(context: Any, result: Any, kinds: Sequence[str], words: str, returned: str) -> None:  # noqa: ANN401
    """Add the gateway to the library of a compiled kernel."""
    described = result.fndesc
    module = result.library.create_ir_module("gateway")
    signature = context.call_conv.get_function_type(described.restype, described.argtypes)
    gateway = Gateway(module, kinds)
    callee = ir.Function(module, signature, described.llvm_func_name)
    builder = gateway.builder

    def array_of(kind: str, data: Any, shape: list[Any]) -> Any:  # noqa: ANN401
        array = context.make_array(_type(kind))(context, builder)
        itemsize = np.dtype(kind.partition(":")[0]).itemsize
        strides = [context.get_constant(types.intp, itemsize)]
        for size in reversed(shape[1:]):
            strides.insert(0, builder.mul(strides[0], size))
        data = builder.bitcast(data, array.data.type)
        populate_array(array, data, shape, strides, itemsize, meminfo=None)
        return array._getvalue()  # noqa: SLF001

    arguments = gateway.arguments(array_of)
    state = gateway.release_lock()
    status, value = context.call_conv.call_function(
        builder, callee, described.restype, described.argtypes, arguments, attrs=("noinline",)
    )
    gateway.take_lock(state)
    gateway.finish(status.is_error, words, returned, value)
    result.library.add_ir_module(module)


def _outside(module: llvm.ModuleRef) -> tuple[str, ...] | None:
    """Return the functions that code calls outside of itself, or ``None`` if they have other names in the end."""
    names = [one.name for one in module.functions if one.is_declaration]
    if any(name.startswith(_RENAMED) for name in names):
        return None
    return tuple(name for name in names if not name.startswith("llvm."))
