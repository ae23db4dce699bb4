"""What a run needed is free when it ends, and does not wait for the collector of rings: it is a gigabyte at times."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

import pytest

from simcore.engine.paired import run_paired
from simcore.scenario_files.scenario_file import load_scenario

if TYPE_CHECKING:
    from collections.abc import Iterator

SMALL = {"team.reps": 1, "horizon.weeks": 13, "horizon.warmup_weeks": 0}


@pytest.fixture
def rings() -> Iterator[list[object]]:
    """Return, once the collector was asked, what only it could have freed."""
    gc.collect()
    gc.disable()
    gc.set_debug(gc.DEBUG_SAVEALL)
    yield gc.garbage
    gc.set_debug(0)
    gc.garbage.clear()
    gc.enable()


@pytest.mark.parametrize("name", ["trust-the-process", "quota-pressure", "hard-sell", "coach-the-process"])
def test_nothing_of_the_engine_is_part_of_a_ring(name: str, rings: list[object]) -> None:
    scenarios = [
        load_scenario(name, SMALL | {"run.strategy": strategy}) for strategy in load_scenario(name, SMALL).strategies
    ]
    run_paired(scenarios, replications=2, seed=1, threads=1)
    gc.collect()
    left = {type(each).__qualname__ for each in rings if type(each).__module__.startswith("simcore.")}
    assert left == set()
