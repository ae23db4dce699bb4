"""Regression to the mean: known answer 9, a control that gains nothing, planted mistakes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import stats

from simcore.studies.luck import regression_to_mean
from simcore.studies.luck.regression_to_mean import DEPTH, Pairs, pairs_of, regression
from simcore.studies.luck.reliability import retest_in_closed_form
from simcore.studies.luck.sample import Sample
from tests.support.luck_worlds import agrees, given, sampled
from tests.support.scenario_cases import funnel
from tests.support.statistical import DeviationError

MANY = {"plan": {"calls_per_week": 1000}, "horizon": {"weeks": 26}}
CASES: tuple[dict[str, Any], ...] = (
    MANY | {"funnel": funnel({"rate": {"mean": 0.2, "rep_cv": 0.05}})},
    MANY | {"funnel": funnel({}, {}, {"rate": {"mean": 0.4, "rep_cv": 0.1}})},
    MANY | {"funnel": funnel()},
)


def holds(changes: dict[str, Any]) -> None:
    """Check both tenths against (1 - r) x 1.755 sd, with r and sd in closed form, and the control."""
    of = given(**changes)
    found = regression(sampled(of, 512))
    r = retest_in_closed_form(of)
    assert r is not None
    calls, q = 13_000, 0.04
    luck = calls * q * (1.0 - q) * 1000.0**2
    # Of a team of ten, deviations from the own mean have 9/10 of the variance. Rates that vary add little to luck.
    sd = (0.9 * luck / (1.0 - r)) ** 0.5
    agrees("spread", found.spread, sd, detect=0.12 * sd)
    agrees("correlation", found.correlation, r, detect=0.25)
    for row, sign in zip(found.tenths, (1.0, -1.0), strict=True):
        agrees(f"{row.who} tenth", row.before, -sign * DEPTH * sd, detect=0.2 * DEPTH * sd)
        agrees(f"{row.who} tenth, next quarter", row.after, -sign * DEPTH * sd * r, detect=0.45 * DEPTH * sd)
        agrees(f"{row.who} tenth, change", row.change, sign * (1.0 - r) * DEPTH * sd, detect=0.45 * DEPTH * sd)
        agrees(f"{row.who} tenth, by lot", row.coached_by_lot, 0.0, detect=0.9 * DEPTH * sd)
        assert row.normal.estimate == pytest.approx(
            sign * (1.0 - (found.correlation.estimate or 0.0)) * DEPTH * (found.spread.estimate or 0.0)
        )


def test_the_depth_of_a_tenth_is_that_of_a_normal_distribution() -> None:
    assert pytest.approx(stats.norm.pdf(stats.norm.ppf(0.1)) / 0.1) == DEPTH


@pytest.mark.parametrize("changes", CASES)
def test_tenths_come_back_as_known_answer_9(changes: dict[str, Any]) -> None:
    holds(changes)


def test_a_lot_that_knows_results_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """A planted mistake: the control is not drawn by lot; the worst of the tenth are coached."""

    def chosen(sample: Sample) -> Pairs:
        pairs = pairs_of(sample)
        limit = np.quantile(np.abs(pairs.before), 0.9)
        return pairs._replace(coached=np.abs(pairs.before) > limit)

    monkeypatch.setattr(regression_to_mean, "pairs_of", chosen)
    with pytest.raises(DeviationError):
        holds(CASES[2])


def test_quarters_that_overlap_are_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """A planted mistake: the second quarter begins in the middle of the first."""

    def overlapping(sample: Sample, weeks: int) -> np.ndarray:
        return np.stack([sample.revenue[:, :, at : at + weeks].sum(axis=2) for at in (0, weeks // 2)], axis=2)

    monkeypatch.setattr(Sample, "amounts", overlapping)
    with pytest.raises(DeviationError):
        holds(CASES[2])


def test_the_lot_halves_the_pairs() -> None:
    pairs = pairs_of(sampled(given(), 128))
    assert pairs.coached.mean() == pytest.approx(0.5)
    assert len(pairs.before) == 1280
    # Within a team deviations sum to zero.
    assert np.bincount(pairs.world, pairs.before) == pytest.approx(np.zeros(128), abs=1e-6)
