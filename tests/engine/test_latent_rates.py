"""Who sits where at what true rates: the same people as in the run."""

from __future__ import annotations

import numpy as np
import pytest

from simcore.engine.latent_rates import first_people
from simcore.program.compiler import compile_scenario
from simcore.random.philox import split_seed
from tests.support.luck_worlds import given, sampled
from tests.support.scenario_cases import funnel
from tests.support.statistical import DeviationError, check_correlation, check_mean, check_variance

SPREAD = funnel({"rate": {"mean": 0.2, "rep_cv": 0.3}}, {"rate": {"mean": 0.5, "rep_cv": 0.2}}, {})


def gaps(shift: int) -> tuple[np.ndarray, np.ndarray]:
    """Return own rates of step 2, and conversions less these, of people taken from ``shift`` seats away."""
    sample = sampled(given(funnel=SPREAD, plan={"calls_per_week": 400}), 128)
    rates = np.roll(sample.people.rates[:, :, 2], shift, axis=1).ravel()
    trials, successes = (sample.entered[..., stage].sum(axis=2).ravel() for stage in (1, 2))
    return rates, successes / trials - rates


def holds(shift: int) -> None:
    """Check that results have the mean that own rates say, whatever the rate."""
    rates, gap = gaps(shift)
    check_correlation("conversion less own rate, and the rate", gap, rates, 0.0, detect=0.25)
    check_mean("conversion less own rate", gap, 0.0, detect=0.01)


def test_results_have_the_mean_that_own_rates_say() -> None:
    holds(0)


def test_the_rates_of_the_wrong_person_are_caught() -> None:
    with pytest.raises(DeviationError):
        holds(1)


def test_own_rates_have_the_moments_of_their_beta_distributions() -> None:
    people = first_people(compile_scenario(given(funnel=SPREAD)), split_seed(3), 0, 1024)
    for step, mean, cv in ((1, 0.2, 0.3), (2, 0.5, 0.2)):
        rates = people.rates[:, :, step].ravel()
        check_mean(f"own rate of step {step}", rates, mean, detect=0.03 * mean)
        check_variance(f"variance of step {step}", rates, (mean * cv) ** 2, detect=0.15 * (mean * cv) ** 2)
    assert (people.rates[:, :, 3] == 0.4).all()
    assert (people.rates[:, :, 0] == 1.0).all()


def test_who_leaves_makes_no_more_calls_and_who_stays_all() -> None:
    team = {"reps": 10, "turnover": {"yearly": 0.8, "vacancy_weeks": 2}}
    of = given(team=team, horizon={"weeks": 26, "warmup_weeks": 4})
    sample = sampled(of, 64)
    weeks = np.arange(sample.weeks)
    until = sample.people.until[:, :, None]
    assert (sample.entered[..., 0][weeks < until] == 60).all()
    left = (until > 0) & (until < sample.weeks)
    assert left.any()
    at_leaving = np.take_along_axis(sample.entered[..., 0], np.minimum(until, sample.weeks - 1), axis=2)
    assert (at_leaving[left] == 0).all()
    # 30 weeks of the chance to stay a week, 0.2 ** (1 / 52); the first of them nobody leaves.
    check_mean("stay for 30 weeks", (until == 26).ravel().astype(float), 0.2 ** (29 / 52), detect=0.2)


def test_newcomers_are_settled_after_their_ramp() -> None:
    team = {"reps": 3, "new": 2, "ramp": {"weeks": 6, "start": 0.3}}
    sample = sampled(given(team=team, horizon={"weeks": 13, "warmup_weeks": 2}), 32)
    assert sample.people.since[0].tolist() == [4, 4, 0]
    assert (sample.entered[:, 0, 4:, 0] == 60).all()
    assert (sample.entered[:, 0, 3, 0] < 60).all()
    assert sample.settled(4)[0].tolist() == [[False, True, True], [False, True, True], [True, True, True]]
