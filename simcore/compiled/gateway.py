"""Gateways: what leads from Python to a kernel's machine code, written in LLVM's language when a kernel is compiled."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from llvmlite import ir

from simcore.compiled import direct

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_BYTE, _INT, _WORD, _DOUBLE = ir.IntType(8), ir.IntType(32), ir.IntType(64), ir.DoubleType()
_POINTER = _BYTE.as_pointer()
_RETURNED = {
    **dict.fromkeys(("i1", "i2", "i4", "i8"), ("PyLong_FromLongLong", _WORD)),
    **dict.fromkeys(("u1", "u2", "u4", "u8"), ("PyLong_FromUnsignedLongLong", _WORD)),
    "f8": ("PyFloat_FromDouble", _DOUBLE),
    "b1": ("PyBool_FromLong", _WORD),
}
RESULTS = frozenset({"none", *_RETURNED})
"""The kinds of results that a gateway can return."""


class Gateway:
    """Writes the gateway to a kernel.

    Parameters
    ----------
    module
        Where the gateway is written.
    kinds
        The kinds of the kernel's arguments, see `simcore.compiled.direct.kind_of`.
    """

    def __init__(self, module: ir.Module, kinds: Sequence[str]) -> None:
        signature = ir.FunctionType(_POINTER, [_POINTER, _POINTER.as_pointer(), _WORD])
        self._module, self._kinds = module, kinds
        self._function = ir.Function(module, signature, direct.ENTRY_POINT)
        self._function.attributes.add("optnone")
        self._function.attributes.add("noinline")
        self.builder = ir.IRBuilder(self._function.append_basic_block("entry"))
        table, _, count = self._function.args
        self._addresses = self._read(table, direct.DATA, _WORD.as_pointer())
        self._other = self._function.append_basic_block("other_arguments")
        self._demand(self.builder.icmp_signed("==", count, _WORD(len(kinds))))

    def arguments(self, array_of: Callable[[str, ir.Value, list[ir.Value]], ir.Value]) -> list[ir.Value]:
        """Check all arguments and return their values; ``array_of`` makes an array of its kind, data and shape."""
        given = self._function.args[1]
        found = []
        for position, kind in enumerate(self._kinds):
            it = self.builder.load(self.builder.gep(given, [_WORD(position)]))
            found.append(self._array(it, kind, array_of) if ":" in kind else self._number(it, kind))
        return found

    def release_lock(self) -> ir.Value:
        """Release the interpreter lock; return what `take_lock` needs."""
        return self._call("PyEval_SaveThread", _POINTER)

    def take_lock(self, state: ir.Value) -> None:
        """Take the interpreter lock again."""
        self._call("PyEval_RestoreThread", ir.VoidType(), state)

    def finish(self, failed: ir.Value, words: str, kind: str, result: ir.Value) -> None:
        """Return the kernel's result, or raise a ``RuntimeError`` with these words if it failed."""
        with self.builder.if_then(failed, likely=False):
            text = bytearray(words.encode() + b"\0")
            constant = ir.GlobalVariable(self._module, ir.ArrayType(_BYTE, len(text)), "simcore_words")
            constant.initializer, constant.global_constant = ir.Constant(constant.value_type, text), True
            constant.linkage = "internal"
            words_at = self.builder.bitcast(constant, _POINTER)
            self._call("PyErr_SetString", ir.VoidType(), self._object("RuntimeError"), words_at)
            self.builder.ret(_POINTER(None))
        self.builder.ret(self._new("None") if kind == "none" else self._boxed(kind, result))
        self.builder.position_at_end(self._other)
        self.builder.ret(self._new("NotImplemented"))

    def _array(
        self, it: ir.Value, kind: str, array_of: Callable[[str, ir.Value, list[ir.Value]], ir.Value]
    ) -> ir.Value:
        code, form = kind.split(":")
        ndim, wanted = int(form[0]), direct.CONTIGUOUS | direct.ALIGNED
        if not form.endswith("r"):
            wanted |= direct.WRITEABLE
        self._demand(self._is(self._read(it, direct.HEAD - 8, _POINTER), "ndarray"))
        self._demand(self._is(self._read(it, direct.DTYPE, _POINTER), f"dtype {code}"))
        self._demand(self.builder.icmp_signed("==", self._read(it, direct.NDIM, _INT), _INT(ndim)))
        flags = self.builder.and_(self._read(it, direct.FLAGS, _INT), _INT(wanted))
        self._demand(self.builder.icmp_signed("==", flags, _INT(wanted)))
        sizes = self._read(it, direct.SHAPE, _WORD.as_pointer())
        shape = [self.builder.load(self.builder.gep(sizes, [_WORD(axis)])) for axis in range(ndim)]
        return array_of(kind, self._read(it, direct.DATA, _POINTER), shape)

    def _number(self, it: ir.Value, kind: str) -> ir.Value:
        """Return the value of a number: a scalar of NumPy, or Python's ``bool``, ``int`` or ``float``."""
        type_of = self._read(it, direct.HEAD - 8, _POINTER)
        is_scalar = self._is(type_of, f"scalar {kind}")
        if kind == "b1":
            is_true, is_false = self._is(it, "True"), self._is(it, "False")
            self._demand(self.builder.or_(is_scalar, self.builder.or_(is_true, is_false)))
            return self._either(is_scalar, lambda: self._truth(it), lambda: is_true)
        if kind == "i8":
            self._demand(self.builder.or_(is_scalar, self._is(type_of, "int")))
            return self._either(is_scalar, lambda: self._read(it, direct.HEAD, _WORD), lambda: self._whole(it))
        own = self._is(type_of, "float") if kind == "f8" else ir.IntType(1)(0)
        self._demand(self.builder.or_(is_scalar, own))
        return self._read(it, direct.HEAD, _numeric(kind))

    def _truth(self, it: ir.Value) -> ir.Value:
        return self.builder.icmp_signed("!=", self._read(it, direct.HEAD, _BYTE), _BYTE(0))

    def _whole(self, it: ir.Value) -> ir.Value:
        """Return the value of an ``int``; one beyond 64 bits is among the other arguments."""
        value = self._call("PyLong_AsLongLong", _WORD, it)
        with self.builder.if_then(self.builder.icmp_signed("==", value, _WORD(-1)), likely=False):
            error = self._call("PyErr_Occurred", _POINTER)
            with self.builder.if_then(self.builder.icmp_unsigned("!=", error, _POINTER(None)), likely=False):
                self._call("PyErr_Clear", ir.VoidType())
                self.builder.ret(self._new("NotImplemented"))
        return value

    def _either(self, first: ir.Value, yes: Callable[[], ir.Value], no: Callable[[], ir.Value]) -> ir.Value:
        with self.builder.if_else(first) as (then, otherwise):
            with then:
                of_first, after_first = yes(), self.builder.block
            with otherwise:
                of_other, after_other = no(), self.builder.block
        value = self.builder.phi(of_first.type)
        value.add_incoming(of_first, after_first)
        value.add_incoming(of_other, after_other)
        return value

    def _boxed(self, kind: str, result: ir.Value) -> ir.Value:
        function, wide = _RETURNED[kind]
        if kind in {"i1", "i2", "i4"}:
            result = self.builder.sext(result, wide)
        elif kind in {"u1", "u2", "u4", "b1"}:
            result = self.builder.zext(result, wide)
        return self._call(function, _POINTER, result)

    def _new(self, name: str) -> ir.Value:
        """Return an object of the table, which the caller then owns."""
        it = self._object(name)
        self._call("Py_IncRef", ir.VoidType(), it)
        return it

    def _demand(self, condition: ir.Value) -> None:
        """Go on only if a condition holds."""
        on = self._function.append_basic_block("fits")
        self.builder.cbranch(condition, on, self._other)
        self.builder.position_at_end(on)

    def _is(self, it: ir.Value, name: str) -> ir.Value:
        return self.builder.icmp_unsigned("==", it, self._object(name))

    def _object(self, name: str) -> ir.Value:
        return self.builder.inttoptr(self._address(name), _POINTER)

    def _address(self, name: str) -> ir.Value:
        return self.builder.load(self.builder.gep(self._addresses, [_WORD(direct.TABLE.index(name))]))

    def _call(self, name: str, result: ir.Type, *arguments: ir.Value) -> ir.Value:
        """Call a function of CPython."""
        signature = ir.FunctionType(result, [argument.type for argument in arguments])
        return self.builder.call(self.builder.inttoptr(self._address(name), signature.as_pointer()), arguments)

    def _read(self, it: ir.Value, offset: int, kind: ir.Type) -> ir.Value:
        """Return a field of an object."""
        place = self.builder.gep(it, [_WORD(offset)])
        return self.builder.load(self.builder.bitcast(place, kind.as_pointer()))


def _numeric(kind: str) -> ir.Type:
    if kind[0] == "f":
        return _DOUBLE if kind == "f8" else ir.FloatType()
    return ir.IntType(8 * np.dtype(kind).itemsize)
