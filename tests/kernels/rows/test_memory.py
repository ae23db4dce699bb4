"""Lists that grow, and counters that are handed over."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from simcore.kernels.rows.memory import Places, flush, new_memory, row_size
from simcore.program.tally import SQUARE_HIGH, SQUARE_LOW, TOTAL, new_arrays
from tests.support.both_engines import compiled
from tests.support.scenario_cases import CASES, funnel, scenario

QUICK = settings(derandomize=True, deadline=None)


@QUICK
@given(st.lists(st.integers(0, 40), max_size=30))
def test_a_list_of_windows_grows_or_is_full(steps: list[int]) -> None:
    """What is in it stays until it is said to be full; then there is room once it is empty."""
    waiting, number = Places(8), 0
    kept: list[int] = []
    for more in steps:
        if waiting.make_room(more):
            assert len(kept) + more > len(waiting.places)
            waiting.n, kept = 0, []
        assert len(waiting.places) >= waiting.n + more
        assert len(waiting.by_section) >= waiting.n + more
        waiting.places[waiting.n : waiting.n + more] = range(number, number + more)
        kept += range(number, number + more)
        waiting.n, number = waiting.n + more, number + more
        assert waiting.places[: waiting.n].tolist() == kept


SQUARES = st.integers(0, 2**70)


@QUICK
@given(st.lists(SQUARES, min_size=1, max_size=4))
def test_squares_are_carried_to_the_high_word(squares: list[int]) -> None:
    program = compiled(scenario())
    counters, tally = new_memory(program).counters, new_arrays(program.clock.steps)
    for square in squares:
        cell = counters.moments[3, 7]
        cell[TOTAL] = 5
        cell[SQUARE_LOW : SQUARE_LOW + 1].view(np.uint64)[0] = square & (2**64 - 1)
        cell[SQUARE_HIGH] = square >> 64
        flush(counters, tally)
        assert not any(each.any() for each in counters)
    found = tally.moments[7, 0, 3]
    assert found[TOTAL] == 5 * len(squares)
    assert (int(found[SQUARE_HIGH]) << 64) + int(found[SQUARE_LOW : SQUARE_LOW + 1].view(np.uint64)[0]) == sum(squares)


def test_rows_are_powers_of_two_and_bounded() -> None:
    for case in CASES.values():
        size = row_size(compiled(case))
        assert size & (size - 1) == 0
        assert 1 <= size <= 256
    assert row_size(compiled(scenario(horizon={"weeks": 1}))) == 256
    capped = scenario(horizon={"weeks": 5000}, funnel=funnel({"cap": {"per_week": 7}}))
    assert row_size(compiled(capped)) == 1
