"""The benchmark: simcore and its peers, measured in one run and written to docs/benchmarks.md.

Usage: ``python -m benchmarks.bench [--full] [--rounds N] [--output FILE]`` from the root of the repository.
Every round runs every program once, one after the other, so that a slow minute of the machine hits all of
them; ratios are taken within a round. `benchmarks/README.md` says what is measured and what is not.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import subprocess
import sys
import sysconfig
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Final

from benchmarks import strategies, variance
from benchmarks.contenders import (
    CANONICAL,
    ROOT,
    Contender,
    measure,
    python_contender,
    say,
    scenario_path,
    simcore_contender,
    wall,
)
from benchmarks.peers import c_peer, numpy_peer, python_peer, simpy_peer
from benchmarks.peers.canonical import REP_WEEKS_PER_REPLICATION
from benchmarks.report import Goal, Report, Series, render
from simcore.scenario_files.scenario_file import load_scenario

if TYPE_CHECKING:
    from collections.abc import Sequence

SIMCORE: Final = "simcore, one thread"
TWO_THREADS: Final = "simcore, two threads"
REAL_TEAM: Final = "simcore, one thread, `real-team`"
C: Final = "C, SIMD, one draw per hour"
NUMPY: Final = "NumPy, vectorised, one draw per hour"
PYTHON: Final = "plain Python, call by call"
SIMPY: Final = "SimPy, call by call"
MEBIBYTE: Final = 2**20


def simcore_contenders() -> list[Contender]:
    """The canonical scenario on one and on two threads, and `real-team`."""
    canonical = load_scenario(scenario_path(CANONICAL))
    real_team = load_scenario(scenario_path("real-team"))
    contenders = [
        simcore_contender(SIMCORE, canonical, 20_000, 1),
        simcore_contender(REAL_TEAM, real_team, 2_000, 1),
    ]
    if (os.cpu_count() or 1) >= 2:
        contenders.insert(1, simcore_contender(TWO_THREADS, canonical, 40_000, 2))
    return contenders


def peer_contenders(folder: Path) -> list[Contender]:
    """The peers; the C program is compiled into ``folder`` and left out where there is no gcc."""
    contenders = [
        python_contender(NUMPY, numpy_peer.simulate, 1_000),
        python_contender(PYTHON, python_peer.simulate, 20),
        python_contender(SIMPY, simpy_peer.simulate, 2),
    ]
    if c_peer.compiler() is None:
        say("no gcc: the C program is left out")
        return contenders
    program = c_peer.build(folder)
    replications = 15_000
    c = Contender(
        C,
        replications * REP_WEEKS_PER_REPLICATION,
        lambda seed: c_peer.run(program, replications, seed).seconds,
    )
    return [c, *contenders]


def start_up(arguments: Sequence[str], rounds: int) -> Series:
    """Seconds that the installed command takes from start to end, after one run that is not counted.

    Raises
    ------
    FileNotFoundError
        simcore is not installed in this environment.
    subprocess.CalledProcessError
        The command failed.
    """
    command = [str(Path(sysconfig.get_path("scripts")) / "simcore"), *arguments]

    def work() -> None:
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)

    work()
    return Series(tuple(wall(work) for _ in range(rounds)))


def peak_memory(rep_weeks: int) -> int:
    """Peak bytes of a process that simulates so many rep-weeks of the canonical scenario, kernels compiled before.

    A process that compiles holds about as much again, by Numba and LLVM: see the notes.
    """

    def peak(replications: int) -> int:
        command = [sys.executable, "-m", "benchmarks.memory", str(scenario_path(CANONICAL)), str(replications)]
        return int(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, cwd=ROOT).stdout)

    peak(1)
    return peak(-(-rep_weeks // REP_WEEKS_PER_REPLICATION))


def machine() -> str:
    """CPU, cores and versions; nothing that tells which machine it is."""
    cpuinfo = Path("/proc/cpuinfo")
    found = re.search(r"^model name\s*:\s*(.+)$", cpuinfo.read_text(), re.MULTILINE) if cpuinfo.exists() else None
    cpu = found[1] if found else platform.processor() or platform.machine()
    return (
        f"{cpu}, {os.cpu_count()} cores; Python {platform.python_version()}, "
        f"NumPy {version('numpy')}, Numba {version('numba')}"
    )


def ratio_goals(series: dict[str, Series]) -> list[Goal]:
    """Goals that compare two programs, by the median over the rounds of their ratio."""
    wanted = (
        ("one thread against NumPy", NUMPY, SIMCORE, 20.0),
        ("one thread against SimPy", SIMPY, SIMCORE, 2000.0),
        ("one thread against C", C, SIMCORE, 1.2),
        ("two threads against one", SIMCORE, TWO_THREADS, 1.9),
    )
    goals = [
        Goal.at_least(f"{what}, times faster", goal, series[slow].over(series[fast]))
        for what, slow, fast, goal in wanted
        if slow in series and fast in series
    ]
    cost = series[REAL_TEAM].over(series[SIMCORE])
    return [*goals, Goal.at_most("a rep-week of `real-team`, in canonical ones", 6.0, cost)]


def start_up_goals(rounds: int) -> list[Goal]:
    """Goals for the time from the shell's point of view, in seconds."""
    small = ("run", CANONICAL, "--replications", "10", "--quiet")
    return [
        Goal.at_most("`simcore --help`, seconds", 0.25, start_up(["--help"], rounds)),
        Goal.at_most("`simcore run` of 5,200 rep-weeks, warm, seconds", 1.0, start_up(small, rounds)),
    ]


QUESTIONS: Final = (
    (("plan", CANONICAL, "--target", "1.4M", "--quiet"), 5.0),
    (("luck", "real-team", "--quiet"), 20.0),
    (("coach", "coach-the-process", "--quiet"), 20.0),
)
"""Commands that a manager waits for, on a ten-rep year, and the seconds that they may take, warm."""


def question_goals(rounds: int) -> list[Goal]:
    """Goals for the time that a manager waits for an answer, in seconds; each is run at most three times."""
    return [
        Goal.at_most(f"`simcore {' '.join(command[:-1])}`, warm, seconds", most, start_up(command, min(rounds, 3)))
        for command, most in QUESTIONS
    ]


def memory_goal(rep_weeks: int) -> Goal:
    """Goal for the peak memory."""
    say(f"peak memory at {rep_weeks:,} rep-weeks")
    peak = peak_memory(rep_weeks) / MEBIBYTE
    return Goal.at_most(f"peak memory at {rep_weeks:,} rep-weeks, MiB", 400.0, Series((peak,)))


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.bench", description="Measure simcore and its peers.")
    parser.add_argument("--full", action="store_true", help="measure memory at 1e9 rep-weeks, not at 1e8")
    parser.add_argument("--rounds", type=int, default=7, metavar="N", help="repetitions of everything (default 7)")
    parser.add_argument("--output", type=Path, default=ROOT / "docs" / "benchmarks.md", metavar="FILE")
    options = parser.parse_args(arguments)
    if options.rounds < 1:
        parser.error("--rounds must be at least 1")
    return options


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure everything and write the page."""
    options = parse(arguments)
    with tempfile.TemporaryDirectory() as folder:
        series = measure([*simcore_contenders(), *peer_contenders(Path(folder))], options.rounds)
    reacting = strategies.measured(options.rounds)
    reduced = variance.measured()
    goals = [
        *ratio_goals(series),
        *strategies.goals(reacting),
        *variance.goals(reduced),
        memory_goal(10**9 if options.full else 10**8),
        *start_up_goals(options.rounds),
        *question_goals(options.rounds),
    ]
    notes = (ROOT / "benchmarks" / "notes.md").read_text(encoding="utf-8")
    report = Report(machine(), options.rounds, series, SIMCORE, reacting, variance.section(reduced), goals, notes)
    options.output.write_text(render(report), encoding="utf-8")
    missed = [goal.what for goal in goals if not goal.met]
    say(f"wrote {options.output.name}; goals missed: {', '.join(missed) or 'none'}")


if __name__ == "__main__":
    main()
