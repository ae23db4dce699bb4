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
    C0,
    CARD_C0,
    CARD_HOUR,
    CARD_LANE,
    CARD_RANK,
    CARD_STEP_2,
    LANE,
    SHEETS,
    STEP_2,
)
from simcore.program.layout import FULL_ACTIVITY
from simcore.random.addresses import ITEM, SUCCESSES, decision, place
from simcore.random.draws import (
    binomial_in_parts,
    binomial_inverse,
    count_at,
    parts_of,
    take_slot,
    threshold,
    uniform53,
)
from simcore.random.streams import words_at

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float64]
Integers = NDArray[np.int32]
Longs = NDArray[np.int64]
Words = NDArray[np.uint32]

SOME = 32
"""Lanes that are looked at together for whether any of them needs something."""
NUMBER = np.uint32(0xFFFF)
"""Of an address for `ITEM`: which of the cell's candidates it is."""
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
def count_tabulated(
    m: int, sheet: int, planned: int, lanes: Integers, x0: Words, x1: Words, thresholds: Longs, guide: Integers,
    of_table: int, rate: float, calls: Integers, count: Integers,
) -> int:  # fmt: skip
    """Count the candidates of band 0 of a sheet of m lanes where step 1 has one rate for all; return how many in all.

    ``thresholds``, ``guide``, ``of_table``: see `simcore.program.layout.FirstStep`.
    """
    total = 0
    for i in range(m):
        n, u53 = int64(calls[uint64(lanes[i])]) if sheet == 0 else planned, uniform53(x0[i], x1[i])
        count[i] = count_at(u53, thresholds, guide) if n == of_table else binomial_inverse(u53, n, rate)
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
def place_sheet(
    first: int, n: int, sheet: int, planned: int, lane: Words, c0: Words, calls: Integers, plan_before: Longs,
    slot_hour: Integers, words: Words, slots: Longs, hours: Integers, ranks: Integers,
) -> None:  # fmt: skip
    """Do what `place_cell` does for band 0, where nobody is under a ramp: in one loop over the n candidates.

    A loop for each lane ends where no processor expects it.
    """
    most_calls, tag = slots.shape[0] - 1, slots[slots.shape[0] - 1]
    for i in range(first, first + n):
        at = uint64(i)
        s = uint64(lane[at])
        of_lane = int64(calls[s]) if sheet == 0 else planned
        slot = uint64(take_slot(words[at], int64(c0[at] & NUMBER), of_lane, tag + int64(s) * most_calls, slots))
        hour = int64(slot_hour[slot])
        ranks[at] = int64(slot) - plan_before[hour]
        hours[at] = hour
    slots[most_calls] = tag + calls.shape[0] * most_calls


@inlined
def write_card(of: np.uint64, at: np.uint64, words: Words, hours: Integers, ranks: Integers, cards: Words) -> None:
    """Write a candidate on a card."""
    cards[at, CARD_LANE], cards[at, CARD_C0] = words[LANE, of], words[C0, of]
    cards[at, CARD_HOUR], cards[at, CARD_RANK] = uint32(hours[of]), uint32(ranks[of])
    for k in range(3):
        cards[at, CARD_STEP_2 + k] = words[STEP_2 + k, of]


@kernel
def sort_candidates(
    first: int, n: int, span: int, most: Longs, words: Words, hours: Integers, ranks: Integers, ends: Integers,
    cards: Words,
) -> None:  # fmt: skip
    """Write the n candidates from a first one on to their cards, by the interval in which they are made; see `Batch`.

    All that is asked of a candidate later stands in one place, and those of an interval side by side.

    ``most``: int64[hours of a week], how many calls of the sheet can be made in an hour at most: a candidate beyond
    them has no card. ``cards``: there is a place after the last for what has none.
    """
    ends[0] = first
    if ends.shape[0] == 2:
        at = uint64(first)
        for i in range(first, first + n):
            of = uint64(i)
            write_card(of, at, words, hours, ranks, cards)
            at += uint64(ranks[of] < most[uint64(hours[of])])
        ends[1] = at
        return
    for chain in range(1, ends.shape[0]):
        ends[chain] = 0
    share = 1.0 / float(span)
    for i in range(first, first + n):
        of = uint64(i)
        chain = uint64((float(hours[of]) + 0.5) * share)
        ends[chain + uint64(1)] += ranks[of] < most[uint64(hours[of])]
    for chain in range(1, ends.shape[0]):
        ends[chain] += ends[chain - 1]
    for i in range(first, first + n):
        of = uint64(i)
        chain = uint64((float(hours[of]) + 0.5) * share)
        made = ranks[of] < most[uint64(hours[of])]
        write_card(of, uint64(ends[chain]) if made else uint64(first + n), words, hours, ranks, cards)
        ends[chain] += made
    # Now each end is that of its own interval: moved back by one place.
    for chain in range(ends.shape[0] - 1, 0, -1):
        ends[chain] = ends[chain - 1]
    ends[0] = first


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
