"""Metrics by replication: against figures worked out by hand, and against the tally of the same run."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from simcore.base.errors import ScenarioError
from simcore.engine.simulation import simulate
from simcore.kernels.detail import Detail
from simcore.program.compiler import compile_scenario
from simcore.program.layout import Program
from simcore.scenario.metric import Metric, parse_metric
from simcore.scenario.model import validate
from simcore.scenario.precision_goal import Target, parse_target
from simcore.statistics.metrics import at_most, check_metric, values_of
from tests.support.scenario_cases import scenario


def program_of(**changes: object) -> Program:
    """Return the program of a small scenario."""
    return compile_scenario(validate(scenario(**changes)))


def detail_from(entered: NDArray[np.int64], cents: NDArray[np.int64]) -> Detail:
    """Return the detail of a block with nothing but entries and revenue."""
    nothing = np.zeros((0, 2, 1), np.int64)
    return Detail(entered, cents, nothing, np.zeros((0, 2)), nothing, nothing)


def detail_of(by_close: list[list[list[int]]]) -> Detail:
    """Return the detail of a block with this revenue by close (cents by replication, rep and week)."""
    close = np.array(by_close, np.int64)
    cents = np.stack([close, np.full_like(close, 10**9)], axis=1)
    return detail_from(np.zeros((*close.shape, 4), np.int64), cents)


WORLDS = detail_of(
    [
        [[0, 0, 300_000, 0, 0, 0], [100_000, 0, 0, 0, 0, 0]],
        [[200_000, 100_000, 0, 0, 0, 100_000], [0, 0, 0, 0, 0, 0]],
    ]
)


@pytest.mark.parametrize(
    ("metric", "expected"),
    [
        ("revenue", [4000 / 12 * 52, 4000 / 12 * 52]),
        ("revenue:week", [4000 / 12, 4000 / 12]),
        ("revenue:4w", [2000.0, 1500.0]),  # the last two weeks are no whole period
        ("revenue:month", [2000.0, 1500.0]),
        ("p_zero:1", [10 / 12, 9 / 12]),
        ("p_zero:2w", [4 / 6, 4 / 6]),
        ("p_zero:6w", [0.0, 0.5]),
        ("p_quota", [1 / 2, 1 / 2]),
        ("p_quota_team", [1.0, 0.0]),
    ],
)
def test_values_by_hand(metric: str, expected: list[float]) -> None:
    program = program_of(quota={"per": "month", "amount": 2000})
    assert values_of(parse_metric(metric), program, WORLDS) == pytest.approx(expected, rel=1e-12)


def test_the_share_below_a_value_by_hand() -> None:
    assert at_most(parse_metric("q50:2w"), 1000.0, program_of(), WORLDS).tolist() == [5 / 6, 5 / 6]
    assert at_most(parse_metric("q50:2w"), 999.0, program_of(), WORLDS).tolist() == [4 / 6, 4 / 6]


def test_a_quantile_is_no_mean_and_a_mean_no_quantile() -> None:
    program = program_of()
    for text in ("q05:week", "sd:week"):
        with pytest.raises(ValueError, match="not a mean"):
            values_of(parse_metric(text), program, WORLDS)
    with pytest.raises(ValueError, match="not a quantile"):
        at_most(parse_metric("p_zero:week"), 1.0, program, WORLDS)


def test_the_mean_of_the_values_is_the_figure_of_the_run() -> None:
    case = validate(
        scenario(
            horizon={"weeks": 27},
            quota={"per": "quarter", "amount": 16_000},
            market={"sd": 0.3, "persistence": 0.8, "acts_on": ["meetings"]},
            funnel=[
                {"stage": "calls"},
                {"stage": "meetings", "rate": 0.1, "lag": "3d"},
                {"stage": "wins", "rate": 0.2},
            ],
        )
    )
    result = simulate(case, replications=200, seed=4, keep_rep_weeks=True)
    rows = result.rep_weeks
    assert rows is not None
    cents = np.stack([rows.cents_close, rows.cents_origin], axis=1)
    detail = detail_from(rows.counts, cents)
    close = {row.horizon: row.revenue for row in result.summary.averaging.close}
    quota = result.summary.quota
    assert quota is not None
    assert quota.p_hit is not None
    assert quota.p_hit_team is not None
    expected = {
        "revenue:month": close["month"].mean,
        "revenue:quarter": close["quarter"].mean,
        "p_zero:week": close["week"].p_zero,
        "p_zero:month": close["month"].p_zero,
        "p_quota": quota.p_hit,
        "p_quota_team": quota.p_hit_team,
    }
    for text, figure in expected.items():
        values = values_of(parse_metric(text), result.program, detail)
        assert values.mean() == pytest.approx(figure.estimate, rel=1e-12), text
        assert values.std(ddof=1) / np.sqrt(200) == pytest.approx(figure.se, rel=1e-9), text


@pytest.mark.parametrize(
    ("metric", "changes", "message"),
    [
        ("p_quota", {}, "quota: p_quota needs a quota, and the scenario has none"),
        ("p_quota_team", {"quota": {"per": "quarter", "amount": 1}}, "needs a whole quarter"),
        ("p_zero:7w", {}, "needs a whole period of 7 weeks"),
        ("q05:year", {}, "needs a whole year"),
        ("sd:quarter", {}, "horizon.weeks: sd:quarter needs a whole quarter, got 6"),
    ],
)
def test_a_metric_that_the_run_does_not_have(metric: str, changes: dict[str, object], message: str) -> None:
    with pytest.raises(ScenarioError, match=message):
        check_metric(parse_metric(metric), program_of(**changes))


def test_a_metric_that_the_run_has() -> None:
    program = program_of(quota={"per": "month", "amount": 2000})
    for metric in ("revenue", "revenue:6w", "p_quota", "p_quota_team", "p_zero:month", "q50:week", "sd:3w", "cv:month"):
        check_metric(parse_metric(metric), program)


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("revenue=0.5%", Target(Metric("revenue"), 0.005, relative=True)),
        ("revenue:13w = 120", Target(Metric("revenue", "quarter"), 120.0)),
        ("p_quota=0.01@0.95", Target(Metric("p_quota"), 0.01)),
        ("p_quota_team=1e-2@99%", Target(Metric("p_quota_team"), 0.01, confidence=0.99)),
        ("p_zero:4=.02", Target(Metric("p_zero", "4w"), 0.02)),
        ("q05:52w=2%@.9", Target(Metric("q", "year", 5), 0.02, relative=True, confidence=0.9)),
        ("sd:week = 1%", Target(Metric("sd", "week"), 0.01, relative=True)),
        ("sd:6w=150", Target(Metric("sd", "6w"), 150.0)),
        ("cv:month=0.01@99%", Target(Metric("cv", "month"), 0.01, confidence=0.99)),
    ],
)
def test_targets_are_read_and_written(text: str, target: Target) -> None:
    assert parse_target(text) == target
    assert parse_target(str(target)) == target


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("revenue", "is not METRIC=HALFWIDTH"),
        ("revnue=1%", "did you mean revenue"),
        ("p_qouta=0.1", "did you mean p_quota"),
        ("q00:week=1", "is not a metric"),
        ("q5:week=1", "is not a metric"),
        ("p_quota:year=0.1", "takes no period"),
        ("p_zero=0.1", "needs a period"),
        ("q05=100", "needs a period"),
        ("q05:quater=100", "did you mean quarter"),
        ("p_zero:0w=0.1", "is not a period"),
        ("sd=1%", "needs a period"),
        ("sd:hour=1%", "a precision has no sd:hour: its periods are week, month, quarter, year or a number of weeks"),
        ("p_zero:day=0.1", "a precision has no p_zero:day"),
        ("p_quota=1%", "could be of two things"),
        ("p_quota=1.5", "out of range"),
        ("revenue=0", "out of range"),
        ("revenue=100%", "out of range"),
        ("revenue=-1", "is out of range"),
        ("revenue=nan", "is not a half-width"),
        ("revenue=", "is not a half-width"),
        ("revenue=1%@", "is not a confidence"),
        ("revenue=1%@1", "is not from"),
        ("revenue=1%@20%", "is not from"),
        ("revenue=" + "9" * 400, "is not a half-width"),
    ],
)
def test_what_is_no_target_is_told(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse_target(text)
