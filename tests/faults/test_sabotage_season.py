"""Bugs planted in seasons, in the pace of quotas and in quotas that differ: the comparison with the twin tells each.

The kernels are run without a compiler, see `tests.faults.test_sabotage_reactive`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pytest

from simcore.program.layout import Program
from tests.support.both_engines import check, compiled
from tests.support.planted import Checked, Fault
from tests.support.season_cases import REACTING, STEADY

CASES = STEADY | REACTING
CHECKED = Checked(CASES)
FAULTS: dict[str, Fault] = {
    "the season of the first week": Fault(
        "a season alone", "entries", "rows.conditions.multiply_weeks", "factor[week]", "factor[0]"
    ),
    "no season in the rates of seats": Fault(
        "on all steps, by week", "entries", "rows.seats._fill_own_rates", "rates.season[step] >= 0", "False"
    ),
    "no season after the run": Fault(
        "decided long after the run",
        "call, origin",
        "rows.conditions.rates_after_run",
        "season.shape[0] > 0",
        "False",
    ),
    "no season after a run in which reps react": Fault(
        "a pace in a warm-up", "call, origin", "reacting.items.rates_after_run", "season.shape[0] > 0", "False"
    ),
    "the season of the last week for ever": Fault(
        "decided long after the run",
        "call, origin",
        "rows.conditions.rates_after_run",
        "season[week[i]]",
        "season[5]",
    ),
    "a quota that goes by hours": Fault(
        "a pace by days", "calls", "teams.team.Team._elapsed", "len(reaction.period_gone) > 0", "False"
    ),
    "an hour late": Fault(
        "a pace in a warm-up", "calls", "teams.team.Team._elapsed", "reaction.period_gone[hour]",
        "reaction.period_gone[hour - 1]",
    ),
    "the quota of the first week": Fault(
        "a pace by the season", "calls", "teams.team.Team._own_quota",
        "self._program.quota.of_day[hour // self._clock.hours_per_day]", "0",
    ),
    "the first quota for all periods": Fault(
        "quotas in turn", "quota reached", "rows.windows.tally_own_quota", "sums[r] >= units[period]",
        "sums[r] >= units[0]",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", sorted({fault.case for fault in FAULTS.values()}))
def test_without_a_bug_the_uncompiled_kernels_agree(name: str) -> None:
    CHECKED.agree(name)


@pytest.mark.parametrize("name", FAULTS)
def test_a_bug_planted_in_kernels_is_caught(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    CHECKED.catch(FAULTS[name], monkeypatch)


class ProgramFault(NamedTuple):
    """A bug in what a program knows of its seasons."""

    case: str
    shows: str
    spoil: Callable[[Program], Program]


def _seasons(program: Program, moved: int) -> Program:
    return program._replace(rates=program.rates._replace(seasons=np.roll(program.rates.seasons, moved, axis=1)))


IN_THE_PROGRAM: dict[str, ProgramFault] = {
    "a week late": ProgramFault("on all steps, by week", "entries", lambda p: _seasons(p, 1)),
    "the warm-up has the first weeks of the year": ProgramFault(
        "with market, noise, people and a warm-up", "entries", lambda p: _seasons(p, p.clock.warmup_weeks)
    ),
    "the quota of the period before": ProgramFault(
        "a pace by the season",
        "calls",
        lambda p: p._replace(quota=p.quota._replace(own=np.roll(p.quota.own, 1, axis=1))),
    ),
}


@pytest.mark.parametrize("name", IN_THE_PROGRAM)
def test_a_bug_planted_in_the_program_is_caught(name: str) -> None:
    fault = IN_THE_PROGRAM[name]
    program = compiled(CASES[fault.case])
    with pytest.raises(AssertionError, match=fault.shows):
        check(CASES[fault.case], 5, 0, fault.spoil(program))
