"""The C program: compiles `c_peer.c` for this machine, runs it and reads its counts."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections import Counter
from pathlib import Path
from typing import Final, Literal, NamedTuple, TypedDict

from benchmarks.peers.canonical import REPS, Horizon, Statistics, WindowCounts, describe

SOURCE: Final = Path(__file__).with_name("c_peer.c")
COMPILER: Final = "gcc"
FLAGS: Final = ("-std=gnu11", "-O3", "-march=native", "-Wall", "-Wextra", "-Wno-psabi")


class HorizonCounts(TypedDict):
    """Counts of one horizon as the program prints them."""

    first_squares: int
    wins: list[int]


class Counts(TypedDict):
    """The document that the program prints."""

    seconds: float
    opportunities: int
    first_sum: int
    horizons: dict[Literal["hour", "day", "week", "month", "quarter", "year"], HorizonCounts]


class TimedStatistics(NamedTuple):
    """Statistics and the seconds of processor time that they took, the start of the program not included."""

    statistics: Statistics
    seconds: float


def compiler() -> str | None:
    """Path of the compiler, or None where there is none."""
    return shutil.which(COMPILER)


def build(folder: Path) -> Path:
    """Compile the program into ``folder`` and return its path.

    Raises
    ------
    FileNotFoundError
        There is no gcc.
    subprocess.CalledProcessError
        The program does not compile; the compiler's words are on stderr.
    """
    gcc = compiler()
    if gcc is None:
        message = f"{COMPILER} is not installed"
        raise FileNotFoundError(message)
    program = folder / "c_peer"
    subprocess.run([gcc, *FLAGS, "-o", str(program), str(SOURCE), "-lm"], check=True)
    return program


def output(program: Path, *arguments: str) -> str:
    """Run the program and return what it prints."""
    return subprocess.run([str(program), *arguments], check=True, stdout=subprocess.PIPE, text=True).stdout


def run(program: Path, replications: int, seed: int) -> TimedStatistics:
    """Simulate the canonical scenario.

    Parameters
    ----------
    program
        What `build` returned.
    replications
        Number of teams of 10 reps over 52 weeks, at least 1.
    seed
        Key of the generator, 0 to 2^64 - 1.
    """
    document: Counts = json.loads(output(program, "run", str(replications * REPS), str(seed)))
    counts: dict[Horizon, WindowCounts] = {
        horizon: WindowCounts(Counter(dict(enumerate(row["wins"]))), document["first_sum"], row["first_squares"])
        for horizon, row in document["horizons"].items()
    }
    return TimedStatistics(describe(counts, document["opportunities"]), document["seconds"])
