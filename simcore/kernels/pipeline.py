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
    address: tuple[int, int, int],
    key: Key,
    at: tuple[int, int, int, int],
    laws: tuple[Floats, Floats, Floats],
    rhythm: Floats,
    next_stage: Floats,
    class_of_age: Ints,
) -> int:
    """Return the day on which a deal is won, or -1 if it is not within the days.

    ``address``: purpose, number of the deal, replication. ``at``: its stage, segment, age in the stage, and the day.
    ``laws``: hazards, factors and market of the replication.
    """
    purpose, deal, replication = address
    stage, segment, age, day = at
    hazard, factor, market = laws
    days = rhythm.shape[1]
    low, high = uint32(uint64(replication)), uint32(uint64(replication) >> uint64(32))
    for stay in range(1, MOST_STAYS + 1):
        w0, w1, w2, _ = rounds(uint32((purpose << 24) | stay), uint32(deal), low, high, key)
        left = -log(uniform32(w0))
        moved = False
        while day < days:
            age_class = class_of_age[min(age, len(class_of_age) - 1)]
            win = hazard[0, stage, age_class] * factor[0, segment, stage] * rhythm[0, day] * market[day // WEEK]
            loss = hazard[1, stage, age_class] * factor[1, segment, stage] * rhythm[1, day]
            total = win + loss + hazard[2, stage, age_class] * factor[2, segment, stage] * rhythm[2, day]
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
def play_open(
    key: Key,
    first: int,
    deals: Ints,
    value: Floats,
    hazard: Floats,
    factor: Floats,
    market: Floats,
    rhythm: Floats,
    next_stage: Floats,
    class_of_age: Ints,
    wins: Ints,
    values: Floats,
    won: Flags,
) -> None:
    """Play the deals that are open in replications ``first, first + 1, ...``, one for each row of ``won``.

    Parameters
    ----------
    key, first
        Key of the seed, and the number of the first replication.
    deals, value
        Of every open deal: its number, which its words are addressed by, its stage, its segment, and its age in days
        in the stage, of shape (4, deals); its value.
    hazard, factor, market
        Parameters of every replication, see `simcore.pipeline.posterior.Draws`.
    rhythm
        Factors of the days, of shape (3, days).
    next_stage
        Chance of every next stage, of shape (stages or more, stages).
    class_of_age
        Class of every age in days.
    wins, values
        Counts and sums, to which is added, of shape (replications, segments, weeks).
    won
        Whether each deal was won, of shape (replications, deals); False at first.
    """
    number, stage, segment, age = deals
    for row in range(len(won)):
        laws = (hazard[row], factor[row], market[row])
        for deal in range(len(number)):
            at = (stage[deal], segment[deal], age[deal], 0)
            address = (PIPELINE_DEAL, number[deal], first + row)
            day = _fate(address, key, at, laws, rhythm, next_stage, class_of_age)
            if day >= 0:
                won[row, deal] = True
                wins[row, segment[deal], day // WEEK] += 1
                values[row, segment[deal], day // WEEK] += value[deal]


@kernel
def play_new(
    key: Key,
    first: int,
    arrivals: Ints,
    share: Floats,
    hazard: Floats,
    factor: Floats,
    market: Floats,
    rhythm: Floats,
    next_stage: Floats,
    arrival_rhythm: Floats,
    class_of_age: Ints,
    new_value: Floats,
    new_value_from: Ints,
    wins: Ints,
    values: Floats,
) -> None:
    """Play the deals that are not there yet; see `play_open`.

    Parameters
    ----------
    arrivals
        New deals of every replication and week, of shape (replications, weeks).
    share
        Of the segments among them, of shape (replications, segments).
    next_stage
        Its last row is that of deals which begin.
    arrival_rhythm
        Share of every day of a week among them, from the weekday of the first day on.
    new_value, new_value_from
        Values that a new deal may have, by segment; where those of each segment begin, of shape (segments + 1,).
    """
    for row in range(len(arrivals)):
        laws = (hazard[row], factor[row], market[row])
        low, high = uint32(uint64(first + row)), uint32(uint64(first + row) >> uint64(32))
        number = 0
        for week in range(arrivals.shape[1]):
            for _ in range(arrivals[row, week]):
                w0, w1, w2, w3 = rounds(uint32(PIPELINE_NEW << 24), uint32(number), low, high, key)
                created = WEEK * week + _last(arrival_rhythm, uniform32(w0))
                segment = _last(share[row], uniform32(w1))
                at = (_last(next_stage[len(next_stage) - 1], uniform32(w2)), segment, 0, created)
                address = (PIPELINE_NEW, number, first + row)
                day = _fate(address, key, at, laws, rhythm, next_stage, class_of_age)
                if day >= 0:
                    begin, end = new_value_from[segment], new_value_from[segment + 1]
                    chosen = begin + int64(uniform32(w3) * (end - begin))
                    wins[row, segment, day // WEEK] += 1
                    values[row, segment, day // WEEK] += new_value[chosen]
                number += 1
