"""A seat whose decisions of a week are seen ahead, and what they come to. See `simcore.kernels.reactive.lookahead`."""

from __future__ import annotations

from simcore.compiled.jit import spliced
from simcore.kernels.reactive.drives import change_all, is_first_week
from simcore.kernels.reactive.hours import seat_of
from simcore.kernels.reactive.lookahead import answer, calls_above, hear, keep_between, spread
from simcore.kernels.reactive.state import ACTIVE, BOOKED, CARRY, MARK, Memory, Now, Seated
from simcore.kernels.workspace import Detail
from simcore.program.layout import ACTIVITY, BEHIND, FULL_ACTIVITY, Program, Reaction
from simcore.program.tally import ABOVE_PLAN, ENTERED, TallyArrays

SOLE = 0
"""The place of the seat that is played."""


@spliced
def is_seen_ahead(memory: Memory, week: int) -> bool:
    """Return whether the decisions of a week are seen ahead: by somebody who was there before and makes all calls."""
    if week >= memory.strides.outlook.elapsed.shape[0]:
        return False
    seat = seat_of(memory.ledgers, SOLE)
    there = seat.person[week] >= 0 and not is_first_week(seat, week)
    return there and seat.activity[week] == FULL_ACTIVITY and seat.rate[1, week] <= 1.0


@spliced
def look_ahead(program: Program, memory: Memory, now: Now, first: int) -> int:
    """See the activity of the decisions of a week ahead, from ``first`` on; return the largest."""
    reaction, outlook, known = program.reaction, memory.strides.outlook, memory.minds.known[SOLE]
    elapsed, response = outlook.elapsed[now.week, first:], outlook.response[first:]
    booked = float(known[BOOKED]) / reaction.quota if reaction.hears[BEHIND] else 0.0
    dry = now.hour + first * reaction.interval - known[MARK]
    for drive in range(reaction.memory.shape[0]):
        level = outlook.level[drive, first:]
        for i in range(level.shape[0]):
            level[i] = 0.0
        for gain in range(reaction.first_gain[drive], reaction.first_gain[drive + 1]):
            hear(
                reaction.gain_signal[gain], reaction.gain[gain], booked, elapsed,
                dry, reaction.interval, reaction.between_wins, level,
            )  # fmt: skip
        keep_between(reaction.level[drive], level)
    for i in range(response.shape[0]):
        response[i] = 1.0
    for change in range(reaction.change_drive.shape[0]):
        if reaction.change_channel[change] == ACTIVITY:
            answer(reaction.change[change], outlook.level[reaction.change_drive[change], first:], response)
    planned = program.plan.before[program.plan.row_of_week[now.week]]
    return spread(outlook.response, planned, reaction.interval, outlook.activity, outlook.share, first)


@spliced
def recall(reaction: Reaction, memory: Memory, number: int, carry: int) -> None:
    """Respond at a decision that was seen ahead; ``carry``: the fraction of a call carried into the week."""
    outlook, minds = memory.strides.outlook, memory.minds
    for drive in range(reaction.memory.shape[0]):
        minds.level[SOLE, drive] = outlook.level[drive, number]
    change_all(reaction, minds.level[SOLE], minds.response[SOLE])
    minds.known[SOLE, ACTIVE] = outlook.activity[number]
    minds.known[SOLE, CARRY] = (carry + outlook.share[number]) & (FULL_ACTIVITY - 1)


@spliced
def end_outlook(
    program: Program, who: Seated, memory: Memory, tally: TallyArrays, detail: Detail, week: int, carry: int
) -> None:
    """Count the calls of a week whose decisions were seen ahead; ``carry``: the fraction of a call carried into it."""
    clock, outlook = program.clock, memory.strides.outlook
    total = carry + outlook.share[outlook.activity.shape[0]]
    calls = total >> 20
    memory.minds.known[SOLE, CARRY] = total & (FULL_ACTIVITY - 1)
    if week >= clock.warmup_weeks:
        planned = program.plan.before[program.plan.row_of_week[week]]
        tally.stages[who.group, ENTERED, 0] += calls
        tally.conduct[who.group, ABOVE_PLAN] += calls_above(planned, program.reaction.interval, carry, outlook)
        if detail.entered.shape[0] > 0:
            detail.entered[who.replication, who.rep, week - clock.warmup_weeks, 0] += calls
