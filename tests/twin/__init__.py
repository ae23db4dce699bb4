"""A second, plain and slow implementation of the whole model.

Written from docs/model.md and docs/randomness.md alone, in Python integers and floats. It imports nothing of
simcore and shares no code with it: where the two agree, two readings of the pages agree.

`simulate` plays one replication, `tallies` counts it:

    world = simulate(scenario, replication=0, seed=2026)
    tallies(world)["revenue"]["close"]["week"]["no_deal"]

A scenario is a plain dict in the format of the scenario file. Rooms, from the lowest: philox (words),
decisions (from words to decisions), reader (the dict), team (people, calls and rates), funnel (items of a seat by
itself), drives (what a strategy says), coaching (habits and the manager), reaction (a team, hour by hour), world,
account (tallies).
"""

from tests.twin.account import Tallies, tallies
from tests.twin.coaching import Session
from tests.twin.world import SeatHistory, World, simulate

__all__ = ["SeatHistory", "Session", "Tallies", "World", "simulate", "tallies"]
