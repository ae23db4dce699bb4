"""Parts of a run: some of its replications in a row, played alone, later, or elsewhere, and put together again.

A part holds the counters of the replications ``first`` to ``end - 1``. Parts that follow each other add up to the bits
of a run of all of them, since every draw is addressed and all counters are integers.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from simcore.engine.playable import playable
from simcore.engine.runner import Block, Report, Stop, Watch, cut
from simcore.engine.simulation import result_of
from simcore.engine.worlds import Meter, Worlds
from simcore.program.tally import Tally
from simcore.results.summary import Speed

if TYPE_CHECKING:
    from simcore.engine.simulation import Result
    from simcore.scenario.model import Scenario

KEEP_SECONDS = 30.0
"""Seconds of playing between two times at which a part is handed out to be kept."""


@dataclass(frozen=True, slots=True)
class Part:
    """The counters of some replications in a row; ``a + b`` is the part of both where ``b`` follows ``a``."""

    first: int
    """Number of the first replication, from 0."""
    tally: Tally
    seconds: float
    """Wall-clock seconds that they took, added up over parts."""
    compile_seconds: float
    threads: int
    """The most that any of them had."""

    @property
    def replications(self) -> int:
        """How many replications there are."""
        return self.tally.replications

    @property
    def end(self) -> int:
        """The number of the replication that would follow."""
        return self.first + self.replications

    def __add__(self, other: Part) -> Part:
        """Return the part of both.

        Raises
        ------
        ValueError
            If the other does not follow this one.
        """
        if other.first != self.end:
            raise ValueError(f"replication {self.end} should follow, got {other.first}")
        return Part(
            self.first,
            self.tally + other.tally,
            self.seconds + other.seconds,
            self.compile_seconds + other.compile_seconds,
            max(self.threads, other.threads),
        )


def share_of(replications: int, number: int, count: int) -> tuple[int, int]:
    """Return the first replication of a share and the one behind its last: the shares are as even as can be.

    Parameters
    ----------
    replications
        Of the whole run.
    number, count
        Which of how many shares, from 1.

    Examples
    --------
    >>> [share_of(10, number, 3) for number in (1, 2, 3)]
    [(0, 3), (3, 6), (6, 10)]
    """
    return replications * (number - 1) // count, replications * number // count


def play_part(
    scenario: Scenario,
    first: int,
    end: int,
    *,
    begun: Part | None = None,
    keep: Callable[[Part], object] | None = None,
    every: float = KEEP_SECONDS,
    threads: int | None = None,
    progress: Report | None = None,
    stop: Stop | None = None,
) -> Part | None:
    """Play the replications ``first`` to ``end - 1`` of a run, or what an earlier call left of them.

    Parameters
    ----------
    scenario
        From `simcore.load_scenario`; its replications are those of the whole run.
    begun
        What is there of these replications: it is not played again.
    keep
        Is called with all that is there, about every ``every`` seconds and at the end. No block is being played then.
    threads, progress, stop
        As for `simcore.simulate`.

    Returns
    -------
    Part or None
        All that is there, fewer replications if it was stopped; ``None`` if it was stopped before there was anything.

    Raises
    ------
    ScenarioError
        If the scenario leaves the ranges of the engine, or a drive of its strategy explodes.

    Examples
    --------
    >>> from simcore import load_scenario
    >>> scenario = load_scenario("trust-the-process", ["run.replications=60"])
    >>> one, other = play_part(scenario, 0, 40), play_part(scenario, 40, 60)
    >>> (one + other).tally.same_as(play_part(scenario, 0, 60).tally)
    True
    """
    started = time.perf_counter()
    program = playable(scenario)
    at = first if begun is None else begun.end
    if at >= end:
        return begun
    worlds = Worlds([scenario], [program], threads=threads, expected=end - at)
    compiled = time.perf_counter()

    def played() -> Part | None:
        (tally,) = worlds.tallies()
        if not tally.replications:
            return begun
        part = Part(at, tally, time.perf_counter() - compiled, compiled - started, worlds.threads)
        return part if begun is None else begun + part

    def blocks() -> Iterator[Block | None]:
        kept = time.perf_counter()
        for block in cut(program, end - at, worlds.threads, None, detailed=False):
            if keep is not None and time.perf_counter() - kept >= every:
                yield None
                _keep(keep, played())
                kept = time.perf_counter()
            yield block._replace(first=block.first + at)

    meter = Meter(Watch(progress, stop), end - first)
    meter.done = at - first
    for _ in worlds.play(lambda player, block: player.simulate(0, block), blocks(), meter):
        pass
    found = played()
    if keep is not None:
        _keep(keep, found)
    return found


def _keep(keep: Callable[[Part], object], part: Part | None) -> None:
    if part is not None:
        keep(part)


def together(parts: Sequence[Part]) -> Part:
    """Return the part of all of them, in whatever order they are.

    Raises
    ------
    ValueError
        If some replications are missing between them, or are there twice.
    """
    first, *others = sorted(parts, key=lambda part: part.first)
    found = first
    for part in others:
        if part.first > found.end:
            raise ValueError(f"replications {found.end + 1:,} to {part.first:,} are missing")
        if part.first < found.end:
            raise ValueError(f"replications {part.first + 1:,} to {min(found.end, part.end):,} are there twice")
        found += part
    return found


def result_of_part(scenario: Scenario, part: Part, *, threads: int | None = None, stop: Stop | None = None) -> Result:
    """Return the result of a run of which this is all that was played, from its first replication on.

    Parameters
    ----------
    scenario
        Its replications are those of the whole run: of fewer, the result says that it was interrupted.
    threads, stop
        For what is played of a scenario with unknown parameters to tell how much they matter.
    """
    program = playable(scenario)
    weeks = part.replications * program.team.reps * program.clock.counted_weeks
    speed = Speed(
        seconds=part.seconds,
        compile_seconds=part.compile_seconds,
        rep_weeks_per_second=weeks / max(part.seconds, 1e-9),
        threads=part.threads,
    )
    interrupted = part.replications < scenario.run.replications
    return result_of(scenario, program, part.tally, speed, interrupted=interrupted, threads=threads, stop=stop)
