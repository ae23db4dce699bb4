"""What a run says of the rates that are not known exactly, against closed forms."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import stats

from simcore.engine.ignorance import ignorance_of, worlds_twice
from simcore.engine.playable import playable
from simcore.engine.simulation import simulate
from simcore.results.summary import Ignorance
from simcore.scenario.model import Scenario, validate
from simcore.statistics.estimate import Estimate
from tests.support.scenario_cases import scenario

CALLS, WEEKS, REPS, A, B = 200, 13, 3, 10.5, 40.5


def unsure(**changes: object) -> Scenario:
    stages = [{"stage": "calls"}, {"stage": "wins", "rate": {"successes": 10, "trials": 50}}]
    plain = scenario(
        horizon={"weeks": WEEKS},
        team={"reps": REPS},
        plan={"calls_per_week": CALLS},
        funnel=stages,
        deal={"fixed": 100},
        quota={"per": "quarter", "amount": 52_000},
    )
    return validate(plain | changes)


def found_of(given: Scenario) -> Ignorance:
    found = ignorance_of(given, playable(given), threads=2, stop=None)
    assert found is not None
    return found


def agrees(found: Estimate | None, exact: float) -> bool:
    assert found is not None
    assert found.estimate is not None
    assert found.se is not None
    return abs(found.estimate - exact) < 4.0 * found.se and 4.0 * found.se < 0.2 * exact


def chance_given(rates: np.ndarray[Any, Any], reps: int) -> np.ndarray[Any, Any]:
    """Return the chance that so many reps together reach their quota, at each rate."""
    return np.asarray(stats.binom.sf(520 * reps - 1, CALLS * WEEKS * reps, rates))


def test_the_parts_have_their_closed_forms() -> None:
    found = found_of(unsure())
    law = stats.beta(A, B)
    calls, mean, variance = CALLS * WEEKS * REPS, float(law.mean()), float(law.var())
    ignorance = calls**2 * variance
    luck = calls * (mean - mean**2 - variance)
    assert agrees(found.share, ignorance / (ignorance + luck))
    assert agrees(found.sd, 52 * CALLS * 100 * variance**0.5)
    rates = law.ppf((np.arange(200_000) + 0.5) / 200_000)
    assert agrees(found.p_hit_sd, float(chance_given(rates, 1).std()))
    assert agrees(found.p_hit_team_sd, float(chance_given(rates, REPS).std()))


def test_reps_who_differ_are_no_ignorance() -> None:
    """A planted confusion of people and knowledge would find more than there is."""
    rate = {"successes": 10_000, "trials": 50_000, "rep_cv": 0.5}
    found = found_of(unsure(funnel=[{"stage": "calls"}, {"stage": "wins", "rate": rate}]))
    assert found.share.estimate is not None
    assert abs(found.share.estimate) < 0.1


def test_what_is_known_has_none_and_a_stopped_run_says_none() -> None:
    known = unsure(funnel=[{"stage": "calls"}, {"stage": "wins", "rate": 0.2}])
    assert worlds_twice(known) == 0
    assert simulate(known, replications=32).summary.ignorance is None
    asked = iter([False] * 3 + [True] * 1000)
    stopped = simulate(unsure(), replications=20_000, stop=lambda: next(asked))
    assert stopped.summary.interrupted
    assert stopped.summary.ignorance is None


def test_a_run_tells_it_whatever_its_own_length() -> None:
    few, many = (simulate(unsure(), replications=number).summary.ignorance for number in (32, 64))
    assert few is not None
    assert few == many
    assert few.worlds == worlds_twice(unsure())
