"""The peers of the benchmark simulate what they claim to: each against exact values, 5 standard errors wide.

The seed is fixed, so a test that passes once passes always. A right peer fails at a new seed with a chance
of about 4e-5 (60 figures, 6e-7 each); the sabotaged twins must fail. Of a strategy that reacts nothing is known
exactly: that peer is held against simcore.
"""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from math import comb, hypot, sqrt
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pytest

from benchmarks import speed
from benchmarks.peers import c_peer, numpy_peer, numpy_reactive, python_peer, simpy_peer
from benchmarks.peers.canonical import (
    HORIZONS,
    Horizon,
    Statistics,
    WindowCounts,
    describe_horizon,
    quantile,
    sums,
)
from benchmarks.peers.numpy_reactive import Decides, Draws, ReactiveStatistics
from benchmarks.peers.periods import Periods
from benchmarks.report import Goal, Report, Series, render
from simcore.base.periods import WEEK
from simcore.engine.simulation import simulate as simcore_simulate
from simcore.program.tally import CLOSE, ENTERED, GROUPS, TOTAL
from simcore.scenario.model import with_strategy
from simcore.scenario.signals import DEADLINE
from simcore.statistics.jackknife import jackknife
from simcore.statistics.moments_and_quantiles import ratio
from tests.support.statistical import FAMILY, MAX_CHECKS, SUITE, Budget, DeviationError, check_estimate

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from simcore.statistics.estimate import Estimate

SEED = 2026
Q = 0.02 * 0.20 * 0.50
CALLS: dict[Horizon, tuple[tuple[int, float], ...]] = {
    "call": ((1, 1.0),),
    "hour": ((12, 0.5), (13, 0.5)),
    "day": ((100, 1.0),),
    "week": ((500, 1.0),),
    "month": ((2000, 2 / 3), (2500, 1 / 3)),
    "quarter": ((6500, 1.0),),
    "year": ((26000, 1.0),),
}
"""Calls in a period of each horizon, with the share of such periods."""
PERIODS_OF_YEAR: dict[Horizon, int] = {
    "call": 26000,
    "hour": 2080,
    "day": 260,
    "week": 52,
    "month": 12,
    "quarter": 4,
    "year": 1,
}


def distribution(horizon: Horizon, rate: float) -> list[float]:
    """Exact probabilities of 0, 1, 2, ... successes in a period: a mixture of binomials."""
    most = max(n for n, _ in CALLS[horizon])
    p = Fraction(rate).limit_denominator(10_000)
    masses = [0.0] * (most + 1)
    for n, share in CALLS[horizon]:
        mass = float((1 - p) ** n)
        for k in range(min(n, 1500) + 1):
            masses[k] += share * mass
            mass *= (n - k) / (k + 1) * rate / (1 - rate)
    return masses


class Exact:
    """Mean, standard deviation and the standard errors of both from ``periods`` independent periods."""

    def __init__(self, masses: list[float], periods: int) -> None:
        self.masses = masses
        self.mean = sum(k * mass for k, mass in enumerate(masses))
        variance = self.central(2)
        self.sd = sqrt(variance)
        self.mean_error = self.sd / sqrt(periods)
        self.sd_error = sqrt((self.central(4) - variance**2) / periods) / (2 * self.sd)

    def central(self, power: int) -> float:
        return sum((k - self.mean) ** power * mass for k, mass in enumerate(self.masses))

    def quantile(self, probability: float) -> int:
        below = 0.0
        for k, mass in enumerate(self.masses):
            below += mass
            if below >= probability:
                return k
        return len(self.masses) - 1


def check(found: Statistics, replications: int) -> None:
    """Hold all figures of a peer against the exact ones."""
    assert found["rep_weeks"] == replications * 520
    weeks = found["rep_weeks"]
    funnel = (found["meetings_per_week"], found["opportunities_per_week"], found["wins_per_week"])
    for value, mean in zip(funnel, (10.0, 2.0, 1.0), strict=True):
        assert value == pytest.approx(mean, abs=5 * sqrt(mean / weeks))
    for horizon in HORIZONS:
        check_horizon(found, horizon, replications * 10 * PERIODS_OF_YEAR[horizon])
    p_quota = sum(distribution("quarter", Q)[13:])
    error = sqrt(p_quota * (1 - p_quota) / (replications * 40))
    assert found["p_quota"] == pytest.approx(p_quota, abs=5 * error)


def check_horizon(found: Statistics, horizon: Horizon, periods: int) -> None:
    row = found["horizons"][horizon]
    wins, first = Exact(distribution(horizon, Q), periods), Exact(distribution(horizon, 0.02), periods)
    assert row["mean"] == pytest.approx(10_000 * wins.mean, abs=10_000 * 5 * wins.mean_error)
    assert row["sd"] == pytest.approx(10_000 * wins.sd, abs=10_000 * 5 * wins.sd_error)
    assert row["first_mean"] == pytest.approx(first.mean, abs=5 * first.mean_error)
    assert row["first_sd"] == pytest.approx(first.sd, abs=5 * first.sd_error)
    none = wins.masses[0]
    assert row["p_zero"] == pytest.approx(none, abs=5 * sqrt(none * (1 - none) / periods))
    for probability, value in ((0.05, row["q05"]), (0.50, row["q50"]), (0.95, row["q95"])):
        slack = 5 * sqrt(probability * (1 - probability) / periods)
        low, high = wins.quantile(max(probability - slack, 0.0)), wins.quantile(min(probability + slack, 1.0))
        assert 10_000 * low <= value <= 10_000 * high


@pytest.fixture(scope="module")
def c_program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if c_peer.compiler() is None:
        pytest.skip("no gcc on this machine")
    return c_peer.build(tmp_path_factory.mktemp("c_peer"))


@pytest.mark.parametrize(
    ("simulate", "replications"),
    [(numpy_peer.simulate, 500), (python_peer.simulate, 8), (simpy_peer.simulate, 2)],
    ids=["numpy", "python", "simpy"],
)
def test_peer(simulate: Callable[[int, int], Statistics], replications: int) -> None:
    check(simulate(replications, SEED), replications)


def test_c_peer(c_program: Path) -> None:
    check(c_peer.run(c_program, 5_000, SEED).statistics, 5_000)


def test_c_peer_repeats_itself(c_program: Path) -> None:
    first, again, other = (c_peer.run(c_program, 20, seed).statistics for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_c_peer_generates_philox(c_program: Path) -> None:
    # Random123, kat_vectors: philox4x32 10, counter and key 0
    assert c_peer.output(c_program, "words").split() == ["6627e8d5", "e169c58d", "bc57ac4c", "9b00dbd8"]


@pytest.mark.parametrize(
    "sabotage",
    [
        pytest.param(("MEETING_RATE", 0.0205), id="meeting rate"),
        pytest.param(("OPPORTUNITY_RATE", 0.205), id="opportunity rate"),
        pytest.param(("WIN_RATE", 0.51), id="win rate"),
        pytest.param(("HOURS_BY_CALLS", {12: np.arange(40)}), id="every hour has 12 calls"),
        pytest.param(("MONTH_STARTS", np.arange(0, 48, 4)), id="months of four weeks"),
    ],
)
def test_the_check_can_fail(monkeypatch: pytest.MonkeyPatch, sabotage: tuple[str, object]) -> None:
    monkeypatch.setattr(numpy_peer, *sabotage)
    with pytest.raises(AssertionError):
        check(numpy_peer.simulate(500, SEED), 500)


class Figure(NamedTuple):
    """A figure with its standard error."""

    value: float
    error: float

    @classmethod
    def of(cls, estimate: Estimate) -> Figure:
        assert estimate.estimate is not None
        assert estimate.se is not None
        return cls(estimate.estimate, estimate.se)


@cache
def figures_of_simcore(decides: Decides) -> dict[str, Figure]:
    result = simcore_simulate(with_strategy(speed.reacting(), decides), replications=600, seed=SEED)
    rows = {row.horizon: row for row in result.summary.averaging.close}
    arrays, unit = result.tally.arrays, result.program.deals.unit
    quota = result.summary.quota
    assert quota is not None
    assert quota.p_hit is not None
    revenue = arrays.moments[:, CLOSE, WEEK, TOTAL] * (unit / 100)
    price = jackknife(ratio, arrays.replications, revenue, arrays.stages[:, ENTERED, -1])
    return {
        "revenue of a quarter": Figure.of(rows["quarter"].revenue.mean),
        "sd of a quarter": Figure.of(rows["quarter"].revenue.sd),
        "meetings of a year": Figure.of(rows["year"].first_step.mean),
        "wins of a week": Figure.of(result.summary.funnel[-1].per_rep_week),
        "value of a deal": Figure.of(price),
        "P(quota)": Figure.of(quota.p_hit),
    }


def figures_of_peer(found: ReactiveStatistics) -> dict[str, Figure]:
    """Figures with errors: quarters are independent of each other, since the drive has no memory beyond them."""
    years = found["rep_weeks"] / 52
    quarters = 4 * years
    quarter, year, call = (found["horizons"][horizon] for horizon in ("quarter", "year", "call"))
    wins, calls = found["wins_per_week"], found["calls_per_week"]
    price = quarter["mean"] / (13 * wins)
    sd_of_price = sqrt(max(0.0, (call["sd"] ** 2 + call["mean"] ** 2) * calls / wins - price**2))
    return {
        "revenue of a quarter": Figure(quarter["mean"], quarter["sd"] / sqrt(quarters)),
        "sd of a quarter": Figure(quarter["sd"], quarter["sd"] / sqrt(2 * quarters)),
        "meetings of a year": Figure(year["first_mean"], year["first_sd"] / sqrt(years)),
        "wins of a week": Figure(wins, found["wins_per_year_sd"] / (52 * sqrt(years))),
        # As if all deals of a quarter had one price: more than the error is.
        "value of a deal": Figure(price, sd_of_price / sqrt(quarters)),
        "P(quota)": Figure(found["p_quota"], sqrt(found["p_quota"] * (1 - found["p_quota"]) / quarters)),
    }


DETECT = {
    "revenue of a quarter": 0.02,
    "sd of a quarter": 0.05,
    "meetings of a year": 0.01,
    "wins of a week": 0.02,
    "value of a deal": 0.005,
    "P(quota)": 0.08,
}
"""Shares of each figure that must be found."""


def check_reacting(decides: Decides, found: ReactiveStatistics, budget: Budget) -> None:
    theirs = figures_of_peer(found)
    for what, ours in figures_of_simcore(decides).items():
        pair = (theirs[what].value, hypot(ours.error, theirs[what].error))
        check_estimate(
            f"{what}, deciding each {decides}",
            pair,
            ours.value,
            degrees=GROUPS - 1,
            detect=DETECT[what] * ours.value,
            budget=budget,
        )


@pytest.mark.parametrize(
    ("decides", "draws"), [("hour", "meeting"), ("day", "meeting"), ("week", "meeting"), ("hour", "hour")]
)
def test_reacting_peer_agrees_with_simcore(decides: Decides, draws: Draws) -> None:
    check_reacting(decides, numpy_reactive.simulate(2_000, SEED, decides, draws), SUITE)


@pytest.mark.parametrize(
    "sabotage",
    [
        pytest.param(("GAIN", 0.0), id="no reaction"),
        pytest.param(("ACTIVITY", 0.0), id="calls"),
        pytest.param(("OPPORTUNITIES", 0.0), id="opportunities"),
        pytest.param(("WINS", 0.0), id="wins"),
        pytest.param(("DEAL_VALUE", 0.0), id="prices"),
        pytest.param(("MOST_ACTIVITY", 1.2), id="limit of the calls"),
        pytest.param(("LEVEL", (0.0, 1.0)), id="limit of the level"),
        pytest.param(("INTERVAL", {"day": 40}), id="decides weekly"),
    ],
)
def test_the_check_of_the_reacting_peer_can_fail(monkeypatch: pytest.MonkeyPatch, sabotage: tuple[str, object]) -> None:
    monkeypatch.setattr(numpy_reactive, *sabotage)
    found = numpy_reactive.simulate(2_000, SEED, "day")
    with pytest.raises(DeviationError):
        check_reacting("day", found, Budget(FAMILY, MAX_CHECKS))


def test_reacting_peer_has_the_drive_of_the_scenario() -> None:
    drive = speed.reacting().strategies["hour"].drives["urgency"]
    slopes = {name: channel.slope for name, channel in drive.changes.items()}
    assert (drive.memory, drive.level) == (0, numpy_reactive.LEVEL)
    assert drive.signals.gains == [(DEADLINE, numpy_reactive.GAIN)]
    assert slopes == {
        "activity": numpy_reactive.ACTIVITY,
        "opportunities": numpy_reactive.OPPORTUNITIES,
        "wins": numpy_reactive.WINS,
        "deal_value": numpy_reactive.DEAL_VALUE,
    }
    assert drive.changes["activity"].max == numpy_reactive.MOST_ACTIVITY


def test_sums_of_the_reacting_peer_become_figures() -> None:
    periods = Periods()
    periods.add_revenue(3, np.array([900_000.0, 1_000_000.0]))
    periods.add_revenue(1, np.array([2_500_000.0]))
    periods.add_meetings(np.array([3, 1, 0, 0]))
    row = periods.describe()
    assert row["mean"] == 11_000
    assert row["sd"] == pytest.approx(np.std([0, 9_000, 10_000, 25_000], ddof=1))
    assert row["p_zero"] == 0.25
    assert (row["q05"], row["q50"], row["q95"]) == (0, 9_000, 25_000)
    assert row["first_mean"] == 1
    assert row["first_sd"] == pytest.approx(sqrt(2))


def test_reacting_peer_gives_short_runs_too() -> None:
    found = numpy_reactive.simulate(1, SEED)
    assert found["rep_weeks"] == 520
    assert found["horizons"]["hour"]["mean"] * 40 == pytest.approx(found["horizons"]["week"]["mean"])
    assert found["horizons"]["call"]["mean"] * found["calls_per_week"] == pytest.approx(
        found["horizons"]["week"]["mean"]
    )


def test_counts_become_figures() -> None:
    counts = WindowCounts()
    counts.add([3, 1, 0, 0], [1, 0, 0, 3])
    row = describe_horizon(counts)
    assert row["mean"] == 10_000
    assert row["sd"] == pytest.approx(sqrt(2) * 10_000)
    assert row["p_zero"] == 0.5
    assert (row["q05"], row["q50"], row["q95"]) == (0, 0, 30_000)
    assert row["first_mean"] == 1
    assert row["first_sd"] == pytest.approx(sqrt(2))


def test_quantile_takes_the_least_value_that_suffices() -> None:
    assert [quantile({0: 1, 2: 1, 5: 2}, p) for p in (0.25, 0.26, 0.5, 0.51, 1.0)] == [0, 2, 2, 5, 5]


def test_sums_of_stretches() -> None:
    assert sums([1, 2, 3, 4, 5, 6], (1, 2, 3)) == [1, 5, 15]


def test_binomial_of_the_test_itself() -> None:
    assert distribution("week", Q)[1] == pytest.approx(500 * Q * (1 - Q) ** 499)
    assert distribution("hour", 0.02)[13] == pytest.approx(0.5 * 0.02**13)
    assert sum(distribution("year", 0.02)) == pytest.approx(1)
    assert distribution("quarter", Q)[13] == pytest.approx(comb(6500, 13) * Q**13 * (1 - Q) ** 6487)


def report_of(*goals: Goal) -> Report:
    series = {"fast": Series((100.0, 110.0, 90.0)), "slow": Series((2000.0, 2420.0, 1710.0))}
    tables = {"Speed": series, "Strategies that react": {"plan": Series((100.0,)), "hourly": Series((400.0,))}}
    gain = {"gain": Series((16.0,))}
    return Report("A CPU, 2 cores", 3, tables, gain, "### A question", goals, "Some words.\n")


def test_page_shows_medians_spreads_and_ratios_within_a_round() -> None:
    page = render(report_of())
    assert "| fast | 100 | 90.0 to 110 | 1.00 | 1.00 to 1.00 |" in page
    assert "| slow | 2,000 | 1,710 to 2,420 | 20.0 | 19.0 to 22.0 |" in page
    assert "| hourly | 400 |  | 4.00 |  |" in page
    assert "| gain | 16.0 |  |" in page
    assert page.endswith("## Notes\n\nSome words.\n")


def test_page_tells_which_goals_were_missed() -> None:
    page = render(
        report_of(
            Goal.at_least("speed", 20, Series((19.0, 20.0, 25.0))),
            Goal.at_least("more speed", 20, Series((19.0, 19.9, 25.0))),
            Goal.at_most("memory", 400, Series((412.0,))),
        )
    )
    assert "| speed | at least 20 | 20.0 | 19.0 to 25.0 | yes |" in page
    assert "| more speed | at least 20 | 19.9 | 19.0 to 25.0 | **no** |" in page
    assert "| memory | at most 400 | 412 |  | **no** |" in page
