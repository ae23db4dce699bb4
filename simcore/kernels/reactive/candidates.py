"""Step 1 of a strategy that reacts: candidates drawn once for the week, thinned hour by hour.

The candidates are the world's: no strategy changes them, so strategies share them. See docs/randomness.md, "Strategies
thin one stream of candidates".
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simcore.compiled.jit import inlined, int64, spliced, uint32, uint64
from simcore.kernels.calls import calls_under_ramp
from simcore.kernels.reactive.state import BAND, BANDS, CANDIDATES, SHEET, SHEETS, Candidates
from simcore.kernels.workspace import C0, C1, SLOT_WORD, SPARE, STEP_WORDS, Seat, SeatIndex
from simcore.program.layout import FULL_ACTIVITY, FirstStep, Plan
from simcore.random.addresses import ITEM, SUCCESSES, THIN, Stream, decision, place
from simcore.random.draws import (
    binomial_in_parts,
    binomial_inverse,
    count_at,
    parts_of,
    take_slot,
    threshold,
    uniform53,
)
from simcore.random.streams import fill_words, words_at

MAX_SUCCESSES = 1 << 16
"""Most candidates of a cell: the range of their addresses."""


@inlined
def edge(rate: float, band: int) -> float:
    """Return the rate up to which band ``band`` reaches."""
    return min(1.0, rate * float(1 << band))


@spliced
def count_of_cell(first: FirstStep, stream: Stream, rep: int, week: int, cell: int, n: int, rate: float) -> int:
    """Return how many of n calls succeed at a rate, at the address of a cell."""
    parts = parts_of(n, rate)
    if parts > 1:
        return binomial_in_parts(stream, rep, week, cell, n, rate, parts)
    x0, x1, _, _ = words_at(stream, decision(SUCCESSES, 0, cell), place(rep, week))
    if cell < SHEETS and first.tabulated and n == first.calls:
        return count_at(uniform53(x0, x1), first.thresholds, first.guide)
    return binomial_inverse(uniform53(x0, x1), n, rate)


@spliced
def plan_calls(plan: Plan, seat: Seat, week: int, at: int, candidates: Candidates) -> None:
    """Count the calls of a week before each of its hours, as they are without drives."""
    before, row, person = candidates.before[at], plan.row_of_week[week], seat.person[week]
    if person < 0:
        for hour in range(before.shape[0]):
            before[hour] = 0
    elif seat.activity[week] == FULL_ACTIVITY:
        for hour in range(before.shape[0]):
            before[hour] = plan.before[row, hour]
    else:
        if week == 0 or seat.person[week - 1] != person:
            seat.carry[0] = 0
        n = calls_under_ramp(plan.per_hour[row], seat.activity[week], seat.carry, candidates.ramp_hour)
        for hour in range(before.shape[0]):
            before[hour] = 0
        for call in range(n):
            before[candidates.ramp_hour[call] + 1] += 1
        for hour in range(1, before.shape[0]):
            before[hour] += before[hour - 1]


@spliced
def begin_week(candidates: Candidates, at: int) -> None:
    """Forget the candidates of the week before."""
    head = candidates.head[at]
    for hour in range(head.shape[0]):
        head[hour] = -1
    candidates.state[at, BAND] = 0
    candidates.state[at, SHEET] = -1
    candidates.state[at, CANDIDATES] = 0


@spliced
def draw_cell(
    plan: Plan,
    first: FirstStep,
    stream: Stream,
    index: SeatIndex,
    week: int,
    rate: float,
    candidates: Candidates,
    cell: int,
    full: bool,
) -> bool:
    """Draw the candidates of one sheet and band of a week; return false if there are too many for their addresses.

    ``full``: on sheet 0, whether the plan is followed without a ramp. All lower bands of the sheet are drawn.
    """  # fmt: skip
    at, sheet, band = index.place, cell & (SHEETS - 1), cell >> 4
    row = plan.row_of_week[week]
    before = candidates.before[at] if sheet == 0 and not full else plan.before[row]
    n = before[before.shape[0] - 1]
    by_hour = plan.slot_hour[row] if full or sheet > 0 else candidates.ramp_hour
    if sheet == 0 and not full:
        # Another seat under a ramp may have been there since the week began.
        for hour in range(before.shape[0] - 1):
            for call in range(before[hour], before[hour + 1]):
                candidates.ramp_hour[call] = hour
    start, slots, words = candidates.state[at, CANDIDATES], candidates.slots, candidates.words[at]
    tag = candidates.tag[0]
    candidates.tag[0] = tag + slots.shape[0]
    taken = 0
    for lower in range(band):
        # What the lower bands took is taken again: the shuffle goes on from there.
        begin, count = candidates.cell[at, sheet, lower, 0], candidates.cell[at, sheet, lower, 1]
        for k in range(count):
            take_slot(words[SLOT_WORD, begin + k], taken, n, tag, slots)
            taken += 1
    low = 0.0 if band == 0 else edge(rate, band - 1)
    count = 0
    if low < 1.0 and n > taken:
        at_rate = rate if band == 0 else (edge(rate, band) - low) / (1.0 - low)
        count = count_of_cell(first, stream, index.rep, week, cell, n - taken, at_rate)
    candidates.cell[at, sheet, band, 0] = start
    candidates.cell[at, sheet, band, 1] = count
    if count > MAX_SUCCESSES or start + count + SPARE > words.shape[1]:
        return False
    where = place(index.rep, week)
    # In sixteens, the last ones beyond the count: whole vectors are drawn, and no branch is mispredicted.
    end = start + (count + SPARE - 1) // SPARE * SPARE
    for k in range(end - start):
        words[C0, uint64(start + k)] = decision(ITEM, cell, k)
        words[C1, uint64(start + k)] = where
    fill_words(stream, words[C0, start:end], words[C1, start:end],
        words[SLOT_WORD, start:end], words[STEP_WORDS, start:end],
        words[STEP_WORDS + 1, start:end], words[STEP_WORDS + 2, start:end],
    )  # fmt: skip
    for k in range(count):
        slot = take_slot(words[SLOT_WORD, uint64(start + k)], taken + k, n, tag, slots)
        push_candidate(candidates, at, start + k, int64(by_hour[uint64(slot)]), slot, before)
    candidates.state[at, CANDIDATES] = start + count
    return True


@inlined
def push_candidate(
    candidates: Candidates, at: int, candidate: int, hour: int, slot: int, before: NDArray[np.int64]
) -> None:
    """Push a candidate onto the chain of its hour; ``before``: the calls of its sheet before each hour."""
    # Unsigned: an index that cannot be negative needs no check for it.
    this, there = uint64(candidate), uint64(hour)
    chain = uint64(candidates.chain[there])
    candidates.hour[at, this] = hour
    candidates.rank[at, this] = slot - before[there]
    candidates.next[at, this] = candidates.head[at, chain]
    candidates.head[at, chain] = candidate


@inlined
def latent_below(stream: Stream, address: np.uint32, where: np.uint32, uncut: float, response: float) -> bool:
    """Return whether a candidate's latent uniform lies below the rate of the hour."""
    return latent_below_rate(stream, address, where, uncut, uncut * response)


@inlined
def latent_below_rate(stream: Stream, address: np.uint32, where: np.uint32, uncut: float, wanted: float) -> bool:
    """Return whether a candidate's latent uniform lies below a rate; ``uncut`` is that of the world."""
    band = int64((address >> uint32(20)) & uint32(BANDS - 1))
    rate = min(1.0, uncut)
    low = 0.0 if band == 0 else edge(rate, band - 1)
    high = edge(rate, band)
    q = min(1.0, wanted)
    if q >= high:
        return True
    if q <= low:
        return False
    c0 = uint32(address + uint32((THIN - ITEM) << 24))
    word = words_at(stream, c0, where)[0]
    limit = q / high if band == 0 else (q - low) / (high - low)
    return int64(word) < threshold(limit)


@inlined
def is_of_plan(address: np.uint32) -> bool:
    """Return whether a candidate is a call of the plan: on sheet 0."""
    return (address >> uint32(16)) & uint32(SHEETS - 1) == uint32(0)


@spliced
def is_called(
    plan: Plan,
    candidates: Candidates,
    at: int,
    week: int,
    hour: int,
    candidate: int,
    calls: int,
    made: NDArray[np.int64],
) -> bool:
    """Return whether the call of a candidate is made, where ``calls`` are made in its hour of the week.

    ``made``: the calls of the week before each hour, as they are without drives.
    """
    sheet = int64((candidates.words[at, C0, uint64(candidate)] >> uint32(16)) & uint32(SHEETS - 1))
    rank = int64(candidates.rank[at, uint64(candidate)])
    if sheet == 0:
        return rank < calls
    row = plan.row_of_week[week]
    above = calls - (made[hour + 1] - made[hour])
    return rank < above - (sheet - 1) * plan.per_hour[row, hour]


@spliced
def list_candidates(candidates: Candidates, at: int, chain: int, here: NDArray[np.int32]) -> int:
    """List the candidates of a chain; return how many."""
    n = 0
    if candidates.head.shape[1] > 1:
        candidate, following = int64(candidates.head[at, chain]), candidates.next[at]
        while candidate >= 0:
            # Unsigned: an index that cannot be negative needs no check for it.
            here[uint64(n)] = candidate
            n += 1
            candidate = int64(following[uint64(candidate)])
        return n
    # One chain for all of the week: cell by cell, and no candidate waits for the one before.
    for sheet in range(candidates.state[at, SHEET] + 1):
        for band in range(candidates.state[at, BAND] + 1):
            begin = candidates.cell[at, sheet, band, 0]
            for k in range(candidates.cell[at, sheet, band, 1]):
                here[uint64(n)] = begin + k
                n += 1
    return n
