"""The engine against the known answers of its model, on several parameter sets each.

Each ``check_...`` function takes what a run gave and what it should be; tests/faults/test_sabotage_statistics.py passes
wrong data to the same functions, and they must refuse it.
"""

from __future__ import annotations

from functools import cache
from math import exp, log, prod, sqrt
from typing import Any, NamedTuple

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from simcore import Result, simulate
from simcore.base.periods import DAY, HORIZONS, HOUR, WEEK
from simcore.program.tally import GROUPS, SQUARE, SUM
from simcore.scenario.model import validate
from simcore.statistics.estimate import Estimate
from tests.support.statistical import (
    check_correlation,
    check_estimate,
    check_fit,
    check_mean,
    check_quantile,
    check_share,
    check_variance,
)

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

VALUE = 10_000.0
GROUP_DEGREES = GROUPS - 1
MONTHS = (4, 4, 5)


class Law(NamedTuple):
    """A funnel without spread: its rates and the calls of a week."""

    calls: int
    rates: tuple[float, ...]

    @property
    def q(self) -> float:
        return prod(self.rates)


def stages(rates: tuple[float, ...], **changes: dict[str, Any]) -> list[dict[str, Any]]:
    """Return stages ``s0``, ``s1`` ... with these rates; ``s2={...}`` adds to a stage."""
    steps: list[dict[str, Any]] = [
        {"stage": f"s{number}", "rate": {"mean": rate}} for number, rate in enumerate(rates, 1)
    ]
    for step in steps:
        step.update(changes.get(step["stage"], {}))
    return [{"stage": "s0"}, *steps]


def run(size: tuple[int, int, int], seed: int, **sections: Any) -> Result:  # noqa: ANN401 - sections of a scenario
    """Simulate (replications, reps, weeks) and keep every rep-week."""
    replications, reps, weeks = size
    base = {"simcore": 1, "name": "known", "horizon": {"weeks": weeks}, "team": {"reps": reps}, "deal": VALUE}
    return simulate(validate(base | sections), replications=replications, seed=seed, keep_rep_weeks=True)


def counts_of(result: Result, stage: int = -1) -> Ints:
    """Return the entries into a stage, int64[replications, reps, weeks]."""
    assert result.rep_weeks is not None
    return result.rep_weeks.counts[..., stage]


def revenue_of(result: Result) -> Floats:
    """Return revenue by close, in units of the currency, float64[replications, reps, weeks]."""
    assert result.rep_weeks is not None
    return result.rep_weeks.cents_close / 100.0


def pair(figure: Estimate) -> tuple[float | None, float | None]:
    return figure.estimate, figure.se


# 1. Identical reps: wins are binomial.

STEADY = [
    Law(500, (0.02, 0.2, 0.5)),
    Law(40, (0.25, 0.3)),
    Law(120, (0.05,)),
    Law(1000, (0.04, 0.2, 0.6, 0.5, 0.5)),
]


@cache
def steady(law: Law) -> Result:
    return run((1024, 4, 52), 11, plan={"calls_per_week": law.calls}, funnel=stages(law.rates))


def windows(horizon: str, calls: int) -> list[int]:
    """Return the calls of the windows of a horizon in a year of 52 weeks of 40 hours."""
    edges = [hour * calls // 40 for hour in range(41)]
    lengths = {"month": MONTHS, "quarter": (13,), "year": (52,)}
    if horizon == "call":
        return [1]
    if horizon == "hour":
        return list(np.diff(edges))
    if horizon == "day":
        return list(np.diff(edges[::8]))
    return [calls * weeks for weeks in lengths.get(horizon, (1,))]


def check_binomial_moments(result: Result, law: Law) -> None:
    """Mean, sd and cv of wins at every horizon, and P(no win): exactly those of independent calls."""
    for row in result.summary.averaging.close:
        n = np.array(windows(row.horizon, law.calls), np.float64)
        mean = n.mean() * law.q
        sd = sqrt(mean * (1 - law.q) + law.q**2 * n.var())
        seen = row.revenue
        what = f"{row.horizon} {law}"
        tolerance = {"month": 0.035, "quarter": 0.055, "year": 0.11}.get(row.horizon, 0.03)

        def check(name: str, figure: Estimate, expected: float, share: float, what: str = what) -> None:
            degrees = GROUP_DEGREES
            check_estimate(f"{name} {what}", pair(figure), expected, degrees=degrees, detect=share * expected)

        check("mean", seen.mean, mean * VALUE, 0.03)
        check("sd", seen.sd, sd * VALUE, tolerance)
        check("cv", seen.cv, sd / mean, tolerance)
        assert seen.p_zero.estimate is not None
        if row.horizon in {"week", "quarter", "year"}:
            hits = round(seen.p_zero.estimate * row.periods)
            p_zero = float((1 - law.q) ** n[0])
            check_share(f"no win in a {what}", hits, row.periods, p_zero, detect=0.02)


@pytest.mark.parametrize("law", STEADY)
def test_wins_of_identical_reps_are_binomial_at_every_horizon(law: Law) -> None:
    check_binomial_moments(steady(law), law)


def check_binomial_law(counts: Ints, n: int, q: float, what: str) -> None:
    """The whole distribution of a count of independent calls."""
    flat = counts.ravel()
    most = int(flat.max()) + 1
    law = stats.binom.pmf(np.arange(most), n, q)
    check_fit(
        f"law of {what}",
        np.append(np.bincount(flat, minlength=most), 0),
        np.append(law, stats.binom.sf(most - 1, n, q)),
        detect=0.035,
    )


@pytest.mark.parametrize("law", STEADY)
def test_every_stage_of_a_week_has_its_binomial_law(law: Law) -> None:
    for stage in {1, len(law.rates)}:
        check_binomial_law(counts_of(steady(law), stage), law.calls, prod(law.rates[:stage]), f"stage {stage}, {law}")


def check_entries(counts: Ints, law: Law, stage: int) -> None:
    """The mean entries into a stage in a rep-week are calls times rates."""
    q = prod(law.rates[:stage])
    sd = sqrt(law.calls * q * (1 - q))
    check_mean(f"stage {stage}, {law}", counts.ravel(), law.calls * q, sd=sd, detect=0.03 * sd)


@pytest.mark.parametrize("law", STEADY)
def test_entries_per_rep_week_are_calls_times_rates(law: Law) -> None:
    for stage in range(1, len(law.rates) + 1):
        check_entries(counts_of(steady(law), stage), law, stage)


def check_unrelated(x: Ints, y: Ints, what: str) -> None:
    check_correlation(f"correlation of {what}", x.ravel(), y.ravel(), 0.0, detect=0.03)


def test_weeks_reps_and_replications_are_unrelated() -> None:
    wins = counts_of(steady(STEADY[0]), 1)
    check_unrelated(wins[:, :, 0::2], wins[:, :, 1::2], "a week and the next")
    check_unrelated(wins[:, 0::2], wins[:, 1::2], "a rep and the next")
    check_unrelated(wins[0::2], wins[1::2], "a replication and the next")
    check_unrelated(wins[:512], wins[512:], "replications far apart")


@pytest.mark.parametrize("law", STEADY)
def test_quantiles_are_those_of_the_binomial_law(law: Law) -> None:
    for row in steady(law).summary.averaging.close:
        if row.horizon not in {"week", "quarter", "year"}:
            continue
        n = windows(row.horizon, law.calls)[0]
        for share, figure in ((0.05, row.revenue.q05), (0.5, row.revenue.q50), (0.95, row.revenue.q95)):
            assert figure.estimate is not None
            wins = round(figure.estimate / VALUE)
            cdf = float(stats.binom.cdf(wins - 1, n, law.q)), float(stats.binom.cdf(wins, n, law.q))
            check_quantile(f"{share} of a {row.horizon}, {law}", share, row.periods, cdf, detect=0.08)


# 2. Random deal values.


class Deal(NamedTuple):
    """A deal as a scenario gives it, with its mean and variance."""

    given: dict[str, Any]
    mean: float
    variance: float


DEALS = [
    Deal({"mean": 8_000, "cv": 0.5}, 8_000, 4_000.0**2),
    Deal({"mean": 20_000, "cv": 0.8, "shape": "gamma"}, 20_000, 16_000.0**2),
    Deal({"values": [1_000, 5_000, 20_000], "weights": [5, 3, 2]}, 6_000, 51_000_000.0),
]
DEAL_LAW = Law(100, (0.2, 0.25))


def deal_run(given: Any, seed: int = 21) -> Result:  # noqa: ANN401 - a deal in any of its forms
    return run((512, 8, 26), seed, plan={"calls_per_week": 100}, funnel=stages(DEAL_LAW.rates), deal=given)


def check_compound(result: Result, deal: Deal, law: Law = DEAL_LAW) -> None:
    """Mean n q m and variance n (q (s2 + m^2) - q^2 m^2), in rep-weeks and in the summary's months and quarters."""
    by_week = law.q * deal.mean
    variance = law.q * (deal.variance + deal.mean**2) - (law.q * deal.mean) ** 2
    weekly = revenue_of(result).ravel()
    expected = law.calls * variance
    check_mean("mean of revenue", weekly, law.calls * by_week, sd=sqrt(expected), detect=0.03 * sqrt(expected))
    check_variance("variance of revenue", weekly, expected, detect=0.06 * expected)
    for row in result.summary.averaging.close:
        if row.horizon in {"month", "quarter"}:
            n = np.array(windows(row.horizon, law.calls), np.float64)
            sd = sqrt(n.mean() * variance + n.var() * by_week**2)
            check_estimate(f"sd of a {row.horizon}", pair(row.revenue.sd), sd, degrees=GROUP_DEGREES, detect=0.08 * sd)


@pytest.mark.parametrize("deal", DEALS, ids=["log-normal", "gamma", "list"])
def test_random_values_add_their_variance(deal: Deal) -> None:
    check_compound(deal_run(deal.given), deal)


# 3. Meetings per hour given the week's total.


def check_squares(result: Result, law: Law) -> None:
    """Squares of successes by hour and day: given the week's total K, those of a multivariate hypergeometric law.

    E[sum of X_h^2 | K] = K + K (K - 1) c, with c = sum of n_h (n_h - 1) / (n (n - 1)).
    """
    first = result.tally.arrays.first
    pairs = first[:, SQUARE, WEEK] - first[:, SUM, WEEK]
    for horizon in (HOUR, DAY):
        n = np.array(windows(HORIZONS[horizon], law.calls), np.float64)
        c = float((n * (n - 1)).sum() / (law.calls * (law.calls - 1)))
        if c == 0:
            assert (first[:, SQUARE, horizon] == first[:, SUM, WEEK]).all(), "more successes in an hour than calls"
            continue
        ratio = (first[:, SQUARE, horizon] - first[:, SUM, WEEK] - c * pairs) / pairs.mean()
        check_mean(f"pairs in one {HORIZONS[horizon]}, {law}", ratio, 0.0, detect=0.02 * c)


@pytest.mark.parametrize("law", [STEADY[0], STEADY[1], STEADY[3]])
def test_squares_by_hour_and_day_given_the_week(law: Law) -> None:
    check_squares(steady(law), law)


def hours_of_successes(plan: tuple[int, int], p: float, seed: int) -> Ints:
    """Return the successes of each hour of single weeks, int64[weeks, hours].

    Each further stage is one hour later with a rate of one, so that stage s holds the successes of the first hours.
    """
    calls, hours = plan
    later = {f"s{number}": {"lag": "1h"} for number in range(2, hours + 1)}
    result = run(
        (200, 500, 1),
        seed,
        calendar={"hours_per_day": hours, "days_per_week": 1},
        plan={"calls_per_week": calls},
        funnel=stages((p, *[1.0] * (hours - 1)), **later),
    )
    assert result.rep_weeks is not None
    entered = result.rep_weeks.counts[..., 1:].reshape(-1, hours)
    return np.diff(entered[:, ::-1], axis=1, prepend=0)


def check_hypergeometric(by_hour: Ints, plan: tuple[int, int]) -> None:
    """The full law of the hours given the week's total, for every total that is common enough."""
    calls, hours = plan
    sizes = np.diff([hour * calls // hours for hour in range(hours + 1)])
    totals = by_hour.sum(axis=1)
    for total in np.flatnonzero(np.bincount(totals) > 10_000):
        if total in {0, calls}:
            continue
        ways = [way for way in np.ndindex(*(sizes + 1)) if sum(way) == total]
        law = [float(stats.multivariate_hypergeom.pmf(way, sizes, total)) for way in ways]
        code = (calls + 1) ** np.arange(hours)
        found = np.bincount(by_hour[totals == total] @ code, minlength=(calls + 1) ** hours)
        seen = [int(found[int(np.dot(way, code))]) for way in ways]
        assert sum(seen) == int((totals == total).sum()), "more successes in an hour than calls"
        check_fit(f"hours of {total} of {calls} calls", seen, law, detect=0.1)


@pytest.mark.parametrize(("plan", "p"), [((7, 3), 0.4), ((5, 5), 0.5), ((10, 4), 0.2)])
def test_hours_given_the_week_are_multivariate_hypergeometric(plan: tuple[int, int], p: float) -> None:
    check_hypergeometric(hours_of_successes(plan, p, 31), plan)


# 4. Reps differ.


class Spread(NamedTuple):
    """A law with one step whose rate differs between reps."""

    law: Law
    step: int
    rep_cv: float


SPREADS = [
    Spread(Law(500, (0.05, 0.4, 0.5)), 1, 0.5),
    Spread(Law(200, (0.1, 0.3, 0.4)), 2, 0.3),
    Spread(Law(1000, (0.03, 0.25)), 2, 0.8),
]


def spread_run(spread: Spread, seed: int = 41) -> Result:
    law = spread.law
    mean = law.rates[spread.step - 1]
    own = {f"s{spread.step}": {"rate": {"mean": mean, "rep_cv": spread.rep_cv}}}
    return run((4096, 6, 12), seed, plan={"calls_per_week": law.calls}, funnel=stages(law.rates, **own))


def check_between_reps(wins: Ints, spread: Spread) -> None:
    """Variance n E[q(1-q)] + n^2 Var(q) at 1, 4 and 12 weeks; the floor of the cv is the reps' own."""
    law = spread.law
    second = law.q**2 * (1 + spread.rep_cv**2)
    reps = wins.reshape(-1, wins.shape[-1])
    for weeks in (1, 4, 12):
        n = law.calls * weeks
        within, between = n * (law.q - second), n * n * (second - law.q**2)
        expected = within + between
        total = reps[:, :weeks].sum(axis=1)
        what = f"{weeks} weeks, {spread}"
        check_mean(f"mean of {what}", total, n * law.q, sd=sqrt(expected), detect=0.15 * sqrt(expected))
        check_variance(f"variance of {what}", total, expected, detect=0.3 * expected)
    half = reps[:, :6].sum(axis=1), reps[:, 6:].sum(axis=1)
    covariance = (half[0] - half[0].mean()) * (half[1] - half[1].mean()) / (6 * law.calls * law.q) ** 2
    floor = spread.rep_cv**2
    check_mean(f"square of the floor of the cv, {spread}", covariance, floor, detect=0.3 * floor)


@pytest.mark.parametrize("spread", SPREADS)
def test_differing_reps_leave_a_floor_under_the_cv(spread: Spread) -> None:
    check_between_reps(counts_of(spread_run(spread)), spread)


# 5. A market that all share.


class Shared(NamedTuple):
    """A market on the first step."""

    law: Law
    sd: float
    persistence: float
    reps: int


MARKETS = [
    Shared(Law(500, (0.02, 0.4)), 0.2, 0.8, 4),
    Shared(Law(500, (0.02, 0.4)), 0.2, 0.8, 16),
    Shared(Law(300, (0.05, 0.5)), 0.2, 0.5, 8),
    Shared(Law(300, (0.05, 0.5)), 0.15, 0.0, 8),
]


def market_run(shared: Shared, seed: int = 51) -> Result:
    market = {"sd": shared.sd, "persistence": shared.persistence, "acts_on": ["s1"]}
    funnel = stages(shared.law.rates)
    plan = {"calls_per_week": shared.law.calls}
    return run((8192, shared.reps, 9), seed, plan=plan, funnel=funnel, market=market)


def floor_of(shared: Shared, weeks: int) -> float:
    """Return the variance of the market's mean over some weeks: the AR(1) sum, exp(sd^2 f^d) - 1 at distance d."""
    distance = np.abs(np.subtract.outer(np.arange(weeks), np.arange(weeks)))
    return float(np.expm1(shared.sd**2 * shared.persistence**distance).mean())


def check_market(wins: Ints, shared: Shared) -> None:
    """Mean and variance of the team's mean over 1, 3 and 9 weeks, and the covariance at each distance."""
    law = shared.law
    mean = law.calls * law.q
    own = (law.q - law.q**2 * exp(shared.sd**2)) * law.calls / shared.reps
    team = wins.mean(axis=1)
    for weeks in (1, 3, 9):
        expected = own / weeks + mean**2 * floor_of(shared, weeks)
        what = f"{weeks} weeks, {shared}"
        sample = team[:, :weeks].mean(axis=1)
        check_mean(f"mean of {what}", sample, mean, sd=sqrt(expected), detect=0.15 * sqrt(expected))
        check_variance(f"variance of {what}", sample, expected, detect=0.3 * expected)
    centred = team / mean - 1.0
    for distance in (1, 4):
        expected = float(np.expm1(shared.sd**2 * shared.persistence**distance))
        products = (centred[:, distance:] * centred[:, :-distance]).mean(axis=1)
        check_mean(f"covariance at {distance}, {shared}", products, expected, detect=0.25 * np.expm1(shared.sd**2))


@pytest.mark.parametrize("shared", MARKETS)
def test_a_shared_market_leaves_a_floor_that_more_reps_do_not_lower(shared: Shared) -> None:
    check_market(counts_of(market_run(shared)), shared)


# 5b. A market that starts from a level, and one that does not come back.

LEVELS: list[dict[str, Any]] = [
    {"step": 0.03, "persistence": 1},
    {"step": 0.015, "persistence": 1, "start": {"level": 0.8, "sd": 0.1}},
    {"sd": 0.15, "persistence": 0.95, "start": 0.6},
]
LEVEL_LAW = Law(500, (0.1, 0.4))


def level_run(market: dict[str, Any], seed: int = 52) -> Result:
    acts_on = {"acts_on": ["s1"]}
    plan = {"calls_per_week": LEVEL_LAW.calls}
    return run((8192, 2, 52), seed, plan=plan, funnel=stages(LEVEL_LAW.rates), market=market | acts_on)


def factor_law(market: dict[str, Any]) -> tuple[Floats, Floats]:
    """Return means and covariances of the factors of 52 weeks, by the recursion of their logarithms."""
    size: float = market["step" if market["persistence"] == 1 else "sd"]
    start = market.get("start", 1.0)
    level, known = (start["level"], start["sd"]) if isinstance(start, dict) else (start, 0.0)
    week = np.arange(1, 53)
    if market["persistence"] == 1:
        mean = np.full(52, level)
        log_covariance = known**2 + size**2 * np.minimum.outer(week, week)
    else:
        memory = market["persistence"] ** week
        variance = size**2 + memory**2 * (known**2 - size**2)
        mean = np.exp(memory * (log(level) + (size**2 - known**2) / 2) + (variance - size**2) / 2)
        distance = np.abs(np.subtract.outer(week, week))
        log_covariance = np.minimum.outer(variance, variance) * market["persistence"] ** distance
    return mean, np.outer(mean, mean) * np.expm1(log_covariance)


def check_level(wins: Ints, market: dict[str, Any]) -> None:
    """Mean and variance of a seat's first week, last week and year."""
    mean, covariance = factor_law(market)
    calls, q = LEVEL_LAW.calls, LEVEL_LAW.q
    for what, weeks in (("first week", slice(0, 1)), ("last week", slice(51, 52)), ("year", slice(0, 52))):
        second = covariance[weeks, weeks].diagonal() + mean[weeks] ** 2
        expected = calls * q * mean[weeks].sum()
        luck = calls * (q * mean[weeks] - q * q * second).sum()
        variance = luck + (calls * q) ** 2 * covariance[weeks, weeks].sum()
        sample = wins[:, :, weeks].sum(axis=2)[:, 0].astype(np.float64)
        check_mean(f"mean of the {what}, {market}", sample, expected, sd=sqrt(variance), detect=0.1 * sqrt(variance))
        check_variance(f"variance of the {what}, {market}", sample, variance, detect=0.25 * variance)


@pytest.mark.parametrize("market", LEVELS)
def test_a_market_spreads_from_its_level(market: dict[str, Any]) -> None:
    check_level(counts_of(level_run(market)), market)


# 8. Two periods of the same reps.


def check_repeated(wins: Ints, spread: Spread, weeks: int) -> None:
    """The correlation of two periods is the share of variance between reps; k periods pool to k r / (1 + (k - 1) r)."""
    law = spread.law
    second = law.q**2 * (1 + spread.rep_cv**2)
    n = law.calls * weeks
    between = n * n * (second - law.q**2)
    r = between / (between + n * (law.q - second))
    periods = wins.reshape(-1, wins.shape[-1] // weeks, weeks).sum(axis=2)
    for k in (1, 2):
        pooled = k * r / (1 + (k - 1) * r)
        before, after = periods[:, :k].sum(axis=1), periods[:, k : 2 * k].sum(axis=1)
        check_correlation(f"{k} periods of {weeks} weeks, {spread}", before, after, pooled, detect=0.1)


@pytest.mark.parametrize("spread", SPREADS)
def test_two_periods_correlate_by_the_share_between_reps(spread: Spread) -> None:
    check_repeated(counts_of(spread_run(spread, seed=81)), spread, 3)


# 11. Open items.


class Waiting(NamedTuple):
    """A lag as a scenario gives it, and its mean in whole hours."""

    given: Any
    hours: float


def rounded_mean(law: Any) -> float:  # noqa: ANN401 - a frozen SciPy distribution
    """Return the mean of a lag rounded to whole hours: the sum of P(lag >= j) over j >= 1."""
    return float(law.sf(np.arange(1, 20_000) - 0.5).sum())


WAITS = [
    Waiting({"fixed": "2d"}, 16.0),
    Waiting({"median": "3d", "p90": "8d"}, rounded_mean(stats.lognorm(log(8 / 3) / stats.norm.ppf(0.9), scale=24))),
    Waiting({"mean": "5d", "cv": 0.8}, rounded_mean(stats.gamma(1 / 0.64, scale=40 * 0.64))),
    Waiting({"values": ["1d", "4d", "2w"], "weights": [2, 1, 1]}, 0.5 * 8 + 0.25 * 32 + 0.25 * 80),
]
LAG_RATES = (0.1, 0.5, 0.5, 0.5)


def lag_run(waits: list[Any], seed: int = 91) -> Result:
    """Simulate a steady pipeline with one of the lags on each step."""
    funnel = stages(LAG_RATES, **{f"s{step}": {"lag": wait} for step, wait in enumerate(waits, 1)})
    horizon = {"weeks": 1, "warmup_weeks": 16}
    return run((768, 8, 1), seed, plan={"calls_per_week": 400}, funnel=funnel, horizon=horizon)


def check_open(result: Result, waits: list[Waiting]) -> None:
    """Open items are arrival rate x mean lag: bookings wait for step 1, items of stage s - 1 for step s."""
    for step, wait in enumerate(waits, 1):
        arrivals = 10 * prod(LAG_RATES[: max(step - 1, 1)])
        expected = arrivals * wait.hours
        row = result.summary.open_at_end[step - 1]
        figure = pair(row.per_rep)
        check_estimate(f"waiting for s{step}", figure, expected, degrees=GROUP_DEGREES, detect=0.06 * expected)


@pytest.mark.parametrize("turn", range(4))
def test_open_items_are_arrivals_times_mean_lag(turn: int) -> None:
    waits = WAITS[turn:] + WAITS[:turn]
    check_open(lag_run([wait.given for wait in waits]), waits)


# 12. The binomial tail, as a quota.


class Target(NamedTuple):
    """A quota of some wins for a quarter of 13 weeks."""

    law: Law
    wins: int


TARGETS = [Target(Law(500, (0.02, 0.2, 0.5)), 13), Target(Law(80, (0.1, 0.3)), 35), Target(Law(1500, (0.001,)), 17)]


def check_tail(result: Result, target: Target) -> None:
    """P(quota) of a rep, and of the team, is the tail of a binomial law."""
    quota = result.summary.quota
    assert quota is not None
    reps = result.summary.size.reps
    for team, figure in ((1, quota.p_hit), (reps, quota.p_hit_team)):
        assert figure is not None
        assert figure.estimate is not None
        n = 13 * target.law.calls * team
        expected = float(stats.binom.sf(target.wins * team - 1, n, target.law.q))
        trials = result.summary.size.replications * reps * 4 // team
        check_share(f"{team} reps, {target}", round(figure.estimate * trials), trials, expected, detect=0.06)


def quota_run(target: Target) -> Result:
    quota = {"per": "quarter", "amount": target.wins * VALUE}
    plan = {"calls_per_week": target.law.calls}
    return run((1280, 5, 52), 101, plan=plan, funnel=stages(target.law.rates), quota=quota)


@pytest.mark.parametrize("target", TARGETS)
def test_chance_of_quota_is_the_binomial_tail(target: Target) -> None:
    check_tail(quota_run(target), target)


def test_5000_calls_give_ten_wins_in_54_percent_of_weeks() -> None:
    quota = {"per": "week", "amount": 10 * VALUE}
    result = run((512, 5, 52), 102, plan={"calls_per_week": 5000}, funnel=stages((0.02, 0.2, 0.5)), quota=quota)
    row = result.summary.quota
    assert row is not None
    assert row.p_hit is not None
    assert row.p_hit.estimate is not None
    trials = result.summary.size.rep_weeks
    tail = float(stats.binom.sf(9, 5000, 0.002))
    assert round(100 * tail) == 54
    check_share("at least 10 wins of 5,000 calls", round(row.p_hit.estimate * trials), trials, tail, detect=0.02)
