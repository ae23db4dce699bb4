"""The calls of all lanes: candidates drawn once for the week, thinned interval by interval.

The candidates are the world's: no strategy changes them, so strategies share them. See docs/randomness.md, "Strategies
thin one stream of candidates".
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simcore.compiled.jit import inlined, int64, kernel, uint32, uint64
from simcore.kernels.reacting.state import BANDS, SHEETS
from simcore.program.layout import FULL_ACTIVITY
from simcore.random.addresses import ITEM, SUCCESSES, decision, place
from simcore.random.draws import binomial_in_parts, binomial_inverse, parts_of, take_slot, threshold, uniform53
from simcore.random.streams import words_at

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float64]
Integers = NDArray[np.int32]
Longs = NDArray[np.int64]
Words = NDArray[np.uint32]

USUAL_DAY = 8
"""Hours."""
MAX_SUCCESSES = 1 << 16
"""Most candidates of a cell: the range of their addresses."""


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
) -> None:  # fmt: skip
    """Count the calls of a week without drives: int32[lanes], and under a ramp those before each hour.

    ``per_hour``: int64[hours of a week], the plan; ``before``: int32[lanes, hours of a week + 1].
    """
    for s in range(n):
        calls[s] = planned if person[s] >= 0 else 0
    for s in range(n):
        if person[s] >= 0 and ramp[s] != FULL_ACTIVITY:
            carried, made = 0 if starts[s] > 0 else base_carry[s], 0
            for hour in range(per_hour.shape[0]):
                before[s, hour] = made
                carried += per_hour[hour] * ramp[s]
                made += carried >> 20
                carried &= FULL_ACTIVITY - 1
            before[s, per_hour.shape[0]] = made
            calls[s], base_carry[s] = made, carried


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
    for s in range(n):
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
def draw_counts(
    m: int, cell: int, week: int, bits: int, number: int, flip: np.uint32, k0: np.uint32, k1: np.uint32,
    lanes: Integers, x0: Words, x1: Words,
) -> None:  # fmt: skip
    """Draw the words that decide how many calls of a cell of m lanes succeed: uint32[m or more] each."""
    c0, mask = uint32(decision(SUCCESSES, 0, cell)), (1 << bits) - 1
    for i in range(m):
        s = int64(lanes[i])
        c1 = uint32(((s >> bits) << 16) | week)
        x0[i], x1[i], _, _ = words_at(c0, c1, number + (s & mask), flip, k0, k1)


@kernel
def count_cell(
    m: int, cell: int, week: int, bits: int, planned: int, number: int, flip: np.uint32, k0: np.uint32, k1: np.uint32,
    lanes: Integers, x0: Words, x1: Words, rate: Floats, calls: Integers, cells: Integers, count: Integers,
) -> int:  # fmt: skip
    """Count the candidates of a cell of m lanes: int32[m or more]; return how many in all.

    ``rate``: of step 1, by lane; ``cells``: int32[cells, lanes, 2], where the lower bands of the sheet are counted.
    """
    sheet, band, mask, total = cell & (SHEETS - 1), cell >> 4, (1 << bits) - 1, 0
    for i in range(m):
        s = int64(lanes[i])
        p = min(1.0, rate[s])
        left = int64(calls[s]) if sheet == 0 else planned
        for lower in range(band):
            left -= cells[sheet + 16 * lower, s, 1]
        low = 0.0 if band == 0 else edge(p, band - 1)
        count[i] = 0
        if low < 1.0 and left > 0:
            at_rate = p if band == 0 else (edge(p, band) - low) / (1.0 - low)
            parts = parts_of(left, at_rate)
            if parts == 1:
                count[i] = binomial_inverse(uniform53(x0[i], x1[i]), left, at_rate)
            else:
                where = place(s >> bits, week)
                count[i] = binomial_in_parts(where, cell, left, at_rate, parts, number + (s & mask), flip, k0, k1)
        total += count[i]
    return total


@kernel
def list_cell(
    m: int, cell: int, n: int, lanes: Integers, count: Integers, cells: Integers, lane: Words, c0: Words
) -> int:
    """List the candidates of a cell of m lanes after the n that are there: lane and address; return the largest count.

    ``cells``: int32[cells, lanes, 2], filled with the first candidate and how many there are.
    """
    most = 0
    for i in range(m):
        s = int64(lanes[i])
        cells[cell, s, 0], cells[cell, s, 1] = n, count[i]
        most = max(most, int64(count[i]))
        for k in range(count[i]):
            lane[uint64(n)] = uint32(s)
            c0[uint64(n)] = decision(ITEM, cell, k)
            n += 1
    return most


@kernel
def draw_candidates(
    n: int, week: int, bits: int, number: int, flip: np.uint32, k0: np.uint32, k1: np.uint32, lane: Words, c0: Words,
    slot: Words, x1: Words, x2: Words, x3: Words,
) -> None:  # fmt: skip
    """Draw the words of n candidates: the slot, and steps 2 to 4."""
    mask = (1 << bits) - 1
    for i in range(n):
        s = int64(lane[i])
        where = uint32(((s >> bits) << 16) | week)
        slot[i], x1[i], x2[i], x3[i] = words_at(c0[i], where, number + (s & mask), flip, k0, k1)


@kernel
def place_cell(
    m: int, cell: int, planned: int, lanes: Integers, ramp: Integers, calls: Integers, before: Integers,
    plan_before: Longs, slot_hour: Integers, cells: Integers, words: Words, slots: Longs, hours: Integers,
    ranks: Integers,
) -> None:  # fmt: skip
    """Give the candidates of a cell of m lanes their calls: the hour of the week, and the place in it on the sheet.

    Parameters
    ----------
    plan_before, slot_hour
        int64[hours of a week + 1], int32[calls]: the plan of the week.
    words
        uint32, by candidate: of the slots.
    slots
        int64[most calls + 1], see `simcore.random.draws.take_slot`, and after them the next tag.
    """
    sheet, band, most_calls, tag = cell & (SHEETS - 1), cell >> 4, slots.shape[0] - 1, slots[slots.shape[0] - 1]
    for i in range(m):
        s, taken = int64(lanes[i]), 0
        ramped = sheet == 0 and ramp[s] != FULL_ACTIVITY
        n = int64(calls[s]) if sheet == 0 else planned
        for lower in range(band):
            # What the lower bands took is taken again: the shuffle goes on from there.
            begin = int64(cells[sheet + 16 * lower, s, 0])
            for k in range(cells[sheet + 16 * lower, s, 1]):
                take_slot(words[uint64(begin + k)], taken, n, tag, slots)
                taken += 1
        begin = int64(cells[cell, s, 0])
        for k in range(cells[cell, s, 1]):
            at = uint64(begin + k)
            slot = take_slot(words[at], taken + k, n, tag, slots)
            if ramped:
                hour = 0
                while before[s, hour + 1] <= slot:
                    hour += 1
                ranks[at] = slot - before[s, hour]
            else:
                hour = int64(slot_hour[uint64(slot)])
                ranks[at] = slot - plan_before[hour]
            hours[at] = hour
        tag += most_calls
    slots[most_calls] = tag


@kernel
def order_candidates(first: int, n: int, span: int, hours: Integers, ends: Integers, order: Integers) -> None:
    """Order the n candidates from a first one on by the interval in which they are made; see `Batch`."""
    for chain in range(ends.shape[0]):
        ends[chain] = 0
    share = 1.0 / float(span)
    for i in range(n):
        ends[uint64((float(hours[uint64(first + i)]) + 0.5) * share) + uint64(1)] += 1
    for chain in range(1, ends.shape[0]):
        ends[chain] += ends[chain - 1]
    for i in range(n):
        chain = uint64((float(hours[uint64(first + i)]) + 0.5) * share)
        order[uint64(ends[chain])] = first + i
        ends[chain] += 1
    # Now each end is that of its own interval: moved back by one place.
    for chain in range(ends.shape[0] - 1, 0, -1):
        ends[chain] = ends[chain - 1]
    ends[0] = 0


@kernel
def list_called(
    chain: int, until: int, n: int, first: int, order: Integers, ends: Integers, plan_before: Longs, lane: Words,
    c0: Words, hours: Integers, ranks: Integers, ramp: Integers, before: Integers, active: Longs, carry: Longs,
    here: Integers,
) -> int:  # fmt: skip
    """Add the candidates of the chains ``chain .. until - 1`` whose calls are made to a list of n; return how many.

    ``first``: the hour of the week in which the decision was made.
    """
    from_plan = plan_before[first]
    for j in range(ends[chain], ends[until]):
        at = uint64(order[j])
        s, hour, rank = uint64(lane[at]), int64(hours[at]), int64(ranks[at])
        sheet = int64((c0[at] >> uint32(16)) & uint32(SHEETS - 1))
        until = calls_until(carry[s], active[s], plan_before[hour + 1] - from_plan)
        calls = until - calls_until(carry[s], active[s], plan_before[hour] - from_plan)
        if sheet > 0:
            planned = plan_before[hour + 1] - plan_before[hour]
            base = planned
            if ramp[s] != FULL_ACTIVITY:
                base = int64(before[s, hour + 1]) - int64(before[s, hour])
            calls = calls - base - (sheet - 1) * planned
        here[uint64(n)] = int64(at)
        n += rank < calls
    return n


@kernel
def list_thinned(
    n: int, lane: Words, c0: Words, rate: Floats, habit: Floats, response: Floats, here: Integers, limit: Floats,
    doubtful: Integers,
) -> int:  # fmt: skip
    """Work out which of n candidates' latent uniforms lie below the rate of the hour; return how many are doubtful.

    ``limit``: float64, by place in ``here``: 1 and more for a yes, 0 for a no, else what the word THIN must lie below;
    ``doubtful``: the places in ``here`` of those.
    """
    m = 0
    for i in range(n):
        at = uint64(here[i])
        s, band = uint64(lane[at]), int64((c0[at] >> uint32(20)) & uint32(BANDS - 1))
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
    doubtful: Integers, here: Integers, lane: Words, c0: Words, limit: Floats, x: Words,
) -> None:  # fmt: skip
    """Decide the m doubtful candidates by their words; ``x``: uint32[3 or more, m or more], room to work."""
    mask, other = (1 << bits) - 1, uint32((purpose - ITEM) << 24)
    for j in range(m):
        at = uint64(here[uint64(doubtful[j])])
        x[0, j], x[1, j] = uint32(c0[at] + other), lane[at]
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
    n: int, here: Integers, lane: Words, hours: Integers, last_booking: Longs, per_hour: Integers, of_week: Integers
) -> None:
    """Count n bookings: int32[lanes, hours of a week], and int32[lanes] in this week."""
    for i in range(n):
        at = uint64(here[i])
        s, hour = uint64(lane[at]), int64(hours[at])
        last_booking[s] = max(last_booking[s], hour)
        per_hour[s, uint64(hour)] += 1
        of_week[s] += 1


@kernel
def end_calls(
    n: int, first: int, last: int, plan_before: Longs, ramp: Integers, before: Integers, rate: Floats, habit: Floats,
    response: Floats, active: Longs, last_booking: Longs, unanswered: Longs, carry: Longs, made: Integers,
    above: Integers,
) -> int:  # fmt: skip
    """Count the calls of the hours ``first .. last - 1`` of a week, and carry the fractions of calls on.

    Fills the calls and those above plan, by lane; returns the calls whose rate was cut at 1.
    """
    planned, cut = plan_before[last] - plan_before[first], 0
    for s in range(n):
        calls = calls_until(carry[s], active[s], planned)
        cut += calls if rate[s] * habit[s] * response[s] > 1.0 else 0
        made[s], above[s] = calls, max(0, calls - planned)
        if last_booking[s] < 0:
            unanswered[s] += calls
        else:
            so_far = plan_before[last_booking[s] + 1] - plan_before[first]
            unanswered[s] = calls - calls_until(carry[s], active[s], so_far)
    for s in range(n):
        if ramp[s] != FULL_ACTIVITY:
            # Two carries of fractions: an hour may have a call more, the next one less.
            extra = 0
            for hour in range(first, last):
                until = calls_until(carry[s], active[s], plan_before[hour + 1] - plan_before[first])
                so_far = calls_until(carry[s], active[s], plan_before[hour] - plan_before[first])
                extra += max(0, until - so_far - int64(before[s, hour + 1] - before[s, hour]))
            above[s] = extra
    for s in range(n):
        carry[s] = (carry[s] + active[s] * planned) & (FULL_ACTIVITY - 1)
    return cut


@kernel
def add_by_group(n: int, bits: int, numbers: Integers, total: Longs) -> None:
    """Add numbers by lane to those of the replications of the row: int64[2**bits or more]."""
    mask = (1 << bits) - 1
    for s in range(n):
        # A lane of no replication adds nothing, and its place may not exist.
        if numbers[s] != 0:
            total[s & mask] += numbers[s]


@inlined
def squares_of_seat(per_hour: Integers, hours_per_day: int) -> tuple[int, int]:
    """Return the sums of squares of the successes of a week by hour and by day, and empty the hours."""
    squares, days = 0, 0
    if hours_per_day == USUAL_DAY:
        # With a length known to the compiler.
        for day in range(0, per_hour.shape[0], USUAL_DAY):
            of_day = 0
            for hour in range(USUAL_DAY):
                count = int64(per_hour[uint64(day + hour)])
                of_day += count
                squares += count * count
            days += of_day * of_day
    else:
        for day in range(0, per_hour.shape[0], hours_per_day):
            of_day = 0
            for hour in range(day, day + hours_per_day):
                count = int64(per_hour[uint64(hour)])
                of_day += count
                squares += count * count
            days += of_day * of_day
    for hour in range(per_hour.shape[0]):
        per_hour[hour] = 0
    return squares, days


@kernel
def squares_of_seats(
    counted: bool, n: int, bits: int, hours_per_day: int, per_hour: Integers, by_hour: Longs, by_day: Longs
) -> None:
    """Add the squares of the successes of a week of n seats by hour and by day, if they count, and empty their hours.

    ``per_hour``: int32[seats, hours of a week]; ``by_hour``, ``by_day``: int64, by the last bits of a seat's number.
    """
    mask = (1 << bits) - 1
    for s in range(n):
        squares, days = squares_of_seat(per_hour[s], hours_per_day)
        # A seat of no replication adds nothing, and its place may not exist.
        if counted and squares > 0:
            by_hour[s & mask] += squares
            by_day[s & mask] += days
