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
    tells: str
    """What it tells a drive; and what a level of 1 means, where that is not plain."""
    at_zero: str
    """When it is 0, as in ``0 if ...``."""
    at_one: str
    """What 1 means."""
    needs_quota: bool = False
    """Whether it is measured against the quota."""
    needs_needs: bool = False
    """Whether it is told by how deals end that need something."""
    of_team: bool = False
    """Whether it depends on the other seats: all seats are then simulated together, hour by hour."""


SIGNALS = (
    Signal(
        "behind",
        "how far bookings are behind the pace of the quota; 1: by a whole quota",
        "on or above the pace of the quota",
        "behind the pace by a whole quota",
        needs_quota=True,
    ),
    Signal(
        "ahead",
        "how far bookings are ahead of the pace of the quota; 1: by a whole quota",
        "on or below the pace of the quota",
        "ahead of the pace by a whole quota",
        needs_quota=True,
    ),
    Signal(
        "deadline",
        "how far bookings are behind, the more the later in the period; 1: a whole quota at its end",
        "on pace or above, or the period begins",
        "behind by a whole quota at its end",
        needs_quota=True,
    ),
    Signal(
        "surprise",
        "what the last interval brought against the plan; 1: twice of it, -1: nothing",
        "the last interval brought what the plan expects",
        "it brought twice that; -1: nothing",
    ),
    Signal(
        "dry_spell",
        "how old the last win is beyond the mean time between wins; 1: twice that time",
        "the last win is no older than the mean time between wins",
        "it is twice as old",
    ),
    Signal(
        "rejections",
        "calls since the last booking beyond what one takes on average; 1: twice as many",
        "no more calls since the last booking than one takes on average",
        "twice as many",
    ),
    Signal(
        "peers",
        "how far the team's mean of this period is above the rep's own; 1: by a whole quota",
        "the team's mean this period is not above the rep's own",
        "it is above by a whole quota",
        needs_quota=True,
        of_team=True,
    ),
    Signal(
        "overwork",
        "activity of the last interval above the plan; 1: twice the plan",
        "activity in the last interval was not above plan",
        "it was twice the plan",
    ),
    Signal(
        "coach",
        "the manager's `pressure`, once after a session on the result",
        "the rep had no session on the result",
        "the manager's `pressure`, once after such a session",
    ),
    Signal(
        "surprised",
        "share of the deals that ended in the last interval that were lost by surprise; 1: all of them",
        "no deal that ended in the last interval was lost by surprise",
        "all that ended were",
        needs_needs=True,
    ),
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
SURPRISED = _NUMBER["surprised"]
