"""A seat whose decisions of a week are computed ahead. See `simcore.kernels.reactive.lookahead`."""

from __future__ import annotations

from simcore.compiled.jit import spliced
from simcore.kernels.reactive.drives import apply_channels, is_first_week
from simcore.kernels.reactive.hours import seat_of
from simcore.kernels.reactive.lookahead import add_signal, apply_channel, calls_above, clip_levels, fill_activity
from simcore.kernels.reactive.state import ACTIVE, BOOKED, CARRY, MARK, ClockHour, Memory
from simcore.kernels.workspace import Detail, SeatIndex
from simcore.program.layout import FULL_ACTIVITY, Program, Reaction
from simcore.program.tally import ABOVE_PLAN, ENTERED, TallyArrays
from simcore.scenario.channels import ACTIVITY
from simcore.scenario.signals import BEHIND

SOLE = 0
"""The place of the seat being simulated."""


@spliced
def has_lookahead(memory: Memory, week: int) -> bool:
    """Return whether the decisions of a week are computed ahead: no new person, no ramp, no rate above 1."""
    if week >= memory.strides.lookahead.elapsed.shape[0]:
        return False
    seat = seat_of(memory.ledgers, SOLE)
    there = seat.person[week] >= 0 and not is_first_week(seat, week)
    return there and seat.activity[week] == FULL_ACTIVITY and seat.rate[1, week] <= 1.0


@spliced
def look_ahead(program: Program, memory: Memory, now: ClockHour, first: int) -> int:
    """Compute the activity of the decisions of a week ahead, from ``first`` on; return the largest."""
    reaction, lookahead, known = program.reaction, memory.strides.lookahead, memory.drives.known[SOLE]
    elapsed, response = lookahead.elapsed[now.week, first:], lookahead.response[first:]
    booked = float(known[BOOKED]) / reaction.quota if reaction.hears[BEHIND] else 0.0
    dry = now.hour + first * reaction.interval - known[MARK]
    for drive in range(reaction.memory.shape[0]):
        level = lookahead.level[drive, first:]
        for i in range(level.shape[0]):
            level[i] = 0.0
        for gain in range(reaction.first_gain[drive], reaction.first_gain[drive + 1]):
            add_signal(
                reaction.gain_signal[gain], reaction.gain[gain], booked, elapsed,
                dry, reaction.interval, reaction.between_wins, level,
            )  # fmt: skip
        clip_levels(reaction.level[drive], level)
    for i in range(response.shape[0]):
        response[i] = 1.0
    for change in range(reaction.change_drive.shape[0]):
        if reaction.change_channel[change] == ACTIVITY:
            apply_channel(reaction.change[change], lookahead.level[reaction.change_drive[change], first:], response)
    planned = program.plan.before[program.plan.row_of_week[now.week]]
    return fill_activity(lookahead.response, planned, reaction.interval, lookahead.activity, lookahead.share, first)


@spliced
def use_lookahead(reaction: Reaction, memory: Memory, number: int, carry: int) -> None:
    """Respond at a decision that was computed ahead; ``carry``: the fraction of a call carried into the week."""
    lookahead, drives = memory.strides.lookahead, memory.drives
    for drive in range(reaction.memory.shape[0]):
        drives.level[SOLE, drive] = lookahead.level[drive, number]
    apply_channels(reaction, drives.level[SOLE], drives.response[SOLE])
    drives.known[SOLE, ACTIVE] = lookahead.activity[number]
    drives.known[SOLE, CARRY] = (carry + lookahead.share[number]) & (FULL_ACTIVITY - 1)


@spliced
def end_lookahead_week(
    program: Program, index: SeatIndex, memory: Memory, tally: TallyArrays, detail: Detail, week: int, carry: int
) -> None:
    """Count the calls of a week computed ahead; ``carry``: the fraction of a call carried into it."""
    clock, lookahead = program.clock, memory.strides.lookahead
    total = carry + lookahead.share[lookahead.activity.shape[0]]
    calls = total >> 20
    memory.drives.known[SOLE, CARRY] = total & (FULL_ACTIVITY - 1)
    if week >= clock.warmup_weeks:
        planned = program.plan.before[program.plan.row_of_week[week]]
        tally.stages[index.group, ENTERED, 0] += calls
        tally.conduct[index.group, ABOVE_PLAN] += calls_above(planned, program.reaction.interval, carry, lookahead)
        if detail.entered.shape[0] > 0:
            detail.entered[index.replication, index.rep, week - clock.warmup_weeks, 0] += calls
