"""One replication: a team of seats under one market."""

from __future__ import annotations

from dataclasses import dataclass

from tests.twin.funnel import Clipped, Funnel, Item
from tests.twin.philox import Source
from tests.twin.reader import Plan, Section, read
from tests.twin.team import Holder, Market, Rates, calls_by_hour, timeline


@dataclass(frozen=True)
class SeatHistory:
    """What happened in one seat: holder by simulated week, calls by simulated hour, and every item."""

    holders: list[Holder | None]
    calls: list[int]
    items: list[Item]
    clipped: Clipped


@dataclass(frozen=True)
class World:
    """One replication of a scenario."""

    plan: Plan
    replication: int
    seats: list[SeatHistory]


def simulate(scenario: Section, replication: int, seed: int) -> World:
    """Play one replication of a resolved scenario."""
    plan = read(scenario)
    source = Source(seed, replication)
    market = Market(plan, source)
    seats = []
    for seat in range(plan.reps):
        holders = timeline(plan, source, seat)
        calls = calls_by_hour(plan, holders)
        funnel = Funnel(plan, source, Rates(plan, source, market, seat, holders), seat)
        items = funnel.play(calls)
        seats.append(SeatHistory(holders, calls, items, funnel.clipped))
    return World(plan, replication, seats)
