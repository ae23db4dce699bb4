"""Paired intervals, estimate +- 1.96 standard errors, hold the true difference between two strategies about as often.

Worlds are independent, so the pieces of one long paired run are as good as comparisons with other seeds; a test holds
a piece against a real one. The share of pieces that hold the truth has itself a standard error of 0.6 %: a right
interval leaves the band below for one choice of the seed in about thirty, which the seed written down is not.
"""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

import numpy as np
import pytest
from numpy.typing import NDArray

from simcore.base.periods import WEEKS_PER_YEAR
from simcore.engine.paired import run_paired
from simcore.scenario.model import Scenario, validate, with_strategy
from simcore.statistics.estimate import Estimate
from simcore.statistics.intervals import Z975
from simcore.statistics.paired_difference import GroupedSums, difference_of
from simcore.studies.compare.study import compare
from tests.support.statistical import DeviationError, check_estimate, check_share

Floats = NDArray[np.float64]
PIECES, SIZE = 1250, 100
LOW, HIGH = 0.935, 0.965
FEEDBACK: dict[str, Any] = {
    "simcore": 1,
    "name": "feedback",
    "horizon": {"weeks": 6},
    "team": {"reps": 1},
    "plan": {"calls_per_week": 240},
    "funnel": [{"stage": "calls"}, {"stage": "wins", "rate": 0.25}],
    "deal": 100,
    "strategies": {
        "process": {},
        "reacting": {
            "decides": "week",
            "drives": {
                "plan": {"memory": 1, "signals": {"surprise": -0.5}, "changes": {"activity": {"slope": 1}}},
            },
        },
    },
}
"""Linear feedback leaves the mean alone: the truth is 0, but for a thirtieth of a call that is carried at the end."""
PRESSURE: dict[str, Any] = {
    "simcore": 1,
    "name": "pressure",
    "horizon": {"weeks": 5},
    "team": {"reps": 2},
    "plan": {"calls_per_week": 40},
    "funnel": [
        {"stage": "calls"},
        {"stage": "meetings", "rate": 0.2},
        {"stage": "wins", "rate": 0.4, "lag": {"median": "3d", "p90": "8d"}},
    ],
    "market": {"sd": 0.2, "persistence": 0.8, "acts_on": ["wins"]},
    "deal": {"mean": 1000, "cv": 0.5},
    "quota": {"per": "month", "amount": 12000},
    "strategies": {
        "process": {},
        "reacting": {
            "decides": "day",
            "drives": {
                "urge": {
                    "memory": 0.8,
                    "signals": {"behind": 0.5, "peers": 0.5},
                    "level": [0, 3],
                    "changes": {
                        "activity": {"slope": 0.3},
                        "wins": {"slope": -0.2},
                        "pull_forward": {"slope": 0.3, "window": "1w", "reach": "1w", "discount": 0.1},
                    },
                }
            },
        },
    },
}
"""No formula: the truth is that of as many other worlds as all pieces hold."""


class Run(NamedTuple):
    """The revenue of many worlds with both strategies, and what a world is worth."""

    revenue: Floats
    """float64[2, worlds]: of the team, in units of the currency; the process first."""
    years: float
    """Rep-years of a world."""

    def difference(self, worlds: slice) -> Estimate:
        """Return what the reacting strategy sells more in these worlds, per rep-year, as a comparison of them does."""
        base, mine = self.revenue[:, worlds]
        one = np.ones(len(mine), np.int64)
        return difference_of(GroupedSums(one, mine, one * self.years), GroupedSums(one, base, one * self.years))

    def pieces(self) -> list[Estimate]:
        return [self.difference(slice(first, first + SIZE)) for first in range(0, PIECES * SIZE, SIZE)]


@cache
def long_run(name: str, seed: int) -> Run:
    """Simulate all pieces at once."""
    scenario = scenario_of(name)
    paired = run_paired(
        [with_strategy(scenario, strategy) for strategy in scenario.strategies],
        replications=PIECES * SIZE,
        seed=seed,
    )
    return Run(paired.revenue / 100.0, scenario.team.reps * scenario.horizon.weeks / WEEKS_PER_YEAR)


def scenario_of(name: str) -> Scenario:
    return validate({"feedback": FEEDBACK, "pressure": PRESSURE}[name])


@cache
def truth(name: str) -> float:
    """Return the true difference per rep-year, or that of a thousand times as many worlds as a piece has."""
    if name == "feedback":
        return 0.0
    other = long_run(name, 8).difference(slice(None))
    assert other.estimate is not None
    return other.estimate


def held(pieces: list[Estimate], true: float, factor: float = 1.0) -> int:
    """Count the intervals that hold the truth, with standard errors multiplied by a factor."""
    return sum(abs(p.estimate - true) <= Z975 * factor * p.se for p in pieces if p.estimate is not None and p.se)


def check_coverage(what: str, hits: int) -> None:
    """Check the share by its exact law, and that it lies in the band."""
    check_share(what, hits, PIECES, 0.947, detect=0.07)
    if not LOW <= hits / PIECES <= HIGH:
        raise DeviationError(f"{what}: {hits / PIECES:.3f} of the intervals hold the truth")


@pytest.mark.parametrize("name", ["feedback", pytest.param("pressure", marks=pytest.mark.long)])
def test_paired_intervals_cover(name: str) -> None:
    check_coverage(name, held(long_run(name, 7).pieces(), truth(name)))


def test_the_known_difference_is_that_of_all_worlds() -> None:
    run = long_run("feedback", 7)
    whole = run.difference(slice(None))
    sold = float(run.revenue[0].mean()) / run.years
    degrees = PIECES * SIZE - 1
    check_estimate("feedback", (whole.estimate, whole.se), truth("feedback"), degrees=degrees, detect=0.003 * sold)


@pytest.mark.parametrize("name", ["feedback", "pressure"])
def test_an_interval_that_is_wrong_is_caught(name: str) -> None:
    """Standard errors a fifth too small, those of independent runs, and a truth off by 0.7 of one."""
    run, true = long_run(name, 7), truth(name)
    pieces = run.pieces()
    base, mine = run.revenue
    with pytest.raises(DeviationError):
        check_coverage("a fifth too small", held(pieces, true, factor=0.8))
    spread = float(np.sqrt((base.var() + mine.var()) / (mine - base).var()))
    with pytest.raises(DeviationError):
        check_coverage("as of independent runs", held(pieces, true, factor=spread))
    typical = float(np.median([p.se for p in pieces if p.se is not None]))
    with pytest.raises(DeviationError):
        check_coverage("off by most of an error", held(pieces, true + 0.7 * typical))


@pytest.mark.parametrize("name", ["feedback", "pressure"])
def test_a_piece_is_what_a_comparison_reports(name: str) -> None:
    (against,) = compare(scenario_of(name), replications=SIZE, seed=7).against
    first = long_run(name, 7).difference(slice(0, SIZE))
    found = against.differences.revenue
    assert (found.estimate, found.se) == pytest.approx((first.estimate, first.se), rel=1e-9)
