"""Measures commands as a shell starts them: processor seconds from start to end, kernels compiled before."""

from __future__ import annotations

import sysconfig
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from benchmarks.contenders import CANONICAL, REAL_TEAM, Effort, of_process, say
from benchmarks.report import Goal, Series

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

SIMCORE: Final = str(Path(sysconfig.get_path("scripts")) / "simcore")
MOST_ROUNDS: Final = 3
"""Of what takes seconds."""

SMALL_RUN: Final = ("run", CANONICAL, "--replications", "10", "--quiet")
COMMANDS: Final[dict[str, tuple[str, tuple[str, ...], float]]] = {
    "help": ("`simcore --help`", ("--help",), 0.25),
    "small-run": ("`simcore run` of 5,200 rep-weeks", SMALL_RUN, 0.6),
    "scenarios": ("`simcore scenarios`", ("scenarios",), 0.3),
    "check": (f"`simcore check {REAL_TEAM}`", ("check", REAL_TEAM), 0.5),
    "plan": (
        f"`simcore plan {CANONICAL} --target 1.4M`",
        ("plan", CANONICAL, "--target", "1.4M", "--quiet"),
        2.5,
    ),
    "luck": (f"`simcore luck {REAL_TEAM}`", ("luck", REAL_TEAM, "--quiet"), 4.0),
    "coach": ("`simcore coach coach-the-process`", ("coach", "coach-the-process", "--quiet"), 4.0),
}
"""What is started, and the seconds that it may take; the last three are questions that a manager waits for."""
QUESTIONS: Final = frozenset({"plan", "luck", "coach"})


def warm(arguments: Sequence[str], rounds: int) -> Series:
    """Processor seconds of the installed command, after one run that is not counted.

    Raises
    ------
    FileNotFoundError
        simcore is not installed in this environment.
    subprocess.CalledProcessError
        The command failed.
    """
    command = [SIMCORE, *arguments]
    of_process(command)
    return Series(tuple(of_process(command) for _ in range(rounds)))


def measured(name: str, effort: Effort) -> Goal:
    """Measure one of the commands."""
    what, arguments, most = COMMANDS[name]
    say(what)
    rounds = min(effort.rounds, MOST_ROUNDS) if name in QUESTIONS else effort.rounds
    return Goal.at_most(f"{what}, warm, processor seconds", most, warm(arguments, rounds))


ROWS: Final[dict[str, Callable[[Effort], Goal]]] = {name: partial(measured, name) for name in COMMANDS}
