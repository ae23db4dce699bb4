"""Plays open deals day by day through their stages, until they are won, lost or time is up; counts wins of new ones.

A deal in a stage leaves it on a day with the hazard of its stage and age, times the factor of its segment, of the day
and, for a win, of the week's market. What it meets is cumulated until it exceeds the deal's own exponential variable:
inversion of one word a stay, so that hazards that rise never undo a win that needs no other exit first.

Deals that are not there yet are alike but for the day on which they come. They are not played one by one: how many of
them are in which stage since when is worked out as an expectation.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from simcore.compiled.jit import inlined, int64, kernel, uint32, uint64
from simcore.kernels.inflow import PART_MEAN, poisson
from simcore.numerics.elementary import log
from simcore.random.addresses import PIPELINE_DEAL, PIPELINE_NEW
from simcore.random.draws import uniform32, uniform53
from simcore.random.philox import Key, rounds

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

WEEK: Final = 7
MOST_STAYS: Final = 250
"""Stays after which a deal is left as it is: none of a real history comes near it."""
_LARGEST: Final = 40.0
"""Hazards of a day above this are counted as this: nobody stays either way."""
_LEAST: Final = 1e-300
_NOBODY: Final = 1e-12
_COUNTS: Final = 1 << 31
"""Added to the part of a count, so that its words are none of those of values."""


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
    replication: int,
    key: Key,
    at: tuple[int, int, int],
    laws: tuple[Floats, Floats],
    pace: Floats,
    next_stage: Floats,
    class_of_age: Ints,
) -> int:
    """Return the day on which a deal is won, or -1 if it is not within the days.

    ``at``: its stage, segment and age in the stage on the first day. ``laws``: hazards and factors of the replication;
    ``pace``: what they are multiplied by, by way and day.
    """
    stage, segment, age = at
    hazard, factor = laws
    days, oldest = pace.shape[1], len(class_of_age) - 1
    low, high = uint32(uint64(replication)), uint32(uint64(replication) >> uint64(32))
    day = 0
    for stay in range(1, MOST_STAYS + 1):
        w0, w1, w2, _ = rounds(uint32((PIPELINE_DEAL << 24) | stay), uint32(deal), low, high, key)
        left = -log(uniform32(w0))
        winning, losing, moving = factor[0, segment, stage], factor[1, segment, stage], factor[2, segment, stage]
        moved = False
        while day < days:
            at_age = class_of_age[min(age, oldest)]
            win = hazard[0, stage, at_age] * winning * pace[0, day]
            loss = hazard[1, stage, at_age] * losing * pace[1, day]
            total = win + loss + hazard[2, stage, at_age] * moving * pace[2, day]
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


@inlined
def _set_pace(market: Floats, rhythm: Floats, pace: Floats) -> None:
    """Set what the hazards of a replication are multiplied by, by way and day: the market acts on wins alone."""
    for day in range(rhythm.shape[1]):
        pace[0, day] = rhythm[0, day] * market[day // WEEK]
        pace[1, day] = rhythm[1, day]
        pace[2, day] = rhythm[2, day]


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
    pace: Floats,
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
    pace
        Memory to work in, of the shape of ``rhythm``.
    wins, values
        Counts and sums, to which is added, of shape (replications, segments, weeks).
    won
        Whether each deal was won, of shape (replications, deals); False at first.
    """
    number, stage, segment, age = deals
    for row in range(len(won)):
        _set_pace(market[row], rhythm, pace)
        laws = (hazard[row], factor[row])
        for deal in range(len(number)):
            at = (stage[deal], segment[deal], age[deal])
            day = _fate(number[deal], first + row, key, at, laws, pace, next_stage, class_of_age)
            if day >= 0:
                won[row, deal] = True
                wins[row, segment[deal], day // WEEK] += 1
                values[row, segment[deal], day // WEEK] += value[deal]


@inlined
def _set_exits(
    hazard: Floats, stage: int, factor: Floats, pace: tuple[float, float, float], classes: int, exits: Floats
) -> None:
    """Set, by class of age, the chances to stay in a stage on a day, to be won and to move on."""
    winning, losing, moving = factor[0, stage] * pace[0], factor[1, stage] * pace[1], factor[2, stage] * pace[2]
    for at_age in range(classes):
        win, move = hazard[0, stage, at_age] * winning, hazard[2, stage, at_age] * moving
        total = win + hazard[1, stage, at_age] * losing + move
        # exp(-total) as the 32nd power of a short series, off by less than 1e-8: the same bits for ages at once.
        x = min(total, _LARGEST) * (-1.0 / 32.0)
        stay = 1.0 + x * (1.0 + x * (1 / 2 + x * (1 / 6 + x * (1 / 24 + x * (1 / 120 + x * (1 / 720))))))
        stay *= stay
        stay *= stay
        stay *= stay
        stay *= stay
        stay *= stay
        part = (1.0 - stay) / max(total, _LEAST)
        exits[0, stage, at_age], exits[1, stage, at_age], exits[2, stage, at_age] = stay, win * part, move * part


@inlined
def _lead_on(moved: float, chances: Floats, into: Floats) -> None:
    """Add those who move on to the stages that they enter."""
    for stage in range(len(into)):
        into[stage] += moved * chances[stage]


@inlined
def _wins_of_day(
    day: int, exits: Floats, next_stage: Floats, class_of_age: Ints, there: Floats, entering: Floats
) -> float:
    """Return how many are won on a day, and let the others go on.

    ``there``: how many are in a stage since which day, of shape (stages, days). ``entering``: those who enter a stage,
    at first from nowhere; its second row is memory.
    """
    stages, oldest = len(there), len(class_of_age) - 1
    won = 0.0
    for stage in range(stages):
        moved = 0.0
        for entered in range(day):
            number, at_age = there[stage, entered], class_of_age[min(day - entered, oldest)]
            won += number * exits[1, stage, at_age]
            moved += number * exits[2, stage, at_age]
            there[stage, entered] = number * exits[0, stage, at_age]
        _lead_on(moved, next_stage[stage], entering[0])
        there[stage, day] = 0.0
    # Who enters a stage may leave it on the same day, and so on.
    for _ in range(MOST_STAYS):
        going = 0.0
        entering[1] = 0.0
        for stage in range(stages):
            number = entering[0, stage]
            won += number * exits[1, stage, 0]
            there[stage, day] += number * exits[0, stage, 0]
            moved = number * exits[2, stage, 0]
            going += moved
            _lead_on(moved, next_stage[stage], entering[1])
        for stage in range(stages):
            entering[0, stage] = entering[1, stage]
        if going < _NOBODY:
            break
    return won


@kernel
def expect_new(
    new: Floats,
    share: Floats,
    hazard: Floats,
    factor: Floats,
    market: Floats,
    rhythm: Floats,
    next_stage: Floats,
    arrival_rhythm: Floats,
    class_of_age: Ints,
    pace: Floats,
    there: Floats,
    exits: Floats,
    entering: Floats,
    wins: Floats,
) -> None:
    """Add up the wins that are to be expected of deals that are not there yet, given all parameters of a replication.

    Parameters
    ----------
    new
        New deals to be expected in every week, of shape (replications, weeks).
    share
        Of the segments among them, of shape (replications, segments).
    hazard, factor, market, rhythm, class_of_age
        See `play_open`.
    next_stage
        Its last row is that of deals which begin.
    arrival_rhythm
        Share of every day among the new deals of its week, of shape (days,).
    pace, there, exits, entering
        Memory to work in, of shape (3, days), (stages, days), (3, stages, classes of age) and (2, stages).
    wins
        To which is added, of shape (replications, segments, weeks).
    """
    stages, days = there.shape
    for row in range(len(new)):
        _set_pace(market[row], rhythm, pace)
        for segment in range(share.shape[1]):
            for day in range(days):
                begin = new[row, day // WEEK] * arrival_rhythm[day] * share[row, segment]
                entering[0] = 0.0
                _lead_on(begin, next_stage[stages], entering[0])
                classes = class_of_age[min(day, len(class_of_age) - 1)] + 1
                for stage in range(stages):
                    at = pace[0, day], pace[1, day], pace[2, day]
                    _set_exits(hazard[row], stage, factor[row, :, segment], at, classes, exits)
                won = _wins_of_day(day, exits, next_stage, class_of_age, there, entering)
                wins[row, segment, day // WEEK] += won


@kernel
def draw_new(key: Key, first: int, expected: Floats, wins: Ints) -> None:
    """Draw how many new deals are won: Poisson, by inversion, so that the same words give the more, the more come.

    Parameters
    ----------
    key, first
        See `play_open`.
    expected
        Of shape (replications, segments, weeks).
    wins
        To which is added, of the same shape.
    """
    weeks = expected.shape[2]
    for row in range(len(expected)):
        low, high = uint32(uint64(first + row)), uint32(uint64(first + row) >> uint64(32))
        for segment in range(expected.shape[1]):
            for week in range(weeks):
                block = uint32(PIPELINE_NEW << 24 | (segment * weeks + week))
                left, part = expected[row, segment, week], 0
                while left > 0.0:
                    w0, w1, _, _ = rounds(block, uint32(_COUNTS | part), low, high, key)
                    wins[row, segment, week] += poisson(uniform53(w0, w1), min(left, PART_MEAN))
                    left -= PART_MEAN
                    part += 1


@kernel
def worth_of_new(key: Key, first: int, wins: Ints, new_value: Floats, new_value_from: Ints, values: Floats) -> None:
    """Add up the values of new deals that are won: each is that of one that was won in its segment.

    Parameters
    ----------
    key, first
        See `play_open`.
    wins
        Of shape (replications, segments, weeks).
    new_value, new_value_from
        Values that a new deal may have, by segment; where those of each segment begin, of shape (segments + 1,).
    values
        To which is added, of the shape of ``wins``.
    """
    weeks = wins.shape[2]
    for row in range(len(wins)):
        low, high = uint32(uint64(first + row)), uint32(uint64(first + row) >> uint64(32))
        for segment in range(wins.shape[1]):
            begin = new_value_from[segment]
            count = new_value_from[segment + 1] - begin
            for week in range(weeks):
                block = segment * weeks + week
                total = 0.0
                for number in range(0, wins[row, segment, week], 4):
                    words = rounds(uint32(PIPELINE_NEW << 24 | block), uint32(number // 4), low, high, key)
                    for place in range(min(4, wins[row, segment, week] - number)):
                        total += new_value[begin + int64(uniform32(words[place]) * count)]
                values[row, segment, week] += total
