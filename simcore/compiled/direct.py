"""Machine code that Python calls without Numba: arrays and numbers in, at most one number out.

A compiled kernel of *plain* arguments is kept with a gateway (`simcore.compiled.gateway`): a function that CPython
calls as one of its own built-in functions (``METH_FASTCALL``). The gateway checks the types of its arguments, reads
addresses and shapes from the arrays themselves, releases the interpreter lock, and calls the kernel. So a warm start
needs only LLVM's linker, a tenth of the time to load Numba, and a call takes less time than one through Numba.

What the gateway knows of this process, such as the address of the type ``int``, it reads from a table (`TABLE`). What
it knows of arrays are the first fields of ``PyArrayObject``, which NumPy's interface for C fixes.
"""

from __future__ import annotations

import ctypes
import json
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

ENTRY_POINT = "simcore_gateway"
"""The symbol of every gateway; each object is linked on its own."""

HEAD = object.__basicsize__
"""The size of what every Python object begins with, in bytes: 16, unless Python is built in an unusual way."""

DATA, NDIM, SHAPE, DTYPE, FLAGS = HEAD, HEAD + 8, HEAD + 16, HEAD + 40, HEAD + 48
"""Where an array has the address of its data, the number of its dimensions, its shape, its dtype and its flags."""

CONTIGUOUS, ALIGNED, WRITEABLE = 0x1, 0x100, 0x400
"""Flags of arrays; the first means "in the order of C"."""

MOST_DIMENSIONS = 4
NUMBERS = ("b1", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f4", "f8")
"""The dtypes of plain arrays; a number alone is a Python ``bool``, ``int`` or ``float``, or a scalar of NumPy."""

_FUNCTIONS = (
    *("PyEval_SaveThread", "PyEval_RestoreThread", "PyLong_AsLongLong", "PyLong_FromLongLong"),
    *("PyLong_FromUnsignedLongLong", "PyFloat_FromDouble", "PyBool_FromLong", "PyErr_Occurred", "PyErr_Clear"),
    *("PyErr_SetString", "Py_IncRef"),
)
_OBJECTS: dict[str, object] = {
    "True": True,
    "False": False,
    "None": None,
    "NotImplemented": NotImplemented,
    "RuntimeError": RuntimeError,
    "int": int,
    "float": float,
    "ndarray": np.ndarray,
    **{f"scalar {code}": np.dtype(code).type for code in NUMBERS},
    **{f"dtype {code}": np.dtype(code) for code in NUMBERS},
}
TABLE = (*_FUNCTIONS, *_OBJECTS)
"""What a gateway finds in its table, by position: addresses of functions of CPython, and of objects."""

_SCALARS = {bool: "b1", int: "i8", float: "f8"} | {np.dtype(code).type: code for code in NUMBERS}
_DTYPES = {np.dtype(code): code for code in NUMBERS}
_INT64 = np.iinfo(np.int64)

_METH_FASTCALL = 0x80


class _Definition(ctypes.Structure):
    """CPython's ``PyMethodDef``."""

    _fields_ = (
        ("name", ctypes.c_char_p),
        ("address", ctypes.c_void_p),
        ("flags", ctypes.c_int),
        ("documentation", ctypes.c_char_p),
    )


_linked: list[object] = []
"""What the machine code of this process lives in: never freed, as its functions may be in use."""


def kind_of(argument: object) -> str | None:
    """Return the kind of an argument, or ``None`` if it is not plain.

    ``"f8"`` is a number, ``"f8:2"`` an array of two dimensions, ``"f8:2r"`` one that must not be written to.

    Examples
    --------
    >>> [kind_of(plain) for plain in (3, True, np.uint32(3), np.zeros((2, 3)), np.zeros(4, np.uint8))]
    ['i8', 'b1', 'u4', 'f8:2', 'u1:1']
    >>> [kind_of(other) for other in ("3", 2**63, (1, 2), np.zeros(4)[::2], np.zeros(4, ">f8"))]
    [None, None, None, None, None]
    """
    if type(argument) is np.ndarray:
        flags = argument.flags
        code = _DTYPES.get(argument.dtype)
        if code is None or not 1 <= argument.ndim <= MOST_DIMENSIONS or not (flags.c_contiguous and flags.aligned):
            return None
        return f"{code}:{argument.ndim}{'' if flags.writeable else 'r'}"
    if type(argument) is int and not _INT64.min <= argument <= _INT64.max:
        return None
    return _SCALARS.get(type(argument))


def kinds_of(arguments: tuple[object, ...]) -> tuple[str, ...] | None:
    """Return the kinds of all arguments, or ``None`` if one of them is not plain."""
    kinds = [kind_of(argument) for argument in arguments]
    return None if None in kinds else tuple(kind for kind in kinds if kind is not None)


@cache
def here() -> tuple[Any, ...] | None:
    """Return what this Python, its NumPy and this processor are, which gateways depend on.

    ``None`` if objects here are not laid out as gateways read them.
    """
    import llvmlite.binding as llvm  # noqa: PLC0415

    if not _as_expected(np.zeros((2, 3), np.uint16)) or ctypes.sizeof(ctypes.c_void_p) != ctypes.sizeof(ctypes.c_int64):
        return None
    processor = (llvm.get_process_triple(), llvm.get_host_cpu_name(), llvm.get_host_cpu_features().flatten())
    return (HEAD, TABLE, ctypes.sizeof(ctypes.c_int), processor)


def _as_expected(array: np.ndarray[Any, Any]) -> bool:
    """Return whether an array's fields, and a number's value, are where gateways look for them."""

    def word(place: int) -> int:
        return ctypes.c_int64.from_address(place).value

    at = id(array)
    shape = word(at + SHAPE)
    flags = ctypes.c_int.from_address(at + FLAGS).value
    fields = (
        *(word(at + DATA), ctypes.c_int.from_address(at + NDIM).value, word(shape), word(shape + 8), word(at + DTYPE)),
        *(flags & CONTIGUOUS, flags & ALIGNED, flags & WRITEABLE),
    )
    expected = (array.ctypes.data, 2, *array.shape, id(array.dtype), CONTIGUOUS, ALIGNED, WRITEABLE)
    number, scalar = 0.5, np.uint32(77)
    values = (
        ctypes.c_double.from_address(id(number) + HEAD).value,
        ctypes.c_uint32.from_address(id(scalar) + HEAD).value,
    )
    return fields == expected and values == (number, 77)


@cache
def _table() -> np.ndarray[Any, np.dtype[np.int64]]:
    """Return the addresses of `TABLE`."""
    functions = [ctypes.cast(getattr(ctypes.pythonapi, name), ctypes.c_void_p).value for name in _FUNCTIONS]
    return np.array([*functions, *map(id, _OBJECTS.values())], np.int64)


class ObjectCode(NamedTuple):
    """A compiled kernel with its gateway.

    Attributes
    ----------
    outside
        The functions of libraries that it calls, such as ``sqrt``.
    file
        An object file in the format of this system.
    """

    outside: tuple[str, ...]
    file: bytes

    def as_bytes(self) -> bytes:
        """Return both in one."""
        return json.dumps(self.outside).encode() + b"\n" + self.file

    @classmethod
    def from_bytes(cls, content: bytes) -> ObjectCode:
        """Return what `as_bytes` made; raise a ``ValueError`` if it did not."""
        names, _, file = content.partition(b"\n")
        return cls(tuple(map(str, json.loads(names))), file)


def linked(code: ObjectCode, name: str) -> Callable[..., Any] | None:
    """Return a gateway as a built-in function, which is named after its kernel.

    It returns ``NotImplemented`` for arguments that it was not compiled for.

    Returns
    -------
    callable or None
        ``None`` if this process has not loaded a library that it needs.

    Raises
    ------
    RuntimeError
        If this is no object file for this machine, or has no gateway.
    """
    import llvmlite.binding as llvm  # noqa: PLC0415

    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    machine = llvm.Target.from_default_triple().create_target_machine()
    engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), machine)
    # From the first engine on, LLVM finds what this process has loaded.
    if any(llvm.address_of_symbol(function) is None for function in code.outside):
        return None
    engine.add_object_file(llvm.ObjectFileRef.from_data(code.file))
    engine.finalize_object()
    address = engine.get_function_address(ENTRY_POINT)
    if not address:
        message = f"no gateway to {name}"
        raise RuntimeError(message)
    definition = _Definition(name.encode(), address, _METH_FASTCALL, None)
    _linked.append((engine, definition))
    make = ctypes.pythonapi.PyCFunction_NewEx
    make.restype, make.argtypes = ctypes.py_object, (ctypes.c_void_p, ctypes.py_object, ctypes.c_void_p)
    built_in: Callable[..., Any] = make(ctypes.addressof(definition), _table(), None)
    return built_in
