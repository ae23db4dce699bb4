"""One replication: a team of seats under one market."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from tests.twin.coaching import Session
from tests.twin.draws import at_row, mean_row, rows_of, with_row_rates
from tests.twin.drives import read_strategy
from tests.twin.funnel import Clipped, Funnel, Item
from tests.twin.philox import Purpose, Source
from tests.twin.reaction import ReactiveSeat, play_team
from tests.twin.reader import Plan, deal_of_world, mean_deal, reacts, read
from tests.twin.spreads import Section
from tests.twin.team import Holder, Market, Rates, calls_by_hour, rate_of_world, timeline


@dataclass(frozen=True)
class SeatHistory:
    """What happened in one seat: holder by simulated week, calls by simulated hour, and every item.

    Of a team with habits or a manager also, by simulated week, the session and the steps at which the holder has a
    habit after it.
    """

    holders: list[Holder | None]
    calls: list[int]
    items: Sequence[Item]
    clipped: Clipped
    above_plan: int = 0
    discount: int = 0
    sessions: Sequence[Session | None] = ()
    habits: Sequence[frozenset[int]] = ()
    needs: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class World:
    """One replication of a scenario."""

    plan: Plan
    replication: int
    seats: list[SeatHistory]
    cut_spreads: int = 0
    """Steps whose spread between reps is too large for the rate that this replication draws."""


def simulate(scenario: Section, replication: int, seed: int) -> World:
    """Play one replication of a resolved scenario."""
    source = Source(seed, replication)
    word = source.words(Purpose.KNOWLEDGE, seat=0, week=0, item=64)[0]
    known, rows = scenario, rows_of(scenario)
    if rows:
        row = rows[replication % len(rows)]
        known, scenario = at_row(scenario, mean_row(rows)), at_row(scenario, row)
    plan = replace(read(scenario), deal=deal_of_world(scenario, word))
    plan = with_row_rates(plan, scenario, rows, row) if rows else plan
    market = Market(plan, source)
    if reacts(scenario):
        return _reactive(scenario, known, plan, source, market)
    seats = []
    for seat in range(plan.reps):
        holders = timeline(plan, source, seat)
        calls = calls_by_hour(plan, holders, seat)
        funnel = Funnel(plan, source, Rates(plan, source, market, seat, holders), seat)
        items = funnel.play(calls)
        seats.append(SeatHistory(holders, calls, items, funnel.clipped))
    return World(plan, replication, seats, _cut_spreads(plan, source))


def _reactive(scenario: Section, known: Section, plan: Plan, source: Source, market: Market) -> World:
    """Play a team that reacts, or whose deals bring referrals; ``known``: the scenario as the team knows it."""
    strategy = read_strategy(scenario, plan, mean_deal(known))
    seats = []
    for seat in range(plan.reps):
        holders = timeline(plan, source, seat)
        rates = Rates(plan, source, market, seat, holders)
        seats.append((holders, ReactiveSeat(plan, strategy, source, rates, holders, seat)))
    play_team(plan, strategy, [seat for _, seat in seats])
    histories = [
        SeatHistory(
            holders,
            seat.calls,
            seat.items,
            seat.clipped,
            seat.above,
            seat.discount,
            sessions=seat.chart.sessions,
            habits=seat.chart.habits_by_week,
            needs=seat.needs,
        )
        for holders, seat in seats
    ]
    return World(plan, source.replication, histories, _cut_spreads(plan, source))


def _cut_spreads(plan: Plan, source: Source) -> int:
    return sum(rate_of_world(plan, source, step)[1] for step in plan.steps)
