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
    NO_BREACH,
    PRESSED,
    RESULT,
    TOO_ACTIVE,
    TOO_MANY_REFERRALS,
    TOO_RESPONSIVE,
    UNANSWERED,
    DriveState,
    LimitBreach,
)
from simcore.kernels.workspace import Seat, SeatIndex
from simcore.program.layout import CURVE, HIGH, LEAST, LOW, MOST, SLOPE, Program, Reaction
from simcore.scenario.channels import ACTIVITY, REFERRALS
from simcore.scenario.signals import (
    AHEAD,
    BEHIND,
    COACH,
    DEADLINE,
    DRY_SPELL,
    OVERWORK,
    PEERS,
    REJECTIONS,
    SURPRISE,
)


@kernel
def report_breach(
    breach: LimitBreach, what: int, index: SeatIndex, hour: int, levels: NDArray[np.float64], figure: float
) -> None:
    """Record the first limit that was exceeded, and the drive with the largest level."""
    if breach.what[0] != NO_BREACH:
        return
    drive = -1
    for other in range(levels.shape[0]):
        if drive < 0 or abs(levels[other]) > abs(levels[drive]):
            drive = other
    breach.what[0], breach.what[1], breach.what[2] = what, index.replication, index.rep
    breach.what[3], breach.what[4] = hour, drive
    breach.level[0] = levels[drive] if drive >= 0 else 0.0
    breach.level[1] = figure


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
def fill_signals(program: Program, drives: DriveState, at: int, hour: int, week: int, team: int) -> None:
    """Compute the signals of a seat at the beginning of an hour; ``team``: booked by all seats, in cents."""
    reaction = program.reaction
    signal, count, hears = drives.signal, drives.known[at], reaction.hears
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
        signal[OVERWORK] = max(0.0, drives.response[at, ACTIVITY] - 1.0)
    if hears[COACH]:
        # A session is heard once: at the first decision of its week.
        begins = hour == week * program.clock.hours_per_week
        signal[COACH] = program.coaching.pressure if begins and count[PRESSED] > 0 else 0.0


@spliced
def reset_responses(drives: DriveState, at: int) -> None:
    """Set the levels of a seat to 0, and all its responses to 1."""
    for drive in range(drives.level.shape[1]):
        drives.level[at, drive] = 0.0
    for channel in range(drives.response.shape[1]):
        drives.response[at, channel] = 1.0


@spliced
def apply_channels(reaction: Reaction, levels: NDArray[np.float64], response: NDArray[np.float64]) -> None:
    """Compute the responses of all channels from the levels of a seat."""
    for channel in range(response.shape[0]):
        response[channel] = 1.0
    for i in range(reaction.change_drive.shape[0]):
        # Unsigned: an index that cannot be negative needs no check for it.
        x, channel = levels[uint64(reaction.change_drive[i])], uint64(reaction.change_channel[i])
        wanted = 1.0 + reaction.change[i, SLOPE] * x + reaction.change[i, CURVE] * (x * x)
        response[channel] *= min(max(wanted, reaction.change[i, LEAST]), reaction.change[i, MOST])


@spliced
def update_responses(program: Program, drives: DriveState, breach: LimitBreach, index: SeatIndex, hour: int) -> None:
    """Update the levels of a seat from its signals, and its responses from the levels."""
    reaction, at, signal = program.reaction, index.place, drives.signal
    levels, response = drives.level[at], drives.response[at]
    for drive in range(levels.shape[0]):
        x = reaction.memory[drive] * levels[drive]
        for i in range(uint64(reaction.first_gain[drive]), uint64(reaction.first_gain[drive + 1])):
            x = x + reaction.gain[i] * signal[uint64(reaction.gain_signal[i])]
        levels[drive] = min(max(x, reaction.level[drive, LOW]), reaction.level[drive, HIGH])
    for drive in range(levels.shape[0]):
        if abs(levels[drive]) > MAX_LEVEL:
            report_breach(breach, LEVEL, index, hour, levels, levels[drive])
            levels[drive] = min(max(levels[drive], -MAX_LEVEL), MAX_LEVEL)
    apply_channels(reaction, levels, response)
    if response[ACTIVITY] > MAX_ACTIVITY:
        report_breach(breach, TOO_ACTIVE, index, hour, levels, response[ACTIVITY])
        response[ACTIVITY] = MAX_ACTIVITY
    if response[1] > MAX_RESPONSE:
        report_breach(breach, TOO_RESPONSIVE, index, hour, levels, response[1])
        response[1] = MAX_RESPONSE
    referrals = program.clock.steps + REFERRALS
    if reaction.referrals * response[referrals] > MAX_REFERRALS:
        report_breach(breach, TOO_MANY_REFERRALS, index, hour, levels, reaction.referrals * response[referrals])
        response[referrals] = 0.0


@spliced
def decide(
    program: Program, drives: DriveState, breach: LimitBreach, index: SeatIndex, hour: int, week: int, team: int
) -> None:
    """Update the signals, levels and responses of a seat; ``team``: booked by all seats, in cents."""
    if program.reaction.memory.shape[0] == 0:
        return
    fill_signals(program, drives, index.place, hour, week, team)
    update_responses(program, drives, breach, index, hour)


@spliced
def begin_person(drives: DriveState, at: int, hour: int) -> None:
    """Start a new person in a seat: levels 0, responses 1, and nothing remembered."""
    reset_responses(drives, at)
    count = drives.known[at]
    count[MARK], count[UNANSWERED], count[CARRY] = hour, 0, 0


@inlined
def is_first_week(seat: Seat, week: int) -> bool:
    """Return whether somebody else sits in the seat, or nobody, than in the week before."""
    return week == 0 or seat.person[week - 1] != seat.person[week]


@inlined
def pulled_share(reaction: Reaction, drives: DriveState, at: int, pull: int) -> float:
    """Return the share of the opportunities due soon after the period that a drive pulls forward now."""
    x = drives.level[at, reaction.pull_drive[pull]]
    wanted = reaction.pull[pull, SLOPE] * x + reaction.pull[pull, CURVE] * (x * x)
    return min(max(wanted, reaction.pull[pull, LEAST]), reaction.pull[pull, MOST])
