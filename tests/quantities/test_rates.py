"""Rates that are not known exactly: how they are written, what they mean, and what is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import integrate, special, stats

from simcore.analytic.assumptions import assumptions
from simcore.base.errors import ScenarioError
from simcore.quantities.rates import BetaLaw, Rate, between_law, counts_law
from simcore.scenario.digest import scenario_digest
from simcore.scenario.model import Scenario, validate
from simcore.scenario_files.vary import set_values


def with_rate(rate: object, **more: object) -> Scenario:
    funnel = [{"stage": "calls"}, {"stage": "meetings", "rate": rate}, {"stage": "wins", "rate": 0.1}]
    return validate({"simcore": 1, "name": "x", "deal": 5000, "funnel": funnel, **more})


def rate_of(scenario: Scenario) -> Rate:
    rate = scenario.funnel[1].rate
    assert rate is not None
    return rate


@pytest.mark.parametrize(("successes", "trials"), [(10, 500), (0, 40), (40, 40), (1, 1), (123_456, 10**8)])
def test_counts_leave_a_beta_distribution_by_jeffreys_prior(successes: int, trials: int) -> None:
    rate = rate_of(with_rate({"successes": successes, "trials": trials}))
    known = stats.beta(successes + 0.5, trials - successes + 0.5)
    assert rate.law == BetaLaw(successes + 0.5, trials - successes + 0.5)
    assert rate.mean == pytest.approx(known.mean(), rel=1e-12)
    assert rate.law.cv == pytest.approx(known.std() / known.mean(), rel=1e-9)
    for z in (-3.0, 0.0, 2.5):
        assert rate.law.quantile(z) == pytest.approx(known.ppf(special.ndtr(z)), rel=1e-8)
        assert rate.law.above(rate.law.quantile(z)) == pytest.approx(special.ndtr(-z), rel=1e-6)


@pytest.mark.parametrize("ends", [(0.01, 0.03), (1e-9, 1 - 1e-9), (0.4, 0.41), (0.9, 0.99)])
def test_two_ends_are_the_quantiles_of_a_logit_normal_law(ends: tuple[float, float]) -> None:
    law = between_law(*ends)
    assert [law.quantile(z) for z in stats.norm.ppf([0.05, 0.95])] == pytest.approx(ends, rel=1e-9)

    def moment(power: int) -> float:
        def density(z: float) -> float:
            return float(special.expit(law.centre + law.sigma * z)) ** power * float(stats.norm.pdf(z))

        return float(integrate.quad(density, -12, 12, limit=400, epsabs=1e-14)[0])

    assert law.mean == pytest.approx(moment(1), rel=1e-8)
    assert law.cv == pytest.approx(np.sqrt(moment(2) - moment(1) ** 2) / moment(1), rel=1e-6)
    assert law.above(ends[1]) == pytest.approx(0.05, rel=1e-9)


@pytest.mark.parametrize(
    "rate",
    [
        {"successes": 10, "trials": 500},
        {"successes": {"value": 10, "source": "log"}, "trials": "1,000", "rep_cv": 0.3},
        {"between": ["1%", "3%"], "week_cv": 0.1, "source": "a guess"},
    ],
)
def test_a_law_is_written_as_it_was_read_and_the_mean_is_not(rate: dict[str, Any]) -> None:
    scenario = with_rate(rate)
    written = scenario.resolved()["funnel"][1]["rate"]
    assert "mean" not in written
    assert written.keys() >= rate.keys()
    assert validate(scenario.resolved()) == scenario
    assert scenario_digest(validate(scenario.resolved())) == scenario_digest(scenario)


def test_the_digest_knows_the_law_and_not_only_its_mean() -> None:
    counted = with_rate({"successes": 10, "trials": 500})
    more = with_rate({"successes": 20, "trials": 1000})
    known = with_rate(rate_of(counted).mean)
    assert len({scenario_digest(each) for each in (counted, more, known)}) == 3


def test_assumptions_are_what_was_counted() -> None:
    scenario = with_rate({"successes": 10, "trials": 500, "source": "log"})
    told = {row.path: (row.value, row.source) for row in assumptions(scenario)}
    assert told["funnel.meetings.rate.successes"] == ("10", "log")
    assert told["funnel.meetings.rate.trials"] == ("500", "log")
    assert "funnel.meetings.rate.mean" not in told
    ends = {row.path: row.value for row in assumptions(with_rate({"between": [0.01, 0.03]}))}
    assert ends["funnel.meetings.rate.between"] == "0.01, 0.03"


@pytest.mark.parametrize(
    ("rate", "path", "says"),
    [
        ({"successes": 10}, "funnel.meetings.rate.trials", "is missing"),
        ({"trials": 10}, "funnel.meetings.rate.successes", "is missing"),
        ({"successes": 11, "trials": 10}, "funnel.meetings.rate.successes", "is more than the trials"),
        ({"successes": -1, "trials": 10}, "funnel.meetings.rate.successes", "is out of range"),
        ({"successes": 1.5, "trials": 10}, "funnel.meetings.rate.successes", "must be a whole number"),
        ({"successes": 0, "trials": 0}, "funnel.meetings.rate.trials", "is out of range"),
        ({"successes": 0, "trials": 2e9}, "funnel.meetings.rate.trials", "is out of range"),
        ({"between": [0.03, 0.01]}, "funnel.meetings.rate.between", "must have its lower end first"),
        ({"between": [0.03, 0.03]}, "funnel.meetings.rate.between", "must have its lower end first"),
        ({"between": [0, 0.03]}, "funnel.meetings.rate.between.1", "is out of range"),
        ({"between": [0.5, 1]}, "funnel.meetings.rate.between.2", "is out of range"),
        ({"between": [0.1, 0.2, 0.3]}, "funnel.meetings.rate.between", "has 3 ends"),
        ({"between": 0.1}, "funnel.meetings.rate.between", "must be a list"),
        ({"mean": 0.1, "between": [0.1, 0.2]}, "funnel.meetings.rate", "is given twice, by mean and by between"),
        ({"mean": 0.1, "trials": 9}, "funnel.meetings.rate", "is given twice, by mean and by successes and trials"),
        ({"rep_cv": 0.1}, "funnel.meetings.rate.mean", "is missing"),
        ({"successes": 5, "trials": 9, "rep_cv": 1e-4}, "funnel.meetings.rate.rep_cv", "is too small"),
        ({"successes": 8, "trials": 9, "rep_cv": 0.5}, "funnel.meetings.rate.rep_cv", "is more than a rate of 0.85"),
    ],
)
def test_what_is_refused(rate: object, path: str, says: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        with_rate(rate)
    assert [(problem.path, says in problem.message) for problem in caught.value.problems] == [(path, True)]


@pytest.mark.parametrize("law", [{"successes": 10, "trials": 500}, {"between": [0.01, 0.03]}])
def test_a_number_that_is_set_replaces_the_law_and_keeps_the_spreads(law: dict[str, object]) -> None:
    scenario = with_rate(law | {"rep_cv": 0.3})
    for path in ("funnel.meetings.rate", "funnel.meetings.rate.mean"):
        assert rate_of(set_values(scenario, {path: 0.05})) == Rate(mean=0.05, rep_cv=0.3)


def test_a_law_that_is_set_replaces_the_mean_and_other_laws() -> None:
    scenario = with_rate({"mean": 0.02, "week_cv": 0.1})
    counted = set_values(scenario, {"funnel.meetings.rate.successes": 3, "funnel.meetings.rate.trials": 90})
    assert rate_of(counted) == Rate.model_validate({"successes": 3, "trials": 90, "week_cv": 0.1})
    between = set_values(counted, {"funnel.meetings.rate.between": "[0.1, 0.2]"})
    assert rate_of(between) == Rate.model_validate({"between": [0.1, 0.2], "week_cv": 0.1})
    more = set_values(counted, {"funnel.meetings.rate.trials": 100})
    assert rate_of(more) == Rate.model_validate({"successes": 3, "trials": 100, "week_cv": 0.1})


def test_with_mean_forgets_the_law() -> None:
    rate = Rate.model_validate({"successes": 10, "trials": 500, "rep_cv": 0.2})
    assert rate.with_mean(0.1) == Rate(mean=0.1, rep_cv=0.2)
    assert counts_law(10, 500).mean == rate.mean


def test_chains_of_referrals_end_whatever_the_later_rates_are() -> None:
    def bringing(per_win: float, rate: object) -> Scenario:
        funnel = [{"stage": "calls"}, {"stage": "talks", "rate": 0.1}, {"stage": "wins", "rate": rate}]
        return validate({"simcore": 1, "name": "x", "deal": 1, "funnel": funnel, "referrals": {"per_win": per_win}})

    bringing(1.0, {"successes": 10, "trials": 50})
    bringing(2.0, {"successes": 1000, "trials": 5000})
    with pytest.raises(ScenarioError, match=r"would bring up to 1\.\d+ wins from every win by what is not known"):
        bringing(2.0, {"successes": 10, "trials": 50})
    with pytest.raises(ScenarioError, match="cannot differ between reps together with referrals"):
        bringing(0.5, {"successes": 10, "trials": 50, "rep_cv": 0.1})
