"""The calls of a row, how many of them succeed and which, each kernel alone."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from simcore.kernels.rows.calls import AHEAD, count_at_rates, fill_calls, list_items, place_calls, square_hours
from simcore.program.layout import FULL_ACTIVITY
from simcore.random.addresses import ITEM, decision, place
from simcore.random.draws import binomial_in_parts, binomial_inverse, parts_of, uniform53
from simcore.random.philox import split_seed
from tests.support.both_engines import compiled
from tests.support.scenario_cases import scenario
from tests.twin.decisions import take_slots

QUICK = settings(derandomize=True, deadline=None)
WORDS = st.integers(0, 2**32 - 1)
CALLS = 12
KINDS = (np.int32, np.float64, np.uint32, np.uint32)

ROW_OF_WEEK = np.array([0, 0, 1, 0, 0], np.int32)
PLANNED = np.array([3, 2], np.int64)


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
@pytest.mark.parametrize("stride", [1, 2, 5])
def test_calls_of_a_week(person: list[int], activity: list[float], expected: list[int], stride: int) -> None:
    """Of the second replication of three; strides carry fractions of a call on, the neighbours do not matter."""
    persons, levels = np.zeros((5, 3), np.int32), np.full((5, 3), FULL_ACTIVITY, np.int32)
    persons[:, 1], levels[:, 1] = person, [int(level * FULL_ACTIVITY) for level in activity]
    levels[persons < 0] = FULL_ACTIVITY  # as a seat without anybody has
    calls, carried = np.full((5, 3), -1, np.int32), np.full((5, 3), -1, np.int64)
    carry = np.full(3, FULL_ACTIVITY - 1)  # of another seat: must not matter
    for first in range(0, 5, stride):
        weeks = min(stride, 5 - first)
        fill_calls(first, weeks, 3, ROW_OF_WEEK, PLANNED, persons, levels, carry, calls[first:], carried[first:])
    assert calls[:, 1].tolist() == expected
    assert calls[:, 0].tolist() == calls[:, 2].tolist() == [3, 3, 2, 3, 3]
    ramped = (levels[:, 1] != FULL_ACTIVITY) & (persons[:, 1] >= 0)
    made = carried[ramped, 1] + levels[ramped, 1].astype(np.int64) * PLANNED[ROW_OF_WEEK[ramped]]
    assert (made >> 20).tolist() == calls[ramped, 1].tolist()
    assert (carried[~ramped] == -1).all()
    assert (carried[:, [0, 2]] == -1).all()


RATES = st.sampled_from([0.0, 1e-9, 0.02, 0.3, 0.5, 0.5000001, 0.9, 0.999, 1.0, 1.7])


@QUICK
@given(st.lists(st.tuples(st.integers(0, 400), RATES, WORDS, WORDS), min_size=1, max_size=20))
def test_counts_in_step_are_those_one_by_one(lanes: list[tuple[int, float, int, int]]) -> None:
    """Bit for bit, at the ends of the uniform, too; where a mean above 256 divides the calls, part by part."""
    ends = [(n, rate, end, end) for n in (0, 1, 60, 2000) for rate in (0.3, 0.8) for end in (0, 2**32 - 1)]
    lanes = [*lanes, *ends]
    n, rate, x0, x1 = (np.array([column], kind) for column, kind in zip(zip(*lanes, strict=True), KINDS, strict=True))
    key, successes = split_seed(3), np.full(n.shape, -1, np.int32)
    cut = count_at_rates(
        5, 0, 1, len(lanes), x0, x1, 9, np.uint32(0), *key, rate, np.empty((6, len(lanes))), n, successes
    )
    assert cut == sum(calls for calls, own, *_ in lanes if own > 1)
    for r, (calls, own, high, low) in enumerate(lanes):
        p = min(own, 1.0)
        parts = parts_of(calls, p)
        expected = binomial_inverse(uniform53(np.uint32(high), np.uint32(low)), calls, p) if parts == 1 else None
        if expected is None:
            expected = binomial_in_parts(place(5, 0), 0, calls, p, parts, 9 + r, np.uint32(0), *key)
        assert successes[0, r] == expected


@QUICK
@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 20)), min_size=1, max_size=5), st.integers(0, 3))
def test_items_are_listed_week_by_week(counts: list[tuple[int, int]], before: int) -> None:
    """Items past a sixteen, and none at all, after some that are there already."""
    total = before + sum(map(sum, counts))
    c0, c1, who = (np.full(total + AHEAD, 7, np.uint32) for _ in range(3))
    n = list_items(3, 2, len(counts), 2, before, np.array(counts, np.int32), c0, c1, who)
    items = [(k, 2 + week, r) for week, pair in enumerate(counts) for r in (0, 1) for k in range(pair[r])]
    assert n == total
    assert c0[before:n].tolist() == [decision(ITEM, 0, k) for k, _, _ in items]
    assert c1[before:n].tolist() == [place(3, week) for _, week, _ in items]
    assert who[before:n].tolist() == [r for _, _, r in items]
    assert all((column[:before] == 7).all() for column in (c0, c1, who))


def listed(successes: NDArray[np.int32], before: int) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """Return the first word of the address of each item, and its replication, after some items."""
    c0, c1, who = (np.zeros(before + int(successes.sum()) + AHEAD, np.uint32) for _ in range(3))
    list_items(3, 2, len(successes), successes.shape[1], before, successes, c0, c1, who)
    return c0, who


@QUICK
@given(
    st.lists(st.lists(st.lists(WORDS, max_size=CALLS), min_size=2, max_size=2), min_size=1, max_size=4),
    st.integers(0, 3),
    st.integers(0, 4),
)
def test_successes_get_the_hours_of_their_calls(weeks: list[list[list[int]]], before: int, warmup: int) -> None:
    """Weeks of twelve calls over four hours and two days in two replications, after items that were there already."""
    program = compiled(
        scenario(
            calendar={"hours_per_day": 2, "days_per_week": 2}, horizon={"weeks": 6}, plan={"calls_per_week": CALLS}
        )
    )
    successes = np.array([[len(words) for words in pair] for pair in weeks], np.int32)
    words = np.array([0] * before + [word for pair in weeks for own in pair for word in own], np.uint32)
    by_week = [[take_slots(CALLS, own) for own in pair] for pair in weeks]
    expected = [slot // 3 + (2 + week) * 4 for week, pair in enumerate(by_week) for own in pair for slot in own]
    calls = np.full((len(weeks), 2), CALLS, np.int32)
    slots, per_hour = np.array([0] * CALLS + [1]), np.zeros((7, 2), np.uint32)
    c0, who = listed(successes, before)
    activity = np.full((6, 2), FULL_ACTIVITY, np.int32)
    for _ in range(2):  # what the first leaves behind must not matter to the second
        hours, by_hour, by_day = np.full(len(words), -7, np.int32), np.zeros(2, np.int64), np.zeros(2, np.int64)
        place_calls(
            2, len(weeks), 2, before, program.plan.row_of_week, program.plan.slot_hour, np.empty((0, 2), np.int64),
            activity, calls, successes, c0, who, words, slots, hours,
        )  # fmt: skip
        square_hours(2, len(weeks), 2, before, 2, warmup, successes, who, hours, per_hour, by_hour, by_day)
        assert hours.tolist() == [-7] * before + expected
        for r in (0, 1):
            counted = [
                slot // 3 + week * 4 for week, pair in enumerate(by_week) if 2 + week >= warmup for slot in pair[r]
            ]
            for length, found in ((1, by_hour[r]), (2, by_day[r])):
                assert found == sum(count**2 for count in Counter(hour // length for hour in counted).values())
        assert not per_hour.any()


@QUICK
@given(
    st.lists(
        st.tuples(
            st.integers(1, FULL_ACTIVITY - 1), st.integers(0, FULL_ACTIVITY - 1), st.lists(WORDS, max_size=CALLS)
        ),
        min_size=1,
        max_size=6,
    )
)
def test_weeks_under_a_ramp_have_hours_of_their_own(weeks: list[tuple[int, int, list[int]]]) -> None:
    """Every second week is under a ramp: its calls are made hour by hour, with fractions carried on."""
    per_hour = [3, 0, 4, 5]
    slot_hour = np.repeat(np.arange(4, dtype=np.int32), per_hour)[None]
    hours_of_week = []
    for week, (activity, carried, _) in enumerate(weeks):
        left, made = carried, []
        for hour, planned in enumerate(per_hour):
            left += planned * (activity if week % 2 else FULL_ACTIVITY)
            made += [hour] * (left >> 20)
            left &= FULL_ACTIVITY - 1
        hours_of_week.append(made)
    calls = [len(made) for made in hours_of_week]
    drawn = [own[:n] for n, (_, _, own) in zip(calls, weeks, strict=True)]
    successes = np.array([[len(own)] for own in drawn], np.int32)
    words, hours = (
        np.array([word for own in drawn for word in own], np.uint32),
        np.zeros(sum(map(len, drawn)), np.int32),
    )
    place_calls(
        0, len(weeks), 1, 0, np.zeros(len(weeks), np.int32), slot_hour,
        np.array([[carried] for _, carried, _ in weeks], np.int64),
        np.array([[own if week % 2 else FULL_ACTIVITY] for week, (own, _, _) in enumerate(weeks)], np.int32),
        np.array(calls, np.int32)[:, None], successes, *listed(successes, 0), words,
        np.array([0] * CALLS + [1]), hours,
    )  # fmt: skip
    expected = [
        made[slot] for made, own in zip(hours_of_week, drawn, strict=True) for slot in take_slots(len(made), own)
    ]
    assert hours.tolist() == expected
