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


def by_plan(plan: Plan, seat: int, week: int) -> tuple[int, float]:
    """Return the amount of who should hold a seat in a counted week, in cents, and how active they should be."""
    assert plan.quota is not None
    amount, person = in_turn(plan, week), plan.people[seat] if plan.people else Person()
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


def amount_of(plan: Plan, seat: int, first: int, length: int) -> int:
    """Return the quota of a seat in the period of so many weeks from a counted one on, in cents; 0: none."""
    assert plan.quota is not None
    if not differ(plan):
        return in_turn(plan, first)
    if not plan.ramped:
        return by_plan(plan, seat, first)[0]
    weeks = [by_plan(plan, seat, week) for week in range(first, first + length)]
    return math.floor(math.fsum(amount * activity for amount, activity in weeks) / length + 0.5)


def team_amount(plan: Plan, first: int, length: int) -> int:
    """Return that of the team."""
    assert plan.quota is not None
    if plan.team_quota is not None:
        return plan.team_quota
    return sum(amount_of(plan, seat, first, length) for seat in range(plan.reps))


def differ(plan: Plan) -> bool:
    """Return whether quotas can differ between seats or periods."""
    told = (person.quota is not None or person.came is not None or person.leaves is not None for person in plan.people)
    return plan.ramped or any(told)


def in_turn(plan: Plan, week: int) -> int:
    """Return the amount of the period that a counted week is in, in cents: of who has no other."""
    assert plan.quota is not None
    per, each = plan.quota
    if per == "month":
        number = 3 * (week // 13) + sum(week % 13 >= end for end in (4, 8))
    else:
        number = week // {"week": 1, "quarter": 13, "year": 52}[per]
    return each[number % len(each)]
