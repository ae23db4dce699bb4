"""Candidates: the calls of a cell that may succeed are counted, drawn, given their places and written to cards."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simcore.compiled.jit import inlined, int64, kernel, uint32, uint64
from simcore.kernels.reacting.calling import edge
from simcore.kernels.reacting.state import (
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
    uniform53,
)
from simcore.random.streams import words_at

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float64]
Integers = NDArray[np.int32]
Longs = NDArray[np.int64]
Words = NDArray[np.uint32]

NUMBER = np.uint32(0xFFFF)
"""Of an address for `ITEM`: which of the cell's candidates it is."""
MAX_SUCCESSES = 1 << 16
"""Most candidates of a cell: the range of their addresses."""


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
