"""Backtests of logs of calls: blocks, scores, a rate that stands still and one that changes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from simcore.base.errors import ScenarioError, UsageError
from simcore.crm.columns import Calls
from simcore.crm.reading import read_calls
from simcore.forecasting.call_log import METHODS, backtest_calls, calls_of


def _log(folder: Path, rates: np.ndarray, seed: int = 1, per_row: int = 1) -> Calls:
    random = np.random.default_rng(seed)
    rows = [f"{per_row},{random.binomial(per_row, rate)}" for rate in rates]
    path = folder / "calls.csv"
    path.write_text("calls,successes\n" + "\n".join(rows) + "\n")
    return read_calls(path)


def test_a_rate_that_stands_still_is_covered_and_no_worse_than_its_mean(tmp_path: Path) -> None:
    found = backtest_calls(_log(tmp_path, np.full(12_000, 0.1)), horizon="200c", every="200c", replications=300)
    own = found.score("simcore")
    assert [each.name for each in found.methods] == list(METHODS)
    assert own.windows == own.independent_windows == 52
    assert own.coverage > 0.8
    assert own.crps < 1.05 * found.best_naive.crps
    assert found.measure == "successes"
    assert (found.deals, found.every_calls, found.horizon_calls) == (12_000, 200, 200)
    assert found.windows[0].origin == "1601"


def test_a_rate_that_changes_is_followed(tmp_path: Path) -> None:
    rates = np.repeat([0.05, 0.15], 5000)
    found = backtest_calls(_log(tmp_path, rates), horizon="500c", every="250c", replications=300)
    late = [window for window in found.windows if int(window.origin) > 7000]
    assert np.mean([window.low <= window.actual <= window.high for window in late]) > 0.7
    assert found.score("simcore").crps < 0.8 * found.score("past_windows").crps


def test_what_came_is_what_the_rows_say(tmp_path: Path) -> None:
    log = _log(tmp_path, np.full(300, 0.2), per_row=10)
    found = backtest_calls(log, horizon="100c", every="100c", replications=100)
    successes = log.successes.reshape(30, 10).sum(axis=1)
    assert [window.actual for window in found.windows] == successes[8:].tolist()


def test_later_calls_change_no_forecast(tmp_path: Path) -> None:
    rates = np.full(4000, 0.1)
    one = backtest_calls(_log(tmp_path, rates), horizon=200, every=200, replications=150)
    log = _log(tmp_path, rates)
    log.successes[3000:] = 1
    other = backtest_calls(log, horizon=200, every=200, replications=150)
    early = [place for place, window in enumerate(one.windows) if int(window.origin) <= 2801]
    assert len(early) > 5
    for place in early:
        before, after = one.windows[place], other.windows[place]
        assert (before.low, before.median, before.high) == (after.low, after.median, after.high)


def test_times_order_the_rows_and_impossible_rows_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "c.csv"
    rows = [f"2026-01-{1 + place % 28:02d},a,5,{place % 3}" for place in range(60)] + ["2026-01-03,a,1,4"]
    path.write_text("at,rep,calls,successes\n" + "\n".join(rows))
    log = read_calls(path)
    assert len(log) == 60
    assert (np.diff(log.at.astype(np.int64)) >= 0).all()


def test_what_is_wrong_is_refused(tmp_path: Path) -> None:
    log = _log(tmp_path, np.full(500, 0.1))
    with pytest.raises(UsageError, match="whole blocks"):
        backtest_calls(log, horizon="150c", every="100c")
    with pytest.raises(UsageError, match="500 calls"):
        backtest_calls(log, horizon="500c", every="500c")
    with pytest.raises(UsageError, match="10c to"):
        calls_of("4w", "every")
    bad = tmp_path / "bad.csv"
    bad.write_text("at,rep,calls\n2026-01-01,a,5\n")
    with pytest.raises(ScenarioError, match="what came of a call"):
        read_calls(bad)
