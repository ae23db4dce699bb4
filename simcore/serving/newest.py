"""The newest request wins: it stops the run of an older one, and runs alone."""

from __future__ import annotations

from contextlib import contextmanager
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class SupersededError(Exception):
    """A newer request came, or the server ends: the answer to this one is not wanted any more."""


class Newest:
    """Gives one request after the other the turn to run; those that came before the newest never get it.

    Examples
    --------
    >>> newest = Newest()
    >>> with newest.turn() as stop:
    ...     print(stop())
    False
    """

    def __init__(self) -> None:
        self._counting, self._running = Lock(), Lock()
        self._latest = 0
        self._closed = False

    @contextmanager
    def turn(self) -> Iterator[Callable[[], bool]]:
        """Wait until the run before has stopped; yield what says whether this one is to stop.

        Raises
        ------
        SupersededError
            If a newer request came meanwhile, or `close` was called.
        """
        with self._counting:
            self._latest += 1
            mine = self._latest

        def stop() -> bool:
            return self._closed or mine != self._latest

        with self._running:
            if stop():
                raise SupersededError
            yield stop

    def close(self) -> None:
        """Stop what runs, and let nothing begin."""
        self._closed = True
