"""The newest request wins: it stops the one that runs, and those that wait never run."""

from __future__ import annotations

from threading import Event, Thread
from typing import TYPE_CHECKING

import pytest

from simcore.serving.newest import Newest, SupersededError

if TYPE_CHECKING:
    from collections.abc import Callable

PATIENCE = 30.0
"""Seconds after which a test fails instead of waiting; none passes by waiting."""


def until(true: Callable[[], bool]) -> None:
    """Wait for something that another thread is about to do."""
    tick = Event()
    for _ in range(int(PATIENCE / 0.005)):
        if true():
            return
        tick.wait(0.005)
    raise AssertionError("it never came")


class Asking(Thread):
    """A request of its own thread."""

    def __init__(self, newest: Newest) -> None:
        super().__init__(daemon=True)
        self.newest, self.outcome, self.entered = newest, "", Event()

    def run(self) -> None:
        try:
            with self.newest.turn():
                self.entered.set()
            self.outcome = "ran"
        except SupersededError:
            self.outcome = "given up"


def test_a_newer_request_stops_the_one_that_runs_and_waits_for_its_end() -> None:
    newest = Newest()
    newer = Asking(newest)
    with newest.turn() as stop:
        assert not stop()
        newer.start()
        until(stop)
        assert not newer.entered.is_set()
    newer.join(PATIENCE)
    assert newer.outcome == "ran"


def test_only_the_newest_of_those_that_wait_runs() -> None:
    newest = Newest()
    asking = [Asking(newest) for _ in range(4)]
    with newest.turn():
        for number, each in enumerate(asking, 2):
            each.start()
            until(lambda number=number: newest._latest == number)  # type: ignore[misc]
    for each in asking:
        each.join(PATIENCE)
    assert [each.outcome for each in asking] == ["given up"] * 3 + ["ran"]


def test_the_turn_is_free_again_after_an_error() -> None:
    newest = Newest()
    with pytest.raises(ZeroDivisionError), newest.turn():
        raise ZeroDivisionError
    with newest.turn() as stop:
        assert not stop()


def test_nothing_begins_or_goes_on_at_the_end() -> None:
    newest = Newest()
    with newest.turn() as stop:
        newest.close()
        assert stop()
    with pytest.raises(SupersededError), newest.turn():
        pass
