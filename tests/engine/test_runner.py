"""A run is cut into blocks that are short enough to be told of and long enough to be worth a call."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from simcore.engine.runner import cut, cut_in_multiples
from tests.support.both_engines import compiled
from tests.support.scenario_cases import scenario


@settings(derandomize=True, deadline=None)
@given(st.integers(1, 3000), st.integers(1, 64), st.none() | st.integers(1, 5000), st.booleans())
def test_a_run_is_cut_without_gaps(replications: int, threads: int, size: int | None, detailed: bool) -> None:
    blocks = list(cut(SMALL, replications, threads, size, detailed=detailed))
    assert [n for first, count in blocks for n in range(first, first + count)] == list(range(replications))
    assert all(count > 0 for _, count in blocks)
    if size is None and replications >= 4 * threads:
        assert len(blocks) >= threads


SMALL = compiled(scenario())


def test_blocks_with_detail_are_bounded() -> None:
    rep_weeks = 2 * 6
    assert all(block.replications * rep_weeks <= 1 << 16 for block in cut(SMALL, 10**6, 1, None, detailed=True))
    assert all(block.replications * rep_weeks <= 1 << 18 for block in cut(SMALL, 10**6, 1, None, detailed=False))


@settings(derandomize=True, deadline=None)
@given(st.integers(1, 3000), st.integers(1, 100))
def test_blocks_of_whole_multiples_leave_nothing_out(times: int, multiple: int) -> None:
    blocks = list(cut_in_multiples(SMALL, times * multiple, multiple))
    assert [n for first, count in blocks for n in range(first, first + count)] == list(range(times * multiple))
    assert all(block.replications % multiple == 0 for block in blocks)
