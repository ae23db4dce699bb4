"""Plain Python: every call is a draw of `random`, as in a first script, but with care for speed."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

from benchmarks.peers.canonical import (
    CALLS_OF_HOURS,
    MEETING_RATE,
    OPPORTUNITY_RATE,
    REPS,
    WEEKS,
    WIN_RATE,
    Statistics,
    YearTally,
)

if TYPE_CHECKING:
    from collections.abc import Callable


def year(random: Callable[[], float]) -> tuple[list[int], int, list[int]]:
    """Simulate a year of one rep: meetings of each hour, number of opportunities, wins of each hour."""
    meetings, wins = [], []
    opportunities = 0
    for calls in CALLS_OF_HOURS * WEEKS:
        booked = won = 0
        for _ in range(calls):
            if random() < MEETING_RATE:
                booked += 1
                if random() < OPPORTUNITY_RATE:
                    opportunities += 1
                    if random() < WIN_RATE:
                        won += 1
        meetings.append(booked)
        wins.append(won)
    return meetings, opportunities, wins


def simulate(replications: int, seed: int) -> Statistics:
    """Simulate the canonical scenario call by call.

    Parameters
    ----------
    replications
        Number of teams of 10 reps over 52 weeks, at least 1.
    seed
        Seed of the generator.
    """
    random = Random(seed).random  # noqa: S311 - a simulation, no secret
    tally = YearTally()
    for _ in range(replications * REPS):
        tally.add(*year(random))
    return tally.statistics()
