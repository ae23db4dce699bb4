"""What a kernel is compiled from: the digest of its module and of all modules of the package that it imports.

Digests are of parsed code (``ast.dump``) without docstrings and positions: comments and line breaks change nothing.
Parsing all sources would take a tenth of a second at every start, so the results are cached under the digest of the
text, which is quick to compute and never out of date.
"""

from __future__ import annotations

import ast
import hashlib
import json
import sys
from pathlib import Path
from typing import NamedTuple

POLICY = frozenset(
    f"simcore.compiled.{name}"
    for name in (
        *("direct", "direct_entries", "folder", "function", "gateway", "jit", "kept", "numba_compiler", "policy"),
        *("sources", "store"),
    )
)
"""Modules that compile and cache kernels; those of their settings that change machine code are in an entry's key."""

_MOST_KEPT = 1000


class Parsed(NamedTuple):
    """A module: the digest of its code, and its imports at run time, as dotted names that begin with the package."""

    digest: str
    imports: tuple[str, ...]


class Sources:
    """The modules of a package, read from a folder of files.

    Each file is read once, when it is first requested, soon after its module was loaded: the digest is of what this
    process runs, not of later edits or upgrades.

    Examples
    --------
    >>> sources = Sources("simcore", Path(__file__).parent.parent)
    >>> sources.closure("simcore.numerics.normal") >= {"simcore.numerics.normal", "simcore.numerics.elementary"}
    True
    """

    def __init__(self, package: str, root: Path) -> None:
        self._package, self._root = package, root
        self._files: dict[str, Path | None] = {}
        self._parsed: dict[str, Parsed] = {}
        self._known: dict[str, Parsed] = {}
        self._used: dict[str, Parsed] = {}
        self._wanted: dict[str, frozenset[str]] = {}
        self._digests: dict[str, str] = {}
        self.learned = False
        """Whether something was parsed that was not in `remembered`."""

    def digest(self, module: str) -> str | None:
        """Return the hexadecimal SHA-256 of a module and its imports, or ``None`` if its file is not known."""
        if self._file(module) is None:
            return None
        if module not in self._digests:
            total = hashlib.sha256()
            for name in sorted(self.closure(module)):
                total.update(f"{name} {self._module(name).digest}\n".encode())
            self._digests[module] = total.hexdigest()
        return self._digests[module]

    def closure(self, module: str) -> set[str]:
        """Return a module and all its imports within this package, except the package itself and `POLICY`."""
        found: set[str] = set()
        waiting = {module}
        while waiting:
            name = waiting.pop()
            found.add(name)
            if name not in self._wanted:
                owned = {self._own(target) for target in self._module(name).imports}
                self._wanted[name] = frozenset(own for own in owned if own is not None)
            waiting |= self._wanted[name] - found - POLICY
        return found

    def remember(self, text: bytes) -> None:
        """Load what an earlier process parsed; anything that is not its `remembered` is ignored."""
        try:
            entries = json.loads(text)
            self._known = {raw: Parsed(str(digest), tuple(imports)) for raw, (digest, imports) in entries.items()}
        except (ValueError, TypeError, AttributeError):
            self._known = {}

    def remembered(self) -> bytes:
        """Return all parsed results as bytes, for the next process."""
        kept = {**self._known, **self._used}
        return json.dumps(kept if len(kept) <= _MOST_KEPT else self._used).encode()

    def _module(self, name: str) -> Parsed:
        if name not in self._parsed:
            path = self._file(name)
            text = path.read_bytes() if path is not None else b""
            raw = hashlib.sha256(text).hexdigest()
            if raw not in self._known:
                self._known[raw] = parsed(text, self._package)
                self.learned = True
            self._parsed[name] = self._used[raw] = self._known[raw]
        return self._parsed[name]

    def _own(self, target: str) -> str | None:
        """Return the module that a dotted name refers to; the name may end with something that the module defines."""
        for name in (target, target.rpartition(".")[0]):
            if name != self._package and name.startswith(f"{self._package}.") and self._file(name) is not None:
                return name
        return None

    def _file(self, module: str) -> Path | None:
        if module not in self._files:
            package, _, rest = module.partition(".")
            place = self._root.joinpath(*rest.split(".")) if package == self._package and rest else None
            candidates = [] if place is None else [place.with_suffix(".py"), place / "__init__.py"]
            self._files[module] = next((path for path in candidates if path.is_file()), None)
        return self._files[module]


def parsed(text: bytes, package: str) -> Parsed:
    """Return the digest of a module's code and its imports from the package, except those for type checkers only."""
    tree = ast.parse(text)
    imports = sorted(set(_imports(tree.body, package)))
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            node.body = [part for part in node.body if not _is_text(part)]
    return Parsed(hashlib.sha256(ast.dump(tree).encode()).hexdigest(), tuple(imports))


def _is_text(node: ast.AST) -> bool:
    """Return whether a statement is only a text: a docstring of a module, class, function or attribute."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def _imports(body: list[ast.stmt], package: str) -> list[str]:
    found = []
    kept = [node for node in body if not (isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test))]
    for node in (inner for part in kept for inner in ast.walk(part)):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            found += [f"{node.module}.{alias.name}" for alias in node.names]
    return [name for name in found if name.startswith(f"{package}.")]


def version_of_python() -> str:
    """Return a name for this Python's version, which its parser and pickles depend on."""
    return f"{sys.implementation.cache_tag}{getattr(sys, 'abiflags', '')}"
