"""Bugs planted in what people by name have of their own: the comparison with the twin tells each.

The kernels are run without a compiler (`tests.support.uncompiled`), one replication at a time.
"""

from __future__ import annotations

from typing import NamedTuple

import pytest

from tests.agreement.test_people import agree, reacting
from tests.support.people_cases import PEOPLE
from tests.support.scenario_cases import Scenario
from tests.support.uncompiled import change

SEEDS = range(6)
"""A fault may need a person who leaves by chance, or a vacancy."""


class Fault(NamedTuple):
    """A bug: the case that it is planted in, whether reps react there, the function, and the change."""

    case: str
    reacts: bool
    function: str
    old: str
    new: str


SEATS = "rows.conditions.fill_named_seats"
FAULTS: dict[str, Fault] = {
    "somebody follows where nobody should": Fault(
        "dates", False, SEATS, "gone = gone or (by_plan and not refilled)", "pass"
    ),
    "a last day that is forgotten": Fault("dates", False, SEATS, "number == 0 and week == leaves", "False"),
    "a ramp that begins with the run": Fault("dates", False, SEATS, "number, started, gone = 0, starts, False",
                                             "number, started, gone = 0, max(0, starts), False"),
    "who follows leaves by the chance of who left": Fault(
        "turnover of their own", False, SEATS, "first_threshold if number == 0 else leave_threshold", "first_threshold"
    ),
    "everybody leaves by the team's chance": Fault(
        "turnover of their own", False, SEATS, "first_threshold if number == 0 else leave_threshold", "leave_threshold"
    ),
    "an own rate that stays with the seat": Fault(
        "turnover of their own", False, "rows.conditions.put_own_rate",
        "own if person[week, r] == 0 else rate[week, r]", "own",
    ),
    "counts that stay with the seat": Fault(
        "turnover of their own", False, "rows.conditions.put_counted_rate",
        "own if person[week, r] == 0 else rate[week, r]", "own",
    ),
    "counts at another word": Fault(
        "plans, rates and quotas", False, "rows.conditions.put_counted_rate", "place(rep, 0)", "place(rep, 1)"
    ),
    "the team's plan for all": Fault(
        "plans, rates and quotas", False, "rows.funnel.Funnel.begin", "self._program.plan.rows(rep)",
        "self._program.plan.row_of_week",
    ),
    "no quota taken for one of nothing": Fault(
        "plans, rates and quotas", False, "rows.windows.tally_own_quota",
        "units[period] > 0 and sums[r] >= units[period]", "sums[r] >= units[period]",
    ),
    "everybody's quota is the team's": Fault(
        "plans, rates and quotas", False, "rows.drive._tally_quota", "len(quota.own)", "False"
    ),
    "a team's number that is N times the amount": Fault(
        "plans, rates and quotas", False, "rows.drive.tally_team_quota", "len(quota.own)", "False"
    ),
    "who has no quota is behind": Fault(
        "plans, rates and quotas", True, "reacting.deciding.hear_own_quota",
        "elapsed - float(booked[s]) / quota[s] if quota[s] > 0.0 else 0.0",
        "elapsed - float(booked[s]) / max(quota[s], 1.0)",
    ),
    "vacant seats are peers": Fault(
        "dates", True, "reacting.deciding.hear_unlike_peers", "quota[s] > 0.0 and person[s] >= 0", "quota[s] > 0.0"
    ),
    "peers by money": Fault(
        "plans, rates and quotas", True, "reacting.deciding.hear_unlike_peers",
        "total += float(booked[s]) / quota[s]", "total += float(booked[s]) / 400000.0",
    ),
    "wins expected of the team's plan": Fault(
        "plans, rates and quotas", True, "teams.crews.Crew.between", "len(self._plan.of_seat) == 0", "True"
    ),
    "calls of one crew drawn by all": Fault(
        "plans, rates and quotas", True, "teams.crews.Crew.part_of", "return mine[begin:end]", "return mine"
    ),
    "candidates placed by the first crew's plan": Fault(
        "plans, rates and quotas", True, "teams.team.Team._draw_cell", "batch.before = crew.before",
        "batch.before = self._crews[0].before",
    ),
    "plans of the first week for ever": Fault(
        "plans that end", True, "teams.crews.Crew.begin_week", "int(self._rows[week])", "int(self._rows[0])"
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_the_comparison_with_the_twin_tells_a_fault(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    fault = FAULTS[name]
    plain = reacting(PEOPLE[fault.case]) if fault.reacts else PEOPLE[fault.case]
    change(monkeypatch, fault.function, fault.old, fault.new)
    with pytest.raises((AssertionError, IndexError, ZeroDivisionError)):
        _agree_with_all_seeds(plain)


def _agree_with_all_seeds(plain: Scenario) -> None:
    for seed in SEEDS:
        agree(plain, seed, 1)
