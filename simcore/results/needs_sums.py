"""How deals end that need something: shares of all that ended in counted weeks, and calls that checks cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simcore.program.tally import (
    CHECK_CALLS,
    DISQUALIFIED,
    LOST_MET,
    LOST_UNMET,
    SURPRISED,
    WON_MET,
    WON_UNMET,
)
from simcore.statistics.paired_difference import GroupedSums

if TYPE_CHECKING:
    from simcore.program.layout import Program
    from simcore.program.tally import Tally

ENDS = {
    "won": (WON_UNMET, WON_MET),
    "surprises": (SURPRISED,),
    "disqualified": (DISQUALIFIED,),
    "late_losses": (LOST_UNMET,),
    "other_losses": (LOST_MET,),
}
"""Columns of `simcore.program.tally.TallyArrays.needs` by how a deal ends."""


def end_sums(tally: Tally, end: str) -> GroupedSums:
    """Return the share of deals that end so, of all that end.

    Examples
    --------
    >>> from simcore.program.tally import Tally, new_arrays
    >>> arrays = new_arrays(2)
    >>> arrays.replications[:8], arrays.needs[:8, SURPRISED], arrays.needs[:8, WON_MET] = 1, 1, 3
    >>> sums = end_sums(Tally(arrays), "surprises")
    >>> int(sums.total.sum()), int(sums.windows.sum())
    (8, 32)
    """
    counts = tally.arrays.needs
    ended = counts[:, [column for columns in ENDS.values() for column in columns]].sum(axis=1)
    return GroupedSums(tally.arrays.replications, counts[:, list(ENDS[end])].sum(axis=1), ended, share=True)


def check_sums(program: Program, tally: Tally) -> GroupedSums:
    """Return the calls of a rep in a week that checks cost: they are not dialled."""
    size = tally.arrays.replications
    weeks = size * (program.team.reps * program.clock.counted_weeks)
    total = tally.arrays.needs[:, CHECK_CALLS]
    return GroupedSums(size, total, weeks, worth=float(program.plan.calls.max()), certain=not program.needs.owing)
