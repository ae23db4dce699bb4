"""Blocks are cut and run in order, and a run that is stopped keeps what was done."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Event
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simcore.engine.runner import Block, Progress, Runner, Watch, cut, in_order
from simcore.kernels.workspace import Detail
from simcore.program.layout import Program
from simcore.program.tally import Tally
from simcore.random.philox import split_seed
from tests.support.both_engines import compiled, play
from tests.support.scenario_cases import CASES, scenario

SEED = 7
BLOCKS = [Block(first, 2) for first in range(0, 20, 2)]


@pytest.fixture(scope="module")
def program() -> Program:
    return compiled(CASES["market"])


def run(program: Program, threads: int, watch: Watch, blocks: list[Block] = BLOCKS) -> Tally:
    return Runner(program, split_seed(SEED), threads).run(blocks, 20, watch)


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


@pytest.mark.parametrize("threads", [1, 3])
def test_progress_and_rep_weeks_come_in_order(program: Program, threads: int) -> None:
    seen: list[Progress] = []
    finished: list[Block] = []
    counts: list[int] = []

    def keep(block: Block, detail: Detail) -> None:
        finished.append(block)
        counts.append(int(detail.entered.sum()))

    tally = run(program, threads, Watch(seen.append, keep))
    assert tally.replications == 20
    assert finished == BLOCKS
    assert counts == [
        int(play(program, SEED, block.first, block.replications).detail.entered.sum()) for block in BLOCKS
    ]
    assert [progress.done for progress in seen] == list(range(2, 21, 2))
    assert {progress.total for progress in seen} == {20}
    assert all(progress.rep_weeks_per_second > 0 for progress in seen)


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("asked", [1, 2, 4])
def test_a_stopped_run_is_the_first_so_many_replications(program: Program, threads: int, asked: int) -> None:
    answers: Iterator[bool] = iter([False] * (asked - 1) + [True])
    seen: list[Progress] = []
    tally = run(program, threads, Watch(progress=seen.append, stop=lambda: next(answers)))
    # What was waiting for a thread is not begun any more.
    assert 2 <= tally.replications <= 2 * asked
    assert tally.replications == seen[-1].done
    assert tally.same_as(play(program, SEED, 0, tally.replications).tally)


@pytest.mark.parametrize("drained", [False, True])
def test_what_waits_for_a_thread_is_not_begun_after_a_stop(drained: bool) -> None:
    begun: list[int] = []
    held, asked = Event(), Event()

    def work(block: Block) -> int:
        begun.append(block.first)
        if block.first == 1:
            asked.set()
            held.wait(20)
        return block.first

    def blocks() -> Iterator[Block | None]:
        yield from (Block(first, 1) for first in range(3))
        if drained:
            yield None
        yield Block(3, 1)

    def stop() -> bool:
        if asked.is_set():
            held.set()
        return asked.is_set()

    done = list(in_order(work, blocks(), 1, stop))
    assert done == begun == [0, 1]


def test_the_first_block_is_run_in_any_case(program: Program) -> None:
    assert run(program, 2, Watch(stop=lambda: True)).replications == 2


@pytest.mark.parametrize("at", ["progress", "finished", "stop"])
def test_an_error_of_a_watcher_is_told(program: Program, at: str) -> None:
    def fail(*_: object) -> bool:
        raise OSError("disk full")

    watchers: dict[str, Any] = {at: fail}
    with pytest.raises(OSError, match="disk full"):
        run(program, 2, Watch(**watchers))


def test_nobody_keeps_rep_weeks_that_are_not_asked_for(program: Program) -> None:
    sizes: list[int] = []
    run(program, 1, Watch(finished=lambda block, detail: sizes.append(detail.entered.size // block.replications)))
    assert sizes == [program.team.reps * program.clock.counted_weeks * 4] * len(BLOCKS)
    assert np.array_equal(run(program, 1, Watch()).arrays.stages, run(program, 3, Watch()).arrays.stages)
