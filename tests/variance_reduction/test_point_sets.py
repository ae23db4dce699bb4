"""The leading factors of many worlds: each technique's points have the law of the engine's own draws."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from simcore.program.compiler import compile_scenario
from simcore.random.draws import normal
from simcore.random.philox import split_seed
from simcore.scenario.model import validate
from simcore.variance_reduction.point_sets import (
    RANDOMISATIONS,
    Address,
    dimensions_of,
    draw_factors,
    factors_of,
)
from tests.support.scenario_cases import MARKET, RAMP, funnel, scenario
from tests.support.statistical import check_mean, check_variance

KINDS = ["random", "strata", "sobol"]
PEOPLE = scenario(team={"reps": 3}, funnel=funnel({}, {"rate": {"mean": 0.5, "rep_cv": 0.3}}, {}))
WEATHER = scenario(market=MARKET)
DRIFTING = scenario(market={"step": 0.1, "persistence": 1, "acts_on": ["wins"], "start": {"level": 0.9, "sd": 0.3}})
STEADY = scenario()


def address(seed: int) -> Address:
    return Address(split_seed(seed), 0, 0)


def factors(given: dict[str, Any]) -> tuple[Any, Any]:
    program = compile_scenario(validate(given))
    return program, factors_of(program)


def scores(words: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    return np.array([normal(word) for word in words.ravel()]).reshape(words.shape)


def test_what_leads() -> None:
    assert factors(PEOPLE)[1].people == (2,)
    assert factors(WEATHER)[1].weeks == 6
    assert factors(STEADY)[1].calls.tolist() == [60] * 6


@pytest.mark.parametrize(
    "given",
    [
        WEATHER,
        scenario(funnel=funnel({"rate": {"mean": 0.2, "rep_cv": 0.3}})),
        scenario(funnel=funnel({"rate": {"mean": 0.2, "week_cv": 0.3}})),
        scenario(team={"reps": 2, "new": 1, "ramp": RAMP}),
        scenario(team={"reps": 2, "turnover": {"yearly": 0.5, "vacancy_weeks": 2}}),
    ],
)
def test_successes_are_left_to_the_engine_where_calls_or_rates_are_not_known(given: dict[str, Any]) -> None:
    assert len(factors(given)[1].calls) == 0


@pytest.mark.parametrize("kind", KINDS)
def test_the_market_has_its_law(kind: Any) -> None:  # noqa: ANN401
    program, leading = factors(WEATHER)
    z = scores(draw_factors(program, leading, kind, 4096, address(1)).market)
    assert z.shape == (4096, 6)
    for week in (0, 5):
        check_mean(f"market, {kind}, week {week}", z[:, week], 0.0, detect=0.15)
        check_variance(f"market, {kind}, week {week}", z[:, week], 1.0, detect=0.25)


@pytest.mark.parametrize("kind", KINDS)
def test_a_start_that_is_not_known_has_its_law(kind: Any) -> None:  # noqa: ANN401
    program, leading = factors(DRIFTING)
    drawn = draw_factors(program, leading, kind, 4096, address(1))
    assert drawn.market.shape == (4096, 6)
    z = np.column_stack([scores(drawn.start), scores(drawn.market)])
    for column in (0, 1, 6):
        check_mean(f"drift, {kind}, {column}", z[:, column], 0.0, detect=0.15)
        check_variance(f"drift, {kind}, {column}", z[:, column], 1.0, detect=0.25)


@pytest.mark.parametrize("kind", KINDS)
def test_people_have_their_law(kind: Any) -> None:  # noqa: ANN401
    program, leading = factors(PEOPLE)
    z = scores(draw_factors(program, leading, kind, 4096, address(1)).people[:, :, 2])
    for rep in (0, 2):
        check_mean(f"rep {rep}, {kind}", z[:, rep], 0.0, detect=0.15)
        check_variance(f"rep {rep}, {kind}", z[:, rep], 1.0, detect=0.25)


@pytest.mark.parametrize("kind", KINDS)
def test_successes_have_their_law(kind: Any) -> None:  # noqa: ANN401
    program, leading = factors(STEADY)
    found = draw_factors(program, leading, kind, 4096, address(1)).successes
    assert found.shape == (4096, 2, 6)
    check_mean(f"successes, {kind}", found[:, 1, 4], 12.0, detect=0.5)
    check_variance(f"successes, {kind}", found[:, 1, 4], 9.6, detect=2.5)


@pytest.mark.parametrize("given", [PEOPLE, WEATHER, DRIFTING, STEADY])
def test_strata_and_sobol_points_leave_little_of_the_variance_of_the_leading_mean(given: dict[str, Any]) -> None:
    program, leading = factors(given)
    spread = {}
    for kind in ("random", "strata", "sobol"):
        means = [draw_factors(program, leading, kind, 256, address(seed)).controls[:, 0].mean() for seed in range(12)]
        spread[kind] = float(np.std(means))
    assert spread["strata"] < spread["random"] / 4
    assert spread["sobol"] < spread["random"] / 3


def test_controls_have_the_expectation_zero() -> None:
    both = scenario(team={"reps": 3}, market=MARKET, funnel=PEOPLE["funnel"])
    for given in (both, STEADY):
        program, leading = factors(given)
        worlds = draw_factors(program, leading, "random", 8192, address(3))
        assert len(worlds.names) == worlds.controls.shape[1] > 0
        for name, column in zip(worlds.names, worlds.controls.T, strict=True):
            check_mean(name, column, 0.0, detect=0.15 * float(column.std()))


def test_sobol_randomisations_are_independent_and_their_dimensions_bounded() -> None:
    program, leading = factors(STEADY)
    totals = (
        draw_factors(program, leading, "sobol", 1024, address(5)).successes.sum(axis=(1, 2)).reshape(RANDOMISATIONS, -1)
    )
    assert len({tuple(row) for row in totals.tolist()}) == RANDOMISATIONS
    assert dimensions_of(leading, 1000).total == 0
    assert dimensions_of(leading, 64).total == 64
