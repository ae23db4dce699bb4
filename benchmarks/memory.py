"""Measures peak memory, each time in a process of its own: nothing else counts.

Usage of the process: ``python -m benchmarks.memory simulate SCENARIO REPLICATIONS`` or ``python -m benchmarks.memory
command ARGUMENT ...``, with the arguments of `simcore`. The last line that it prints is its peak, in bytes.
"""

from __future__ import annotations

import re
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from benchmarks.contenders import CANONICAL, REAL_TEAM, ROOT, Effort, say, scenario_path
from benchmarks.peers.canonical import REP_WEEKS_PER_REPLICATION
from benchmarks.report import Goal, Series
from simcore.engine.simulation import simulate
from simcore.scenario_files.scenario_file import load_scenario

if TYPE_CHECKING:
    from collections.abc import Callable

STATUS: Final = Path("/proc/self/status")
MEBIBYTE: Final = 2**20
BILLION: Final = 10**9
ESTIMATED_AT: Final = 10**8
LEAST: Final = 2 * 10**7
"""Rep-weeks from which an estimate is good: half of them already take the blocks of both threads."""
DETAILED: Final = 1_000
"""Replications of a run that writes a row for every rep-week."""
DETAILED_MOST: Final = 450.0
"""MiB: 432 to 437 were taken when the goal was set, by the engine that simulated seat after seat."""


def peak_bytes() -> int:
    """Most memory that this process has held so far.

    On Linux from ``VmHWM``: ``ru_maxrss`` of a new process begins with the memory of the one that started it.
    """
    if STATUS.exists():
        found = re.search(r"^VmHWM:\s*(\d+) kB$", STATUS.read_text(), re.MULTILINE)
        if found:
            return int(found[1]) * 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def peak_of(*arguments: str) -> float:
    """Peak memory of a process of this module, MiB."""
    command = [sys.executable, "-m", "benchmarks.memory", *arguments]
    shown = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, cwd=ROOT).stdout
    return int(shown.splitlines()[-1]) / MEBIBYTE


def simulating(rep_weeks: int) -> float:
    """Peak memory of so many rep-weeks of the canonical scenario, MiB."""
    return peak_of("simulate", str(scenario_path(CANONICAL)), str(-(-rep_weeks // REP_WEEKS_PER_REPLICATION)))


def at_a_billion(effort: Effort) -> Goal:
    """Measure the peak at a billion rep-weeks, or estimate it by the line through two smaller runs.

    A run that is not counted compiles: that takes about as much again, by Numba and LLVM.
    """
    simulating(1)
    if effort.full:
        say(f"peak memory at {BILLION:,} rep-weeks")
        return Goal.at_most(f"peak memory at {BILLION:,} rep-weeks, MiB", 300.0, Series((simulating(BILLION),)))
    large = max(LEAST, round(ESTIMATED_AT * min(effort.size, 1.0)))
    small = large // 2
    say(f"peak memory at {small:,} and {large:,} rep-weeks")
    low, high = max(simulating(small) for _ in range(2)), simulating(large)
    peak = high + max(high - low, 0.0) / (large - small) * (BILLION - large)
    what = f"peak memory at {BILLION:,} rep-weeks, MiB, by the line through {small:,} and {large:,}"
    return Goal.at_most(what, 300.0, Series((peak,)))


def with_details(_effort: Effort) -> Goal:
    """Measure the peak of a command with two threads that writes a row for every rep-week."""
    what = f"peak memory of {DETAILED:,} replications of `{REAL_TEAM}` with two threads and all details, MiB"
    say(what)
    with tempfile.TemporaryDirectory() as folder:
        options = ("--replications", str(DETAILED), "--threads", "2", "--detail", "rep-week", "--quiet")
        peak = peak_of("command", "run", REAL_TEAM, *options, "--out", str(Path(folder) / "results"))
    return Goal.at_most(what, DETAILED_MOST, Series((peak,)))


ROWS: Final[dict[str, Callable[[Effort], Goal]]] = {"memory": at_a_billion, "memory-details": with_details}


def main() -> None:
    kind, *arguments = sys.argv[1:]
    if kind == "simulate":
        path, replications = arguments
        simulate(load_scenario(Path(path)), replications=int(replications), seed=1)
    else:
        from simcore.cli.main import main as command  # noqa: PLC0415

        sys.argv = ["simcore", *arguments]
        try:
            command()
        except SystemExit as end:
            if end.code:
                raise
    print(peak_bytes())


if __name__ == "__main__":
    main()
