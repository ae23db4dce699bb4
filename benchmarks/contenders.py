"""What the benchmark runs: simcore with a scenario, a peer, and the rounds in which all of them take turns."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from benchmarks.peers.canonical import REP_WEEKS_PER_REPLICATION
from benchmarks.report import Series
from simcore.engine.simulation import simulate

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from simcore.scenario.model import Scenario

ROOT: Final = Path(__file__).resolve().parent.parent
CANONICAL: Final = "trust-the-process"


class Contender(NamedTuple):
    """A program to measure.

    Attributes
    ----------
    name
        As shown in the table.
    rep_weeks
        Weeks of one rep that a run simulates, warm-up included.
    run
        Simulates them with the given seed and returns the seconds that it took.
    """

    name: str
    rep_weeks: int
    run: Callable[[int], float]


def say(text: str) -> None:
    """Report progress."""
    print(text, file=sys.stderr, flush=True)


def scenario_path(name: str) -> Path:
    """Return the file of a shipped scenario."""
    return ROOT / "scenarios" / f"{name}.yaml"


def wall(work: Callable[[], object]) -> float:
    """Seconds that a piece of work takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def simcore_contender(name: str, scenario: Scenario, replications: int, threads: int) -> Contender:
    """simcore, from the call of `simulate` to its result; one small run before compiles the kernels."""
    simulate(scenario, replications=2, seed=1, threads=threads)
    weeks = scenario.horizon.weeks + scenario.horizon.warmup_weeks

    def run(seed: int) -> float:
        return wall(lambda: simulate(scenario, replications=replications, seed=seed, threads=threads))

    return Contender(name, replications * scenario.team.reps * weeks, run)


def python_contender(name: str, peer: Callable[[int, int], object], replications: int) -> Contender:
    """Wrap a peer written in Python."""
    peer(1, 1)
    return Contender(
        name,
        replications * REP_WEEKS_PER_REPLICATION,
        lambda seed: wall(lambda: peer(replications, seed)),
    )


def measure(contenders: Sequence[Contender], rounds: int) -> dict[str, Series]:
    """Run every contender once a round; nanoseconds per rep-week of each, in the order of the rounds."""
    nanoseconds: dict[str, list[float]] = {contender.name: [] for contender in contenders}
    for number in range(rounds):
        say(f"round {number + 1} of {rounds}")
        for contender in contenders:
            nanoseconds[contender.name].append(1e9 * contender.run(number) / contender.rep_weeks)
    return {name: Series(tuple(values)) for name, values in nanoseconds.items()}
