"""What is known of steps without a row."""

from __future__ import annotations

from simcore.kernels.funnel import last_hour
from tests.support.both_engines import compiled
from tests.support.scenario_cases import scenario


def test_the_clock_ends_with_the_last_week_that_has_an_address() -> None:
    assert last_hour(compiled(scenario()).clock) == 65536 * 40 - 1
