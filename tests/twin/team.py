"""Who sits in a seat in which week, how many calls fall in which hour, and at what rates they work."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.twin.decisions import beta, beta_after, normal, yes
from tests.twin.people import Person
from tests.twin.philox import Purpose, Source
from tests.twin.season import factor

if TYPE_CHECKING:
    from tests.twin.reader import Plan


@dataclass(frozen=True)
class Holder:
    """A person in a seat: number in the seat, first week in it, whether a ramp applies, and when it began.

    A ramp may have begun before the run.
    """

    person: int
    since: int
    new: bool
    came: int


def timeline(plan: Plan, source: Source, seat: int) -> list[Holder | None]:
    """Return the holder of a seat in each simulated week; None where it is vacant."""
    first = plan.people[seat] if plan.people else Person(came=-plan.warmup if seat < plan.new else None)
    came = 0 if first.came is None else first.came + plan.warmup
    holder: Holder | None = Holder(0, 0, new=first.came is not None, came=came) if came <= 0 else None
    # The week in which the next one begins: there is no such week if nobody follows.
    persons, arrival = (1, -1) if holder else (0, came)
    vacancy = plan.turnover[1] if plan.turnover else 0
    weeks: list[Holder | None] = []
    for week in range(plan.simulated):
        if holder is not None and _leaves(plan, source, seat, week, holder):
            holder, arrival = None, week + vacancy
        if first.leaves is not None and week == first.leaves + plan.warmup and holder and holder.person == 0:
            holder, arrival = None, week + vacancy if first.refill else -1
        if holder is None and week == arrival:
            holder = Holder(persons, week, new=True, came=week)
            persons += 1
        weeks.append(holder)
    return weeks


def _leaves(plan: Plan, source: Source, seat: int, week: int, holder: Holder) -> bool:
    """Return whether a person leaves by chance before a week."""
    own = plan.people[seat].yearly if plan.people and holder.person == 0 else None
    yearly = own if own is not None else plan.turnover[0] if plan.turnover else 0.0
    if week < 1 or holder.since >= week:
        return False
    return yes(source.words(Purpose.TURNOVER, seat=seat, week=week)[0], 1.0 - (1.0 - yearly) ** (1.0 / 52.0))


def calls_in(plan: Plan, seat: int, week: int) -> int:
    """Return the planned calls of a seat in a full week, of a simulated one."""
    if not plan.people:
        return plan.calls_per_week
    person = plan.people[seat]
    gone = person.leaves is not None and week >= person.leaves + plan.warmup
    return plan.calls_per_week if gone or person.calls is None else person.calls


def planned(plan: Plan, seat: int) -> list[int]:
    """Return the planned calls of each simulated hour of a seat, holidays left out."""
    hours, day = plan.calendar.week, plan.calendar.hours_per_day
    holidays, dates = plan.calendar.holidays, plan.calendar.dates
    calls = []
    for week in range(plan.simulated):
        counted = week - plan.warmup
        of_year, of_week = counted % 52, calls_in(plan, seat, week)
        for h in range(hours):
            off = (of_year, None) in holidays or (of_year, h // day) in holidays or (counted, h // day) in dates
            share = (h + 1) * of_week // hours - h * of_week // hours
            calls.append(0 if off else share)
    return calls


def activity(plan: Plan, holder: Holder, week: int) -> int:
    """Return the holder's activity of a week, in units of 2^-20."""
    level = 1.0
    age = week - holder.came
    if plan.ramp is not None and holder.new and age < plan.ramp[0]:
        weeks, start = plan.ramp
        level = start + (1.0 - start) * age / weeks
    return math.floor(level * 2**20 + 0.5)


def calls_by_hour(plan: Plan, holders: list[Holder | None], seat: int) -> list[int]:
    """Return the calls of each simulated hour of a seat; a person's fraction of a call is carried on."""
    hours = plan.calendar.week
    plan_of_hour = planned(plan, seat)
    calls: list[int] = []
    carry, carrier = 0, -1
    for week, holder in enumerate(holders):
        units = 0
        if holder is not None:
            units = activity(plan, holder, week)
            if holder.person != carrier:
                carry, carrier = 0, holder.person
        for number in plan_of_hour[week * hours : (week + 1) * hours]:
            carry += units * number
            calls.append(carry >> 20)
            carry &= 2**20 - 1
    return calls


class Market:
    """The team's weekly factor, drawn as far as it is asked for."""

    def __init__(self, plan: Plan, source: Source) -> None:
        self._market = plan.market
        self._source = source
        self._x: list[float] = []

    def factor(self, week: int) -> float:
        """Return the factor of a simulated week."""
        if self._market is None:
            return 1.0
        sd, persistence = self._market.sd, self._market.persistence
        while len(self._x) <= week:
            now = len(self._x)
            z = normal(self._source.words(Purpose.MARKET, seat=0, week=now)[0])
            before = self._x[-1] if now else self._before()
            if persistence == 1:
                self._x.append(before + sd * z - sd * sd / 2.0)
            elif now == 0 and self._market.level is None:
                self._x.append(sd * z)
            else:
                self._x.append(persistence * before + sd * math.sqrt(1.0 - persistence**2) * z)
        return math.exp(self._x[week] if persistence == 1 else self._x[week] - sd * sd / 2.0)

    def _before(self) -> float:
        """Return x of the week before week 0."""
        market = self._market
        assert market is not None
        if market.level is None:
            return 0.0
        z = normal(self._source.words(Purpose.MARKET, seat=0, week=0)[1])
        level = math.log(market.level) + market.level_sd * z - market.level_sd**2 / 2.0
        return level if market.persistence == 1 else level + market.sd**2 / 2.0


def rate_of_world(plan: Plan, source: Source, step: int) -> tuple[float, bool]:
    """Return the rate of a step in a replication, and whether the spread between reps is too large for it."""
    of_step = plan.steps[step]
    if of_step.law is None:
        return of_step.rate, False
    rate = of_step.law(source.words(Purpose.KNOWLEDGE, seat=0, week=0, item=step)[0])
    if of_step.rep_cv == 0.0:
        return rate, False
    return rate, (1.0 - rate) / (rate * of_step.rep_cv**2) - 1.0 < 0.125


class Rates:
    """The rates of one seat; also past the end, where the last week's holder stays."""

    def __init__(self, plan: Plan, source: Source, market: Market, seat: int, holders: list[Holder | None]) -> None:
        self._plan = plan
        self._source = source
        self._market = market
        self._seat = seat
        self._holders = holders
        self._known: dict[tuple[int, int], float] = {}
        self._own: dict[tuple[int, int], float] = {}
        self._means = {step: rate_of_world(plan, source, step) for step in plan.steps}

    def uncut(self, step: int, week: int) -> float:
        """Return the rate of a step in a week before it is cut at one."""
        key = (step, week)
        if key not in self._known:
            market = self._market.factor(week) if self._plan.steps[step].in_market else 1.0
            season = factor(self._plan, step, week)
            self._known[key] = ((self.own(step, week) * market) * season) * self._noise(step, week)
        return self._known[key]

    def own(self, step: int, week: int) -> float:
        """Return the holder's own rate, or the team's."""
        of_step = self._plan.steps[step]
        rate, is_cut = self._means[step]
        holder = self._holders[min(week, len(self._holders) - 1)]
        known = self._known_of(step) if holder is not None and holder.person == 0 else None
        if isinstance(known, float | int):
            return known
        if of_step.rep_cv == 0.0 or holder is None:
            return rate
        key = (step, holder.person)
        if key not in self._own:
            word = self._source.of_step(Purpose.REP_RATE, step, seat=self._seat, week=holder.person)
            cv = math.sqrt((1.0 - rate) / rate / 1.125) if is_cut else of_step.rep_cv
            self._own[key] = beta(rate, cv, word) if known is None else beta_after(rate, cv, known, word)
        return self._own[key]

    def _known_of(self, step: int) -> float | tuple[int, int] | None:
        """Return what the file says of the first person's rate of a step: the rate, or counts."""
        if not self._plan.people:
            return None
        return (self._plan.people[self._seat].rates or {}).get(self._plan.stages[step])

    def _noise(self, step: int, week: int) -> float:
        """Return the factor of a seat, week and step."""
        cv = self._plan.steps[step].week_cv
        if cv == 0.0:
            return 1.0
        variance = math.log(1.0 + cv * cv)
        word = self._source.of_step(Purpose.WEEK_NOISE, step, seat=self._seat, week=week)
        return math.exp(math.sqrt(variance) * normal(word) - variance / 2.0)
