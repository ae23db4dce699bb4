"""Calls of a week, with and without a ramp."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simcore.kernels.calls import calls_of_week, calls_under_ramp, squares_by_day
from simcore.kernels.workspace import Seat
from simcore.program.layout import FULL_ACTIVITY, Plan

QUICK = settings(derandomize=True, deadline=None)
WEEKS = st.lists(st.tuples(st.integers(0, FULL_ACTIVITY), st.lists(st.integers(0, 30), min_size=3, max_size=3)))


@QUICK
@given(WEEKS)
def test_fractions_of_a_call_are_carried_and_never_lost(weeks: list[tuple[int, list[int]]]) -> None:
    carry, ramp_hour = np.zeros(1, np.int64), np.zeros(90, np.int32)
    planned = made = 0
    for activity, per_hour in weeks:
        n = calls_under_ramp(np.array(per_hour, np.int64), activity, carry, ramp_hour)
        assert (np.diff(ramp_hour[:n]) >= 0).all()
        by_hour = np.bincount(ramp_hour[:n], minlength=3)
        assert all(by_hour[hour] <= per_hour[hour] for hour in range(3))
        planned += activity * sum(per_hour)
        made += n
        assert made * FULL_ACTIVITY + carry[0] == planned


def seat_of(person: list[int], activity: list[float]) -> Seat:
    levels = np.array([int(level * FULL_ACTIVITY) for level in activity], np.int64)
    nothing = np.zeros((0, 0))
    return Seat(np.array(person, np.int64), levels, nothing, nothing, np.zeros(1, np.int64))


PLAN = Plan(
    row_of_week=np.array([0, 0, 1, 0, 0], np.int32),
    per_hour=np.array([[1, 2], [0, 2]], np.int64),
    calls=np.array([3, 2], np.int64),
    slot_hour=np.array([[0, 1, 1], [1, 1, 0]], np.int32),
    before=np.array([[0, 1, 3], [0, 0, 2]], np.int64),
)


@pytest.mark.parametrize(
    ("person", "activity", "expected"),
    [
        ([0, 0, 0, 0, 0], [1, 1, 1, 1, 1], [3, 3, 2, 3, 3]),
        ([0, -1, -1, 1, 1], [1, 1, 1, 1, 1], [3, 0, 0, 3, 3]),
        ([0, 0, 0, 0, 0], [0.5] * 5, [1, 2, 1, 1, 2]),  # 1.5 a week, 1 in the week with a holiday
        ([0, 1, 1, 2, 3], [0.5] * 5, [1, 1, 1, 1, 1]),  # what is carried ends with the person
        ([0, 0, -1, 0, 0], [0.5] * 5, [1, 2, 0, 1, 2]),
    ],
)
def test_calls_of_a_week(person: list[int], activity: list[float], expected: list[int]) -> None:
    seat = seat_of(person, activity)
    seat.carry[0] = FULL_ACTIVITY - 1  # of another seat: must not matter
    hours = np.zeros(3, np.int32)
    assert [calls_of_week(PLAN, seat, week, hours) for week in range(5)] == expected


@QUICK
@given(st.sampled_from([1, 5, 8, 24]), st.lists(st.integers(0, 2000), min_size=3, max_size=3), st.integers(0, 3))
def test_squares_by_day(hours_per_day: int, by_day: list[int], skipped: int) -> None:
    rng = np.random.default_rng(sum(by_day))
    shares = np.ones(hours_per_day) / hours_per_day
    per_hour = np.concatenate([rng.multinomial(count, shares) for count in by_day]).astype(np.int32)
    found = squares_by_day(per_hour, hours_per_day, skipped * hours_per_day, 3 * hours_per_day)
    assert found == sum(count**2 for count in by_day[skipped:])
