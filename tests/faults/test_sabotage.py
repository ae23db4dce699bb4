"""Bugs planted on purpose, in the twin or in the program that the engine runs: the comparison must tell each."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import pytest

from simcore.program.layout import Program
from tests.support.both_engines import check, compiled
from tests.support.scenario_cases import CASES
from tests.twin import account, decisions, funnel, reader, team, world
from tests.twin.funnel import Funnel, Item
from tests.twin.philox import Purpose, Source, Words
from tests.twin.reader import Plan
from tests.twin.spreads import Section, Spread
from tests.twin.team import Holder

SEED = 2026
Patch = pytest.MonkeyPatch


class Fault(NamedTuple):
    """A bug, the case that it is planted in, and a count that must betray it."""

    case: str
    shows: str
    plant: Callable[[Patch], None]


def in_plan(change: Callable[[Plan], Plan]) -> Callable[[Patch], None]:
    """Plant a bug in what the twin reads of a scenario."""

    def plant(patch: Patch) -> None:
        honest = reader.read
        patch.setattr(world, "read", lambda scenario: change(honest(scenario)))

    return plant


def in_address(
    change: Callable[[dict[str, int]], dict[str, int]], purpose: int | None = None
) -> Callable[[Patch], None]:
    """Plant a bug in the addresses of one purpose, or of all."""

    def plant(patch: Patch) -> None:
        honest = Source.words

        def words(self: Source, of: int, **address: int) -> Words:
            return honest(self, of, **(change(address) if purpose in (None, of) else address))

        patch.setattr(Source, "words", words)

    return plant


def origin_week_off_by_one(patch: Patch) -> None:
    honest = account._deals

    def deals(items: Sequence[Item], of: str) -> list[tuple[int, int]]:
        return [(hour + 40 * (of == "origin"), cents) for hour, cents in honest(items, of)]

    patch.setattr(account, "_deals", deals)


def steps_with(plan: Plan, **changes: Callable[[int], Any]) -> Plan:
    """Return a plan with some fields of every step replaced."""
    steps = {s: replace(step, **{name: of(s) for name, of in changes.items()}) for s, step in plan.steps.items()}
    return replace(plan, steps=steps)


def biased_threshold(patch: Patch) -> None:
    patch.setattr(funnel, "yes", lambda word, p: word < math.ceil(p * 2.0**32 * 1.001))


def slots_with_replacement(patch: Patch) -> None:
    patch.setattr(funnel, "take_slots", lambda n, words: [word * n >> 32 for word in words])


def no_carry(patch: Patch) -> None:
    def calls(plan: Plan, holders: list[Holder | None], seat: int) -> list[int]:
        hours = plan.calendar.week
        units = [0 if holder is None else team.activity(plan, holder, w) for w, holder in enumerate(holders)]
        return [units[hour // hours] * planned >> 20 for hour, planned in enumerate(team.planned(plan, seat))]

    patch.setattr(world, "calls_by_hour", calls)


def due_hour_off_by_one(patch: Patch) -> None:
    honest = Funnel._cut
    patch.setattr(Funnel, "_cut", lambda self, hour: honest(self, hour + 1))


def caps_in_the_wrong_order(patch: Patch) -> None:
    patch.setattr(Item, "order", property(lambda item: (-item.origin_week, -item.k)))


def uniform_not_mirrored(patch: Patch) -> None:
    honest = decisions.binomial

    def binomial(n: int, p: float, u: float) -> int:
        return n - honest(n, 1.0 - p, u) if p > 0.5 else honest(n, p, u)

    patch.setattr(decisions, "binomial", binomial)


def noise_shared_by_steps(patch: Patch) -> None:
    honest = Source.of_step
    patch.setattr(Source, "of_step", lambda self, purpose, _step, **where: honest(self, purpose, 1, **where))


def rate_of_the_week_of_entry(patch: Patch) -> None:
    honest = Funnel._decide

    def decide(self: Funnel, item: Item, stage: int) -> bool:
        due, item.due[stage] = item.due[stage], item.entered[stage]
        decided = honest(self, item, stage)
        item.due[stage] = due
        return decided

    patch.setattr(Funnel, "_decide", decide)


def lag_by_the_word_of_the_step(patch: Patch) -> None:
    honest = Funnel._word

    def word(self: Funnel, item: Item, purpose: Purpose, place: int) -> int:
        return honest(self, item, Purpose.ITEM if purpose == Purpose.LAG else purpose, place)

    patch.setattr(Funnel, "_word", word)


def calls_on_holidays_of_the_simulated_year(patch: Patch) -> None:
    honest = team.planned
    patch.setattr(team, "planned", lambda plan, seat: honest(replace(plan, warmup=0, weeks=plan.simulated), seat))


def dates_a_day_late(patch: Patch) -> None:
    honest = team.planned

    def planned(plan: Plan, seat: int) -> list[int]:
        late = frozenset((week, day + 1) for week, day in plan.calendar.dates)
        return honest(replace(plan, calendar=replace(plan.calendar, dates=late)), seat)

    patch.setattr(team, "planned", planned)


def ties_of_open_items_are_full(patch: Patch) -> None:
    honest = Funnel._pass

    def pass_on(self: Funnel, stage: int, arriving: list[Item], already_in: list[Item]) -> list[Item]:
        cap = self._plan.steps[stage].cap_open
        if cap is not None:
            self._plan = steps_with(self._plan, cap_open=lambda s: cap - 1 if s == stage else None)
        return honest(self, stage, arriving, already_in)

    patch.setattr(Funnel, "_pass", pass_on)


def quota_must_be_exceeded(plan: Plan) -> Plan:
    assert plan.quota is not None
    return replace(plan, quota=(plan.quota[0], tuple(amount + 1 for amount in plan.quota[1])))


def longer_vacancy(plan: Plan) -> Plan:
    assert plan.turnover is not None
    return replace(plan, turnover=(plan.turnover[0], plan.turnover[1] + 1))


def values_rounded_down(patch: Patch) -> None:
    honest = reader.deal_of_world

    def lower(scenario: Section, word: int) -> Spread:
        value = honest(scenario, word)
        return lambda each: value(each) - 0.5

    patch.setattr(world, "deal_of_world", lower)


def swapped_lags(plan: Plan) -> Plan:
    return steps_with(plan, lag=lambda s: plan.steps[{1: 1, 2: 3, 3: 2}[s]].lag)


def rate_of_the_due_week(patch: Patch) -> None:
    honest = Funnel._passes

    def passes(self: Funnel, item: Item, step: int, hour: int, *, age: int = 0) -> bool:
        return honest(self, item, step, hour + 40, age=age)

    patch.setattr(Funnel, "_passes", passes)


def losers_wait_as_winners(plan: Plan) -> Plan:
    return steps_with(plan, lost_lag=lambda s: plan.steps[s].lost_lag and plan.steps[s].lag)


def market_on_the_wrong_step(plan: Plan) -> Plan:
    return steps_with(plan, in_market=lambda s: plan.steps[s % 3 + 1].in_market)


IN_THE_TWIN: dict[str, Fault] = {
    "origin week off by one": Fault("canonical", "week, origin: cents", origin_week_off_by_one),
    "one address for all weeks": Fault("canonical", "rep-weeks", in_address(lambda to: to | {"week": 0})),
    "one address for all seats": Fault("canonical", "rep-weeks", in_address(lambda to: to | {"seat": 0})),
    "a replacement has the leaver's rate": Fault(
        "turnover at once", "entries", in_address(lambda to: to | {"week": 0}, Purpose.REP_RATE)
    ),
    "late steps read the early words": Fault(
        "eight stages", "entries", in_address(lambda to: to | {"item": 0}, Purpose.WEEK_NOISE)
    ),
    "parts share a draw": Fault(
        "the largest plan", "call: first step", in_address(lambda to: to | {"part": 0}, Purpose.SUCCESSES)
    ),
    "swapped lags": Fault("market", "open at the end", in_plan(swapped_lags)),
    "biased threshold": Fault("the largest plan", "entries", biased_threshold),
    "slots with replacement": Fault("one hour a day", "hour: first step squared", slots_with_replacement),
    "market on the wrong step": Fault("market", "entries", in_plan(market_on_the_wrong_step)),
    "ramp without carry": Fault("new reps", "calls", no_carry),
    "due hour off by one": Fault("fixed lags", "entries", due_hour_off_by_one),
    "quota must be exceeded": Fault("quota a week", "quota reached", in_plan(quota_must_be_exceeded)),
    "months of 4, 5 and 4 weeks": Fault(
        "quota a month", "month, close: bins", lambda patch: patch.setattr(account, "MONTHS", (4, 5, 4))
    ),
    "deals of the warm-up counted": Fault(
        "warm-up",
        "call, close: cents",
        lambda patch: patch.setattr(account, "_counted", lambda plan, hour: hour < plan.end),
    ),
    "caps in the wrong order": Fault("caps on both", "rep-weeks", caps_in_the_wrong_order),
    "a place less under the cap": Fault("cap on open items", "turned away", ties_of_open_items_are_full),
    "uniform not mirrored": Fault("rates above one half", "call: first step", uniform_not_mirrored),
    "noise shared by steps": Fault("noise", "entries", noise_shared_by_steps),
    "rate of the week of entry": Fault("market", "entries", rate_of_the_week_of_entry),
    "rate of the week of the loss": Fault("lost otherwise in a market", "entries", rate_of_the_due_week),
    "losers who wait as winners": Fault("lost otherwise", "open at the end", in_plan(losers_wait_as_winners)),
    "lag by the word of the step": Fault("log-normal lags", "open at the end", lag_by_the_word_of_the_step),
    "vacancy a week longer": Fault("turnover, vacancy and ramp", "calls", in_plan(longer_vacancy)),
    "holidays of the simulated year": Fault("holidays", "calls", calls_on_holidays_of_the_simulated_year),
    "dates a day late": Fault("dates", "calls", dates_a_day_late),
    "values rounded down": Fault("log-normal deals", "call, close: cents", values_rounded_down),
}


@pytest.mark.parametrize("name", IN_THE_TWIN)
def test_a_bug_planted_in_the_twin_is_caught(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    fault = IN_THE_TWIN[name]
    program = compiled(CASES[fault.case])
    check(CASES[fault.case], SEED, 0, program)
    fault.plant(monkeypatch)
    with pytest.raises(AssertionError, match=fault.shows):
        check(CASES[fault.case], SEED, 0, program)


class ProgramFault(NamedTuple):
    """The same, planted in the engine's program."""

    case: str
    shows: str
    spoil: Callable[[Program], Program]


IN_THE_PROGRAM: dict[str, ProgramFault] = {
    "one success too many in a table": ProgramFault(
        "canonical",
        "call: first step",
        lambda p: p._replace(first=p.first._replace(thresholds=np.append(0, p.first.thresholds[:-1]))),
    ),
    "a cap one too high": ProgramFault(
        "cap a week",
        "turned away",
        lambda p: p._replace(caps=p.caps._replace(per_week=p.caps.per_week + (p.caps.per_week > 0))),
    ),
    "calls an hour late": ProgramFault(
        "fixed lags", "hour: first step squared",
        lambda p: p._replace(plan=p.plan._replace(slot_hour=np.minimum(p.plan.slot_hour + 1, 39).astype(np.int32))),
    ),
    "everybody experienced": ProgramFault("new reps", "calls", lambda p: p._replace(team=p.team._replace(new=0))),
    "the team's quota of one seat more": ProgramFault(
        "quota a month",
        "quota reached by the team",
        lambda p: p._replace(quota=p.quota._replace(units_team=p.quota.units_team // p.team.reps * (p.team.reps + 1))),
    ),
    "sigma a hundredth too large": ProgramFault(
        "log-normal deals",
        "call, close: cents",
        lambda p: p._replace(deals=p.deals._replace(sigma=p.deals.sigma * 1.01)),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", IN_THE_PROGRAM)
def test_a_bug_planted_in_the_program_is_caught(name: str) -> None:
    fault = IN_THE_PROGRAM[name]
    program = compiled(CASES[fault.case])
    check(CASES[fault.case], SEED, 0, program)
    with pytest.raises(AssertionError, match=fault.shows):
        check(CASES[fault.case], SEED, 0, fault.spoil(program))
