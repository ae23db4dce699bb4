"""The calls of all lanes: candidates drawn once for the week, thinned interval by interval.

The candidates are the world's: no strategy changes them, so strategies share them. See docs/randomness.md, "Strategies
thin one stream of candidates".
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simcore.compiled.jit import inlined, int64, kernel, uint32, uint64
from simcore.kernels.reacting.state import (
    BANDS,
    CARD_C0,
    CARD_HOUR,
    CARD_LANE,
    CARD_RANK,
    SHEETS,
)
from simcore.program.layout import FULL_ACTIVITY
from simcore.random.addresses import ITEM
from simcore.random.draws import (
    threshold,
)
from simcore.random.streams import words_at

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float64]
Integers = NDArray[np.int32]
Longs = NDArray[np.int64]
Words = NDArray[np.uint32]

SOME = 32
"""Lanes that are looked at together for whether any of them needs something."""


@inlined
def edge(rate: float, band: int) -> float:
    """Return the rate up to which band ``band`` reaches."""
    return min(1.0, rate * float(1 << band))


@inlined
def calls_until(carry: int, activity: int, planned: int) -> int:
    """Return the calls made at an ``activity`` of ``planned`` calls, with a fraction of a call carried over."""
    return (carry + activity * planned) >> 20


@kernel
def begin_week(
    n: int, planned: int, per_hour: Longs, person: Integers, ramp: Integers, starts: Bytes, calls: Integers,
    before: Integers, base_carry: Longs,
) -> int:  # fmt: skip
    """Count the calls of a week without drives: int32[lanes], and under a ramp those before each hour.

    Returns how many lanes are under a ramp.

    ``per_hour``: int64[hours of a week], the plan; ``before``: int32[lanes, hours of a week + 1].
    """
    ramped = 0
    for s in range(n):
        calls[s] = planned if person[s] >= 0 else 0
        ramped += person[s] >= 0 and ramp[s] != FULL_ACTIVITY
    for s in range(n if ramped > 0 else 0):
        if person[s] >= 0 and ramp[s] != FULL_ACTIVITY:
            carried, made = 0 if starts[s] > 0 else base_carry[s], 0
            for hour in range(per_hour.shape[0]):
                before[s, hour] = made
                carried += per_hour[hour] * ramp[s]
                made += carried >> 20
                carried &= FULL_ACTIVITY - 1
            before[s, per_hour.shape[0]] = made
            calls[s], base_carry[s] = made, carried
    return ramped


@kernel
def fix_activity(
    n: int, person: Integers, ramp: Integers, response: Floats, active: Longs, last_booking: Longs
) -> None:
    """Fix the activity of an interval, fixed point; nothing is booked yet. ``response``: of the activity, by lane."""
    for s in range(n):
        active[s] = int64(np.floor(float(ramp[s]) * response[s] + 0.5)) if person[s] >= 0 else 0
        last_booking[s] = -1


@kernel
def find_needs(
    n: int, rate: Floats, response: Floats, ramp: Integers, active: Longs, drawn: Integers, wanted: Integers,
    lanes: Integers,
) -> int:  # fmt: skip
    """List the lanes that need more candidates than are drawn for their activity or rate; return how many.

    ``rate``, ``response``: of step 1, by lane; ``drawn``, ``wanted``: int32[2, lanes], bands and sheets.
    """
    m = 0
    for begin in range(0, n, SOME):
        # In most hours nobody needs more, which a loop of vectors can tell.
        end, more = min(begin + SOME, n), 0
        for lane in range(begin, end):
            # Unsigned: a check for negative indices would make this no loop of vectors.
            at = uint64(lane)
            of_plan = FULL_ACTIVITY if ramp[at] == FULL_ACTIVITY else 0
            more |= (response[at] > float(1 << drawn[0, at])) | (active[at] > (int64(drawn[1, at]) << 20) + of_plan)
        for s in range(begin, end if more else begin):
            at_rate, bands = min(1.0, rate[s]), int64(drawn[0, s])
            while response[s] > float(1 << bands) and edge(at_rate, bands) < 1.0:
                bands += 1
            # A whole plan for each begun multiple of it; under a ramp sheet 0 may have no place where a call is made.
            sheets = (active[s] + FULL_ACTIVITY - 1) >> 20
            sheets -= 1 if ramp[s] == FULL_ACTIVITY else 0
            sheets = max(int64(drawn[1, s]), sheets)
            wanted[0, s], wanted[1, s] = bands, sheets
            lanes[uint64(m)] = s
            m += active[s] > 0 and (bands != drawn[0, s] or sheets != drawn[1, s])
    return m


@kernel
def lanes_of_cell(m: int, cell: int, lanes: Integers, drawn: Integers, wanted: Integers, mine: Integers) -> int:
    """List those of m lanes that need a cell which is not drawn; return how many."""
    sheet, band, k = cell & (SHEETS - 1), cell >> 4, 0
    for i in range(m):
        s = lanes[i]
        mine[uint64(k)] = s
        needed = sheet <= wanted[1, s] and band <= wanted[0, s]
        k += needed and (sheet > drawn[1, s] or band > drawn[0, s])
    return k


@kernel
def note_drawn(m: int, lanes: Integers, drawn: Integers, wanted: Integers) -> None:
    """Note that m lanes have the bands and sheets that they wanted."""
    for i in range(m):
        s = lanes[i]
        drawn[0, s], drawn[1, s] = wanted[0, s], wanted[1, s]


@kernel
def list_called(
    chain: int, until: int, n: int, first: int, ends: Integers, plan_before: Longs, cards: Words, ramp: Integers,
    before: Integers, active: Longs, carry: Longs, here: Integers,
) -> int:  # fmt: skip
    """Add the candidates of the chains ``chain .. until - 1`` whose calls are made to a list of n; return how many.

    ``first``: the hour of the week in which the decision was made.
    """
    from_plan = plan_before[first]
    for j in range(ends[chain], ends[until]):
        at = uint64(j)
        s, hour, rank = uint64(cards[at, CARD_LANE]), uint64(cards[at, CARD_HOUR]), int64(cards[at, CARD_RANK])
        sheet = int64((cards[at, CARD_C0] >> uint32(16)) & uint32(SHEETS - 1))
        until = calls_until(carry[s], active[s], plan_before[hour + uint64(1)] - from_plan)
        calls = until - calls_until(carry[s], active[s], plan_before[hour] - from_plan)
        if sheet > 0:
            planned = plan_before[hour + uint64(1)] - plan_before[hour]
            base = planned
            if ramp[s] != FULL_ACTIVITY:
                base = int64(before[s, hour + uint64(1)]) - int64(before[s, hour])
            calls = calls - base - (sheet - 1) * planned
        here[uint64(n)] = j
        n += rank < calls
    return n


@kernel
def list_thinned(
    n: int, cards: Words, rate: Floats, habit: Floats, response: Floats, here: Integers, limit: Floats,
    doubtful: Integers,
) -> int:  # fmt: skip
    """Work out which of n candidates' latent uniforms lie below the rate of the hour; return how many are doubtful.

    ``limit``: float64, by place in ``here``: 1 and more for a yes, 0 for a no, else what the word THIN must lie below;
    ``doubtful``: the places in ``here`` of those.
    """
    m = 0
    for i in range(n):
        at = uint64(here[i])
        s, band = uint64(cards[at, CARD_LANE]), int64((cards[at, CARD_C0] >> uint32(20)) & uint32(BANDS - 1))
        uncut = rate[s]
        p = min(1.0, uncut)
        low = 0.0 if band == 0 else edge(p, band - 1)
        high, q = edge(p, band), min(1.0, uncut * habit[s] * response[s])
        if q >= high:
            limit[i] = 2.0
        elif q <= low:
            limit[i] = 0.0
        else:
            limit[i] = q / high if band == 0 else (q - low) / (high - low)
            doubtful[uint64(m)] = i
            m += 1
    return m


@kernel
def draw_thinning(
    m: int, purpose: int, week: int, bits: int, number: int, flip: np.uint32, k0: np.uint32, k1: np.uint32,
    doubtful: Integers, here: Integers, cards: Words, limit: Floats, x: Words,
) -> None:  # fmt: skip
    """Decide the m doubtful candidates by their words; ``x``: uint32[3 or more, m or more], room to work."""
    mask, other = (1 << bits) - 1, uint32((purpose - ITEM) << 24)
    for j in range(m):
        at = uint64(here[uint64(doubtful[j])])
        x[0, j], x[1, j] = uint32(cards[at, CARD_C0] + other), cards[at, CARD_LANE]
    for j in range(m):
        s = int64(x[1, j])
        where = uint32(((s >> bits) << 16) | week)
        x[2, j] = words_at(x[0, j], where, number + (s & mask), flip, k0, k1)[0]
    for j in range(m):
        i = uint64(doubtful[j])
        limit[i] = 2.0 if int64(x[2, j]) < threshold(limit[i]) else 0.0


@kernel
def keep_passed(n: int, limit: Floats, here: Integers) -> int:
    """Keep the candidates that were let through; return how many."""
    kept = 0
    for i in range(n):
        here[uint64(kept)] = here[i]
        kept += limit[i] >= 1.0
    return kept


@kernel
def count_bookings(
    n: int, listens: bool, here: Integers, cards: Words, last_booking: Longs, per_hour: Integers, of_week: Integers
) -> None:
    """Count n bookings: int32[hours of a week, lanes], and int32[lanes] in this week.

    ``listens``: whether anybody hears of calls that are unanswered.
    """
    for i in range(n):
        at = uint64(here[i])
        s, hour = uint64(cards[at, CARD_LANE]), uint64(cards[at, CARD_HOUR])
        per_hour[hour, s] += 1
        of_week[s] += 1
    for i in range(n if listens else 0):
        at = uint64(here[i])
        s, hour = uint64(cards[at, CARD_LANE]), int64(cards[at, CARD_HOUR])
        last_booking[s] = max(last_booking[s], hour)


@kernel
def end_calls(
    n: int, first: int, last: int, ramped: int, listens: bool, plan_before: Longs, ramp: Integers, before: Integers,
    rate: Floats, habit: Floats, response: Floats, active: Longs, last_booking: Longs, unanswered: Longs, carry: Longs,
    made: Integers, above: Integers,
) -> int:  # fmt: skip
    """Count the calls of the hours ``first .. last - 1`` of a week, and carry the fractions of calls on.

    Adds the calls and those above plan to those of the week, by lane; returns the calls whose rate was cut at 1.

    ``ramped``: how many lanes are under a ramp; ``listens``: whether anybody hears of calls that are unanswered.
    """
    planned, cut = plan_before[last] - plan_before[first], 0
    for s in range(n):
        calls = calls_until(carry[s], active[s], planned)
        cut += calls if rate[s] * habit[s] * response[s] > 1.0 else 0
        made[s] += calls
        above[s] += max(0, calls - planned) if ramp[s] == FULL_ACTIVITY else 0
    for s in range(n if listens else 0):
        calls = calls_until(carry[s], active[s], planned)
        if last_booking[s] < 0:
            unanswered[s] += calls
        else:
            so_far = plan_before[last_booking[s] + 1] - plan_before[first]
            unanswered[s] = calls - calls_until(carry[s], active[s], so_far)
    for s in range(n if ramped > 0 else 0):
        if ramp[s] != FULL_ACTIVITY:
            # Two carries of fractions: an hour may have a call more, the next one less.
            extra = 0
            for hour in range(first, last):
                until = calls_until(carry[s], active[s], plan_before[hour + 1] - plan_before[first])
                so_far = calls_until(carry[s], active[s], plan_before[hour] - plan_before[first])
                extra += max(0, until - so_far - int64(before[s, hour + 1] - before[s, hour]))
            above[s] += extra
    for s in range(n):
        carry[s] = (carry[s] + active[s] * planned) & (FULL_ACTIVITY - 1)
    return cut


@kernel
def add_by_group(n: int, bits: int, size: int, numbers: Integers, total: Longs) -> None:
    """Add numbers by lane to those of the ``size`` replications of the row: int64[size or more]."""
    for first in range(0, n, 1 << bits):
        for r in range(size):
            total[r] += numbers[uint64(first + r)]


@kernel
def squares_of_seats(
    counted: bool, n: int, bits: int, size: int, hours_per_day: int, per_hour: Integers, of_day: Longs, by_hour: Longs,
    by_day: Longs,
) -> None:  # fmt: skip
    """Add the squares of the successes of a week of n seats by hour and by day, if they count, and empty their hours.

    ``per_hour``: int32[hours of a week, seats]; ``of_day``: int64[2**bits], room to work; ``by_hour``, ``by_day``:
    int64[size or more], by the last bits of a seat's number. Seats of no replication add nothing.
    """
    for first in range(0, n if counted else 0, 1 << bits):
        for day in range(0, per_hour.shape[0], hours_per_day):
            for r in range(size):
                of_day[r] = 0
            for hour in range(day, day + hours_per_day):
                for r in range(size):
                    count = int64(per_hour[hour, uint64(first + r)])
                    of_day[r] += count
                    by_hour[r] += count * count
            for r in range(size):
                by_day[r] += of_day[r] * of_day[r]
    for hour in range(per_hour.shape[0]):
        for s in range(n):
            per_hour[hour, s] = 0
