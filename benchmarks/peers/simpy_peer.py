"""SimPy: one process a rep, one timeout a call."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import simpy

from benchmarks.peers.canonical import (
    CALLS_OF_HOURS,
    HOURS,
    MEETING_RATE,
    OPPORTUNITY_RATE,
    REPS,
    WEEKS,
    WIN_RATE,
    Statistics,
    YearTally,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Generator


class Rep:
    """A rep at work; the clock counts working hours.

    Attributes
    ----------
    meetings, wins
        Counts of each hour of the year.
    opportunities
        Count of the year.
    """

    def __init__(self, env: simpy.Environment, random: Callable[[], float]) -> None:
        self.env = env
        self.random = random
        self.meetings = [0] * HOURS
        self.wins = [0] * HOURS
        self.opportunities = 0
        env.process(self.work())

    def work(self) -> Generator[simpy.Event, None, None]:
        """Make the calls of the plan, evenly spread over each hour."""
        timeout = self.env.timeout
        for hour, calls in enumerate(CALLS_OF_HOURS * WEEKS):
            pause = 1 / calls
            for _ in range(calls):
                self.call(hour)
                yield timeout(pause)

    def call(self, hour: int) -> None:
        """Make one call, and follow it to the win."""
        random = self.random
        if random() < MEETING_RATE:
            self.meetings[hour] += 1
            if random() < OPPORTUNITY_RATE:
                self.opportunities += 1
                if random() < WIN_RATE:
                    self.wins[hour] += 1


def simulate(replications: int, seed: int) -> Statistics:
    """Simulate the canonical scenario as discrete events.

    Parameters
    ----------
    replications
        Number of teams of 10 reps over 52 weeks, at least 1.
    seed
        Seed of the generator.
    """
    random = Random(seed).random  # noqa: S311 - a simulation, no secret
    tally = YearTally()
    for _ in range(replications):
        env = simpy.Environment()
        team = [Rep(env, random) for _ in range(REPS)]
        env.run()
        for rep in team:
            tally.add(rep.meetings, rep.opportunities, rep.wins)
    return tally.statistics()
