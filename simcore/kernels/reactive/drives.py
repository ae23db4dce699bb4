"""Drives: from what a seat has seen to how it responds."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simcore.compiled.jit import inlined, kernel, spliced, uint64
from simcore.kernels.reactive.limits import MAX_ACTIVITY, MAX_LEVEL, MAX_REFERRALS, MAX_RESPONSE
from simcore.kernels.reactive.state import (
    BOOKED,
    CARRY,
    LEVEL,
    MARK,
    NO_TROUBLE,
    PRESSED,
    RESULT,
    TOO_ACTIVE,
    TOO_MANY_REFERRALS,
    TOO_RESPONSIVE,
    UNANSWERED,
    Minds,
    Seated,
    Trouble,
)
from simcore.kernels.workspace import Seat
from simcore.program.layout import (
    ACTIVITY,
    AHEAD,
    BEHIND,
    COACH,
    DEADLINE,
    DRY_SPELL,
    OVERWORK,
    PEERS,
    REJECTIONS,
    SURPRISE,
    Program,
    Reaction,
)


@kernel
def report(trouble: Trouble, what: int, who: Seated, hour: int, levels: NDArray[np.float64], figure: float) -> None:
    """Keep the first limit that was passed, and the drive with the largest level."""
    if trouble.what[0] != NO_TROUBLE:
        return
    drive = -1
    for other in range(levels.shape[0]):
        if drive < 0 or abs(levels[other]) > abs(levels[drive]):
            drive = other
    trouble.what[0], trouble.what[1], trouble.what[2] = what, who.replication, who.rep
    trouble.what[3], trouble.what[4] = hour, drive
    trouble.level[0] = levels[drive] if drive >= 0 else 0.0
    trouble.level[1] = figure


@spliced
def planned_before(program: Program, hour: int, week: int) -> int:
    """Return the planned calls of the interval before an hour in which a seat decides."""
    clock, plan = program.clock, program.plan
    # At the beginning of a week that is the last interval of the week before.
    of_week = hour - week * clock.hours_per_week
    before = plan.before[plan.row_of_week[week if of_week > 0 else week - 1]]
    until = of_week if of_week > 0 else clock.hours_per_week
    return before[until] - before[until - program.reaction.interval]


@spliced
def fill_signals(program: Program, minds: Minds, at: int, hour: int, week: int, team: int) -> None:
    """Compute what a seat hears at the beginning of an hour; ``team``: booked by all seats, in cents."""
    reaction = program.reaction
    signal, count, hears = minds.signal, minds.known[at], reaction.hears
    if hears[BEHIND]:
        booked = float(count[BOOKED]) / reaction.quota
        elapsed = float(hour - max(0, reaction.period_first[week])) / float(reaction.period_hours[week])
        gap = elapsed - booked
        signal[BEHIND] = max(0.0, gap)
        signal[AHEAD] = max(0.0, -gap)
        signal[DEADLINE] = signal[BEHIND] * elapsed
    if hears[PEERS]:
        peers = float(team) / float(program.team.reps)
        signal[PEERS] = max(0.0, (peers - float(count[BOOKED])) / reaction.quota)
    if hears[SURPRISE]:
        signal[SURPRISE] = 0.0
        planned = planned_before(program, hour, week)
        if planned > 0:
            expected = float(planned) * reaction.call_value
            signal[SURPRISE] = (float(count[RESULT]) - expected) / expected
    if hears[DRY_SPELL]:
        signal[DRY_SPELL] = max(0.0, float(hour - count[MARK]) / reaction.between_wins - 1.0)
    if hears[REJECTIONS]:
        signal[REJECTIONS] = max(0.0, float(count[UNANSWERED]) * program.rates.base[1] - 1.0)
    if hears[OVERWORK]:
        signal[OVERWORK] = max(0.0, minds.response[at, ACTIVITY] - 1.0)
    if hears[COACH]:
        # A session is heard once: at the first decision of its week.
        begins = hour == week * program.clock.hours_per_week
        signal[COACH] = program.coaching.pressure if begins and count[PRESSED] > 0 else 0.0


@spliced
def calm(minds: Minds, at: int) -> None:
    """Let a seat respond to nothing: level 0, all responses 1."""
    for drive in range(minds.level.shape[1]):
        minds.level[at, drive] = 0.0
    for channel in range(minds.response.shape[1]):
        minds.response[at, channel] = 1.0


@spliced
def change_all(reaction: Reaction, levels: NDArray[np.float64], response: NDArray[np.float64]) -> None:
    """Compute the responses of all channels from the levels of a seat."""
    for channel in range(response.shape[0]):
        response[channel] = 1.0
    for i in range(reaction.change_drive.shape[0]):
        # Unsigned: an index that cannot be negative needs no check for it.
        x, channel = levels[uint64(reaction.change_drive[i])], uint64(reaction.change_channel[i])
        wanted = 1.0 + reaction.change[i, 0] * x + reaction.change[i, 1] * (x * x)
        response[channel] *= min(max(wanted, reaction.change[i, 2]), reaction.change[i, 3])


@spliced
def respond(reaction: Reaction, minds: Minds, trouble: Trouble, who: Seated, hour: int) -> None:
    """Update the levels of a seat from its signals, and its responses from the levels."""
    at, signal = who.place, minds.signal
    levels, response = minds.level[at], minds.response[at]
    for drive in range(levels.shape[0]):
        x = reaction.memory[drive] * levels[drive]
        for i in range(uint64(reaction.first_gain[drive]), uint64(reaction.first_gain[drive + 1])):
            x = x + reaction.gain[i] * signal[uint64(reaction.gain_signal[i])]
        levels[drive] = min(max(x, reaction.level[drive, 0]), reaction.level[drive, 1])
    for drive in range(levels.shape[0]):
        if abs(levels[drive]) > MAX_LEVEL:
            report(trouble, LEVEL, who, hour, levels, levels[drive])
            levels[drive] = min(max(levels[drive], -MAX_LEVEL), MAX_LEVEL)
    change_all(reaction, levels, response)
    if response[ACTIVITY] > MAX_ACTIVITY:
        report(trouble, TOO_ACTIVE, who, hour, levels, response[ACTIVITY])
        response[ACTIVITY] = MAX_ACTIVITY
    if response[1] > MAX_RESPONSE:
        report(trouble, TOO_RESPONSIVE, who, hour, levels, response[1])
        response[1] = MAX_RESPONSE
    referrals = response.shape[0] - 1
    if reaction.referrals * response[referrals] > MAX_REFERRALS:
        report(trouble, TOO_MANY_REFERRALS, who, hour, levels, reaction.referrals * response[referrals])
        response[referrals] = 0.0


@spliced
def decide(program: Program, minds: Minds, trouble: Trouble, who: Seated, hour: int, week: int, team: int) -> None:
    """Let a seat hear what the interval before has brought, and respond; ``team``: booked by all seats, in cents."""
    reaction = program.reaction
    if reaction.memory.shape[0] == 0:
        return
    fill_signals(program, minds, who.place, hour, week, team)
    respond(reaction, minds, trouble, who, hour)


@spliced
def forget(minds: Minds, at: int, hour: int) -> None:
    """Let a new person begin in a seat: calm, and with nothing in mind."""
    calm(minds, at)
    count = minds.known[at]
    count[MARK], count[UNANSWERED], count[CARRY] = hour, 0, 0


@inlined
def is_first_week(seat: Seat, week: int) -> bool:
    """Return whether somebody else sits in the seat, or nobody, than in the week before."""
    return week == 0 or seat.person[week - 1] != seat.person[week]


@inlined
def pulled_share(reaction: Reaction, minds: Minds, at: int, pull: int) -> float:
    """Return the share of the opportunities due soon after the period that a drive pulls forward now."""
    x = minds.level[at, reaction.pull_drive[pull]]
    wanted = reaction.pull[pull, 0] * x + reaction.pull[pull, 1] * (x * x)
    return min(max(wanted, reaction.pull[pull, 2]), reaction.pull[pull, 3])
