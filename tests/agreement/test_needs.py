"""What deals need: neutral settings change nothing, checks lose no deal, and the known answers come out."""

from __future__ import annotations

import numpy as np
import pytest

from tests.support.both_engines import Scenario, compiled, play
from tests.support.reactive_cases import REACTIVE
from tests.support.scenario_cases import CASES

QUALIFY: Scenario = {"share": 0.7, "works": 0.5}
NEUTRAL: dict[str, Scenario] = {
    "met": {"maker": {"at_start": 1, "without": 0, "slows": 3, "calls": {"every": "1h", "surfaces": 1}}},
    "nothing lost": {"maker": {"at_start": 0.4, "without": 1, "calls": {"every": "1h", "surfaces": 0}}},
    "checked for nothing": {"maker": {"at_start": 0.4, "without": 1, "qualify": QUALIFY}},
    "three": {name: {"at_start": 0.4, "without": 1, "qualify": QUALIFY} for name in ("maker", "budget", "authority")},
}
STEADY = ("canonical", "market", "noise", "everything", "everything from a list", "caps on both", "eight stages")
PULLING = "pull_forward"


def with_needs(scenario: Scenario, needs: Scenario, stage: int) -> Scenario:
    """Return a scenario in which the deals of a step need something."""
    funnel = [dict(each) for each in scenario["funnel"]]
    funnel[stage]["needs"] = needs
    return {**scenario, "funnel": funnel}


def assert_same(one: Scenario, other: Scenario) -> None:
    """Compare all that is counted, but how deals with needs end."""
    mine, theirs = (play(compiled(each), 5, count=3) for each in (one, other))
    for name, a, b in zip(mine.tally.arrays._fields, mine.tally.arrays, theirs.tally.arrays, strict=True):
        assert name == "needs" or np.array_equal(a, b), name
    assert all(np.array_equal(a, b) for a, b in zip(mine.detail, theirs.detail, strict=True))


@pytest.mark.parametrize("kind", NEUTRAL)
@pytest.mark.parametrize("name", STEADY)
def test_neutral_needs_change_no_bit_of_a_steady_run(name: str, kind: str) -> None:
    """Of the engine of rows, which plays it without needs."""
    for stage in {2, len(CASES[name]["funnel"]) - 1}:
        assert_same(with_needs(CASES[name], NEUTRAL[kind], stage), CASES[name])


@pytest.mark.parametrize("kind", NEUTRAL)
@pytest.mark.parametrize("name", [name for name in REACTIVE if PULLING not in str(REACTIVE[name])])
def test_neutral_needs_change_no_bit_of_a_strategy_that_reacts(name: str, kind: str) -> None:
    for stage in {2, len(REACTIVE[name]["funnel"]) - 1}:
        assert_same(with_needs(REACTIVE[name], NEUTRAL[kind], stage), REACTIVE[name])
