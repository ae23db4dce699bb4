"""Plays programs in the same replications, block by block in threads: the one loop that every question runs on.

A *world* is what users call a replication. It has a number, and so the same draws for every program (common random
numbers). Blocks are begun in order and their results come in order: nothing depends on the number of threads, and what
is done when a run is stopped is always the first replications.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from queue import SimpleQueue
from typing import TypeVar

from simcore.base.machine import processors
from simcore.engine.explosion import translate_explosion
from simcore.engine.runner import Block, Progress, Runner, StoppedError, Watch, Workspace, cut
from simcore.kernels.detail import Detail
from simcore.program.layout import Program
from simcore.program.tally import Tally, TallyArrays
from simcore.random.philox import split_seed
from simcore.random.streams import Source
from simcore.scenario.model import Scenario

Done = TypeVar("Done")
State = TypeVar("State")

THREAD_REP_WEEKS = 50_000
"""A further thread is begun for each of so many rep-weeks."""
ASK_SECONDS = 0.1
"""Seconds between two questions whether to stop, while a block is waited for."""


class Player:
    """Simulates blocks of any of the programs in one thread: it has working memory and counters for each."""

    def __init__(self, scenarios: Sequence[Scenario], runners: Sequence[Runner]) -> None:
        self._scenarios, self._runners = scenarios, runners
        self.workspaces: list[Workspace] = [runner.workspace() for runner in runners]

    def simulate(
        self,
        index: int,
        block: Block,
        *,
        detailed: bool = False,
        quarterly: bool = False,
        source: Source | None = None,
        counters: TallyArrays | None = None,
    ) -> Detail:
        """Simulate a block of the program with this index; see `Runner.simulate`.

        What happens is counted in ``counters`` if they are given, otherwise in those of the workspace.

        Raises
        ------
        ExplodedError
            If a drive passes a limit of the engine.
        """
        workspace = self.workspaces[index]
        if counters is not None:
            workspace = workspace._replace(tally=counters)
        with translate_explosion(self._scenarios[index]):
            return self._runners[index].simulate(
                workspace, block, detailed=detailed, quarterly=quarterly, source=source
            )

    def counters(self, index: int) -> TallyArrays:
        """Return empty counters for the program with this index."""
        return self._runners[index].counters()


class Meter:
    """Counts what is done of a run, reports it, and asks whether to stop.

    Parameters
    ----------
    watch
        Who is told, and who may stop it.
    total
        What the whole run takes, in the unit of `add`: mostly replications. It may be changed on the way.
    """

    def __init__(self, watch: Watch, total: int = 0) -> None:
        self.watch, self.total = watch, total
        self.done, self.rep_weeks = 0, 0
        self._started = time.perf_counter()

    @property
    def seconds(self) -> float:
        """Seconds since the first block could begin."""
        return time.perf_counter() - self._started

    def add(self, done: int, rep_weeks: int) -> None:
        """Count what is done, and report it."""
        self.set(self.done + done, self.rep_weeks + rep_weeks)

    def set(self, done: int, rep_weeks: int) -> None:
        """Report all that is done so far."""
        self.done, self.rep_weeks = done, rep_weeks
        if self.watch.progress is not None:
            seconds = max(self.seconds, 1e-9)
            self.watch.progress(Progress(done, max(done, self.total), seconds, rep_weeks / seconds))

    def raise_if_stopped(self) -> None:
        """Ask whether to go on; nobody is asked before anything is done.

        Raises
        ------
        StoppedError
            If someone says that the run is to stop.
        """
        if self.done and self.watch.stop is not None and self.watch.stop():
            raise StoppedError

    @contextmanager
    def part(self, size: int) -> Iterator[Callable[[Progress], None]]:
        """Provide a callback that reports a part's progress as part of the whole run, of which it is ``size`` units.

        A part that fails counts for nothing.
        """
        done, rep_weeks = self.done, self.rep_weeks

        def report(progress: Progress) -> None:
            self.set(
                done + size * progress.done // progress.total,
                rep_weeks + round(progress.rep_weeks_per_second * progress.seconds),
            )

        try:
            yield report
        except BaseException:
            self.done, self.rep_weeks = done, rep_weeks
            raise


class Worlds:
    """Replications in which one or several programs are simulated side by side.

    Parameters
    ----------
    scenarios
        One for each program, in the words of which an explosion is told; the seed of the first holds for all.
    programs
        From `simcore.engine.playable.playable`.
    threads
        Default: what a run of ``expected`` replications is worth, see `threads_for`. Does not change results.
    expected
        About how many replications will be played.

    Examples
    --------
    >>> from simcore import load_scenario
    >>> from simcore.engine.playable import playable
    >>> scenario = load_scenario("trust-the-process")
    >>> worlds = Worlds([scenario], [playable(scenario)], threads=2)
    >>> blocks = cut(worlds.programs[0], 40, worlds.threads, None, detailed=False)
    >>> played = worlds.play(lambda player, block: player.simulate(0, block), blocks, Meter(Watch()))
    >>> sum(block.replications for block, _ in played), worlds.tallies()[0].replications
    (40, 40)
    """

    def __init__(
        self, scenarios: Sequence[Scenario], programs: Sequence[Program], *, threads: int | None, expected: int = 1
    ) -> None:
        self.programs = tuple(programs)
        self.threads = threads or threads_for(self.programs[0], expected * len(self.programs))
        self.key = split_seed(scenarios[0].run.seed)
        self._runners = [Runner(program, self.key) for program in self.programs]
        self._players = [Player(scenarios, self._runners) for _ in range(self.threads)]
        self.rep_weeks = sum(program.team.reps * program.clock.counted_weeks for program in self.programs)
        """Of one replication of all programs."""

    def play(
        self,
        work: Callable[[Player, Block], Done],
        blocks: Iterable[Block | None],
        meter: Meter,
        *,
        rep_weeks: int | None = None,
    ) -> Iterator[tuple[Block, Done]]:
        """Yield each block in order with what ``work`` makes of it, until they end or the run is stopped.

        Parameters
        ----------
        work
            Is called in a thread, with the means to simulate.
        blocks
            At a ``None`` all before is finished before the next is asked for. At least the first block is played.
        meter
            Counts each block once whoever takes the results asks for the next one.
        rep_weeks
            Of a replication, for the speed that is reported; by default those of all programs.

        Raises
        ------
        ExplodedError
            If a drive passes a limit of the engine.
        """
        each = self.rep_weeks if rep_weeks is None else rep_weeks
        for block, done in play_blocks(self._players, work, blocks, meter.watch.stop):
            yield block, done
            meter.add(block.replications, block.replications * each)

    def collect(self, work: Callable[[Player, Block], Done], replications: int, meter: Meter) -> list[Done]:
        """Return what ``work`` makes of the blocks of a run that keeps its rep-weeks: of all of them, in order.

        Raises
        ------
        StoppedError
            If the run was stopped before all of them were done.
        """
        meter.raise_if_stopped()
        largest = max(self.programs, key=lambda each: each.team.reps * each.clock.simulated_weeks)
        found: list[Done] = []
        played = 0
        for block, done in self.play(work, cut(largest, replications, self.threads, None, detailed=True), meter):
            found.append(done)
            played += block.replications
        if played < replications:
            raise StoppedError
        return found

    def tallies(self) -> tuple[Tally, ...]:
        """Return for each program the tally of all that was played."""
        return tuple(
            runner.tally(player.workspaces[index].tally for player in self._players)
            for index, runner in enumerate(self._runners)
        )


def threads_for(program: Program, replications: int, *, rep_weeks: int = THREAD_REP_WEEKS) -> int:
    """Return how many threads a run is worth: at most one per processor, and one for each of so many rep-weeks."""
    simulated = replications * program.team.reps * program.clock.simulated_weeks
    return max(1, min(processors(), simulated // rep_weeks))


def play_blocks(
    states: Sequence[State],
    work: Callable[[State, Block], Done],
    blocks: Iterable[Block | None],
    stop: Callable[[], bool] | None,
) -> Iterator[tuple[Block, Done]]:
    """Yield the blocks in order with what ``work`` makes of them, in one thread for each state.

    A state is what a thread needs for itself: no two threads have the same one at a time. See `in_order`.
    """
    free: SimpleQueue[State] = SimpleQueue()
    for state in states:
        free.put(state)

    def with_state(block: Block) -> tuple[Block, Done]:
        state = free.get()
        try:
            return block, work(state, block)
        finally:
            free.put(state)

    return in_order(with_state, blocks, len(states), stop)


def in_order(
    work: Callable[[Block], Done],
    blocks: Iterable[Block | None],
    threads: int,
    stop: Callable[[], bool] | None,
) -> Iterator[Done]:
    """Yield what ``work`` made of the blocks in order; no block is begun after ``stop`` said so, but the first is.

    No more than twice as many blocks as threads wait at a time, and none at a ``None`` among them.
    """
    pending: deque[Future[Done]] = deque()
    asked, begun, kept = False, False, 1

    def halted() -> bool:
        """Return whether to stop; the first time, take back what no thread has begun, the last block first."""
        nonlocal asked
        if not asked and stop is not None and stop():
            asked = True
            while len(pending) > kept and pending[-1].cancel():
                pending.pop()
        return asked

    def taken() -> Done:
        """Return what was made of the next block, and hear a stop while it is made."""
        nonlocal kept
        future, kept = pending.popleft(), 0
        while not future.done() and wait([future], timeout=ASK_SECONDS).not_done:
            halted()
        return future.result()

    with ThreadPoolExecutor(threads, thread_name_prefix="simcore") as pool:
        for block in blocks:
            if block is None:
                while pending:
                    yield taken()
                continue
            if (begun or block.first > 0) and halted():
                break
            pending.append(pool.submit(work, block))
            begun = True
            if len(pending) >= 2 * threads:
                yield taken()
        while pending:
            yield taken()
