"""Every kernel on every case, without a comparison: `make bounds` compiles them so that a wrong index is an error.

What they compute is compared with the twin elsewhere, in code that does not check indices. The twin takes most of that
time; here every case is played, in short rows and strides and with small lists, and random ones.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simcore.compiled.kept import numba_setting
from simcore.kernels.caps import is_capped
from simcore.kernels.rows import memory
from tests.agreement.test_coaching_agreement import coached
from tests.agreement.test_needs_agreement import pressed
from tests.agreement.test_strategies_agreement import random_drives
from tests.support import inflow_cases, season_cases
from tests.support.both_engines import Scenario, compiled, play
from tests.support.coaching_cases import COACHING
from tests.support.hopeless_cases import HOPELESS
from tests.support.needs_cases import NEEDS
from tests.support.parted_cases import PARTED_TEAMS
from tests.support.people_cases import PEOPLE
from tests.support.random_scenarios import scenarios
from tests.support.reactive_cases import ALONE, REACTIVE
from tests.support.scenario_cases import CASES

if TYPE_CHECKING:
    from collections.abc import Mapping

pytestmark = pytest.mark.skipif(
    numba_setting("BOUNDSCHECK") not in ("1", 1), reason="indices are checked by make bounds"
)

TABLES: dict[str, Mapping[str, Scenario]] = {
    "steady": CASES,
    "reacting": REACTIVE,
    "alone": ALONE,
    "coached": COACHING,
    "parted": PARTED_TEAMS,
    "hopeless": HOPELESS,
    "needs": NEEDS,
    "inflow": inflow_cases.STEADY,
    "inflow, reacting": inflow_cases.REACTING,
    "season": season_cases.STEADY,
    "season, reacting": season_cases.REACTING,
    "people": PEOPLE,
}
FIRST, BLOCKS = 250, (3, 9)
"""Replications on both sides of the end of a row."""


@pytest.mark.parametrize(("table", "name"), [(table, name) for table, cases in TABLES.items() for name in cases])
def test_no_index_is_out_of_bounds(table: str, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    program = compiled(TABLES[table][name])
    monkeypatch.setattr(memory, "PLACES", 64)
    monkeypatch.setattr(memory, "DEALS", 2)
    stride = None if is_capped(program) else 4
    details = table != "hopeless"
    assert play(program, 3, FIRST, row=4, stride=stride, blocks=BLOCKS, detailed=details).tally.replications == 12


@settings(max_examples=60, derandomize=True, deadline=None)
@given(st.one_of(scenarios(), coached(), pressed(), random_drives()), st.integers(0, 2**40 - 4))
def test_no_index_of_random_scenarios_is_out_of_bounds(scenario: Scenario, first: int) -> None:
    play(compiled(scenario), 3, first, 2, row=2)
