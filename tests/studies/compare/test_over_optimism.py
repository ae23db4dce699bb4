"""How much too hopeful the stage rate of one way of working is for another: known answers."""

from __future__ import annotations

from typing import Any

import pytest

from simcore.engine.paired import run_paired
from simcore.scenario.model import validate
from simcore.studies.compare.figures import over_optimism
from simcore.studies.compare.study import compare
from tests.support.scenario_cases import scenario


def checking(share: float) -> dict[str, Any]:
    """Return a team whose deals have what they need with 0.6 at the start, and are won with 0.7, or without it 0.2."""
    need = {"at_start": 0.6, "without": 0.2 / 0.7, "qualify": {"share": share, "works": 0.5}}
    return scenario(
        horizon={"weeks": 20},
        team={"reps": 1},
        plan={"calls_per_week": 400},
        funnel=[
            {"stage": "calls"},
            {"stage": "deals", "rate": 0.5},
            {"stage": "wins", "rate": 0.7, "needs": {"maker": need}},
        ],
        run={"replications": 32, "seed": 4},
    )


@pytest.mark.parametrize(("measured", "works", "hope"), [(1.0, 0.0, 1.2), (0.8, 0.2, 0.58 / 0.52)])
def test_a_rate_measured_where_more_is_checked_claims_too_much(measured: float, works: float, hope: float) -> None:
    """Of 128,000 deals, W(measured) / W(works) with W(q) = 0.2 + 0.5 (0.6 + 0.4 q 0.5); 4 standard errors."""
    paired = run_paired([validate(checking(share)) for share in (measured, works)])
    found = over_optimism(paired, 1, 0)
    assert found is not None
    assert found.estimate is not None
    assert found.se is not None
    assert found.se < 0.005
    assert abs(found.estimate - hope) < 4.0 * found.se
    assert abs(found.estimate - 1.0) > 4.0 * found.se
    back = over_optimism(paired, 0, 1)
    assert back is not None
    assert back.estimate == pytest.approx(1.0 / found.estimate)


def test_a_strategy_that_is_the_baseline_claims_what_it_wins_and_without_needs_nothing_is_claimed() -> None:
    plain = checking(0.5)
    twice = compare(validate(plain | {"strategies": {"one": {}, "other": {}}}))
    told = twice.against[0].over_optimism
    assert told is not None
    assert (told.estimate, told.low, told.high) == (1.0, 1.0, 1.0)
    del plain["funnel"][2]["needs"]
    assert compare(validate(plain | {"strategies": {"one": {}, "other": {}}})).against[0].over_optimism is None
