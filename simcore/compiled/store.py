"""The cache of compiled code between processes, one file per entry.

Nothing here can fail a run: a damaged entry counts as missing, and where nothing can be cached, kernels are compiled
again. An entry is named after a digest of everything it depends on, so it is never out of date, and any number of
environments can share it.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
import time
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from simcore.compiled.folder import flaw, make_private, may_be_run, tighten

if TYPE_CHECKING:
    from collections.abc import Iterator

ENTRY, UNFINISHED = ".code", ".tmp"
UNUSED_DAYS, UNFINISHED_DAYS = 60, 1
"""Entries unused for `UNUSED_DAYS` are removed, and files left by a killed process after `UNFINISHED_DAYS`."""

_MARK = b"simcore compiled code 1\n"
_DIGEST = hashlib.sha256().digest_size
_DAY = 86_400
_REMEDY = "NUMBA_CACHE_DIR names another folder"


class Store:
    """A folder of compiled code.

    Attributes
    ----------
    trouble
        Why nothing can be cached or read there, and what to do about it; ``None`` if all is well so far.
    """

    def __init__(self, named: str = "") -> None:
        """Choose the folder: inside the one that is named, else in the user's cache."""
        self.trouble: str | None = None
        self.folder: Path | None = None
        try:
            folder = Path(named).absolute() / "simcore" if named else _user_cache() / "compiled"
            if not named:
                tighten(folder.parent)
            reason = flaw(folder, own=2)
        except _NoHomeError as error:
            reason = str(error)
        except OSError as error:
            reason = f"{error.filename or named} cannot be read ({error.strerror})"
        if reason is None:
            self.folder = folder
        else:
            self.trouble = f"{reason}; {_REMEDY}"

    @cached_property
    def writable(self) -> bool:
        """Whether entries can be saved; the first access creates the folder."""
        if self.folder is None:
            return False
        try:
            make_private(self.folder)
            reason = flaw(self.folder, own=2)  # of what exists now
            if reason is None and not os.access(self.folder, os.W_OK | os.X_OK):
                reason = f"{self.folder} cannot be written"
        except OSError as error:
            reason = f"{error.filename or self.folder} cannot be written ({error.strerror})"
        if reason is not None:
            self.trouble = f"{reason}; {_REMEDY}"
        return reason is None

    def load(self, name: str) -> bytes | None:
        """Return an entry, or ``None`` if there is none, it is damaged, or somebody else could have written it."""
        if self.folder is None:
            return None
        path = self.folder / name
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        try:
            with open(os.open(path, flags), "rb") as file:  # noqa: PTH123 - by its descriptor
                info = os.fstat(file.fileno())
                content = file.read() if may_be_run(info) else b""
            if content and info.st_mtime < time.time() - _DAY:
                with contextlib.suppress(PermissionError):  # the administrator's, or on a read-only disk
                    os.utime(path)
        except OSError:
            return None
        start = len(_MARK) + _DIGEST
        payload = content[start:]
        return payload if content[:start] == _MARK + hashlib.sha256(payload).digest() else None

    def save(self, name: str, payload: bytes) -> None:
        """Save an entry, whole or not at all; if that fails, `trouble` says why."""
        if not self.writable or self.folder is None:
            return
        try:
            self._write(self.folder, name, _MARK + hashlib.sha256(payload).digest() + payload)
            self._tidy(self.folder)
        except OSError as error:
            self.trouble = f"{self.folder} cannot be written ({error.strerror}); {_REMEDY}"

    @staticmethod
    def _write(folder: Path, name: str, content: bytes) -> None:
        descriptor, unfinished = tempfile.mkstemp(suffix=UNFINISHED, dir=folder)  # accessible to us only (0600)
        try:
            with open(descriptor, "wb") as file:  # noqa: PTH123 - by its descriptor
                file.write(content)
            Path(unfinished).replace(folder / name)
        except BaseException:
            Path(unfinished).unlink(missing_ok=True)
            raise

    @staticmethod
    def _tidy(folder: Path) -> None:
        """Remove entries that have not been used for long. A process that was about to read one compiles again."""
        now = time.time()
        for path, days in _old(folder):
            with contextlib.suppress(FileNotFoundError):  # another process removed it first
                if path.lstat().st_mtime < now - days * _DAY:
                    path.unlink()


class _NoHomeError(Exception):
    """The user has no home folder."""


def _user_cache() -> Path:
    import platformdirs  # noqa: PLC0415

    try:
        folder = Path(platformdirs.user_cache_dir("simcore"))
    except RuntimeError:  # newer versions of platformdirs; older ones leave the "~" as it is
        folder = Path("~")
    if not folder.is_absolute():
        raise _NoHomeError("this user has no home folder")
    return folder


def _old(folder: Path) -> Iterator[tuple[Path, int]]:
    for path in folder.iterdir():
        if path.suffix == ENTRY:
            yield path, UNUSED_DAYS
        elif path.suffix == UNFINISHED:
            yield path, UNFINISHED_DAYS
