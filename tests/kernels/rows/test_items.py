"""Lags and decisions of items in a row, each kernel alone."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simcore.kernels.rows import items
from simcore.kernels.rows.waits import wait
from simcore.kernels.rows.words import draw_items
from simcore.random.addresses import ITEM, LAG, LAG_LATE, OPEN_AT_START, VALUE, decision, place
from simcore.random.philox import split_seed
from tests.support.both_engines import compiled
from tests.support.distribution_cases import LAGS
from tests.support.scenario_cases import chain, scenario
from tests.twin.philox import AT_START, Purpose, Source
from tests.twin.reader import read

QUICK = settings(derandomize=True, deadline=None)
SEED, REPLICATION, REP = 5, 2**33 + 9, 1
TOP = 2**32 - 1


def drawn(purpose: int, c0: list[int], week: int, who: list[int]) -> np.ndarray:
    """Return the four words of items for a purpose: uint32[4, items]."""
    n, aside = len(c0), np.zeros((4, len(c0)), np.uint32)
    draw_items(
        n, purpose, np.array(c0, np.uint32), np.full(n, place(REP, week), np.uint32), np.array(who, np.uint32),
        REPLICATION, np.uint32(0), *split_seed(SEED), *aside,
    )  # fmt: skip
    return aside


@pytest.mark.parametrize("lag", ["0h", "3h", "1w", *LAGS.values()])
@pytest.mark.parametrize("step", [1, 4, 5, 7])
def test_items_are_due_after_a_whole_number_of_hours(lag: object, step: int) -> None:
    plain = scenario(plan={"calls_per_week": 90}, funnel=chain([1] * 7, **{f"s{step}": {"lag": lag}}))
    program, spread = compiled(plain), read(plain).steps[step].lag
    numbers, who = [1, 2, *range(5, 300)], [item % 3 for item in range(297)]
    kept = [int(decision(ITEM, 0, item)) for item in numbers]
    purpose, number = (LAG, step - 1) if step <= 4 else (LAG_LATE, step - 5)
    now, due, until = np.arange(297, dtype=np.int32) // 7, np.zeros(297, np.int64), np.zeros(297, np.int32)
    wait(program.lags, step, 297, drawn(purpose, kept, 3, who)[number], now, due)
    assert items.cut_dues(297, 10**6, due, until) == 0
    sources = [Source(SEED, REPLICATION + r) for r in range(3)]
    of = Purpose.LAG if step <= 4 else Purpose.LAG_LATE
    words = [sources[r].words(of, seat=REP, week=3, item=item)[number] for item, r in zip(numbers, who, strict=True)]
    assert until.tolist() == [i // 7 + math.floor(spread(word) + 0.5) for i, word in enumerate(words)]


def test_a_due_hour_past_the_clock_is_cut_and_counted() -> None:
    last = 65536 * 40 - 1
    due, until = np.array([last - 1, last, last + 1, 10**15]), np.zeros(4, np.int32)
    assert items.cut_dues(4, last, due, until) == 2
    assert until.tolist() == [last - 1, last, last, last]


@pytest.mark.parametrize("purpose", [LAG, VALUE])
def test_an_item_that_was_open_has_words_of_its_own(purpose: int) -> None:
    found = drawn(purpose, [int(decision(of, 0, 9)) for of in (ITEM, ITEM + OPEN_AT_START)], 0, [0, 0])[2].tolist()
    source = Source(SEED, REPLICATION)
    assert found == [source.words(of, seat=REP, week=0, item=9)[2] for of in (purpose, purpose + AT_START)]
    assert found[0] != found[1]


@QUICK
@given(st.lists(st.integers(0, TOP), max_size=30), st.sampled_from([0, 1, 2**31, TOP, 2**32]))
def test_decisions_keep_the_order(words: list[int], limit: int) -> None:
    keep = np.zeros(len(words), np.int32)
    m = items.pass_at_limit(len(words), limit, np.array(words, np.uint32), keep)
    assert keep[:m].tolist() == [item for item, word in enumerate(words) if word < limit]


ITEMS = st.lists(
    st.tuples(st.integers(0, TOP), st.sampled_from([0.0, 0.3, 0.9, 1.0, 1.7]), st.integers(0, 4)), max_size=40
)


@QUICK
@given(ITEMS, st.integers(2, 4))
def test_only_those_that_came_this_far_are_decided(listed: list[tuple[int, float, int]], step: int) -> None:
    """Items that were open in the stage after the step, or later, pass; a rate above one is cut and counted."""
    n = len(listed)
    words, own = np.array([word for word, _, _ in listed], np.uint32), np.array([rate for _, rate, _ in listed])
    began, keep, clipped = (
        np.array([stage for *_, stage in listed], np.int32),
        np.zeros(n, np.int32),
        np.zeros(8, np.int64),
    )
    m = items.pass_at_rates(n, step, words, own, began, keep, clipped)
    passes = [stage >= step or word < math.floor(min(rate, 1) * 2**32 + 0.5) for word, rate, stage in listed]
    assert keep[:m].tolist() == [item for item, yes in enumerate(passes) if yes]
    assert clipped.tolist() == [0] * step + [sum(r > 1 and s < step for _, r, s in listed)] + [0] * (7 - step)


@QUICK
@given(st.lists(st.tuples(st.booleans(), st.integers(0, 9), st.integers(0, 1)), max_size=40), st.integers(0, 9))
def test_those_wait_who_pass_or_may_stay_open(listed: list[tuple[bool, int, int]], after: int) -> None:
    n, passing = len(listed), [item for item, (yes, _, _) in enumerate(listed) if yes]
    keep, joined, lost = (np.zeros(n, np.int32) for _ in range(3))
    keep[: len(passing)] = passing
    now, began = (np.array([entry[column] for entry in listed], np.int32) for column in (1, 2))
    m = items.keep_late(n, len(passing), after, now, began, keep, joined, lost)
    expected = [item for item, (yes, hour, start) in enumerate(listed) if yes or hour >= after or start > 0]
    assert joined[:m].tolist() == expected
    assert lost[:m].tolist() == [not listed[item][0] for item in expected]
    left = items.drop_lost(m, lost, keep)
    assert joined[keep[:left]].tolist() == passing


@QUICK
@given(st.lists(st.integers(0, 65536 * 168 - 1), max_size=30), st.sampled_from([1, 3, 8, 40, 168]))
def test_the_week_of_an_hour_is_exact(hours: list[int], hours_per_week: int) -> None:
    """At the edges of weeks, too, up to the end of the clock."""
    edges = [edge * hours_per_week + by for edge in (1, 7, 4097, 65535) for by in (-1, 0)]
    until = np.array([*(hour % (65536 * hours_per_week) for hour in hours), *edges], np.int32)
    week, late = np.zeros(len(until), np.int32), np.zeros(len(until), np.int32)
    m = items.weeks_of(len(until), hours_per_week, until, week, 7, late)
    assert week.tolist() == (until // hours_per_week).tolist()
    assert late[:m].tolist() == np.flatnonzero(week >= 7).tolist()
