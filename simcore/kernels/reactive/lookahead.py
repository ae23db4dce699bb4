"""What a seat will do in the rest of a week, as long as nothing is booked: many decisions computed at a time.

A drive that forgets (``memory: 0``) and listens only to time and to what is booked has, at any decision, a level that
needs none of the decisions before. The activity of all decisions of a week is then computed side by side; only where
something happens (a call that may succeed, an item that is due) is the whole response of a seat computed. The
results are those of deciding one by one, to the last bit.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from simcore.compiled.jit import int32, int64, kernel, uint64
from simcore.kernels.reactive.limits import MAX_ACTIVITY, MAX_LEVEL, MAX_REFERRALS
from simcore.program.layout import CURVE, FULL_ACTIVITY, HIGH, LEAST, LOW, MOST, SLOPE, Program, Reaction
from simcore.scenario.channels import ACTIVITY, REFERRALS
from simcore.scenario.signals import AHEAD, BEHIND, DEADLINE, DRY_SPELL


class Lookahead(NamedTuple):
    """The decisions of a week; all arrays are empty where they cannot be computed ahead."""

    elapsed: NDArray[np.float64]
    """float64[simulated weeks, decisions]: the share of the quota period that has gone."""
    level: NDArray[np.float64]
    """float64[drives, decisions]"""
    response: NDArray[np.float64]
    """float64[decisions]: of the activity."""
    activity: NDArray[np.int64]
    """int64[decisions]: fixed point."""
    share: NDArray[np.int64]
    """int64[decisions + 1]: activity times planned calls, summed from the beginning of the week."""


def greatest_response(reaction: Reaction, channel: int) -> float:
    """Return an upper bound of the response of a channel; levels are between bounds.

    Every step of the arithmetic is monotone, rounding included, so no response lies above it.
    """
    most = 1.0
    for i in np.flatnonzero(reaction.change_channel == channel):
        slope, curve, least, greatest = (float(figure) for figure in reaction.change[i])
        low, high = (float(level) for level in reaction.level[reaction.change_drive[i]])
        wanted = 1.0 + max(slope * low, slope * high) + max(0.0, curve * (low * low), curve * (high * high))
        most *= min(max(wanted, least), greatest)
    return most


def is_foreseeable(program: Program) -> bool:
    """Return whether the decisions of a week can be computed ahead, and none of them can exceed a limit."""
    reaction, steps = program.reaction, program.clock.steps
    heard = set(reaction.gain_signal.tolist())
    return bool(
        heard <= {BEHIND, AHEAD, DEADLINE, DRY_SPELL}
        and (reaction.memory == 0.0).all()
        and (np.abs(reaction.level) <= MAX_LEVEL).all()
        and (reaction.change[reaction.change_channel == ACTIVITY, LEAST] >= 0.0).all()
        and greatest_response(reaction, ACTIVITY) <= MAX_ACTIVITY
        # Above 1 more candidates may be needed at every decision.
        and greatest_response(reaction, 1) <= 1.0
        and reaction.referrals * greatest_response(reaction, steps + REFERRALS) <= MAX_REFERRALS
    )


def new_lookahead(program: Program, *, wanted: bool) -> Lookahead:
    """Allocate the decisions of a week; empty where they are not wanted or cannot be computed ahead."""
    clock, reaction = program.clock, program.reaction
    seen = wanted and is_foreseeable(program)
    weeks = clock.simulated_weeks if seen else 0
    decisions = clock.hours_per_week // reaction.interval if seen else 0
    hour = np.arange(weeks * decisions).reshape(weeks, decisions) * reaction.interval
    began = np.maximum(0, reaction.period_first[:weeks, None])
    return Lookahead(
        elapsed=(hour - began) / reaction.period_hours[:weeks, None].astype(np.float64),
        level=np.empty((len(reaction.memory), decisions)),
        response=np.empty(decisions),
        activity=np.empty(decisions, np.int64),
        share=np.zeros(decisions + 1, np.int64),
    )


@kernel
def add_signal(
    signal: int,
    gain: float,
    booked: float,
    elapsed: NDArray[np.float64],
    dry: int,
    span: int,
    between: float,
    level: NDArray[np.float64],
) -> None:
    """Add a signal, times its gain, to the level of each decision.

    ``booked``: of the quota; ``dry``: hours since the last deal at the first decision, ``span`` from one to the next.
    """
    n = level.shape[0]
    if signal == DEADLINE:
        for i in range(n):
            level[i] = level[i] + gain * (max(0.0, elapsed[i] - booked) * elapsed[i])
    elif signal == BEHIND:
        for i in range(n):
            level[i] = level[i] + gain * max(0.0, elapsed[i] - booked)
    elif signal == AHEAD:
        for i in range(n):
            level[i] = level[i] + gain * max(0.0, -(elapsed[i] - booked))
    else:
        for i in range(n):
            level[i] = level[i] + gain * max(0.0, float(dry + i * span) / between - 1.0)


@kernel
def clip_levels(bounds: NDArray[np.float64], level: NDArray[np.float64]) -> None:
    """Keep the level of each decision between its bounds."""
    low, high = bounds[LOW], bounds[HIGH]
    for i in range(level.shape[0]):
        level[i] = min(max(level[i], low), high)


@kernel
def apply_channel(change: NDArray[np.float64], level: NDArray[np.float64], response: NDArray[np.float64]) -> None:
    """Multiply each decision's response by the channel's response to the level."""
    slope, curve, least, most = change[SLOPE], change[CURVE], change[LEAST], change[MOST]
    for i in range(level.shape[0]):
        x = level[i]
        wanted = 1.0 + slope * x + curve * (x * x)
        response[i] *= min(max(wanted, least), most)


@kernel
def fill_activity(
    response: NDArray[np.float64],
    planned: NDArray[np.int64],
    span: int,
    activity: NDArray[np.int64],
    share: NDArray[np.int64],
    first: int,
) -> int:
    """Fill activity and share from the responses, from decision ``first`` on; return the largest activity.

    ``planned``: calls of the week before each hour.
    """
    for i in range(response.shape[0]):
        # Not below 0, so that cutting the fraction off is rounding down.
        activity[i] = int64(int32(float(FULL_ACTIVITY) * response[i] + 0.5))
    most, total = 0, share[first]
    for i in range(uint64(first), uint64(activity.shape[0])):
        most = max(most, activity[i])
        here = i * uint64(span)
        total += activity[i] * (planned[here + uint64(span)] - planned[here])
        share[i + uint64(1)] = total
    return most


@kernel
def calls_above(planned: NDArray[np.int64], span: int, carry: int, lookahead: Lookahead) -> int:
    """Return the calls of a week beyond those of the plan, decision by decision, from a carried fraction of a call on.

    ``planned``: calls of the week before each hour; an activity of 1 makes all of them and no more.
    """
    activity, share = lookahead.activity, lookahead.share
    n = activity.shape[0]
    least = FULL_ACTIVITY
    for i in range(n):
        least = min(least, activity[i])
    if least == FULL_ACTIVITY:
        # Nowhere fewer calls than planned: what is above adds up.
        return ((carry + share[n]) >> 20) - planned[n * span]
    total = 0
    for i in range(n):
        calls = ((carry + share[i + 1]) >> 20) - ((carry + share[i]) >> 20)
        total += max(0, calls - (planned[(i + 1) * span] - planned[i * span]))
    return total


@kernel
def next_busy(head: NDArray[np.int32], bucket: NDArray[np.int32], first: int) -> int:
    """Return the next decision from ``first`` on in whose interval a call may succeed or an item is due.

    ``head``: the first candidate of each interval of the week, or -1; ``bucket``: the first item due in each.
    Returns their number if there is none.
    """
    n = head.shape[0]
    i = first
    while i < n and head[uint64(i)] < 0 and bucket[uint64(i)] < 0:
        i += 1
    return i
