"""The streams of the process: those that are closed, those that are full, and those that know few characters."""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO, cast

from simcore.cli.plain import ERRORS, register

if TYPE_CHECKING:
    from types import TracebackType


class Messages:
    """Stderr; what it cannot take is lost and remembered, for a message is no reason to end a run.

    Parameters
    ----------
    stream
        The stream that messages go to.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self.error: OSError | None = None
        """Why something could not be written; ``None`` as long as all was."""

    def write(self, text: str) -> int:
        """Write, if possible; return how much that was meant to be."""
        self._tried(lambda: self._stream.write(text))
        return len(text)

    def flush(self) -> None:
        """Flush, if possible."""
        self._tried(self._stream.flush)

    def __enter__(self) -> Messages:
        """Return itself, as streams do."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Flush at the end of a ``with``."""
        self.flush()

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  (whatever the stream has)
        """Be the stream in all else."""
        return getattr(self._stream, name)

    def _tried(self, action: Any) -> None:  # noqa: ANN401
        try:
            action()
        except OSError as error:
            self.error = self.error or error
            silence(self._stream)


def prepare() -> Messages:
    """Make stdout and stderr fit to be written to, whatever they are; return what stderr has become.

    A closed one takes all and shows nothing, as ``/dev/null`` does. No file that is opened later gets its number: what
    is written to the stream would end up in it. What a stream has no character for is written in ASCII.
    """
    register()
    for descriptor in (0, 1, 2):
        try:
            os.fstat(descriptor)
        except OSError:
            nowhere = os.open(os.devnull, os.O_RDWR)
            if nowhere != descriptor:
                os.dup2(nowhere, descriptor)
                os.close(nowhere)
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115  (open to the end)
        elif hasattr(stream, "reconfigure"):
            stream.reconfigure(errors=ERRORS)
    messages = Messages(sys.stderr)
    sys.stderr = cast("TextIO", messages)
    return messages


def left_over(messages: Messages) -> OSError | None:
    """Flush both streams at the end; return why what was written is not all there, if so.

    A reader who leaves early has enough: that is no error.
    """
    failed: list[OSError] = []
    try:
        sys.stdout.flush()
    except OSError as error:
        failed.append(error)
        silence(sys.stdout)
    messages.flush()
    if messages.error is not None:
        failed.append(messages.error)
    return next((error for error in failed if error.errno != errno.EPIPE), None)


def silence(stream: TextIO) -> None:
    """Let what is left in a stream's buffer go nowhere, so that the last flush does not complain."""
    try:
        descriptor = stream.fileno()
    except (OSError, ValueError):
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, descriptor)
    os.close(nowhere)
