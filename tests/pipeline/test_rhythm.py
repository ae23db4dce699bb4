"""Weekdays and closing days: found where they are, not found where they are not."""

from __future__ import annotations

import numpy as np
import pytest

from simcore.pipeline.arrivals import arrival_rhythm
from simcore.pipeline.rhythm import LAST, day_of_month, on_working_day, rhythm, weekday
from tests.support.made_histories import DAY_OF_START

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


def test_holidays_are_like_sundays_until_they_are_known_better() -> None:
    days = np.arange(DAY_OF_START, DAY_OF_START + 7 * 52, dtype=np.int64)
    working = np.where(weekday(days) < 5, 20.0, 1.0)
    holidays = days[weekday(days) == 2][::6]
    events = working.copy()
    events[np.isin(days, holidays)] = 2.0
    expected = np.full(len(days), 10.0)
    found = rhythm(days, events, expected, closing=True, holidays=holidays)
    assert found.on_holiday == pytest.approx(0.2, rel=0.05)
    assert found.weekdays[2] == pytest.approx(found.weekdays[1], rel=0.01)
    ahead = np.array([holidays[0], holidays[0] + 7])
    assert found.factors(ahead).tolist() == [found.on_holiday, found.weekdays[2]]
    unseen = rhythm(days, working, expected, closing=True, holidays=days[-1:] + 3)
    assert unseen.on_holiday == pytest.approx(unseen.weekdays[6])
    assert unseen.closing == ()


def test_new_deals_of_a_holiday_are_missing_in_its_week_alone() -> None:
    days = np.arange(DAY_OF_START, DAY_OF_START + 7 * 40 + 3, dtype=np.int64)
    holidays = days[weekday(days) == 2][::5]
    created = np.repeat(days, np.where(np.isin(days, holidays), 0, np.where(weekday(days) < 5, 8, 1)))
    found = arrival_rhythm(created, days, holidays)
    even = arrival_rhythm(np.repeat(days, np.where(weekday(days) < 5, 8, 1)), days, holidays[:0])
    np.testing.assert_allclose(found.share, even.share, rtol=0.02)
    assert found.on_holiday < 0.05
    parts = found.parts_of_weeks(days)
    last = days[3:].reshape(-1, 7)
    hit = np.isin(last, holidays).any(axis=1)
    assert (parts[~hit] == 1.0).all()
    np.testing.assert_allclose(parts[hit], 1.0 - found.share[2] * (1.0 - found.on_holiday))
    np.testing.assert_allclose(found.shares(last).sum(axis=1), parts)
    assert (even.parts_of_weeks(days) == 1.0).all()
