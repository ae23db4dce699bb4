"""Blocks of teams that react, in rows; plain Python."""

from __future__ import annotations

from contextlib import suppress

import numpy as np

from simcore.kernels.detail import Detail, new_detail
from simcore.kernels.reacting.breaches import BreachError
from simcore.kernels.reacting.state import Memory, new_memory
from simcore.kernels.rows.drive import add_waiting_windows
from simcore.kernels.rows.memory import bins_of_cells, count_replications, flush
from simcore.kernels.rows.row import new_row, sizes_of
from simcore.kernels.teams.team import Team
from simcore.program.layout import Program
from simcore.program.tally import TallyArrays
from simcore.random.philox import Key

SOME_WEEKS = 2


def play_some_weeks(program: Program, tally: TallyArrays, key: Key) -> None:
    """Simulate a replication that ends after some weeks, for most kernels to be compiled; nobody wants its results."""
    weeks, calendar = min(program.clock.counted_weeks, SOME_WEEKS), program.calendar
    clock = program.clock._replace(
        warmup_weeks=0, counted_weeks=weeks, simulated_weeks=weeks, end_hour=weeks * program.clock.hours_per_week
    )
    days = weeks * (program.clock.hours_per_week // program.clock.hours_per_day)
    part_of_day = calendar.part_of_day[:days]
    period_of_part = np.ascontiguousarray(calendar.period_of_part[:, : part_of_day[-1] + 1])
    calendar = calendar._replace(
        part_of_day=part_of_day,
        period_of_part=period_of_part,
        period_of_day=calendar.period_of_day[:, :days],
        periods=period_of_part.max(axis=1) + np.int64(1),
    )
    source = program.source._replace(successes=np.empty((0, 0, 0), np.int64))
    short = program._replace(clock=clock, calendar=calendar, source=source)
    # The run itself may breach the same limit, or another one before.
    with suppress(BreachError):
        play_block(short, new_memory(short, most=1), tally, new_detail(short, 0), key, 0, 1)


def play_block(
    program: Program, memory: Memory, tally: TallyArrays, detail: Detail, key: Key, first: int, count: int
) -> None:
    """Simulate the replications ``first .. first + count - 1`` and add them to a tally.

    ``detail``: its arrays are empty or have room for ``count`` replications.

    Raises
    ------
    BreachError
        Of the first replication that exceeds a limit, counted from ``first``; the tally is then of no use.
    """
    bins = bins_of_cells(tally)
    groups = memory.rows.counters.conduct.shape[1]
    for begin, size in sizes_of(first, count, memory.rows.size, groups):
        breach, left = None, size
        while left > 0:
            row = new_row(program, memory.rows, bins, tally.clipped, detail, key, first, begin, left)
            try:
                Team(row, memory).play()
            except BreachError as error:
                # A replication before it may exceed a limit later.
                breach, left = error, error.replication
                continue
            break
        if breach is not None:
            raise breach.counted_from(begin)
        count_replications(row.first_group, size, tally)
        add_waiting_windows(row)
    flush(memory.rows.counters, tally)
