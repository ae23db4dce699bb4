"""Seasons: the engine against the twin, against closed forms, and against runs without a season."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest

from tests.support.both_engines import check, compiled, counts_of_engine, play
from tests.support.scenario_cases import CASES, Scenario, scenario
from tests.support.season_cases import REACTING, START, STEADY

SPEC = [1, 1.05, 1.15, 1.05, 1.05, 1, 0.8, 0.7, 1.1, 1.15, 1.1, 0.85]
"""A season with a quiet summer, mean 1."""


@pytest.mark.parametrize("name", [*STEADY, *REACTING])
def test_engine_and_twin_agree(name: str) -> None:
    plain = (STEADY | REACTING)[name]
    program = compiled(plain)
    for replication in (0, 1):
        check(plain, 2026, replication, program)


def test_every_case_reaches_what_it_is_there_for() -> None:
    counts = {name: counts_of_engine(play(compiled(plain), 2026)) for name, plain in (STEADY | REACTING).items()}
    assert np.sum(counts["rates cut at one"]["rates clipped"]) > 0
    assert 0 < counts["quotas in turn"]["quota reached"] < counts["quotas in turn"]["quota periods"]
    assert all(np.sum(of["open at the end"]) > 0 for name, of in counts.items() if "after the run" in name)
    assert all(of["calls above plan"] > 0 for name, of in counts.items() if name.startswith("a pace"))


def neutral(plain: Scenario) -> Scenario:
    """Return a scenario with a season on every step that changes nothing."""
    names = [stage["stage"] for stage in plain["funnel"][1:]]
    return plain | {"season": {name: {"by": "month", "factors": [1] * 12} for name in names}}


@pytest.mark.parametrize("name", ["everything", "market far beyond the end", "reps differ", "rates by counts"])
def test_factors_of_one_change_nothing(name: str) -> None:
    """Bit for bit, whatever else is in the rate."""
    dated = CASES[name] | {"calendar": CASES[name].get("calendar", {}) | {"start": START}}
    assert counts_of_engine(play(compiled(dated), 7)) == counts_of_engine(play(compiled(neutral(dated)), 7))


@pytest.mark.parametrize("name", list(REACTING))
def test_a_pace_by_a_season_of_ones_is_that_of_days(name: str) -> None:
    plain = {key: part for key, part in REACTING[name].items() if key != "season"}
    plain["quota"] = {key: part for key, part in plain["quota"].items() if key != "pace"}
    flat = neutral(plain)
    flat["quota"] = plain["quota"] | {"pace": "season"}
    assert counts_of_engine(play(compiled(plain), 7)) == counts_of_engine(play(compiled(flat), 7))


def test_known_answer_4e_the_seasonal_binomial() -> None:
    """Mean `sum n p s_w` and variance `sum n p s_w (1 - p s_w)`: of 26 weeks, within 4 standard errors."""
    n, p, worlds = 200, 0.05, 4000
    plain = scenario(
        calendar={"start": START}, horizon={"weeks": 26}, team={"reps": 1}, plan={"calls_per_week": n}, deal=1,
        funnel=[{"stage": "calls"}, {"stage": "wins", "rate": p}], season={"wins": {"by": "month", "factors": SPEC}},
    )  # fmt: skip
    program = compiled(plain)
    wins = play(program, 2026, count=worlds).detail.entered[:, 0, :, 1]
    rates = p * program.rates.seasons[0][:26]
    mean, variance = n * rates, n * rates * (1 - rates)
    assert np.abs(wins.mean(axis=0) - mean).max() < 4 * sqrt(variance.max() / worlds)
    total = wins.sum(axis=1)
    assert abs(total.mean() - mean.sum()) < 4 * sqrt(variance.sum() / worlds)
    assert abs(total.var() / variance.sum() - 1) < 4 * sqrt(2 / worlds)
