"""Lags, values and decisions of single items."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simcore.kernels.funnel import decide_at_once, fill_dues, item_word, last_hour, value_of
from simcore.kernels.workspace import C0, C1, DUE, NOW, SeatIndex, Stride, new_scratch
from simcore.random.addresses import ITEM, LAG, OPEN_AT_START, VALUE, decision, place, stream_of
from simcore.random.philox import split_seed
from tests.support.both_engines import compiled
from tests.support.distribution_cases import LAGS
from tests.support.scenario_cases import DEALS, chain, funnel, scenario
from tests.twin.philox import AT_START, Purpose, Source
from tests.twin.reader import read

QUICK = settings(derandomize=True, deadline=None)
SEED, REPLICATION, REP = 5, 2**33 + 9, 1
STREAM = stream_of(split_seed(SEED), REPLICATION)
SOURCE = Source(SEED, REPLICATION)
TOP = 2**32 - 1


@pytest.mark.parametrize("lag", ["0h", "3h", "1w", *LAGS.values()])
@pytest.mark.parametrize("step", [1, 4, 5, 7])
def test_items_are_due_after_a_whole_number_of_hours(lag: object, step: int) -> None:
    plain = scenario(plan={"calls_per_week": 90}, funnel=chain([1] * 7, **{f"s{step}": {"lag": lag}}))
    program, spread = compiled(plain), read(plain).steps[step].lag
    items, alive = new_scratch(program).items, [1, 2, *range(5, 300)]
    items.alive[: len(alive)] = alive
    items.words[C0, :300] = [decision(ITEM, 0, item) for item in range(300)]
    items.words[C1, :300] = place(REP, 3)
    items.hours[NOW, :300] = np.arange(300) // 7
    cut = fill_dues(
        program.clock, program.lags, program.start, STREAM, SeatIndex(0, REP, 0, 0), 0, step, items, len(alive)
    )
    purpose, number = (Purpose.LAG, step - 1) if step <= 4 else (Purpose.LAG_LATE, step - 5)
    words = [SOURCE.words(purpose, seat=REP, week=3, item=item)[number] for item in alive]
    expected = [item // 7 + math.floor(spread(word) + 0.5) for item, word in zip(alive, words, strict=True)]
    assert items.hours[DUE, alive].tolist() == expected
    assert cut == 0


def test_a_due_hour_past_the_clock_is_cut_and_counted() -> None:
    program = compiled(scenario(funnel=funnel({}, {"lag": "5w"})))
    items, last = new_scratch(program).items, 65536 * 40 - 1
    items.alive[:4] = range(4)
    items.hours[NOW, :4] = [last - 201, last - 200, last - 199, last]
    assert fill_dues(program.clock, program.lags, program.start, STREAM, SeatIndex(0, REP, 0, 0), 0, 2, items, 4) == 2
    assert items.hours[DUE, :4].tolist() == [last - 1, last, last, last]


@pytest.mark.parametrize("deal", [{"fixed": 10.01}, {"mean": 0.01, "cv": 3}, *DEALS])
def test_a_value_is_at_least_a_cent(deal: object) -> None:
    plain = scenario(deal=deal)
    program, spread = compiled(plain), read(plain).deal
    words = np.zeros((6, 400), np.uint32)
    stride, index = Stride(0, 1, 0), SeatIndex(0, REP, 0, 0)
    for item in range(400):
        words[C0, item], words[C1, item] = decision(ITEM, 0, item), place(REP, 3)
        word = SOURCE.words(Purpose.VALUE, seat=REP, week=3, item=item)[0]
        found = value_of(program.deals, program.start, STREAM, index, stride, words, item)
        assert found == max(1, np.floor(spread(word) + 0.5))


@pytest.mark.parametrize("purpose", [LAG, VALUE])
def test_an_item_that_was_open_has_words_of_its_own(purpose: int) -> None:
    words = np.zeros((6, 2), np.uint32)
    words[C0] = decision(ITEM, 0, 9), decision(ITEM + OPEN_AT_START, 0, 9)
    words[C1] = place(REP, 0)
    found = [int(item_word(STREAM, purpose, words, item, 2)) for item in (0, 1)]
    assert found == [SOURCE.words(of, seat=REP, week=0, item=9)[2] for of in (purpose, purpose + AT_START)]
    assert found[0] != found[1]


@QUICK
@given(st.lists(st.integers(0, TOP), max_size=30), st.sampled_from([0, 1, 2**31, TOP, 2**32]))
def test_decisions_keep_the_order(words: list[int], limit: int) -> None:
    alive = np.arange(len(words), dtype=np.int32)
    kept = decide_at_once(limit, np.array(words, np.uint32), alive, len(words))
    assert alive[:kept].tolist() == [item for item, word in enumerate(words) if word < limit]


def test_the_clock_ends_with_the_last_week_that_has_an_address() -> None:
    assert last_hour(compiled(scenario()).clock) == 65536 * 40 - 1
