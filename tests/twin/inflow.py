"""Items that come without a call: how many in each week, in which hours, and to whom."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from tests.twin.decisions import uniform53
from tests.twin.philox import Purpose, Source
from tests.twin.spreads import Section, gamma

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.twin.reader import Plan

FLOWN_IN = 48
ROUTE, INFLOW = 97, 240


@dataclass(frozen=True)
class Inflow:
    """Items that enter a stage without a call: the mean number by simulated week, of the team or of each seat."""

    stage: int
    means: tuple[float, ...]
    cv: float
    of_team: bool


@dataclass(frozen=True)
class Arrival:
    """An item that comes without a call: whose it is, when, and its address."""

    seat: int
    stage: int
    hour: int
    week: int
    number: int
    k: int
    home: int
    """The seat in its address: 0 for an item of the team."""


def read_inflows(given: object, stages: Sequence[str], weeks: tuple[int, int], start: str | None) -> tuple[Inflow, ...]:
    """Read all inflows; ``weeks``: of the warm-up, and simulated in all."""
    sections: list[Section] = [given] if isinstance(given, dict) else list(given or [])  # type: ignore[call-overload]
    return tuple(
        Inflow(
            stages.index(each["stage"]),
            tuple(_mean(each["per_week"], week - weeks[0], start) for week in range(weeks[1])),
            each.get("cv", 0.0),
            each.get("to", "team") == "team",
        )
        for each in sections
    )


def _mean(per_week: float | dict[str, float], week: int, start: str | None) -> float:
    if not isinstance(per_week, dict):
        return float(per_week)
    assert start is not None
    first = date.fromisoformat(start)
    monday = first.toordinal() - first.weekday()
    here = 0.0
    for day in sorted(per_week):
        if date.fromisoformat(day).toordinal() < monday + 7 * (week + 1):
            here = per_week[day]
    return here


def _poisson(u: float, mean: float) -> int:
    f = math.exp(-mean)
    total, k = f, 0
    while u >= total and k < 400:
        k += 1
        f = f * mean / k
        total = total + f
    return k


def _count(source: Source, inflow: Inflow, number: int, home: int, week: int) -> int:
    mean = inflow.means[week]
    if inflow.cv > 0.0:
        mean *= gamma(1.0, inflow.cv)(source.words(INFLOW, seat=home, week=week, item=number)[2])
    parts = 1
    while mean > 100.0 * parts:
        parts *= 2
    total = 0
    for part in range(parts):
        x0, x1, _, _ = source.words(INFLOW, seat=home, week=week, item=number, part=part)
        total += _poisson(uniform53(x0, x1), mean / parts)
    return total


def arrivals(plan: Plan, source: Source, seat: int) -> list[Arrival]:
    """Return what comes to a seat without a call."""
    found = []
    for number, inflow in enumerate(plan.inflow):
        home = 0 if inflow.of_team else seat
        for week in range(plan.simulated):
            for k in range(_count(source, inflow, number, home, week)):
                at = {"seat": home, "week": week, "item": k, "part": number}
                hour = week * plan.calendar.week + (
                    source.words(Purpose.ITEM + FLOWN_IN, **at)[0] * plan.calendar.week >> 32
                )
                owner = source.words(ROUTE + FLOWN_IN, **at)[0] * plan.reps >> 32 if inflow.of_team else seat
                if owner == seat:
                    found.append(Arrival(seat, inflow.stage, hour, week, number, k, home))
    return found
