"""Exceptions, and the exit status of each; the lowest module, imported by all others."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class ExitStatus(IntEnum):
    """The exit status of every command, published: scripts may rely on it.

    Examples
    --------
    >>> int(ExitStatus.INVALID)
    3
    """

    DONE = 0
    """The command did what was asked."""
    INTERNAL = 1
    """A defect of simcore: please report it."""
    USAGE = 2
    """The command line is wrong."""
    INVALID = 3
    """The scenario, or data given to the command, is invalid."""
    IO = 4
    """A file could not be read or written."""
    NOT_REACHED = 5
    """A stated precision or check was not reached."""
    INTERRUPTED = 130
    """Interrupted, by Ctrl-C, SIGTERM or SIGHUP; what was done until then is kept and reported."""


class SimcoreError(Exception):
    """Base of all errors that simcore raises deliberately."""

    exit_status = ExitStatus.INTERNAL


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with a scenario.

    Attributes
    ----------
    message
        What is wrong, a sentence without the position and without a full stop.
    path
        Where in the scenario, as ``--set`` writes it (``funnel.meetings.rate``); empty for the whole file.
    file, line, column
        Where in the text, from 1; ``None`` if the scenario did not come from a file.
    value
        The offending value as the user wrote it, or ``None``.
    allowed
        What would have been accepted, or ``None``.
    hint
        The nearest correct spelling or the way out, or ``None``.
    """

    message: str
    path: str = ""
    file: str | None = None
    line: int | None = None
    column: int | None = None
    value: str | None = None
    allowed: str | None = None
    hint: str | None = None

    def __str__(self) -> str:
        """One line: position, path, message, value, what is allowed, hint."""
        position = ":".join(str(part) for part in (self.file, self.line, self.column) if part is not None)
        where = ": ".join(part for part in (position, self.path) if part)
        text = f"{where}: {self.message}" if where else self.message
        if self.value is not None:
            text += f", got {self.value}"
        if self.allowed is not None:
            text += f"; allowed: {self.allowed}"
        if self.hint is not None:
            text += f"; {self.hint}"
        return text


class ScenarioError(SimcoreError):
    """A scenario is invalid; ``problems`` lists everything that is wrong with it, not only the first problem."""

    exit_status = ExitStatus.INVALID

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        super().__init__("\n".join(str(problem) for problem in problems))

    def __reduce__(self) -> tuple[object, ...]:
        """Return what pickle needs to rebuild the error, for example in another process."""
        return type(self), (self.problems,)


class UsageError(ScenarioError, ValueError):
    """The request is wrong, not the scenario: an argument of a function, or the command line.

    ``problems`` describes it as for a scenario: what, where (the argument's name), the value and what is allowed.
    """

    exit_status = ExitStatus.USAGE


class FileError(SimcoreError):
    """A file could not be read or written; the message names it and the reason."""

    exit_status = ExitStatus.IO


for _public in (SimcoreError, ScenarioError, UsageError, FileError):
    _public.__module__ = "simcore"  # the name users know, in tracebacks; and where pickle finds them
