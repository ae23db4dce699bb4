"""Calls of a week, with and without a ramp, and which of them succeed."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simcore.kernels.calls import calls_of_week, calls_under_ramp, place_successes, squares_by_day
from simcore.kernels.workspace import NOW, ORIGIN, SLOT_WORD, Seat, Stride, new_scratch
from simcore.program.layout import FULL_ACTIVITY, Plan
from tests.support.both_engines import compiled
from tests.support.scenario_cases import scenario
from tests.twin.decisions import take_slots

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
@given(st.lists(st.lists(st.integers(0, 2**32 - 1), max_size=12), min_size=1, max_size=4), st.integers(0, 3))
def test_successes_get_the_hours_of_their_calls(weeks: list[list[int]], starters: int) -> None:
    """Weeks of twelve calls over four hours and two days, after some items that were open at the start."""
    plain = scenario(
        calendar={"hours_per_day": 2, "days_per_week": 2},
        horizon={"weeks": 6},
        plan={"calls_per_week": 12},
        start={"open": [{"stage": "meetings", "count": 3}]},
    )
    program = compiled(plain)
    scratch = new_scratch(program)
    words = [word for week in weeks for word in week]
    n = starters + len(words)
    scratch.items.words[SLOT_WORD, starters:n] = words
    scratch.items.hours[:] = -7
    scratch.weeks.calls[: len(weeks)] = 12
    scratch.weeks.successes[: len(weeks)] = [len(week) for week in weeks]
    slots = [(number, slot) for number, week in enumerate(weeks) for slot in take_slots(12, week)]
    expected = [(2 + number) * 4 + slot // 3 for number, slot in slots]
    for _ in range(2):  # what the first leaves behind must not matter to the second
        squares = place_successes(
            program.clock, program.plan, Stride(2, len(weeks), starters), scratch.seat, scratch.weeks, scratch.calls,
            scratch.items, n,
        )  # fmt: skip
        for row in (NOW, ORIGIN):
            assert scratch.items.hours[row].tolist()[:n] == [-7] * starters + expected
        by_hour, by_day = (Counter(hour // length for hour in expected) for length in (1, 2))
        assert squares == tuple(sum(count**2 for count in counts.values()) for counts in (by_hour, by_day))


@QUICK
@given(st.sampled_from([1, 5, 8, 24]), st.lists(st.integers(0, 2000), min_size=3, max_size=3), st.integers(0, 3))
def test_squares_by_day(hours_per_day: int, by_day: list[int], skipped: int) -> None:
    rng = np.random.default_rng(sum(by_day))
    shares = np.ones(hours_per_day) / hours_per_day
    per_hour = np.concatenate([rng.multinomial(count, shares) for count in by_day]).astype(np.int32)
    found = squares_by_day(per_hour, hours_per_day, skipped * hours_per_day, 3 * hours_per_day)
    assert found == sum(count**2 for count in by_day[skipped:])
