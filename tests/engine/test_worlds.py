"""Blocks are played in order, and a run that is stopped keeps what was done."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from threading import Event
from typing import Any

import numpy as np
import pytest

from simcore.engine.playable import playable, with_run_overrides
from simcore.engine.runner import Block, Progress, StoppedError, Watch
from simcore.engine.worlds import Meter, Player, Worlds, in_order
from simcore.kernels.detail import Detail
from simcore.program.layout import Program
from simcore.program.tally import Tally
from simcore.scenario.model import validate
from tests.support.both_engines import play
from tests.support.scenario_cases import CASES
from tools.packages import modules

SEED = 7
BLOCKS = [Block(first, 2) for first in range(0, 20, 2)]
SCENARIO = with_run_overrides(validate(CASES["market"]), None, SEED)


@pytest.fixture(scope="module")
def program() -> Program:
    return playable(SCENARIO)


def detailed(player: Player, block: Block) -> Detail:
    return player.simulate(0, block, detailed=True)


def counted(player: Player, block: Block) -> Detail:
    return player.simulate(0, block)


def run(
    program: Program,
    threads: int,
    watch: Watch,
    work: Callable[[Player, Block], Detail] = counted,
    finished: Callable[[Block, Detail], object] = lambda *_: None,
) -> Tally:
    worlds = Worlds([SCENARIO], [program], threads=threads)
    for block, detail in worlds.play(work, BLOCKS, Meter(watch, 20)):
        finished(block, detail)
    return worlds.tallies()[0]


@pytest.mark.parametrize("threads", [1, 3])
def test_progress_and_rep_weeks_come_in_order(program: Program, threads: int) -> None:
    seen: list[Progress] = []
    finished: list[Block] = []
    counts: list[int] = []

    def keep(block: Block, detail: Detail) -> None:
        finished.append(block)
        counts.append(int(detail.entered.sum()))

    tally = run(program, threads, Watch(seen.append), detailed, keep)
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

    watchers: dict[str, Any] = {} if at == "finished" else {at: fail}
    with pytest.raises(OSError, match="disk full"):
        run(program, 2, Watch(**watchers), finished=fail if at == "finished" else lambda *_: None)


def test_nobody_keeps_rep_weeks_that_are_not_asked_for(program: Program) -> None:
    sizes: list[int] = []
    for work in (counted, detailed):
        run(program, 1, Watch(), work, lambda block, detail: sizes.append(detail.entered.size // block.replications))
    assert sizes == [0] * len(BLOCKS) + [program.team.reps * program.clock.counted_weeks * 4] * len(BLOCKS)
    assert np.array_equal(run(program, 1, Watch()).arrays.stages, run(program, 3, Watch()).arrays.stages)


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_a_run_that_keeps_its_rep_weeks_is_whole_and_in_order(program: Program, threads: int) -> None:
    worlds, meter = Worlds([SCENARIO], [program], threads=threads), Meter(Watch(), 20)
    parts = worlds.collect(lambda player, block: detailed(player, block).cents, 20, meter)
    assert np.array_equal(np.concatenate(parts), play(program, SEED, 0, 20).detail.cents)
    assert (meter.done, meter.rep_weeks) == (20, 20 * worlds.rep_weeks)


def test_a_run_that_is_stopped_midway_has_no_rep_weeks_to_show(program: Program) -> None:
    worlds, meter = Worlds([SCENARIO], [program], threads=1), Meter(Watch(stop=lambda: True), 20)
    with pytest.raises(StoppedError):
        worlds.collect(detailed, 20, meter)
    done = meter.done
    assert 0 < done < 20
    # Something is done: now the question comes before the first block.
    with pytest.raises(StoppedError):
        worlds.collect(detailed, 20, meter)
    assert meter.done == done


def test_programs_are_played_side_by_side(program: Program) -> None:
    worlds = Worlds([SCENARIO, SCENARIO], [program, program], threads=2)

    def both(player: Player, block: Block) -> bool:
        first, second = (player.simulate(index, block, detailed=True) for index in range(2))
        return np.array_equal(first.cents, second.cents)

    assert all(same for _, same in worlds.play(both, BLOCKS, Meter(Watch())))
    one, other = worlds.tallies()
    assert one.same_as(other)
    assert one.replications == 20


def test_counters_of_one_block_are_apart_from_those_of_the_run(program: Program) -> None:
    worlds = Worlds([SCENARIO], [program], threads=1)

    def apart(player: Player, block: Block) -> int:
        counters = player.counters(0)
        player.simulate(0, block, counters=counters)
        return Tally(counters).replications

    assert [done for _, done in worlds.play(apart, BLOCKS, Meter(Watch()))] == [2] * len(BLOCKS)
    assert worlds.tallies()[0].replications == 0


def test_a_part_of_a_run_is_reported_as_part_of_the_whole() -> None:
    seen: list[Progress] = []
    meter = Meter(Watch(seen.append), 100)
    meter.add(40, 400)
    broken: list[Progress] = []
    failed = Meter(Watch(broken.append), 100)
    with pytest.raises(ValueError, match="NaN"), failed.part(60) as report:
        report(Progress(2, 4, 1.0, float("nan")))
    assert failed.done == 0
    with meter.part(60) as report:
        for done in (1, 2, 4):
            report(Progress(done, 4, 1.0, 10.0 * done))
    assert [progress.done for progress in seen] == [40, 55, 70, 100]
    assert {progress.total for progress in seen} == {100}
    assert meter.rep_weeks == 440
    meter.add(10, 0)
    assert seen[-1][:2] == (110, 110)


def test_only_the_loop_batches_of_scenarios_and_forecasts_start_threads() -> None:
    found = {name for name, path in modules().items() if "ThreadPoolExecutor" in path.read_text(encoding="utf-8")}
    assert found == {"simcore.engine.worlds", "simcore.engine.many_scenarios", "simcore.pipeline.ahead"}
