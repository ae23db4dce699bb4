"""The engine and the twin agree draw for draw, count for count; tests/faults/test_sabotage.py shows what is caught."""

from __future__ import annotations

import numba
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.both_engines import check, compiled, counts_of_engine, play
from tests.support.random_scenarios import scenarios
from tests.support.scenario_cases import CASES, Scenario

WORLDS = [(2026, 0), (2026, 1), (2**64 - 1, 2**32 + 261)]
"""Seeds and replications; the last pair needs every word of the key and of the counter."""


@pytest.mark.parametrize("name", CASES)
def test_engine_and_twin_agree(name: str) -> None:
    program = compiled(CASES[name])
    for seed, replication in WORLDS:
        check(CASES[name], seed, replication, program)


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("canonical", "quota reached"),
        ("quota a month", "quota reached by the team"),
        ("quota a year", "quota reached"),
        ("rates cut at one", "rates clipped"),
        ("lags beyond the clock", "lags clipped"),
        ("deals cut at the top", "values clipped"),
        ("cap a week", "turned away"),
        ("cap on open items", "turned away"),
        ("caps on both", "turned away"),
        ("open at the start, capped", "turned away"),
        ("everything", "turned away"),
        ("rates by counts that differ", "rates clipped"),
        ("tiny rates", "entries"),
        ("market far beyond the end", "open at the end"),
        ("quota a year", "year, close: cents"),
    ],
)
def test_the_table_reaches_what_it_is_there_for(name: str, count: str) -> None:
    """A limit that no case touches would not be compared."""
    counts = counts_of_engine(play(compiled(CASES[name]), 2026))
    assert np.sum(counts[count]) > 0
    if count.startswith("quota reached") and "team" not in count:
        assert np.sum(counts[count]) < np.sum(counts["quota periods"])


def test_all_scenarios_run_in_one_compilation() -> None:
    """A field of another type or layout would compile the engine again, for a minute, while a user waits."""
    kinds = {numba.typeof(compiled(scenario)) for scenario in CASES.values()}
    assert len(kinds) == 1


@settings(max_examples=110, derandomize=True, deadline=None)
@given(scenarios(), st.integers(0, 2**64 - 1), st.integers(0, 2**40 - 1))
def test_engine_and_twin_agree_on_random_scenarios(scenario: Scenario, seed: int, replication: int) -> None:
    check(scenario, seed, replication)
