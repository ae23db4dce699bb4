"""Weekdays and closing days: found where they are, not found where they are not."""

from __future__ import annotations

import numpy as np
import pytest

from simcore.pipeline.rhythm import LAST, day_of_month, on_working_day, rhythm, weekday

DAYS = np.arange(np.datetime64("2024-01-01"), np.datetime64("2024-07-01")).astype(np.int64)


def test_weekdays_and_days_of_the_month() -> None:
    assert weekday(DAYS[:8]).tolist() == [0, 1, 2, 3, 4, 5, 6, 0]  # 2024-01-01 was a Monday
    assert day_of_month(DAYS[:2]).tolist() == [1, 2]
    assert day_of_month(DAYS[[30, 31, 59, 60]]).tolist() == [31, 1, 29, 1]


def test_the_last_working_day_of_each_month() -> None:
    found = DAYS[on_working_day(DAYS, LAST)].astype("datetime64[D]").astype(str).tolist()
    assert found == ["2024-01-31", "2024-02-29", "2024-03-29", "2024-04-30", "2024-05-31", "2024-06-28"]


def test_a_weekend_moves_to_monday() -> None:
    found = DAYS[on_working_day(DAYS, 22)].astype("datetime64[D]").astype(str).tolist()
    assert found == ["2024-01-22", "2024-02-22", "2024-03-22", "2024-04-22", "2024-05-22", "2024-06-24"]


@pytest.mark.parametrize("of_month", [5, 22, LAST])
def test_a_closing_day_is_found(of_month: int) -> None:
    random = np.random.default_rng(of_month)
    expected = np.full(len(DAYS), 20.0)
    factor = np.where(weekday(DAYS) < 5, 1.4, 0.05) * np.where(on_working_day(DAYS, of_month), 4.0, 1.0)
    found = rhythm(DAYS, random.poisson(expected * factor).astype(np.float64), expected, closing=True)
    assert [each for each, _ in found.closing] == [of_month]
    assert abs(found.closing[0][1] / (1.4 * 4.0) - 1.0) < 0.15
    assert np.abs(found.weekdays[:5] / 1.4 - 1.0).max() < 0.15
    assert found.factors(DAYS)[on_working_day(DAYS, of_month)].min() > 4.0


def test_none_is_found_where_there_is_none() -> None:
    random = np.random.default_rng(7)
    expected = np.full(len(DAYS), 8.0)
    for _ in range(40):
        # Days that differ by more than counts do.
        events = random.poisson(expected * random.gamma(4.0, 0.25, len(DAYS))).astype(np.float64)
        assert rhythm(DAYS, events, expected, closing=True).closing == ()


def test_nothing_expected_is_even() -> None:
    nothing = np.zeros(len(DAYS))
    assert rhythm(DAYS, nothing, nothing, closing=True).factors(DAYS).tolist() == [1.0] * len(DAYS)
