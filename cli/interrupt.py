"""Ctrl-C: the first one asks a run to stop, the second one ends the process."""

from __future__ import annotations

import signal
import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType


@contextmanager
def stop_on_interrupt() -> Iterator[threading.Event]:
    """Yield an event that the first SIGINT sets.

    After it, SIGINT has the operating system's own effect, so a second Ctrl-C ends the process at once,
    wherever it is. The handler before is put back at the end.
    """
    asked = threading.Event()

    def handle(number: int, frame: FrameType | None) -> None:
        del number, frame
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        asked.set()
        sys.stderr.write("\nsimcore: stopping; Ctrl-C again ends it at once\n")

    before = signal.signal(signal.SIGINT, handle)
    try:
        yield asked
    finally:
        signal.signal(signal.SIGINT, before)
