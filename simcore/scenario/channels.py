"""The channels that a drive can change: the one table from which all names, numbers and counts are taken.

A channel multiplies something by its response. Channel 0 is the activity, channel s the rate of step s, named after the
stage that the step leads into; those of `AFTER_STEPS` follow the last step. Add a new channel at the end of
`AFTER_STEPS`.
"""

from __future__ import annotations

from collections.abc import Sequence

ACTIVITY = 0
"""The number of the channel ``activity``."""
_MULTIPLIED = {
    "lag": "the waits that begin then; some step must have one",
    "deal_value": "the price of the deals that close then",
    "referrals": "the mean number of referrals of the deals that close then; needs `referrals`",
    "qualify": "the share of deals that are checked, of those that enter the stage before in that hour; needs a need "
    "with `qualify`",
}
AFTER_STEPS = tuple(_MULTIPLIED)
"""The channels that follow that of the last step, in order."""
MULTIPLIED = {"activity": "calls; fractions are carried to the next hour", **_MULTIPLIED}
"""What each channel multiplies, but that of a step, which multiplies its rate."""

_PLACE = {name: place for place, name in enumerate(AFTER_STEPS, start=1)}
LAG = _PLACE["lag"]
"""Offset from the number S of the last step to the channel ``lag``; likewise the next ones."""
DEAL_VALUE = _PLACE["deal_value"]
REFERRALS = _PLACE["referrals"]
QUALIFY = _PLACE["qualify"]

PULL_FORWARD = "pull_forward"
"""A drive can change this too, but it is a share that multiplies nothing, so it has no number."""
CHANNELS = ("activity", *AFTER_STEPS, PULL_FORWARD)
"""What a drive can change, besides the rate of each stage after the first."""


def channel_count(steps: int) -> int:
    """Return the number of channels of a funnel with ``steps`` steps.

    Examples
    --------
    >>> channel_count(3)
    8
    """
    return 1 + steps + len(AFTER_STEPS)


def channel_numbers(stages: Sequence[str]) -> dict[str, int]:
    """Return the number of each channel by name, given the names of all stages.

    Examples
    --------
    >>> channel_numbers(["calls", "meetings", "wins"])
    {'activity': 0, 'meetings': 1, 'wins': 2, 'lag': 3, 'deal_value': 4, 'referrals': 5, 'qualify': 6}
    """
    names = ("activity", *stages[1:], *AFTER_STEPS)
    return {name: number for number, name in enumerate(names)}
