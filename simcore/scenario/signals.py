"""The signals that a drive can listen to: one table, from which all names, numbers and counts are taken.

The number of a signal is its place in the table: it has that place in the arrays of the kernels, and a level adds up
its signals in this order. A new signal goes to the end, so that results without it stay as they are.
"""

from __future__ import annotations

from typing import NamedTuple


class Signal(NamedTuple):
    """A signal: what a drive can listen to."""

    name: str
    """Its key in a scenario."""
    needs_quota: bool = False
    """Whether it is measured against the quota."""
    of_team: bool = False
    """Whether it depends on the other seats: all seats are then simulated together, hour by hour."""


SIGNALS = (
    Signal("behind", needs_quota=True),
    Signal("ahead", needs_quota=True),
    Signal("deadline", needs_quota=True),
    Signal("surprise"),
    Signal("dry_spell"),
    Signal("rejections"),
    Signal("peers", needs_quota=True, of_team=True),
    Signal("overwork"),
    Signal("coach"),
)
"""All signals, by number."""

_NUMBER = {signal.name: number for number, signal in enumerate(SIGNALS)}
BEHIND = _NUMBER["behind"]
AHEAD = _NUMBER["ahead"]
DEADLINE = _NUMBER["deadline"]
SURPRISE = _NUMBER["surprise"]
DRY_SPELL = _NUMBER["dry_spell"]
REJECTIONS = _NUMBER["rejections"]
PEERS = _NUMBER["peers"]
OVERWORK = _NUMBER["overwork"]
COACH = _NUMBER["coach"]
