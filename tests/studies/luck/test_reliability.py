"""How long until own results mean something: known answers 8 and 10, rankings, planted mistakes."""

from __future__ import annotations

from math import asin, pi, sqrt
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from scipy import stats

from simcore.scenario.model import Rate, Stage
from simcore.studies.luck.credibility import exact_weight, is_exact, moments, weight
from simcore.studies.luck.ranks import lowest
from simcore.studies.luck.reliability import reliability, retest_in_closed_form, spearman_brown
from simcore.studies.luck.sample import Sample
from tests.support.luck_worlds import agrees, given, sampled
from tests.support.scenario_cases import funnel
from tests.support.statistical import DeviationError

if TYPE_CHECKING:
    from simcore.scenario.model import Scenario
    from simcore.studies.luck.document import Reliability, WeightRow

ONE_STEP = {"funnel": funnel({"rate": {"mean": 0.2, "rep_cv": 0.3}})}
ALL_STEPS = {
    "funnel": funnel(*({"rate": {"mean": mean, "rep_cv": 0.25}} for mean in (0.2, 0.5, 0.4))),
    "deal": {"mean": 1000, "cv": 0.8},
}
NOISY = {
    "funnel": funnel(*({"rate": {"mean": mean, "rep_cv": 0.2, "week_cv": 0.2}} for mean in (0.1, 0.3, 0.2))),
    "market": {"sd": 0.15, "persistence": 0.8, "acts_on": ["meetings", "wins"]},
    "plan": {"calls_per_week": 200},
}


def row(found: Reliability, measure: str) -> WeightRow:
    return next(each for each in found.weights if each.measure == measure)


def weights_agree(of: Scenario, sample: Sample) -> None:
    """Check the simulated weights of results per call against the closed forms."""
    found = reliability(of, sample)
    for each in found.weights:
        if each.kind == "step" or not each.differs:
            continue
        for point in each.points:
            expected = point.known if point.exact is None else point.exact
            agrees(f"weight of {each.measure}, {point.weeks} weeks", point.weight, expected, detect=0.1)


@pytest.mark.parametrize("changes", [ONE_STEP, ALL_STEPS, NOISY])
def test_weights_are_known_answer_10(changes: dict[str, Any]) -> None:
    of = given(**changes)
    assert is_exact(of)
    weights_agree(of, sampled(of))


def test_the_rates_of_the_wrong_person_are_caught() -> None:
    of = given(**ONE_STEP)
    sample = sampled(of)
    people = sample.people._replace(rates=np.roll(sample.people.rates, 1, axis=1))
    with pytest.raises(DeviationError):
        weights_agree(of, sample._replace(people=people))


def test_the_weight_of_a_step_is_that_of_its_own_trials() -> None:
    of = given(funnel=funnel({}, {"rate": {"mean": 0.5, "rep_cv": 0.3}}))
    found = row(reliability(of, sampled(of)), "opportunities per meetings")
    a_plus_b = 0.5 / (0.5 * 0.3**2) - 1.0
    assert found.half_trials == pytest.approx(a_plus_b)
    for point in found.points:
        agrees(f"step, {point.weeks} weeks", point.weight, weight(12 * point.weeks, a_plus_b), detect=0.08)
    half = found.until[0]
    agrees("weeks to 1/2", half.weeks, a_plus_b / 12.0, detect=0.3 * a_plus_b / 12.0)
    assert half.known == pytest.approx(a_plus_b / 12.0)


def test_closed_forms_of_the_beta_distribution() -> None:
    for mean, cv in ((0.02, 0.5), (0.2, 0.25), (0.5, 0.9)):
        size = (1.0 - mean) / (mean * cv**2) - 1.0
        law = stats.beta(mean * size, (1.0 - mean) * size)
        of = moments([Stage(stage="wins", rate=Rate(mean=mean, rep_cv=cv))])
        assert of.variance == pytest.approx(law.var())
        assert of.half == pytest.approx(size)
    assert moments([Stage(stage="wins", rate=Rate(mean=0.3))]).half is None


def test_noise_and_market_leave_known_answer_10_where_they_are_off() -> None:
    of = given(**ALL_STEPS)
    for weeks in (1, 26):
        known = weight(60.0 * weeks, moments(list(of.funnel[1:3])).half)
        assert exact_weight(of, 2, weeks) == pytest.approx(known)
    noisy = given(**NOISY)
    assert exact_weight(noisy, 1, 26) < weight(26 * 200.0, moments([noisy.funnel[1]]).half)
    assert not is_exact(given(funnel=funnel({}, {}, {"lag": "1w"})))
    assert not is_exact(given(market={"step": 0.01, "persistence": 1, "acts_on": ["meetings"]}))


def retest_agrees(changes: dict[str, Any], worlds: int = 512) -> None:
    """Check the correlation of two quarters, and that of two half-years, against known answer 8."""
    of = given(horizon={"weeks": 52}, **changes)
    found = reliability(of, sampled(of, worlds)).retest
    expected = retest_in_closed_form(of)
    assert found is not None
    assert found.half_years is not None
    assert expected is not None
    agrees("two quarters", found.quarters, expected, detect=0.1)
    agrees("two half-years", found.half_years, float(spearman_brown(np.array(expected), 2.0)), detect=0.15)
    agrees("quarters for 0.8", found.quarters_for_80, 4.0 * (1.0 - expected) / expected, detect=3.0)


@pytest.mark.parametrize("changes", [ONE_STEP, ALL_STEPS])
def test_two_quarters_are_known_answer_8(changes: dict[str, Any]) -> None:
    retest_agrees(changes)


def test_quarters_that_overlap_are_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """A planted mistake: each period begins in the middle of the one before."""

    def overlapping(self: Sample, weeks: int) -> np.ndarray:
        sums = np.concatenate([np.zeros((*self.revenue.shape[:2], 1)), self.revenue.cumsum(axis=2)], axis=2)
        starts = np.arange(self.weeks // weeks) * (weeks // 2)
        return np.asarray(sums[:, :, starts + weeks] - sums[:, :, starts])

    monkeypatch.setattr(Sample, "amounts", overlapping)
    with pytest.raises(DeviationError):
        retest_agrees(ONE_STEP)


def test_the_better_of_two_is_ahead_as_normal_results_say() -> None:
    """P = 1/2 + arcsin(rho) / pi for normal differences with the correlation rho (Sheppard 1899)."""
    of = given(plan={"calls_per_week": 1000}, funnel=funnel({"rate": {"mean": 0.2, "rep_cv": 0.07}}))
    found = reliability(of, sampled(of, 256))
    pair = next(each for each in found.pairs if (each.horizon, each.measure) == ("quarter", "wins"))
    rho = sqrt(exact_weight(of, 3, 13))
    agrees("ahead by wins", pair.ahead, 0.5 + asin(rho) / pi - (pair.tied.estimate or 0.0) / 2.0, detect=0.06)
    total = sum(each.estimate or 0.0 for each in (pair.ahead, pair.tied, pair.behind))
    assert total == pytest.approx(1.0)
    (quarter,) = [each for each in found.rankings if each.horizon == "quarter"]
    agrees("luck in a ranking", quarter.luck, 1.0 - rho**2, detect=0.15)
    assert quarter.overlap_by_chance == pytest.approx(0.3)
    assert 0.3 < (quarter.overlap.estimate or 0.0) < 1.0


def test_where_reps_do_not_differ_all_is_luck() -> None:
    of = given()
    found = reliability(of, sampled(of, 256))
    for each in found.weights:
        assert not each.differs
        assert all(point.weight.estimate == point.weight.se == 0.0 for point in each.points)
        assert all(until.known is None and until.weeks.estimate is None for until in each.until)
    assert all(each.luck.estimate == 1.0 for each in found.rankings)
    assert all(each.overlap.estimate == pytest.approx(each.overlap_by_chance) for each in found.rankings)
    assert all(each.ahead.estimate is None for each in found.pairs)
    assert found.retest is not None
    agrees("two quarters of the same reps", found.retest.quarters, 0.0, detect=0.25)


def test_a_market_does_not_pass_for_skill() -> None:
    of = given(market={"sd": 0.3, "persistence": 0.9, "acts_on": ["meetings"]})
    found = reliability(of, sampled(of)).retest
    assert found is not None
    agrees("two quarters in one market", found.quarters, 0.0, detect=0.2)


def test_ties_are_broken_by_lot() -> None:
    values = np.array([[1.0, 1.0, 1.0, 2.0], [4.0, 3.0, 2.0, 1.0]])
    there = np.array([[True, True, True, True], [True, True, False, False]])
    expected = [[2 / 3, 2 / 3, 2 / 3, 0.0], [0.0, 1.0, 0.0, 0.0]]
    assert lowest(values, there, np.array([2, 1])) == pytest.approx(np.array(expected))
    assert not lowest(values, np.zeros((2, 4), np.bool_), np.zeros(2, np.int64)).any()
