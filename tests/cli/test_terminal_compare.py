"""Ctrl-C while strategies are compared, with the real engine in a real process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from simcore.base.errors import ExitStatus

pytest.importorskip("pty", reason="signals to a process are a matter of POSIX systems")

COMMAND = """
import sys, time
import simcore.studies.compare.attribution, simcore.studies.compare.study, simcore.engine.worlds

in_order, attributed = simcore.engine.worlds.in_order, simcore.studies.compare.attribution.run_paired

def slowly(*given, **named):
    for part in in_order(*given, **named):
        if {attribute} == 0:
            print("alive", end="", file=sys.stderr, flush=True)
            time.sleep(0.2)
        yield part

def splitting(*given, **named):
    print("alive", end="", file=sys.stderr, flush=True)
    time.sleep(0.5)
    return attributed(*given, **named)

simcore.engine.worlds.in_order = slowly
simcore.studies.compare.attribution.run_paired = splitting
from simcore.cli.main import main
main()
"""
"""The command, which says when it is at work, and then takes its time."""


@pytest.mark.parametrize("attribute", [False, True])
def test_the_first_interrupt_keeps_and_reports_what_was_compared(*, attribute: bool) -> None:
    more = ["--attribute", "--replications", "40"] if attribute else ["--replications", "20000"]
    process = subprocess.Popen(  # noqa: S603
        [sys.executable, "-c", COMMAND.format(attribute=int(attribute)), "compare", "quota-pressure", "--quiet", *more],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "COLUMNS": "80"},
    )
    assert process.stderr is not None
    assert process.stderr.read(5) == b"alive"
    process.send_signal(signal.SIGINT)
    out, told = (stream.decode() for stream in process.communicate(timeout=300))
    assert process.returncode == ExitStatus.INTERRUPTED, told
    assert "Traceback" not in told
    assert "pressure" in out
    assert ("nterrupted" in out) or attribute
