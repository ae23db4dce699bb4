"""What only a real process and a real terminal show: the progress bar, colour, Ctrl-C."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

import pytest

from simcore.base.errors import ExitStatus

pty = pytest.importorskip("pty", reason="pseudo terminals are a matter of POSIX systems")

ENGINE = """
import os, sys, time
from types import SimpleNamespace
from simcore.engine import simulation
from tests.support.summaries import summary

def simulate(scenario, *, progress, stop, **options):
    # As the engine: report progress, look at `stop` now and then.
    done = 0
    while done < {replications} and (os.environ.get("STUBBORN") or not stop()):
        done += 1
        if progress is not None:
            at = dict(done=done, total={replications}, seconds=0.1, rep_weeks_per_second=1.5e7)
            progress(SimpleNamespace(**at))
        print("alive" if done == 1 else "", end="", file=sys.stderr, flush=True)
        time.sleep(0.01)
    return SimpleNamespace(summary=summary(interrupted=stop()))

simulation.simulate = simulate
from simcore.cli.main import main
main()
"""
"""The command with a stand-in for the engine that takes its time."""


class Ended(NamedTuple):
    status: int
    out: str
    told: str


@contextmanager
def handled_as(number: signal.Signals, action: signal.Handlers) -> Iterator[None]:
    """Let what is started meanwhile find a signal ignored, or not, whatever this process does: see ``nohup``."""
    before = signal.signal(number, action)
    try:
        yield
    finally:
        signal.signal(number, before)


def start(replications: int, out: int, told: int, **variables: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603
        [sys.executable, "-c", ENGINE.format(replications=replications), "run", "trust-the-process"],
        stdin=subprocess.DEVNULL,
        stdout=out,
        stderr=told,
        env={**os.environ, "TERM": "xterm-256color", "COLUMNS": "100", **variables},
    )


def read_all(descriptor: int) -> str:
    """Read a pipe or pseudo terminal until its other side is closed."""
    parts = []
    while True:
        try:
            part = os.read(descriptor, 65536)
        except OSError:  # a pseudo terminal whose other side is closed
            break
        if not part:
            break
        parts.append(part)
    os.close(descriptor)
    return b"".join(parts).decode()


def run(*, terminal: str, replications: int = 30, **variables: str) -> Ended:
    """Run the command with one stream on a terminal and the other in a pipe."""
    master, slave = pty.openpty()
    reader, writer = os.pipe()
    out, told = (slave, writer) if terminal == "stdout" else (writer, slave)
    process = start(replications, out, told, **variables)
    os.close(slave)
    os.close(writer)
    on_terminal, in_pipe = (read_all(master), read_all(reader)) if terminal == "stderr" else (None, None)
    if on_terminal is None or in_pipe is None:
        in_pipe, on_terminal = read_all(reader), read_all(master)
    shown, messages = (on_terminal, in_pipe) if terminal == "stdout" else (in_pipe, on_terminal)
    return Ended(process.wait(), shown, messages)


def test_progress_on_a_terminal_and_results_in_a_pipe() -> None:
    ended = run(terminal="stderr")
    assert ended.status == ExitStatus.DONE
    assert "simulating" in ended.told
    assert "15.0 M rep-weeks/s" in ended.told
    assert "\x1b[2K" in ended.told, "the bar is erased at the end"
    assert "\x1b" not in ended.out
    assert "How far one rep's revenue swings around its own average, by period" in ended.out


def test_results_on_a_terminal_and_no_progress_in_a_pipe() -> None:
    ended = run(terminal="stdout", replications=1)
    assert ended.status == ExitStatus.DONE
    assert "\x1b[1m" in ended.out
    assert "\x1b" not in ended.told
    assert "simulating" not in ended.told


def test_no_color_is_honoured() -> None:
    colours = re.compile(r"\x1b\[[0-9;]*\b(3[0-7]|4[0-7]|38|48|9[0-7])\b[0-9;]*m")
    for terminal in ("stdout", "stderr"):
        ended = run(terminal=terminal, replications=3, NO_COLOR="1")
        assert colours.search(ended.out + ended.told) is None
    assert colours.search(run(terminal="stderr", replications=3).told) is not None


ENDING = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]


def name_of(number: signal.Signals) -> str:
    return number.name


def interrupted(number: signal.Signals, *, heeds: bool) -> Ended:
    """Send a signal once the engine works; again, if it does not heed the first."""
    (out, out_writer), (told, told_writer) = os.pipe(), os.pipe()
    with handled_as(number, signal.SIG_DFL):
        process = start(1_000_000, out_writer, told_writer, STUBBORN="" if heeds else "1")
    os.close(out_writer)
    os.close(told_writer)
    assert os.read(told, 5) == b"alive"
    process.send_signal(number)
    if not heeds:
        assert b" ends it at once" in os.read(told, 100)
        process.send_signal(number)
    return Ended(process.wait(timeout=300), read_all(out), read_all(told))


@pytest.mark.parametrize("number", ENDING, ids=name_of)
def test_the_first_interrupt_keeps_and_reports_what_was_done(number: signal.Signals) -> None:
    ended = interrupted(number, heeds=True)
    assert ended.status == ExitStatus.INTERRUPTED
    assert "Interrupted: all figures are those of the worlds that were done." in ended.out
    again = "Ctrl-C again" if number == signal.SIGINT else f"{number.name} was sent; a second one"
    assert f"stopping; {again} ends it at once" in ended.told
    assert "Traceback" not in ended.told


@pytest.mark.parametrize("number", ENDING, ids=name_of)
def test_the_second_interrupt_ends_it_at_once(number: signal.Signals) -> None:
    assert interrupted(number, heeds=False) == (-number, "", "")


@pytest.mark.parametrize("number", ENDING, ids=name_of)
def test_what_is_ignored_stays_ignored(number: signal.Signals) -> None:
    """SIGHUP under ``nohup``, SIGINT in the background of a shell script."""
    (out, out_writer), (told, told_writer) = os.pipe(), os.pipe()
    with handled_as(number, signal.SIG_IGN):
        process = start(100, out_writer, told_writer)
    os.close(out_writer)
    os.close(told_writer)
    assert os.read(told, 5) == b"alive"
    process.send_signal(number)
    ended = Ended(process.wait(timeout=300), read_all(out), read_all(told))
    assert ended.status == ExitStatus.DONE
    assert "Interrupted" not in ended.out
    assert "stopping" not in ended.told
