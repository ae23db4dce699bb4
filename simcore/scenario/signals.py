"""The signals that a drive can listen to: the one table from which all names, numbers and counts are taken.

A signal's number is its position in the table: the kernels' arrays are indexed by it, and a level sums its signals in
this order. Add a new signal at the end, so that results without it do not change.
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
