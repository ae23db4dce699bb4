"""Draws of parameters: against the twin, row by row, without width, and as a factor of its own."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from simcore.base.errors import ScenarioError
from simcore.engine.ignorance import ignorance_of
from simcore.engine.playable import playable
from simcore.kernels.rows import row as rows_of_replications
from simcore.kernels.rows.row import FAR, Draws, rows_taken
from simcore.scenario.digest import scenario_digest
from simcore.scenario.model import validate
from simcore.scenario_files.draws_file import spots
from tests.support.both_engines import check, compiled, counts_of_engine, play, read_plain
from tests.support.random_scenarios import scenarios
from tests.support.scenario_cases import DRAWN, DRAWN_TIMES, funnel, scenario
from tests.twin.draws import at_row


@pytest.mark.parametrize("name", DRAWN)
def test_engine_and_twin_agree(name: str) -> None:
    program = compiled(DRAWN[name])
    for replication in (0, 4):
        check(DRAWN[name], 2026, replication, program)


@st.composite
def with_rows(draw: st.DrawFn) -> dict[str, Any]:
    """Return a random scenario with rows of some of its numbers."""
    plain = draw(scenarios())
    data = copy.deepcopy(plain)
    names = [name for name, spot in spots(data).items() if "lag" not in name and spot.location]
    assume(names)
    chosen = draw(st.lists(st.sampled_from(names), min_size=1, max_size=4, unique=True))
    values = [spots(data)[name].holder[spots(data)[name].key] for name in chosen]
    assume(all(isinstance(value, int | float) for value in values))
    shares = st.lists(st.sampled_from([0.3, 0.5, 0.9, 1.0]), min_size=len(chosen), max_size=len(chosen))
    rows = draw(st.lists(shares, min_size=1, max_size=3))
    drawn = [
        {name: max(0.01, value * share) for name, value, share in zip(chosen, values, row, strict=True)} for row in rows
    ]
    return plain | {"knowledge": {"draws": drawn}}


@settings(max_examples=3, derandomize=True, deadline=None)
@given(with_rows(), st.integers(0, 2**40 - 1))
def test_engine_and_twin_agree_on_random_rows(plain: dict[str, Any], replication: int) -> None:
    try:
        program = compiled(plain)
    except ScenarioError:
        assume(False)  # a number twice by two names, a rate in a chain of referrals, a spread that no rate can have
    check(plain, 2026, replication, program)


@pytest.mark.parametrize("name", [name for name in DRAWN if "reacts" not in name])
def test_a_replication_is_that_of_a_scenario_with_its_row(name: str) -> None:
    """What the team expects apart, which here it does not."""
    plain = DRAWN[name]
    rows, count = plain["knowledge"]["draws"], 8
    together = play(compiled(plain), 2026, count=count).detail
    spread = "rep_cv" in str(plain)  # a distribution that every replication has of its own is found to the last digits
    for number, row in enumerate(rows):
        alone = play(compiled(at_row(plain, row)), 2026, count=count).detail
        for mine, theirs in ((together.entered, alone.entered), (together.cents, alone.cents)):
            assert np.array_equal(mine[number :: len(rows)], theirs[number :: len(rows)]) or spread
    assert len({int(each.sum()) for each in together.cents}) > 1


def test_a_row_of_another_replication_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """A planted mistake: all replications that are played side by side take the row of the first of them."""
    real = rows_of_replications.rows_taken
    monkeypatch.setattr(rows_of_replications, "rows_taken", lambda n, draws, size: real(n, draws, size) * 0)
    with pytest.raises(AssertionError):
        test_a_replication_is_that_of_a_scenario_with_its_row("times by rows")


@pytest.mark.parametrize("name", ["times by rows", "a team with habits and times by rows"])
def test_rows_that_do_not_differ_are_numbers(name: str) -> None:
    row = DRAWN_TIMES[0]
    same, known = read_plain(DRAWN[name] | {"knowledge": {"draws": [row] * 3}}), validate(at_row(DRAWN[name], row))
    assert same.knowledge is None
    assert scenario_digest(same) == scenario_digest(known)
    both = [play(playable(each), 2026, count=5) for each in (same, known)]
    assert counts_of_engine(both[0]) == counts_of_engine(both[1])


def test_replications_of_a_run_take_rows_in_turn_and_those_far_away_any() -> None:
    def taken(number: int, size: int) -> list[int]:
        found = rows_taken(7, Draws(number, np.uint32(0), np.uint32(5), np.uint32(6)), size)
        return [int(each) for each in found]

    assert taken(5, 4) == [5, 6, 0, 1]
    far = taken(FAR, 7000)
    assert np.bincount(far, minlength=7).min() > 870  # 1000 each, sd 29
    assert abs(np.corrcoef(far, np.arange(7000) % 7)[0, 1]) < 4.0 / 7000**0.5
    assert taken(FAR + 9, 20) == far[9:29]


def of_one_step(rates: list[float], worlds: int) -> dict[str, Any]:
    plain = scenario(
        horizon={"weeks": 13},
        team={"reps": 1},
        plan={"calls_per_week": 100},
        funnel=[{"stage": "calls"}, {"stage": "wins", "rate": 0.2}],
        quota={"per": "quarter", "amount": 260_000},
        run={"replications": worlds, "seed": 3},
    )
    return plain | {"knowledge": {"draws": [{"funnel.wins.rate": rate} for rate in rates]}}


def test_the_variance_of_wins_is_that_of_the_mixture_and_its_parts_sum() -> None:
    """Wins of a quarter are Binomial(1300, p), p one of three rates alike; n^2 Var p of the variance is ignorance."""
    rates, calls, worlds = [0.18, 0.2, 0.22], 1300, 2000
    plain = of_one_step(rates, worlds)
    wins = play(compiled(plain), 2026, count=worlds).detail.entered[..., -1].sum(axis=(1, 2)).astype(np.float64)
    p = np.array(rates)
    within, between = calls * float((p * (1 - p)).mean()), calls**2 * float(p.var())
    fourth = float(((wins - wins.mean()) ** 4).mean())
    assert abs(wins.mean() - calls * p.mean()) < 4.0 * ((within + between) / worlds) ** 0.5
    assert abs(wins.var() - within - between) < 4.0 * ((fourth - wins.var() ** 2) / worlds) ** 0.5
    read = read_plain(plain)
    found = ignorance_of(read, playable(read), threads=1, stop=None)
    assert found is not None
    assert found.share is not None
    assert found.share.estimate is not None
    assert found.share.se is not None
    assert abs(found.share.estimate - between / (within + between)) < 4.0 * found.share.se


def test_what_has_draws_is_not_known_and_has_no_closed_form() -> None:
    from simcore.analytic.expectations import chances, expected  # noqa: PLC0415

    plain = read_plain(of_one_step([0.1, 0.3], 10))
    assert plain.unsure == ["funnel.wins.rate"]
    assert expected(plain) == []
    assert chances(plain) is None
    assert validate(scenario(funnel=funnel())).drawn == {}
