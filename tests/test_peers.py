"""The peers of the benchmark simulate what they claim to: each against exact values, 5 standard errors wide.

The seed is fixed, so a test that passes once passes always. A right peer fails at a new seed with a chance
of about 4e-5 (60 figures, 6e-7 each); the sabotaged twins at the end must fail.
"""

from __future__ import annotations

from fractions import Fraction
from math import comb, sqrt
from typing import TYPE_CHECKING

import numpy as np
import pytest

from benchmarks.peers import c_peer, numpy_peer, python_peer, simpy_peer
from benchmarks.peers.canonical import (
    HORIZONS,
    Horizon,
    Statistics,
    WindowCounts,
    describe_horizon,
    quantile,
    sums,
)
from benchmarks.report import Goal, Report, Series, render

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

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
    return Report("A CPU, 2 cores", 3, series, "fast", goals, "Some words.\n")


def test_page_shows_medians_spreads_and_ratios_within_a_round() -> None:
    page = render(report_of())
    assert "| fast | 100 | 90.0 to 110 | 1.00 | 1.00 to 1.00 |" in page
    assert "| slow | 2,000 | 1,710 to 2,420 | 20.0 | 19.0 to 22.0 |" in page
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
