"""The kernel of pipelines against its twin, deal by deal, and what must hold of any law."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from simcore.kernels.pipeline import play_new, play_open
from simcore.random.philox import split_seed
from tests.twin import pipeline as twin

SEED, FIRST, DAYS, WEEKS, SEGMENTS, STAGES, CLASSES = 2**40 + 7, 3, 24, 4, 2, 3, 5


def _law(random: np.random.Generator, replications: int) -> dict[str, Any]:
    shape = (replications, 3, STAGES, CLASSES)
    hazard = random.gamma(0.6, 0.1, shape) * (random.random(shape) < 0.8)
    next_stage = random.dirichlet(np.ones(STAGES), STAGES + 1)
    return {
        "hazard": hazard,
        "factor": random.gamma(4.0, 0.25, (replications, 3, SEGMENTS, STAGES)),
        "market": random.gamma(4.0, 0.25, (replications, WEEKS)),
        "arrivals": random.integers(0, 6, (replications, WEEKS)),
        "share": random.dirichlet(np.ones(SEGMENTS), replications),
        "rhythm": random.gamma(2.0, 0.5, (3, DAYS)),
        "next_stage": next_stage,
        "arrival_rhythm": random.dirichlet(np.ones(7)),
        "class_of_age": np.array([0, 1, 2, 2, 3, 3, 3, 4]),
        "new_value": np.arange(1.0, 8.0),
        "new_value_from": np.array([0, 3, 7]),
    }


def _deals(random: np.random.Generator, count: int) -> dict[str, Any]:
    return {
        "number": 10 + random.permutation(count).astype(np.int64),
        "stage": random.integers(0, STAGES, count),
        "segment": random.integers(0, SEGMENTS, count),
        "age": random.integers(0, 12, count),
        "value": random.random(count),
    }


def _played(law: dict[str, Any], deals: dict[str, Any]) -> tuple[Any, Any, Any]:
    replications = len(law["hazard"])
    wins = np.zeros((2, replications, SEGMENTS, WEEKS), dtype=np.int64)
    values = np.zeros((2, replications, SEGMENTS, WEEKS))
    won = np.zeros((replications, len(deals["number"])), dtype=np.bool_)
    laws = law["hazard"], law["factor"], law["market"], law["rhythm"], law["next_stage"]
    table = np.array([deals[name] for name in ("number", "stage", "segment", "age")])
    open_deals = (split_seed(SEED), FIRST, table, deals["value"], *laws, law["class_of_age"], wins[0], values[0], won)
    play_open(*open_deals)
    worth = law["new_value"], law["new_value_from"]
    born = law["arrival_rhythm"], law["class_of_age"], *worth, wins[1], values[1]
    new_deals = (split_seed(SEED), FIRST, law["arrivals"], law["share"], *laws, *born)
    play_new(*new_deals)
    return wins.swapaxes(0, 1), values.swapaxes(0, 1), won


@pytest.mark.parametrize("seed", range(6))
def test_it_plays_what_its_twin_plays(seed: int) -> None:
    random = np.random.default_rng(seed)
    law, deals = _law(random, 4), _deals(random, 30)
    wins, values, won = _played(law, deals)
    for row in range(4):
        own = twin.Law(
            law["hazard"][row].tolist(),
            law["factor"][row].tolist(),
            law["market"][row].tolist(),
            law["rhythm"].tolist(),
            law["next_stage"].tolist(),
            law["class_of_age"].tolist(),
        )
        expected = np.zeros((2, SEGMENTS, WEEKS), dtype=np.int64)
        worth = np.zeros((2, SEGMENTS, WEEKS))
        for place in range(30):
            number, stage, segment, age = (int(deals[name][place]) for name in ("number", "stage", "segment", "age"))
            day = twin.day_of_win(own, SEED, twin.DEAL, number, FIRST + row, stage, segment, age, 0)
            assert won[row, place] == (day is not None)
            if day is not None:
                expected[0, segment, day // 7] += 1
                worth[0, segment, day // 7] += deals["value"][place]
        for number, week in enumerate(np.repeat(np.arange(WEEKS), law["arrivals"][row]).tolist()):
            of_day, of_segment, of_stage, of_value = twin.words(SEED, twin.NEW, 0, number, FIRST + row)
            day = 7 * week + twin.chosen(law["arrival_rhythm"].tolist(), twin.uniform(of_day))
            segment = twin.chosen(law["share"][row].tolist(), twin.uniform(of_segment))
            stage = twin.chosen(law["next_stage"][-1].tolist(), twin.uniform(of_stage))
            end = twin.day_of_win(own, SEED, twin.NEW, number, FIRST + row, stage, segment, 0, day)
            if end is not None:
                begin, after = law["new_value_from"][segment : segment + 2].tolist()
                expected[1, segment, end // 7] += 1
                worth[1, segment, end // 7] += law["new_value"][begin + int(twin.uniform(of_value) * (after - begin))]
        assert wins[row].tolist() == expected.tolist()
        np.testing.assert_allclose(values[row], worth)
    assert won.any()
    assert not won.all()


def test_one_deal_less_changes_nothing_else() -> None:
    random = np.random.default_rng(1)
    law, deals = _law(random, 8), _deals(random, 40)
    wins, _, won = _played(law, deals)
    fewer = {name: np.delete(column, 5) for name, column in deals.items()}
    less, _, still = _played(law, fewer)
    assert (np.delete(won, 5, axis=1) == still).all()
    assert (wins[:, 1] == less[:, 1]).all()
    assert won[:, 5].any()


def test_a_better_market_loses_no_deal_of_one_stage() -> None:
    random = np.random.default_rng(2)
    law, deals = _law(random, 20), _deals(random, 40)
    law["hazard"][:, 2] = 0.0  # nobody moves on: a win needs no other exit first
    law["hazard"][:, 1] = 0.0
    _, _, before = _played(law, deals)
    law["market"] *= 1.3
    _, _, after = _played(law, deals)
    assert (after >= before).all()
    assert after.sum() > before.sum()


def test_a_constant_hazard_gives_the_exponential_law() -> None:
    replications, hazard = 4000, 0.03
    law = _law(np.random.default_rng(3), replications)
    law["hazard"][:] = 0.0
    law["hazard"][:, 0] = hazard
    law["factor"][:], law["market"][:], law["rhythm"][:], law["arrivals"][:] = 1.0, 1.0, 1.0, 0
    deals = _deals(np.random.default_rng(4), 10)
    _, _, won = _played(law, deals)
    chance = 1.0 - np.exp(-hazard * DAYS)
    error = np.sqrt(chance * (1.0 - chance) / won.size)
    assert abs(won.mean() - chance) < 4.0 * error
