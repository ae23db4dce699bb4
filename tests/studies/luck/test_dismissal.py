"""Dismissal on results and on process measures: exact chances, identities, planted mistakes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from scipy import stats

from simcore.studies.luck.dismissal import (
    Cost,
    Rule,
    _pays_after,
    activity_after,
    dismissal,
    parse_rule,
    process_scores,
    quarterly_quota,
    worst_run,
)
from tests.support.luck_worlds import agrees, given, sampled
from tests.support.scenario_cases import funnel
from tests.support.statistical import DeviationError

if TYPE_CHECKING:
    from simcore.studies.luck.document import Dismissal, RuleRow

QUOTA = {"per": "quarter", "amount": 31_000}
SPREAD = funnel({"rate": {"mean": 0.2, "rep_cv": 0.25}})


def told(rule: Rule, shift: int = 0, worlds: int = 256, **changes: Any) -> Dismissal:  # noqa: ANN401
    """Return the answer, with the true rates taken from ``shift`` seats away."""
    of = given(**({"quota": QUOTA} | changes))
    sample = sampled(of, worlds)
    people = sample.people._replace(rates=np.roll(sample.people.rates, shift, axis=1))
    return dismissal(of, sample._replace(people=people), rule)


def row(found: Dismissal, rule: str) -> RuleRow:
    return next(each for each in found.rules if each.rule == rule)


@pytest.mark.parametrize(("below", "quarters"), [(0.8, 1), (0.9, 1), (0.95, 2)])
def test_without_differences_the_dismissed_are_binomial_and_sound(below: float, quarters: int) -> None:
    found = told(Rule(below, quarters), horizon={"weeks": 13 * quarters})
    once = float(stats.binom.cdf(np.ceil(below * 31.0) - 1, 780, 0.04))
    results = row(found, "results")
    agrees("dismissed", results.dismissed, once**quarters, detect=0.1)
    assert found.weak.estimate == 0.0
    for each in found.rules:
        assert each.dismissed.estimate == pytest.approx(results.dismissed.estimate)
        assert each.sound_among.estimate == 1.0
        assert each.sound_dismissed.estimate == each.dismissed.estimate
        assert each.weak_kept.estimate is None
        assert each.later_years.estimate == 0.0
        assert each.pays_after.estimate is None
    # A sound rep's 52 weeks against a vacancy of 6 and a ramp of 13 from 0.3, which loses 0.7 x 7 weeks.
    week = 60 * 0.04 * 1000.0
    agrees("first year", results.first_year, -week * (6.0 + 0.7 * 7.0), detect=0.05 * week * 10.9)


def weak_ones_go(shift: int) -> None:
    """Check that results dismiss more of the weak than of the sound, as only true rates can show."""
    found = told(Rule(0.8, 2), shift, funnel=SPREAD)
    results, lot = row(found, "results"), row(found, "by lot")
    gap = (lot.weak_kept.estimate or 0.0) - (results.weak_kept.estimate or 0.0)
    if gap < 5.0 * (results.weak_kept.se or 1.0):
        message = f"results find the weak no better than a lot does: {gap}"
        raise DeviationError(message)


def test_results_find_the_weak_better_than_a_lot() -> None:
    weak_ones_go(0)


def test_the_rates_of_the_wrong_person_are_caught() -> None:
    with pytest.raises(DeviationError):
        weak_ones_go(1)


def test_weighted_process_measures_find_what_differs() -> None:
    """Where only the first step differs its counts say more than wins do; all rules dismiss as many."""
    found = told(Rule(0.8, 2), funnel=SPREAD)
    results, steps, lot = (row(found, name) for name in ("results", "all steps", "by lot"))
    assert steps.dismissed.estimate == pytest.approx(results.dismissed.estimate)
    assert (steps.attainment.estimate or 1.0) < (results.attainment.estimate or 0.0) < (lot.attainment.estimate or 0.0)
    assert (steps.first_year.estimate or 0.0) > (results.first_year.estimate or 0.0)
    agrees("sound by lot", lot.sound_dismissed, lot.dismissed.estimate or 0.0, detect=0.1)
    weak, gone = found.weak.estimate or 0.0, results.dismissed.estimate or 0.0
    sound_gone = (results.sound_dismissed.estimate or 0.0) * (1.0 - weak)
    assert sound_gone == pytest.approx((results.sound_among.estimate or 0.0) * gone)


def test_weak_can_be_set_and_where_all_are_weak_none_is_sound() -> None:
    found = told(Rule(0.9, 1, weak=2.0), worlds=128)
    assert found.weak.estimate == 1.0
    assert row(found, "results").sound_dismissed.estimate is None
    assert row(found, "results").sound_among.estimate == 0.0


def test_a_rule_that_nobody_meets_has_no_cost() -> None:
    found = told(Rule(0.01, 2), worlds=128)
    assert all(each.dismissed.estimate == 0.0 for each in found.rules)
    assert all(each.sound_among.estimate is None and each.first_year.estimate is None for each in found.rules)


def test_vacancy_and_ramp_are_the_scenarios_own() -> None:
    team = {"reps": 5, "ramp": {"weeks": 4, "start": 0.5}, "turnover": {"yearly": 0.2, "vacancy_weeks": 3}}
    found = told(Rule(0.9, 1), worlds=128, team=team)
    assert (found.vacancy_weeks, found.ramp_weeks, found.ramp_start, found.assumed) == (3, 4, 0.5, [])


def test_a_replacement_pays_where_it_has_brought_as_much() -> None:
    busy = np.cumsum(activity_after(Cost(6, 13, 0.3, ()), 5200))
    assert 100.0 - busy[99] == pytest.approx(6 + 0.7 * 7)
    assert _pays_after(1.0, 0.5, busy) == pytest.approx(10.9 * 1.0 / 0.5)
    assert np.isnan(_pays_after(1.0, 1.0, busy))
    assert _pays_after(1.0, 0.0, busy) == pytest.approx(6.0)


def test_scores_are_in_standard_errors_below_the_team() -> None:
    counts = np.zeros((1, 2, 1, 3))
    counts[0, :, 0] = [[100, 10, 5], [100, 30, 15]]
    of = given(funnel=[{"stage": "calls"}, {"stage": "talks", "rate": 0.2}, {"stage": "wins", "rate": 0.5}])
    worst, weighted = process_scores(of, counts, np.ones((1, 2), np.bool_))
    assert worst[0, :, 0] == pytest.approx([(10 - 20) / 4.0, 0.0])
    assert (weighted == 0.0).all()


def test_runs_of_quarters() -> None:
    values = np.array([[0.6, 0.6, 0.9], [0.6, 0.9, 0.6]])
    assert (worst_run(values, 2) < 0.7).tolist() == [True, False]
    assert (worst_run(values, 1) < 0.7).tolist() == [True, True]


@pytest.mark.parametrize(("per", "amount"), [("week", 1000), ("month", 13_000 / 3), ("year", 52_000)])
def test_quotas_of_other_periods_are_those_of_a_quarter(per: str, amount: float) -> None:
    assert quarterly_quota(given(quota={"per": per, "amount": amount})) == pytest.approx(13_000)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("below", "below=SHARE"),
        ("under=0.7", "below=SHARE"),
        ("below=0.7,below=0.8", "each once"),
        ("below=much", "no number"),
        ("below=0", "above 0"),
        ("below=nan", "above 0"),
        ("quarters=0", "from 1 to 40"),
        ("weak=11", "at most 10"),
    ],
)
def test_rules_that_are_none_are_refused(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        parse_rule(text)
