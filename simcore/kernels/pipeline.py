"""Plays open deals and those to come, day by day through their stages, until they are won, lost or time is up.

A deal in a stage leaves it on a day with the hazard of its stage and age, times the factor of its segment, of the day
and, for a win, of the week's market. What it meets is cumulated until it exceeds the deal's own exponential variable:
inversion of one word a stay, so that hazards that rise never undo a win that needs no other exit first.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from simcore.compiled.jit import inlined, int64, kernel, uint32, uint64
from simcore.numerics.elementary import log
from simcore.random.addresses import PIPELINE_DEAL, PIPELINE_NEW
from simcore.random.draws import uniform32
from simcore.random.philox import Key, rounds

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

WEEK: Final = 7
MOST_STAYS: Final = 250
"""Stays after which a deal is left as it is: none of a real history comes near it."""


@inlined
def _last(chances: Floats, u: float) -> int:
    """Return the first index whose cumulated chance is above u."""
    total = 0.0
    for index in range(len(chances)):
        total += chances[index]
        if u < total:
            return index
    return len(chances) - 1


@inlined
def _fate(
    deal: int,
    purpose: int,
    replication: int,
    key: Key,
    stage: int,
    segment: int,
    age: int,
    day: int,
    days: int,
    hazard: Floats,
    factor: Floats,
    market: Floats,
    rhythm: Floats,
    next_stage: Floats,
    class_of_age: Ints,
) -> int:
    """Return the day on which a deal is won, or -1 if it is not within the days."""
    low, high = uint32(uint64(replication)), uint32(uint64(replication) >> uint64(32))
    for stay in range(MOST_STAYS):
        w0, w1, w2, _ = rounds(uint32((purpose << 24) | (stay + 1)), uint32(deal), low, high, key)
        left = -log(uniform32(w0))
        of_win = factor[0, segment, stage]
        of_loss = factor[1, segment, stage]
        of_move = factor[2, segment, stage]
        moved = False
        while day < days:
            at = class_of_age[min(age, len(class_of_age) - 1)]
            win = hazard[0, stage, at] * of_win * rhythm[0, day] * market[day // WEEK]
            loss = hazard[1, stage, at] * of_loss * rhythm[1, day]
            total = win + loss + hazard[2, stage, at] * of_move * rhythm[2, day]
            if left < total:
                u = uniform32(w1) * total
                if u < win:
                    return day
                if u < win + loss:
                    return -1
                stage = _last(next_stage[stage], uniform32(w2))
                moved = True
                break
            left -= total
            day += 1
            age += 1
        if not moved:
            return -1
        age = 0
    return -1


@kernel
def play(
    key: Key,
    first: int,
    number: Ints,
    stage: Ints,
    segment: Ints,
    age: Ints,
    value: Floats,
    hazard: Floats,
    factor: Floats,
    market: Floats,
    arrivals: Ints,
    share: Floats,
    rhythm: Floats,
    next_stage: Floats,
    starts: Floats,
    arrival_rhythm: Floats,
    class_of_age: Ints,
    new_value: Floats,
    new_value_from: Ints,
    wins: Ints,
    values: Floats,
    won: Flags,
) -> None:
    """Play replications ``first, first + 1, ...``, one for each row of ``wins``.

    Parameters
    ----------
    key, first
        Key of the seed, and the number of the first replication.
    number, stage, segment, age, value
        Of every open deal; its number is the address of its words, its age in its stage on the first day, in days.
    hazard, factor, market, share
        Parameters of every replication, see `simcore.pipeline.posterior.Draws`.
    arrivals
        New deals of every replication and week, of shape (replications, weeks).
    rhythm
        Factors of the days, of shape (3, days).
    next_stage, starts, arrival_rhythm
        See `simcore.pipeline.posterior.Posterior`; the rhythm of arrivals begins with the weekday of the first day.
    class_of_age
        Class of every age in days.
    new_value, new_value_from
        Values that a new deal may have, by segment; where those of each segment begin, of shape (segments + 1,).
    wins, values
        Counts and sums, to which is added, of shape (replications, 2, segments, weeks): open deals, then new ones.
    won
        Whether each open deal was won, of shape (replications, open deals); False at first.
    """
    days = rhythm.shape[1]
    for row in range(len(wins)):
        replication = first + row
        for deal in range(len(stage)):
            day = _fate(
                number[deal],
                PIPELINE_DEAL,
                replication,
                key,
                stage[deal],
                segment[deal],
                age[deal],
                0,
                days,
                hazard[row],
                factor[row],
                market[row],
                rhythm,
                next_stage,
                class_of_age,
            )
            if day >= 0:
                won[row, deal] = True
                wins[row, 0, segment[deal], day // WEEK] += 1
                values[row, 0, segment[deal], day // WEEK] += value[deal]
        born = 0
        low, high = uint32(uint64(replication)), uint32(uint64(replication) >> uint64(32))
        for week in range(arrivals.shape[1]):
            for _ in range(arrivals[row, week]):
                w0, w1, w2, w3 = rounds(uint32(PIPELINE_NEW << 24), uint32(born), low, high, key)
                created = WEEK * week + _last(arrival_rhythm, uniform32(w0))
                of_segment = _last(share[row], uniform32(w1))
                day = _fate(
                    born,
                    PIPELINE_NEW,
                    replication,
                    key,
                    _last(starts, uniform32(w2)),
                    of_segment,
                    0,
                    created,
                    days,
                    hazard[row],
                    factor[row],
                    market[row],
                    rhythm,
                    next_stage,
                    class_of_age,
                )
                if day >= 0:
                    begin, end = new_value_from[of_segment], new_value_from[of_segment + 1]
                    chosen = begin + int64(uniform32(w3) * (end - begin))
                    wins[row, 1, of_segment, day // WEEK] += 1
                    values[row, 1, of_segment, day // WEEK] += new_value[chosen]
                born += 1
