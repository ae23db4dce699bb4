"""What the benchmark runs: simcore with a scenario, a peer, and the rounds in which all of them take turns."""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from benchmarks.report import Series
from simcore.engine.simulation import simulate

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from simcore.scenario.model import Scenario

ROOT: Final = Path(__file__).resolve().parent.parent
CANONICAL: Final = "trust-the-process"
PRESSED: Final = "quota-pressure"
REAL_TEAM: Final = "real-team"


class Effort(NamedTuple):
    """How much is measured.

    Attributes
    ----------
    rounds
        Repetitions of everything that is repeated.
    size
        Share of the usual replications that every program simulates.
    full
        Whether memory is measured at a billion rep-weeks, not estimated.
    """

    rounds: int = 7
    size: float = 1.0
    full: bool = False

    def of(self, replications: int) -> int:
        """Replications of a program that usually simulates so many."""
        return max(2, round(self.size * replications))


class Seconds(NamedTuple):
    """What a piece of work took: of all processors together, and by the clock on the wall."""

    processor: float
    wall: float


class Contender(NamedTuple):
    """A program to measure.

    Attributes
    ----------
    name
        As shown in the table.
    rep_weeks
        Weeks of one rep that a run simulates, warm-up included.
    run
        Simulates them with the given seed and returns what it took.
    by_wall
        Whether the clock on the wall counts: where threads share the work.
    """

    name: str
    rep_weeks: int
    run: Callable[[int], Seconds]
    by_wall: bool = False


def say(text: str) -> None:
    """Report progress."""
    print(text, file=sys.stderr, flush=True)


def scenario_path(name: str) -> Path:
    """Return the file of a shipped scenario."""
    return ROOT / "scenarios" / f"{name}.yaml"


def taken(work: Callable[[], object]) -> Seconds:
    """Return what a piece of work takes in this process, all threads together."""
    start, processor = time.perf_counter(), time.process_time()
    work()
    return Seconds(time.process_time() - processor, time.perf_counter() - start)


def of_process(command: Sequence[str], *, env: Mapping[str, str] | None = None, cwd: Path | None = None) -> float:
    """Processor seconds of a command, those that it starts and waits for included; what it prints is dropped.

    Raises
    ------
    subprocess.CalledProcessError
        The command failed; its words are on stderr.
    """
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=env, cwd=cwd)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def simcore_contender(name: str, scenario: Scenario, replications: int, threads: int = 1) -> Contender:
    """simcore, from the call of `simulate` to its result; one small run before compiles the kernels."""
    weeks = scenario.horizon.weeks + scenario.horizon.warmup_weeks
    simulate(scenario, replications=2, seed=1, threads=threads)

    def run(seed: int) -> Seconds:
        return taken(lambda: simulate(scenario, replications=replications, seed=seed, threads=threads))

    return Contender(name, replications * scenario.team.reps * weeks, run, by_wall=threads > 1)


def python_contender(
    name: str, peer: Callable[[int, int], object], replications: int, rep_weeks_per_replication: int
) -> Contender:
    """Wrap a peer written in Python."""
    peer(1, 1)
    return Contender(
        name,
        replications * rep_weeks_per_replication,
        lambda seed: taken(lambda: peer(replications, seed)),
    )


class Measured(NamedTuple):
    """Nanoseconds per rep-week of one program in every round."""

    processor: Series
    wall: Series
    by_wall: bool

    @property
    def shown(self) -> Series:
        """What tables show."""
        return self.wall if self.by_wall else self.processor


def measure(contenders: Sequence[Contender], rounds: int) -> dict[str, Measured]:
    """Run every contender once a round, one after the other; what each took, in the order of the rounds."""
    found: dict[str, list[Seconds]] = {contender.name: [] for contender in contenders}
    for number in range(rounds):
        say(f"round {number + 1} of {rounds}")
        for contender in contenders:
            found[contender.name].append(contender.run(number))
    return {each.name: Measured(*nanoseconds(each, found[each.name]), each.by_wall) for each in contenders}


def nanoseconds(contender: Contender, rounds: Sequence[Seconds]) -> tuple[Series, Series]:
    """Return what a rep-week took in every round: of the processor, and by the wall clock."""
    processor, wall = zip(*rounds, strict=True)
    return per_rep_week(processor, contender.rep_weeks), per_rep_week(wall, contender.rep_weeks)


def per_rep_week(seconds: Sequence[float], rep_weeks: int) -> Series:
    """Turn seconds of a run into nanoseconds of a rep-week."""
    return Series(tuple(1e9 * each / rep_weeks for each in seconds))
