"""Forecasts without a model, on histories where their answer is plain."""

from __future__ import annotations

import numpy as np
import pytest

from simcore.pipeline.history import NEVER, History, known_before
from simcore.pipeline.naive import NAIVE, naive_values, naive_wins, stage_weighted, wins_by_week


def _steady(weeks: int = 20, per_week: int = 6) -> History:
    """Return as many wins every week, each a week after its creation, and four open deals."""
    created = np.repeat(7 * np.arange(weeks), per_week)
    created = np.concatenate((created, np.full(4, 7 * weeks - 3)))
    count = len(created)
    closed = np.concatenate((created[:-4] + 3, np.full(4, NEVER)))
    outcome = np.where(np.arange(count) % 3 == 2, 2, 1)
    outcome[-4:] = 0
    return History(
        stages=("open",),
        segments=("x", "y"),
        created=created,
        closed=closed,
        outcome=outcome,
        segment=np.arange(count) % 2,
        value=np.where(np.arange(count) % 2 == 0, 100.0, 300.0),
        visit_deal=np.arange(count),
        visit_stage=np.zeros(count, dtype=np.int64),
        visit_day=created,
        told=np.zeros(count, dtype=np.bool_),
    )


def test_wins_by_week_are_those_of_the_history() -> None:
    visits = known_before(_steady(), 140)
    assert wins_by_week(visits).sum(axis=1).tolist() == [4.0] * 20


def test_each_method_says_what_it_says() -> None:
    visits = known_before(_steady(), 140)
    found = naive_wins(visits, 4, 20_000, np.random.default_rng(1))
    assert tuple(found) == NAIVE
    assert found["past_windows"].sum(axis=1).tolist() == [16.0] * 20_000
    assert found["last_period"].sum(axis=1).mean() == pytest.approx(17.0, abs=0.15)  # 16 and half a win a segment
    assert found["gamma_poisson"].sum(axis=1).mean() == pytest.approx(16.0 + 4.0 / 6.4, abs=0.2)
    assert found["stage_weighted"].sum(axis=1).mean() == pytest.approx(4 * 2 / 3, abs=0.06)
    assert stage_weighted(visits).sum() == pytest.approx(4 * 2 / 3)


def test_values_are_wins_times_what_they_are_worth() -> None:
    visits = known_before(_steady(), 140)
    wins = naive_wins(visits, 4, 50, np.random.default_rng(2))
    values = naive_values(visits, 4, 50, np.random.default_rng(2))
    for name in NAIVE:
        assert values[name].tolist() == (wins[name] * np.array([100.0, 300.0])).tolist()


def test_a_window_longer_than_the_history_is_forecast_by_its_rate() -> None:
    visits = known_before(_steady(weeks=6), 42)
    found = naive_wins(visits, 12, 10, np.random.default_rng(3))
    assert found["past_windows"].sum(axis=1).tolist() == [48.0] * 10
