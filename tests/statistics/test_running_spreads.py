"""Precisions of spreads: the figure of the tally, and intervals that hold the truth where a run ends."""

from __future__ import annotations

from collections.abc import Callable
from math import exp, expm1, sqrt

import numpy as np
import pytest
from numpy.typing import NDArray

from simcore.engine.simulation import simulate
from simcore.program.tally import CLOSE
from simcore.results.rep_weeks import RepWeekBlock
from simcore.results.result import Result
from simcore.scenario.metric import parse_metric
from simcore.scenario.model import Scenario, validate, with_strategy
from simcore.scenario.precision_goal import parse_target
from simcore.scenario_files.scenario_file import load_scenario
from simcore.statistics.moments_and_quantiles import spread_of
from simcore.statistics.running_estimates import RunningDifference, RunningEstimate, block_statistic, running_estimate
from simcore.statistics.sequential_interval import FIRST, Reading, SequentialRule, is_met
from simcore.studies.compare.study import compare
from tests.support.both_engines import compiled
from tests.support.scenario_cases import scenario
from tests.support.statistical import DeviationError, check_share_at_least

Floats = NDArray[np.float64]
REPS, WEEKS = 2, 6
ALLOWED = 0.01
"""The coverage of a sequential interval may be lower by so much than its confidence."""


def model(**changes: object) -> Scenario:
    return validate(scenario(quota={"per": "month", "amount": 9000}, **changes))


def run_to(*precision: str) -> Result:
    return simulate(model(), precision=precision, seed=5)


@pytest.mark.parametrize("text", ["sd:week", "sd:month", "cv:week", "cv:month"])
def test_a_spread_that_is_met_is_that_of_the_tally(text: str) -> None:
    found = run_to(f"{text}=4%")
    assert found.summary.precision is not None
    (row,) = found.summary.precision.rows
    name, _, period = text.partition(":")
    figures = {str(each.horizon): each.revenue for each in found.summary.averaging.close}
    figure = figures[period].sd if name == "sd" else figures[period].cv
    assert (row.metric, row.met) == (text, True)
    assert row.estimate == pytest.approx(figure.estimate, rel=1e-9)
    assert row.low is not None
    assert row.high is not None
    # A look has a part of the probability of a miss: its interval is somewhat longer than the usual one.
    assert figure.low is not None
    assert figure.high is not None
    assert row.low <= figure.low * (1 + 1e-9)
    assert row.high >= figure.high * (1 - 1e-9)
    assert row.reached == pytest.approx(max(row.high - row.estimate, row.estimate - row.low) / row.estimate)
    assert (row.reached or 1.0) <= 0.04


def test_a_spread_of_any_number_of_weeks_is_that_of_the_windows() -> None:
    found = simulate(model(), precision=["sd:3w=10%"], seed=5, keep_rep_weeks=True)
    rows = found.rep_weeks
    assert isinstance(rows, RepWeekBlock)
    worlds = len(rows.cents_close)
    windows = rows.cents_close[:, :, :6].reshape(worlds, -1, 2, 3).sum(axis=3).reshape(worlds, -1) / 100.0
    size = np.bincount(np.arange(worlds) % 256, minlength=256)
    by_group = np.zeros((2, 256))
    for row_of, values in zip(by_group, (windows, windows**2), strict=True):
        np.add.at(row_of, np.arange(worlds) % 256, values.sum(axis=1))
    expected = spread_of(size, by_group[0], by_group[1], size * windows.shape[1])
    assert found.summary.precision is not None
    (row,) = found.summary.precision.rows
    assert row.estimate == pytest.approx(expected.estimate, rel=1e-9)
    assert row.estimate == pytest.approx(float(windows.std()), rel=1e-9)


def test_a_spread_that_was_not_seen_is_never_precise() -> None:
    nothing = model(deal=1.0, funnel=[{"stage": "calls"}, {"stage": "wins", "rate": 1e-9}])
    for target in ("sd:week=5%", "sd:week=5", "cv:week=5%"):
        goal = simulate(nothing, precision=[target], replications=None, seed=1, stop=stop_after(3))
        assert goal.summary.precision is not None
        (row,) = goal.summary.precision.rows
        assert not row.met


def stop_after(calls: int) -> Callable[[], bool]:
    """Return a stop that says so when it was asked that often."""
    asked: list[int] = []

    def stop() -> bool:
        asked.append(1)
        return len(asked) > calls

    return stop


def test_differences_of_spreads_are_those_of_pairs() -> None:
    pressure = load_scenario("quota-pressure", ["team.reps=3", "horizon.weeks=26"])
    found = compare(pressure, precision=["sd:week=5%"], seed=2)
    assert found.precision is not None
    (row,) = found.precision.rows
    assert (row.metric, row.strategy, row.met) == ("sd:week", "pressure", True)
    assert row.low is not None
    assert row.high is not None
    assert row.low <= row.estimate <= row.high
    # Worlds are shared: without that, more would be needed.
    assert row.crude is not None
    assert row.crude > found.replications
    process, other = (simulate(each, replications=found.replications, seed=2) for each in each_of(pressure))
    spreads = [each.summary.averaging.close[3].revenue.sd.estimate or 0.0 for each in (process, other)]
    assert row.estimate == pytest.approx(spreads[1] - spreads[0], rel=1e-6)
    assert row.reached == pytest.approx(max(row.high - row.estimate, row.estimate - row.low) / spreads[0])


def each_of(of: Scenario) -> list[Scenario]:
    return [with_strategy(of, name) for name in of.strategies]


class Law:
    """Worlds whose windows are log-normal: a part of the logarithm is shared by all windows of a world."""

    def __init__(self, shared: float, own: float) -> None:
        self.shared, self.own = shared, own
        variance = shared**2 + own**2
        self.mean = exp(variance / 2.0)
        self.sd = self.mean * sqrt(expm1(variance))

    def windows(self, rng: np.random.Generator, n: int) -> Floats:
        logs = self.shared * rng.standard_normal((n, 1)) + self.own * rng.standard_normal((n, REPS * WEEKS))
        return np.exp(logs)


def piece(windows: Floats) -> Floats:
    """Return what a figure takes from a block of worlds, as `block_statistic` does; 1 is a hundred units."""
    units = windows * 100.0
    return np.column_stack([units.sum(axis=1), (units**2).sum(axis=1)])


def figure(text: str) -> RunningEstimate:
    return running_estimate(parse_metric(text), compiled(scenario(deal=0.01)))


class Pair:
    """A difference of two strategies, one of which adds noise of its own."""

    def __init__(self, text: str, law: Law, extra: float) -> None:
        self._mine, self._base = figure(text), figure(text)
        self.difference = RunningDifference(self._mine, self._base)
        self._law, self._extra = law, extra
        more = law.mean**2 * expm1(law.shared**2 + law.own**2) + extra**2
        of = {"sd": (sqrt(more), law.sd), "cv": (sqrt(more) / law.mean, law.sd / law.mean)}[text[:2]]
        self.truth = of[0] - of[1]

    def add(self, rng: np.random.Generator, n: int) -> None:
        base = self._law.windows(rng, n)
        mine = base + self._extra * rng.standard_normal(base.shape)
        parts = piece(mine), piece(base)
        for own, part in zip((self._mine, self._base), parts, strict=True):
            own.add(part)
        self.difference.add(*parts)

    def read(self, miss: float) -> Reading:
        return self.difference.read(miss)


class Alone:
    """One strategy."""

    def __init__(self, text: str, law: Law) -> None:
        self._figure, self._law = figure(text), law
        self.truth = law.sd if text.startswith("sd") else law.sd / law.mean

    def add(self, rng: np.random.Generator, n: int) -> None:
        self._figure.add(piece(self._law.windows(rng, n)))

    def read(self, miss: float) -> Reading:
        return self._figure.read(miss)


WEEKLY, SKEWED = Law(0.2, 0.4), Law(0.3, 0.6)
CASES: dict[str, tuple[str, Callable[[str], Alone | Pair]]] = {
    "sd, windows that hang together": ("sd:week=4%", lambda text: Alone(text, WEEKLY)),
    "sd, skewed windows": ("sd:week=8%", lambda text: Alone(text, SKEWED)),
    "sd to 90 %": ("sd:week=0.02@0.9", lambda text: Alone(text, WEEKLY)),
    "cv": ("cv:week=4%", lambda text: Alone(text, WEEKLY)),
    "cv, skewed windows": ("cv:week=0.06", lambda text: Alone(text, SKEWED)),
    "differences of sd": ("sd:week=0.02", lambda text: Pair(text, WEEKLY, 0.3)),
    "differences of cv": ("cv:week=3%", lambda text: Pair(text, WEEKLY, 0.3)),
}


def held(name: str, runs: int, shorten: float = 1.0) -> int:
    """Return how many of the runs to a precision end with an interval that holds the truth."""
    text, make = CASES[name]
    target = parse_target(text)
    rng, found = np.random.default_rng([2026, *name.encode()]), 0
    for _ in range(runs):
        case = make(text.partition("=")[0])
        rule, done = SequentialRule([target], 1 << 20), 0
        while True:
            case.add(rng, rule.goal - done)
            done = rule.goal
            if not rule.advance([case]):
                break
        reading = case.read(rule.miss(target))
        assert is_met(target, reading, done)
        down, up = shorten * (reading.estimate - reading.low), shorten * (reading.high - reading.estimate)
        found += reading.estimate - down <= case.truth <= reading.estimate + up
    return found


def confidence(name: str) -> float:
    return parse_target(CASES[name][0]).confidence


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_the_interval_of_a_spread_covers_where_a_run_ends(name: str) -> None:
    check_share_at_least(f"coverage, {name}", held(name, 250), 250, confidence(name) - ALLOWED, detect=0.22)


@pytest.mark.long
@pytest.mark.parametrize("name", CASES)
def test_the_interval_of_a_spread_covers_in_2000_runs(name: str) -> None:
    found = held(name, 2000)
    check_share_at_least(f"coverage, {name}", found, 2000, confidence(name) - ALLOWED, detect=0.08)
    assert found >= (confidence(name) - ALLOWED) * 2000, "and so does the sample itself"


@pytest.mark.slow
def test_intervals_of_half_the_length_are_caught() -> None:
    name = "sd, windows that hang together"
    with pytest.raises(DeviationError):
        check_share_at_least("half the length", held(name, 250, 0.5), 250, 0.95 - ALLOWED, detect=0.2)


def test_how_a_run_is_cut_does_not_matter() -> None:
    windows = WEEKLY.windows(np.random.default_rng(3), FIRST + 77)
    readings = []
    for size in (1, 50, len(windows)):
        one = figure("sd:week")
        for first in range(0, len(windows), size):
            one.add(piece(windows[first : first + size]))
        readings.append(one.read(0.05))
    assert readings[0] == readings[1] == readings[2]


def test_a_block_gives_the_sums_of_its_windows() -> None:
    found = simulate(model(), replications=7, seed=2, keep_rep_weeks=True)
    rows = found.rep_weeks
    assert rows is not None
    from simcore.kernels.detail import Detail  # noqa: PLC0415

    nothing = np.zeros((0, 2, 1), np.int64)
    cents = np.stack([rows.cents_close, rows.cents_origin], axis=1)
    detail = Detail(rows.counts, cents, nothing, np.zeros((0, 2)), nothing, nothing)
    taken = block_statistic(parse_metric("cv:2w"), found.program, 0, detail)
    windows = cents[:, CLOSE].reshape(7, -1, 2).sum(axis=2) / found.program.deals.unit
    assert taken.shape == (7, 2)
    assert taken[:, 0].tolist() == windows.sum(axis=1).tolist()
    assert taken[:, 1] == pytest.approx((windows**2).sum(axis=1), rel=1e-12)
