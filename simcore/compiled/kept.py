"""What this process knows of the cache of compiled code: its folder, the sources of functions, whom to tell."""

from __future__ import annotations

import hashlib
import json
import os
import sys
import warnings
from contextlib import nullcontext
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from simcore.compiled.sources import Sources, version_of_python
from simcore.compiled.store import ENTRY, Store

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from types import CodeType


def _warn(text: str) -> None:
    warnings.warn(text, RuntimeWarning, stacklevel=2)


class Listeners:
    """Callbacks for events of the cache of compiled code."""

    warn: Callable[[str], None] = staticmethod(_warn)
    compiling: Callable[[str, bool], None] | None = None
    loading: Callable[[], AbstractContextManager[None]] = staticmethod(nullcontext)


class Identity(NamedTuple):
    """A function of simcore, as its compiled code is named.

    Attributes
    ----------
    name
        Its name, as in ``kernels.steady.run_block``.
    sources
        The digest of what it is compiled from; ``None`` if its code must not be kept: its sources are not simcore's, or
        it is not the only function of that name.
    """

    name: str
    sources: str | None


class Kept:
    """The cache of this process: one folder, one set of sources."""

    def __init__(self) -> None:
        self.store = Store(_named_folder())
        self.sources = Sources("simcore", Path(__file__).parent.parent)
        self._texts = f"sources-{version_of_python()}{ENTRY}"
        self._warned = False
        self._codes: dict[str, CodeType] = {}
        known = self.store.load(self._texts)
        if known is not None:
            self.sources.remember(known)

    def identity(self, function: Callable[..., Any]) -> Identity:
        """Return a function's identity. Its sources are read now, soon after they were loaded."""
        name = f"{function.__module__}.{function.__qualname__}".removeprefix("simcore.").translate({60: None, 62: None})
        first = self._codes.setdefault(name, function.__code__)
        # A second function of that name, or one reloaded after an edit, is not cached: names must be unique.
        return Identity(name, self.sources.digest(function.__module__) if first == function.__code__ else None)

    def entry(self, name: str, made_from: list[Any]) -> str:
        """Return the name of an entry: a function's name, and a digest of everything its code depends on."""
        return f"{name}-{hashlib.sha256(json.dumps(made_from).encode()).hexdigest()[:40]}{ENTRY}"

    def announce(self, identity: Identity) -> None:
        """Tell that a function is compiled now, and why its code cannot be kept if that is so."""
        kept = identity.sources is not None and self.store.writable
        if not kept:
            self.report_trouble()
        if Listeners.compiling is not None:
            Listeners.compiling(identity.name, kept)

    def remember_sources(self) -> None:
        """Save what was parsed for the next process, if there is anything new."""
        if self.sources.learned and self.store.writable:
            self.sources.learned = False
            self.store.save(self._texts, self.sources.remembered())

    def report_trouble(self) -> None:
        """Report once why nothing can be cached."""
        if self.store.trouble is not None and not self._warned:
            self._warned = True
            Listeners.warn(f"compiled code is not kept, every start compiles again: {self.store.trouble}")


@cache
def kept() -> Kept:
    """Return the cache of this process."""
    return Kept()


def numba_setting(name: str) -> Any:  # noqa: ANN401
    """Return a setting of Numba: of Numba itself if it is loaded, else of the environment."""
    numba = sys.modules.get("numba")
    return os.environ.get(f"NUMBA_{name}", "") if numba is None else getattr(numba.config, name)


def _named_folder() -> str:
    return str(numba_setting("CACHE_DIR"))
