"""Backtests: nothing later is seen, scores are those of their windows, and faults are caught."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from simcore.base.errors import UsageError
from simcore.forecasting.backtest import BacktestRequest, backtest
from simcore.forecasting.sources import Known
from simcore.pipeline import ahead as ahead_module
from simcore.pipeline import history as history_module
from simcore.pipeline.history import LOST, NEVER, WON, History
from simcore.pipeline.posterior import Posterior
from tests.support.export_files import example_data
from tests.support.made_histories import DAY_OF_START, Process, made_history

WORLD = Process(weeks=30, arrivals=40.0)


def _known(history: History, weeks: int = 30) -> Known:
    ids = tuple(map(str, range(history.deals)))
    return Known(history, ids, DAY_OF_START + 7 * weeks - 1, "made", "0" * 64, "USD")


def _request(history: History, **changes: object) -> BacktestRequest:
    request = BacktestRequest(_known(history), 4, 2, first=DAY_OF_START + 7 * 20, replications=200)
    return replace(request, **changes)  # type: ignore[arg-type]


def test_the_future_of_the_file_changes_no_forecast() -> None:
    history = made_history(WORLD, 1)
    request = _request(history)
    day = request.origins()[0]
    later = history.closed >= day
    ends = np.where(np.random.default_rng(2).random(history.deals) < 0.9, WON, LOST)
    changed = replace(
        history,
        outcome=np.where(later & (history.closed != NEVER), ends, history.outcome),
        visit_stage=np.where(history.visit_day >= day, 1 - history.visit_stage, history.visit_stage),
        value=history.value,
        created=np.where(history.created >= day, np.minimum(history.created + 1, DAY_OF_START + 209), history.created),
    )
    one, other = request.run(), _request(changed).run()
    first = [(window.low, window.median, window.high) for window in one.windows[:1]]
    assert first == [(window.low, window.median, window.high) for window in other.windows[:1]]
    assert one.windows[0].actual != other.windows[0].actual
    for name in ("last_period", "gamma_poisson", "past_windows", "stage_weighted"):
        assert one.score(name).windows == other.score(name).windows


def test_scores_are_those_of_the_windows() -> None:
    found = _request(made_history(WORLD, 2)).run()
    own = found.score("simcore")
    actual = np.array([window.actual for window in found.windows])
    held = [window.low <= window.actual <= window.high for window in found.windows]
    assert own.coverage == pytest.approx(np.mean(held))
    width = np.mean([window.high - window.low for window in found.windows])
    assert own.width == pytest.approx(width / actual.mean())
    assert sum(found.pit) == own.windows == len(found.windows) == 4
    assert own.independent_windows == 2
    assert found.verdict == "too few windows to tell (2)"
    assert [window.origin for window in found.windows] == sorted(window.origin for window in found.windows)


def test_actual_values_are_what_came() -> None:
    history = made_history(WORLD, 3)
    found = _request(history).run()
    for place, window in enumerate(found.windows):
        begin = DAY_OF_START + 7 * (20 + 2 * place)
        came = (history.outcome == WON) & (history.closed >= begin) & (history.closed < begin + 28)
        assert window.actual == came.sum()


def test_intervals_cover_over_some_worlds() -> None:
    """Of 24 windows of three worlds; the large check is `make long`."""
    covered, ratio = [], []
    for seed in range(3):
        history = made_history(WORLD._replace(weeks=52), 10 + seed)
        found = _request(history, every_weeks=4, known=_known(history, 52)).run()
        covered.append(found.score("simcore").coverage)
        ratio.append(found.score("simcore").crps / found.score("stage_weighted").crps)
    assert np.mean(covered) > 0.72
    assert np.mean(ratio) < 0.8


@pytest.mark.long
@pytest.mark.parametrize("horizon", [4, 13])
def test_intervals_cover_over_many_worlds(horizon: int) -> None:
    """400 worlds, one window each: coverage near 90 %, and a better score than that of methods without a model."""
    covered, scores = [], {"simcore": 0.0, "gamma_poisson": 0.0, "past_windows": 0.0, "last_period": 0.0}
    for seed in range(400):
        history = made_history(WORLD._replace(weeks=52 + horizon), 1000 + seed)
        request = BacktestRequest(_known(history, 52 + horizon), horizon, 52, first=DAY_OF_START + 7 * 52)
        found = request.run()
        covered.append(found.score("simcore").coverage)
        for name in scores:
            scores[name] += found.score(name).crps * found.windows[0].actual
    assert 0.86 <= np.mean(covered) <= 0.94
    assert scores["simcore"] < 0.92 * min(score for name, score in scores.items() if name != "simcore")


def test_segments_and_values_have_windows_of_their_own() -> None:
    found = backtest(
        example_data(), horizon="8w", every=8, first="2026-01-05", by="segment", measure="value", replications=150
    )
    assert {window.segment for window in found.windows} == {"large", "medium", "small"}
    assert found.measure == "value"
    assert found.score("simcore").windows == 3 * len({window.origin for window in found.windows})
    whole = backtest(example_data(), horizon="8w", every=8, first="2026-01-05", measure="value", replications=150)
    summed = sum(window.actual for window in found.windows)
    assert summed == pytest.approx(sum(window.actual for window in whole.windows))


def test_it_is_stopped_with_what_was_done() -> None:
    asked: list[int] = []

    def stop() -> bool:
        asked.append(1)
        return len(asked) == 2

    done: list[int] = []
    found = _request(made_history(WORLD, 4)).run(stop=stop, progress=lambda each: done.append(each.done))
    assert found.interrupted
    assert len(found.windows) == 2 == done[-1]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"first": DAY_OF_START + 7}, "4 weeks of history"),
        ({"first": DAY_OF_START + 7 * 29}, "no window"),
        ({"horizon_weeks": 60}, "no window"),
    ],
)
def test_windows_that_do_not_fit_are_refused(changes: dict[str, int], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        _request(made_history(WORLD, 5), **changes).run()


def test_values_need_values() -> None:
    history = made_history(WORLD, 5)
    bare = replace(history, value=np.full(history.deals, np.nan))
    with pytest.raises(UsageError, match="has a value"):
        _request(bare, measure="value").run()


def test_open_deals_that_are_read_as_lost_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bias of a planted fault is many times that of the honest forecast."""
    history = made_history(WORLD._replace(arrivals=150.0, market_sd=0.01), 6)
    honest = _request(history).run().score("simcore").bias
    real = history_module.known_before

    def as_lost(given: History, day: int) -> history_module.Visits:
        # What is open on the day is lost on the day before it.
        still = given.closed >= day
        closed = np.where(still & (given.created < day), day - 1, given.closed)
        return real(replace(given, closed=closed, outcome=np.where(still, LOST, given.outcome)), day)

    monkeypatch.setattr("simcore.pipeline.posterior.known_before", as_lost)
    assert _request(history).run().score("simcore").bias < honest - 0.15


def test_ages_that_are_ignored_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    history = made_history(WORLD._replace(arrivals=150.0, market_sd=0.01, medians=(3.0, 40.0)), 7)
    honest = _request(history).run().score("simcore")
    real = ahead_module.open_deals

    def newborn(posterior: Posterior) -> ahead_module.OpenDeals:
        deals = real(posterior)
        return deals._replace(age=0 * deals.age)

    monkeypatch.setattr("simcore.forecasting.backtest.open_deals", newborn)
    faulty = _request(history).run().score("simcore")
    assert faulty.crps > 1.5 * honest.crps
