"""Figures of runs in the same worlds, and their paired differences."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest

from simcore.contrast import Sums, difference_of, figure_of, sign_of, sums_of
from simcore.engine import simulate
from simcore.estimate import Z975
from simcore.scenario import validate
from simcore.summary import Estimate
from tests.scenario_cases import CASES, scenario

ONE = np.ones(200, np.int64)
RNG = np.random.default_rng(1)
SHARED, OWN = RNG.normal(size=(2, 200))


def test_a_paired_difference_has_the_error_of_the_pairs() -> None:
    mine, other = 100.0 + SHARED + 0.1 * OWN, 99.0 + SHARED
    found = difference_of(Sums(ONE, mine, ONE), Sums(ONE, other, ONE))
    assert found.estimate == pytest.approx(float(np.mean(mine - other)))
    assert found.se == pytest.approx(float(np.std(mine - other, ddof=1)) / sqrt(200))
    assert found.se is not None
    alone = figure_of("revenue", Sums(ONE, mine, ONE)).se
    assert alone is not None
    assert found.se < 0.2 * alone


def test_runs_that_are_equal_differ_by_exactly_nothing() -> None:
    sums = Sums(3 * ONE, SHARED, 7.5 * ONE)
    assert difference_of(sums, sums) == Estimate(estimate=0.0, se=0.0)


def test_windows_may_differ() -> None:
    found = difference_of(Sums(ONE, SHARED + 10, 2 * ONE), Sums(ONE, SHARED + 10, ONE))
    assert found.estimate == pytest.approx(-float(np.mean(SHARED + 10)) / 2)


def test_one_replication_has_no_error() -> None:
    sums = Sums(ONE[:1], SHARED[:1], ONE[:1])
    assert difference_of(sums, sums) == Estimate(estimate=0.0, se=None)


def test_only_equal_worlds_make_pairs() -> None:
    with pytest.raises(ValueError, match="different replications"):
        difference_of(Sums(ONE, SHARED, ONE), Sums(2 * ONE, SHARED, ONE))


@pytest.mark.parametrize(
    ("value", "error", "sign"),
    [(1.97, 1.0, 1), (-1.97, 1.0, -1), (Z975, 1.0, 0), (0.0, 0.0, 0), (1e-9, 0.0, 1), (5.0, None, 0), (None, 1.0, 0)],
)
def test_ahead_is_beyond_the_error(value: float | None, error: float | None, sign: int) -> None:
    assert sign_of(Estimate(estimate=value, se=error)) == sign


@pytest.mark.parametrize("name", ["canonical", "quota a month", "gamma deals", "everything from a list"])
def test_figures_are_those_of_the_summary(name: str) -> None:
    result = simulate(validate(CASES[name]), replications=60, seed=4)
    close = {row.horizon: row.revenue.mean for row in result.summary.averaging.close}
    found = figure_of("revenue", sums_of("revenue", result.program, result.tally))
    week = close["week"]
    assert week.estimate is not None
    assert week.se is not None
    assert found.estimate == pytest.approx(52 * week.estimate)
    assert found.se == pytest.approx(52 * week.se)
    quota = result.summary.quota
    if quota is None or quota.p_hit is None:
        with pytest.raises(ValueError, match="no whole quota period"):
            sums_of("p_quota", result.program, result.tally)
    else:
        assert figure_of("p_quota", sums_of("p_quota", result.program, result.tally)) == quota.p_hit


def test_a_run_shorter_than_its_quota_period_has_no_chance_of_quota() -> None:
    result = simulate(validate(scenario(quota={"per": "quarter", "amount": 1})), replications=2)
    with pytest.raises(ValueError, match="no whole quota period"):
        sums_of("p_quota", result.program, result.tally)
