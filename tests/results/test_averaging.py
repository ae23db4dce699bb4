"""The averaging pyramid against a plain recount of the rep-weeks, and at its edges."""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from simcore import Result, simulate
from simcore.base.periods import CALL, HORIZONS, WEEK
from simcore.program.tally import CLOSE, ORIGIN, QUANTILE_ERROR, Tally, new_arrays
from simcore.results.averaging import averaging_rows
from simcore.results.summary import AveragingRow
from simcore.scenario.model import validate
from simcore.statistics.estimate import Estimate
from simcore.statistics.windows import windows_of

Floats = NDArray[np.float64]

REPLICATIONS, REPS, WEEKS = 40, 3, 56
MONTH_EDGES = [0, 4, 8, 13, 17, 21, 26, 30, 34, 39, 43, 47, 52, 56]
EDGES = {"week": list(range(57)), "month": MONTH_EDGES, "quarter": [0, 13, 26, 39, 52], "year": [0, 52]}


def scenario(weeks: int = WEEKS, **sections: Any) -> Any:  # noqa: ANN401 - sections of a scenario
    base = {
        "simcore": 1,
        "name": "pyramid",
        "horizon": {"weeks": weeks, "warmup_weeks": 2},
        "team": {"reps": REPS},
        "plan": {"calls_per_week": 90},
        "funnel": [
            {"stage": "calls"},
            {"stage": "talks", "rate": {"mean": 0.1, "rep_cv": 0.4}, "lag": "3h"},
            {"stage": "wins", "rate": 0.3, "lag": {"median": "2d", "p90": "6d"}},
        ],
        "deal": {"mean": 900, "cv": 0.6},
        "market": {"sd": 0.2, "persistence": 0.6, "acts_on": ["talks"]},
    }
    return validate(base | sections)


@cache
def result() -> Result:
    return simulate(scenario(), replications=REPLICATIONS, seed=3, keep_rep_weeks=True)


def periods(weekly: Floats, horizon: str) -> Floats:
    """Return sums over the periods of a horizon, float64[replications, windows]."""
    edges = EDGES[horizon]
    sums = [weekly[..., a:b].sum(axis=-1) for a, b in pairwise(edges)]
    return np.stack(sums, axis=-1).reshape(len(weekly), -1)


def jackknifed(values: Floats, statistic: Any) -> tuple[float, float]:  # noqa: ANN401 - a function of an array
    """Return a statistic of all windows, and its error by leaving out one replication at a time."""
    n = len(values)
    without = np.array([statistic(np.delete(values, i, axis=0)) for i in range(n)])
    whole = statistic(values)
    return whole, float(np.sqrt((n - 1) / n * ((without - whole) ** 2).sum()))


def agrees(figure: Estimate, expected: tuple[float, float]) -> bool:
    return (figure.estimate, figure.se) == pytest.approx(expected, rel=1e-9)


def row_of(account: str, horizon: str) -> AveragingRow:
    rows: list[AveragingRow] = getattr(result().summary.averaging, account)
    return next(row for row in rows if row.horizon == horizon)


def revenue(account: str) -> Floats:
    rows = result().rep_weeks
    assert rows is not None
    return (rows.cents_close if account == "close" else rows.cents_origin) / 100.0


ACCOUNTS = ["close", "origin"]


@pytest.mark.parametrize("account", ACCOUNTS)
@pytest.mark.parametrize("horizon", EDGES)
def test_moments_and_their_errors_are_those_of_a_plain_recount(account: str, horizon: str) -> None:
    windows, row = periods(revenue(account), horizon), row_of(account, horizon)
    assert row.periods == windows.size
    for figure, statistic in (
        (row.revenue.mean, np.mean),
        (row.revenue.sd, np.std),
        (row.revenue.cv, lambda x: x.std() / x.mean()),
    ):
        assert agrees(figure, jackknifed(windows, statistic)), (account, horizon, statistic)
    p_zero = jackknifed(windows, lambda x: (x == 0).mean())
    if 0.0 < (windows == 0).mean() < 1.0:
        assert agrees(row.revenue.p_zero, p_zero), (account, horizon)
    else:
        # None or all: the recount sees no spread, and the estimate has a bound.
        share, bound = (windows == 0).mean(), 1.0 - 0.05 ** (1.0 / len(windows))
        assert (row.revenue.p_zero.estimate, row.revenue.p_zero.se) == (share, None)
        ends = (0.0, bound) if share == 0.0 else (1.0 - bound, 1.0)
        assert (row.revenue.p_zero.low, row.revenue.p_zero.high) == pytest.approx(ends)


@pytest.mark.parametrize("account", ACCOUNTS)
@pytest.mark.parametrize("horizon", EDGES)
def test_quantiles_are_those_of_a_plain_recount_within_the_bound(account: str, horizon: str) -> None:
    windows, row = periods(revenue(account), horizon), row_of(account, horizon)
    for figure, p in ((row.revenue.q05, 0.05), (row.revenue.q50, 0.5), (row.revenue.q95, 0.95)):
        exact = float(np.quantile(windows, p, method="inverted_cdf"))
        assert figure.estimate == pytest.approx(exact, rel=QUANTILE_ERROR, abs=1e-12)


@pytest.mark.parametrize("horizon", EDGES)
def test_the_first_step_is_counted_by_the_week_of_the_call(horizon: str) -> None:
    """No lag on step 1 here, so that the entries into stage 1 are its successes."""
    plain = scenario(funnel=[{"stage": "calls"}, {"stage": "talks", "rate": 0.1}, {"stage": "wins", "rate": 0.2}])
    run = simulate(plain, replications=30, seed=4, keep_rep_weeks=True)
    assert run.rep_weeks is not None
    windows = periods(run.rep_weeks.counts[..., 1].astype(np.float64), horizon)
    row = next(row for row in run.summary.averaging.close if row.horizon == horizon)
    assert agrees(row.first_step.mean, jackknifed(windows, np.mean))
    assert agrees(row.first_step.sd, jackknifed(windows, np.std))
    assert agrees(row.first_step.cv, jackknifed(windows, lambda x: x.std() / x.mean()))


def test_sums_agree_at_all_horizons_that_tile_the_run() -> None:
    whole = simulate(scenario(weeks=52), replications=20, seed=5)
    for rows in (whole.summary.averaging.close, whole.summary.averaging.origin):
        totals = [(row.revenue.mean.estimate or 0.0) * row.periods for row in rows]
        assert [row.horizon for row in rows] == list(HORIZONS)
        assert totals == pytest.approx([totals[0]] * 7, rel=1e-12)


@pytest.mark.parametrize(
    ("weeks", "longest"), [(3, "week"), (4, "month"), (12, "month"), (13, "quarter"), (51, "quarter"), (52, "year")]
)
def test_horizons_that_the_run_does_not_hold_whole_are_left_out(weeks: int, longest: str) -> None:
    rows = simulate(scenario(weeks=weeks), replications=3, seed=6).summary.averaging.close
    assert rows[-1].horizon == longest


def test_windows_are_counted_by_group() -> None:
    run = result()
    weeks = windows_of(run.program, run.tally, WEEK)
    assert weeks.tolist() == [REPS * WEEKS] * REPLICATIONS + [0] * (256 - REPLICATIONS)
    assert windows_of(run.program, run.tally, CALL).sum() == run.summary.size.calls == 90 * REPS * WEEKS * REPLICATIONS


def test_the_call_has_a_window_each() -> None:
    row = row_of("origin", "call")
    assert row.periods == result().summary.size.calls
    assert row.first_step.mean.estimate == pytest.approx(
        (row_of("origin", "week").first_step.mean.estimate or 0) / 90, rel=1e-12
    )
    assert row.first_step.sd.estimate is not None
    p = row.first_step.mean.estimate or 0.0
    assert row.first_step.sd.estimate == pytest.approx(np.sqrt(p * (1 - p)), rel=1e-9)


def test_a_run_without_a_deal_has_no_cv_and_every_window_without() -> None:
    run = result()
    arrays = new_arrays(2)
    arrays.replications[:4] = 1
    for account in (CLOSE, ORIGIN):
        row = averaging_rows(run.program, Tally(arrays), account)[-1]
        periods = row.periods / 4
        assert (row.revenue.mean.estimate, row.revenue.mean.se, row.revenue.mean.low) == (0.0, None, 0.0)
        # At most 3 / n deals a replication (rule of three), each of a mean value.
        worth = run.program.deals.mean_units * run.program.deals.unit / 100.0
        assert row.revenue.mean.high == pytest.approx(-np.log(0.05) / 4 * worth / periods)
        assert row.revenue.cv == Estimate(estimate=None, se=None)
        assert row.revenue.p_zero.estimate == 1.0
        assert row.revenue.p_zero.low == pytest.approx(0.05**0.25)
        assert (row.revenue.q95.estimate, row.revenue.q95.se, row.revenue.q95.high) == (0.0, None, None)


def test_one_replication_gives_figures_without_errors() -> None:
    for row in simulate(scenario(weeks=4), replications=1, seed=7).summary.averaging.close:
        for name in type(row.revenue).model_fields:
            figure: Estimate = getattr(row.revenue, name)
            assert figure.estimate is not None
            assert figure.se is None, name


def test_money_does_not_depend_on_the_unit_of_the_tally() -> None:
    """A deal of 700.00 is tallied in deals, the same value from a list with 0.01 in cents."""
    fixed = simulate(scenario(deal=700), replications=10, seed=8).summary.averaging.close
    listed = simulate(
        scenario(deal={"values": [700, 0.01], "weights": [1, 0]}), replications=10, seed=8
    ).summary.averaging.close
    for a, b in zip(fixed, listed, strict=True):
        assert agrees(b.revenue.mean, (a.revenue.mean.estimate or 0.0, a.revenue.mean.se or 0.0))
        assert agrees(b.revenue.sd, (a.revenue.sd.estimate or 0.0, a.revenue.sd.se or 0.0))
        assert b.revenue.q95.estimate == pytest.approx(a.revenue.q95.estimate, rel=QUANTILE_ERROR)
