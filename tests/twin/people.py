"""People by name: from when to when the first person of a seat is there, and what that person has of their own."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING

from tests.twin.spreads import Section, cents

if TYPE_CHECKING:
    from tests.twin.months import Period
    from tests.twin.reader import Plan


@dataclass(frozen=True)
class Person:
    """The first person in a seat; weeks are counted ones, money is in cents, and None is the team's."""

    came: int | None = None
    leaves: int | None = None
    refill: bool = True
    calls: int | None = None
    rates: Mapping[str, float | tuple[int, int]] | None = None
    quota: int | None = None
    yearly: float | None = None


def read_people(team: Section, calls_per_week: int, monday: int | None) -> tuple[Person, ...]:
    """Read the people of a team; ``monday`` is the day number of the first counted week's."""
    found = []
    for entry in team.get("people") or ():
        came = entry.get("starts", entry.get("started"))
        refill = entry.get("refill")
        rates = {stage: _known(rate) for stage, rate in (entry.get("rates") or {}).items()}
        calls = math.floor((entry.get("calls_per_week") or calls_per_week) * entry.get("share", 1.0) + 0.5)
        found.append(
            Person(
                came=None if came is None else _week(came, monday),
                leaves=None if entry.get("leaves") is None else _week(entry["leaves"], monday),
                refill=team.get("turnover") is not None if refill is None else refill,
                calls=calls,
                rates=rates,
                quota=None if entry.get("quota") is None else cents(entry["quota"]),
                yearly=entry.get("turnover"),
            )
        )
    return tuple(found)


def _known(rate: float | Section) -> float | tuple[int, int]:
    if not isinstance(rate, Mapping):
        return rate
    return (rate["successes"], rate["trials"]) if "trials" in rate else float(rate["mean"])


def _week(when: str, monday: int | None) -> int:
    """Return the week that begins on the first Monday on or after a day, or that a text such as -20w names."""
    if when.endswith("w"):
        return int(when[:-1])
    assert monday is not None
    return math.ceil(Fraction(date.fromisoformat(when).toordinal() - monday, 7))


def by_plan(plan: Plan, seat: int, week: int, amount: int) -> tuple[int, float]:
    """Return the amount of who should hold a seat in a counted week, in cents, and how active they should be.

    ``amount``: that of who has no other.
    """
    person = plan.people[seat] if plan.people else Person()
    came = person.came
    if not plan.people and seat < plan.new:
        came = -plan.warmup
    if person.leaves is not None and week >= person.leaves:
        if not person.refill:
            return 0, 1.0
        came = person.leaves + (plan.turnover[1] if plan.turnover else 0)
        if week < came:
            return amount, 1.0
    elif came is not None and week < came:
        return 0, 0.0
    elif person.quota is not None:
        amount = person.quota
    if came is None or plan.ramp is None or week - came >= plan.ramp[0]:
        return amount, 1.0
    return amount, plan.ramp[1] + (1.0 - plan.ramp[1]) * (week - came) / plan.ramp[0]


def amount_of(plan: Plan, seat: int, period: Period) -> int:
    """Return the quota of a seat in a period, in cents; 0: none."""
    team, hours = in_turn(plan, period), plan.calendar.week
    if not differ(plan):
        return team
    first, last = period.first, period.first + period.length
    weeks = range(first // hours, -(-last // hours))
    if not plan.ramped:
        return by_plan(plan, seat, weeks[0] - plan.warmup, team)[0]
    found = []
    for week in weeks:
        inside = min(last, (week + 1) * hours) - max(first, week * hours)
        amount, activity = by_plan(plan, seat, week - plan.warmup, team)
        found.append(amount * activity * (inside / hours))
    return math.floor(math.fsum(found) / (period.length / hours) + 0.5)


def team_amount(plan: Plan, period: Period) -> int:
    """Return that of the team."""
    if plan.team_quota is not None:
        return plan.team_quota
    return sum(amount_of(plan, seat, period) for seat in range(plan.reps))


def differ(plan: Plan) -> bool:
    """Return whether quotas can differ between seats or periods."""
    told = (person.quota is not None or person.came is not None or person.leaves is not None for person in plan.people)
    return plan.ramped or any(told)


def in_turn(plan: Plan, period: Period) -> int:
    """Return the amount of a period, in cents: of who has no other."""
    assert plan.quota is not None
    each = plan.quota[1]
    return each[period.number % len(each)]
