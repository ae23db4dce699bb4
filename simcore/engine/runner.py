"""Simulates blocks of replications of one program, and says how a run is cut into blocks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import reduce
from operator import add
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from simcore.base.periods import WEEKS_PER_YEAR
from simcore.kernels.detail import Detail, new_detail
from simcore.kernels.reacting import state
from simcore.kernels.reacting.breaches import BreachError
from simcore.kernels.rows import drive as steady
from simcore.kernels.rows import memory as rows
from simcore.kernels.teams import drive as reacting
from simcore.numerics.quantile_table import beta_quantile
from simcore.program.layout import Program
from simcore.program.tally import GROUPS, Tally, TallyArrays, bins_up_to, new_arrays
from simcore.random.philox import Key
from simcore.random.streams import Source

BLOCK_REP_WEEKS = 1 << 18
"""A block has at most about this many rep-weeks: some hundredths of a second."""
DETAIL_REP_WEEKS = 1 << 16
"""The same where every rep-week is kept for writing."""
USUAL_ITEMS = 100.0
"""Items of all steps that a rep-week has at most, for these sizes to hold."""
ROW_REP_WEEKS = 1 << 20
"""A block of a strategy that reacts is a row of at most about this many rep-weeks: a second, and 50 MB of detail."""
LEAST_SEATS = 1024
"""Seats of a row that threads do not share: most of what it costs is by the hour, and threads take turns at that."""
HEADROOM = 1024.0
"""Bins of revenue reach so many times beyond the mean of a rep-year."""


class Progress(NamedTuple):
    """How far a run has come."""

    done: int
    """Replications."""
    total: int
    seconds: float
    rep_weeks_per_second: float


Report = Callable[[Progress], None]
"""What is told of a run while it goes on."""
Stop = Callable[[], bool]
"""What may end a run."""


class Block(NamedTuple):
    """Replications ``first .. first + replications - 1``."""

    first: int
    replications: int


class Watch(NamedTuple):
    """Who is told of a run while it goes on, and who may stop it; both are called from the calling thread."""

    progress: Callable[[Progress], None] | None = None
    """Called after each block."""
    stop: Callable[[], bool] | None = None
    """Asked before each block but the first; once it returns true, no further block is begun."""


class Workspace(NamedTuple):
    """What a thread needs of its own."""

    scratch: state.Memory | rows.Memory
    tally: TallyArrays


class StoppedError(Exception):
    """A run was stopped before it had done what it was to return."""


class ExplosionError(Exception):
    """A strategy passed a limit of the engine (`simcore.kernels.reacting.breaches`): which, where, at which level."""

    def __init__(
        self, what: int, replication: int, rep: int, hour: int, drive: int, level: float, figure: float
    ) -> None:
        super().__init__(what, replication, rep, hour, drive, level, figure)
        self.what, self.replication, self.rep, self.hour = what, replication, rep, hour
        self.drive, self.level, self.figure = drive, level, figure


class Runner:
    """Runs one program: compiles (or loads) the kernels when made, then simulates."""

    def __init__(self, program: Program, key: Key) -> None:
        self.program = program
        self._key = key
        self._compile()

    def workspace(self) -> Workspace:
        """Return working memory and empty counters for a thread."""
        new_memory = state.new_memory if self.program.reaction.needed else rows.new_memory
        return Workspace(new_memory(self.program), self.counters())

    def counters(self) -> TallyArrays:
        """Return empty counters."""
        return empty_counters(self.program)

    def tally(self, counters: Iterable[TallyArrays]) -> Tally:
        """Return the tally of all that was counted, in whatever threads."""
        merged = reduce(add, map(Tally, counters))
        return merged.with_both_accounts() if self.program.clock.one_account else merged

    def simulate(
        self,
        workspace: Workspace,
        block: Block,
        *,
        detailed: bool = False,
        quarterly: bool = False,
        source: Source | None = None,
    ) -> Detail:
        """Simulate a block and add it to the tally of the workspace.

        Keeps every rep-week if ``detailed``, and the revenue of every rep-quarter if ``quarterly``. The draws come from
        ``source`` if there is one, otherwise from that of the program.

        Raises
        ------
        ExplosionError
            If a strategy passes a limit of the engine.
        """
        program = self.program if source is None else self.program._replace(source=source)
        detail = new_detail(program, block.replications if detailed else 0, block.replications if quarterly else 0)
        memory, of_block = workspace.scratch, (workspace.tally, detail, self._key, block.first, block.replications)
        if isinstance(memory, rows.Memory):
            steady.play_block(program, memory, *of_block)
            return detail
        try:
            reacting.play_block(program, memory, *of_block)
        except BreachError as error:
            raise explosion_of(error.counted_from(block.first)) from error
        return detail

    def _compile(self) -> None:
        """Call the kernels once, for one rep of one replication, into counters that are thrown away.

        A strategy plays its first weeks; what they do not call is compiled when it is called.
        """
        program = self.program
        alone = program._replace(team=program.team._replace(reps=1))
        if program.reaction.needed:
            reacting.play_some_weeks(alone, self.counters(), self._key)
            return
        steady.play_block(alone, rows.new_memory(alone, most=1), self.counters(), new_detail(alone, 0), self._key, 0, 1)


def empty_counters(program: Program) -> TallyArrays:
    """Return the counters of a program, all 0."""
    return new_arrays(program.clock.steps, bins_up_to(reach(program)), program.people.told)


def explosion_of(breach: BreachError) -> ExplosionError:
    """Return what is raised for a breach of a limit."""
    return ExplosionError(
        breach.what, breach.replication, breach.rep, breach.hour, breach.drive, breach.level, breach.figure
    )


def yearly_units(program: Program) -> float:
    """Return the mean revenue of a rep in a year in units of `Deals.unit`, at least that of one deal a week."""
    calls = program.plan.calls.max() if len(program.plan.of_seat) else program.plan.calls[0]
    rates = _largest_rates(program)
    wins_a_week = float(calls) * float(np.prod(rates[1:]))
    inflow, weeks = program.inflow, program.team.reps * program.clock.simulated_weeks
    wins_a_week += inflow.total / weeks * float(np.prod(rates[int(inflow.stage.min(initial=1)) + 1 :]))
    return WEEKS_PER_YEAR * max(1.0, wins_a_week) * program.deals.mean_units


def _largest_rates(program: Program) -> NDArray[np.float64]:
    """Return for each step the base rate, or the largest that a person has of their own: float64[S + 1].

    Of what was counted of somebody, one that only every sixth such person passes.
    """
    people, base = program.people, program.rates.base
    if not people.active:
        return base
    largest: NDArray[np.float64] = np.maximum(base, people.rate.max(axis=0))
    for step in np.flatnonzero((people.table >= 0).any(axis=0)).tolist():
        tables = {number for number in people.table[:, step].tolist() if number >= 0}
        largest[step] = max(largest[step], *(beta_quantile(people.tables[each], 1.0) for each in tables))
    return largest


def reach(program: Program) -> float:
    """Return a revenue of a window, in units, that none comes near: all beyond it shares the last bin."""
    given = float(np.maximum(program.start.value, 0).sum())
    largest = float(program.deals.values.max(initial=0))
    return HEADROOM * (yearly_units(program) + (largest + given) / program.deals.unit)


def cut(
    program: Program, replications: int, threads: int, size: int | None, *, detailed: bool, together: int = 1
) -> Iterator[Block]:
    """Cut a run into blocks: small enough for progress, large enough to be worth a call, and several per thread.

    Where they are larger than a row, they are whole rows; of a strategy that reacts, a block is a row, for a row of few
    takes nearly as long, and two at a time take longer than one of all. Those that keep rep-weeks stay as they always
    were, for the last bits of floating-point sums over blocks depend on them.

    ``size`` is the number of replications of a block, or ``None``; ``together`` is how many programs like this one a
    block is played with.
    """
    if size is None:
        weeks = program.team.reps * program.clock.simulated_weeks * together
        if program.reaction.needed:
            share = max(-(-replications // threads), LEAST_SEATS // program.team.reps)
            row = min(state.row_size(program), GROUPS) if detailed else state.row_size(program)
            size = max(1, min(row, ROW_REP_WEEKS // weeks, share))
        else:
            limit = DETAIL_REP_WEEKS if detailed else BLOCK_REP_WEEKS
            size = max(1, min(int(limit / (weeks * slowness(program))), -(-replications // (4 * threads))))
            whole = rows.row_size(program)
            size = size if detailed else size // whole * whole or size
    for first in range(0, replications, size):
        yield Block(first, min(size, replications - first))


def cut_in_multiples(program: Program, replications: int, multiple: int) -> Iterator[Block]:
    """Cut a run that keeps its rep-weeks into blocks of multiples of a number; the same for any number of threads.

    Sums of floating-point numbers over such blocks are the same to the last bit, too.
    """
    largest = max(block.replications for block in cut(program, replications, 1, None, detailed=True))
    size = max(multiple, largest // multiple * multiple)
    yield from cut(program, replications, 1, size, detailed=True)


def slowness(program: Program) -> float:
    """Return how many times as long as usual a rep-week takes, at least 1: where it has many items.

    A block must end soon all the same, for progress is told and a stop is heard between blocks.
    """
    items = float(program.plan.calls.max(initial=0)) * float(np.cumprod(program.rates.base[1:]).sum())
    items += program.inflow.total / (program.team.reps * program.clock.simulated_weeks) * program.clock.steps
    return max(1.0, items / USUAL_ITEMS)
