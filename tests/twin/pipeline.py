"""A pipeline played day by day in plain Python, written from docs/forecast.md: the twin of `kernels.pipeline`."""

from __future__ import annotations

import math
from typing import NamedTuple

from tests.twin.philox import philox4x32

DEAL, NEW = 243, 244


class Law(NamedTuple):
    """What decides: hazards and factors as nested lists, a replication's own."""

    hazard: list[list[list[float]]]
    factor: list[list[list[float]]]
    market: list[float]
    rhythm: list[list[float]]
    next_stage: list[list[float]]
    class_of_age: list[int]


def uniform(word: int) -> float:
    """Return the centre of a word's cell."""
    return (word + 0.5) / 4294967296.0


def words(seed: int, purpose: int, stay: int, number: int, replication: int) -> tuple[int, int, int, int]:
    """Return the words of a stay of a deal."""
    counter = (purpose << 24 | stay, number, replication & 0xFFFFFFFF, replication >> 32)
    return philox4x32(counter, (seed & 0xFFFFFFFF, seed >> 32))


def chosen(chances: list[float], u: float) -> int:
    """Return the first index whose cumulated chance exceeds u; else the last."""
    total = 0.0
    for index, chance in enumerate(chances):
        total += chance
        if u < total:
            return index
    return len(chances) - 1


def day_of_win(
    law: Law, seed: int, purpose: int, number: int, replication: int, stage: int, segment: int, age: int, day: int
) -> int | None:
    """Return the day on which a deal is won, or None."""
    stay = 1
    while True:
        clock, kind, leads, _ = words(seed, purpose, stay, number, replication)
        left = -math.log(uniform(clock))
        while True:
            if day >= len(law.rhythm[0]):
                return None
            at = law.class_of_age[min(age, len(law.class_of_age) - 1)]
            hazards = [law.hazard[way][stage][at] * law.factor[way][segment][stage] for way in range(3)]
            hazards = [hazard * law.rhythm[way][day] for way, hazard in enumerate(hazards)]
            hazards[0] *= law.market[day // 7]
            total = sum(hazards)
            if left < total:
                break
            left -= total
            day, age = day + 1, age + 1
        mark = uniform(kind) * total
        if mark < hazards[0]:
            return day
        if mark < hazards[0] + hazards[1]:
            return None
        stage, stay, age = chosen(law.next_stage[stage], uniform(leads)), stay + 1, 0
