"""Items that come without a call, and plans without calls: the engine against the twin, draw for draw."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.both_engines import check, compiled, play
from tests.support.inflow_cases import REACTING, STEADY, flowing
from tests.support.random_scenarios import scenarios
from tests.support.scenario_cases import Scenario

CASES = STEADY | REACTING


@pytest.mark.parametrize("name", CASES)
def test_engine_and_twin_agree(name: str) -> None:
    check(CASES[name], 5, 0)


@settings(max_examples=25, derandomize=True, deadline=None)
@given(scenarios().filter(lambda plain: "inflow" in plain), st.integers(0, 2**64 - 1), st.integers(0, 2**40 - 1))
def test_random_inflows_agree(scenario: Scenario, seed: int, replication: int) -> None:
    check(scenario, seed, replication)


@settings(max_examples=25, derandomize=True, deadline=None)
@given(scenarios().filter(lambda plain: "inflow" in plain), st.integers(0, 2**64 - 1))
def test_random_inflows_with_referrals_agree(scenario: Scenario, seed: int) -> None:
    rates = [step["rate"] for step in scenario["funnel"][2:]]
    if any(isinstance(rate, dict) for rate in rates):
        rates = []  # such chains may be without an end
    check(scenario | ({"referrals": {"per_win": 0.3, "lag": "3h"}} if rates else {}), seed, 1)


@pytest.mark.parametrize("name", ["lags", "capped", "at once, nobody calls", "haste", "pulls"])
def test_nothing_depends_on_rows_and_strides(name: str) -> None:
    program = compiled(CASES[name])
    whole = play(program, 3, 0, 9)
    parts = play(
        program, 3, 0, 9, blocks=(2, 4, 3), row=2, stride=3 if name in {"lags", "at once, nobody calls"} else None
    )
    assert (whole.detail.cents == parts.detail.cents).all()
    assert (whole.detail.entered == parts.detail.entered).all()


def test_an_inflow_more_changes_no_other_item() -> None:
    """Inflows are numbered, and share no address: what a second one brings is added to what was there."""
    one, other = {"stage": "leads", "per_week": 3, "cv": 1}, {"stage": "leads", "per_week": 2, "to": "seat"}
    alone, both, calls = (play(compiled(flowing(inflow=each)), 3, 0, 4) for each in ([one], [one, other], []))
    second = play(compiled(flowing(inflow=[{"stage": "leads", "per_week": 1e-6}, other])), 3, 0, 4)
    assert second.detail.entered.sum() > calls.detail.entered.sum()
    assert (both.detail.entered - alone.detail.entered == second.detail.entered - calls.detail.entered).all()
