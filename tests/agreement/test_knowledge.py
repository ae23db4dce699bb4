"""Rates that are not known exactly: known answers, the bits of a law without width, and what a closed form says."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from simcore.analytic.expectations import chances, expected
from simcore.engine.paired import run_paired
from simcore.engine.simulation import simulate
from simcore.kernels.rows import knowledge
from simcore.results.result import Result
from simcore.scenario.model import Scenario, validate
from tests.support.both_engines import compiled, counts_of_engine, play
from tests.support.scenario_cases import MARKET, funnel, scenario
from tests.support.statistical import check_fit, check_mean, check_variance

CALLS, WORLDS = 200, 20_000
Ints = NDArray[np.int64]


def one_step(rate: dict[str, Any], **changes: object) -> dict[str, Any]:
    """Return one rep, one week, one step."""
    plain = scenario(
        horizon={"weeks": 1},
        team={"reps": 1},
        plan={"calls_per_week": CALLS},
        funnel=[{"stage": "calls"}, {"stage": "wins", "rate": rate}],
        deal={"fixed": 1},
    )
    return plain | changes


def wins_of(given: dict[str, Any], worlds: int = WORLDS) -> Ints:
    """Return the wins of each world."""
    found: Ints = play(compiled(given), 2026, count=worlds).detail.entered[..., -1].sum(axis=(1, 2))
    return found


@pytest.mark.parametrize(("successes", "trials"), [(10, 50), (0, 40), (39, 40), (10, 500)])
def test_successes_after_counts_are_beta_binomial(successes: int, trials: int) -> None:
    law = stats.betabinom(CALLS, successes + 0.5, trials - successes + 0.5)
    wins = wins_of(one_step({"successes": successes, "trials": trials}))
    mean, variance = float(law.mean()), float(law.var())
    assert abs(wins.mean() - mean) < 4.0 * (variance / WORLDS) ** 0.5
    fourth = float(((np.arange(CALLS + 1) - mean) ** 4 * law.pmf(np.arange(CALLS + 1))).sum())
    assert abs(wins.var() - variance) < 4.0 * ((fourth - variance**2) / WORLDS) ** 0.5
    observed = np.bincount(wins, minlength=CALLS + 1)
    check_fit("successes after counts", observed, law.pmf(np.arange(CALLS + 1)), detect=0.1)


def test_a_binomial_law_is_told_from_the_beta_binomial() -> None:
    """What a run at the mean of the law would give must not pass for one with it."""
    law = stats.betabinom(CALLS, 10.5, 490.5)
    wins = wins_of(one_step({"mean": 10.5 / 501.0}))
    with pytest.raises(AssertionError):
        check_variance("variance at the mean", wins, float(law.var()), detect=0.25 * float(law.var()))


@pytest.mark.parametrize("ends", [[0.01, 0.03], [0.2, 0.9]])
def test_successes_between_two_ends_have_the_moments_of_the_logit_normal(ends: list[float]) -> None:
    rate = validate(one_step({"between": ends})).funnel[1].rate
    assert rate is not None
    assert rate.law is not None
    wins = wins_of(one_step({"between": ends}))
    square = rate.mean**2 * (1.0 + rate.law.cv**2)
    variance = CALLS * (rate.mean - square) + CALLS**2 * (square - rate.mean**2)
    check_mean("successes between", wins, CALLS * rate.mean, detect=0.1 * variance**0.5)
    check_variance("variance of successes between", wins, variance, detect=0.2 * variance)


def test_all_reps_and_weeks_of_a_world_have_one_rate() -> None:
    """Counts of two reps, and of two weeks, covary by the variance of the rate."""
    given = one_step({"successes": 10, "trials": 50}, team={"reps": 2}, horizon={"weeks": 2})
    entered = play(compiled(given), 2026, count=WORLDS).detail.entered[..., -1].astype(np.float64)
    variance = CALLS**2 * float(stats.beta(10.5, 40.5).var())
    mean = CALLS * float(stats.beta(10.5, 40.5).mean())
    for name, (mine, theirs) in {
        "reps": (entered[:, 0, 0], entered[:, 1, 0]),
        "weeks": (entered[:, 0, 0], entered[:, 0, 1]),
    }.items():
        check_mean(f"covariance of {name}", (mine - mean) * (theirs - mean), variance, detect=0.2 * variance)


WIDE = {"turnover": {"yearly": 0.9, "vacancy_weeks": 2}}


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"team": {"reps": 3, **WIDE}, "market": MARKET},
        {"manager": {"slots": 1, "rule": "oracle", "repair": 0.9}},
    ],
)
@pytest.mark.parametrize("spreads", [{}, {"rep_cv": 0.4, "week_cv": 0.2}])
def test_a_law_without_width_has_the_results_of_a_known_rate(
    spreads: dict[str, float], changes: dict[str, Any]
) -> None:
    def of(first: dict[str, Any], last: dict[str, Any]) -> dict[str, Any]:
        habit = {"habit": {"factor": 0.5, "at_start": 0.5}} if "manager" in changes else {}
        stages = funnel({"rate": first | spreads, **habit}, {"lag": "1w"}, {"rate": last | spreads})
        return counts_of_engine(play(compiled(scenario(funnel=stages, **changes)), 2026, count=40))

    narrow = [{"between": [rate * (1.0 - 1e-14), rate * (1.0 + 1e-14)]} for rate in (0.2, 0.4)]
    assert of(narrow[0], narrow[1]) == of({"mean": 0.2}, {"mean": 0.4})


@pytest.mark.parametrize(
    "law", [{"fixed": None}, {"mean": None, "cv": 0.5}, {"mean": None, "cv": 1.2, "shape": "gamma"}]
)
def test_the_value_of_deals_between_two_ends_has_the_moments_of_its_law(law: dict[str, Any]) -> None:
    """Revenue of a world: K wins at one mean M, so E = E[K] E[M], and E of its square is known, too."""
    low, high = 800.0, 1300.0
    deal = {key: {"between": [low, high]} if value is None else value for key, value in law.items()}
    detail = play(compiled(one_step({"mean": 0.2}, deal=deal)), 2026, count=WORLDS).detail
    revenue = detail.cents[:, 0].sum(axis=(1, 2)) / 100.0
    sigma = float(np.log(high / low)) / (2.0 * 1.6448536269514722)
    mean, square = (float((low * high) ** (power / 2) * np.exp((power * sigma) ** 2 / 2)) for power in (1, 2))
    wins, cv = CALLS * 0.2, law.get("cv", 0.0)
    variance = (wins * (1 + cv**2) + wins**2 - CALLS * 0.2**2) * square - (wins * mean) ** 2
    check_mean("revenue", revenue, wins * mean, detect=0.1 * variance**0.5)
    check_variance("variance of revenue", revenue, variance, detect=0.2 * variance)
    given = validate(one_step({"mean": 0.2}, deal=deal))
    rows = {row.label: row.value for row in expected(given)}
    assert rows["value of a call"] == pytest.approx(0.2 * mean)
    assert "week: sd" not in rows


def test_a_price_without_width_changes_nothing() -> None:
    def of(price: object, **more: object) -> dict[str, Any]:
        given = scenario(deal={"mean": price, "cv": 0.4, **more}, strategies={"p": {}, "q": DISCOUNTS})
        return counts_of_engine(play(compiled(given), 2026, count=20))

    narrow = {"between": [1000 * (1 - 1e-14), 1000 * (1 + 1e-14)]}
    assert of(narrow) == of(1000)
    assert of(narrow, shape="gamma") == of(1000, shape="gamma")


DISCOUNTS = {"drives": {"d": {"signals": {"dry_spell": 1}, "changes": {"deal_value": {"slope": -0.1}}}}}
"""A strategy that is not run, with which revenue is counted in cents."""


def team_of(rate: dict[str, Any], **changes: object) -> Scenario:
    """Return one rep over a quarter, whose wins are those of one step."""
    plain = one_step(rate, horizon={"weeks": 13}, plan={"calls_per_week": 500}, quota={"per": "quarter", "amount": 130})
    return validate(plain | {"run": {"replications": WORLDS, "seed": 7}} | changes)


def p_quota_of(result: Result) -> tuple[float, float]:
    row = result.summary.quota
    assert row is not None
    assert row.p_hit is not None
    assert row.p_hit.estimate is not None
    assert row.p_hit.se is not None
    return row.p_hit.estimate, row.p_hit.se


@pytest.mark.parametrize("factor", [1, 100])
@pytest.mark.parametrize("share", [0.8, 1.0, 1.25])
def test_the_chance_of_quota_has_the_closed_form_and_is_flatter_the_less_is_known(factor: int, share: float) -> None:
    successes, trials, calls = 10 * factor, 500 * factor, 6500
    amount = round(130 * share)
    scenario = team_of({"successes": successes, "trials": trials}, quota={"per": "quarter", "amount": amount})
    law = stats.betabinom(calls, successes + 0.5, trials - successes + 0.5)
    exact = float(law.sf(amount - 1))
    chance, error = p_quota_of(simulate(scenario))
    assert abs(chance - exact) < 4.0 * error
    binomial = float(stats.binom(calls, (successes + 0.5) / (trials + 1)).sf(amount - 1))
    if factor == 1:
        assert abs(exact - 0.5) < abs(binomial - 0.5) or share == 1.0


def test_the_closed_form_of_a_spread_has_what_is_not_known_in_it() -> None:
    stages = funnel({"rate": {"successes": 10, "trials": 50, "rep_cv": 0.3}}, {}, {"rate": {"between": [0.2, 0.5]}})
    given = validate(scenario(horizon={"weeks": 13}, funnel=stages, run={"replications": WORLDS}))
    rows = {row.label: row.value for row in expected(given)}
    found = next(row for row in simulate(given).summary.averaging.close if row.horizon == "quarter").revenue
    for label, seen in (("quarter: mean", found.mean), ("quarter: sd", found.sd)):
        assert seen.estimate is not None
        assert seen.se is not None
        assert abs(seen.estimate - rows[label]) < 4.0 * seen.se, label
    assert "quarter: P(no win)" not in rows
    means = [stage.rate.mean for stage in given.funnel if stage.rate is not None]
    assert chances(given) == pytest.approx([1.0, means[0], means[0] * 0.5, means[0] * 0.5 * means[2]])


def test_a_rate_that_may_be_cut_with_noise_has_no_closed_form() -> None:
    stages = funnel({"rate": {"successes": 3, "trials": 4, "week_cv": 0.3}})
    assert chances(validate(scenario(funnel=stages))) is None
    spread = funnel({"rate": {"successes": 3, "trials": 4, "rep_cv": 0.5}})
    labels = [row.label for row in expected(validate(scenario(funnel=spread)))]
    assert "value of a call" in labels
    assert "week: sd" not in labels


def test_strategies_are_compared_in_worlds_of_the_same_rates() -> None:
    law = {"successes": 10, "trials": 50}
    more = [
        validate(scenario(funnel=funnel({"rate": law}), plan={"calls_per_week": calls}, run={"replications": 400}))
        for calls in (60, 66)
    ]
    paired = run_paired(more)
    assert float(np.corrcoef(*paired.revenue.astype(np.float64)).min()) > 0.9


REACTING = {
    "drives": {"d": {"level": [-1, 1], "signals": {"dry_spell": 0.5}, "changes": {"activity": {"slope": 0.2}}}},
}


@pytest.mark.parametrize("strategy", [{}, REACTING], ids=["steady", "reacting"])
@pytest.mark.parametrize("deal", [{"fixed": {"between": [800, 1300]}}, {"mean": {"between": [800, 1300]}, "cv": 0.4}])
def test_replications_side_by_side_are_what_each_is_alone(strategy: dict[str, Any], deal: dict[str, Any]) -> None:
    """Every replication of a row has its own rates and its own price; the twin plays one at a time."""
    stages = funnel({"rate": {"successes": 10, "trials": 50, "rep_cv": 0.3}}, {"rate": {"between": [0.3, 0.7]}}, {})
    program = compiled(scenario(team={"reps": 3}, funnel=stages, deal=deal, strategies={"s": strategy}))
    assert program.reaction.needed == bool(strategy)
    together = play(program, 2026, count=8, row=8).detail
    alone = [play(program, 2026, first=number, row=1).detail for number in range(8)]
    for number, each in enumerate(alone):
        assert np.array_equal(together.entered[number], each.entered[0])
        assert np.array_equal(together.cents[number], each.cents[0])
    assert len({int(each.cents.sum()) for each in alone}) == 8


def test_a_price_of_another_replication_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """A planted mistake: a row of teams that react takes the price of its first replication for all."""
    real = knowledge.price_about
    monkeypatch.setattr(knowledge, "price_about", lambda law, n, who, _, *rest: real(law, n, who, 0, *rest))
    with pytest.raises(AssertionError):
        test_replications_side_by_side_are_what_each_is_alone(REACTING, {"fixed": {"between": [800, 1300]}})
