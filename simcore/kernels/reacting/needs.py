"""What deals need: what becomes of each is known when it enters the stage before, and kept in its wait and response.

The response of an item whose needs are all met at its decision is that of the step, times 1. With an unmet need it is
*below 0*: minus the response times what is left of the rate. Two responses far below say that the item is lost when its
wait ends: `BY_SURPRISE` and `GIVEN_UP`. `read_fates` takes this apart when the item comes up.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simcore.compiled.jit import inlined, int64, kernel, uint64
from simcore.kernels.reacting.calling import calls_until
from simcore.kernels.reacting.state import CARD_C0, CARD_HOUR, CARD_LANE, CARD_RANK, SHEETS
from simcore.kernels.rows.deals import FAR
from simcore.numerics.elementary import log
from simcore.program.layout import (
    AT_START,
    COST,
    DROP,
    EVERY,
    FULL_ACTIVITY,
    QUIET,
    RESCUE,
    RESCUE_LAG,
    SHARE,
    SLOWS,
    TAKES,
    WITHOUT,
    WORKS,
)
from simcore.program.tally import DISQUALIFIED, LOST_MET, LOST_UNMET, SURPRISED, WON_MET, WON_UNMET
from simcore.random.draws import threshold, uniform32

Floats = NDArray[np.float64]
Integers = NDArray[np.int32]
Longs = NDArray[np.int64]
Words = NDArray[np.uint32]

BEGINS, CHECKED, HELPED, CALL, DROPPED, RESCUED = range(6)
"""Rows of the words of a need: four of `simcore.random.addresses.NEED`, two of `NEED_END`."""
BY_SURPRISE, GIVEN_UP = -1e300, -1e301
"""Responses of items that are lost when their wait ends."""
LEAST = 1e-290
"""What stands for a response of 0 with an unmet need: too little for any word, and with a sign."""
MET, UNMET, ENDS_BY_SURPRISE, ENDS_GIVEN_UP = range(4)
"""What is said of an item that comes up."""


@inlined
def gap_hours(word: np.uint32, quiet: float, every: float) -> float:
    """Return after how many hours the gap shows: at a geometric number of calls; ``quiet`` is below 0."""
    return (1.0 + np.floor(log(1.0 - uniform32(word)) / quiet)) * every


@kernel
def check_needs(
    n: int, opened: bool, law: Floats, words: Words, number: Integers, given: Longs, lane: Words, qualify: Floats,
    lag: Floats, unmet: Integers, owed: Integers,
) -> None:  # fmt: skip
    """Work out which needs of n items are unmet once they have entered the stage before, and for how long they wait.

    Parameters
    ----------
    opened
        Whether they are open there at the start: their checks were made before.
    law
        See `simcore.program.layout.Needs`; ``words``: uint32[needs, 6, n or more].
    number, given
        int32, by item, and int64: see `simcore.program.layout.OpenItems.due`; looked at if opened.
    qualify
        float64[lanes]: responses.
    lag
        float64, by item: hours with the response in them, not yet rounded; then the whole hours of the wait.
    unmet
        int32, by item: filled with a bit for each need; -1 for an item that is given up after its wait.
    owed
        int32, by item: filled with the calls that their checks cost.
    """
    for i in range(n):
        q = 1.0 if opened else qualify[uint64(lane[i])]
        takes, slows, given_up = 0.0, 1.0, False
        unmet[i], owed[i] = 0, 0
        for j in range(law.shape[0]):
            met = int64(words[j, BEGINS, i]) < threshold(law[j, AT_START])
            if int64(words[j, CHECKED, i]) < threshold(min(1.0, law[j, SHARE] * q)):
                met = met or int64(words[j, HELPED, i]) < threshold(law[j, WORKS])
                given_up = given_up or (not met and int64(words[j, DROPPED, i]) < threshold(law[j, DROP]))
                takes += law[j, TAKES]
                owed[i] += int64(law[j, COST])
            if not met:
                unmet[i] |= 1 << j
                slows *= law[j, SLOWS]
        if opened:
            due = given[uint64(number[i])]
            lag[i] = float(due) if due >= 0 else np.floor(lag[i] * slows + 0.5)
        elif given_up:
            lag[i], unmet[i] = takes, -1
        else:
            lag[i] = np.floor(min((lag[i] + takes) * slows, FAR) + 0.5)


@kernel
def show_gaps(n: int, law: Floats, words: Words, unmet: Integers, lag: Floats, response: Floats) -> None:
    """Let the gaps of n items show before their waits end, and put what becomes of them into waits and responses.

    ``unmet``, ``lag``: from `check_needs`; ``response``: float64, by item, of the step.
    """
    for i in range(n):
        if unmet[i] < 0:
            response[i] = GIVEN_UP
            continue
        left, hidden, lost = int64(unmet[i]), int64(unmet[i]), False
        while hidden > 0:
            at, first = lag[i], -1
            for j in range(law.shape[0]):
                if hidden >> j & 1 and law[j, QUIET] < 0.0:
                    shows = gap_hours(words[j, CALL, i], law[j, QUIET], law[j, EVERY])
                    first = j if shows < at else first
                    at = min(at, shows)
            if first < 0:
                break
            lost = int64(words[first, RESCUED, i]) >= threshold(law[first, RESCUE])
            lag[i] = at if lost else at + law[first, RESCUE_LAG]
            left &= ~(1 << first)
            hidden = 0 if lost else hidden & ~(1 << first)
        of_rate = 1.0
        for j in range(law.shape[0]):
            of_rate *= law[j, WITHOUT] if left >> j & 1 else 1.0
        response[i] *= of_rate
        if lost:
            response[i] = BY_SURPRISE
        elif left > 0:
            response[i] = -max(response[i], LEAST)


@kernel
def read_fates(n: int, response: Floats, fate: Integers) -> None:
    """Tell how n items end that come up, and make responses of rates of what says so."""
    for i in range(n):
        kept = response[i]
        ends = kept <= BY_SURPRISE
        fate[i] = (ENDS_GIVEN_UP if kept < BY_SURPRISE else ENDS_BY_SURPRISE) if ends else UNMET if kept < 0.0 else MET
        response[i] = 0.0 if ends else abs(kept)


@kernel
def count_fates(
    n: int, mask: int, first_hour: int, end_hour: int, hours: Integers, lane: Words, fate: Integers, passed: Integers,
    counts: Longs,
) -> None:  # fmt: skip
    """Count how n items end in counted weeks: int64[7, replications of the row or more]."""
    for i in range(n):
        if first_hour <= hours[i] < end_hour:
            if fate[i] >= ENDS_BY_SURPRISE:
                what = SURPRISED if fate[i] == ENDS_BY_SURPRISE else DISQUALIFIED
            elif fate[i] == UNMET:
                what = WON_UNMET if passed[i] > 0 else LOST_UNMET
            else:
                what = WON_MET if passed[i] > 0 else LOST_MET
            counts[what, int64(lane[i]) & mask] += 1


@kernel
def hear_of_ends(
    n: int, end_hour: int, hours: Integers, lane: Words, fate: Integers, ended: Longs, surprises: Longs
) -> None:
    """Let the lanes know of n items that end before the end of the run: int64[lanes] each."""
    for i in range(n):
        if hours[i] < end_hour:
            ended[uint64(lane[i])] += 1
            surprises[uint64(lane[i])] += fate[i] == ENDS_BY_SURPRISE


@kernel
def owe_calls(n: int, lane: Words, owed: Integers, known: Longs) -> None:
    """Let the seats owe the calls of the checks of n items: int64[lanes]; who comes to a vacant one owes nothing."""
    for i in range(n):
        known[uint64(lane[i])] += int64(owed[i])


@kernel
def work_off(
    n: int, planned: int, active: Longs, carry: Longs, owed: Longs, left_out: Longs, counted: Integers
) -> None:
    """Work out how many calls of an interval are not dialled: int64[lanes], and int32[lanes]; the rest is owed on."""
    for s in range(n):
        left_out[s] = min(owed[s], calls_until(carry[s], active[s], planned))
        owed[s] -= left_out[s]
        counted[s] = left_out[s]


@kernel
def leave_out(
    n: int, first: int, plan_before: Longs, cards: Words, ramp: Integers, before: Integers, active: Longs, carry: Longs,
    left_out: Longs, here: Integers,
) -> int:  # fmt: skip
    """Keep those of n candidates whose calls are dialled: not among the first of the interval; return how many.

    For the arguments see `simcore.kernels.reacting.calling.list_called`.
    """
    kept = 0
    for i in range(n):
        at = uint64(here[i])
        s, hour, place = uint64(cards[at, CARD_LANE]), int64(cards[at, CARD_HOUR]), int64(cards[at, CARD_RANK])
        sheet = int64((cards[at, CARD_C0] >> np.uint32(16)) & np.uint32(SHEETS - 1))
        if sheet > 0:
            planned = plan_before[hour + 1] - plan_before[hour]
            base = planned if ramp[s] == FULL_ACTIVITY else int64(before[s, hour + 1]) - int64(before[s, hour])
            place += base + (sheet - 1) * planned
        place += calls_until(carry[s], active[s], plan_before[hour] - plan_before[first])
        here[uint64(kept)] = here[i]
        kept += place >= left_out[s]
    return kept


@kernel
def end_calls_owing(
    n: int, first: int, last: int, plan_before: Longs, ramp: Integers, before: Integers, rate: Floats, habit: Floats,
    response: Floats, active: Longs, last_booking: Longs, unanswered: Longs, carry: Longs, left_out: Longs,
    made: Integers, above: Integers,
) -> int:  # fmt: skip
    """Count the calls of the hours ``first .. last - 1`` of a week where the first of them are not dialled.

    Does what `simcore.kernels.reacting.calling.end_calls` does.
    """
    planned, cut = plan_before[last] - plan_before[first], 0
    for s in range(n):
        before_hour, since, calls, begin = 0, unanswered[s], 0, first
        if ramp[s] == FULL_ACTIVITY and active[s] <= FULL_ACTIVITY:
            # No hour has more calls than planned, and the others need not be told apart: they are counted at once.
            begin, calls = last, max(0, calls_until(carry[s], active[s], planned) - left_out[s])
            since += calls
            if last_booking[s] >= 0:
                so_far = plan_before[last_booking[s] + 1] - plan_before[first]
                since = calls - max(0, calls_until(carry[s], active[s], so_far) - left_out[s])
        for hour in range(begin, last):
            of_hour = plan_before[hour + 1] - plan_before[hour]
            if ramp[s] != FULL_ACTIVITY:
                of_hour = int64(before[s, hour + 1]) - int64(before[s, hour])
            until = calls_until(carry[s], active[s], plan_before[hour + 1] - plan_before[first])
            dialled = max(0, until - left_out[s]) - max(0, before_hour - left_out[s])
            before_hour = until
            calls += dialled
            above[s] += max(0, dialled - of_hour)
            since = 0 if hour == last_booking[s] else since + dialled
        cut += calls if rate[s] * habit[s] * response[s] > 1.0 else 0
        made[s] += calls
        unanswered[s] = since
        carry[s] = (carry[s] + active[s] * planned) & (FULL_ACTIVITY - 1)
    return cut
