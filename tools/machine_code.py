"""Reads the machine code of kernels as they are compiled: its instruction sets, and fused multiply-adds, if any."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

SETS = ("none", "SSE", "AVX", "AVX-512", "NEON", "SVE")
"""Instruction sets by their registers and mnemonics, those of a processor from narrow to wide."""
_WORDS: dict[str, tuple[tuple[str, re.Pattern[str]], ...]] = {
    "x86": (
        ("SSE", re.compile(r"%xmm")),
        ("AVX", re.compile(r"%ymm|^v")),
        ("AVX-512", re.compile(r"%zmm|%k[0-7]\b|%[xy]mm(1[6-9]|2\d|3[01])\b")),
    ),
    "aarch64": (
        ("NEON", re.compile(r"\bv\d+\.")),
        ("SVE", re.compile(r"\bz\d+\.|\bp\d+/[mz]")),
    ),
}
_FUSED = {"x86": re.compile(r"vfn?m(add|sub)"), "aarch64": re.compile(r"fn?m(l[as]|add|sub|ad|sb)")}


class Code(NamedTuple):
    """The machine code of one kernel.

    Attributes
    ----------
    digest
        Of its assembly language.
    widest
        The widest instruction set in it, of `SETS`.
    fused
        Its instructions that multiply and add with one rounding, which no kernel may have.
    """

    digest: str
    widest: str
    fused: tuple[str, ...]


def read(assembly: str, architecture: str) -> Code:
    r"""Return what is in an assembly text of LLVM, for the architecture ``"x86"`` or ``"aarch64"``.

    Examples
    --------
    >>> read("\tvfmadd213sd\t%xmm2, %xmm1, %xmm0", "x86")[1:]
    ('AVX', ('vfmadd213sd',))
    >>> read("name:\n\t.p2align\t4\n\tmulsd\t%xmm1, %xmm0\n\taddsd\t%xmm2, %xmm0", "x86")[1:]
    ('SSE', ())
    >>> read("\tfmla\tv0.2d, v1.2d, v2.2d\n\tfmul\td0, d0, d1", "aarch64")[1:]
    ('NEON', ('fmla',))
    """
    lines = [line.strip() for line in assembly.splitlines() if line.startswith("\t") and not line.startswith("\t.")]
    widest = "none"
    for name, words in _WORDS[architecture]:
        if any(words.search(line) for line in lines):
            widest = name
    fused = {line.split()[0] for line in lines if _FUSED[architecture].match(line)}
    return Code(hashlib.sha256("\n".join(lines).encode()).hexdigest(), widest, tuple(sorted(fused)))


def architecture_of(triple: str) -> str:
    """Return the architecture that `read` knows of one of LLVM's triples.

    Examples
    --------
    >>> architecture_of("x86_64-unknown-linux-gnu"), architecture_of("arm64-apple-darwin23")
    ('x86', 'aarch64')
    """
    return "x86" if triple.startswith("x86") else "aarch64"


class Watch:
    """Reads every kernel that is compiled from now on, gateways included.

    Attributes
    ----------
    codes
        By kernel and the kinds of its arguments.
    processor
        For what Numba compiles: LLVM's triple, the processor's name and its features.
    """

    def __init__(self) -> None:
        import llvmlite.binding as llvm  # noqa: PLC0415
        from numba.core.registry import cpu_target  # noqa: PLC0415

        from simcore.compiled.direct_entries import numba_compiler  # noqa: PLC0415

        module = numba_compiler()
        generator = cpu_target.target_context.codegen()
        self.codes: dict[str, Code] = {}
        self.processor: tuple[str, ...] = tuple(generator.magic_tuple())
        compiled: Callable[..., Any] = module.object_code
        functions_outside: Callable[..., Any] = module._outside  # noqa: SLF001
        now = [""]

        def object_code(function: Any, kinds: Sequence[str]) -> Any:  # noqa: ANN401
            now[0] = f"{function.identity.name}({', '.join(kinds)})"
            return compiled(function, kinds)

        def outside(finished: Any) -> Any:  # noqa: ANN401
            copy = llvm.parse_bitcode(finished.as_bitcode())  # for writing it out may change it
            text = generator._tm.emit_assembly(copy)  # noqa: SLF001
            self.codes[now[0]] = read(text, architecture_of(self.processor[0]))
            return functions_outside(finished)

        module.object_code, module._outside = object_code, outside  # noqa: SLF001
