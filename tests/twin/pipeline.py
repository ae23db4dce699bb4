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


def hazards(law: Law, stage: int, segment: int, age: int, day: int) -> list[float]:
    """Return those of a win, a loss and a move on a day."""
    at = law.class_of_age[min(age, len(law.class_of_age) - 1)]
    found = [law.hazard[way][stage][at] * law.factor[way][segment][stage] for way in range(3)]
    found = [hazard * law.rhythm[way][day] for way, hazard in enumerate(found)]
    found[0] *= law.market[day // 7]
    return found


def day_of_win(law: Law, seed: int, number: int, replication: int, stage: int, segment: int, age: int) -> int | None:
    """Return the day on which an open deal is won, or None."""
    stay, day = 1, 0
    while True:
        clock, kind, leads, _ = words(seed, DEAL, stay, number, replication)
        left = -math.log(uniform(clock))
        while True:
            if day >= len(law.rhythm[0]):
                return None
            rates = hazards(law, stage, segment, age, day)
            total = sum(rates)
            if left < total:
                break
            left -= total
            day, age = day + 1, age + 1
        mark = uniform(kind) * total
        if mark < rates[0]:
            return day
        if mark < rates[0] + rates[1]:
            return None
        stage, stay, age = chosen(law.next_stage[stage], uniform(leads)), stay + 1, 0


def chances_of_new(law: Law, segment: int, weeks: int) -> list[list[list[float]]]:
    """Return the chance of who enters a stage on a day to be won in each week: by day, stage and week, backwards."""
    days, stages = len(law.rhythm[0]), len(law.hazard[0])
    by_day: list[list[list[float]]] = [[] for _ in range(days)]
    for entered in reversed(range(days)):
        # What becomes of the stay, but for moves on the very day of the entry, which lead to what is looked for.
        later = [[0.0] * weeks for _ in range(stages)]
        at_once = [0.0] * stages
        for stage in range(stages):
            there = 1.0
            for day in range(entered, days):
                rates = hazards(law, stage, segment, day - entered, day)
                left = there * (1.0 - math.exp(-sum(rates)))
                won, _, moved = (left * rate / sum(rates) if left > 0.0 else 0.0 for rate in rates)
                there -= left
                later[stage][day // 7] += won
                if day == entered:
                    at_once[stage] = moved
                    continue
                for following in range(stages):
                    for week in range(weeks):
                        later[stage][week] += moved * law.next_stage[stage][following] * by_day[day][following][week]
        found = later
        for _ in range(250):
            found = [
                [
                    later[stage][week]
                    + at_once[stage] * sum(law.next_stage[stage][to] * found[to][week] for to in range(stages))
                    for week in range(weeks)
                ]
                for stage in range(stages)
            ]
        by_day[entered] = found
    return by_day


def wins_of_new(law: Law, new: list[float], share: list[float], daily: list[float]) -> list[list[float]]:
    """Return the wins to be expected, by segment and week, of deals that come; they begin by the last next stage."""
    found = []
    for segment, part in enumerate(share):
        chances = chances_of_new(law, segment, len(new))
        sums = [0.0] * len(new)
        for day, by_stage in enumerate(chances):
            for stage, by_week in enumerate(by_stage):
                come = new[day // 7] * daily[day] * part * law.next_stage[-1][stage]
                sums = [total + come * chance for total, chance in zip(sums, by_week, strict=True)]
        found.append(sums)
    return found


def won(seed: int, replication: int, block: int, expected: float) -> int:
    """Return how many new deals are won: Poisson by inversion, in parts of a mean of 100 at most."""
    count, part = 0, 0
    while expected > 0.0:
        high, low, _, _ = words(seed, NEW, block, 2**31 + part, replication)
        u = ((high >> 5) * 2**26 + (low >> 6)) / 2**53
        mean = min(expected, 100.0)
        term = total = math.exp(-mean)
        here = 0
        while u >= total and here < 400:
            here += 1
            term *= mean / here
            total += term
        count, part, expected = count + here, part + 1, expected - 100.0
    return count


def worth(seed: int, replication: int, block: int, wins: int, values: list[float]) -> float:
    """Return the sum of the values of new deals that were won."""
    total = 0.0
    for number in range(wins):
        word = words(seed, NEW, block, number // 4, replication)[number % 4]
        total += values[int(uniform(word) * len(values))]
    return total
