"""Files that appear whole or not at all.

A file is written under a temporary name in the same folder, flushed to the disk (``fsync``), renamed, and the
folder is flushed too. A reader of the final name finds the old content or the new, never half of it,
whatever happens in between: an exception, a full disk, a kill, a loss of power (Pillai et al. 2014, "All file
systems are not created equal", show what goes wrong otherwise).
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import io
import os
import secrets
import stat
import sys
from typing import TYPE_CHECKING, NamedTuple

from simcore.base.errors import FileError
from simcore.base.text import printable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import TracebackType

    from _typeshed import ReadableBuffer

_REASONS = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the disk quota is used up",
    errno.EACCES: "permission denied",
    errno.EPERM: "permission denied",
    errno.EROFS: "the file system is read-only",
    errno.ENOTDIR: "a part of the path is not a folder",
    errno.ELOOP: "a symbolic link stands in the way",
}

_NO_LINKS = {errno.EPERM, errno.EACCES, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EINVAL}
"""Errors by which file systems report that they have no hard links, or no more of them."""


class Written(NamedTuple):
    """Size and sum of a file that was written."""

    size: int
    """Bytes."""
    sha256: str
    """Hexadecimal SHA-256 of the content."""


def shown(path: Path) -> str:
    """Return a path as text for a message, without anything that could steer a terminal."""
    return printable(str(path))


@contextlib.contextmanager
def file_errors(action: str, path: Path) -> Iterator[None]:
    """Turn an `OSError` inside into a `FileError` that names the file, what was tried and the reason.

    Examples
    --------
    >>> from pathlib import Path
    >>> with file_errors("read", Path("missing")):
    ...     raise FileNotFoundError(errno.ENOENT, "No such file or directory")
    Traceback (most recent call last):
    simcore.FileError: cannot read missing: no such file or directory
    """
    try:
        yield
    except OSError as error:
        reason = _REASONS.get(error.errno or 0) or (error.strerror or str(error)).lower()
        raise FileError(f"cannot {action} {shown(path)}: {reason}") from error


def sync_folder(folder: Path) -> None:
    """Flush a folder's entries to the disk, so that a rename in it survives a loss of power.

    Raises
    ------
    OSError
        If the disk reports a failure. Systems that cannot flush a folder (Windows, a few network file
        systems) are left as they are: nothing can be done about it.
    """
    if sys.platform == "win32":
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno != errno.EINVAL:
            raise
    finally:
        os.close(descriptor)


class AtomicFile(io.RawIOBase):
    """A binary file for writing that gets its final name only when it is complete.

    As a context manager it commits at the end, and leaves nothing behind if the body raises. The temporary
    file is certain to be new (``O_EXCL``), and no symbolic link is followed, neither by it nor by the rename: a
    link under the final name is replaced, its target is left alone.

    Parameters
    ----------
    path
        The final name. Its folder must exist.

    Raises
    ------
    FileError
        From the constructor, `write` and `commit`. Nothing is then left under the temporary name, and the
        final name holds what it held before (or all of the new, if only the flush of the folder failed).

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with AtomicFile(Path(folder) / "a.txt") as file:
    ...         count = file.write(b"whole")
    ...     (Path(folder) / "a.txt").read_text(), file.written().size
    ('whole', 5)
    """

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path
        self._temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}.tmp")
        self._digest = hashlib.sha256()
        self._size = 0
        self._descriptor = -1
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
        flags |= getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
        with file_errors("write", path):
            self._descriptor = os.open(self._temporary, flags, 0o666)

    def writable(self) -> bool:
        """Return True."""
        return True

    def tell(self) -> int:
        """Return the number of bytes written so far."""
        return self._size

    def write(self, data: ReadableBuffer, /) -> int:
        """Write all of ``data`` and return its size in bytes."""
        if self._descriptor < 0:
            raise ValueError(f"write to {shown(self._path)}, which is closed")
        view = memoryview(data).cast("B")
        done = 0
        try:
            with file_errors("write", self._path):
                while done < len(view):
                    done += os.write(self._descriptor, view[done:])
        except BaseException:
            self.discard()
            raise
        self._digest.update(view)
        self._size += done
        return done

    def written(self) -> Written:
        """Return the size and SHA-256 of what has been written so far."""
        return Written(self._size, self._digest.hexdigest())

    def commit(self) -> None:
        """Flush the file to the disk and give it its final name."""
        if self._descriptor < 0:
            raise ValueError(f"{shown(self._path)} is already closed")
        try:
            with file_errors("write", self._path):
                os.fsync(self._descriptor)
                self._close_descriptor()
                os.replace(self._temporary, self._path)  # noqa: PTH105  (one seam for the fault tests: os.*)
                sync_folder(self._path.parent)
        except BaseException:
            self.discard()
            raise
        super().close()

    def discard(self) -> None:
        """Delete what was written; no effect after `commit`."""
        if self.closed:
            return
        super().close()
        self._close_descriptor()
        with file_errors("remove", self._temporary):
            self._temporary.unlink(missing_ok=True)

    def _close_descriptor(self) -> None:
        descriptor, self._descriptor = self._descriptor, -1
        if descriptor >= 0:
            os.close(descriptor)

    def close(self) -> None:
        """Delete the file unless it was committed (garbage collection does the same with a forgotten one)."""
        self.discard()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Commit, or delete the file if the body raised."""
        if kind is None:
            self.commit()
        else:
            self.discard()


def write_whole(path: Path, data: bytes) -> Written:
    """Write a small file whole or not at all.

    Parameters
    ----------
    path
        The final name; a file of that name is replaced.
    data
        The content.

    Raises
    ------
    FileError
        If it could not be written; the final name then holds what it held before.
    """
    with AtomicFile(path) as file:
        file.write(data)
    return file.written()


def read_plain(path: Path, most: int | None = None) -> bytes:
    """Read a regular file that somebody else may have put there; anything else is refused, not waited for.

    Parameters
    ----------
    path
        The file. A link, a pipe or a device in its place might never end.
    most
        Maximum number of bytes to read; a longer file is truncated.

    Raises
    ------
    FileError
        If it is not a regular file or cannot be read.

    Examples
    --------
    >>> from pathlib import Path
    >>> read_plain(Path(os.devnull))
    Traceback (most recent call last):
    simcore.FileError: cannot read /dev/null: it is not a plain file
    """
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    with file_errors("read", path), open(os.open(path, flags), "rb") as file:  # noqa: PTH123 - by its descriptor
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise FileError(f"cannot read {shown(path)}: it is not a plain file")
        return file.read() if most is None else file.read(most)


def second_name(source: Path, target: Path) -> None:
    """Give a complete file a second name: a hard link, or a copy where the file system has no links.

    Parameters
    ----------
    source
        The file, on the disk.
    target
        The second name, on the same file system; a file of that name is replaced atomically.

    Raises
    ------
    FileError
        If that failed; ``target`` is then unchanged.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     written = write_whole(Path(folder) / "a.txt", b"whole")
    ...     second_name(Path(folder) / "a.txt", Path(folder) / "b.txt")
    ...     (Path(folder) / "b.txt").read_text()
    'whole'
    """
    temporary = target.with_name(f".{target.name}.{secrets.token_hex(8)}.tmp")
    with file_errors("write", target):
        try:
            os.link(source, temporary)
        except OSError as error:
            if error.errno not in _NO_LINKS:
                raise
        else:
            try:
                os.replace(temporary, target)  # noqa: PTH105
            finally:
                # If both names are already one file, a rename does nothing and leaves its source.
                temporary.unlink(missing_ok=True)
            sync_folder(target.parent)
            return
    with AtomicFile(target) as file, file_errors("read", source), source.open("rb") as stream:
        while chunk := stream.read(1 << 20):
            file.write(chunk)


def move(source: Path, target: Path) -> None:
    """Rename a file or folder without replacing anything, and flush both folders.

    Raises
    ------
    FileError
        If the new name exists, or the rename failed.
    """
    with file_errors(f"move {shown(source)} to", target):
        if os.path.lexists(target):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST))
        os.replace(source, target)  # noqa: PTH105
        for folder in {source.parent, target.parent}:
            sync_folder(folder)


class FolderLock:
    """Keeps two processes from writing to one folder at a time; the system releases it when the process ends.

    Advisory: it stops other runs of simcore only; on a system without such locks it stops nobody.

    Raises
    ------
    FileError
        If another process holds the lock, or the folder cannot be opened.
    """

    def __init__(self, folder: Path) -> None:
        self._descriptor = -1
        if sys.platform == "win32":
            return
        import fcntl  # noqa: PLC0415  (not on Windows)

        with file_errors("open", folder):
            self._descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self.release()
            raise FileError(f"another run is writing to {shown(folder)}") from None
        except OSError as error:
            # A network file system without locks: the lock is a second guard, so the run goes on without it.
            if error.errno not in {errno.ENOLCK, errno.ENOTSUP, errno.EBADF, errno.EINVAL}:
                self.release()
                raise FileError(f"cannot lock {shown(folder)}: {error.strerror}") from error

    def release(self) -> None:
        """Release the lock; a second call does nothing."""
        descriptor, self._descriptor = self._descriptor, -1
        if descriptor >= 0:
            os.close(descriptor)
