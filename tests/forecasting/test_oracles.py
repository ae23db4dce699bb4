"""Scores and the life table against other libraries, whose values are kept: see `tests.support.oracle_values`."""

from __future__ import annotations

import json

import numpy as np
import pytest

from simcore.forecasting.scores import crps, pinball
from simcore.pipeline.ages import at_risk, exits
from simcore.pipeline.history import NEVER, OPEN, WON, History, known_before
from tests.support.oracle_values import FILE

KEPT = json.loads(FILE.read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", KEPT["scores"])
def test_scores_are_those_of_scoringrules(case: dict[str, object]) -> None:
    sample, actual = np.array(case["sample"]), float(str(case["actual"]))
    assert crps(sample, actual) == pytest.approx(case["crps"], rel=1e-9, abs=1e-12)
    pinballs: dict[str, float] = case["pinball"]  # type: ignore[assignment]
    for level, loss in pinballs.items():
        quantile = float(np.quantile(sample, float(level)))
        assert pinball(quantile, actual, float(level)) == pytest.approx(loss, rel=1e-9, abs=1e-11)


def test_the_life_table_is_that_of_lifelines() -> None:
    lives = KEPT["lives"]
    created = np.array(lives["created"], dtype=np.int64)
    closed = np.array([NEVER if day is None else day for day in lives["closed"]], dtype=np.int64)
    count = len(created)
    history = History(
        stages=("open",),
        segments=("all",),
        created=created,
        closed=closed,
        outcome=np.where(closed == NEVER, OPEN, WON),
        segment=np.zeros(count, dtype=np.int64),
        value=np.ones(count),
        visit_deal=np.arange(count),
        visit_stage=np.zeros(count, dtype=np.int64),
        visit_day=created,
        told=np.zeros(count, dtype=np.bool_),
    )
    visits = known_before(history, 60)
    risk = at_risk(visits, 0).sum(axis=(0, 1))
    ended = exits(visits, 0, (visits.won,)).sum(axis=(0, 1))
    ages = len(lives["survival"])
    assert ended[:ages].tolist() == lives["observed"]
    survival = np.cumprod(1.0 - ended[:ages] / risk[:ages])
    np.testing.assert_allclose(survival, lives["survival"], rtol=1e-12)
