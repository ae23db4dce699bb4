"""What ends a command early: the first Ctrl-C, SIGTERM or SIGHUP asks it to stop, the second ends the process."""

from __future__ import annotations

import signal
import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

    Handler = Callable[[int, FrameType | None], object] | int

ENDING = tuple(number for number in signal.Signals if number.name in {"SIGINT", "SIGTERM", "SIGHUP"})
"""Ctrl-C; what a scheduler, ``kill`` or a shutdown sends; what a closed terminal sends (Windows has no SIGHUP)."""


@contextmanager
def ending_as_interrupt() -> Iterator[None]:
    """Let SIGTERM and SIGHUP be what SIGINT is, a `KeyboardInterrupt`, so that a command can tidy up behind itself."""
    with _handled(signal.default_int_handler):
        yield


@contextmanager
def stop_on_interrupt() -> Iterator[threading.Event]:
    """Yield an event that the first signal of `ENDING` sets.

    After it, they have the operating system's own effect, so a second Ctrl-C ends the process at once, wherever it is.
    A signal that is ignored stays so, as SIGHUP under ``nohup``. The handlers before are put back at the end.
    """
    requested = threading.Event()

    def handle(number: int, frame: FrameType | None) -> None:
        del frame
        for heeded in before:
            signal.signal(heeded, signal.SIG_DFL)
        requested.set()
        again = "Ctrl-C again" if number == signal.SIGINT else f"{signal.Signals(number).name} was sent; a second one"
        sys.stderr.write(f"\nsimcore: stopping; {again} ends it at once\n")

    with _handled(handle) as before:
        yield requested


@contextmanager
def _handled(handler: Handler) -> Iterator[dict[signal.Signals, Handler]]:
    """Handle the signals that are not ignored; yield what handled them before, and put it back at the end."""
    before = {number: signal.getsignal(number) for number in ENDING}
    heeded = {number: old for number, old in before.items() if old is not None and old is not signal.SIG_IGN}
    for number in heeded:
        signal.signal(number, handler)
    try:
        yield heeded
    finally:
        for number, old in heeded.items():
            signal.signal(number, old)
