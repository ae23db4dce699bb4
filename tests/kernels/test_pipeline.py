"""The kernels of pipelines against their twin, deal by deal and in expectation, and what must hold of any law."""

from __future__ import annotations

import numpy as np
import pytest

from simcore.kernels.pipeline import draw_new, worth_of_new
from simcore.random.philox import split_seed
from tests.support.pipeline_cases import (
    DAYS,
    FIRST,
    SEED,
    SEGMENTS,
    WEEKS,
    deals_of,
    expected_of,
    law_of,
    played,
    twin_of,
)
from tests.twin import pipeline as twin


@pytest.mark.parametrize("seed", range(6))
def test_it_plays_what_its_twin_plays(seed: int) -> None:
    random = np.random.default_rng(seed)
    law, deals = law_of(random, 4), deals_of(random, 30)
    wins, values, won = played(law, deals)
    for row in range(4):
        own = twin_of(law, row)
        expected = np.zeros((SEGMENTS, WEEKS), dtype=np.int64)
        worth = np.zeros((SEGMENTS, WEEKS))
        for place in range(30):
            number, stage, segment, age = (int(deals[name][place]) for name in ("number", "stage", "segment", "age"))
            day = twin.day_of_win(own, SEED, number, FIRST + row, stage, segment, age)
            assert won[row, place] == (day is not None)
            if day is not None:
                expected[segment, day // 7] += 1
                worth[segment, day // 7] += deals["value"][place]
        assert wins[row].tolist() == expected.tolist()
        np.testing.assert_allclose(values[row], worth)
    assert won.any()
    assert not won.all()


@pytest.mark.parametrize("seed", range(3))
def test_what_is_expected_of_new_deals_is_what_its_twin_expects(seed: int) -> None:
    law = law_of(np.random.default_rng(10 + seed), 2)
    law["hazard"][1, :, 0, :2] *= 30.0  # nearly all leave at once, some of them to the same stage
    wins = expected_of(law)
    for row in range(2):
        daily = law["arrival_rhythm"].tolist()
        expected = twin.wins_of_new(twin_of(law, row), law["new"][row].tolist(), law["share"][row].tolist(), daily)
        np.testing.assert_allclose(wins[row], expected, rtol=1e-6)
    assert wins.min() > 0.0


def test_what_is_expected_is_the_mean_of_deals_that_areplayed() -> None:
    """New deals of one day, played one by one: 4 standard errors of 4,000 worlds (false alarms: 1e-3 of seeds)."""
    one = law_of(np.random.default_rng(5), 1)
    law = one | {name: np.repeat(one[name], 4000, axis=0) for name in ("hazard", "factor", "market")}
    one["new"][:] = 0.0
    one["new"][:, 0], one["arrival_rhythm"][:] = 30.0, np.eye(DAYS)[0]
    one["share"][:], one["next_stage"][-1] = [0.0, 1.0], [0.0, 1.0, 0.0]
    ones = np.ones(30, dtype=np.int64)
    deals = {"number": np.arange(30), "stage": ones, "segment": ones, "age": 0 * ones, "value": ones * 1.0}
    wins, _, _ = played(law, deals)
    found, expected = wins[:, 1], expected_of(one)[0, 1]
    error = found.std(axis=0) / np.sqrt(len(found))
    assert (np.abs(found.mean(axis=0) - expected) < 4.0 * error).all()
    assert (expected > 10.0 * error).all()


def test_new_deals_are_won_as_their_twin_says_and_as_often_asexpected_of() -> None:
    """Poisson: mean and variance of 4,000 cells within 4 standard errors."""
    expected = np.tile([[[0.0, 0.4, 12.5, 99.9], [100.0, 130.0, 250.0, 1e-9]]], (500, 1, 1))
    wins = np.zeros(expected.shape, dtype=np.int64)
    draw_new(split_seed(SEED), FIRST, expected, wins)
    for row, segment, week in np.ndindex(5, SEGMENTS, WEEKS):
        mean = float(expected[row, segment, week])
        assert wins[row, segment, week] == twin.won(SEED, FIRST + row, segment * WEEKS + week, mean)
    z = (wins - expected)[expected > 0.1] / np.sqrt(expected[expected > 0.1])
    assert abs(z.mean()) < 4.0 / np.sqrt(z.size)
    assert abs(z.var() - 1.0) < 4.0 * np.sqrt(3.0 / z.size)
    more = np.zeros_like(wins)
    draw_new(split_seed(SEED), FIRST, expected * 1.1, more)
    assert (more >= wins).all()


def test_new_deals_are_worth_what_their_twin_says() -> None:
    random = np.random.default_rng(4)
    wins, values = random.integers(0, 11, (2, SEGMENTS, WEEKS)), np.zeros((2, SEGMENTS, WEEKS))
    new_value, begins = np.arange(1.0, 8.0), np.array([0, 3, 7])
    worth_of_new(split_seed(SEED), FIRST, wins, new_value, begins, values)
    for row, segment, week in np.ndindex(*wins.shape):
        own = new_value[begins[segment] : begins[segment + 1]].tolist()
        block = segment * WEEKS + week
        assert values[row, segment, week] == twin.worth(SEED, FIRST + row, block, int(wins[row, segment, week]), own)


def test_one_deal_less_changes_nothing_else() -> None:
    random = np.random.default_rng(1)
    law, deals = law_of(random, 8), deals_of(random, 40)
    _, _, won = played(law, deals)
    gone = int(np.flatnonzero(won.any(axis=0))[0])
    fewer = {name: np.delete(column, gone) for name, column in deals.items()}
    _, _, still = played(law, fewer)
    assert (np.delete(won, gone, axis=1) == still).all()


def test_a_better_market_loses_no_deal_of_one_stage() -> None:
    random = np.random.default_rng(2)
    law, deals = law_of(random, 20), deals_of(random, 40)
    law["hazard"][:, 2] = 0.0  # nobody moves on: a win needs no other exit first
    law["hazard"][:, 1] = 0.0
    _, _, before = played(law, deals)
    law["market"] *= 1.3
    _, _, after = played(law, deals)
    assert (after >= before).all()
    assert after.sum() > before.sum()


def test_a_constant_hazard_gives_the_exponentiallaw_of() -> None:
    replications, hazard = 4000, 0.03
    law = law_of(np.random.default_rng(3), replications)
    law["hazard"][:] = 0.0
    law["hazard"][:, 0] = hazard
    law["factor"][:], law["market"][:], law["rhythm"][:] = 1.0, 1.0, 1.0
    deals = deals_of(np.random.default_rng(4), 10)
    _, _, won = played(law, deals)
    chance = 1.0 - np.exp(-hazard * DAYS)
    error = np.sqrt(chance * (1.0 - chance) / won.size)
    assert abs(won.mean() - chance) < 4.0 * error
