"""Blocks of teams that react, in rows; plain Python."""

from __future__ import annotations

from simcore.kernels.reacting.state import Memory
from simcore.kernels.reacting.team import BreachError, Team
from simcore.kernels.rows.drive import add_to_bins
from simcore.kernels.rows.memory import bins_of_cells, flush
from simcore.kernels.rows.row import new_row, sizes_of
from simcore.kernels.workspace import Detail
from simcore.program.layout import Program
from simcore.program.tally import GROUPS, TallyArrays
from simcore.random.philox import Key


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
    for begin, size in sizes_of(first, count, memory.rows.size, GROUPS):
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
            raise BreachError(
                breach.what, begin + breach.replication, breach.rep, breach.hour, breach.drive, breach.level,
                breach.figure,
            )  # fmt: skip
        tally.replications[row.first_group : row.first_group + size] += 1
        add_to_bins(row)
    flush(memory.rows.counters, tally)
