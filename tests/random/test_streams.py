"""The seam through which all draws come: other replications' words, mirrored words, given words, tilted rates."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from simcore.engine.runner import Block, Runner
from simcore.kernels.detail import Detail
from simcore.program.layout import Program
from simcore.program.tally import CLOSE
from simcore.random.addresses import MARKET as OF_MARKET
from simcore.random.addresses import REP_RATE, decision, place
from simcore.random.philox import Key, block, split_seed
from simcore.random.streams import FACTORS, KNOWLEDGE, LUCK, MARKET, NOISE, PEOPLE, Source, plain
from tests.support.scenario_cases import RAMP, funnel, scenario
from tests.support.seam_cases import KINDS, VARIED, program_of
from tests.support.statistical import check_mean

KEY: Key = split_seed(7)
MIRRORED = np.uint32(0xFFFFFFFF)


def play(program: Program, count: int, first: int = 0) -> Detail:
    runner = Runner(program, KEY)
    return runner.simulate(runner.workspace(), Block(first, count), detailed=True)


def revenue(detail: Detail) -> NDArray[np.float64]:
    total: NDArray[np.float64] = detail.cents[:, CLOSE].sum(axis=(1, 2)) / 100.0
    return total


def in_groups(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return means of groups of values: closer to normal."""
    means: NDArray[np.float64] = values.reshape(100, -1).mean(axis=1)
    return means


def same(a: Detail, b: Detail) -> bool:
    return bool(np.array_equal(a.entered, b.entered) and np.array_equal(a.cents, b.cents))


@pytest.mark.parametrize("kind", KINDS)
def test_all_factors_of_another_replication_are_that_replication(kind: str) -> None:
    shifted = play(program_of(KINDS[kind], shift=np.full(FACTORS, 5, np.int64)), 3)
    assert same(shifted, play(program_of(KINDS[kind]), 3, first=5))


@pytest.mark.parametrize("factor", [LUCK, MARKET, PEOPLE, NOISE])
def test_a_factor_that_is_moved_matters_only_where_it_is_there(factor: int) -> None:
    shift = np.zeros(FACTORS, np.int64)
    shift[factor] = 1000
    there = play(program_of(VARIED, shift=shift), 4)
    assert not same(there, play(program_of(VARIED), 4))
    if factor != LUCK:
        bare = scenario(team={"reps": 3})
        assert same(play(program_of(bare, shift=shift), 4), play(program_of(bare), 4))


def test_what_is_not_known_is_a_factor_of_its_own() -> None:
    shift = np.zeros(FACTORS, np.int64)
    shift[KNOWLEDGE] = 1000
    unsure = scenario(team={"reps": 3}, funnel=funnel({"rate": {"successes": 10, "trials": 50}}))
    assert not same(play(program_of(unsure, shift=shift), 4), play(program_of(unsure), 4))
    assert same(play(program_of(VARIED, shift=shift), 4), play(program_of(VARIED), 4))


def test_people_who_come_and_go_belong_to_the_people() -> None:
    coming = scenario(team={"reps": 3, "new": 1, "ramp": RAMP, "turnover": {"yearly": 0.9}}, horizon={"weeks": 26})
    shift = np.zeros(FACTORS, np.int64)
    shift[PEOPLE] = 1000
    assert not same(play(program_of(coming, shift=shift), 4), play(program_of(coming), 4))


@pytest.mark.parametrize("kind", KINDS)
def test_mirrored_worlds_are_as_good_and_go_the_other_way(kind: str) -> None:
    mirrored = revenue(play(program_of(KINDS[kind], flip=np.full(FACTORS, MIRRORED)), 3200))
    crude = revenue(play(program_of(KINDS[kind]), 3200))
    assert np.corrcoef(mirrored, crude)[0, 1] < -0.15
    check_mean("mirrored worlds", in_groups(mirrored - crude), 0.0, detect=0.35 * float(crude.mean()))


@pytest.mark.parametrize("kind", ["steady", "reacting"])
def test_given_words_take_the_place_of_those_at_the_addresses(kind: str) -> None:
    program, count = program_of(KINDS[kind]), 4
    weeks, reps, steps = program.clock.simulated_weeks, program.team.reps, program.clock.steps
    market = np.zeros((count, weeks), np.uint32)
    start = np.zeros(count, np.uint32)
    people = np.zeros((count, reps, steps + 1), np.uint32)
    for i in range(count):
        number = np.uint32(i), np.uint32(0)
        start[i] = block(decision(OF_MARKET, 0, 0), place(0, 0), *number, KEY)[1]
        for week in range(weeks):
            market[i, week] = block(decision(OF_MARKET, 0, 0), place(0, week), *number, KEY)[0]
        for rep in range(reps):
            people[i, rep, 1:] = block(decision(REP_RATE, 0, 0), place(rep, 0), *number, KEY)[:steps]
    crude = play(program, count)
    assert same(play(program_of(KINDS[kind], market=market, start=start, people=people), count), crude)
    assert not same(play(program_of(KINDS[kind], start=start ^ MIRRORED), count), crude)
    assert not same(play(program_of(KINDS[kind], market=market ^ MIRRORED), count), crude)


def tilted(given: dict[str, Any], *tilt: float, weeks: tuple[int, int] = (0, 1000)) -> Program:
    return program_of(given, tilted=True, tilt=np.array([1.0, 1.0, *tilt]), tilt_weeks=np.array(weeks))


@pytest.mark.parametrize("kind", ["steady", "lagged", "reacting", "capped"])
def test_a_tilt_of_one_weighs_one_and_changes_nothing(kind: str) -> None:
    found = play(tilted(KINDS[kind], 1.0, 1.0), 3)
    assert same(found, play(program_of(KINDS[kind]), 3))
    assert not found.log_weight.any()


@pytest.mark.parametrize("kind", ["steady", "lagged", "reacting", "capped"])
def test_weights_have_mean_one_and_undo_the_tilt(kind: str) -> None:
    given = {**KINDS[kind], "plan": {"calls_per_week": 10}, "team": {"reps": 1}, "horizon": {"weeks": 4}}
    found, crude = play(tilted(given, 0.95, 0.9), 100_000), play(program_of(given), 100_000, first=100_000)
    weight = np.exp(found.log_weight[:, 0])
    check_mean("weights", in_groups(weight), 1.0, detect=0.2)
    plainly = revenue(crude)
    check_mean("weighed", in_groups(weight * revenue(found) - plainly), 0.0, detect=0.25 * float(plainly.mean()))
    assert revenue(found).mean() < 0.95 * plainly.mean(), "without the weights it would be wrong"


def test_a_quarter_without_a_win_is_found_a_thousand_times_sooner() -> None:
    given = {"simcore": 1, "name": "canon", "deal": 10_000, "horizon": {"weeks": 13}, "team": {"reps": 1},
             "funnel": [{"stage": "calls"}, {"stage": "meetings", "rate": 0.02},
                        {"stage": "opportunities", "rate": 0.2}, {"stage": "wins", "rate": 0.5}]}  # fmt: skip
    exact = (1.0 - 0.02 * 0.2 * 0.5) ** 6500
    # The law of a meeting that wins nothing in the end: an opportunity with 0.2 x 0.5 / 0.9, and never a win.
    found = play(tilted(given, 0.5 / 0.9, 0.0), 20_000)
    value = np.exp(found.log_weight[:, 0]) * (revenue(found) == 0.0)
    check_mean("no win in a quarter", in_groups(value), exact, detect=0.5 * exact)
    assert exact * (1.0 - exact) > 1000.0 * value.var()


def test_a_plain_source_moves_nothing() -> None:
    source: Source = plain(3)
    assert not source.shift.any()
    assert not source.flip.any()
    assert not source.tilted
